"""What the tracker is handed, and what it keeps of a run in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.metrics import Metrics

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from random import Random

    from bot.model import Platform, Run
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
    metrics: Metrics = field(default_factory=Metrics)


@dataclass(slots=True, eq=False)
class Tracked:
    """A run that this process holds.

    Attributes:
        misses: Looks in a row that failed.
        gone: Those of them, the last ones, at which the platform knew no such run.
        tries: Tries at what comes once: settling a doubt, or a late document.
        unfetched: Times that the results couldn't be fetched.
        due: When to take the next step, by the loop's clock; None while it waits for somebody's word.
        busy: A step is under way.
        looked: Since this process took it, its platform has answered for it.
    """

    run: Run
    tz: str = "UTC"
    carded: bool = False
    refused: str = ""
    misses: int = 0
    gone: int = 0
    tries: int = 0
    unfetched: int = 0
    due: float | None = field(default=None)
    busy: bool = False
    looked: bool = False
