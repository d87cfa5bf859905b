"""The form: what one person is about to ask for, before it is asked. Pure."""

from __future__ import annotations

import hashlib
import json
from enum import StrEnum

from bot.model import Frozen, Inputs, InputSpec, Notebook, Options


class Place(StrEnum):
    """Where the card is to go."""

    HERE = "here"
    CHANNEL = "channel"
    DM = "dm"


class Form(Frozen):
    """A form as it stands.

    Attributes:
        origin: The channel where it was opened; empty where there is none (Home, a shortcut).
        notebook: What is to be run, once that's chosen.
        name: The catalogue's name for it, where it was chosen by name.
        title: What to call it.
        url: Its address.
        specs: Its inputs; None where neither platform nor catalogue can tell them.
        values: What the fields start from.
        extra: Inputs beside `specs`: what earlier runs used, or somebody added.
        literal: Names of values that are no words for a date.
        options: How it will be run.
        fixed: The catalogue fixes the options, so none are offered.
        place: Where the card is to go.
        more: The options are unfolded.
        generation: Counts up where fields start anew: Slack keeps what was typed in a field of the same id.
        has_last: The person has run it before, so their values can be had.
        hints: What a field's words have become, by input: `month-start is 2026-11-01`.
        note: One plain sentence above the fields: why inputs can't be shown, or what has changed.
    """

    origin: str = ""
    notebook: Notebook | None = None
    name: str | None = None
    title: str = ""
    url: str | None = None
    specs: tuple[InputSpec, ...] | None = None
    values: Inputs = {}
    extra: Inputs = {}
    literal: frozenset[str] = frozenset()
    options: Options = Options()
    fixed: bool = False
    place: Place = Place.DM
    more: bool = False
    generation: int = 0
    has_last: bool = False
    hints: dict[str, str] = {}
    note: str = ""

    @property
    def key(self) -> str:
        """The chosen notebook as an option's value; empty where none is chosen."""
        if self.name is not None:
            return f"name:{self.name}"
        return f"id:{self.notebook}" if self.notebook is not None else ""


class Choice(Frozen):
    """A notebook that the form offers.

    Attributes:
        key: As Form.key.
        label: What people read.
        group: Under which heading.
    """

    key: str
    label: str
    group: str


def digest(specs: tuple[InputSpec, ...] | None) -> str:
    """A short word that changes when the inputs do, but not when only their values did."""
    if specs is None:
        return ""
    shape = [spec.model_dump(mode="json", exclude={"value", "label"}) for spec in specs]
    return hashlib.sha256(json.dumps(shape, sort_keys=True).encode()).hexdigest()[:12]
