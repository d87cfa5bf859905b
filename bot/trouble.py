"""What a platform's failure is called, and when it is worth telling (pure)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from bot.errors import Forbidden, NotFound, PlatformError, RateLimited, Suspended, Unauthorized, Unavailable
from bot.model import Trouble

if TYPE_CHECKING:
    from datetime import datetime

TELL_AFTER_MISSES: Final = 2
"""One failed look is a hiccup; the second in a row is told."""
TELL_LIMITED_AFTER: Final = 6
"""Being asked to wait is told once it goes on."""
TELL_WAIT: Final = 120.0
"""Seconds; a longer wait that the platform asks for is told at once, with its end. Our own are never longer."""
LONGEST_WAIT: Final = 30 * 86_400.0
"""Seconds; whatever a header says, nothing later is told as a time of day."""
PASSING: Final = frozenset({Trouble.SILENT, Trouble.UNKNOWN, Trouble.LIMITED})
"""Where one of these turns into the other, the thread isn't told again."""


def time_of(error: PlatformError, now: datetime) -> datetime | None:
    """When the platform wants to be asked again, where that is worth telling."""
    wait = error.retry_after if isinstance(error, RateLimited | Unavailable) else None
    if wait is None or wait <= TELL_WAIT:
        return None
    return until(wait, now)


def until(wait: float, now: datetime) -> datetime:
    """When so many seconds are over."""
    return now + timedelta(seconds=min(wait, LONGEST_WAIT))


def trouble_of(error: PlatformError) -> tuple[Trouble, int]:
    """What to call it, and after how many looks in a row it is told."""
    match error:
        case Unauthorized() | Forbidden():
            return Trouble.REFUSED, 1
        case Suspended():
            return Trouble.SUSPENDED, 1
        case RateLimited():
            return Trouble.LIMITED, TELL_LIMITED_AFTER
        case NotFound():
            return Trouble.UNKNOWN, TELL_AFTER_MISSES
        case _:
            return Trouble.SILENT, TELL_AFTER_MISSES
