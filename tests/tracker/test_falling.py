"""Processes that die, or stand still, in the middle of a start."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from bot.errors import StoreUnavailable
from bot.model import Platform, State
from bot.store.holding import Holding
from tests.tracker.house import BOTH, DATALORE, DEEPNOTE, START, Life, Process

if TYPE_CHECKING:
    from pathlib import Path


@BOTH
async def test_a_crash_while_the_answer_is_awaited_never_starts_it_again(
    life: Life, process: Process, on: Platform
) -> None:
    life.breaks(on, "slow_after_start", START[on], seconds=30)
    notebook = life.shelve("greeting", "print('Hello')")
    run = await life.asks(process, notebook, on)
    await life.comes_to(process, run, State.SUBMITTING)
    async with asyncio.timeout(5):
        while not life.starts(notebook):  # noqa: ASYNC110 - the stand-in sets no event
            await asyncio.sleep(0.01)
    await process.crash()
    heir = await life.process()
    ended = (await life.ends(heir, run)).progress
    assert ended.state is (State.SUCCEEDED if on is DEEPNOTE else State.UNCLEAR)
    assert ended.attempt == 1
    assert len(life.starts(notebook)) == 1


async def test_an_id_that_comes_late_is_accepted_from_a_process_that_was_given_up(life: Life) -> None:
    given_up = await life.process()
    broken = life.breaks(DATALORE, "slow_after_start", START[DATALORE], seconds=1.5, times=1)
    notebook = life.shelve("words", "# Words")
    run = await life.asks(given_up, notebook, DATALORE)
    await life.comes_to(given_up, run, State.SUBMITTING)
    await given_up.faint()
    heir = await life.process()
    await life.comes_to(heir, run, State.UNCLEAR)
    await life.until(heir, run, lambda seen: seen.progress.remote_id is not None)
    ended = (await life.ends(heir, run)).progress
    [start] = life.starts(notebook)
    assert (ended.state, ended.remote_id, ended.attempt) == (State.SUCCEEDED, start["runId"], 1)
    assert broken.hits == 1


async def test_a_process_that_stood_still_before_the_post_does_not_send_it(life: Life, tmp_path: Path) -> None:
    """Between writing `submitting` and sending it sleeps, is declared dead, and its run is called unclear."""
    sleeper = await life.process()
    notebook = life.shelve("words", "# Words")

    def stand_still() -> None:
        sleeper.rings.remove(stand_still)
        time.sleep(0.3)
        with closing(sqlite3.connect(tmp_path / "threadbook.db", isolation_level=None)) as other:
            other.execute("UPDATE processes SET dead = 1, epoch = epoch + 1")

    sleeper.rings.append(stand_still)
    run = await life.asks(sleeper, notebook, DATALORE)
    await life.comes_to(sleeper, run, State.SUBMITTING)
    heir = await life.process()
    ended = (await life.ends(heir, run)).progress
    assert ended.state is State.UNCLEAR
    assert life.starts(notebook) == []


async def test_an_id_outlives_a_database_that_is_locked_when_it_comes(
    life: Life, process: Process, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    life.breaks(DATALORE, "slow_after_start", START[DATALORE], seconds=0.5)
    notebook = life.shelve("words", "# Words")
    run = await life.asks(process, notebook, DATALORE)
    await life.comes_to(process, run, State.SUBMITTING)
    with closing(sqlite3.connect(tmp_path / "threadbook.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        async with asyncio.timeout(10):
            while "isn't saved yet" not in caplog.text:  # noqa: ASYNC110 - a log sets no event
                await asyncio.sleep(0.01)
        other.execute("ROLLBACK")
    ended = (await life.ends(process, run)).progress
    [start] = life.starts(notebook)
    assert (ended.state, ended.remote_id) == (State.SUCCEEDED, start["runId"])


async def test_a_start_is_made_where_the_database_is_away_for_a_moment_before_it(
    life: Life, process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What says `submitting` and was never sent would be told as a start that nobody answered."""
    plain, refusals = Holding.lives, [StoreUnavailable("away"), StoreUnavailable("away")]

    async def sometimes(holding: Holding, process: int | None) -> bool:
        if refusals:
            raise refusals.pop()
        return await plain(holding, process)

    monkeypatch.setattr(Holding, "lives", sometimes)
    notebook = life.shelve("words", "# Words")
    ended = (await life.ends(process, await life.asks(process, notebook, DATALORE))).progress
    assert (ended.state, len(life.starts(notebook)), refusals) == (State.SUCCEEDED, 1, [])


@pytest.mark.parametrize(("fault", "state"), [("500", State.FAILED), ("403", State.REJECTED), ("429", State.SUCCEEDED)])
async def test_a_refusal_outlives_a_database_that_is_locked_when_it_comes(
    life: Life, process: Process, caplog: pytest.LogCaptureFixture, fault: str, state: State
) -> None:
    """Only this process knows that nothing was started: it isn't taken for a start whose answer was lost.

    Nor is that counted as several refusals, after which a start would wait the longer.
    """
    life.breaks(DEEPNOTE, fault, START[DEEPNOTE], times=1)
    notebook = life.shelve("words", "# Words")
    with closing(sqlite3.connect(life.database.rpartition(":///")[2], isolation_level=None)) as other:

        def lock() -> None:
            if other.execute("SELECT state FROM runs").fetchall() == [(State.SUBMITTING.value,)]:
                process.rings.remove(lock)
                other.execute("BEGIN IMMEDIATE")

        process.rings.append(lock)
        run = await life.asks(process, notebook, DEEPNOTE)
        async with asyncio.timeout(10):
            while caplog.text.count("isn't saved yet") < 2 and "isn't available" not in caplog.text:  # noqa: ASYNC110 - a log sets no event
                await asyncio.sleep(0.01)
        misses = process.tracker.held[run.id].misses
        other.execute("ROLLBACK")
        ended = (await life.ends(process, run)).progress
    assert ended.state is state
    assert len(life.starts(notebook)) == misses == (state is State.SUCCEEDED)
