"""When a platform is taken to be down, and when it is believed again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.circuit import FIRST_WAIT, LONGEST_WAIT, RUNS, SECONDS, TRIAL, Circuit, silent
from bot.errors import (
    BadReply,
    Forbidden,
    HardwareUnavailable,
    Invalid,
    NotFound,
    RateLimited,
    Suspended,
    Unauthorized,
    Unavailable,
)


def opened(at: float = 0.0) -> Circuit:
    """A circuit that has just opened."""
    circuit = Circuit()
    for run in range(RUNS):
        circuit.unanswered(run, at - SECONDS, at)
    assert circuit.open
    return circuit


def test_only_silence_opens_it_and_a_refusal_is_an_answer() -> None:
    assert silent(Unavailable("broke off", sent=True))
    assert silent(Unavailable("can't be reached", sent=False))
    assert silent(BadReply("not JSON"))
    for kind in (Unauthorized, Forbidden, NotFound, Invalid, Suspended, HardwareUnavailable, RateLimited):
        assert not silent(kind("no"))


def test_several_runs_without_an_answer_open_it() -> None:
    circuit = Circuit()
    assert [circuit.unanswered(run, 10, 12 + run) for run in range(RUNS)] == [False] * (RUNS - 1) + [True]
    assert circuit.since == 10
    assert not circuit.admits(99, 14)


def test_one_run_alone_may_be_at_fault_itself() -> None:
    circuit = Circuit()
    for second in range(600):
        circuit.unanswered(7, second, second)
    assert circuit.admits(8, 600)


def test_an_answer_in_between_begins_the_count_anew() -> None:
    circuit = Circuit()
    for second in range(600):
        circuit.unanswered(second, second - 20, second)
        if second % (RUNS - 1) == 0:
            circuit.answered(second)
    assert circuit.admits(1, 600)


def test_a_hiccup_that_hits_everybody_at_once_does_not_open_it() -> None:
    circuit = Circuit()
    for run in range(100):
        circuit.unanswered(run, 0, 0.1)
    assert circuit.admits(1, 0.2)
    assert circuit.unanswered(1, 2.0, SECONDS)  # but it wasn't one


def test_calls_that_were_waited_for_in_vain_open_it_at_once() -> None:
    circuit = Circuit()
    assert [circuit.unanswered(run, 0, 20) for run in range(RUNS)][-1]


def test_what_was_asked_before_the_last_answer_counts_from_there() -> None:
    circuit = Circuit()
    circuit.answered(19.5)
    for run in range(RUNS):
        circuit.unanswered(run, 0, 20)
    assert not circuit.open
    assert circuit.since == 19.5


def test_while_it_is_open_one_step_is_let_through_when_the_wait_is_over() -> None:
    circuit = opened()
    assert circuit.until_next(0) == FIRST_WAIT
    assert not circuit.admits(1, FIRST_WAIT - 0.1)
    assert circuit.admits(1, FIRST_WAIT)
    assert not circuit.admits(2, FIRST_WAIT)
    assert not circuit.admits(2, FIRST_WAIT + TRIAL - 0.1)
    assert circuit.admits(2, FIRST_WAIT + TRIAL)  # the first never came back


def test_who_waits_while_another_tries_comes_to_see_what_became_of_it() -> None:
    circuit = opened()
    assert circuit.admits(1, FIRST_WAIT)
    assert circuit.until_next(FIRST_WAIT) == LONGEST_WAIT < TRIAL


def test_each_trial_in_vain_doubles_the_wait_up_to_the_longest() -> None:
    circuit, now, waits = opened(), 0.0, list[float]()
    for _ in range(6):
        waits.append(circuit.until_next(now))
        now += waits[-1]
        assert circuit.admits(1, now)
        assert not circuit.unanswered(1, now, now)
    assert waits == [FIRST_WAIT, 2 * FIRST_WAIT, 4 * FIRST_WAIT, *[LONGEST_WAIT] * 3]
    assert circuit.since == -SECONDS


def test_steps_that_were_under_way_when_it_opened_lengthen_nothing() -> None:
    circuit = opened()
    for run in range(50):
        circuit.unanswered(run, -SECONDS, 1)
    assert circuit.until_next(0) == FIRST_WAIT


def test_any_answer_closes_it_and_the_next_silence_begins_small() -> None:
    circuit = opened()
    for now in (FIRST_WAIT, 3 * FIRST_WAIT):
        assert circuit.admits(1, now)
        circuit.unanswered(1, now, now)
    assert circuit.answered(100)
    assert not circuit.answered(101)
    assert circuit.admits(5, 101)
    assert circuit.since is None
    for run in range(RUNS):
        circuit.unanswered(run, 200, 210)
    assert circuit.until_next(210) == FIRST_WAIT


def test_a_step_that_asked_nothing_leaves_its_turn_to_another() -> None:
    circuit = opened()
    assert circuit.admits(1, FIRST_WAIT)
    circuit.gave_up(2, FIRST_WAIT)
    assert not circuit.admits(3, FIRST_WAIT)
    circuit.gave_up(1, FIRST_WAIT)
    assert circuit.admits(3, FIRST_WAIT)


events = st.tuples(st.sampled_from(["asks", "silence", "answer", "gives up"]), st.integers(0, 5), st.floats(0, 30))


@given(st.lists(events, max_size=200))
def test_whatever_comes_it_lets_somebody_through_in_the_end_and_never_a_herd(
    happened: list[tuple[str, int, float]],
) -> None:
    circuit, now, let_through = Circuit(), 0.0, list[float]()
    for kind, run, later in happened:
        now += later
        was_open = circuit.open
        if kind == "asks" and circuit.admits(run, now) and was_open:
            let_through.append(now)
        elif kind == "silence":
            circuit.unanswered(run, now - later, now)
        elif kind == "answer":
            assert circuit.answered(now) is was_open
            let_through.clear()
        elif kind == "gives up":
            circuit.gave_up(run, now)
            let_through.clear()
        assert circuit.open <= (circuit.since is not None)
        assert 0 <= circuit.until_next(now) <= LONGEST_WAIT
        assert len(let_through) < 2 or let_through[-1] - let_through[-2] >= FIRST_WAIT - 1e-6
    assert circuit.admits(1, now + TRIAL + 1e-6)
