"""Never twice: whatever happens to a start, the platform is asked for it once, or nothing had been started before."""

from __future__ import annotations

import socket
from datetime import datetime, timedelta

import pytest

from bot.model import Cause, NewsKind, Platform, State
from bot.platforms.http import Limits
from bot.sandbox.standins import PlatformStandIns
from tests.tracker.house import BOTH, DATALORE, DEEPNOTE, START, Life, Process, asks_for, happens


@BOTH
async def test_a_run_is_started_once_with_its_inputs_and_followed_to_its_end(
    life: Life, process: Process, on: Platform
) -> None:
    notebook = life.shelve("greeting", asks_for("region", "EU"), "print('Hello', region)")
    run = await life.asks(process, notebook, on, region="US")
    ended = (await life.ends(process, run)).progress
    assert (ended.state, ended.attempt) == (State.SUCCEEDED, 1)
    [start] = life.starts(notebook)
    assert (start["runId"], start["inputs"]) == (ended.remote_id, {"region": "US"})
    told = await life.told(process, run)
    assert told[0] is NewsKind.QUEUED
    assert told[-1] is NewsKind.ENDED
    results = (await life.story(process, run)).results
    assert results is not None
    assert [output.text.strip() for output in results.outputs] == ["Hello US"]


@BOTH
async def test_without_a_card_nothing_starts(life: Life, process: Process, on: Platform) -> None:
    notebook = life.shelve("words", "# Words")
    waiting = await life.asks(process, notebook, on, carded=False)
    other = await life.asks(process, notebook, on)
    await life.ends(process, other)
    assert (await life.row(process, waiting)).progress.state is State.REQUESTED
    assert len(life.starts(notebook)) == 1
    await process.store.delivery.take_workspaces([waiting.workspace])
    await process.store.delivery.refused(waiting.id, "not_in_channel")
    process.bell.set()
    ended = (await life.ends(process, waiting)).progress
    assert (ended.state, ended.cause, ended.reason) == (State.REJECTED, Cause.CARD, "not_in_channel")
    assert len(life.starts(notebook)) == 1


async def test_a_run_that_was_taken_back_before_its_card_never_starts(life: Life, process: Process) -> None:
    notebook = life.shelve("words", "# Words")
    run = await life.asks(process, notebook, DATALORE, carded=False)
    await process.store.requests.untrack(run.id, "U0ANA", life.clock())
    process.bell.set()
    ended = (await life.ends(process, run)).progress
    assert (ended.state, ended.cause, ended.attempt) == (State.UNTRACKED, Cause.PERSON, 0)
    await life.card(process, run)
    other = await life.asks(process, notebook, DATALORE)
    await life.ends(process, other)
    assert len(life.starts(notebook)) == 1


# Nothing was started, so it may be tried again


async def test_a_refused_connection_is_tried_again(life: Life) -> None:
    with socket.socket() as held:  # a port that nobody listens on, and nobody else takes
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        life.url = f"http://127.0.0.1:{port}"
        process = await life.process()
        notebook = life.shelve("words", "# Words")
        run = await life.asks(process, notebook, DATALORE)
        back = await life.until(process, run, lambda seen: seen.progress.attempt > 2)
    assert back.progress.trouble is not None
    later = PlatformStandIns(spare_kernel=False)
    later.shelf.add("words", notebook.document([block.cell({}) for block in notebook.blocks]))
    async with later.serve(port=port):
        ended = await life.ends(process, run)
        assert ended.progress.state is State.SUCCEEDED
    assert len(later.ledger.starts) == 1
    told = await life.told(process, run)
    assert (told.count(NewsKind.TROUBLE), told.count(NewsKind.ANSWERING)) == (1, 1)


async def test_a_platform_that_is_asked_too_often_is_asked_when_it_says(life: Life, process: Process) -> None:
    life.breaks(DATALORE, "429", START[DATALORE], times=1, retry_after=1)
    notebook = life.shelve("words", "# Words")
    run = await life.asks(process, notebook, DATALORE)
    ended = (await life.ends(process, run)).progress
    assert (ended.state, ended.attempt) == (State.SUCCEEDED, 2)
    [start] = life.starts(notebook)
    assert datetime.fromisoformat(start["at"]) >= run.asked_at + timedelta(seconds=1)
    told = await life.told(process, run)
    assert (told.count(NewsKind.TROUBLE), told.count(NewsKind.ANSWERING)) == (1, 1)


async def test_a_platform_that_cannot_be_reached_is_tried_for_a_while(life: Life, process: Process) -> None:
    refused = life.breaks(DATALORE, "429", START[DATALORE])
    notebook = life.shelve("words", "# Words")
    run = await life.asks(process, notebook, DATALORE)
    await happens(refused, 2)
    life.clock.ahead = timedelta(minutes=61)
    ended = (await life.ends(process, run)).progress
    assert (ended.state, ended.reason) == (State.REJECTED, "Rate limit exceeded")
    assert life.starts(notebook) == []


async def test_slacks_delay_takes_nothing_from_that_while(life: Life, process: Process) -> None:
    refused = life.breaks(DATALORE, "429", START[DATALORE], times=1)
    notebook = life.shelve("words", "# Words")
    run = await life.asks(process, notebook, DATALORE, carded=False)
    life.clock.ahead = timedelta(hours=1)
    await life.card(process, run)
    assert (await life.ends(process, run)).progress.state is State.SUCCEEDED
    assert refused.hits == 1


# The platform said no


@BOTH
@pytest.mark.parametrize(
    ("status", "cause"),
    [
        ("400", Cause.PLATFORM),
        ("401", Cause.TOKEN),
        ("403", Cause.RIGHTS),
        ("404", Cause.GONE),
        ("409", Cause.PLATFORM),
        ("422", Cause.PLATFORM),
    ],
)
async def test_a_refusal_ends_the_run_in_the_platforms_words(
    life: Life, process: Process, on: Platform, status: str, cause: Cause
) -> None:
    refused = life.breaks(on, status, START[on], message="The machine says no")
    notebook = life.shelve("words", "# Words")
    run = await life.asks(process, notebook, on)
    ended = (await life.ends(process, run)).progress
    assert (ended.state, ended.cause, ended.remote_id) == (State.REJECTED, cause, None)
    assert ended.reason == ("The admins were told." if status == "401" else "The machine says no")
    assert refused.hits == 1
    assert life.starts(notebook) == []
    assert len(await process.store.notices.standing("T0HERE")) == (status == "401")


async def test_deepnotes_lack_of_machines_is_a_failure_and_its_other_500s_a_doubt(life: Life, process: Process) -> None:
    notebook = life.shelve("words", "# Words")
    life.breaks(DEEPNOTE, "500", START[DEEPNOTE], times=1)
    run = await life.asks(process, notebook, DEEPNOTE)
    ended = (await life.ends(process, run)).progress
    assert (ended.state, ended.reason) == (State.FAILED, "Hardware unable to start")
    life.breaks(DEEPNOTE, "500", START[DEEPNOTE], times=1, message="Internal server error")
    run = await life.asks(process, notebook, DEEPNOTE)
    assert (await life.ends(process, run)).progress.state is State.UNCLEAR
    assert life.starts(notebook) == []


async def test_a_wrong_input_is_told_before_anything_is_sent(life: Life, process: Process) -> None:
    notebook = life.shelve("greeting", asks_for("region", "EU"), "# Words")
    run = await life.asks(process, notebook, DEEPNOTE, regoin="US")
    ended = (await life.ends(process, run)).progress
    assert (ended.state, ended.cause, ended.attempt) == (State.REJECTED, Cause.PERSON, 0)
    assert "region" in ended.reason
    assert life.starts(notebook) == []


# Nobody knows whether it was started


@pytest.mark.parametrize("fault", ["500", "502", "503", "504", "reset"])
@BOTH
async def test_what_may_have_started_is_never_sent_again(
    life: Life, process: Process, on: Platform, fault: str
) -> None:
    broken = life.breaks(on, fault, START[on], message="upstream")
    notebook = life.shelve("words", "# Words")
    run = await life.asks(process, notebook, on)
    ended = (await life.ends(process, run)).progress
    assert (ended.state, ended.attempt, ended.remote_id) == (State.UNCLEAR, 1, None)
    assert (broken.hits, life.starts(notebook)) == (1, [])
    assert await life.told(process, run) == [NewsKind.ENDED]


LOST_ANSWERS = ["reset_after_start", "error_after_start", "garbage", "cut", "slow_after_start"]


@pytest.mark.parametrize("fault", LOST_ANSWERS)
async def test_on_datalore_a_lost_answer_leaves_the_run_unclear(life: Life, fault: str) -> None:
    life.limits = Limits(total=0.5)
    process = await life.process()
    broken = life.breaks(DATALORE, fault, START[DATALORE])
    notebook = life.shelve("words", "# Words")
    run = await life.asks(process, notebook, DATALORE)
    ended = (await life.ends(process, run)).progress
    assert (ended.state, ended.attempt, ended.cause) == (State.UNCLEAR, 1, Cause.CRASH)
    assert (broken.hits, len(life.starts(notebook))) == (1, 1)


async def test_on_deepnote_the_run_whose_answer_was_lost_is_found_in_the_list(life: Life, process: Process) -> None:
    life.breaks(DEEPNOTE, "reset_after_start", START[DEEPNOTE])
    notebook = life.shelve("greeting", asks_for("region", "EU"), "print('Hello', region)")
    run = await life.asks(process, notebook, DEEPNOTE, region="US")
    ended = (await life.ends(process, run)).progress
    [start] = life.starts(notebook)
    assert (ended.state, ended.remote_id, ended.attempt) == (State.SUCCEEDED, start["runId"], 1)
    assert not ended.adopted
    assert (await life.told(process, run)).count(NewsKind.ENDED) == 1


@pytest.mark.parametrize("fault", LOST_ANSWERS)
async def test_on_deepnote_too_a_lost_answer_is_never_asked_for_again(life: Life, fault: str) -> None:
    life.limits = Limits(total=0.5)
    process = await life.process()
    broken = life.breaks(DEEPNOTE, fault, START[DEEPNOTE])
    notebook = life.shelve("words", "# Words")  # without a snapshot that could tell the inputs
    run = await life.asks(process, notebook, DEEPNOTE)
    ended = (await life.ends(process, run)).progress
    assert (ended.state, ended.remote_id, ended.attempt) == (State.UNCLEAR, None, 1)
    assert (broken.hits, len(life.starts(notebook))) == (1, 1)
    assert await life.told(process, run) == [NewsKind.QUEUED, NewsKind.ENDED]  # it was followed, then left
