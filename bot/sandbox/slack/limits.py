"""Slack's rate limits: a sliding minute by tier for each method, and the special rule of chat.postMessage.

The numbers are the least that Slack promises, so a bot that keeps to them here keeps to them there.
"""

import math
import time
from collections import deque
from collections.abc import Callable

from bot.sandbox.slack.errors import RateLimitedError

Clock = Callable[[], float]

MINUTE = 60.0  # seconds
TIERS = {1: 1, 2: 20, 3: 50, 4: 100}  # calls a minute
POSTS_A_MINUTE = 300  # chat.postMessage, the whole workspace
POST_BURST = 5  # chat.postMessage, what a channel takes at once before one a second


class Window:
    """At most `most` calls in any `seconds`."""

    def __init__(self, most: int, seconds: float = MINUTE) -> None:
        self._most, self._seconds = most, seconds
        self._taken: deque[float] = deque()

    def wait(self, now: float) -> float:
        """Seconds until the next call is allowed; 0 means now."""
        while self._taken and self._taken[0] <= now - self._seconds:
            self._taken.popleft()
        return 0.0 if len(self._taken) < self._most else self._taken[0] + self._seconds - now

    def take(self, now: float) -> None:
        """Count a call."""
        self._taken.append(now)


class Bucket:
    """`rate` calls a second, after a burst of `burst`."""

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self._rate, self._burst = rate, burst
        self._left, self._at = burst, now

    def wait(self, now: float) -> float:
        """Seconds until the next call is allowed; 0 means now."""
        self._left = min(self._burst, self._left + (now - self._at) * self._rate)
        self._at = now
        # A hair under one is one: adding up seconds in floating point must not cost a second more.
        return 0.0 if self._left > 1 - 1e-9 else (1 - self._left) / self._rate

    def take(self, _now: float) -> None:
        """Count a call."""
        self._left -= 1


class RateLimits:
    """All the limits of one app in one workspace. `scale` multiplies what is allowed; None allows everything."""

    def __init__(self, scale: float | None = 1.0, clock: Clock = time.monotonic) -> None:
        self._scale, self._clock = scale, clock
        self._windows: dict[str, Window] = {}
        self._posts: dict[str, Bucket] = {}

    def spend(self, method: str, tier: int | None, channel: str | None = None) -> None:
        """Count one call, or raise RateLimitedError. A refused call costs nothing.

        A channel is given for chat.postMessage; a tier of None means that the method has no limit of its own.
        """
        if self._scale is None:
            return
        now = self._clock()
        gates: list[Window | Bucket] = []
        if tier is not None:
            gates.append(self._window(method, TIERS[tier]))
        if channel is not None:
            gates.append(self._window(method, POSTS_A_MINUTE))
            gates.append(self._bucket(channel, now))
        wait = max((gate.wait(now) for gate in gates), default=0.0)
        if wait > 0:
            raise RateLimitedError(math.ceil(wait))
        for gate in gates:
            gate.take(now)

    def _window(self, name: str, most: int) -> Window:
        found = self._windows.get(name)
        if found is None:
            found = self._windows[name] = Window(max(1, round(most * (self._scale or 1))))
        return found

    def _bucket(self, channel: str, now: float) -> Bucket:
        found = self._posts.get(channel)
        if found is None:
            scale = self._scale or 1
            found = self._posts[channel] = Bucket(scale, max(1.0, POST_BURST * scale), now)
        return found
