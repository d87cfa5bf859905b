"""How long a process leaves a platform alone after what another was asked, by its own clocks."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import pytest

from bot.cadence import Share
from bot.model import Platform
from bot.tracker.rests import Resting
from tests.store.house import House, after
from tests.store.ready import ready

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime
    from pathlib import Path

    from bot.store.store import Store

HERE = Platform.DATALORE


class Side:
    """One process: its share of a token, and the second after noon that its clock shows."""

    def __init__(self, store: Store) -> None:
        self.rests = store.rests
        self.share = Share(10.0)
        self.clock = 0.0
        self.resting = Resting(self.rests, {HERE: self.share}, lambda: after(self.clock))

    async def beats(self, now: float, *, alone: bool = False) -> None:
        await self.resting.exchange(now, alone=alone)


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[tuple[Side, Side]]:
    """One that will be asked for a rest, and one that isn't."""
    async with AsyncExitStack() as stack:
        house = House(ready(tmp_path), stack)
        yield Side(await house.process()), Side(await house.process())


async def test_a_rest_ends_for_both_at_the_same_time_and_is_heard_once(two: tuple[Side, Side]) -> None:
    asked, other = two
    await other.beats(0.0)
    asked.share.refused(0.0, 60.0)
    await asked.beats(0.5)
    said = await other.rests.told()
    for second in range(1, 100):
        await other.beats(second)
        await asked.beats(second)
        assert other.share.closed(second) == (second < 61), second
        assert asked.share.closed(second) == (second < 60), second
    assert await other.rests.told() == said, "it was told once"


async def test_who_comes_later_waits_for_the_rest_of_it(two: tuple[Side, Side]) -> None:
    asked, other = two
    asked.share.refused(0.0, 60.0)
    await asked.beats(0.0, alone=True)
    other.clock = 45.0
    await other.beats(1000.0, alone=True)  # its own clock of the loop began elsewhere
    assert other.share.closed(1014.0)
    assert not other.share.closed(1016.0)


async def test_a_clock_that_is_hours_off_makes_nobody_deaf(two: tuple[Side, Side]) -> None:
    asked, other = two
    other.clock = 7200.0
    await other.beats(0.0)
    asked.share.refused(0.0, 60.0)
    await asked.beats(0.0)
    await other.beats(1.0)
    assert other.share.closed(58.0), "it can't have been told before the last reading"
    assert not other.share.closed(62.0)


async def test_what_could_not_be_told_is_told_later(two: tuple[Side, Side]) -> None:
    asked, other = two
    await other.beats(0.0)
    asked.share.refused(0.0, 60.0)
    await other.beats(1.0)
    assert not other.share.closed(1.0), "nobody has told it yet"
    await asked.beats(20.0)
    await other.beats(20.0)
    assert other.share.closed(59.0)
    assert not other.share.closed(61.0)


async def test_what_is_asked_while_the_others_are_told_is_told_next(
    two: tuple[Side, Side], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, other = two
    tell = asked.rests.tell

    async def slowly(platform: Platform, seconds: float, now: datetime) -> None:
        """Another look's 429 comes while the rows are written."""
        await tell(platform, seconds, now)
        asked.share.refused(0.1, 60.0)

    await other.beats(0.0)
    asked.share.refused(0.0, 5.0)
    monkeypatch.setattr(asked.rests, "tell", slowly)
    await asked.beats(0.0)
    monkeypatch.undo()
    await asked.beats(1.0)
    await other.beats(1.0)
    assert other.share.closed(50.0)
