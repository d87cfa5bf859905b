"""A cache of a few minutes that asks once, however many want to know."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Generic, TypeVar

from cachetools import TTLCache

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

Value = TypeVar("Value")


class Memory(Generic[Value]):
    """What `load` answered by key, kept for a while; failures are not kept.

    Args:
        load: Answers for a key.
        size: How many keys are kept.
        seconds: How long.
        clock: Seconds that only grow.
    """

    def __init__(
        self,
        load: Callable[[str], Coroutine[None, None, Value]],
        *,
        size: int = 512,
        seconds: float = 300.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._load = load
        self._clock = clock
        self._kept: TTLCache[str, tuple[float, Value]] = TTLCache(size, seconds, clock)
        self._asking: dict[str, asyncio.Task[Value]] = {}

    def peek(self, key: str) -> Value | None:
        """What is kept, without asking."""
        kept = self._kept.get(key)
        return kept[1] if kept else None

    async def get(self, key: str, *, younger: float = float("inf")) -> Value:
        """What is kept and younger than so many seconds, else what `load` answers now; raises what it raises."""
        kept = self._kept.get(key)
        if kept and self._clock() - kept[0] < younger:
            return kept[1]
        if key not in self._asking:
            task = asyncio.create_task(self._ask(key))
            self._asking[key] = task
            task.add_done_callback(lambda done: self._answered(key, done))
        # One caller's cancellation must not take the answer from the others.
        return await asyncio.shield(self._asking[key])

    async def close(self) -> None:
        """Stop asking."""
        tasks = list(self._asking.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _ask(self, key: str) -> Value:
        value = await self._load(key)
        self._kept[key] = (self._clock(), value)
        return value

    def _answered(self, key: str, task: asyncio.Task[Value]) -> None:
        if self._asking.get(key) is task:
            del self._asking[key]
        if not task.cancelled():
            task.exception()  # retrieved, even where nobody waits any more
