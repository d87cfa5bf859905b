"""A platform that answers nobody: its runs wait and say so, nothing is started only to see, and no herd comes after."""

from __future__ import annotations

import asyncio
import itertools
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot import cadence, circuit, lost
from bot.lost import WATCHED
from bot.model import Cause, NewsKind, State, Trouble
from bot.platforms.http import Limits
from bot.tracker import tracker
from tests.tracker.house import BOTH, DATALORE, DEEPNOTE, LOOK, PATIENCE, START, Life, Process, happens

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.model import Platform, Run
    from bot.sandbox.faults import Fault
    from bot.sandbox.shelf import Notebook as Shelved
    from bot.tracker.deps import Tracked

OTHER = {DATALORE: DEEPNOTE, DEEPNOTE: DATALORE}


@pytest.fixture(autouse=True)
def sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    """The circuit's waits, a small part of what they are."""
    monkeypatch.setattr(circuit, "SECONDS", 0.05)
    monkeypatch.setattr(circuit, "FIRST_WAIT", 0.2)
    monkeypatch.setattr(circuit, "LONGEST_WAIT", 0.4)
    monkeypatch.setattr("bot.tracker.guard.SPREAD", 0.05)


async def under_way(life: Life, process: Process, on: Platform, many: int = 3) -> tuple[Shelved, list[Run]]:
    """Runs that go on until somebody stops them."""
    notebook = life.shelve("slow", "print('slow')")
    runs = [await life.asks(process, notebook, on) for _ in range(many)]
    return notebook, [await life.comes_to(process, run, State.QUEUED) for run in runs]


async def down(life: Life, process: Process, on: Platform, runs: list[Run]) -> Fault:
    """Nobody gets an answer any more, and every run says so."""
    fault = life.breaks(on, "500", "")
    for run in runs:
        await life.until(process, run, lambda seen: seen.progress.trouble is Trouble.SILENT)
    await until(lambda: process.tracker._guards[on].circuit.open)
    return fault


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not true():  # noqa: ASYNC110 - the circuit sets no event
            await asyncio.sleep(0.01)


@BOTH
async def test_while_it_is_down_starts_wait_and_nothing_is_posted(busy: Life, on: Platform) -> None:
    process = await busy.process()
    _, runs = await under_way(busy, process, on)
    fault = await down(busy, process, on, runs)
    posts = busy.breaks(on, "500", START[on])  # stands behind the other, and so is only there to be counted
    words = busy.shelve("words", "# Words")
    waiting = [await busy.asks(process, words, on) for _ in range(2)]
    for run in waiting:
        seen = await busy.until(process, run, lambda seen: seen.progress.trouble is Trouble.SILENT)
        assert (seen.progress.state, seen.progress.attempt) == (State.REQUESTED, 0)
    hits = fault.hits
    await happens(fault, hits + 3)  # it is looked at, again and again
    for run in waiting:
        assert (await busy.row(process, run)).progress.attempt == 0
    assert busy.starts(words) == []
    assert posts.hits == 0
    posts.times, fault.times = 1, fault.hits  # over
    posts.hits = 1
    for run in waiting:
        ended = (await busy.ends(process, run)).progress
        assert (ended.state, ended.attempt, ended.trouble) == (State.SUCCEEDED, 1, None)
        told = await busy.told(process, run)
        assert (told.count(NewsKind.TROUBLE), told.count(NewsKind.ANSWERING)) == (1, 1)
    assert len(busy.starts(words)) == len(waiting)


async def test_one_look_in_all_is_let_through(busy: Life) -> None:
    process = await busy.process()
    notebook, runs = await under_way(busy, process, DEEPNOTE, 10)
    fault = await down(busy, process, DEEPNOTE, runs)
    before, begun = fault.hits, asyncio.get_running_loop().time()
    await happens(fault, before + 3)
    took = asyncio.get_running_loop().time() - begun
    assert took >= 2 * circuit.FIRST_WAIT  # ten runs with waits of their own would have asked fifty times
    fault.times = fault.hits
    for run in runs:
        await busy.until(process, run, lambda seen: seen.progress.trouble is None)
        told = await busy.told(process, run)
        assert (told.count(NewsKind.TROUBLE), told.count(NewsKind.ANSWERING)) == (1, 1)
    await busy.stops(notebook, DEEPNOTE, runs[7].progress.remote_id)
    assert (await busy.ends(process, runs[7])).progress.state is State.STOPPED


async def test_whoever_looked_in_vain_does_not_sleep_on(busy: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    process = await busy.process()
    _, runs = await under_way(busy, process, DEEPNOTE)
    fault = await down(busy, process, DEEPNOTE, runs)
    for wait in ("BACK_OFF_FIRST", "BACK_OFF_LONGEST"):
        monkeypatch.setattr(cadence, wait, 3_600.0)
    await happens(fault, fault.hits + 2 * len(runs))  # each of them, and more than once
    fault.times = fault.hits
    for run in runs:
        await busy.until(process, run, lambda seen: seen.progress.trouble is None)


async def test_runs_that_it_did_not_know_before_it_was_down_are_not_lost_by_one_more_such_answer(
    busy: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    for wait in ("BACK_OFF_FIRST", "BACK_OFF_LONGEST"):
        monkeypatch.setattr(cadence, wait, 1.0)
    monkeypatch.setattr(lost, "LOST_AFTER", WATCHED)
    process = await busy.process()
    _, runs = await under_way(busy, process, DEEPNOTE, 10)  # a few of them find it down, and the others don't ask
    unknown = busy.breaks(DEEPNOTE, "404", LOOK[DEEPNOTE])
    for run in runs:
        await busy.until(process, run, lambda seen: seen.progress.trouble is Trouble.UNKNOWN)
    unknown.times = unknown.hits
    fault = await down(busy, process, DEEPNOTE, runs)
    busy.clock.ahead = WATCHED
    unknown = busy.breaks(DEEPNOTE, "404", LOOK[DEEPNOTE])
    fault.times = fault.hits
    for run in runs:
        await busy.until(process, run, lambda seen: seen.progress.trouble is Trouble.UNKNOWN)
    unknown.times = unknown.hits
    for run in runs:
        await busy.until(process, run, lambda seen: seen.progress.trouble is None)


async def test_afterwards_they_come_one_after_another(busy: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    process = await busy.process()
    _, runs = await under_way(busy, process, DEEPNOTE, 10)
    fault = await down(busy, process, DEEPNOTE, runs)
    waits: list[float] = []
    at = process.tracker._at
    guard = process.tracker._guards[DEEPNOTE]
    woken: list[list[int]] = []
    wake = guard._wake

    def scheduled(tracked: Tracked, wait: float) -> None:
        waits.append(wait)
        at(tracked, wait)

    def noted(run_ids: list[int]) -> None:
        woken.append(run_ids)
        with monkeypatch.context() as patched:
            patched.setattr(process.tracker, "_at", scheduled)
            wake(run_ids)

    monkeypatch.setattr(guard, "_wake", noted)
    fault.times = fault.hits
    await until(lambda: not guard.circuit.open)
    assert len(woken) == 1
    assert len(woken[0]) >= 8
    assert all(
        later - wait == pytest.approx(1 / tracker.TAKEN_A_SECOND, abs=1e-3) for wait, later in itertools.pairwise(waits)
    )


async def test_the_other_platform_goes_on_meanwhile(busy: Life) -> None:
    process = await busy.process()
    _, runs = await under_way(busy, process, DEEPNOTE)
    await down(busy, process, DEEPNOTE, runs)
    words = busy.shelve("words", "# Words")
    run = await busy.asks(process, words, DATALORE)
    assert (await busy.ends(process, run)).progress.state is State.SUCCEEDED
    assert NewsKind.TROUBLE not in await busy.told(process, run)


async def start_that_waits(busy: Life) -> tuple[Process, Run, Run]:
    """Datalore answers nobody: a run waits to be started there, and one was under way before."""
    process = await busy.process()
    _, runs = await under_way(busy, process, DATALORE)
    await down(busy, process, DATALORE, runs)
    run = await busy.asks(process, busy.shelve("words", "# Words"), DATALORE)
    await busy.until(process, run, lambda seen: seen.progress.trouble is not None)
    return process, run, runs[0]


async def test_a_start_that_waits_can_be_taken_back(busy: Life) -> None:
    process, run, _ = await start_that_waits(busy)
    await process.store.requests.untrack(run.id, "U0ANA", busy.clock())
    process.bell.set()
    ended = (await busy.ends(process, run)).progress
    assert (ended.state, ended.cause, ended.attempt) == (State.UNTRACKED, Cause.PERSON, 0)


async def test_after_an_hour_a_start_is_given_up_and_a_run_under_way_is_not(busy: Life) -> None:
    process, run, earlier = await start_that_waits(busy)
    busy.clock.ahead = timedelta(minutes=61)
    ended = (await busy.ends(process, run)).progress
    assert (ended.state, ended.attempt) == (State.REJECTED, 0)
    assert ended.reason == "Datalore hasn't answered for an hour. Run it again later."
    assert (await busy.row(process, earlier)).progress.state is State.QUEUED
    busy.clock.ahead = timedelta(days=8)
    assert (await busy.ends(process, earlier)).progress.state is State.GIVEN_UP


async def test_a_doubt_waits_until_the_list_can_be_read_again(life: Life) -> None:
    first, notebook = await life.process(), life.shelve("found", "print('found')")
    lost = life.breaks(DEEPNOTE, "slow_after_start", START[DEEPNOTE], seconds=60)
    run = await life.asks(first, notebook, DEEPNOTE)
    await happens(lost)
    others = [await life.asks(first, notebook, DATALORE, carded=False) for _ in range(2)]
    await first.crash()
    lost.times = lost.hits
    life.breaks(DEEPNOTE, "500", "/v2/notebooks/", times=1_000)
    fault = life.breaks(DEEPNOTE, "500", "")
    second = await life.process()
    others += [await life.asks(second, notebook, DEEPNOTE) for _ in range(3)]
    await until(lambda: DEEPNOTE in second.tracker._guards and second.tracker._guards[DEEPNOTE].circuit.open)
    await happens(fault, fault.hits + 6)  # by then it would have given up looking into the list
    assert (await life.row(second, run)).progress.state is State.SUBMITTING
    del others


async def test_results_that_come_slowly_hold_up_no_looks(life: Life) -> None:
    """Downloads are four at a time; whoever waits for one takes nobody's place."""
    process = await life.process()
    words = life.shelve("words", "# Words")
    slow = life.breaks(DATALORE, "slow", "GET /notebook/", seconds=2.0)
    heavy = [await life.asks(process, words, DATALORE) for _ in range(8)]
    await happens(slow, 4)
    refused = life.breaks(DATALORE, "422", START[DATALORE])
    quick = await life.asks(process, words, DATALORE)
    assert (await life.ends(process, quick)).progress.state is State.REJECTED
    assert refused.hits >= 1
    unsettled = [run for run in heavy if not (await life.row(process, run)).progress.settled]
    assert len(unsettled) >= 4
    assert slow.hits <= 8
    slow.times = slow.hits
    for run in heavy[:4]:
        assert (await life.ends(process, run)).progress.state is State.SUCCEEDED


async def test_an_hour_that_a_platform_asks_for_is_told_and_can_be_cut_short(life: Life, process: Process) -> None:
    limited = life.breaks(DATALORE, "429", START[DATALORE], retry_after=3600, times=1)
    words = life.shelve("words", "# Words")
    run = await life.asks(process, words, DATALORE)
    seen = (await life.until(process, run, lambda seen: seen.progress.again_at is not None)).progress
    assert (seen.state, seen.trouble) == (State.REQUESTED, Trouble.LIMITED)
    assert seen.again_at is not None
    assert seen.again_at - life.clock() > timedelta(minutes=59)
    await process.store.requests.untrack(run.id, "U0ANA", life.clock())
    process.bell.set()
    assert (await life.ends(process, run)).progress.state is State.UNTRACKED
    assert (limited.hits, life.starts(words)) == (1, [])


async def test_what_would_start_hours_later_is_not_started(life: Life, process: Process) -> None:
    life.breaks(DATALORE, "429", START[DATALORE], retry_after=3 * 3600, times=1)
    words = life.shelve("words", "# Words")
    run = await life.asks(process, words, DATALORE)
    ended = (await life.ends(process, run)).progress
    assert (ended.state, ended.cause) == (State.REJECTED, Cause.PERSON)
    assert "asks us to wait for more than an hour, so nothing was started" in ended.reason
    assert life.starts(words) == []


@BOTH
async def test_a_platform_that_never_ends_a_call_holds_up_nobody_else(
    life: Life, on: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(tracker.AT_ONCE, False, 4)
    life.limits = Limits(total=60.0, connect=5.0)
    process = await life.process()
    slow = life.breaks(on, "slow", "", seconds=60)
    shelved = [life.shelve(f"words-{number}", "# Words") for number in range(6)]
    stuck = [await life.asks(process, notebook, on) for notebook in shelved]
    await happens(slow, 4)
    run = await life.asks(process, shelved[0], OTHER[on])
    assert (await life.ends(process, run)).progress.state is State.SUCCEEDED
    assert slow.hits == 4
    for one in stuck:
        assert (await life.row(process, one)).progress.remote_id is None
