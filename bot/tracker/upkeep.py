"""What is done now and then: note that somebody is here, tell the admins if nobody was for long, forget by age."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import timedelta
from secrets import token_hex
from typing import TYPE_CHECKING, Final, TypeVar

from bot.errors import StoreUnavailable
from bot.store.outages import LONG

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from bot.metrics import Metrics
    from bot.store.pruning import Pruned
    from bot.store.store import Store
    from bot.tracker.tracker import Tracker

T = TypeVar("T")
log = logging.getLogger(__name__)

PRESENT_EVERY: Final = 15.0
"""Seconds; an outage's beginning is known as exactly."""
TELL_EVERY: Final = 1.0
"""Seconds from one look to the next while an outage is to be told."""
TELL_AFTER: Final = timedelta(minutes=1)
"""The admins are told at the latest then, whatever could be looked at."""
PRUNE_EVERY: Final = 3600.0
PRUNE_FIRST: Final = 120.0
"""Seconds after the start: runs that wait for somebody come first."""
SHARE: Final = 4
"""Between two batches it rests for so many times as long as the first took."""


@dataclass(frozen=True, slots=True)
class Ages:
    """How old what may become.

    Attributes:
        runs: A run that's over and told.
        results: What it said.
        away: How long nobody may be there before the admins are told.
    """

    runs: timedelta = timedelta(days=365)
    results: timedelta = timedelta(days=30)
    away: timedelta = LONG


@dataclass(slots=True)
class Upkeep:
    """Looks after one workspace's rows.

    Attributes:
        ring: Tells the courier that there is something to tell.
    """

    store: Store
    tracker: Tracker
    workspace: str
    now: Callable[[], datetime]
    ring: Callable[[], None]
    metrics: Metrics
    ages: Ages = field(default_factory=Ages)
    _light: int = 0

    async def present(self) -> None:
        """Note that somebody is here; before anything else is done.

        Raises:
            StoreUnavailable: It can't be noted.
        """
        if await self.store.outages.present(self.now(), self.ages.away):
            log.warning("nobody was here for more than %s", self.ages.away)
            for tracked in self.tracker.held.values():
                tracked.looked = False  # it was long ago

    async def run(self) -> None:
        """Go on until cancelled."""
        # Apart: a large database is pruned for long, and who does that is there all the while.
        async with asyncio.TaskGroup() as both:
            both.create_task(self._stay())
            both.create_task(self._forget())

    async def _stay(self) -> None:
        loop = asyncio.get_running_loop()
        present_at = loop.time() + PRESENT_EVERY
        while True:
            untold = await self._safely(self._tell(), otherwise=False)
            await asyncio.sleep(TELL_EVERY if untold else PRESENT_EVERY)
            if loop.time() >= present_at:
                present_at = loop.time() + PRESENT_EVERY
                await self._safely(self.present(), otherwise=None)

    async def _forget(self) -> None:
        await asyncio.sleep(PRUNE_FIRST)
        while True:
            await self._safely(self.prune(), otherwise=None)
            await asyncio.sleep(PRUNE_EVERY)

    async def prune(self) -> None:
        """Forget what is old enough, in small batches, with time for others in between."""
        forget = self.store.pruning
        await self._batches("runs", lambda start: forget.runs(self.workspace, self.now() - self.ages.runs, start))
        # What was made lighter once needn't be looked at again, as long as this process lives.
        self._light = await self._batches(
            "results",
            lambda start: forget.results(self.workspace, self.now() - self.ages.results, start),
            self._light,
        )
        while freed := await self.store.database.shrink():  # noqa: ASYNC110 - it waits for nothing, it makes way
            await asyncio.sleep(SHARE * freed)

    async def _batches(self, what: str, batch: Callable[[int], Awaitable[Pruned]], start: int = 0) -> int:
        loop, total = asyncio.get_running_loop(), 0
        while True:
            began = loop.time()
            pruned = await batch(start)
            total += pruned.number
            self.metrics.pruned(what, pruned.number)
            if pruned.next is None:
                break
            start = pruned.next
            await asyncio.sleep(SHARE * (loop.time() - began))
        if total:
            log.info("pruned: %d %s", total, what)
        return start

    async def _tell(self) -> bool:
        """Have the admins told of an outage as soon as it's known what became of the runs; True while it isn't."""
        waiting = False
        for untold in await self.store.outages.untold(self.workspace):
            now = self.now()
            patient = now - untold.until < TELL_AFTER
            if await self.store.outages.tell(untold, self._looked, patient=patient, now=now):
                self.ring()
            else:
                waiting = True
        return waiting

    def _looked(self, run_id: int) -> bool:
        held = self.tracker.held.get(run_id)
        return held is not None and held.looked

    async def _safely(self, work: Awaitable[T], *, otherwise: T) -> T:
        try:
            return await work
        except StoreUnavailable as error:
            log.warning("the database isn't available: %s", error)
        except Exception:
            log.exception("upkeep stumbled [%s]", token_hex(4))
        return otherwise
