"""The words of the house as frozen values: notebook, inputs, request, run, card, output, artifact."""

from bot.model.frozen import Frozen
from bot.model.notebook import Changes, Entry, Inputs, InputSpec, InputValue, Notebook, Options, Platform, Request
from bot.model.people import Caller, Person
from bot.model.results import Artifact, Document, Failure, Output, Results
from bot.model.run import FINAL, Cause, Look, News, NewsKind, Progress, Run, State, Submission, Trouble

__all__ = [
    "FINAL",
    "Artifact",
    "Caller",
    "Cause",
    "Changes",
    "Document",
    "Entry",
    "Failure",
    "Frozen",
    "InputSpec",
    "InputValue",
    "Inputs",
    "Look",
    "News",
    "NewsKind",
    "Notebook",
    "Options",
    "Output",
    "Person",
    "Platform",
    "Progress",
    "Request",
    "Results",
    "Run",
    "State",
    "Submission",
    "Trouble",
]
