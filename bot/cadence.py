"""When to look next (pure). All times are seconds."""

from __future__ import annotations

from typing import Final

FIRST: Final = 1.0
SHARE_OF_AGE: Final = 0.05
LONGEST: Final = 60.0
BACK_OFF_FIRST: Final = 2.0
BACK_OFF_LONGEST: Final = 120.0
SETTLE_EVERY: Final = (1.0, 1.0, 2.0, 3.0, 5.0, 8.0, 10.0, 15.0, 15.0)
"""The waits between looks for a document that comes after the end: a minute in all."""


def next_look(age: float, *, chance: float) -> float:
    """The wait after a look that was answered: quick at first, stretching to a twentieth of the run's age.

    So the end of a run is noticed within a second, or within 5 % of its length.

    Args:
        age: How long the run has been under way.
        chance: A random number in [0, 1); spreads looks by a tenth, so that runs started together drift apart.
    """
    wait = min(max(FIRST, SHARE_OF_AGE * age), LONGEST)
    return wait * (0.9 + 0.1 * chance)


def back_off(misses: int, *, chance: float, retry_after: float | None = None) -> float:
    """The wait after `misses` looks in a row that failed; never less than what the platform asked for.

    Args:
        misses: At least 1.
        chance: A random number in [0, 1).
        retry_after: What the platform asked for.
    """
    wait: float = min(BACK_OFF_FIRST * 2 ** min(misses - 1, 16), BACK_OFF_LONGEST) * (0.75 + 0.25 * chance)
    if retry_after is None:
        return wait
    return max(wait, retry_after) + chance


def next_settling(tries: int) -> float | None:
    """The wait before look number `tries + 1` for a late document, or None when it's time to do without."""
    return SETTLE_EVERY[tries] if tries < len(SETTLE_EVERY) else None
