"""Which runs are this process's: its heartbeat, and the runs of those whose heart has stopped."""

from __future__ import annotations

import asyncio
import logging
from secrets import token_hex
from typing import TYPE_CHECKING, Final

from bot.errors import StoreUnavailable
from bot.tracker.rests import Resting

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.store.holding import Holding
    from bot.tracker.tracker import Tracker

log = logging.getLogger(__name__)

BEAT_EVERY: Final = 1.0
DEAD_AFTER: Final = 3
"""Looks in a row at which another's heart hadn't beaten. Seconds would count those in which nobody reached the rows."""
STRAYS_EVERY: Final = 10
"""Beats from one comparison of memory and rows to the next."""
CLAIMED_AT_ONCE: Final = 2_000
BATCH: Final = 200
"""Runs that are read at once. What was claimed is read between beats, so that a crowd of runs stops no heart."""


class Heart:
    """Beats, watches the others' hearts, and claims what nobody living holds.

    Whether another process lives is judged by this process's own beats alone: by whether the other's grow with them.

    Args:
        bell: Set by whoever writes something that a held run waits for: looked at now, not at the next beat.
        living: Told with each beat how many processes live, this one among them.
    """

    def __init__(
        self, holding: Holding, tracker: Tracker, bell: asyncio.Event, living: Callable[[int], None] = lambda _: None
    ) -> None:
        self._metrics = tracker.deps.metrics
        self._holding = holding
        self._tracker = tracker
        self._seen: dict[int, tuple[int, int]] = {}
        self._until_strays = STRAYS_EVERY
        self._bell = bell
        self._living = living
        self._unread: list[int] = []
        self._resting = Resting(tracker.deps.store.rests, tracker.deps.shares, tracker.deps.now)

    async def run(self) -> None:
        """Beat until cancelled."""
        loop = asyncio.get_running_loop()
        next_beat = loop.time()
        while True:
            answers = True
            self._bell.clear()
            if loop.time() >= next_beat:
                next_beat = loop.time() + BEAT_EVERY
                answers = await self._tried(self._beat())
            if answers:
                await self._tried(self._read(next_beat))
            try:
                async with asyncio.timeout_at(next_beat):
                    await self._bell.wait()
            except TimeoutError:
                continue

    async def _tried(self, work: Awaitable[None]) -> bool:
        """Do it, whatever it comes to; False where the database doesn't answer."""
        try:
            await work
        except StoreUnavailable as error:
            self._metrics.beat_lost("database")
            log.warning("the database isn't available: %s", error)
            return False
        except Exception:
            # Others declare it dead if it can't beat; until then its runs are looked at.
            log.exception("the heart stumbled [%s]", token_hex(4))
        return True

    async def _read(self, until: float) -> None:
        """Take up the runs that were called for, and those that were claimed: some at least, however slow it is."""
        calls = self._tracker.unheard(await self._holding.calls())
        for start in range(0, len(calls), BATCH):
            self._tracker.take(await self._holding.held(calls[start : start + BATCH]))
        while self._unread:
            batch = self._unread[:BATCH]
            self._tracker.take(await self._holding.held(batch))
            del self._unread[: len(batch)]
            if asyncio.get_running_loop().time() >= until:
                break

    async def _beat(self) -> None:
        if not await self._holding.beat():
            self._metrics.beat_lost("declared_dead")
            log.warning("this process was declared dead; it enters anew")
            self._tracker.drop_all()
            self._unread.clear()
            await self._holding.register()
        await self._watch()
        await self._strays()
        while claimed := await self._holding.claim(CLAIMED_AT_ONCE):
            log.info("claimed %d runs", len(claimed))
            self._metrics.claimed(len(claimed))
            # They were nobody's, as when the platform's id of one came by another process: memory knows less of it.
            self._tracker.forget(claimed)
            self._unread.extend(claimed)
            if len(claimed) < CLAIMED_AT_ONCE:
                break
        others = len(self._seen)
        self._living(1 + others)
        await self._resting.exchange(asyncio.get_running_loop().time(), alone=not others)
        self._tracker.take_part(await self._holding.part(1 + others) if others else 1.0)

    async def _watch(self) -> None:
        """Declare those dead who haven't beaten for too long."""
        others = await self._holding.beats()
        for process in self._seen.keys() - others:
            del self._seen[process]
        for process, beats in others.items():
            known, silent = self._seen.get(process, (beats, -1))
            self._seen[process] = (beats, silent + 1 if known == beats else 0)
        for process, (beats, silent) in list(self._seen.items()):
            if silent >= DEAD_AFTER and await self._holding.declare_dead(process, beats):
                del self._seen[process]
                self._metrics.declared_dead()
                log.warning("process %d has stopped beating", process)

    async def _strays(self) -> None:
        """Take up again what is ours in the rows alone.

        A database that went away in the middle of a write leaves open whether it was written; and what another process
        wrote to a run of ours, such as its late id, ends our own knowledge of it.
        """
        self._until_strays -= 1
        if self._until_strays > 0:
            return
        known = {*self._tracker.held, *self._unread}
        strays = [run_id for run_id in await self._holding.ids() if run_id not in known][:BATCH]
        if strays:
            self._tracker.take(await self._holding.held(strays))
        if len(strays) < BATCH:
            self._until_strays = STRAYS_EVERY
