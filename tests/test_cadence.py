"""When to look next."""

from __future__ import annotations

from itertools import accumulate, pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import cadence
from bot.cadence import Known

WEEK = 7 * 24 * 3600
chances = st.floats(0, 1, exclude_max=True)
ages = st.floats(0, WEEK)
pasts = st.lists(st.floats(0, WEEK), max_size=20)
stretches = st.floats(0.25, 64)
unhurried = settings(deadline=None)  # a plan is made once a notebook, and a busy machine takes its time


def looks(known: Known, until: float, stretch: float = 1.0) -> list[float]:
    """The ages at which a run is looked at, up to the first look at or after `until`."""
    found = [0.0]
    while found[-1] < until:
        found.append(found[-1] + cadence.next_look(found[-1], chance=0.5, known=known, stretch=stretch))
    return found[1:]


def within(found: list[float], begin: float, end: float) -> int:
    return sum(begin <= age < end for age in found)


def lag(known: Known, took: float) -> float:
    return looks(known, took)[-1] - took


def around(seconds: float, variation: float, many: int = 20, seed: int = 1) -> list[float]:
    random = Random(seed)
    return [seconds * random.lognormvariate(0, variation) for _ in range(many)]


@unhurried
@given(pasts, ages, chances, stretches, st.booleans())
def test_no_wait_is_shorter_than_the_least_or_longer_than_the_longest(
    past: list[float], age: float, chance: float, stretch: float, queued: bool
) -> None:
    wait = cadence.next_look(age, chance=chance, known=Known(past), stretch=stretch, queued=queued)
    assert cadence.FIRST <= wait <= cadence.LONGEST


# A notebook without a past


@given(ages, chances)
def test_a_first_end_is_noticed_within_a_second_or_a_twentieth_of_the_runs_age(age: float, chance: float) -> None:
    assert cadence.next_look(age, chance=chance) <= max(1.0, 0.05 * age)


@given(ages, ages, chances)
def test_first_looks_only_become_rarer(age: float, older: float, chance: float) -> None:
    first, then = sorted([age, older])
    assert cadence.next_look(first, chance=chance) <= cadence.next_look(then, chance=chance) * (1 + 1e-9)


@given(ages, chances, stretches, stretches)
def test_a_longer_stretch_never_brings_a_first_look_forward(age: float, chance: float, one: float, two: float) -> None:
    less, more = sorted([one, two])
    waits = [cadence.next_look(age, chance=chance, stretch=stretch) for stretch in (less, more)]
    assert waits == sorted(waits)


def test_a_first_run_of_three_minutes_costs_fewer_looks_than_a_loop_of_two_seconds() -> None:
    assert len(looks(Known(), 180)) < 80


# A notebook that has run before


@pytest.mark.parametrize("seed", range(5))
def test_a_run_that_usually_takes_three_minutes_is_left_alone_for_the_first_two(seed: int) -> None:
    found = looks(Known(around(180, 0.1, seed=seed)), 240)
    assert within(found, 0, 120) <= 4
    assert max(then - age for age, then in pairwise(found)) > 25
    assert 15 <= within(found, 160, 200) <= 40


def test_what_always_takes_the_same_is_waited_for() -> None:
    known = Known([180.0] * 10)
    assert within(looks(known, 170), 0, 170) <= 4
    assert all(lag(known, took) < 1.5 for took in (179.0, 180.0, 181.0))


def test_between_two_kinds_of_runs_hardly_anybody_looks() -> None:
    found = looks(Known(around(20, 0.1, 10) + around(300, 0.1, 10)), 400)
    assert within(found, 15, 27) > 5
    assert within(found, 40, 200) <= 8
    assert within(found, 250, 350) > 15


def test_one_earlier_run_is_worth_something_but_is_not_trusted() -> None:
    once, often = Known([180.0]), Known(around(180, 0.1))
    assert len(looks(often, 180)) < len(looks(once, 180)) < len(looks(Known(), 180))
    assert lag(once, 60.0) < 12


@pytest.mark.parametrize("took", [400.0, 1000.0, 5000.0])
def test_a_run_that_takes_longer_than_ever_is_still_noticed_within_a_twentieth(took: float) -> None:
    assert lag(Known(around(180, 0.1)), took) <= 0.05 * took


@pytest.mark.parametrize("took", [1.0, 5.0, 20.0])
def test_a_run_that_fails_at_once_is_noticed_before_it_would_usually_have_ended(took: float) -> None:
    assert lag(Known(around(180, 0.1)), took) < 60


def test_what_was_never_that_quick_is_believed_once_it_was_seen() -> None:
    usual = around(180, 0.1, 19)
    assert lag(Known([5.0, *usual]), 5.0) < lag(Known(usual), 5.0)


def test_a_notebook_that_changes_is_followed() -> None:
    was, now = around(180, 0.1, 20), around(300, 0.1, 20)
    changed = Known(now[:5] + was[:15])
    assert within(looks(changed, 400), 250, 350) > within(looks(Known(was), 400), 250, 350) / 2
    assert lag(changed, 300.0) < 5


@unhurried
@given(pasts.filter(bool))
def test_a_run_is_ever_less_likely_to_be_under_way(past: list[float]) -> None:
    known = Known(past)
    alive = [known.alive(age) for age in accumulate([0.1] * 20, lambda age, _: age * 2.5)]
    assert all(1 >= one >= other >= 0 for one, other in pairwise(alive))


@unhurried
@given(pasts.filter(bool), st.sampled_from([0.5, 1.0, 2.0, 4.0]))
def test_a_longer_stretch_costs_no_more_looks(past: list[float], stretch: float) -> None:
    known = Known(past)

    def expected(stretch: float) -> float:
        plan = known.plan(cadence.PRICE * stretch**2, cadence.FIRST)
        age, count = 0.0, 0.0
        while age < known.until:
            count += known.alive(age)
            age = plan.after(age)
        return count

    assert expected(2 * stretch) <= expected(stretch) * 1.001


def test_looks_at_runs_started_together_drift_apart_but_never_come_late() -> None:
    known = Known(around(180, 0.1))
    for age in (0.0, 150.0, 175.0, 230.0):
        waits = [cadence.next_look(age, chance=chance, known=known) for chance in (0.0, 0.5, 0.999)]
        assert waits == sorted(waits)
        assert waits[0] >= 0.9 * waits[-1]
        assert len(set(waits)) == 3


# Queued


@unhurried
@given(pasts, ages, chances)
def test_a_run_that_is_still_queued_is_asked_after_so_that_its_start_is_told(
    past: list[float], age: float, chance: float
) -> None:
    known = Known(past)
    wait = cadence.next_look(age, chance=chance, known=known, queued=True)
    assert wait <= min(cadence.next_look(age, chance=chance, known=known), max(1.0, 0.25 * age)) * (1 + 1e-9)


# After a failed look, and after the end


@pytest.mark.parametrize(("misses", "wait"), [(1, 2.0), (2, 4.0), (3, 8.0), (6, 64.0), (7, 120.0), (1000, 120.0)])
def test_backing_off_doubles_up_to_two_minutes(misses: int, wait: float) -> None:
    assert cadence.back_off(misses, chance=1) == pytest.approx(wait)
    assert cadence.back_off(misses, chance=0) == pytest.approx(0.75 * wait)


@given(st.integers(1, 50), chances, st.floats(0, 100_000))
def test_what_the_platform_asks_for_is_obeyed(misses: int, chance: float, asked: float) -> None:
    wait = cadence.back_off(misses, chance=chance, retry_after=asked)
    assert wait >= asked
    assert wait >= cadence.back_off(misses, chance=chance)
    assert wait <= max(asked, 120) + 1


def test_a_late_document_is_waited_for_a_minute() -> None:
    waits = [cadence.next_settling(tries) for tries in range(len(cadence.SETTLE_EVERY) + 1)]
    assert waits.pop() is None
    assert sum(wait or 0 for wait in waits) == 60
    assert waits == sorted(wait or 0 for wait in waits)
