"""How long a run will take, from how long its notebook took before (pure).

In log time, each earlier run stands for a hump around what it took, and a small weight is kept for "none of these",
which is spread over everything that notebooks take. How wide the humps are is learnt from the runs themselves: each
width is weighed by how well the other runs foretell each one. So both runs that always take the same and those that
take what they like are known after a few, and two kinds of runs stay two.
"""

from __future__ import annotations

from array import array
from itertools import pairwise
from math import erfc, exp, log, pi, sqrt
from operator import mul
from typing import TYPE_CHECKING, Final

from bot.cadence.plan import Plan, planned

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PRICE: Final = 0.04
"""What a look costs, where nothing else is said: so many seconds may the end be noticed later, to save one."""
MIDDLE: Final = 60.0
SPREAD: Final = 2.0
"""Of a run of which nothing is known: half take less than a minute, nineteen in twenty less than half an hour."""
WIDTHS: Final = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64)
BELIEFS: Final = (0.5, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0)
"""Of the humps, in log time: 0.1 is some 10 %; and how likely each is before anything was seen."""
SURPRISES: Final = 0.25
"""One run in `(runs + 1) / SURPRISES` is expected to be like none before it."""
FADING: Final = 0.97
"""What a run weighs beside the one after it: notebooks change."""
SHORTEST: Final = 0.1
FAINT: Final = 0.01
"""What is less likely than this isn't worth reckoning with."""
REACH: Final = 3.0
"""Widths from its middle at which a hump has come to nothing."""
FINE, COARSE = 1 / 3, 0.06
"""Steps in log time: in widths where there are humps, and elsewhere."""
CHOICES: Final = 4
"""Times to choose from for each look; more gain nothing that can be measured."""
FEW: Final = 0.1
"""Where fewer of the runs come to than this, fewer choices are good enough."""
MOST_CHOICES: Final = 3_000
"""In all, twice: where most runs end, and behind that."""
KEPT: Final = 8
"""Plans that are kept, of one price each."""


def unknown_alive(age: float, middle: float = MIDDLE) -> float:
    """The chance that a run of which nothing is known is still under way at this age.

    Args:
        age: Seconds.
        middle: Seconds that half of such runs stay under.
    """
    return 0.5 * erfc((log(max(age, SHORTEST)) - log(middle)) / SPREAD / sqrt(2))


def unknown_hazard(age: float, middle: float = MIDDLE) -> float:
    """The chance a second that such a run ends now, given that it is still under way."""
    age = max(age, SHORTEST)
    place = (log(age) - log(middle)) / SPREAD
    return exp(-0.5 * place**2) / sqrt(2 * pi) / (SPREAD * age * unknown_alive(age, middle))


class Known:
    """What the earlier runs of a notebook say of the next.

    Args:
        durations: Seconds that they took, newest first; none or a few are enough.

    Attributes:
        middle: Seconds that half of those runs stay under that are like none before them.
        until: The age (seconds) from which on a run is like none before it; 0 where nothing is known.
    """

    def __init__(self, durations: Sequence[float] = ()) -> None:
        self._logs = [log(max(each, SHORTEST)) for each in durations]
        weights = [FADING**place for place in range(len(self._logs))]
        self._weights = [each / sum(weights) for each in weights]
        middle = exp(sum(weight * place for weight, place in zip(self._weights, self._logs, strict=True)))
        self.middle = middle if self._logs else MIDDLE
        self._surprise = SURPRISES / (len(self._logs) + 1) if self._logs else 1.0
        self._widths = self._likely_widths() if self._logs else []
        self._choices: tuple[array[float], array[float]] | None = None
        self._plans: dict[float, Plan] = {}
        self.until = self._last() if self._logs else 0.0

    def plan(self, price: float, least: float) -> Plan:
        """When to look, at a price a look (in seconds by which the end is noticed later), at least so far apart."""
        found = self._plans.get(price)
        if found is None:
            if self._choices is None:
                self._choices = self._times(min(price, PRICE))
            while len(self._plans) >= KEPT:
                del self._plans[next(iter(self._plans))]
            found = self._plans[price] = planned(*self._choices, price, least)
        return found

    def alive(self, age: float) -> float:
        """The chance that a run is still under way at this age (seconds)."""
        rest = self._surprise * unknown_alive(age, self.middle)
        place, humps = log(max(age, SHORTEST)), 0.0
        for width, belief in self._widths:
            scale = sqrt(0.5) / width
            humps += belief * sum(
                weight * erfc((place - middle) * scale)
                for middle, weight in zip(self._logs, self._weights, strict=True)
            )
        return rest + (1 - self._surprise) * 0.5 * humps

    def _likely_widths(self) -> list[tuple[float, float]]:
        """The widths that are worth reckoning with, and how likely each is."""
        scores = [log(belief) + self._foretold(width) for width, belief in zip(WIDTHS, BELIEFS, strict=True)]
        best = max(scores)
        found = [(width, exp(score - best)) for width, score in zip(WIDTHS, scores, strict=True)]
        found = [(width, belief) for width, belief in found if belief > FAINT]
        total = sum(belief for _, belief in found)
        return [(width, belief / total) for width, belief in found]

    def _foretold(self, width: float) -> float:
        """How well each run is foretold by the others with humps of this width (log likelihood)."""
        if len(self._logs) == 1:
            return 0.0
        score = 0.0
        for one, (place, mine) in enumerate(zip(self._logs, self._weights, strict=True)):
            others = sum(
                weight * exp(-0.5 * ((place - middle) / width) ** 2)
                for other, (middle, weight) in enumerate(zip(self._logs, self._weights, strict=True))
                if other != one
            )
            density = others / (1 - mine) / (width * sqrt(2 * pi))
            score += log((1 - self._surprise) * density + self._surprise * FAINT)
        return score

    def _last(self) -> float:
        """The age at which the humps have come to less than what is kept for surprises."""
        age = exp(max(self._logs))
        while self.alive(age) > 1.1 * self._surprise * unknown_alive(age, self.middle):
            age *= 1 + COARSE
        return age

    def _steps(self) -> Iterator[float]:
        """Ages from the first to the last of interest, closest together where runs are likely to end."""
        width = self._widths[0][0]
        places = sorted(self._logs)
        place, last, nearest = log(SHORTEST), log(self.until), 0
        while place < last:
            yield exp(place)
            while nearest < len(places) - 1 and places[nearest] + REACH * width < place:
                nearest += 1
            begins, ends = places[nearest] - REACH * width, places[nearest] + REACH * width
            step = COARSE
            if begins <= place < ends:
                step = FINE * width
            elif place < begins:
                step = min(step, begins - place + 1e-9)
            place += min(step, COARSE)
        yield self.until

    def _times(self, price: float) -> tuple[array[float], array[float]]:
        """Ages to choose from, with the chance that the run is still under way at each; from 0 on, rising.

        The optimum for a smooth future is a look rate of sqrt(hazard / (2 price)): some times as many are offered.
        """
        steps = [(age, self.alive(age)) for age in self._steps()]
        looks = [
            sqrt(max(log(before / after), 0.0) * (then - age) / (2 * price)) if after > 0 else 0.0
            for (age, before), (then, after) in pairwise(steps)
        ]
        reached = [min(before / FEW, 1.0) for _, before in steps[:-1]]
        most = min(CHOICES, MOST_CHOICES / max(sum(map(mul, looks, reached)), 1.0))
        least = min(1.0, MOST_CHOICES / max(sum(looks), 1.0))
        times, alive = array("d", [0.0]), array("d", [1.0])
        for ((age, before), (then, after)), many, part in zip(pairwise(steps), looks, reached, strict=True):
            parts = int(max(most * part, least) * many) + 1
            for place in range(1, parts + 1):
                times.append(age + (then - age) * place / parts)
                alive.append(before + (after - before) * place / parts)
        return times, alive
