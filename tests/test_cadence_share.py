"""What a token may be asked for, by a clock that nobody waits for."""

from __future__ import annotations

import heapq
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import cadence
from bot.cadence import Known, Share


def followed(
    runs: int, rate: float, seconds: float, known: Known = cadence.NOTHING, share: Share | None = None
) -> tuple[list[float], Share]:
    """When looks leave, for so many runs that were all started at once and go on."""
    share, random = share or Share(rate), Random(1)
    due = [(0.0, run, False) for run in range(runs)]
    wants = dict.fromkeys(range(runs), 0.0)
    left: list[float] = []
    weigh_at = 0.0
    while due[0][0] < seconds:
        now, run, reserved = heapq.heappop(due)
        if now >= weigh_at:
            share.weigh(sum(wants.values()), now)
            weigh_at = now + 2.0
        if not reserved and (place := share.reserve(now)) > now:
            heapq.heappush(due, (place, run, True))
            continue
        left.append(now)
        wait = cadence.next_look(now, chance=random.random(), known=known, stretch=share.stretch)
        wants[run] = share.stretch / wait
        heapq.heappush(due, (now + wait, run, False))
    return left, share


def busiest(left: list[float], seconds: float) -> int:
    """The most looks within any so many seconds."""
    first, most = 0, 0
    for place, at in enumerate(left):
        while left[first] <= at - seconds:
            first += 1
        most = max(most, place - first + 1)
    return most


def test_few_runs_have_the_token_for_themselves() -> None:
    left, share = followed(3, rate=5.0, seconds=300)
    assert share.stretch == 1.0
    alone, _ = followed(1, rate=1000.0, seconds=300)
    assert len(left) == pytest.approx(3 * len(alone), rel=0.02)


@pytest.mark.parametrize("runs", [30, 300, 3000])
def test_many_runs_share_what_the_token_allows_and_use_it(runs: int) -> None:
    left, share = followed(runs, rate=5.0, seconds=600)
    assert busiest(left, 1.0) <= 11
    assert busiest(left, 60.0) <= 5 * 61
    assert len(left) <= 5 * 601
    if runs >= 300:
        assert len(left) > 0.75 * 5 * 600
        assert share.stretch > 2


def test_runs_that_all_end_at_the_same_time_dont_break_the_budget() -> None:
    random = Random(2)
    known = Known([180 * random.lognormvariate(0, 0.05) for _ in range(20)])
    left, share = followed(400, rate=20.0, seconds=240, known=known)
    assert busiest(left, 1.0) <= 41
    assert busiest(left, 30.0) <= 20 * 31
    assert share.stretch > 2


def test_replicas_divide_the_budget() -> None:
    parts = [Share(10.0), Share(10.0)]
    parts[0].part, parts[1].part = 0.25, 0.75
    quarter, rest = (len(followed(1000, 10.0, 300, share=share)[0]) for share in parts)
    assert quarter == pytest.approx(0.25 * 3000, rel=0.1)
    assert quarter + rest <= 3000 + 2 * 10


def test_a_429_holds_every_look_of_the_token() -> None:
    share = Share(5.0)
    assert share.reserve(100.0) == 100.0
    share.refused(100.0, retry_after=30.0)
    assert share.closed(129.9)
    places = [share.reserve(101.0) for _ in range(3)]
    assert places[0] == 130.0
    assert all(place >= 130.0 for place in places)
    assert not share.closed(130.0)


def test_a_shorter_silence_doesnt_end_a_longer_one() -> None:
    share = Share(5.0)
    share.refused(0.0, retry_after=60.0)
    share.refused(1.0, retry_after=1.0)
    assert share.reserve(10.0) >= 60.0


def test_silences_without_a_time_grow_until_a_look_is_answered() -> None:
    share, now, silences = Share(5.0), 0.0, []
    for _ in range(8):
        share.refused(now, None)
        silences.append(share.reserve(now) - now)
        now += silences[-1] + 1
    assert silences[:3] == pytest.approx([2.0, 4.0, 8.0])
    assert silences[-1] == pytest.approx(60.0)
    share.answered()
    share.refused(now, None)
    assert share.reserve(now) - now == pytest.approx(2.0)


def test_a_refusal_halves_the_rate_and_the_half_grows_back() -> None:
    share = Share(8.0)
    assert share.allowed(0.0) == 8.0
    share.refused(0.0, 1.0)
    share.refused(0.5, 1.0)  # it was under way with the other
    assert share.allowed(2.0) == pytest.approx(4.0, rel=0.01)
    assert 5.5 < share.allowed(150.0) < 6.5
    assert share.allowed(301.0) == 8.0


def test_many_refusals_at_once_that_ask_for_no_silence_halve_it_once() -> None:
    share = Share(8.0)
    for _ in range(20):
        share.refused(0.0, 0.0)
    assert share.allowed(1.0) == pytest.approx(4.0, rel=0.01)
    assert 0 < share.rests(0.0) <= 1.0


@given(st.floats(0.1, 1000), st.lists(st.floats(0, 5), min_size=1, max_size=50))
def test_places_are_given_in_order_and_never_in_the_past(rate: float, gaps: list[float]) -> None:
    share, now, last = Share(rate), 0.0, 0.0
    for gap in gaps:
        now += gap
        place = share.reserve(now)
        assert place >= max(now, last)
        last = place


def test_without_a_limit_nothing_waits() -> None:
    share = Share()
    share.weigh(1e6, 0.0)
    assert share.stretch == 1.0
    assert [share.reserve(5.0) for _ in range(100)] == [5.0] * 100


def test_a_part_that_has_become_another_frees_the_places_that_were_reserved() -> None:
    share = Share(10.0)
    assert share.take_part(0.01)
    assert [share.reserve(0.0) for _ in range(30)][-1] > 100, "so far away while others have nearly all of it"
    assert not share.take_part(0.011), "hardly another"
    assert share.take_part(1.0)
    assert max(share.reserve(0.0) for _ in range(30)) < 3


def test_what_a_process_was_asked_is_owed_to_the_others_once_and_what_it_heard_is_not() -> None:
    asked, hears = Share(10.0), Share(10.0)
    assert asked.untold(0.0) == 0
    asked.refused(0.0, 60.0)
    hears.heard(1.0, asked.untold(1.0))
    assert hears.closed(59.0)
    assert not hears.closed(61.0)
    assert hears.untold(2.0) == 0, "or two processes would tell each other for ever"
    asked.told(asked.asked)
    assert asked.untold(2.0) == 0
    asked.refused(3.0, 90.0)
    assert asked.untold(3.0) == 90
    assert asked.untold(100.0) == 0, "it's over"
    assert hears.allowed(61.0) == pytest.approx(asked.allowed(60.0), rel=0.01), "both ask for less"
