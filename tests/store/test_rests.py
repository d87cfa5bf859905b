"""What one process was asked by a 429 is read by the others."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.model import Platform
from tests.store.house import NOON

if TYPE_CHECKING:
    from tests.store.house import House


async def test_others_read_it_and_who_told_it_does_not(house: House) -> None:
    first, second = await house.process(), await house.process()
    await first.rests.tell(Platform.DATALORE, 60.0, NOON)
    await first.rests.tell(Platform.DEEPNOTE, 5.0, NOON)
    said = {(one.process, one.platform, one.seconds, one.at) for one in await second.rests.told()}
    me = first.holding.process_id
    assert said == {(me, Platform.DATALORE, 60.0, NOON), (me, Platform.DEEPNOTE, 5.0, NOON)}
    assert await first.rests.told() == set()


async def test_what_a_process_says_last_is_what_it_says(house: House) -> None:
    first, second = await house.process(), await house.process()
    for seconds in (60.0, 7.0):
        await first.rests.tell(Platform.DATALORE, seconds, NOON)
        await first.rests.tell(Platform.DEEPNOTE, seconds, NOON)
    assert {one.seconds for one in await second.rests.told()} == {7.0}
    assert len(await second.rests.told()) == 2


async def test_what_a_process_said_that_is_long_gone_is_forgotten(house: House) -> None:
    gone, lives, reads = [await house.process() for _ in range(3)]
    await gone.rests.tell(Platform.DATALORE, 60.0, NOON)
    await lives.rests.tell(Platform.DEEPNOTE, 60.0, NOON + timedelta(hours=23))
    assert len(await reads.rests.told()) == 2
    await lives.rests.tell(Platform.DEEPNOTE, 60.0, NOON + timedelta(hours=25))
    assert [one.process for one in await reads.rests.told()] == [lives.holding.process_id]
