"""How long notebooks take, in some ways that are known exactly, and the best that can be done for each."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from math import exp, log, sqrt
from random import Random
from statistics import NormalDist
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]
NORMAL = NormalDist()
GRID, BEND, NEAR = 3000, 1.0, 600.0
"""Times to choose from; how many seconds they may be apart; and in a long tail, until when they're evenly spread."""


@dataclass(frozen=True)
class Kind:
    """A distribution of durations, both ways: what so large a part of the runs stay under, and which part goes on."""

    under: Callable[[float], float]
    alive: Callable[[float], float]


@dataclass(frozen=True)
class Durations:
    """A distribution that is tried.

    Attributes:
        name: What it's called in the tables.
        kind: Seconds.
        top: Seconds that next to no run takes longer than.
        past: How many earlier runs are known.
        within: How many times the optimum's looks may be used.
    """

    name: str
    kind: Kind
    top: float
    past: int = 20
    within: float | None = 1.35

    def draw(self, random: Random, many: int) -> list[float]:
        """So many durations, as evenly spread over the distribution as they can be, in no order."""
        places = [(place + random.random()) / many for place in range(many)]
        random.shuffle(places)
        return [self.kind.under(place) for place in places]


def lognormal(median: float, spread: float) -> Kind:
    """Durations whose logarithms are normal."""
    return Kind(
        lambda part: median * exp(spread * NORMAL.inv_cdf(part)),
        lambda age: NORMAL.cdf(-log(age / median) / spread) if age > 0 else 1.0,
    )


def around(mean: float, variation: float) -> Kind:
    """The same, by mean and coefficient of variation."""
    spread = sqrt(log(1 + variation**2))
    return lognormal(mean * exp(-(spread**2) / 2), spread)


def either(one: Kind, other: Kind) -> Kind:
    """One of two kinds of runs, both as likely."""
    return Kind(
        lambda part: one.under(2 * part) if part < 0.5 else other.under(2 * part - 1),
        lambda age: (one.alive(age) + other.alive(age)) / 2,
    )


def lomax(scale: float, power: float) -> Kind:
    """A heavy tail: of those that have taken long, many take much longer still."""
    return Kind(
        lambda part: scale * float((1 - part) ** (-1 / power) - 1),
        lambda age: float((1 + age / scale) ** -power),
    )


TEN, TWENTY, FIRST = "180 s, 10 %", "180 s, 20 %", "first run"
ALL = (
    Durations("180 s, 5 %", around(180, 0.05), 260, within=1.5),
    Durations(TEN, around(180, 0.1), 340),
    Durations(TWENTY, around(180, 0.2), 550),
    Durations("180 s, 50 %", around(180, 0.5), 1600),
    Durations("1,200 s, 10 %", around(1200, 0.1), 2100),
    Durations("20 or 300 s, 10 % each", either(around(20, 0.1), around(300, 0.1)), 520, within=1.5),
    Durations("heavy tail", lomax(100, 1.5), 1e6),
    # Of notebooks that were never run, nothing is known: some take seconds, some an hour and more.
    Durations(FIRST, lognormal(90, 1.8), 3e5, past=0, within=None),
)


def optimum(durations: Durations, price: float) -> list[float]:
    """The times of the looks that cost least with this price a look, by trying each pair of times from the end back."""
    times, alive = _grid(durations)
    cost = np.zeros(len(times))
    then = np.zeros(len(times), dtype=int)
    for here in range(len(times) - 2, -1, -1):
        costs = alive[here] * (times[here + 1 :] - times[here] + price) + cost[here + 1 :]
        best = int(np.argmin(costs))
        then[here], cost[here] = here + 1 + best, costs[best]
    looks, here = [], 0
    while here < len(times) - 1:
        here = int(then[here])
        looks.append(float(times[here]))
    return looks


def expected(durations: Durations, looks: list[float]) -> tuple[float, float]:
    """Looks a run and mean lag (seconds) of looks at these times."""
    begins = np.array([0.0, *looks[:-1]])
    alive = np.array([durations.kind.alive(time) for time in begins])
    times, goes_on = _grid(durations)
    mean = float(np.sum((goes_on[1:] + goes_on[:-1]) / 2 * np.diff(times)))
    return float(np.sum(alive)), float(np.sum(alive * (np.array(looks) - begins))) - mean


@cache
def _grid(durations: Durations) -> tuple[Array, Array]:
    """Times to choose from, closer together where most runs end, and which part of the runs goes on at each."""
    times = np.linspace(0, durations.top, GRID)
    if durations.top > BEND * GRID:
        times = np.concatenate([np.linspace(0, NEAR, GRID), np.geomspace(NEAR, durations.top, GRID)[1:]])
    return times, np.array([durations.kind.alive(time) for time in times])
