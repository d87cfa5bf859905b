"""An event loop in one thread whose time jumps to whatever comes next, and in which whole processes can stand still.

Each callback belongs to the process in whose context it was made. Before it is called its owner is asked: a process
that was killed takes no further step, not even to clean up; one that is stopped takes its steps later.
"""

from __future__ import annotations

import asyncio
import heapq
from collections import deque
from contextvars import Context, ContextVar
from itertools import count
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

T = TypeVar("T")

DAWN: Final = 1_000.0
"""The loop's time when it begins."""


class Owner(Protocol):
    """Whoever's steps these are."""

    def admits(self, step: asyncio.Handle) -> bool:
        """Whether this step is taken now."""


OWNER: ContextVar[Owner | None] = ContextVar("owner", default=None)


class Stuck(AssertionError):
    """Everybody waits for something that will never come, or runs in a circle."""


class _Task(asyncio.Task[Any]):
    """A task whose place in a set doesn't depend on where it lies in memory."""

    def __init__(self, coroutine: Coroutine[Any, Any, Any], place: int, **more: Any) -> None:
        self._place = place
        super().__init__(coroutine, **more)

    def __hash__(self) -> int:
        return self._place


class Loop(asyncio.AbstractEventLoop):
    """See above. Only what asyncio itself needs of a loop is here; there are no sockets.

    Args:
        most: Steps after which it is taken to run in a circle.

    Attributes:
        tasks: All there ever were.
        stumbled: Errors that nobody waited for.
        halted: No further step is to be taken.
    """

    def __init__(self, most: int = 80_000) -> None:
        self._now = DAWN
        self._ready: deque[asyncio.Handle] = deque()
        self._timers: list[tuple[float, int, asyncio.TimerHandle]] = []
        self._count = count(1)
        self._running = False
        self._left = most
        self.tasks: list[asyncio.Task[Any]] = []
        self.stumbled: list[str] = []
        self.halted = False

    def time(self) -> float:
        """Seconds."""
        return self._now

    def run_until_complete(self, future: Any) -> Any:
        """Let everybody take their steps until this coroutine has ended; its steps are nobody's."""
        task = self.create_task(future)
        self._running = True
        asyncio._set_running_loop(self)
        try:
            while not task.done() and not self.halted:
                self._turn()
        finally:
            asyncio._set_running_loop(None)
            self._running = False
        return task.result() if task.done() else None

    def _turn(self) -> None:
        ready, timers = self._ready, self._timers
        while timers and timers[0][2].cancelled():
            heapq.heappop(timers)
        if not ready:
            if not timers:
                raise Stuck("everybody waits, and nothing will ever wake them")
            self._now = max(self._now, timers[0][0])
        while timers and timers[0][0] <= self._now:
            ready.append(heapq.heappop(timers)[2])
        self._left -= len(ready)
        if self._left < 0:
            raise Stuck("so many steps can only be a circle")
        for _ in range(len(ready)):
            step = ready.popleft()
            if step.cancelled():
                continue
            owner: Owner | None = step._context.get(OWNER)  # type: ignore[attr-defined]  # asyncio keeps it so
            if owner is None or owner.admits(step):
                step._run()

    def wind(self, most: int) -> None:
        """Let so many more steps be taken."""
        self._left, self.halted = most, False

    def again(self, steps: list[asyncio.Handle]) -> None:
        """Have steps taken that weren't admitted when it was their turn."""
        self._ready.extend(steps)

    def call_soon(  # type: ignore[override]  # here and below, what is called may take whatever it is given
        self, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        """See asyncio."""
        step = asyncio.Handle(callback, args, self, context)
        self._ready.append(step)
        return step

    def call_later(  # type: ignore[override]
        self, delay: float, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """See asyncio."""
        return self.call_at(self._now + delay, callback, *args, context=context)

    def call_at(  # type: ignore[override]
        self, when: float, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """See asyncio."""
        timer = asyncio.TimerHandle(when, callback, args, self, context)
        heapq.heappush(self._timers, (when, next(self._count), timer))
        return timer

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """It is passed over when its time comes."""

    def create_future(self) -> asyncio.Future[Any]:
        """See asyncio."""
        return asyncio.Future(loop=self)

    def create_task(  # type: ignore[override]  # no eager tasks
        self, coro: Coroutine[Any, Any, T], *, name: str | None = None, context: Context | None = None
    ) -> asyncio.Task[T]:
        """See asyncio."""
        task = _Task(coro, next(self._count), loop=self, name=name, context=context)
        self.tasks.append(task)
        return task

    def run_in_executor(  # type: ignore[override]  # there is no executor
        self, executor: object, func: Callable[..., T], *args: Any
    ) -> asyncio.Future[T]:
        """What goes to a thread elsewhere is done here, and its answer comes a little later."""
        answer: asyncio.Future[T] = self.create_future()

        def tell(give: Callable[[Any], None], what: Any) -> None:
            if not answer.done():
                give(what)

        try:
            done = func(*args)
        except Exception as error:  # noqa: BLE001, raised where it is waited for
            self.call_later(0.005, tell, answer.set_exception, error)
        else:
            self.call_later(0.005, tell, answer.set_result, done)
        return answer

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """An error that nobody waited for."""
        self.stumbled.append(f"{context.get('message')}: {context.get('exception')!r}")

    def get_debug(self) -> bool:
        """Never."""
        return False

    def is_running(self) -> bool:
        """See asyncio."""
        return self._running

    def is_closed(self) -> bool:
        """Never: nothing is open."""
        return False
