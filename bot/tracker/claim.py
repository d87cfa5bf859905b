"""Which runs are this process's: its heartbeat, and the runs of those whose heart has stopped."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

from bot.errors import StoreUnavailable

if TYPE_CHECKING:
    from bot.store.holding import Holding
    from bot.tracker.tracker import Tracker

log = logging.getLogger(__name__)

BEAT_EVERY: Final = 1.0
DEAD_AFTER: Final = 3.0
BATCH: Final = 500


class Heart:
    """Beats, watches the others' hearts, and claims what nobody living holds.

    Whether another process lives is judged by this process's own clock alone: by whether its beats grow.

    Args:
        bell: Set by whoever writes something that a held run waits for: looked at now, not at the next beat.
    """

    def __init__(self, holding: Holding, tracker: Tracker, bell: asyncio.Event) -> None:
        self._holding = holding
        self._tracker = tracker
        self._seen: dict[int, tuple[int, float]] = {}
        self._bell = bell

    async def run(self) -> None:
        """Beat until cancelled."""
        loop = asyncio.get_running_loop()
        next_beat = loop.time()
        while True:
            try:
                if loop.time() >= next_beat:
                    next_beat = loop.time() + BEAT_EVERY
                    await self._beat(loop.time())
                self._bell.clear()
                calls = await self._holding.calls()
                if calls:
                    self._tracker.take(await self._holding.held(calls))
            except StoreUnavailable as error:
                log.warning("the database isn't available: %s", error)
            try:
                async with asyncio.timeout_at(next_beat):
                    await self._bell.wait()
            except TimeoutError:
                continue

    async def _beat(self, now: float) -> None:
        if not await self._holding.beat():
            log.warning("this process was declared dead; it enters anew")
            self._tracker.drop_all()
            await self._holding.register()
        for process, beats in (await self._holding.beats()).items():
            known = self._seen.get(process)
            if known is None or known[0] != beats:
                self._seen[process] = (beats, now)
            elif now - known[1] >= DEAD_AFTER and await self._holding.declare_dead(process, beats):
                log.warning("process %d has stopped beating", process)
        while claimed := await self._holding.claim(BATCH):
            log.info("claimed %d runs", len(claimed))
            self._tracker.take(claimed)
            if len(claimed) < BATCH:
                break
