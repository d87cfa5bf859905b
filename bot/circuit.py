"""Whether a platform answers at all (pure): a circuit that opens when it doesn't, and lets one call through to see.

```mermaid
stateDiagram-v2
    [*] --> closed
    closed --> open: several runs in a row got no answer
    open --> trying: the wait is over, and one step may go
    trying --> open: no answer either, so the next wait is longer
    trying --> closed: an answer, whatever it says
    open --> closed: an answer to what had been asked before
```

While it's open nobody's steps are taken, so nothing is sent to a platform that is down, and no start is left in doubt.
A refusal is an answer: a platform that says 401, 404 or 429 isn't down. All times are seconds of one steady clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from typing import Final

from bot.errors import BadReply, PlatformError, Unavailable

RUNS: Final = 3
"""So many different runs in a row without an answer open it: one alone may be at fault itself."""
SECONDS: Final = 2.0
"""And for so long: a platform that answers every other call, or a hiccup of the network, doesn't."""
FIRST_WAIT: Final = 5.0
LONGEST_WAIT: Final = 30.0
"""One call in so long is no burden to anybody, and the end of the trouble is noticed by then."""
TRIAL: Final = 60.0
"""How long a step that was let through may take before another one is; longer than any call does."""


def silent(error: PlatformError) -> bool:
    """Whether this is no answer: nothing came, or nothing that the platform itself can have said."""
    return isinstance(error, Unavailable | BadReply)


@dataclass(slots=True)
class Circuit:
    """What is known of one platform with one token.

    Attributes:
        open: Whether steps have to wait.
        since: When the first call was made to which no answer came; None while it answers.
    """

    open: bool = False
    since: float | None = None
    _silent: set[int] = field(default_factory=set)
    _answered: float = -inf
    _trials: int = 0
    _next: float = -inf
    _tried_by: int | None = None

    def admits(self, run: int, now: float) -> bool:
        """Whether this run's step may be taken now; while the circuit is open, one in all once the wait is over."""
        if not self.open:
            return True
        if now < self._next:
            return False
        self._tried_by, self._next = run, now + TRIAL
        return True

    def until_next(self, now: float) -> float:
        """Seconds until a step may be let through, or until it's seen what has become of the one under way."""
        return min(max(0.0, self._next - now), LONGEST_WAIT) if self.open else 0.0

    def unanswered(self, run: int, asked: float, now: float) -> bool:
        """A call for this run, made at `asked`, got no answer; True where that opened the circuit."""
        asked = max(asked, self._answered)
        self.since = asked if self.since is None else min(self.since, asked)
        self._silent.add(run)
        if self.open:
            if run == self._tried_by:
                self._tried_by = None
                self._trials += 1
                self._next = now + min(FIRST_WAIT * 2**self._trials, LONGEST_WAIT)
            return False
        if len(self._silent) < RUNS or now - self.since < SECONDS:
            return False
        self.open, self._trials, self._next = True, 0, now + FIRST_WAIT
        return True

    def answered(self, now: float) -> bool:
        """A call got an answer; True where that closed the circuit."""
        was_open = self.open
        self.open, self.since, self._answered, self._tried_by = False, None, now, None
        self._silent.clear()
        return was_open

    def gave_up(self, run: int, now: float) -> None:
        """The step that was let through has ended without a call that tells anything: another may go."""
        if self.open and run == self._tried_by:
            self._tried_by, self._next = None, now
