"""How long an answer is waited for, where this process's own standing still doesn't count against it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

LATE: Final = 0.1
"""Seconds by which a busy loop rings late; who is later than that stood still."""
ONCE_MORE: Final = 1.0
"""Seconds in which what came meanwhile is taken."""


@asynccontextmanager
async def patience(seconds: float) -> AsyncIterator[None]:
    """Wait for so many seconds at most.

    What came while the process was stopped, or its machine was moved, lies ready when it goes on; but its timers ring
    before that is read. An answer that tells what was done, such as a run's id, must not be thrown away for that.

    Raises:
        TimeoutError: They are over.
    """
    loop = asyncio.get_running_loop()
    due = loop.time() + seconds
    async with asyncio.timeout(None) as limit:

        def ring() -> None:
            now = loop.time()
            limit.reschedule(now + ONCE_MORE if now - due > LATE else now)

        bell = loop.call_at(due, ring)
        try:
            yield
        finally:
            bell.cancel()
