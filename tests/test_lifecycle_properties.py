"""Whatever happens to a run: nothing leaves the diagram, nothing is told twice."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot import lifecycle
from bot.errors import (
    BadReply,
    Forbidden,
    HardwareUnavailable,
    Invalid,
    PlatformError,
    RateLimited,
    Suspended,
    Unauthorized,
    Unavailable,
)
from bot.lifecycle import Decision, Missed
from bot.lost import Gone
from bot.model import Look, News, NewsKind, Progress, State, Submission, Trouble
from bot.trouble import PASSING
from tests.test_lifecycle import GONE, LATER, NOON, RUNNING, SILENCE, diagram, kinds

moments = st.integers(0, 3600).map(lambda seconds: NOON + timedelta(seconds=seconds))
words = st.sampled_from(["", "hibernating", "warming up"])
looks = st.builds(
    Look,
    state=st.sampled_from([State.QUEUED, State.RUNNING, State.SUCCEEDED, State.FAILED, State.STOPPED]),
    word=words,
    started_at=st.none() | moments,
    ended_at=st.none() | moments,
    error=words,
)
answers = st.builds(
    Submission,
    run_id=st.none() | st.just("r1"),
    state=st.sampled_from(State),
    word=words,
    created_at=st.none() | moments,
)
errors = st.sampled_from(
    [
        SILENCE,
        GONE,
        Unavailable("can't be reached", sent=False),
        BadReply("not JSON"),
        RateLimited("Rate limit exceeded"),
        Unauthorized("Unauthorized"),
        Forbidden("Insufficient permissions"),
        Suspended("Project is suspended"),
        Invalid("Validation error"),
        HardwareUnavailable("Hardware unable to start"),
    ]
)
gone = st.builds(Gone, looks=st.integers(1, 5), last=moments, watched=st.timedeltas())
misses = st.builds(Missed, error=errors, misses=st.integers(1, 9), gone=st.none() | gone)
progresses = st.builds(
    Progress,
    state=st.sampled_from(State),
    since=moments,
    word=words,
    remote_id=st.none() | st.just("r1"),
    attempt=st.integers(0, 3),
    started_at=st.none() | moments,
    trouble=st.none() | st.sampled_from(Trouble),
    usual=st.none() | st.floats(1, 1000),
    overdue=st.booleans(),
    adopted=st.booleans(),
)


@given(progresses, st.one_of(looks, misses, answers, errors, st.sampled_from(State)), moments)
def test_no_step_from_anywhere_leaves_the_diagram(
    before: Progress, event: Look | Missed | Submission | PlatformError | State, now: datetime
) -> None:
    try:
        decision = _asked(before, event, now)
    except ValueError:
        return
    if decision is None:
        return
    after = decision.progress
    if after.state is not before.state or before.state.final:
        assert after.state in diagram()[before.state]
    assert [news.kind for news in decision.news].count(NewsKind.ENDED) == after.state.final
    if before.trouble is None:
        assert NewsKind.ANSWERING not in kinds(decision)


def _asked(
    before: Progress, event: Look | Missed | Submission | PlatformError | State, now: datetime
) -> Decision | None:
    match event:
        case Look() | Missed():
            return lifecycle.advance(before, event, now)
        case Submission():
            return lifecycle.submitted(before, event, now)
        case PlatformError():
            return lifecycle.refused_start(before, event, now)
        case State.SUBMITTING:
            return lifecycle.begin(before, now)
        case State() if event.final:
            return lifecycle.end(before, event, now)
        case _:
            return lifecycle.put_back(before, SILENCE, now)


@given(st.lists(st.one_of(looks, misses), max_size=30))
def test_trouble_is_told_once_and_answered_once_however_the_looks_go(observed: list[Look | Missed]) -> None:
    progress, news = RUNNING, list[News]()
    for observation in observed:
        if progress.state not in lifecycle.STARTED:
            break
        decision = lifecycle.advance(progress, observation, LATER)
        progress, news = decision.progress, [*news, *decision.news]
    standing: Trouble | None = None
    for one in news:
        if one.kind is NewsKind.TROUBLE:
            assert one.trouble is not standing
            standing = one.trouble
        elif one.kind is NewsKind.ANSWERING:
            assert standing is not None
            assert _same(one.trouble, standing)
            standing = None
    assert _same(progress.trouble, None if progress.state.final else standing)
    assert sum(one.kind is NewsKind.ENDED for one in news) == progress.state.final


def _same(one: Trouble | None, other: Trouble | None) -> bool:
    """Whether the thread takes the one for the other: what passes by itself may turn into its like in between."""
    return one is other or (one in PASSING and other in PASSING)


@given(looks, moments)
def test_a_look_that_says_the_same_changes_nothing(look: Look, now: datetime) -> None:
    if look.state.final:
        return
    once = lifecycle.advance(RUNNING, look, now)
    assert lifecycle.advance(once.progress, look, now) == Decision(progress=once.progress)


@given(errors, st.integers(1, 100))
def test_looking_that_fails_never_fails_a_run(error: PlatformError, count: int) -> None:
    after = lifecycle.advance(RUNNING, Missed(error, count), NOON).progress
    assert after.state is State.RUNNING
