"""Notebooks, their inputs, and what can be asked of them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from bot.model.frozen import Frozen


class Platform(StrEnum):
    """Where a notebook lives."""

    DATALORE = "datalore"
    DEEPNOTE = "deepnote"

    @property
    def label(self) -> str:
        """The name as people write it."""
        return self.value.capitalize()


class Notebook(Frozen):
    """Something that can be run: `owner/id` on Datalore, an id of 32 hex digits or a dashed UUID on Deepnote."""

    platform: Platform
    id: str

    def __str__(self) -> str:
        return f"{self.platform.value}:{self.id}"


InputValue = str | bool | tuple[str, ...]
"""What an input can hold: text (numbers too, as text), a checkbox, or several choices or dates."""


Inputs = dict[str, InputValue]


class InputSpec(Frozen):
    """One input as its notebook declares it.

    Attributes:
        name: What the value is set by.
        type: Deepnote's block type without `input-`: text, textarea, select, checkbox, date, date-range,
            slider, file; or a type that we don't know yet.
        label: Words for people.
        value: The notebook's own value.
        options: The choices of a select.
        multiple: A select that takes several.
        minimum, maximum, step: A slider's range, as its block says.
    """

    name: str
    type: str
    label: str = ""
    value: str | bool | tuple[str, ...] | None = None
    options: tuple[str, ...] = ()
    multiple: bool = False
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None


class Options(Frozen):
    """How a notebook is run, beside its inputs.

    Deepnote: `live` (in the shared notebook; else in a copy), `readonly` (read-only storage, only in a copy),
    `blocks` (only these, in this order; implies live), `dependents` (and what depends on them).
    Datalore: `update_report`, `write_files` (to the notebook's files), `interactive` (in the notebook itself).
    """

    live: bool = False
    readonly: bool = False
    blocks: tuple[str, ...] = ()
    dependents: bool = False
    update_report: bool = False
    write_files: bool = False
    interactive: bool = False


class Request(Frozen):
    """What somebody asked for, parsed and valid.

    Attributes:
        notebook: What to run.
        name: The catalogue's name for it, where it was asked for by name.
        title: What to call it on the card until the platform tells its own name.
        url: Its web address, where one is known.
        inputs: Values by input name.
        literal: Names of those inputs whose values are no words for a date: quoted, or looked up already.
        options: How to run it.
        owner: Slack's user id of whom to ask about the notebook.
        adopt: Not to be started: watch this run of the platform, or with "" the newest one.
        when_changed: Results are wanted only where something differs from the last success.
    """

    notebook: Notebook
    name: str | None = None
    title: str
    url: str | None = None
    inputs: Inputs = {}
    literal: frozenset[str] = frozenset()
    options: Options = Options()
    owner: str | None = None
    adopt: str | None = None
    when_changed: bool = False


class Entry(Frozen):
    """A notebook of the catalogue: what a workspace calls it, the values it starts from, and its rules.

    Attributes:
        name: Folded, as people type it.
        title: What the card calls it until the platform tells its own name.
        defaults: Values to start from.
        literal: Names of those defaults that are no words for a date.
        specs: Inputs that the catalogue declares, for platforms that can't tell them (Datalore).
        describe: What it answers, in a sentence.
        owner: Slack's user id of whom to ask about it.
        channels: Where it may be run, as Slack's channel ids; empty means everywhere.
        fixed: How it is always run; None where each request says how.
        one_at_a_time: A second run waits for no one: it is refused while one is under way.
        when_changed: Results are posted only where something differs from the last success.
        added_by: Slack's user id.
        gone_since: When the platform first said that it has no such notebook.
    """

    name: str
    notebook: Notebook
    url: str | None = None
    title: str = ""
    defaults: Inputs = {}
    literal: frozenset[str] = frozenset()
    specs: tuple[InputSpec, ...] = ()
    describe: str = ""
    owner: str | None = None
    channels: tuple[str, ...] = ()
    fixed: Options | None = None
    one_at_a_time: bool = False
    when_changed: bool = False
    added_by: str = ""
    gone_since: datetime | None = None


class Changes(Frozen):
    """What is to become of a catalogue, all at once.

    Attributes:
        added: New entries.
        changed: Each entry as it was seen, and as it is to be.
        removed: Entries as they were seen.
    """

    added: tuple[Entry, ...] = ()
    changed: tuple[tuple[Entry, Entry], ...] = ()
    removed: tuple[Entry, ...] = ()
