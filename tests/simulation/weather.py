"""Chance: how long everything takes and what goes wrong, until peace comes."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from random import Random

FEW, SOME = 0.02, 0.08


class Fate(Enum):
    """What becomes of a call."""

    ANSWERED = "answered"
    REFUSED = "refused"  # no connection: it never left
    FAILED = "failed"  # 5xx, and nothing was done
    DONE_AND_FAILED = "done and failed"  # 5xx, although it was done
    LIMITED = "limited"  # 429, and nothing was done
    LOST = "lost"  # done, but the connection broke before the answer came
    NEVER_ARRIVED = "never arrived"  # the connection broke on the way there
    SILENT = "silent"  # done, and then no answer ever


FAULTS: Final = tuple(fate for fate in Fate if fate is not Fate.ANSWERED)


@dataclass(slots=True)
class Weather:
    """How it is between a process and one place.

    Attributes:
        rates: How likely each fault is.
        down: From when to when nothing goes.
        slow: How likely an answer is to take seconds.
    """

    rates: dict[Fate, float] = field(default_factory=dict)
    down: tuple[float, float] = (0.0, 0.0)
    slow: float = 0.0

    @classmethod
    def of(cls, chance: Random, began: float, peace: float) -> Weather:
        """Some weather."""
        if chance.random() < 0.3:
            return cls()
        rates: dict[Fate, float] = {fate: chance.choice((0.0, FEW, SOME)) for fate in FAULTS}
        rates[Fate.SILENT] = chance.choice((0.0, 0.0, FEW))
        down = (0.0, 0.0)
        if chance.random() < 0.3:
            start = chance.uniform(began, peace)
            down = (start, min(start + chance.uniform(1, 8), peace))
        return cls(rates, down, chance.choice((0.0, 0.05)))

    def fate(self, chance: Random, now: float, peace: float) -> Fate:
        """What becomes of a call that is made now."""
        if now >= peace:
            return Fate.ANSWERED
        if self.down[0] <= now < self.down[1]:
            return chance.choice((Fate.REFUSED, Fate.FAILED, Fate.NEVER_ARRIVED))
        drawn = chance.random()
        for fate, rate in self.rates.items():
            drawn -= rate
            if drawn < 0:
                return fate
        return Fate.ANSWERED

    def lag(self, chance: Random, now: float, peace: float) -> float:
        """How long one way takes."""
        if now < peace and chance.random() < self.slow:
            return chance.uniform(0.5, 6.0)
        return chance.uniform(0.01, 0.15)
