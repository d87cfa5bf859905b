"""Restarts and replicas: a run is always somebody's, and never two people's."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from bot.model import NewsKind, State
from tests.tracker.house import DATALORE, DEEPNOTE, Life, Process, happens, living

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.store.postgres import Postgres


async def test_after_a_restart_in_order_the_run_goes_on_where_it_was(busy: Life) -> None:
    first = await busy.process()
    notebook = busy.shelve("slow", "print('slow')")
    run = await busy.comes_to(first, await busy.asks(first, notebook, DEEPNOTE), State.QUEUED)
    await first.stop()
    second = await busy.process()
    await busy.stops(notebook, DEEPNOTE, run.progress.remote_id)
    ended = (await busy.ends(second, run)).progress
    assert (ended.state, ended.attempt) == (State.STOPPED, 1)
    assert await busy.told(second, run) == [NewsKind.QUEUED, NewsKind.ENDED]
    assert len(busy.starts(notebook)) == 1


async def test_after_a_crash_the_next_process_takes_over_once_the_heart_is_seen_to_stand_still(busy: Life) -> None:
    first = await busy.process()
    notebook = busy.shelve("slow", "print('slow')")
    run = await busy.comes_to(first, await busy.asks(first, notebook, DATALORE), State.QUEUED)
    waiting = await busy.asks(first, notebook, DATALORE, carded=False)
    await first.crash()
    second = await busy.process()
    await busy.stops(notebook, DATALORE, run.progress.remote_id)
    assert (await busy.ends(second, run)).progress.state is State.FAILED  # Datalore has no word for it
    await busy.card(second, waiting)
    await busy.comes_to(second, waiting, State.QUEUED)
    assert len(busy.starts(notebook)) == 2


async def test_a_process_that_was_taken_for_dead_finds_its_feet(life: Life) -> None:
    first, second = await life.process(), await life.process()
    notebook = life.shelve("words", "# Words")
    broken = life.breaks(DATALORE, "503", "GET")
    run = await life.asks(first, notebook, DATALORE)
    await happens(broken)
    mine = first.store.holding.process_id
    assert mine is not None
    async with asyncio.timeout(5):
        while not await second.store.holding.declare_dead(mine, (await second.store.holding.beats())[mine]):
            pass  # it beat in between
    await second.stop()
    broken.times = broken.hits
    assert (await life.ends(first, run)).progress.state is State.SUCCEEDED
    assert first.store.holding.process_id != mine
    assert len(life.starts(notebook)) == 1
    assert (await life.told(first, run)).count(NewsKind.ENDED) == 1


async def test_what_memory_has_lost_the_rows_bring_back(busy: Life) -> None:
    process = await busy.process()
    notebook = busy.shelve("slow", "print('slow')")
    run = await busy.comes_to(process, await busy.asks(process, notebook, DEEPNOTE), State.QUEUED)
    process.tracker.drop_all()
    await busy.stops(notebook, DEEPNOTE, run.progress.remote_id)
    assert (await busy.ends(process, run)).progress.state is State.STOPPED


async def test_a_database_that_is_locked_for_a_while_stops_nothing(
    life: Life, process: Process, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    life.breaks(DATALORE, "slow", "GET", seconds=0.2, times=1)
    run = await life.asks(process, life.shelve("words", "# Words"), DATALORE)
    await life.comes_to(process, run, State.QUEUED)
    with closing(sqlite3.connect(tmp_path / "threadbook.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        async with asyncio.timeout(10):
            while f"run {run.id}: the database isn't available" not in caplog.text:  # noqa: ASYNC110 - a log sets no event
                await asyncio.sleep(0.01)
        other.execute("ROLLBACK")
    assert (await life.ends(process, run)).progress.state is State.SUCCEEDED
    assert (await life.told(process, run)).count(NewsKind.ENDED) == 1


async def test_three_replicas_start_every_run_once_though_two_of_them_fall(postgres: Postgres) -> None:
    url = await postgres.database()
    async with living(url) as life:
        replicas = [await life.process() for _ in range(3)]
        notebook = life.shelve("words", "# Words")
        runs = [await life.asks(replicas[each % 3], notebook, DATALORE) for each in range(30)]
        await life.comes_to(replicas[2], runs[0], State.QUEUED, State.SUCCEEDED)
        await replicas[0].crash()
        await replicas[1].stop()
        runs += [await life.asks(replicas[2], notebook, DATALORE, carded=False) for _ in range(3)]
        for run in runs[-3:]:
            await life.card(replicas[2], run)
        ended = [await life.ends(replicas[2], run) for run in runs]
        known = {start["runId"] for start in life.starts(notebook)}
        assert len(life.starts(notebook)) <= len(runs)
        for run in ended:
            progress = run.progress
            if progress.state is State.UNCLEAR:  # its answer was awaited by the one who fell
                assert progress.remote_id is None
                continue
            assert progress.state is State.SUCCEEDED
            assert progress.attempt == 1
            assert progress.remote_id in known
            assert (await life.told(replicas[2], run)).count(NewsKind.ENDED) == 1
        remote = [run.progress.remote_id for run in ended if run.progress.remote_id is not None]
        assert len(set(remote)) == len(remote)
    await postgres.drop(url)
