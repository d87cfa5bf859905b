"""How a run's state changes: what each answer of a platform makes of it, and that nothing leaves the diagram."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from bot import lifecycle
from bot.errors import (
    BadReply,
    Forbidden,
    HardwareUnavailable,
    Invalid,
    NotFound,
    PlatformError,
    RateLimited,
    Suspended,
    Unauthorized,
    Unavailable,
)
from bot.lifecycle import Decision, Missed
from bot.lost import LOST_AFTER, WATCHED, Gone, gone
from bot.model import Cause, Look, NewsKind, Progress, State, Submission, Trouble

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=5)
SILENCE = Unavailable("Deepnote broke off the connection", sent=True)
GONE = NotFound("Run not found")

REQUESTED = Progress(state=State.REQUESTED, since=NOON)
SUBMITTING = lifecycle.begin(REQUESTED, NOON).progress
QUEUED = lifecycle.submitted(SUBMITTING, Submission(run_id="r1"), NOON).progress
RUNNING = lifecycle.advance(QUEUED, Look(state=State.RUNNING, started_at=NOON), NOON).progress


def at(state: State) -> Progress:
    """A run in this state, whose id is known where the state says so."""
    known = {State.QUEUED: QUEUED, State.RUNNING: RUNNING, State.SUBMITTING: SUBMITTING}
    return known.get(state) or REQUESTED.model_copy(update={"state": state, "settled": state.final})


def kinds(decision: Decision) -> list[NewsKind]:
    return [news.kind for news in decision.news]


def diagram() -> dict[State, set[State]]:
    """The arrows of the Mermaid diagram in the module's docstring."""
    arrows = re.findall(r"^    (\w+) --> (\w+)", lifecycle.__doc__ or "", re.MULTILINE)
    drawn: dict[State, set[State]] = {}
    for before, after in arrows:
        drawn.setdefault(State(before), set()).add(State(after))
    return drawn


# The diagram


def test_the_diagram_shows_the_arrows_that_the_code_knows() -> None:
    assert diagram() == {state: set(after) for state, after in lifecycle.NEXT.items()}


def test_every_state_is_in_the_diagram_and_can_be_reached() -> None:
    reached = {State.REQUESTED}
    while more := {after for state in reached for after in diagram().get(state, ())} - reached:
        reached |= more
    assert reached == set(State)


def test_an_end_is_an_end_but_for_a_run_whose_id_came_late() -> None:
    left = {state: after for state, after in diagram().items() if state.final}
    assert left == {State.UNCLEAR: {State.QUEUED, State.RUNNING}}


# Starting


def test_a_submission_is_counted_and_dated_before_it_leaves() -> None:
    begun = lifecycle.begin(REQUESTED, LATER)
    assert begun.progress.state is State.SUBMITTING
    assert (begun.progress.attempt, begun.progress.submitted_at, begun.news) == (1, LATER, ())


@pytest.mark.parametrize(
    ("answer", "state", "told"),
    [
        (Submission(run_id="r1"), State.QUEUED, NewsKind.QUEUED),
        (Submission(run_id="r1", state=State.RUNNING, created_at=NOON), State.RUNNING, NewsKind.RUNNING),
        (Submission(run_id="r1", state=State.SUCCEEDED), State.QUEUED, NewsKind.QUEUED),  # a look tells the end
        (Submission(run_id=None, state=State.RUNNING), State.UNTRACKED, NewsKind.ENDED),
    ],
)
def test_what_the_platform_took_is_followed_by_its_id(answer: Submission, state: State, told: NewsKind) -> None:
    decision = lifecycle.submitted(SUBMITTING, answer, LATER)
    assert (decision.progress.state, decision.progress.remote_id) == (state, answer.run_id)
    assert kinds(decision) == [told]
    assert decision.progress.settled is (answer.run_id is None)


def test_a_late_id_opens_an_unclear_run_again() -> None:
    unclear = lifecycle.end(SUBMITTING, State.UNCLEAR, NOON, cause=Cause.CRASH).progress
    decision = lifecycle.submitted(unclear, Submission(run_id="r1"), LATER)
    assert decision.progress == QUEUED.model_copy(update={"since": LATER})


@pytest.mark.parametrize(
    ("error", "state", "cause"),
    [
        (Unavailable("can't be reached", sent=False), State.REQUESTED, Cause.PLATFORM),
        (RateLimited("Rate limit exceeded"), State.REQUESTED, Cause.PLATFORM),
        (Unavailable("didn't answer in time", sent=True), None, None),
        (Unavailable("Bad gateway", sent=True, status=502), None, None),
        (BadReply("not JSON"), None, None),
        (HardwareUnavailable("Hardware unable to start"), State.FAILED, Cause.PLATFORM),
        (Invalid("Block not found in notebook"), State.REJECTED, Cause.PLATFORM),
        (Unauthorized("Unauthorized"), State.REJECTED, Cause.TOKEN),
        (Forbidden("Insufficient permissions"), State.REJECTED, Cause.RIGHTS),
        (NotFound("Notebook not found"), State.REJECTED, Cause.GONE),
        (Suspended("Project is suspended"), State.REJECTED, Cause.PLATFORM),
    ],
)
def test_only_what_was_certainly_not_started_may_be_started_again(
    error: PlatformError, state: State | None, cause: Cause | None
) -> None:
    decision = lifecycle.refused_start(SUBMITTING, error, LATER)
    if state is None:
        assert decision is None
        return
    assert decision is not None
    assert (decision.progress.state, decision.progress.cause) == (state, cause)
    assert decision.progress.settled is state.final
    assert decision.progress.attempt == 1


def test_a_start_that_has_to_wait_is_told_once_and_answered_once() -> None:
    first = lifecycle.put_back(SUBMITTING, RateLimited("Rate limit exceeded"), NOON)
    second = lifecycle.put_back(lifecycle.begin(first.progress, LATER).progress, SILENCE, LATER)
    taken = lifecycle.submitted(lifecycle.begin(second.progress, LATER).progress, Submission(run_id="r1"), LATER)
    assert [kinds(each) for each in (first, second, taken)] == [
        [NewsKind.TROUBLE],
        [],
        [NewsKind.ANSWERING, NewsKind.QUEUED],
    ]
    assert (first.progress.trouble, second.progress.trouble) == (Trouble.LIMITED, Trouble.SILENT)
    assert first.progress.since == NOON
    assert second.progress.trouble_since == NOON
    assert taken.progress.attempt == 3
    assert taken.progress.trouble is None


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (RateLimited("Rate limit exceeded", retry_after=3600), Trouble.LIMITED),
        (Unavailable("Down for maintenance", sent=True, status=503, retry_after=3600), Trouble.SILENT),
    ],
)
def test_an_hour_that_the_platform_asks_for_is_told_with_its_end(error: PlatformError, trouble: Trouble) -> None:
    put_back = lifecycle.put_back(SUBMITTING, error, NOON)
    missed = lifecycle.advance(RUNNING, Missed(error, misses=1), NOON)
    for decision in (put_back, missed):
        assert (decision.progress.trouble, kinds(decision)) == (trouble, [NewsKind.TROUBLE])
        assert decision.progress.again_at == NOON + timedelta(hours=1)
    # The next answer may ask for less: the card is set right, and the thread isn't told again.
    shorter = lifecycle.advance(missed.progress, Missed(SILENCE, misses=2), LATER)
    assert (shorter.progress.again_at, shorter.progress.trouble_since, shorter.news) == (None, NOON, ())
    answered = lifecycle.advance(missed.progress, Look(state=State.RUNNING, started_at=NOON), LATER)
    assert answered.progress == RUNNING


def test_a_header_that_names_the_end_of_time_is_no_time_of_day() -> None:
    decision = lifecycle.put_back(SUBMITTING, RateLimited("Wait", retry_after=1e18), NOON)
    assert decision.progress.again_at == NOON + timedelta(days=30)


@pytest.mark.parametrize("state", [State.REQUESTED, State.SUBMITTING, State.QUEUED, State.RUNNING])
def test_a_run_that_is_held_back_says_since_when_and_only_once(state: State) -> None:
    decision = lifecycle.held_back(at(state), NOON)
    assert (decision.progress.state, decision.progress.trouble) == (state, Trouble.SILENT)
    assert [(news.kind, news.at) for news in decision.news] == [(NewsKind.TROUBLE, NOON)]
    assert lifecycle.held_back(decision.progress, LATER) == Decision(progress=decision.progress)


def test_what_an_ended_run_left_waits_without_a_word() -> None:
    ended = lifecycle.end(RUNNING, State.SUCCEEDED, NOON, settled=False).progress
    assert lifecycle.held_back(ended, NOON) == Decision(progress=ended)


@pytest.mark.parametrize("progress", [QUEUED, RUNNING])
def test_a_silence_that_was_asked_of_all_runs_is_told_once_with_its_end(progress: Progress) -> None:
    decision = lifecycle.told_to_wait(progress, 600.0, NOON)
    said = decision.progress
    assert (said.trouble, said.trouble_since, said.again_at) == (Trouble.LIMITED, NOON, NOON + timedelta(minutes=10))
    assert [(news.kind, news.trouble) for news in decision.news] == [(NewsKind.TROUBLE, Trouble.LIMITED)]
    later = lifecycle.told_to_wait(said, 900.0, LATER)
    assert later.news == ()
    assert (later.progress.trouble_since, later.progress.again_at) == (NOON, LATER + timedelta(minutes=15))
    seen = lifecycle.advance(later.progress, Look(state=State.RUNNING), LATER)
    assert (seen.progress.trouble, seen.progress.again_at) == (None, None)


def test_a_silence_that_was_asked_of_all_runs_takes_no_worse_trouble_away() -> None:
    refused = RUNNING.model_copy(update={"trouble": Trouble.REFUSED, "trouble_since": NOON})
    ended = lifecycle.end(RUNNING, State.SUCCEEDED, NOON, settled=False).progress
    for progress in (refused, ended):
        assert lifecycle.told_to_wait(progress, 600.0, LATER) == Decision(progress=progress)
    endless = lifecycle.told_to_wait(RUNNING, 1e18, NOON).progress
    assert endless.again_at == NOON + timedelta(days=30)


# Looking


@pytest.mark.parametrize("progress", [QUEUED, RUNNING])
@pytest.mark.parametrize(
    ("look", "state", "told"),
    [
        (Look(state=State.SUCCEEDED, ended_at=LATER), State.SUCCEEDED, NewsKind.ENDED),
        (Look(state=State.FAILED, ended_at=LATER, error="KeyError"), State.FAILED, NewsKind.ENDED),
        (Look(state=State.STOPPED, ended_at=LATER), State.STOPPED, NewsKind.ENDED),
    ],
)
def test_an_end_is_told_once_and_its_results_are_still_to_come(
    progress: Progress, look: Look, state: State, told: NewsKind
) -> None:
    decision = lifecycle.advance(progress, look, LATER)
    assert (decision.progress.state, decision.progress.ended_at) == (state, LATER)
    assert (decision.progress.reason, decision.progress.settled) == (look.error, False)
    assert kinds(decision) == [told]
    with pytest.raises(ValueError, match="doesn't lead to"):
        lifecycle.advance(decision.progress, look, LATER)


def test_a_run_that_starts_late_says_so_and_never_goes_back_to_the_queue() -> None:
    running = lifecycle.advance(QUEUED, Look(state=State.RUNNING), LATER)
    assert (running.progress.state, running.progress.started_at) == (State.RUNNING, LATER)
    assert kinds(running) == [NewsKind.RUNNING]
    back = lifecycle.advance(running.progress, Look(state=State.QUEUED), LATER)
    assert back == Decision(progress=running.progress)


def test_a_word_that_we_do_not_know_is_told_as_the_platform_says_it() -> None:
    hibernating = Look(state=State.RUNNING, word="hibernating", started_at=NOON)
    decision = lifecycle.advance(RUNNING, hibernating, LATER)
    assert decision.progress.word == "hibernating"
    assert [(news.kind, news.text) for news in decision.news] == [(NewsKind.WORD, "hibernating")]
    assert kinds(lifecycle.advance(decision.progress, hibernating, LATER)) == []


def test_a_run_is_overdue_once() -> None:
    usual = RUNNING.model_copy(update={"usual": 60.0})
    look = Look(state=State.RUNNING, started_at=NOON)
    assert lifecycle.advance(usual, look, NOON + timedelta(seconds=90)).progress == usual
    overdue = lifecycle.advance(usual, look, NOON + timedelta(seconds=91))
    assert overdue.progress.overdue
    assert overdue.news == ()
    assert lifecycle.advance(overdue.progress, look, LATER) == Decision(progress=overdue.progress)


@pytest.mark.parametrize(
    ("error", "told_at", "trouble"),
    [
        (SILENCE, 2, Trouble.SILENT),
        (BadReply("not JSON"), 2, Trouble.SILENT),
        (GONE, 2, Trouble.UNKNOWN),
        (RateLimited("Rate limit exceeded"), 6, Trouble.LIMITED),
        (RateLimited("Rate limit exceeded", retry_after=120), 6, Trouble.LIMITED),
        (Unauthorized("Unauthorized"), 1, Trouble.REFUSED),
        (Forbidden("Insufficient permissions"), 1, Trouble.REFUSED),
        (Suspended("Project is suspended"), 1, Trouble.SUSPENDED),
    ],
)
def test_a_look_that_fails_is_told_once_it_is_more_than_a_hiccup(
    error: PlatformError, told_at: int, trouble: Trouble
) -> None:
    progress, told = RUNNING, []
    for misses in range(1, 30):
        decision = lifecycle.advance(progress, Missed(error, misses), LATER)
        told += [misses for _ in decision.news]
        progress = decision.progress
    assert told == [told_at]
    assert (progress.state, progress.trouble, progress.trouble_since) == (State.RUNNING, trouble, LATER)
    answered = lifecycle.advance(progress, Look(state=State.RUNNING, started_at=NOON), LATER)
    assert [(news.kind, news.trouble) for news in answered.news] == [(NewsKind.ANSWERING, trouble)]
    assert answered.progress == RUNNING


def test_only_a_run_that_stays_unknown_is_lost() -> None:
    then = LATER + LOST_AFTER
    for short in (
        Gone(2, then, LOST_AFTER),
        Gone(9, then, LOST_AFTER - timedelta(seconds=1)),  # a platform that is put in anew
        Gone(1, then),  # whatever failed before, one 404 is no lasting one
    ):
        assert lifecycle.advance(RUNNING, Missed(GONE, misses=9, gone=short), then).progress.state is State.RUNNING
    lost = lifecycle.advance(RUNNING, Missed(GONE, misses=3, gone=Gone(3, then, LOST_AFTER)), then)
    assert (lost.progress.state, lost.progress.settled, kinds(lost)) == (State.LOST, True, [NewsKind.ENDED])


def test_looks_are_in_a_row_only_while_somebody_looks() -> None:
    """A quarter of an hour in which nobody looked, for the platform told us to wait, counts for little."""
    seconds = timedelta(seconds=20)
    found = gone(gone(None, NOON), NOON + seconds)
    assert found == Gone(2, NOON + seconds, seconds)
    late = NOON + timedelta(minutes=15)
    found = gone(found, late)
    assert found == Gone(3, late, seconds + WATCHED)
    assert not found.believed
    assert gone(found, late - seconds).watched == found.watched  # a clock that was set back


def test_a_run_that_is_seldom_looked_at_is_lost_too() -> None:
    """As where a thousand others want the same token."""
    found = None
    for minutes in (0, 5, 10):
        found = gone(found, NOON + timedelta(minutes=minutes))
    assert found is not None
    assert found.believed


def test_a_platform_that_knows_no_run_is_told_apart_from_one_that_is_silent() -> None:
    """On the card, with its own since; the thread is told once."""
    unknown = lifecycle.advance(RUNNING, Missed(GONE, misses=2), NOON).progress
    down = lifecycle.held_back(unknown, LATER)
    assert (down.progress.trouble, down.progress.trouble_since, down.news) == (Trouble.SILENT, LATER, ())
    again = lifecycle.advance(down.progress, Missed(GONE, misses=3), LATER + timedelta(hours=3))
    assert (again.progress.trouble, again.news) == (Trouble.UNKNOWN, ())
    assert again.progress.trouble_since == LATER + timedelta(hours=3)
    still = lifecycle.advance(again.progress, Missed(GONE, misses=4), LATER + timedelta(hours=4))
    assert still.progress == again.progress


def test_a_run_that_was_not_ours_leaves_nothing_behind_but_the_doubt() -> None:
    adopted = RUNNING.model_copy(update={"adopted": True, "word": "hibernating", "overdue": True})
    unclear = lifecycle.not_ours(adopted, LATER)
    assert unclear == lifecycle.end(SUBMITTING, State.UNCLEAR, LATER, cause=Cause.CRASH)
