"""Writing what nobody else knows, also while the database can't be written to."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final, TypeVar

from bot.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

T = TypeVar("T")
log = logging.getLogger(__name__)

AGAIN: Final = 1.0
"""Seconds from one try to the next."""


async def surely(write: Callable[[], Awaitable[T]], what: str = "what was posted") -> T:
    """Write it, for as long as it takes the database to let us: else it would be posted or started again, or in doubt.

    Args:
        write: Done again whenever the store isn't available.
        what: It, for the log.
    """
    while True:
        try:
            return await write()
        except StoreUnavailable as error:
            log.warning("%s isn't saved yet: %s", what, error)
            await asyncio.sleep(AGAIN)
