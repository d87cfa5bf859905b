"""What channels take of posts: a few at once, then one a second."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Final

BURST: Final = 3
"""Posts to one channel that may follow at once; then one a second."""
HELD: Final = 600.0
"""Seconds after which a call that was let through and never left is thought to have been forgotten."""
MANY_CHANNELS: Final = 1_000
"""So many are remembered before those whose allowance is full again are forgotten."""


@dataclass(slots=True)
class _Channel:
    """What a channel has had.

    Attributes:
        full: When its allowance is full again, for what has left.
        passed: When those posts were let through that haven't left yet: each counts as if it left now.
    """

    full: float = 0.0
    passed: deque[float] = field(default_factory=deque)


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
        return max(known.full - now, 0.0) + (len(known.passed) - BURST + 1) / self._rate

    def passes(self, channel: str, now: float) -> None:
        """A post is let through."""
        if len(self._channels) >= MANY_CHANNELS:
            for name, known in [*self._channels.items()]:
                self._forgotten(name, known, now)
        self._channels.setdefault(channel, _Channel()).passed.append(now)

    def leaves(self, channel: str, now: float) -> None:
        """A post leaves, whichever of those it was that passed."""
        known = self._channels.setdefault(channel, _Channel())
        if known.passed:
            known.passed.popleft()
        known.full = max(known.full, now) + 1 / self._rate

    def stays(self, channel: str) -> None:
        """A post that was let through will not leave."""
        known = self._channels.get(channel)
        if known is not None and known.passed:
            known.passed.popleft()

    def _forgotten(self, channel: str, known: _Channel, now: float) -> bool:
        while known.passed and now - known.passed[0] >= HELD:
            known.passed.popleft()
        if known.passed or known.full > now:
            return False
        del self._channels[channel]
        return True
