"""What the tracker counts: takeovers, lost beats, and how far it is behind."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.model import State
from bot.tracker.tracker import Tracker
from tests.tracker.house import DEEPNOTE, PATIENCE

if TYPE_CHECKING:
    from tests.tracker.house import Life, Process


async def counts(process: Process, name: str, number: float, **labels: str) -> None:
    """Wait until a process has counted so many."""
    figure = process.tracker.deps.metrics.registry.get_sample_value
    async with asyncio.timeout(PATIENCE):
        while figure(name, labels) != number:  # noqa: ASYNC110 - a figure sets no event
            await asyncio.sleep(0.02)


async def test_runs_that_are_taken_over_are_counted_by_who_takes_them(busy: Life) -> None:
    first, second = await busy.process(), await busy.process()
    notebook = busy.shelve("slow", "print('slow')")
    for _ in range(2):
        await busy.comes_to(first, await busy.asks(first, notebook, DEEPNOTE), State.QUEUED)
    await first.crash()
    await counts(second, "threadbook_processes_declared_dead_total", 1)
    await counts(second, "threadbook_runs_claimed_total", 2)
    await counts(first, "threadbook_runs_claimed_total", 0)


async def test_a_beat_that_finds_its_process_dead_is_counted(life: Life) -> None:
    first, second = await life.process(), await life.process()
    mine = first.store.holding.process_id
    assert mine is not None
    async with asyncio.timeout(PATIENCE):
        while not await second.store.holding.declare_dead(mine, (await second.store.holding.beats())[mine]):
            pass  # it beat in between
    await counts(first, "threadbook_heartbeats_lost_total", 1, reason="declared_dead")


async def test_a_step_that_was_due_and_has_not_begun_is_behind(busy: Life) -> None:
    process = await busy.process()
    await busy.asks(process, busy.shelve("words", "# Words"), DEEPNOTE, carded=False)
    idle = Tracker(process.tracker.deps)
    assert idle.behind() == 0
    idle.take(await process.store.holding.held())
    await asyncio.sleep(0.05)
    assert 0.05 <= idle.behind() < PATIENCE
