"""Replies: the closed type that the desk answers with; `render` gives them their words."""

from __future__ import annotations

from bot.model import Entry, Frozen, Platform, Run


class Started(Frozen):
    """A request was saved and its card will appear; `fresh` False where the same payload had been saved before."""

    run: Run
    fresh: bool


class RunShown(Frozen):
    """One run, as it stands."""

    run: Run


class RunsListed(Frozen):
    """The newest runs that the caller can see, newest first."""

    runs: tuple[Run, ...]
    platform: Platform | None = None


class UntrackNoted(Frozen):
    """Tracking will stop; `fresh` False where somebody had asked for that before."""

    run: Run
    fresh: bool


class CatalogueListed(Frozen):
    """Entries that match a search, by name; `total` counts all of them.

    Attributes:
        asked_to_run: The caller typed `run` and nothing more.
        may_add: The caller may add entries.
    """

    entries: tuple[Entry, ...]
    total: int
    search: str = ""
    platform: Platform | None = None
    asked_to_run: bool = False
    may_add: bool = True


class EntryShown(Frozen):
    """One entry, and its newest run that the caller can see."""

    entry: Entry
    last: Run | None = None


class EntryAdded(Frozen):
    """The catalogue has a new entry."""

    entry: Entry


class EntryRemoved(Frozen):
    """The catalogue has one entry less."""

    entry: Entry


class Helped(Frozen):
    """Help is wanted, on one verb or on all."""

    verb: str = ""
    platform: Platform | None = None


Reply = (
    Started | RunShown | RunsListed | UntrackNoted | CatalogueListed | EntryShown | EntryAdded | EntryRemoved | Helped
)
