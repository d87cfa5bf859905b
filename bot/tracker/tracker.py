"""The tracker's loop: this process's runs in memory, ordered by when each wants its next step."""

from __future__ import annotations

import asyncio
import heapq
import logging
from secrets import token_hex
from typing import TYPE_CHECKING, Final

from bot import lifecycle
from bot.errors import PlatformError, StoreUnavailable
from bot.logs import concerning
from bot.model import Cause, Platform, State, Trouble
from bot.tracker.deps import Deps, Tracked
from bot.tracker.guard import Guard
from bot.tracker.look import look, settle, told_to_wait, untold, write
from bot.tracker.submit import put_off, settle_doubt, submit

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from bot.store.rows import Held

log = logging.getLogger(__name__)

AT_ONCE: Final = {False: 64, True: 4}
"""Steps under way a platform, and those of them that fetch results: what is slow or large holds up nobody else."""
AFTER_TROUBLE: Final = 5.0
AFTER_STUMBLES: Final = 600.0
"""A step that fails for want of our own foresight is tried again after twice the wait each time, up to this."""
TAKEN_A_SECOND: Final = 400.0
WEIGHED_EVERY: Final = 2.0
"""Seconds; so often the tokens' budgets are compared with what the runs would like."""

Lane = tuple[Platform, bool]
"""A platform, and whether results are fetched."""
LANES: Final[tuple[Lane, ...]] = tuple((platform, settling) for platform in Platform for settling in (False, True))


class Tracker:
    """Follows the runs that this process holds.

    Args:
        deps: What it works with.
    """

    def __init__(self, deps: Deps) -> None:
        self.deps = deps
        self.held: dict[int, Tracked] = {}
        self._due: list[tuple[float, int]] = []
        self._ready: dict[Lane, list[int]] = {lane: [] for lane in LANES}
        self._running: dict[Lane, int] = dict.fromkeys(LANES, 0)
        self._guards: dict[Platform, Guard] = {}
        self._steps: set[asyncio.Task[None]] = set()
        self._bell = asyncio.Event()
        self._stopping = False
        self._weigh_at = 0.0
        self._last_turn = 0.0

    def take(self, runs: Iterable[Held]) -> None:
        """Follow these runs, or learn what others wrote of those that are followed.

        Many taken at once, or in batches, are looked at one after another, so that a restart causes no storm at the
        platforms; nor do they all come at one moment from then on.
        """
        for held in runs:
            tracked = self.held.get(held.run.id)
            if tracked is None:
                tracked = Tracked(held.run, held.tz, held.carded, held.refused)
                self.held[held.run.id] = tracked
                self._at(tracked, self._turn() if held.run.progress.state in lifecycle.STARTED else 0.0)
                continue
            # What this process wrote itself it knows better than a read that may be older.
            acts = {"untracked_at": held.run.untracked_at, "untracked_by": held.run.untracked_by}
            heard = (tracked.carded, tracked.refused, tracked.run.untracked_at)
            tracked.carded, tracked.refused = held.carded, held.refused
            tracked.run = tracked.run.model_copy(update=acts)
            # What was known already wakes nobody: a start that backs off must not be called back each second.
            if heard != (held.carded, held.refused, held.run.untracked_at):
                self._at(tracked, 0.0)

    def unheard(self, calls: Iterable[tuple[int, bool]]) -> list[int]:
        """The runs among these calls of which this process doesn't know yet what they tell; see Holding.calls."""
        found: dict[int, None] = {}
        for run_id, taken_back in calls:
            tracked = self.held.get(run_id)
            if tracked is not None:
                known = tracked.run.untracked_at is not None if taken_back else tracked.carded or tracked.refused
                if known:
                    continue
            found[run_id] = None
        return list(found)

    def forget(self, run_ids: Collection[int]) -> None:
        """What this process thinks of these runs is older than the rows; a step under way ends for nothing."""
        for run_id in run_ids:
            self.held.pop(run_id, None)
        for ready in self._ready.values():
            ready[:] = [run_id for run_id in ready if run_id in self.held]

    def drop_all(self) -> None:
        """This process was declared dead: nothing is its to follow any more."""
        self.held.clear()
        self._due.clear()
        for ready in self._ready.values():
            ready.clear()

    def take_part(self, part: float) -> None:
        """Use this part of each token's budget; the other processes have the rest."""
        for platform, share in self.deps.shares.items():
            if share.take_part(part):
                self._reserve_anew(platform)

    def _reserve_anew(self, platform: Platform) -> None:
        waiting = [each for each in self.held.values() if each.run.request.notebook.platform is platform and each.place]
        for tracked in sorted(waiting, key=lambda each: each.place or 0.0):
            tracked.place = None
            if not tracked.busy:
                self._at(tracked, 0.0)

    def behind(self) -> float:
        """How many seconds ago the step was due that has waited longest to begin."""
        now = asyncio.get_running_loop().time()
        return max((now - each.due for each in self.held.values() if each.due), default=0.0)

    async def run(self) -> None:
        """Take steps until `stop`."""
        loop = asyncio.get_running_loop()
        while not self._stopping:
            self._start_due(loop.time())
            wait = self._due[0][0] - loop.time() if self._due else None
            self._bell.clear()
            try:
                async with asyncio.timeout(None if wait is None else max(wait, 0.0)):
                    await self._bell.wait()
            except TimeoutError:
                continue

    async def stop(self, seconds: float) -> None:
        """Begin no more steps, and let those under way end, for so many seconds at most."""
        self._stopping = True
        self._bell.set()
        if self._steps:
            _, late = await asyncio.wait(self._steps, timeout=seconds)
            for step in late:
                step.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _wake(self, run_ids: Iterable[int]) -> None:
        """Look at these soon, one after another, as when they are taken."""
        for run_id in run_ids:
            tracked = self.held.get(run_id)
            if tracked is not None:
                self._at(tracked, self._turn())

    def _turn(self) -> float:
        """Seconds until the next of many may be looked at."""
        now = asyncio.get_running_loop().time()
        self._last_turn = max(self._last_turn + 1 / TAKEN_A_SECOND, now)
        return self._last_turn - now

    def _at(self, tracked: Tracked, wait: float) -> None:
        """Have the next step taken after `wait` seconds."""
        if tracked.busy:
            tracked.due = 0.0  # as soon as the step under way has ended
            return
        due = asyncio.get_running_loop().time() + wait
        tracked.due = due
        heapq.heappush(self._due, (due, tracked.run.id))
        if self._due[0][1] == tracked.run.id:
            self._bell.set()

    def _weigh(self, now: float) -> None:
        """See how many looks are wanted of each token; the fewer it allows, the longer each run is left alone."""
        if now < self._weigh_at:
            return
        self._weigh_at = now + WEIGHED_EVERY
        wanted = dict.fromkeys(Platform, 0.0)
        for tracked in self.held.values():
            wanted[tracked.run.request.notebook.platform] += tracked.wants
        for platform, share in self.deps.shares.items():
            share.weigh(wanted[platform], now)

    def _held_back(self, tracked: Tracked, now: float) -> float:
        """Seconds that a step must still wait for its place in its token's budget.

        Looks always take one; whatever else asks the platform, where that wants or has wanted to be left alone.
        """
        run, share = tracked.run, self.deps.shares[tracked.run.request.notebook.platform]
        if run.untracked_at is not None or tracked.refused or self._waits(tracked):
            return 0.0
        paced = run.progress.state in lifecycle.STARTED or run.progress.trouble is Trouble.LIMITED
        if share.closed(now) or (paced and tracked.place is None):
            tracked.place = share.reserve(now)
        if tracked.place is not None and tracked.place > now:
            return tracked.place - now
        tracked.place = None
        return 0.0

    def _start_due(self, now: float) -> None:
        self._weigh(now)
        while self._due and self._due[0][0] <= now:
            due, run_id = heapq.heappop(self._due)
            tracked = self.held.get(run_id)
            if tracked is None or tracked.busy or tracked.due != due:
                continue  # it was dropped, or the time was changed
            if (wait := self._held_back(tracked, now)) > 0 and not (rests := untold(self.deps, tracked, now)):
                self._at(tracked, wait)
                continue
            tracked.rests = rests if wait > 0 else 0.0
            tracked.busy = True
            self._ready[tracked.run.request.notebook.platform, tracked.settling].append(run_id)
        for lane in LANES:
            self._start_ready(lane)

    def _start_ready(self, lane: Lane) -> None:
        ready = self._ready[lane]
        while ready and self._running[lane] < AT_ONCE[lane[1]] and not self._stopping:
            tracked = self.held.get(ready.pop(0))
            if tracked is None:
                continue
            self._running[lane] += 1
            step = asyncio.create_task(self._step(tracked, lane))
            self._steps.add(step)
            step.add_done_callback(self._steps.discard)

    async def _step(self, tracked: Tracked, lane: Lane) -> None:
        concerning(tracked.run)
        if tracked.due:
            self.deps.metrics.late(lane[0], asyncio.get_running_loop().time() - tracked.due)
        tracked.due = None
        wait: float | None = AFTER_TROUBLE
        try:
            wait = await self._next(tracked, lane[0])
            tracked.stumbles = 0
        except StoreUnavailable as error:
            log.warning("run %d: the database isn't available: %s", tracked.run.number, error)
        except PlatformError as error:
            log.warning("run %d: %s", tracked.run.number, error)
        except Exception:
            log.exception("run %d: step failed [%s]", tracked.run.number, token_hex(4))
            wait = min(AFTER_TROUBLE * 2 ** min(tracked.stumbles, 10), AFTER_STUMBLES)
            tracked.stumbles += 1
        finally:
            self._running[lane] -= 1
            tracked.busy = False
            self._ended(tracked, wait)
            self._start_ready(lane)

    def _ended(self, tracked: Tracked, wait: float | None) -> None:
        if self.held.get(tracked.run.id) is not tracked:
            return
        if wait is None and not self._waits(tracked):
            del self.held[tracked.run.id]
        elif tracked.due is not None:
            self._at(tracked, 0.0)
        elif wait is not None:
            self._at(tracked, wait)

    @staticmethod
    def _waits(tracked: Tracked) -> bool:
        """Whether it waits for somebody's word: its card, or an approval."""
        state = tracked.run.progress.state
        uncarded = state is State.REQUESTED and not tracked.carded
        return (uncarded or state is State.AWAITING_APPROVAL) and not tracked.refused

    async def _next(self, tracked: Tracked, platform: Platform) -> float | None:
        """Take the step that the run's state asks for; the answer is as for look()."""
        deps, run = self.deps, tracked.run
        state = run.progress.state
        if run.untracked_at is not None and not state.final and state is not State.SUBMITTING:
            return await write(
                deps, tracked, lifecycle.end(run.progress, State.UNTRACKED, deps.now(), cause=Cause.PERSON)
            )
        if state in (State.REQUESTED, State.AWAITING_APPROVAL) and tracked.refused:
            decision = lifecycle.end(run.progress, State.REJECTED, deps.now(), reason=tracked.refused, cause=Cause.CARD)
            return await write(deps, tracked, decision)
        if self._waits(tracked):
            return None
        if tracked.rests:
            return await (put_off if state is State.REQUESTED else told_to_wait)(deps, tracked)
        client = deps.platforms.get(platform)
        if client is None:
            return await self._without_client(tracked, platform)
        steps = {State.REQUESTED: submit, State.SUBMITTING: settle_doubt}
        guard = self._guards.get(platform)
        if guard is None or guard.client is not client:
            guard = self._guards[platform] = Guard(deps, client, self._wake)
        return await guard.take(tracked, settle if tracked.settling else steps.get(state, look))

    async def _without_client(self, tracked: Tracked, platform: Platform) -> float | None:
        """The platform's token was taken out of the settings: runs under way wait for a new one."""
        deps, run = self.deps, tracked.run
        if run.progress.state is not State.REQUESTED:
            return AFTER_TROUBLE * 12
        reason = f"No token for {platform.label} is set here; an admin can add one."
        decision = lifecycle.end(run.progress, State.REJECTED, deps.now(), reason=reason, cause=Cause.PERSON)
        return await write(deps, tracked, decision)
