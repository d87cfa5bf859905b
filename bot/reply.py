"""Replies: the closed type that the desk answers with; `render` gives them their words."""

from __future__ import annotations

from bot.command import ListRuns
from bot.model import Entry, Frozen, Platform, Run


class Started(Frozen):
    """A request was saved and its card will appear; `fresh` False where the same payload had been saved before."""

    run: Run
    fresh: bool


class RunShown(Frozen):
    """One run, as it stands."""

    run: Run


class UnderWay(Frozen):
    """Nothing was saved: this run does the same.

    Attributes:
        alone: Only one at a time may be run.
        dm: What was asked for would have come in our DM.
    """

    run: Run
    alone: bool = False
    dm: bool = False


class RunsListed(Frozen):
    """A page of the runs that the caller can see, newest first.

    Attributes:
        asked: What was asked for; its page is this one's.
        more: There are older ones.
    """

    runs: tuple[Run, ...]
    asked: ListRuns = ListRuns()
    more: bool = False


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


class ToldToo(Frozen):
    """The caller will be mentioned at the run's end; `fresh` False where they would have been anyway."""

    run: Run
    fresh: bool


class OwnerAsked(Frozen):
    """The owner is mentioned in the run's thread; `fresh` False where somebody had asked before."""

    run: Run
    fresh: bool


class UnfurlSet(Frozen):
    """Whether addresses unfurl in this channel; `fresh` False where it was so before."""

    on: bool
    fresh: bool


class HomeShown(Frozen):
    """What somebody's Home tab shows: their runs under way, their last ones, the catalogue's first entries.

    Attributes:
        more: How many entries come after those.
        may_add: They may add entries.
    """

    running: tuple[Run, ...]
    ended: tuple[Run, ...]
    entries: tuple[Entry, ...]
    more: int = 0
    may_add: bool = False


class EntryChanged(Frozen):
    """An entry was changed."""

    entry: Entry


class EntryAdded(Frozen):
    """The catalogue has a new entry."""

    entry: Entry


class AddingOffered(Frozen):
    """The caller may choose notebooks for the catalogue from a list."""


class EntriesAdded(Frozen):
    """The catalogue has these new entries.

    Attributes:
        known: Titles of those that it had already, and their names there.
    """

    entries: tuple[Entry, ...]
    known: tuple[tuple[str, str], ...] = ()


class EntryRemoved(Frozen):
    """The catalogue has one entry less."""

    entry: Entry


class Helped(Frozen):
    """Help is wanted, on one verb or on all."""

    verb: str = ""
    platform: Platform | None = None


Reply = (
    Started
    | UnderWay
    | RunShown
    | RunsListed
    | UntrackNoted
    | ToldToo
    | OwnerAsked
    | UnfurlSet
    | HomeShown
    | CatalogueListed
    | EntryShown
    | EntryAdded
    | EntriesAdded
    | AddingOffered
    | EntryChanged
    | EntryRemoved
    | Helped
)
