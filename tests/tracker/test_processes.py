"""Restarts and replicas: a run is always somebody's, and never two people's."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, text

from bot.errors import StoreUnavailable
from bot.model import NewsKind, State
from bot.store.holding import Holding
from bot.store.tables import processes
from bot.tracker.claim import BEAT_EVERY, DEAD_AFTER, Heart
from tests.tracker.house import DATALORE, DEEPNOTE, Life, Process, happens, living

if TYPE_CHECKING:
    from pathlib import Path

    from bot.model import Run
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


async def test_a_database_that_stumbles_makes_nobody_count_anew(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    dead, witness = await life.process(), await life.process()
    await dead.crash()
    assert witness.heart is not None
    witness.heart.cancel()
    heart = Heart(witness.store.holding, witness.tracker, witness.bell)
    for _ in range(DEAD_AFTER):
        await heart._watch()

    async def stumbles(_: Holding, *_asked: int) -> bool:
        raise StoreUnavailable("canceling statement due to lock timeout")

    for read_or_write in ("beats", "declare_dead"):
        with monkeypatch.context() as broken:
            broken.setattr(Holding, read_or_write, stumbles)
            with pytest.raises(StoreUnavailable):
                await heart._watch()
    assert await witness.store.holding.beats() != {}
    await heart._watch()
    assert await witness.store.holding.beats() == {}


async def test_what_is_claimed_is_followed_however_long_a_beat_takes(
    busy: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await busy.process()
    notebook = busy.shelve("slow", "print('slow')")
    run = await busy.comes_to(first, await busy.asks(first, notebook, DATALORE), State.QUEUED)
    await first.crash()
    plain = Holding.beat

    async def slowly(holding: Holding) -> bool:
        await asyncio.sleep(2 * BEAT_EVERY)  # as on a network that is slow
        return await plain(holding)

    monkeypatch.setattr(Holding, "beat", slowly)
    second = await busy.process()
    await busy.stops(notebook, DATALORE, run.progress.remote_id)
    assert (await busy.ends(second, run)).progress.state is State.FAILED


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
    url = await postgres.ready()
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


async def test_a_process_knows_how_many_live(life: Life) -> None:
    first, second = await life.process(), await life.process()
    for many in (2, 1):
        async with asyncio.timeout(5):
            while first.living[-1:] != [many]:  # noqa: ASYNC110, it is told with a beat
                await asyncio.sleep(0.01)
        await second.crash()


async def test_a_row_that_a_newer_threadbook_wrote_keeps_no_other_run_away(
    busy: Life, caplog: pytest.LogCaptureFixture
) -> None:
    """As while replicas are brought to a new version one by one, and an older one claims what a newer one began."""
    first, notebook = await busy.process(), busy.shelve("slow", "print('slow')")
    strange, usual = [
        await busy.comes_to(first, await busy.asks(first, notebook, DEEPNOTE), State.QUEUED) for _ in range(2)
    ]
    await first.crash()
    await rewritten(first, strange, "json_set(progress, '$.of_tomorrow', 'hunter2')")
    second = await busy.process()
    await busy.stops(notebook, DEEPNOTE, usual.progress.remote_id)
    assert (await busy.ends(second, usual)).progress.state is State.STOPPED
    [told] = [each.getMessage() for each in caplog.records if "can't be read" in each.getMessage()]
    assert f"run {strange.number} " in told
    assert "of_tomorrow" in told
    assert "hunter2" not in told
    await rewritten(first, strange, "json_remove(progress, '$.of_tomorrow')")
    await busy.stops(notebook, DEEPNOTE, strange.progress.remote_id)
    assert (await busy.ends(second, strange)).progress.state is State.STOPPED


async def rewritten(process: Process, run: Run, progress: str) -> None:
    async with process.store.database.write() as connection:
        await connection.execute(text(f"UPDATE runs SET progress = {progress} WHERE id = {run.id}"))


async def beats_of(process: Process) -> int:
    async with process.store.database.read() as connection:
        mine = select(processes.c.beats).where(processes.c.id == process.store.holding.process_id)
        beats: int = (await connection.execute(mine)).scalar_one()
    return beats


async def test_a_heart_goes_on_beating_after_what_nobody_foresaw(busy: Life, caplog: pytest.LogCaptureFixture) -> None:
    process, notebook = await busy.process(), busy.shelve("slow", "print('slow')")
    run = await busy.comes_to(process, await busy.asks(process, notebook, DEEPNOTE), State.QUEUED)
    refusing = "CREATE TRIGGER strange BEFORE UPDATE OF beats ON processes BEGIN SELECT RAISE(ABORT, 'strange'); END"
    async with process.store.database.write() as connection:
        await connection.execute(text(refusing))
    async with asyncio.timeout(5):
        while "the heart stumbled" not in caplog.text:  # noqa: ASYNC110, a log rings no bell
            await asyncio.sleep(0.01)
    waiting = await busy.asks(process, notebook, DATALORE, carded=False)
    await process.store.requests.untrack(waiting.id, "U0ANA", busy.clock())  # what is called for is heard meanwhile
    assert (await busy.ends(process, waiting)).progress.state is State.UNTRACKED
    async with process.store.database.write() as connection:
        await connection.execute(text("DROP TRIGGER strange"))
    before = await beats_of(process)
    async with asyncio.timeout(5):
        while await beats_of(process) < before + 2:  # noqa: ASYNC110, nor does a heart
            await asyncio.sleep(0.01)
    await busy.stops(notebook, DEEPNOTE, run.progress.remote_id)
    assert (await busy.ends(process, run)).progress.state is State.STOPPED


def test_the_runs_of_a_killed_process_are_the_others_within_five_seconds() -> None:
    """At the pace that it really has, which the other tests here don't have.

    Killed right after a beat, it's seen to have beaten by a look up to one beat later; so many more see nothing new,
    and the last of them claims. A second is left for what those looks take.
    """
    assert BEAT_EVERY * (1 + DEAD_AFTER) + 1.0 <= 5.0
