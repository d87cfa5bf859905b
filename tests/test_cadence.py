"""When to look next."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import cadence

chances = st.floats(0, 1, exclude_max=True)
ages = st.floats(0, 7 * 24 * 3600)


@pytest.mark.parametrize(
    ("age", "wait"),
    [(0, 1.0), (10, 1.0), (20, 1.0), (60, 3.0), (600, 30.0), (1200, 60.0), (7 * 24 * 3600, 60.0)],
)
def test_the_end_is_noticed_within_a_second_or_a_twentieth_of_the_runs_age(age: float, wait: float) -> None:
    assert cadence.next_look(age, chance=1) == pytest.approx(wait)
    assert cadence.next_look(age, chance=0) == pytest.approx(0.9 * wait)


@given(ages, ages, chances)
def test_looks_only_become_rarer(age: float, older: float, chance: float) -> None:
    first, then = sorted([age, older])
    assert 0.9 <= cadence.next_look(first, chance=chance) <= cadence.next_look(then, chance=chance) <= 60


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
