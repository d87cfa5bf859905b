"""What is remembered of notebooks' earlier runs, and of how many notebooks."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import pytest

from bot import lifecycle
from bot.cadence import NOTHING
from bot.model import Look, Notebook, Platform, State
from bot.tracker import past
from bot.tracker.past import READ_EVERY, UNASKED, Pasts
from tests.store.house import NOON, House, after, moved, now_is, submitted
from tests.store.ready import ready

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.cadence import Known
    from bot.model import Run
    from bot.store.store import Store


async def run_of(house: House, store: Store, name: str) -> Run:
    """A run of a notebook of which another has succeeded before, in ten seconds."""
    notebook = Notebook(platform=Platform.DEEPNOTE, id=name)
    before = await house.submitting(store, notebook=notebook)
    taken = submitted(before, f"{name}-0")
    assert await store.holding.accept(before, taken.progress, taken.news)
    seen = Look(state=State.SUCCEEDED, started_at=NOON, ended_at=after(10))
    await moved(store, now_is(before, taken.progress), lifecycle.advance(taken.progress, seen, NOON))
    return await house.asked(store, notebook=notebook)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """An empty database."""
    async with AsyncExitStack() as stack:
        yield House(ready(tmp_path), stack)


async def test_notebooks_beyond_those_that_are_remembered_push_nobody_out_who_is_asked_for(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(past, "MOST", 2)
    store, pasts = await house.process(), Pasts()
    first, second, third = [await run_of(house, store, name) for name in ("n1", "n2", "n3")]
    learnt: list[Known] = [await pasts.known(store, run, 0.0) for run in (first, second)]
    assert all(known.until for known in learnt)
    for now in (1.0, READ_EVERY, 2 * READ_EVERY):
        assert await pasts.known(store, third, now) is NOTHING
        assert [await pasts.known(store, run, now) for run in (first, second)] == learnt, "nothing is learnt anew"
    await pasts.known(store, second, UNASKED)
    known = await pasts.known(store, third, 2 * READ_EVERY + UNASKED)
    assert known.until, "the first hasn't been asked for in a long time"
    assert await pasts.known(store, first, 2 * READ_EVERY + UNASKED) is NOTHING
