"""A start whose answer was lost, on Deepnote: which run of the notebook's list may be taken for it, and which not."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from bot.model import NewsKind, State, Trouble
from tests.tracker.house import DEEPNOTE, Life, Process, asks_for, happens

if TYPE_CHECKING:
    from bot.sandbox.shelf import Notebook

START = "POST /v2/runs"
NEVER_FOLLOWED = [NewsKind.ENDED]
"""What the thread of a run tells for which none was taken; a candidate would have been told as queued."""


async def started_elsewhere(life: Life, notebook: Notebook, **inputs: Any) -> str:
    """Somebody else starts the notebook; the run's id."""
    body = {"notebookId": notebook.deepnote_id, "detached": True, "inputs": inputs}
    headers = {"Authorization": "Bearer sandbox"}
    async with (
        aiohttp.ClientSession(headers=headers) as http,
        http.post(f"{life.url}/deepnote/v2/runs", json=body) as answer,
    ):
        assert answer.status == 202
        return str((await answer.json())["runId"])


async def test_of_two_candidates_none_is_taken(life: Life, process: Process) -> None:
    notebook = life.shelve("words", "# Words")
    await started_elsewhere(life, notebook)
    life.breaks(DEEPNOTE, "reset_after_start", START, times=1)
    run = await life.asks(process, notebook, DEEPNOTE)
    ended = (await life.ends(process, run)).progress
    assert (ended.state, ended.remote_id) == (State.UNCLEAR, None)
    assert await life.told(process, run) == NEVER_FOLLOWED
    assert len(life.starts(notebook)) == 2


async def test_a_candidate_that_is_another_runs_is_not_taken(life: Life, process: Process) -> None:
    notebook = life.shelve("words", "# Words")
    first = await life.ends(process, await life.asks(process, notebook, DEEPNOTE))
    life.breaks(DEEPNOTE, "reset", START, times=1)
    second = await life.ends(process, await life.asks(process, notebook, DEEPNOTE))
    assert first.progress.remote_id is not None
    assert (second.progress.state, second.progress.remote_id) == (State.UNCLEAR, None)
    assert await life.told(process, second) == NEVER_FOLLOWED


async def test_two_submissions_without_an_answer_take_nothing_from_one_another(life: Life, process: Process) -> None:
    notebook = life.shelve("words", "# Words")
    life.breaks(DEEPNOTE, "reset_after_start", START, times=1)
    life.breaks(DEEPNOTE, "reset", START, times=1)
    one, other = [await life.asks(process, notebook, DEEPNOTE) for _ in range(2)]
    for run in (one, other):
        ended = (await life.ends(process, run)).progress
        assert (ended.state, ended.remote_id, ended.attempt) == (State.UNCLEAR, None, 1)
        assert await life.told(process, run) == NEVER_FOLLOWED
    assert len(life.starts(notebook)) == 1


@pytest.mark.parametrize("minutes", [-2, 2])
async def test_a_run_from_long_before_or_after_is_not_taken(life: Life, process: Process, minutes: int) -> None:
    notebook = life.shelve("words", "# Words")
    await started_elsewhere(life, notebook)
    life.clock.ahead = timedelta(minutes=minutes)
    life.breaks(DEEPNOTE, "reset", START, times=1)
    run = await life.asks(process, notebook, DEEPNOTE)
    assert (await life.ends(process, run)).progress.state is State.UNCLEAR
    assert await life.told(process, run) == NEVER_FOLLOWED


async def test_a_candidate_that_was_given_other_inputs_is_left_again(life: Life, process: Process) -> None:
    notebook = life.shelve("greeting", asks_for("region", "EU"), "print('Hello', region)")
    theirs = await started_elsewhere(life, notebook, region="EU")
    life.breaks(DEEPNOTE, "reset", START, times=1)
    run = await life.asks(process, notebook, DEEPNOTE, region="US")
    taken = await life.until(process, run, lambda seen: seen.progress.remote_id is not None)
    assert (taken.progress.remote_id, taken.progress.adopted) == (theirs, True)
    ended = (await life.ends(process, run)).progress
    assert (ended.state, ended.remote_id, ended.started_at) == (State.UNCLEAR, None, None)
    results = (await life.story(process, run)).results
    assert results is not None
    assert results.outputs == ()  # what their run said is theirs
    assert (await life.told(process, run))[-1] is NewsKind.ENDED


@pytest.mark.parametrize("missing", ["no_snapshot", "late_snapshot"])
async def test_a_candidate_whose_inputs_nobody_tells_is_left_again(life: Life, process: Process, missing: str) -> None:
    notebook = life.shelve("greeting", "print('Hello')")
    life.breaks(DEEPNOTE, "reset_after_start", START, times=1)
    life.breaks(DEEPNOTE, missing, "GET /v2/runs")
    run = await life.asks(process, notebook, DEEPNOTE)
    assert (await life.ends(process, run)).progress.state is State.UNCLEAR
    assert len(life.starts(notebook)) == 1


async def test_the_platforms_own_answer_outweighs_what_was_found_in_the_list(busy: Life) -> None:
    """While one process still waits for the answer, another has given it up and found somebody else's run."""
    given_up = await busy.process()
    busy.breaks(DEEPNOTE, "slow", START, seconds=4, times=1)
    notebook = busy.shelve("greeting", "print('Hello')")
    run = await busy.asks(given_up, notebook, DEEPNOTE)
    await busy.comes_to(given_up, run, State.SUBMITTING)
    theirs = await started_elsewhere(busy, notebook)
    await given_up.faint()
    heir = await busy.process()
    await busy.until(heir, run, lambda seen: seen.progress.remote_id == theirs)
    right = await busy.until(heir, run, lambda seen: not seen.progress.adopted)
    assert right.progress.state is State.QUEUED
    assert [start["runId"] for start in busy.starts(notebook)] == [theirs, right.progress.remote_id]
    await busy.stops(notebook, DEEPNOTE, right.progress.remote_id)
    assert (await busy.ends(heir, run)).progress.state is State.STOPPED


async def test_a_list_that_cannot_be_had_at_first_is_asked_for_again(life: Life, process: Process) -> None:
    notebook = life.shelve("words", "# Words")
    life.breaks(DEEPNOTE, "reset_after_start", START, times=1)
    life.breaks(DEEPNOTE, "503", f"GET {notebook.deepnote_id}/runs", times=2)
    run = await life.asks(process, notebook, DEEPNOTE)
    assert (await life.ends(process, run)).progress.attempt == 1
    words = [NewsKind.TROUBLE, NewsKind.ANSWERING, NewsKind.QUEUED, NewsKind.ENDED]
    assert await life.told(process, run) == words, "it was found, when the list could be had"
    assert len(life.starts(notebook)) == 1


# Runs that were started elsewhere, and are to be tracked


async def test_a_run_is_tracked_by_its_id_and_nothing_is_started(life: Life, process: Process) -> None:
    notebook = life.shelve("words", "# Words")
    theirs = await started_elsewhere(life, notebook)
    run = await life.asks(process, notebook, DEEPNOTE, adopt=theirs)
    ended = (await life.ends(process, run)).progress
    assert (ended.state, ended.remote_id, ended.attempt) == (State.SUCCEEDED, theirs, 0)
    assert len(life.starts(notebook)) == 1


async def test_the_newest_run_is_tracked_where_no_id_was_given(life: Life, process: Process) -> None:
    notebook = life.shelve("words", "# Words")
    await started_elsewhere(life, notebook)
    newest = await started_elsewhere(life, notebook)
    run = await life.asks(process, notebook, DEEPNOTE, adopt="")
    assert (await life.ends(process, run)).progress.remote_id == newest


async def test_where_there_is_none_to_track_the_person_is_told(life: Life, process: Process) -> None:
    notebook = life.shelve("words", "# Words")
    run = await life.asks(process, notebook, DEEPNOTE, adopt="")
    ended = (await life.ends(process, run)).progress
    assert ended.state is State.REJECTED
    assert "no run in the last seven days" in ended.reason
    run = await life.asks(process, notebook, DEEPNOTE, adopt="5b0e8d6a-58a0-4c43-8f0b-0c5f4a5f9a77")
    ended = (await life.ends(process, run)).progress
    assert (ended.state, ended.cause) == (State.REJECTED, "gone")


async def test_a_platform_that_is_asked_too_often_is_not_asked_at_once_again(life: Life, process: Process) -> None:
    notebook = life.shelve("words", "# Words")
    theirs = await started_elsewhere(life, notebook)
    busy = life.breaks(DEEPNOTE, "429", "GET /v2/runs", retry_after=1, times=1)
    run = await life.asks(process, notebook, DEEPNOTE, adopt=theirs)
    ended = await life.ends(process, run)
    assert busy.spent
    assert life.clock() - run.asked_at >= timedelta(seconds=1)
    assert ended.progress.state is State.SUCCEEDED


async def test_a_doubt_waits_for_as_long_as_the_platform_is_away_but_no_longer_than_an_hour(
    life: Life, process: Process
) -> None:
    notebook = life.shelve("words", "# Words")
    life.breaks(DEEPNOTE, "reset_after_start", START, times=1)
    away = life.breaks(DEEPNOTE, "503", f"GET {notebook.deepnote_id}/runs")
    run = await life.asks(process, notebook, DEEPNOTE)
    await happens(away, 8)  # more often than a list is asked for that says nothing
    waits = (await life.row(process, run)).progress
    assert (waits.state, waits.trouble) == (State.SUBMITTING, Trouble.SILENT)
    life.clock.ahead = timedelta(minutes=61)
    assert (await life.ends(process, run)).progress.state is State.UNCLEAR
    assert len(life.starts(notebook)) == 1
