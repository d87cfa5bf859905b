"""A time in which nobody was there."""

from __future__ import annotations

from datetime import datetime

from bot.model.frozen import Frozen


class Outage(Frozen):
    """What the admins are told of it.

    Attributes:
        since, until: From when to when no process was there.
        caught_up: How many of the runs that were under way have been looked at again.
        unseen: How many couldn't be looked at yet.
        unclear: The numbers of those that may have started.
    """

    since: datetime
    until: datetime
    caught_up: int = 0
    unseen: int = 0
    unclear: tuple[int, ...] = ()
