"""Runs whose notebooks have a past are left alone until they may end; the token's budget is for all of them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from bot import cadence
from bot.model import NewsKind, Notebook, Platform, Progress, Request, Run, State, Trouble
from bot.store.rows import progress_columns
from bot.store.tables import runs
from bot.tracker.look import age_of
from tests.store.ready import ready
from tests.tracker.house import DATALORE, DEEPNOTE, PATIENCE, Life, Process, happens, living

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bot.sandbox.faults import Fault
    from bot.sandbox.shelf import Notebook as Shelved


async def took(life: Life, process: Process, notebook: Shelved, seconds: float) -> None:
    """A run of the notebook ends; it is remembered to have taken so long."""
    run = await life.ends(process, await life.asks(process, notebook, DEEPNOTE))
    progress = run.progress
    assert progress.state is State.SUCCEEDED
    assert progress.ended_at is not None
    longer = progress.model_copy(update={"started_at": progress.ended_at - timedelta(seconds=seconds)})
    async with process.store.database.write() as connection:
        await connection.execute(update(runs).where(runs.c.id == run.id).values(progress_columns(longer)))


async def goes_on(life: Life, process: Process, notebook: Shelved) -> tuple[Run, Fault]:
    """A run that doesn't end by itself; the fault that keeps it running counts the looks at it."""
    run = await life.asks(process, notebook, DEEPNOTE)
    run = await life.comes_to(process, run, State.QUEUED)
    watched = life.breaks(DEEPNOTE, "unknown_status", f"GET /v2/runs/{run.progress.remote_id}", message="running")
    return await life.comes_to(process, run, State.RUNNING), watched


async def becomes(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not true():  # noqa: ASYNC110 - nothing rings when it comes true
            await asyncio.sleep(0.01)


async def test_a_notebook_with_a_past_is_left_alone_until_it_may_end(
    busy: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cadence, "LONGEST", 600.0)
    process = await busy.process()
    known = busy.shelve("known", "# Words")
    for _ in range(3):
        await took(busy, process, known, 180.0)
    await process.stop()
    process = await busy.process()  # what it reads is fresh
    run, watched = await goes_on(busy, process, busy.shelve("known", "print('slow')"))
    _, other = await goes_on(busy, process, busy.shelve("new", "print('slow')"))
    seen = watched.hits
    await happens(other, 15)
    assert watched.hits - seen <= 3
    # Three minutes later it may end at any moment.
    due = process.tracker.held[run.id].due
    assert due is not None
    assert due - asyncio.get_running_loop().time() < 60
    busy.clock.ahead = timedelta(seconds=178)
    process.tracker._at(process.tracker.held[run.id], 0.0)
    await happens(watched, watched.hits + 4)


@pytest.mark.parametrize(
    ("platform_says", "age"),
    [
        (timedelta(seconds=3), 297.0),
        (timedelta(hours=-1), 300.0),  # its clock is slow: not before we asked
        (timedelta(hours=1), 290.0),  # its clock is fast: not after we saw it run
    ],
)
def test_how_long_a_run_has_been_under_way_is_told_by_our_clock(platform_says: timedelta, age: float) -> None:
    asked = datetime(2026, 10, 1, 12, tzinfo=UTC)
    progress = Progress(
        state=State.RUNNING,
        since=asked + timedelta(seconds=10),
        submitted_at=asked,
        started_at=asked + platform_says,
    )
    request = Request(notebook=Notebook(platform=DEEPNOTE, id="0" * 32), title="Weekly KPIs")
    run = Run(
        id=1,
        workspace="T0HERE",
        number=1,
        request=request,
        asker="U0ANA",
        asker_name="Ana",
        channel="C0DATA",
        asked_at=asked,
        progress=progress,
    )
    assert age_of(run, asked + timedelta(minutes=5)) == age


async def test_a_429_on_one_run_holds_the_looks_at_all_of_its_token(busy: Life) -> None:
    process = await busy.process()
    one, _ = await goes_on(busy, process, busy.shelve("one", "print('slow')"))
    other, watched = await goes_on(busy, process, busy.shelve("other", "print('slow')"))
    share = process.tracker.deps.shares[DEEPNOTE]
    refused = busy.breaks(DEEPNOTE, "429", f"GET /v2/runs/{one.progress.remote_id}", times=1, retry_after=1)
    await happens(refused)
    await becomes(lambda: share.closed(asyncio.get_running_loop().time()))
    closed, hits = asyncio.get_running_loop().time(), watched.hits
    await happens(watched, hits + 2)  # one may have been under way
    assert asyncio.get_running_loop().time() - closed > 0.9
    assert NewsKind.TROUBLE not in await busy.told(process, other), "so short a silence isn't worth a word"


async def test_a_long_silence_that_was_asked_for_stands_on_the_cards_of_all_its_runs(busy: Life) -> None:
    first, second = await busy.process(), await busy.process()
    one, _ = await goes_on(busy, first, busy.shelve("one", "print('slow')"))
    siblings = [await goes_on(busy, each, busy.shelve("other", "print('slow')")) for each in (first, second)]
    elsewhere = await busy.asks(first, busy.shelve("elsewhere", "print('slow')"), DATALORE)
    await busy.comes_to(first, elsewhere, State.QUEUED)
    busy.breaks(DEEPNOTE, "429", f"GET /v2/runs/{one.progress.remote_id}", times=1, retry_after=600)
    for run, _ in siblings:
        waits = await busy.until(first, run, lambda seen: seen.progress.trouble is Trouble.LIMITED)
        assert waits.progress.again_at is not None
        assert 590 < (waits.progress.again_at - busy.clock()).total_seconds() < 602
        await becomes(lambda: first.tracker.deps.shares[DEEPNOTE].closed(asyncio.get_running_loop().time()))
        assert (await busy.told(first, run)).count(NewsKind.TROUBLE) == 1
    assert (await busy.row(first, elsewhere)).progress.trouble is None


async def test_no_more_looks_leave_than_the_budget_allows(busy: Life) -> None:
    process = await busy.process(shares={platform: cadence.Share(20.0) for platform in Platform})
    watched = [(await goes_on(busy, process, busy.shelve(f"slow{n}", "print('slow')")))[1] for n in range(6)]
    begun, seen = asyncio.get_running_loop().time(), sum(fault.hits for fault in watched)
    await becomes(lambda: sum(fault.hits for fault in watched) >= seen + 60)
    assert asyncio.get_running_loop().time() - begun > (60 - 20 - 6) / 20
    assert process.tracker.deps.shares[DEEPNOTE].stretch > 1


async def test_replicas_share_the_budget_by_what_they_hold(tmp_path: Path) -> None:
    async with living(ready(tmp_path), at_once=0) as life:
        one = await life.process()
        for _ in range(3):
            run = await life.asks(one, life.shelve("slow", "print('slow')"), DEEPNOTE)
            await life.comes_to(one, run, State.QUEUED)
        assert one.tracker.deps.shares[DEEPNOTE].part == 1.0
        two = await life.process()
        mine, others = one.tracker.deps.shares[DEEPNOTE], two.tracker.deps.shares[DEEPNOTE]
        await becomes(lambda: (mine.part, others.part) == (0.8, 0.2))
        await one.crash()
        await becomes(lambda: others.part == 1.0)


async def test_what_a_429_asks_of_one_process_the_others_do_too_also_those_that_come_later(busy: Life) -> None:
    first, second = await busy.process(), await busy.process()
    mine, _ = await goes_on(busy, first, busy.shelve("mine", "print('slow')"))
    _, looks = await goes_on(busy, second, busy.shelve("theirs", "print('slow')"))
    path = f"GET /v2/runs/{mine.progress.remote_id}"
    refused = busy.breaks(DEEPNOTE, "429", path, retry_after=60)
    await happens(refused)

    def quiet(process: Process) -> bool:
        return process.tracker.deps.shares[DEEPNOTE].closed(asyncio.get_running_loop().time())

    async def beats() -> int:
        return (await first.store.holding.beats())[second.store.holding.process_id or 0]

    await becomes(lambda: quiet(second))
    seen, beat = looks.hits, await beats()
    while await beats() < beat + 10:  # noqa: ASYNC110 - nothing rings when a heart has beaten
        await asyncio.sleep(0.01)
    assert looks.hits - seen <= 1, "one may have been on its way"
    third = await busy.process()
    await becomes(lambda: quiet(third))
    assert not third.tracker.deps.shares[Platform.DATALORE].closed(asyncio.get_running_loop().time())
