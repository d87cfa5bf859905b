"""A 429 binds every process that shares the token: what one is asked, the others hear with their next beat."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from bot.cadence import Share
    from bot.model import Platform
    from bot.store.rests import Rest, Rests


class Resting:
    """This process's side of it.

    Args:
        rests: What the processes told one another.
        shares: Of the platforms' tokens, this process's.
        clock: The time, in UTC.
    """

    def __init__(self, rests: Rests, shares: Mapping[Platform, Share], clock: Callable[[], datetime]) -> None:
        self._rests = rests
        self._shares = shares
        self._clock = clock
        self._known: set[Rest] = set()
        self._read_at = -inf

    async def exchange(self, now: float, *, alone: bool) -> None:
        """Tell what this process was asked since, and hear what others were.

        Args:
            now: The shares' clock.
            alone: Nobody else lives: only what was told before this process came is of interest.

        Raises:
            StoreUnavailable: Not now; nothing is forgotten.
        """
        if self._read_at == -inf or not alone:
            said = await self._rests.told()
            for rest in said - self._known:
                # The clocks of two machines may differ, but what is new was told after the last reading.
                gone = min((self._clock() - rest.at).total_seconds(), now - self._read_at)
                if (left := rest.seconds - max(gone, 0.0)) > 0:
                    self._shares[rest.platform].heard(now, left)
            self._known, self._read_at = said, now
        for platform, share in self._shares.items():
            asked = share.asked
            if seconds := share.untold(now):
                await self._rests.tell(platform, seconds, self._clock())
                share.told(asked)
