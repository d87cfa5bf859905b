"""Between the tracker and a platform that may be down: each step passes here, and each call's outcome is heard."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from bot import lifecycle
from bot.circuit import Circuit, silent
from bot.errors import PlatformError, Unavailable
from bot.model import Cause, State
from bot.tracker.look import too_long, write
from bot.tracker.submit import PATIENCE, has_list

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from bot.model import Look, Notebook, Request, Submission
    from bot.platforms.base import Fetched, ListedRun, NamedNotebook, NotebookInfo, PlatformClient
    from bot.tracker.deps import Deps, Tracked

    Step = Callable[[Deps, PlatformClient, Tracked], Awaitable[float | None]]

T = TypeVar("T")
log = logging.getLogger(__name__)

SPREAD = 1.0
"""Seconds over which runs that were held back come to see whether it's over."""


class Guard:
    """One platform with one token.

    Args:
        deps: What the tracker works with.
        client: The platform.
        wake: Has runs that were held back looked at soon, one after another.
    """

    def __init__(self, deps: Deps, client: PlatformClient, wake: Callable[[list[int]], None]) -> None:
        self.circuit = Circuit()
        self.client = client
        self._deps = deps
        self._wake = wake
        self._held_back: dict[int, None] = {}  # in the order in which they came

    async def take(self, tracked: Tracked, step: Step) -> float | None:
        """Take a step of a run, unless the platform answers nobody; the answer is as for look()."""
        run, circuit = tracked.run, self.circuit
        if _needs_no_answer(tracked):
            return await step(self._deps, self.client, tracked)
        if not circuit.admits(run.id, _time()):
            return await self._hold_back(tracked)
        self._held_back.pop(run.id, None)
        heard = Heard(self, run.id)
        try:
            if circuit.open and run.progress.state is State.REQUESTED and not await self._answers(heard):
                return await self._hold_back(tracked)
            wait = await step(self._deps, heard, tracked)
            if wait is None or not circuit.open or heard.told_to_wait:
                return wait
            # Its own wait may be long: now that there are others, it waits as they do.
            self._held_back[run.id] = None
            return min(wait, self._until_next())
        finally:
            circuit.gave_up(run.id, _time())

    async def _answers(self, heard: Heard) -> bool:
        """Whether the platform answers a harmless call: nothing is started only to see."""
        try:
            await heard.check()
        except PlatformError as error:
            return not silent(error)
        return True

    async def _hold_back(self, tracked: Tracked) -> float | None:
        """Have the run wait until the platform answers; its card says so."""
        deps, run, progress, now = self._deps, tracked.run, tracked.run.progress, self._deps.now()
        tracked.gone = None  # what comes next isn't in a row with what was before
        silence = timedelta(seconds=_time() - (self.circuit.since or _time()))
        decision = lifecycle.held_back(progress, max(progress.since, now - silence))
        if progress.state in lifecycle.STARTED and too_long(deps, run):
            decision = lifecycle.end(progress, State.GIVEN_UP, now)
        elif progress.state is State.REQUESTED and now - (progress.trouble_since or now) > PATIENCE:
            reason = f"{self.client.platform.label} hasn't answered for an hour. Run it again later."
            decision = lifecycle.end(progress, State.REJECTED, now, reason=reason, cause=Cause.PERSON)
        if await write(deps, tracked, decision) is None:
            return None
        self._held_back[run.id] = None
        return self._until_next()

    def _until_next(self) -> float:
        return self.circuit.until_next(_time()) + SPREAD * self._deps.random.random()

    def unanswered(self, run: int, asked: float) -> None:
        """A call made at `asked` got no answer."""
        if self.circuit.unanswered(run, asked, _time()):
            log.warning("%s doesn't answer: its runs wait until it does", self.client.platform.label)

    def answered(self) -> None:
        """A call got an answer."""
        if self.circuit.answered(_time()):
            waiting = list(self._held_back)
            self._held_back.clear()
            log.warning("%s answers again: %d runs go on", self.client.platform.label, len(waiting))
            self._wake(waiting)


class Heard:
    """A platform's client for one run's step; what its calls come to is told to the guard.

    A download says nothing of the API: it often comes from another host, and may be slow. Nor does what came out of a
    cache, but where it fails it was asked for.

    Attributes:
        told_to_wait: The last call got no answer but a word on when to ask again.
    """

    def __init__(self, guard: Guard, run: int) -> None:
        self._guard = guard
        self._client = guard.client
        self._run = run
        self.platform = guard.client.platform
        self.told_to_wait = False

    async def _hear(self, call: Awaitable[T], *, cached: bool = False) -> T:
        asked = _time()
        try:
            answer = await call
        except PlatformError as error:
            if silent(error):
                self.told_to_wait = isinstance(error, Unavailable) and error.retry_after is not None
                self._guard.unanswered(self._run, asked)
            else:
                self._guard.answered()
            raise
        if answer is not None and not cached:
            self._guard.answered()
        return answer

    async def describe(self, notebook: Notebook) -> NotebookInfo:
        """See the Protocol, as for all others."""
        return await self._hear(self._client.describe(notebook), cached=True)

    async def prepare(self, request: Request, literal: frozenset[str], today: datetime) -> Request:
        """Often from the cache."""
        return await self._hear(self._client.prepare(request, literal, today), cached=True)

    async def submit(self, request: Request) -> Submission:
        """Heard."""
        return await self._hear(self._client.submit(request))

    async def look(self, run_id: str) -> Look:
        """Heard."""
        return await self._hear(self._client.look(run_id))

    async def fetch(self, run_id: str, seen: Look, limit: int) -> tuple[Fetched, ...]:
        """Not heard."""
        return await self._client.fetch(run_id, seen, limit)

    async def listed(self, notebook: Notebook, since: datetime) -> tuple[ListedRun, ...] | None:
        """Heard, where there is a list."""
        return await self._hear(self._client.listed(notebook, since))

    async def find(self, words: str) -> tuple[NamedNotebook, ...]:
        """Often from the cache."""
        return await self._hear(self._client.find(words), cached=True)

    def link(self, notebook: Notebook, url: str | None) -> str | None:
        """Asks nobody."""
        return self._client.link(notebook, url)

    async def check(self) -> str:
        """Heard."""
        return await self._hear(self._client.check())

    async def close(self) -> None:
        """Not ours to do, but the Protocol's."""
        await self._client.close()


def _needs_no_answer(tracked: Tracked) -> bool:
    """A doubt that no list can settle is told without asking anybody."""
    return tracked.run.progress.state is State.SUBMITTING and not has_list(tracked.run)


def _time() -> float:
    return asyncio.get_running_loop().time()
