"""What is done now and then holds up nothing else that is done now and then."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.metrics import Metrics
from bot.store.tables import presence
from bot.tracker import upkeep
from bot.tracker.upkeep import Upkeep

if TYPE_CHECKING:
    from datetime import datetime

    import pytest

    from bot.store.store import Store
    from tests.tracker.house import Life, Process


async def seen_at(store: Store) -> datetime | None:
    async with store.database.read() as connection:
        return await connection.scalar(select(presence.c.seen_at))


class Long(Upkeep):
    """Has more to prune than it ever comes to the end of."""

    begun: asyncio.Event

    async def prune(self) -> None:
        """Go on until cancelled."""
        self.begun.set()
        await asyncio.Event().wait()


async def test_who_prunes_for_long_is_there_all_the_while(
    life: Life, process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "PRESENT_EVERY", 0.02)
    monkeypatch.setattr(upkeep, "PRUNE_FIRST", 0.0)
    long = Long(process.store, process.tracker, "T0HERE", life.clock, lambda: None, Metrics())
    long.begun = asyncio.Event()
    work = asyncio.create_task(long.run())
    try:
        async with asyncio.timeout(5):
            await long.begun.wait()
            begun = life.clock()
            while (seen := await seen_at(process.store)) is None or seen <= begun:  # noqa: ASYNC110, the rows set no event
                await asyncio.sleep(0.01)
    finally:
        work.cancel()
        await asyncio.wait([work])
