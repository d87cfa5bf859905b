"""What a replica leaves behind that is told to end, as a supervisor tells it. The rest is as in the other stories."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from sqlalchemy import false, select

from bot.store.tables import runs
from tests.faults.town import ROOMS
from tests.replicas import stories

if TYPE_CHECKING:
    from tests.faults.children import Child
    from tests.faults.town import Town
    from tests.store.postgres import Postgres

PROMISED = 10.0
"""Seconds in which it has ended, whatever is away."""


async def one_is_told_to_end(here: Town) -> str:
    """It hands over what it holds, and what it delivers: nobody has to miss it first."""
    children = [await here.start() for _ in range(2)]
    notebooks = await stories._ask_for(here, 6)
    await stories._all_running(here, 6)
    held = await stories._holders(here)
    leaver, other = sorted(children, key=lambda child: child.row != max(held, key=held.count))
    seconds = await _ended(here, leaver)
    claimed = select(runs.c.holder).where(runs.c.settled == false())
    await here.row_until(claimed, lambda rows: {row.holder for row in rows} == {other.row}, "all runs to be claimed")
    here.ending.set()
    await here.at_rest(6)
    assert await here.courier() == other.row
    assert "stopped beating" not in here.log.read_text(), "the runs weren't handed over"
    stories.all_told_once(here, notebooks)
    return f"ended {seconds:.1f} s after it was told to, {held.count(leaver.row)} of 6 runs handed over"


async def all_are_told_to_end_while_the_database_stands_still(here: Town, server: Postgres) -> str:
    """They can't even say goodbye; the next one to start follows their runs."""
    leavers = [await here.start() for _ in range(2)]
    notebooks = await stories._ask_for(here, 4)
    await stories._all_running(here, 4)
    await asyncio.to_thread(server.freeze)
    try:
        await here.slack.say("ana", ROOMS[0], "/notebook list")  # when she is told why not, all parts wait for it
        seconds = await _ended(here, *leavers)
    finally:
        await asyncio.to_thread(server.thaw)
    assert here.log.read_text().count("its runs can't be handed over") == len(leavers)
    await here.start()
    here.ending.set()
    await here.at_rest(4)
    stories.all_told_once(here, notebooks)
    return f"ended {seconds:.1f} s after they were told to"


async def _ended(here: Town, *children: Child) -> float:
    """Have them told to end, and see that they do; how many seconds that took."""
    begun = time.monotonic()
    for child in children:
        child.terminate()
    await here.until(lambda: all(child.gone.is_set() for child in children), "them to end")
    seconds = time.monotonic() - begun
    assert [child.code for child in children] == [0] * len(children)
    assert seconds < PROMISED, f"it took {seconds:.1f} s\n{here.said()}"
    return seconds
