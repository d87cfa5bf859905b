from __future__ import annotations

import asyncio

import pytest

from bot.errors import NotFound
from bot.platforms.memory import Memory


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Source:
    """Answers when it is let."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.let = asyncio.Event()

    async def __call__(self, key: str) -> str:
        self.asked.append(key)
        await self.let.wait()
        if key == "gone":
            raise NotFound("no such")
        return f"{key} {len(self.asked)}"


async def test_however_many_want_to_know_it_asks_once() -> None:
    source = Source()
    memory = Memory(source)
    waiting = [asyncio.create_task(memory.get("a")) for _ in range(20)]
    await asyncio.sleep(0)
    source.let.set()
    assert set(await asyncio.gather(*waiting)) == {"a 1"}
    assert await memory.get("a") == "a 1"
    assert memory.peek("a") == "a 1"
    assert memory.peek("b") is None
    assert source.asked == ["a"]


async def test_it_asks_again_after_its_time_or_for_somebody_who_wants_it_younger() -> None:
    source, clock = Source(), Clock()
    source.let.set()
    memory = Memory(source, seconds=300, clock=clock)
    assert await memory.get("a") == "a 1"
    clock.now = 6
    assert await memory.get("a") == "a 1"
    assert await memory.get("a", younger=7) == "a 1"
    assert await memory.get("a", younger=5) == "a 2"
    clock.now = 307
    assert await memory.get("a") == "a 3"


async def test_a_failure_reaches_all_who_wait_and_is_not_kept() -> None:
    source = Source()
    memory = Memory(source)
    waiting = [asyncio.create_task(memory.get("gone")) for _ in range(3)]
    await asyncio.sleep(0)
    source.let.set()
    for answer in await asyncio.gather(*waiting, return_exceptions=True):
        assert isinstance(answer, NotFound)
    with pytest.raises(NotFound):
        await memory.get("gone")
    assert source.asked == ["gone", "gone"]


async def test_one_who_gives_up_leaves_the_answer_to_the_others() -> None:
    source = Source()
    memory = Memory(source)
    first = asyncio.create_task(memory.get("a"))
    second = asyncio.create_task(memory.get("a"))
    await asyncio.sleep(0)
    first.cancel()
    source.let.set()
    assert await second == "a 1"
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_closing_stops_what_is_being_asked() -> None:
    memory = Memory(Source())
    waiting = asyncio.create_task(memory.get("a"))
    await asyncio.sleep(0)
    await memory.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_only_so_many_are_kept() -> None:
    source = Source()
    source.let.set()
    memory = Memory(source, size=2)
    for key in "abc":
        await memory.get(key)
    assert memory.peek("a") is None
    assert memory.peek("c") == "c 3"
