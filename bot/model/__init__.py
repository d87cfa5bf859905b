"""The words of the house as frozen values: notebook, inputs, request, run, card, output, artifact."""

from bot.model.frozen import Frozen
from bot.model.notebook import Changes, Entry, Inputs, InputSpec, InputValue, Notebook, Options, Platform, Request
from bot.model.outage import Outage
from bot.model.people import Caller, Person
from bot.model.results import (
    Artifact,
    Change,
    Column,
    Document,
    Earlier,
    Facts,
    Failure,
    Figure,
    Output,
    Results,
    Shape,
    Table,
)
from bot.model.run import FINAL, Cause, Look, News, NewsKind, Progress, Run, State, Submission, Trouble

__all__ = [
    "FINAL",
    "Artifact",
    "Caller",
    "Cause",
    "Change",
    "Changes",
    "Column",
    "Document",
    "Earlier",
    "Entry",
    "Facts",
    "Failure",
    "Figure",
    "Frozen",
    "InputSpec",
    "InputValue",
    "Inputs",
    "Look",
    "News",
    "NewsKind",
    "Notebook",
    "Options",
    "Outage",
    "Output",
    "Person",
    "Platform",
    "Progress",
    "Request",
    "Results",
    "Run",
    "Shape",
    "State",
    "Submission",
    "Table",
    "Trouble",
]
