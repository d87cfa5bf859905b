"""Noting what was posted, also while the database can't be written to."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final, TypeVar

from bot.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

T = TypeVar("T")
log = logging.getLogger(__name__)

NOTE_EVERY: Final = 1.0
"""Seconds from one try to note what was posted to the next, while the database can't be written to."""


async def surely(note: Callable[[], Awaitable[T]]) -> T:
    """Note what was posted, for as long as it takes the database to let us: else it would be posted again."""
    while True:
        try:
            return await note()
        except StoreUnavailable as error:
            log.warning("what was posted isn't noted yet: %s", error)
            await asyncio.sleep(NOTE_EVERY)
