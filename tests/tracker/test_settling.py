"""What an ended run left: fetched as far as it can be had, and what is missing is said."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bot.model import NewsKind, Platform, Results, State
from bot.tracker.look import AWAY, FETCH_TRIES
from tests.tracker.house import DATALORE, DEEPNOTE, Life, Process, happens

if TYPE_CHECKING:
    from bot.model import Run

WRITES = "from pathlib import Path\nPath('weekly.csv').write_text('region,revenue')\nprint('Hello')"


async def left(life: Life, process: Process, run: Run) -> Results:
    """What the rows keep of what it left."""
    results = (await life.story(process, run)).results
    assert results is not None
    return results


async def test_files_and_documents_are_kept_for_the_thread(life: Life, process: Process) -> None:
    run = await life.asks(process, life.shelve("report", WRITES), DATALORE)
    await life.ends(process, run)
    results = await left(life, process, run)
    assert [artifact.name for artifact in results.artifacts] == ["report.ipynb", "weekly.csv"]
    assert [output.text.strip() for output in results.outputs] == ["Hello"]
    assert results.left_out == ()
    assert await process.store.delivery.file(run.id, 1) == b"region,revenue"


async def test_a_snapshot_is_kept_as_a_jupyter_notebook_too(life: Life, process: Process) -> None:
    run = await life.asks(process, life.shelve("greeting", "# Greeting", "print('Hello')"), DEEPNOTE)
    await life.ends(process, run)
    artifacts = (await left(life, process, run)).artifacts
    assert [one.name for one in artifacts] == ["greeting.snapshot.deepnote", "greeting.ipynb"]
    content = await process.store.delivery.file(run.id, 1)
    assert content is not None
    assert artifacts[1].size == len(content)
    assert [cell["cell_type"] for cell in json.loads(content)["cells"]] == ["markdown", "code"]


async def test_key_numbers_and_tables_are_compared_with_the_last_success(life: Life, process: Process) -> None:
    prints = "print('orders: {}')"
    for told in ("120", "131"):
        run = await life.asks(process, life.shelve("orders", prints.format(told)), DEEPNOTE)
        await life.ends(process, run)
    earlier = (await left(life, process, run)).earlier
    assert earlier is not None
    assert [(one.name, one.before, one.now, one.by) for one in earlier.changes] == [("orders", "120", "131", "+9.2 %")]


@pytest.mark.parametrize("on", [DATALORE, DEEPNOTE])
async def test_a_run_that_failed_says_where_as_far_as_it_came(life: Life, process: Process, on: Platform) -> None:
    notebook = life.shelve("broken", "print('so far')", "# Load orders", "{}['region']", "print('never')")
    run = await life.asks(process, notebook, on)
    ended = (await life.ends(process, run)).progress
    assert (ended.state, ended.reason) == (State.FAILED, "KeyError: 'region'")
    results = await left(life, process, run)
    assert results.failure is not None
    assert (results.failure.title, results.failure.name) == ("Load orders", "KeyError")
    assert results.outputs[0].text.strip() == "so far"


async def test_a_snapshot_that_comes_late_is_waited_for(life: Life, process: Process) -> None:
    late = life.breaks(DEEPNOTE, "late_snapshot", "GET /v2/runs", times=3)
    run = await life.asks(process, life.shelve("greeting", "print('Hello')"), DEEPNOTE)
    assert (await life.ends(process, run)).progress.state is State.SUCCEEDED
    assert late.spent
    assert [output.text.strip() for output in (await left(life, process, run)).outputs] == ["Hello"]


async def test_a_snapshot_that_never_comes_is_done_without(life: Life, process: Process) -> None:
    life.breaks(DEEPNOTE, "late_snapshot", "GET /v2/runs")
    run = await life.asks(process, life.shelve("greeting", "print('Hello')"), DEEPNOTE)
    ended = await life.comes_to(process, run, State.SUCCEEDED)
    assert not ended.progress.settled  # the card says it ended, while its results are still awaited
    await life.ends(process, run)
    [missing] = (await left(life, process, run)).left_out
    assert "didn't come within a minute" in missing
    assert (await life.told(process, run)).count(NewsKind.ENDED) == 1


async def test_a_run_that_did_nothing_leaves_nothing_and_that_is_no_fault(life: Life, process: Process) -> None:
    run = await life.asks(process, life.shelve("words", "# Words"), DEEPNOTE)
    await life.ends(process, run)
    assert await left(life, process, run) == Results()


@pytest.mark.parametrize(("status", "words"), [("404", "no longer on Datalore"), ("403", "didn't hand it over")])
async def test_a_file_that_is_not_handed_over_is_named_with_the_reason(
    life: Life, process: Process, status: str, words: str
) -> None:
    life.breaks(DATALORE, status, "/artifacts/", times=1)
    run = await life.asks(process, life.shelve("words", "# Words"), DATALORE)
    assert (await life.ends(process, run)).progress.state is State.SUCCEEDED
    [artifact] = (await left(life, process, run)).artifacts
    assert words in artifact.note
    assert await process.store.delivery.file(run.id, 0) is None


async def test_files_that_cannot_be_fetched_now_are_tried_for_and_then_done_without(
    life: Life, process: Process
) -> None:
    broken = life.breaks(DATALORE, "503", "/artifacts/", times=2)
    first = await life.asks(process, life.shelve("words", "# Words"), DATALORE)
    await life.ends(process, first)
    assert broken.spent
    assert len((await left(life, process, first)).artifacts) == 1
    broken = life.breaks(DATALORE, "503", "/artifacts/")
    second = await life.asks(process, life.shelve("words", "# Words"), DATALORE)
    assert (await life.ends(process, second)).progress.state is State.SUCCEEDED
    assert broken.hits == FETCH_TRIES
    [missing] = (await left(life, process, second)).left_out
    assert "couldn't be fetched" in missing


@pytest.mark.parametrize("fault", ["503", "garbage"])
async def test_the_results_wait_for_a_platform_that_is_away(life: Life, process: Process, fault: str) -> None:
    once = life.breaks(DATALORE, "503", "/artifacts/", times=1)
    run = await life.asks(process, life.shelve("words", "# Words"), DATALORE)
    await happens(once)
    away = life.breaks(DATALORE, fault, times=FETCH_TRIES + 3)
    assert (await life.ends(process, run)).progress.state is State.SUCCEEDED
    results = await left(life, process, run)
    assert (away.spent, len(results.artifacts), results.left_out) == (True, 1, ())


async def test_the_results_wait_for_an_hour_and_no_longer(life: Life, process: Process) -> None:
    once = life.breaks(DATALORE, "503", "/artifacts/", times=1)
    run = await life.asks(process, life.shelve("words", "# Words"), DATALORE)
    await happens(once)
    away = life.breaks(DATALORE, "503")
    await happens(away, FETCH_TRIES + 3)
    life.clock.ahead = AWAY
    assert (await life.ends(process, run)).progress.state is State.SUCCEEDED
    [missing] = (await left(life, process, run)).left_out
    assert "couldn't be fetched" in missing


async def test_the_results_wait_for_a_new_token(life: Life, process: Process) -> None:
    refused = life.breaks(DATALORE, "token_refused", "/artifacts/", times=FETCH_TRIES + 3)
    run = await life.asks(process, life.shelve("words", "# Words"), DATALORE)
    await happens(refused, 2)
    assert len(await process.store.notices.standing("T0HERE")) == 1
    await life.ends(process, run)
    results = await left(life, process, run)
    assert (len(results.artifacts), results.left_out) == (1, ())
    assert await process.store.notices.standing("T0HERE") == []


async def test_a_file_too_large_to_post_is_named_with_its_size(life: Life) -> None:
    process = await life.process(file_limit=200)
    run = await life.asks(process, life.shelve("words", "# Words"), DATALORE)
    await life.ends(process, run)
    [artifact] = (await left(life, process, run)).artifacts
    assert artifact.note == "too large to post here"
    assert (artifact.size or 0) > 200
    assert artifact.url.startswith("http")
    assert await process.store.delivery.file(run.id, 0) is None


async def test_a_file_too_large_to_fetch_is_named_too(life: Life) -> None:
    process = await life.process(document_limit=200)
    run = await life.asks(process, life.shelve("words", "# Words"), DATALORE)
    await life.ends(process, run)
    [artifact] = (await left(life, process, run)).artifacts
    assert "larger than 200 bytes" in artifact.note
