"""An event loop in which nobody waits: where it would sleep, its clock goes on instead."""

from __future__ import annotations

import asyncio
import selectors
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine

T = TypeVar("T")


class _Selector(selectors.DefaultSelector):
    """Waits by setting the clock forward, as long as nothing from outside can come."""

    now = 1_000.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready:
            assert timeout is not None, "everybody waits, and nothing will ever wake them"
            self.now += timeout
        return ready


class Loop(asyncio.SelectorEventLoop):
    """A loop with its own time, in seconds."""

    def __init__(self) -> None:
        self._watch = _Selector()
        super().__init__(self._watch)

    def time(self) -> float:
        return self._watch.now


def play(scene: Coroutine[Any, Any, T]) -> T:
    """Run this to its end, however long it takes by its own clock."""
    with asyncio.Runner(loop_factory=Loop) as runner:
        return runner.run(scene)


def now() -> float:
    """The running loop's time."""
    return asyncio.get_running_loop().time()
