"""What channels take of posts: a few at once, then one a second."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

BURST: Final = 3
"""Posts to one channel that may follow at once; then one a second."""
MANY_CHANNELS: Final = 1_000
"""So many are remembered before those whose allowance is full again are forgotten."""


@dataclass(slots=True)
class _Channel:
    """What a channel has had.

    Attributes:
        full: When its allowance is full again, for what was answered.
        passed: How many posts were let through and aren't answered yet: each counts as if it was made now.
    """

    full: float = 0.0
    passed: int = 0


class Allowances:
    """Every channel's. All times are the loop's.

    Args:
        rate: Posts a second to one channel, once the burst is used up.
    """

    def __init__(self, rate: float = 1.0) -> None:
        self._rate = rate
        self._channels: dict[str, _Channel] = {}

    def wait(self, channel: str, now: float) -> float:
        """Seconds until one more post may pass, nothing or less for now: a debt of BURST is paid off at the rate."""
        known = self._channels.get(channel)
        if known is None or self._forgotten(channel, known, now):
            return 0.0
        return max(known.full - now, 0.0) + (known.passed - BURST + 1) / self._rate

    def passes(self, channel: str, now: float) -> None:
        """A post is let through; it is `made` later, or `stays`."""
        if len(self._channels) >= MANY_CHANNELS:
            for name, known in [*self._channels.items()]:
                self._forgotten(name, known, now)
        self._channels.setdefault(channel, _Channel()).passed += 1

    def made(self, channel: str, now: float) -> None:
        """A post was answered."""
        known = self._channels.setdefault(channel, _Channel())
        known.passed = max(known.passed - 1, 0)
        known.full = max(known.full, now) + 1 / self._rate

    def stays(self, channel: str) -> None:
        """A post that was let through will not be made."""
        known = self._channels.get(channel)
        if known is not None:
            known.passed = max(known.passed - 1, 0)

    def _forgotten(self, channel: str, known: _Channel, now: float) -> bool:
        if known.passed or known.full > now:
            return False
        del self._channels[channel]
        return True
