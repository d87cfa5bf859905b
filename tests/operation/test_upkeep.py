"""A bot that is up forgets what is old; whoever comes back to it is told that there is no such run."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.tracker.upkeep import Ages
from tests.endtoend.house import chatting
from tests.endtoend.notebooks import code

if TYPE_CHECKING:
    from pathlib import Path

    from tests.endtoend.chat import Chat

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def prunes(chat: Chat, days: float) -> dict[str, float]:
    """What is forgotten by a bot whose clock is so many days ahead."""
    assert chat.bot.upkeep is not None
    figure = chat.bot.metrics.registry.get_sample_value
    before = {what: figure("threadbook_pruned_total", {"what": what}) or 0 for what in ("runs", "results")}
    ahead = replace(chat.bot.upkeep, now=lambda: datetime.now(UTC) + timedelta(days=days))
    await ahead.prune()
    return {what: (figure("threadbook_pruned_total", {"what": what}) or 0) - before[what] for what in before}


async def test_results_go_after_a_month_and_runs_after_a_year(chat: Chat, room: str) -> None:
    await chat.catalogues("talk", code("print('a figure')"))
    cards = [await chat.runs("ana", room, f"/notebook run {name}") for name in ("talk", "memo", "brief")]
    for card in cards:
        await card.ends()
    seen = chat.as_it_is(cards[0])
    async with asyncio.timeout(10):
        while await chat.bot.store.counts.undelivered():  # noqa: ASYNC110 - the rows set no event
            await asyncio.sleep(0.02)
    assert await prunes(chat, 29) == {"runs": 0, "results": 0}
    assert await prunes(chat, 31) == {"runs": 0, "results": 1}
    assert await prunes(chat, 364) == {"runs": 0, "results": 0}
    said = await chat.types("ana", room, f"/notebook status {cards[0].number}")
    assert "Succeeded" in said
    assert await prunes(chat, 366) == {"runs": 2, "results": 0}  # the newest of all stays
    assert f"No run {cards[0].number} that you can see" in await chat.types(
        "ana", room, f"/notebook status {cards[0].number}"
    )
    await chat.clicks("ana", cards[0], "Run again", f"No run {cards[0].number} that you can see")
    assert chat.as_it_is(cards[0]).blocks == seen.blocks  # the card tells its story for ever
    again = await chat.runs("ana", room, "/notebook run brief")
    assert again.number == cards[-1].number + 1
    await again.ends()


async def test_after_how_many_days_they_go_can_be_set(tmp_path: Path) -> None:
    async with chatting(tmp_path, keep_days=3, keep_results_days=2) as other:
        assert other.bot.upkeep is not None
        assert other.bot.upkeep.ages == Ages(runs=timedelta(days=3), results=timedelta(days=2))
