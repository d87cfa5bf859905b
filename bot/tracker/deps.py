"""What the tracker is handed, and what it keeps of a run in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from random import Random

    from bot.model import Look, Platform, Run
    from bot.platforms.base import PlatformClient
    from bot.store.store import Store


@dataclass(frozen=True, slots=True)
class Deps:
    """What the tracker works with.

    Attributes:
        store: The rows.
        platforms: The clients with a token.
        now: The time, in UTC.
        random: For jitter.
        ring: Tells the courier that something changed in this workspace.
        admins: Whether there are any to be told.
        give_up_after: Seconds after which a run that hasn't ended is no longer looked at.
        file_limit: Bytes; a larger artifact is linked, not kept.
        document_limit: Bytes; a larger document isn't read.
    """

    store: Store
    platforms: Mapping[Platform, PlatformClient]
    now: Callable[[], datetime]
    random: Random
    ring: Callable[[str], None]
    admins: bool
    give_up_after: float
    file_limit: int
    document_limit: int


@dataclass(slots=True, eq=False)
class Tracked:
    """A run that this process holds.

    Attributes:
        misses: Looks in a row that failed.
        gone: Those of them, the last ones, at which the platform knew no such run.
        tries: Tries at what comes once: settling a doubt, or a late document.
        unfetched: Times that the results couldn't be fetched.
        seen: The look that showed its end, until what it left is fetched.
        due: When to take the next step, by the loop's clock; None while it waits for somebody's word.
        busy: A step is under way.
    """

    run: Run
    tz: str = "UTC"
    carded: bool = False
    refused: str = ""
    misses: int = 0
    gone: int = 0
    tries: int = 0
    unfetched: int = 0
    seen: Look | None = None
    due: float | None = field(default=None)
    busy: bool = False

    @property
    def settling(self) -> bool:
        """Whether its next step fetches results, which may be large and slow, and not only looks."""
        return self.run.progress.state.final or self.seen is not None
