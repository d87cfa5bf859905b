"""A run under way: looks that fail never fail it, nothing is told twice, and what doesn't change isn't written."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event

from bot.lost import LOST_AFTER, WATCHED
from bot.model import Look, NewsKind, Platform, State, Trouble
from tests.tracker.house import BOTH, DATALORE, DEEPNOTE, LOOK, PATIENCE, Life, Process, happens

if TYPE_CHECKING:
    from collections.abc import Iterator


@BOTH
@pytest.mark.parametrize(
    ("fault", "trouble"),
    [
        ("500", Trouble.SILENT),
        ("503", Trouble.SILENT),
        ("400", Trouble.SILENT),
        ("404", Trouble.UNKNOWN),
        ("reset", Trouble.SILENT),
        ("garbage", Trouble.SILENT),
        ("cut", Trouble.SILENT),
        ("token_refused", Trouble.REFUSED),
        ("403", Trouble.REFUSED),
        ("409", Trouble.SUSPENDED),
    ],
)
async def test_looks_that_fail_are_told_once_and_answered_once(
    life: Life, process: Process, on: Platform, fault: str, trouble: Trouble
) -> None:
    times = 6 if fault == "reset" else 3  # aiohttp itself asks a second time after a reset
    broken = life.breaks(on, fault, LOOK[on], times=times)
    notebook = life.shelve("words", "# Words")
    run = await life.asks(process, notebook, on)
    ended = (await life.ends(process, run)).progress
    assert (ended.state, ended.trouble) == (State.SUCCEEDED, None)
    assert broken.spent
    news = [news for _, news in (await life.story(process, run)).news]
    assert [(one.kind, one.trouble) for one in news if one.trouble] == [
        (NewsKind.TROUBLE, trouble),
        (NewsKind.ANSWERING, trouble),
    ]
    assert [one.kind for one in news][-1] is NewsKind.ENDED


@BOTH
async def test_one_failed_look_is_not_worth_a_word(life: Life, process: Process, on: Platform) -> None:
    life.breaks(on, "500", LOOK[on], times=1)
    run = await life.asks(process, life.shelve("words", "# Words"), on)
    await life.ends(process, run)
    assert NewsKind.TROUBLE not in await life.told(process, run)


async def test_a_platform_that_is_silent_for_hours_loses_no_run(life: Life, process: Process) -> None:
    broken = life.breaks(DATALORE, "503", LOOK[DATALORE], times=8)
    run = await life.asks(process, life.shelve("words", "# Words"), DATALORE)
    await happens(broken, 4)
    life.clock.ahead = timedelta(hours=5)
    assert (await life.ends(process, run)).progress.state is State.SUCCEEDED


async def test_the_wait_that_the_platform_asks_for_is_obeyed(life: Life, process: Process) -> None:
    life.breaks(DEEPNOTE, "429", LOOK[DEEPNOTE], times=1, retry_after=1)
    run = await life.asks(process, life.shelve("words", "# Words"), DEEPNOTE)
    await life.ends(process, run)
    assert life.clock() - run.asked_at >= timedelta(seconds=1)
    assert NewsKind.TROUBLE not in await life.told(process, run)


@BOTH
async def test_a_run_that_stays_unknown_is_lost(life: Life, process: Process, on: Platform) -> None:
    gone = life.breaks(on, "404", LOOK[on], message="Run not found")
    run = await life.asks(process, life.shelve("words", "# Words"), on)
    await happens(gone, 5)  # as while a platform is put in anew
    seen = (await life.row(process, run)).progress
    assert (seen.ended_at, seen.trouble) == (None, Trouble.UNKNOWN)
    life.clock.ahead = WATCHED
    await happens(gone, gone.hits + 2)
    life.clock.ahead = LOST_AFTER
    ended = (await life.ends(process, run)).progress
    assert (ended.state, ended.reason) == (State.LOST, "Run not found")
    assert (await life.told(process, run))[-1] is NewsKind.ENDED


@BOTH
async def test_a_list_that_lags_loses_nothing(life: Life, process: Process, on: Platform) -> None:
    life.breaks(on, "404", LOOK[on], times=2)
    life.breaks(on, "500", LOOK[on], times=1)
    life.breaks(on, "404", LOOK[on], times=2)
    run = await life.asks(process, life.shelve("words", "# Words"), on)
    assert (await life.ends(process, run)).progress.state is State.SUCCEEDED


async def test_a_word_that_nobody_has_heard_of_is_told_and_counts_as_running(busy: Life) -> None:
    strange = busy.breaks(DEEPNOTE, "unknown_status", message="hibernating")
    process = await busy.process()
    run = await busy.asks(process, busy.shelve("slow", "print('slow')"), DEEPNOTE)
    await happens(strange, 4)
    assert (await busy.row(process, run)).progress.state is State.RUNNING
    news = [(news.kind, news.text) for _, news in (await busy.story(process, run)).news]
    assert news == [(NewsKind.QUEUED, ""), (NewsKind.RUNNING, "hibernating")]


# A refused token


async def test_a_refused_token_is_told_to_the_admins_once_until_it_is_good_again(life: Life, process: Process) -> None:
    refused = life.breaks(DATALORE, "token_refused", LOOK[DATALORE])
    notebook = life.shelve("words", "# Words")
    runs = [await life.asks(process, notebook, DATALORE) for _ in range(3)]
    for run in runs:  # a start that is accepted would say that the token is good
        await life.until(process, run, lambda row: row.progress.remote_id is not None)
    await happens(refused, refused.hits + 6)
    [notice] = await process.store.notices.standing("T0HERE")
    assert notice.topic == "token:datalore"
    refused.times = refused.hits
    for run in runs:
        assert (await life.ends(process, run)).progress.state is State.SUCCEEDED
    assert await process.store.notices.standing("T0HERE") == []


async def test_runs_under_way_wait_for_a_token_that_was_taken_out(busy: Life) -> None:
    process = await busy.process()
    notebook = busy.shelve("slow", "print('slow')")
    run = await busy.comes_to(process, await busy.asks(process, notebook, DEEPNOTE), State.QUEUED)
    await process.stop()
    without = await busy.process()
    del without.platforms[DEEPNOTE]
    refused = await busy.ends(without, await busy.asks(without, notebook, DEEPNOTE))
    assert refused.progress.state is State.REJECTED
    assert "No token for Deepnote" in refused.progress.reason
    assert (await busy.row(without, run)).progress == run.progress
    await without.stop()
    again = await busy.process()
    await busy.stops(notebook, DEEPNOTE, run.progress.remote_id)
    assert (await busy.ends(again, run)).progress.state is State.STOPPED
    assert len(busy.starts(notebook)) == 1


# People's acts, and patience


@BOTH
async def test_a_run_that_a_person_stops_tracking_is_let_go(busy: Life, on: Platform) -> None:
    process = await busy.process()
    run = await busy.asks(process, busy.shelve("slow", "print('slow')"), on)
    await busy.comes_to(process, run, State.QUEUED)
    await process.store.requests.untrack(run.id, "U0BEN", busy.clock())
    process.bell.set()
    ended = await busy.ends(process, run)
    assert (ended.progress.state, ended.untracked_by) == (State.UNTRACKED, "U0BEN")
    assert await busy.told(process, run) == [NewsKind.QUEUED, NewsKind.ENDED]


async def test_a_run_that_is_taken_back_while_it_is_being_started_is_let_go_once_it_has_its_id(
    life: Life, process: Process
) -> None:
    life.breaks(DATALORE, "slow", "POST", seconds=0.5)
    run = await life.asks(process, life.shelve("words", "# Words"), DATALORE)
    await life.comes_to(process, run, State.SUBMITTING)
    await process.store.requests.untrack(run.id, "U0ANA", life.clock())
    process.bell.set()
    ended = (await life.ends(process, run)).progress
    assert ended.state is State.UNTRACKED
    assert ended.remote_id is not None


async def test_a_run_that_is_taken_back_while_it_is_checked_is_never_started(life: Life, process: Process) -> None:
    notebook = life.shelve("words", "# Words")
    checks = life.breaks(DEEPNOTE, "slow", f"GET /v2/notebooks/{notebook.deepnote_id}", seconds=0.5)
    run = await life.asks(process, notebook, DEEPNOTE)
    await happens(checks)
    await process.store.requests.untrack(run.id, "U0ANA", life.clock())
    ended = (await life.ends(process, run)).progress
    assert (ended.state, ended.attempt) == (State.UNTRACKED, 0)
    assert life.starts(notebook) == []


async def test_a_run_that_never_ends_is_given_up(busy: Life) -> None:
    process = await busy.process(give_up_after=3600.0)
    run = await busy.asks(process, busy.shelve("slow", "print('slow')"), DEEPNOTE)
    await busy.comes_to(process, run, State.QUEUED)
    busy.clock.ahead = timedelta(minutes=61)
    assert (await busy.ends(process, run)).progress.state is State.GIVEN_UP
    assert await busy.told(process, run) == [NewsKind.QUEUED, NewsKind.ENDED]


async def test_a_run_that_nobody_may_look_at_is_given_up_too(busy: Life) -> None:
    process = await busy.process(give_up_after=3600.0)
    run = await busy.asks(process, busy.shelve("slow", "print('slow')"), DEEPNOTE)
    await busy.comes_to(process, run, State.QUEUED)
    await happens(busy.breaks(DEEPNOTE, "403", "GET"))
    busy.clock.ahead = timedelta(minutes=61)
    assert (await busy.ends(process, run)).progress.state is State.GIVEN_UP


async def test_a_run_that_has_ended_is_not_given_up_however_late_that_is_seen(busy: Life) -> None:
    process = await busy.process(give_up_after=3600.0)
    notebook = busy.shelve("slow", "print('slow')")
    run = await busy.comes_to(process, await busy.asks(process, notebook, DEEPNOTE), State.QUEUED)
    await process.crash()
    await busy.stops(notebook, DEEPNOTE, run.progress.remote_id)
    busy.clock.ahead = timedelta(minutes=61)
    heir = await busy.process(give_up_after=3600.0)
    assert (await busy.ends(heir, run)).progress.state is State.STOPPED


async def test_a_run_that_takes_longer_than_usual_says_so_on_its_card(busy: Life) -> None:
    process = await busy.process()
    quick = busy.shelve("report", "# Words")
    for _ in range(3):
        await busy.ends(process, await busy.asks(process, quick, DEEPNOTE))
    busy.breaks(DEEPNOTE, "unknown_status", message="running")
    run = await busy.asks(process, busy.shelve("report", "print('slow')"), DEEPNOTE)
    run = await busy.comes_to(process, run, State.RUNNING)
    assert run.progress.usual is not None
    busy.clock.ahead = timedelta(minutes=5)
    late = await busy.until(process, run, lambda seen: seen.progress.overdue)
    assert await busy.told(process, late) == [NewsKind.QUEUED, NewsKind.RUNNING]


# What doesn't change isn't written


@contextmanager
def written(process: Process) -> Iterator[list[str]]:
    """The statements that change anything but heartbeats."""
    engine = process.store.database.engine.sync_engine
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.startswith(("SELECT", "BEGIN", "UPDATE processes")):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


@BOTH
async def test_looks_that_see_nothing_new_write_nothing(busy: Life, on: Platform) -> None:
    process = await busy.process()
    run = await busy.asks(process, busy.shelve("slow", "print('slow')"), on)
    looks = busy.breaks(on, "slow", LOOK[on], seconds=0)
    await happens(looks, 2)
    with written(process) as statements:
        await happens(looks, looks.hits + 5)
    assert statements == []
    looks.times = looks.hits
    broken = busy.breaks(on, "503", LOOK[on])
    await busy.until(process, run, lambda seen: seen.progress.trouble is not None)
    with written(process) as statements:
        await happens(broken, broken.hits + 5)
    assert statements == []


async def test_a_step_that_stumbles_over_what_nobody_foresaw_is_tried_again_ever_later(
    busy: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = await busy.process()
    notebook = busy.shelve("slow", "print('slow')")
    run = await busy.comes_to(process, await busy.asks(process, notebook, DEEPNOTE), State.QUEUED)
    times: list[float] = []
    enough = asyncio.Event()

    async def stumbles(_run_id: str) -> Look:
        times.append(asyncio.get_running_loop().time())
        if len(times) == 5:
            enough.set()
        raise KeyError("nobody foresaw this")

    with monkeypatch.context() as broken:
        broken.setattr(process.platforms[DEEPNOTE], "look", stumbles)
        async with asyncio.timeout(PATIENCE):
            await enough.wait()
    assert [after - before >= 0.1 * 2**n for n, (before, after) in enumerate(pairwise(times))] == [True] * 4
    await busy.stops(notebook, DEEPNOTE, run.progress.remote_id)
    assert (await busy.ends(process, run)).progress.state is State.STOPPED
