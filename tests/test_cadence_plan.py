"""The plan of looks is the best there is: every other is tried."""

from __future__ import annotations

from array import array
from functools import cache
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cadence.plan import Plan, planned

futures = st.lists(
    st.tuples(st.floats(0.01, 50), st.floats(0, 1)), min_size=1, max_size=12
)  # the time to the next choice, and the part of the runs that goes on until then
prices = st.floats(0.001, 20)


def future(steps: list[tuple[float, float]]) -> tuple[array[float], array[float]]:
    times, alive = array("d", [0.0]), array("d", [1.0])
    for length, goes_on in steps:
        times.append(times[-1] + length)
        alive.append(alive[-1] * goes_on)
    return times, alive


def cheapest(times: array[float], alive: array[float], price: float, least: float) -> float:
    last = len(times) - 1

    @cache
    def cost(here: int) -> float:
        if here == last:
            return 0.0
        allowed = [then for then in range(here + 1, last + 1) if then == last or times[then] - times[here] >= least]
        return min(alive[here] * (times[then] - times[here] + price) + cost(then) for then in allowed)

    return cost(0)


def paid(plan: Plan, alive: array[float], price: float) -> float:
    here, cost = 0, 0.0
    while here < len(alive) - 1:
        then = plan.then[here]
        cost += alive[here] * (plan.times[then] - plan.times[here] + price)
        here = then
    return cost


@given(futures, prices, st.floats(0, 30))
def test_no_plan_costs_less(steps: list[tuple[float, float]], price: float, least: float) -> None:
    times, alive = future(steps)
    plan = planned(times, alive, price, least)
    assert paid(plan, alive, price) == pytest.approx(cheapest(times, alive, price, least))
    assert all(
        plan.times[then] - plan.times[here] >= least or then == len(times) - 1
        for here, then in enumerate(plan.then[:-1])
    )


@given(futures, prices, st.floats(0, 600))
def test_the_next_look_is_always_still_to_come(steps: list[tuple[float, float]], price: float, age: float) -> None:
    times, alive = future(steps)
    then = planned(times, alive, price, 0.0).after(age)
    assert then > age
    assert (then == inf) == (age >= times[-1])
