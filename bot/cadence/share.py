"""What a platform's token may be asked for, and how it's shared out (pure; all times by one clock, in seconds)."""

from __future__ import annotations

from math import inf
from typing import Final

FILL: Final = 0.9
"""How much of the budget is planned with; the rest is for what comes together by chance."""
BURST: Final = 1.0
"""Looks of so many seconds may leave at one moment."""
SAME: Final = 0.8
"""Parts of the budget that differ by less are alike."""
LEAST_PART: Final = 0.05
"""A 429 halves what is taken for granted, down to this part; what the platforms allow is nowhere published."""
RECOVERS: Final = 300.0
"""Seconds in which a half grows back."""
SOONEST: Final = 1.0
"""Seconds that a token rests at least after a 429, also where it says none: what was under way comes meanwhile."""
UNTOLD: Final = (2.0, 4.0, 8.0, 16.0, 32.0, 60.0)
"""How long a token rests after a 429 that names no time: after the first, the second in a row, and so on."""


class Share:
    """The looks that this process may take with one token.

    Args:
        rate: Looks a second that all processes together may take.

    Attributes:
        asked: Until when this process itself was asked for silence.
    """

    def __init__(self, rate: float = inf) -> None:
        self.rate = rate
        self.part = 1.0
        self.stretch = 1.0
        self._next = -inf
        self._closed = -inf
        self.asked = self._told = -inf
        self._eased = 1.0
        self._eased_at = 0.0
        self._refusals = 0

    def allowed(self, now: float) -> float:
        """Looks a second that this process may take at present."""
        return self.rate * self.part * self._ease(now)

    def take_part(self, part: float) -> bool:
        """Use this part of the budget; True where it is another by so much that no reserved place is good any more."""
        before, self.part = self.part, part
        if SAME <= part / before <= 1 / SAME:
            return False
        self._next = -inf
        return True

    def weigh(self, wanted: float, now: float) -> None:
        """Learn how many looks a second all runs together would like, if each had the token for itself."""
        self.stretch = max(1.0, wanted / (FILL * self.allowed(now)))

    def reserve(self, now: float) -> float:
        """Take the next free place: when the look may leave, `now` at the soonest."""
        gap = 1 / self.allowed(now)
        begin = max(self._next, now - BURST + gap, self._closed)
        self._next = begin + gap
        return max(begin, now)

    def closed(self, now: float) -> bool:
        """Whether the platform asked for silence, whatever was reserved before."""
        return self.rests(now) > 0

    def rests(self, now: float) -> float:
        """Seconds of silence that are left; 0.0 where there are none."""
        return max(0.0, self._closed - now)

    def refused(self, now: float, retry_after: float | None) -> None:
        """The platform answered 429: nothing leaves with this token for as long as it says."""
        if retry_after is None:
            retry_after = UNTOLD[min(self._refusals, len(UNTOLD) - 1)]
        retry_after = max(retry_after, SOONEST)
        if not self.closed(now):  # those that were under way together count once
            self._refusals += 1
        self.asked = max(self.asked, now + retry_after)
        self.heard(now, retry_after)

    def heard(self, now: float, seconds: float) -> None:
        """A token that others use as well was refused: it's the same for all of them."""
        if not self.closed(now):
            self._eased, self._eased_at = max(self._ease(now) / 2, LEAST_PART), now
        self._closed = max(self._closed, now + seconds)

    def untold(self, now: float) -> float:
        """Seconds of silence that this process was asked for, and others don't know of; 0.0 where there are none."""
        return max(0.0, self.asked - now) if self.asked > self._told else 0.0

    def told(self, asked: float) -> None:
        """The others know of what this process was `asked` by then; more may have come while they were told."""
        self._told = asked

    def answered(self) -> None:
        """A look was answered."""
        self._refusals = 0

    def _ease(self, now: float) -> float:
        return min(1.0, self._eased + max(now - self._eased_at, 0.0) / (2 * RECOVERS))
