"""When cards were edited lately."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.store.house import HERE, NOON, THERE, after

if TYPE_CHECKING:
    from tests.store.house import House


async def test_another_process_knows_when_cards_were_edited_lately(house: House) -> None:
    first, second = await house.courier(), await house.courier(THERE)
    for seconds in (1, 3, 2):
        await first.edits.note(HERE, after(seconds))
    await second.edits.note(THERE, after(2))
    assert await second.edits.since(HERE, after(1)) == [after(2), after(3)]
    assert await first.edits.since(THERE, NOON) == [after(2)]


async def test_edits_are_forgotten_after_some_minutes(house: House) -> None:
    store = await house.courier()
    for minutes in range(0, 60, 2):
        await store.edits.note(HERE, NOON + timedelta(minutes=minutes))
    assert await store.edits.since(HERE, NOON - timedelta(days=1)) == [
        NOON + timedelta(minutes=minutes) for minutes in (54, 56, 58)
    ]
