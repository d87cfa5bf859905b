"""The best times for looks, when it is known how likely a run is to be still under way at each (pure).

With looks at t1 < t2 < …, from t0 = 0, a run that ends is noticed at the next of them. What is paid for looks and for
the wait together is, but for a constant, the sum of alive(t_k) * (t_{k+1} - t_k + price). So from the end backwards:

    cost(a) = min over b > a of alive(a) * (b - a + price) + cost(b)

For each b that is a straight line in alive(a), and alive only grows on the way back: the lines that are lowest
somewhere are kept in order, and all is found in one pass.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Plan:
    """When to look next, from any age.

    Attributes:
        times: Ages, in seconds, rising.
        then: For each of them, the place of the best next look.
    """

    times: array[float]
    then: array[int]

    def after(self, age: float) -> float:
        """The age of the best look after one at this age, to the nearest of the times; `inf` behind the last."""
        place, last = bisect_right(self.times, age) - 1, len(self.times) - 1
        if place >= last:
            return inf
        if place + 1 < last and self.times[place + 1] - age < age - self.times[place]:
            place += 1
        return self.times[self.then[place]]


def planned(times: array[float], alive: array[float], price: float, least: float) -> Plan:
    """The best plan with looks at some of these times, at least `least` seconds apart; the last is one of them.

    Args:
        times: Ages to choose from, in seconds, rising; at least one, and at most 65,536.
        alive: For each, the chance that the run is still under way; falling.
        price: Of a look, in seconds.
        least: Seconds between two looks.
    """
    last = len(times) - 1
    cost, then = [0.0] * (last + 1), array("H", [last]) * (last + 1)
    lines: list[int] = []  # lowest for a dead run first
    offered = last + 1
    best = 0
    for here in range(last - 1, -1, -1):
        while offered - 1 > here and (offered - 1 == last or times[offered - 1] - times[here] >= least):
            offered -= 1
            _add(lines, offered, times, cost)
        here_alive = alive[here]
        best = min(best, len(lines) - 1)
        while best + 1 < len(lines) and _costs(lines[best + 1], here_alive, times, cost) <= _costs(
            lines[best], here_alive, times, cost
        ):
            best += 1
        chosen = then[here] = lines[best]
        cost[here] = here_alive * (times[chosen] - times[here] + price) + cost[chosen]
    return Plan(times, then)


def _costs(to: int, alive: float, times: Sequence[float], cost: Sequence[float]) -> float:
    return alive * times[to] + cost[to]


def _add(lines: list[int], new: int, times: Sequence[float], cost: Sequence[float]) -> None:
    """Add a line, the flattest so far, and drop those that it leaves lowest nowhere."""
    while len(lines) > 1:
        old, last = lines[-2], lines[-1]
        # Where the new line crosses the one before the last, the last isn't lower.
        if (cost[new] - cost[old]) * (times[old] - times[last]) > (cost[last] - cost[old]) * (times[old] - times[new]):
            break
        lines.pop()
    lines.append(new)
