"""When a run that its platform doesn't know any more is believed to be lost (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

LOST_AFTER_MISSES: Final = 3
LOST_AFTER: Final = timedelta(minutes=2)
"""A 404 may come from a list that lags, or from a proxy while the platform is put in anew: that many looks in a row
that find nothing, over that long, are believed."""
WATCHED: Final = timedelta(minutes=1)
"""What the time between two such looks counts for at most: nobody knows what was in between."""


@dataclass(frozen=True, slots=True)
class Gone:
    """Looks in a row at which the platform knew no such run.

    Attributes:
        looks: How many.
        last: When the last one was.
        watched: The time that they cover.
    """

    looks: int
    last: datetime
    watched: timedelta = timedelta()

    @property
    def believed(self) -> bool:
        """Whether they are enough to call it lost."""
        return self.looks >= LOST_AFTER_MISSES and self.watched >= LOST_AFTER


def gone(before: Gone | None, now: datetime) -> Gone:
    """One more look at which the platform knew no such run."""
    if before is None:
        return Gone(1, now)
    return Gone(before.looks + 1, now, before.watched + min(max(now - before.last, timedelta()), WATCHED))
