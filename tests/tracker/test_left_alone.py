"""A token that is to be left alone, as a 429 on any of its runs asks for: nothing that asks the platform goes on."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from bot.cadence import Share
from bot.model import NewsKind, Platform, State, Trouble
from tests.store.ready import ready
from tests.tracker.house import BOTH, DATALORE, DEEPNOTE, START, Life, Process, happens, living

if TYPE_CHECKING:
    from pathlib import Path


async def rests(process: Process, on: Platform, seconds: float) -> None:
    """Another run's look was answered with a 429."""
    process.tracker.deps.shares[on].refused(asyncio.get_running_loop().time(), seconds)


@BOTH
async def test_while_a_token_is_to_be_left_alone_nothing_is_started_with_it(
    life: Life, process: Process, on: Platform
) -> None:
    words = life.shelve("words", "# Words")
    await rests(process, on, 300.0)
    asked = [await life.asks(process, words, on) for _ in range(3)]
    for run in asked:
        seen = (await life.until(process, run, lambda seen: seen.progress.trouble is not None)).progress
        assert (seen.state, seen.trouble, seen.attempt) == (State.REQUESTED, Trouble.LIMITED, 0)
        assert seen.again_at is not None
        assert 290 < (seen.again_at - life.clock()).total_seconds() <= 300
    other = await life.asks(process, words, DEEPNOTE if on is DATALORE else DATALORE)
    assert (await life.ends(process, other)).progress.state is State.SUCCEEDED
    assert len(life.starts(words)) == 1
    await process.store.requests.untrack(asked[0].id, "U0ANA", life.clock())
    process.bell.set()
    assert (await life.ends(process, asked[0])).progress.state is State.UNTRACKED


async def test_when_it_may_be_asked_again_starts_go_as_its_budget_allows(tmp_path: Path) -> None:
    async with living(ready(tmp_path)) as life:
        process = await life.process(shares={platform: Share(20.0) for platform in Platform})
        words = life.shelve("words", "# Words")
        await rests(process, DATALORE, 1.0)
        over = asyncio.get_running_loop().time() + 1.0
        asked = [await life.asks(process, words, DATALORE) for _ in range(5)]
        for run in asked:
            await life.comes_to(process, run, State.QUEUED, State.SUCCEEDED)
        assert asyncio.get_running_loop().time() > over + 4 / 20
        rows = [(await life.row(process, run)).progress.submitted_at for run in asked]
        submitted = sorted(at for at in rows if at is not None)
        assert len(submitted) == 5
        assert all(later - earlier > timedelta(seconds=0.04) for earlier, later in pairwise(submitted))
        for run in asked:
            assert NewsKind.TROUBLE not in await life.told(process, run), "so short a wait isn't worth a word"


async def test_starts_that_were_all_asked_to_wait_do_not_come_back_all_at_once(tmp_path: Path) -> None:
    async with living(ready(tmp_path)) as life:
        process = await life.process(shares={platform: Share(8.0) for platform in Platform})
        words = life.shelve("words", "# Words")
        limited = life.breaks(DATALORE, "429", START[DATALORE], times=5, retry_after=1)
        asked = [await life.asks(process, words, DATALORE, carded=False) for _ in range(5)]
        for run in asked:
            assert await process.store.delivery.carded(run.id, "C0DATA", f"1.{run.id}")
        process.bell.set()
        await happens(limited, 5)
        rows = [(await life.ends(process, run)).progress.submitted_at for run in asked]
        submitted = sorted(at for at in rows if at is not None)
        # After a 429, half of the budget is taken for granted.
        assert all(later - earlier > timedelta(seconds=0.2) for earlier, later in pairwise(submitted))


async def test_what_an_ended_run_left_is_not_fetched_meanwhile(life: Life, process: Process) -> None:
    missing = life.breaks(DATALORE, "503", "/artifacts/")
    run = await life.asks(process, life.shelve("words", "# Words"), DATALORE)
    await happens(missing)
    await rests(process, DATALORE, 1.0)
    over = asyncio.get_running_loop().time() + 1.0
    hits = missing.hits
    tracked = process.tracker.held[run.id]
    async with asyncio.timeout(5):
        while tracked.place is None:  # noqa: ASYNC110, nothing rings when a place is taken
            await asyncio.sleep(0.01)
    assert missing.hits <= hits + 1, "one may have been under way"
    missing.times = missing.hits
    assert (await life.ends(process, run)).progress.state is State.SUCCEEDED
    assert asyncio.get_running_loop().time() > over


async def test_what_could_start_only_in_hours_is_not_started(life: Life, process: Process) -> None:
    await rests(process, DATALORE, 3 * 3600)
    words = life.shelve("words", "# Words")
    ended = (await life.ends(process, await life.asks(process, words, DATALORE))).progress
    assert (ended.state, ended.attempt) == (State.REJECTED, 0)
    assert "asks us to wait for more than an hour, so nothing was started" in ended.reason
