"""When cards were edited lately."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from bot.store.tables import edits
from tests.store.house import HERE, THERE, after

if TYPE_CHECKING:
    from tests.store.house import House

MINUTE = timedelta(seconds=60)


async def test_another_process_knows_when_cards_were_edited_lately(house: House) -> None:
    first, second = await house.courier(), await house.courier(THERE)
    for seconds in (1, 3, 2):
        edit = await first.edits.begin(HERE, after(0))
        await first.edits.answered(edit, after(seconds))
    await second.edits.answered(await second.edits.begin(THERE, after(2)), after(2))
    assert await second.edits.ages(HERE, after(61), MINUTE) == [59, 58]
    assert await first.edits.ages(THERE, after(2), MINUTE) == [0]


async def test_an_edit_without_an_answer_may_be_counted_at_any_time_still(house: House) -> None:
    store = await house.courier()
    await store.edits.begin(HERE, after(0))
    lost = await store.edits.begin(HERE, after(1))
    assert await store.edits.ages(HERE, after(200), MINUTE) == [0, 0]
    await store.edits.answered(lost, after(30))
    assert await store.edits.ages(HERE, after(80), MINUTE) == [0, 50]
    assert await store.edits.ages(HERE, after(301), MINUTE) == [], "nobody waits for that long"


async def test_edits_are_forgotten_after_some_minutes(house: House) -> None:
    store = await house.courier()
    for minutes in range(0, 60, 2):
        await store.edits.begin(HERE, after(60 * minutes))
    async with store.database.read() as connection:
        assert await connection.scalar(select(func.count()).select_from(edits)) == 3
