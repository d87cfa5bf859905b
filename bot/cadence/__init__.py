"""When to look next (pure). All times are seconds.

A look costs `PRICE` seconds: the end is noticed so much later, on average, for each look that is saved. So a run is
left alone while it can't end, and looked at closely when it must. When many runs share a token, its budget (`Share`)
says by how much every wait is to be stretched; the price of a look grows with the square of that.
"""

from __future__ import annotations

from math import log2, sqrt
from typing import Final

from bot.cadence.known import PRICE, Known, unknown_hazard
from bot.cadence.share import Share

__all__ = ["NOTHING", "PRICE", "Known", "Share", "back_off", "next_look", "next_settling"]

FIRST: Final = 0.25
"""The least wait."""
SHARE_OF_AGE: Final = 0.05
SOON: Final = 1.0
"""Of a notebook without a past, the end is noticed within `SOON` or that share of what the run took."""
QUEUED_SHARE: Final = 0.25
"""A run that waits in its platform's queue is looked at after `SOON` or that share of its age; its start is news."""
LONGEST: Final = 600.0
STRETCHES: Final = 4
"""Steps from one stretch to its double: so many plans are made, instead of one for each."""
JITTER: Final = 0.1
BACK_OFF_FIRST: Final = 2.0
BACK_OFF_LONGEST: Final = 120.0
SETTLE_EVERY: Final = (1.0, 1.0, 2.0, 3.0, 5.0, 8.0, 10.0, 15.0, 15.0)
"""The waits between looks for a document that comes after the end: a minute in all."""
NOTHING: Final = Known()


def next_look(
    age: float, *, chance: float, known: Known = NOTHING, stretch: float = 1.0, queued: bool = False
) -> float:
    """The wait after a look that was answered.

    Args:
        age: How long the run has been under way, by the clock that its notebook's earlier runs were measured with.
        chance: A random number in [0, 1); brings looks forward a little, so that runs started together drift apart.
        known: How long the notebook's earlier runs took.
        stretch: By how much waits are to be longer than they would be if the token had no other runs.
        queued: The run hasn't begun; its platform will say when.
    """
    stretch = 2.0 ** (round(STRETCHES * log2(stretch)) / STRETCHES)
    price = PRICE * stretch**2
    if age < known.until:
        wait, following = _planned(age, known, price)
    else:
        wait = following = sqrt(2 * price / unknown_hazard(max(age, FIRST), known.middle))
        if not known.until:
            wait = min(wait, max(SOON, SHARE_OF_AGE * age) * stretch)
    if queued:
        wait = min(wait, max(SOON, QUEUED_SHARE * age) * stretch)
    wait -= JITTER * (1 - chance) * min(wait, following)
    return min(max(wait, FIRST), LONGEST)


def _planned(age: float, known: Known, price: float) -> tuple[float, float]:
    """The wait that costs least, and the one after it."""
    plan = known.plan(price, FIRST)
    then = plan.after(age)
    return then - age, plan.after(then) - then


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
