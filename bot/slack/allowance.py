"""What channels take of posts: a few at once, then one a second."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Final

BURST: Final = 3
"""Posts to one channel that may follow at once; then one a second."""
HELD: Final = 600.0
"""Seconds after which a call that was let through and never answered is thought to have been forgotten."""
MANY_CHANNELS: Final = 1_000
"""So many are remembered before those whose allowance is full again are forgotten."""


class Passed:
    """Calls that were let through and aren't answered yet: each counts as if it was made now."""

    def __init__(self) -> None:
        self._since: deque[float] = deque()

    def add(self, now: float) -> None:
        """One is let through."""
        self._since.append(now)

    def drop(self) -> None:
        """One is answered, or was never made, whichever it was: all of them count."""
        if self._since:
            self._since.popleft()

    def count(self, now: float) -> int:
        """How many there are, but for the forgotten."""
        while self._since and now - self._since[0] >= HELD:
            self._since.popleft()
        return len(self._since)

    def forgets(self, now: float) -> float:
        """Seconds until the oldest, which there is, is forgotten."""
        return self._since[0] + HELD - now


@dataclass(slots=True)
class _Channel:
    """What a channel has had.

    Attributes:
        full: When its allowance is full again, for what was answered.
        passed: The posts that aren't answered yet.
    """

    full: float = 0.0
    passed: Passed = field(default_factory=Passed)


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
        return max(known.full - now, 0.0) + (known.passed.count(now) - BURST + 1) / self._rate

    def passes(self, channel: str, now: float) -> None:
        """A post is let through."""
        if len(self._channels) >= MANY_CHANNELS:
            for name, known in [*self._channels.items()]:
                self._forgotten(name, known, now)
        self._channels.setdefault(channel, _Channel()).passed.add(now)

    def made(self, channel: str, now: float) -> None:
        """A post was answered."""
        known = self._channels.setdefault(channel, _Channel())
        known.passed.drop()
        known.full = max(known.full, now) + 1 / self._rate

    def stays(self, channel: str) -> None:
        """A post that was let through will not be made."""
        if channel in self._channels:
            self._channels[channel].passed.drop()

    def _forgotten(self, channel: str, known: _Channel, now: float) -> bool:
        if known.passed.count(now) or known.full > now:
            return False
        del self._channels[channel]
        return True
