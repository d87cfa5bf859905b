"""What the tracker is handed, and what it keeps of a run in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.cadence import Share
from bot.metrics import Metrics
from bot.model import Platform
from bot.tracker.past import Pasts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from random import Random

    from bot.lost import Gone
    from bot.model import Look, Run
    from bot.platforms.base import PlatformClient
    from bot.reader import Reader
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
        reader: Reads documents, off the loop and within limits.
        shares: What each platform's token may be asked for; there is no limit as long as none is given.
        pasts: How long the notebooks took before.
        metrics: Where looks and ends are measured.
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
    reader: Reader
    shares: Mapping[Platform, Share] = field(default_factory=lambda: {platform: Share() for platform in Platform})
    pasts: Pasts = field(default_factory=Pasts)
    metrics: Metrics = field(default_factory=Metrics)


@dataclass(slots=True, eq=False)
class Tracked:
    """A run that this process holds.

    Attributes:
        misses: Looks in a row that failed.
        gone: Those of them, the last ones, at which the platform knew no such run.
        tries: Tries at what comes once: settling a doubt, or a late document.
        unfetched: Times that the results couldn't be fetched.
        away_since: Since when the platform has answered nothing to who would fetch them.
        seen: The look that showed its end, until what it left is fetched.
        due: When to take the next step, by the loop's clock; None while it waits for somebody's word.
        busy: A step is under way.
        wants: Looks a second that it would now like, if it had its token for itself.
        stumbles: Steps in a row that failed for a reason nobody foresaw.
        place: When its next look may leave, by the loop's clock, once that is reserved.
        looked: Since this process took it, its platform has answered for it.
        rests: Seconds for which nothing is looked at with its token, where its card is to say so with the next step.
    """

    run: Run
    tz: str = "UTC"
    carded: bool = False
    refused: str = ""
    misses: int = 0
    gone: Gone | None = None
    tries: int = 0
    unfetched: int = 0
    away_since: datetime | None = None
    seen: Look | None = None
    due: float | None = field(default=None)
    busy: bool = False
    wants: float = 0.0
    stumbles: int = 0
    place: float | None = None
    looked: bool = False
    rests: float = 0.0

    @property
    def settling(self) -> bool:
        """Whether its next step fetches results, which may be large and slow, and not only looks."""
        return self.run.progress.state.final or self.seen is not None
