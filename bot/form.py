"""The form: what one person is about to ask for, before it is asked. Pure."""

from __future__ import annotations

import hashlib
import json
from enum import StrEnum
from typing import Final

from bot import dates
from bot.model import Frozen, Inputs, InputSpec, InputValue, Notebook, Options, Platform

ROOM: Final = 60
"""Blocks for a notebook's inputs: Slack takes a hundred in a modal. What has no room is a line of "Other inputs"."""


class Place(StrEnum):
    """Where the card is to go."""

    HERE = "here"
    CHANNEL = "channel"
    DM = "dm"


class Form(Frozen):
    """A form as it stands.

    Attributes:
        origin: The channel where it was opened; empty where there is none (Home, a shortcut).
        only: Only notebooks on this platform are offered.
        notebook: What is to be run, once that's chosen.
        name: The catalogue's name for it, where it was chosen by name.
        title: What to call it.
        about: What it answers, in the catalogue's words.
        url: Its address.
        owner: Slack's user id of whom to ask about it.
        specs: Its inputs; None where neither platform nor catalogue can tell them.
        values: What the fields start from.
        extra: Inputs beside `specs`: what earlier runs used, or the catalogue sets.
        literal: Names of values that are no words for a date.
        run: The earlier run whose values and options it starts from.
        options: How it will be run.
        fixed: The catalogue fixes the options, so none are offered.
        place: Where the card is to go.
        channels: The only channels where the notebook may be run; empty means everywhere.
        more: The options are unfolded.
        generation: Counts up where fields start anew: Slack keeps what was typed in a field of the same id.
        last: The run with this person's last values.
        hints: What a field's words become, by input: `month-start is 2026-11-01`.
        note: One plain sentence above the fields: why inputs can't be shown, or what has changed.
        stop: Why it can't be run at all.
    """

    origin: str = ""
    only: Platform | None = None
    notebook: Notebook | None = None
    name: str | None = None
    title: str = ""
    about: str = ""
    url: str | None = None
    owner: str | None = None
    specs: tuple[InputSpec, ...] | None = None
    values: Inputs = {}
    extra: Inputs = {}
    literal: frozenset[str] = frozenset()
    run: int | None = None
    options: Options = Options()
    fixed: bool = False
    place: Place = Place.DM
    channels: tuple[str, ...] = ()
    more: bool = False
    generation: int = 0
    last: int | None = None
    hints: dict[str, str] = {}
    note: str = ""
    stop: str = ""

    @property
    def key(self) -> str:
        """The chosen notebook as an option's value; empty where none is chosen."""
        if self.name is not None:
            return f"name:{self.name}"
        return f"id:{self.notebook}" if self.notebook is not None else ""

    @property
    def fields(self) -> tuple[InputSpec, ...]:
        """The inputs that have a field of their own, each name once."""
        found: dict[str, InputSpec] = {}
        room = ROOM
        for spec in self.specs or ():
            room -= 3 if spec.type == "date-range" else 1
            if room >= 0:
                found.setdefault(spec.name, spec)
        return tuple(found.values())

    @property
    def open(self) -> bool:
        """Whether inputs may be named that have no field: Datalore doesn't tell them, or there are too many."""
        if self.notebook is None:
            return False
        told = self.specs is not None and len(self.fields) == len({spec.name for spec in self.specs})
        return not told or self.notebook.platform is Platform.DATALORE

    @property
    def others(self) -> Inputs:
        """The values without a field."""
        fields = {spec.name for spec in self.fields}
        return {**{name: value for name, value in self.values.items() if name not in fields}, **self.extra}

    def start(self, spec: InputSpec) -> InputValue | None:
        """What a field starts from."""
        return self.values.get(spec.name, spec.value)

    def field(self, name: str) -> InputSpec | None:
        """The input of this name, if it has a field."""
        return next((spec for spec in self.fields if spec.name == name), None)


class Choice(Frozen):
    """A notebook that the form offers.

    Attributes:
        key: As Form.key.
        label: What people read.
        group: Under which heading.
        about: Small print below the label.
    """

    key: str
    label: str
    group: str
    about: str = ""


def ends(value: InputValue | None) -> tuple[str, str]:
    """The two ends of a range as somebody gave it, each a date or a word for one; empty where there are none."""
    parts = value if isinstance(value, tuple) else dates.ends(value) or () if isinstance(value, str) else ()
    first, last = parts if len(parts) == 2 else ("", "")  # noqa: PLR2004, a range has two ends
    return first.strip(), last.strip()


def digest(specs: tuple[InputSpec, ...] | None) -> str:
    """A short word that changes when the inputs do, but not when only their values did."""
    if specs is None:
        return ""
    shape = [spec.model_dump(mode="json", exclude={"value", "label"}) for spec in specs]
    return hashlib.sha256(json.dumps(shape, sort_keys=True).encode()).hexdigest()[:12]
