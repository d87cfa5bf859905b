"""Which process holds a run: hearts that beat or don't, and claims."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Table, event, func, select, update
from sqlalchemy.util import await_only

from bot import lifecycle
from bot.model import State
from bot.store.tables import processes, runs
from tests.store.house import NOON, TRAIN, House, die, moved

if TYPE_CHECKING:
    from bot.store.store import Store


# Heartbeats


async def test_processes_see_each_others_hearts_beat(house: House) -> None:
    first, second = await house.process(), await house.process()
    mine = first.holding.process_id
    assert await second.holding.beats() == {mine: 1}
    assert await first.holding.beat()
    assert await first.holding.beat()
    assert await second.holding.beats() == {mine: 3}


async def test_a_heart_that_beats_after_all_is_not_declared_dead(house: House) -> None:
    first, second = await house.process(), await house.process()
    mine = first.holding.process_id
    assert mine is not None
    seen = (await second.holding.beats())[mine]
    assert await first.holding.beat()
    assert not await second.holding.declare_dead(mine, seen)
    assert await first.holding.beat()


async def test_who_stands_still_in_the_middle_of_a_beat_holds_up_nobody(house: House) -> None:
    if house.url.startswith("sqlite"):
        pytest.skip("SQLite has one writer at a time, whatever is written")
    sleeper, heir = await house.process(), await house.process()
    asleep, wakes = asyncio.Event(), asyncio.Event()

    def stands_still(_: object) -> None:
        asleep.set()
        await_only(wakes.wait())

    for moment in ("commit", "rollback"):
        event.listen(sleeper.database.engine.sync_engine, moment, stands_still)
    beat = asyncio.create_task(sleeper.holding.beat())
    await asleep.wait()
    [(process, beats)] = (await heir.holding.beats()).items()
    assert await heir.holding.declare_dead(process, beats)
    wakes.set()
    await beat
    assert not await sleeper.holding.beat()


async def test_who_is_declared_dead_is_told_and_enters_anew(house: House) -> None:
    first, second = await house.process(), await house.process()
    before = first.holding.process_id
    await die(first, second)
    assert not await first.holding.beat()
    assert await second.holding.beats() == {}
    await first.holding.register()
    assert first.holding.process_id != before
    assert await first.holding.beat()


async def test_only_one_witness_declares_a_death(house: House) -> None:
    first, second, third = [await house.process() for _ in range(3)]
    mine = first.holding.process_id
    assert mine is not None
    said = await asyncio.gather(*(each.holding.declare_dead(mine, 1) for each in (second, third) for _ in range(5)))
    assert said.count(True) == 1


class Clock:
    """What the processes' clock shows: the moments given, one after another, and then always the last."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.shows = [0.0]
        monkeypatch.setattr("bot.store.holding._clock", self)

    def __call__(self) -> float:
        return self.shows.pop(0) if len(self.shows) > 1 else self.shows[0]


async def test_a_young_beat_is_proof_of_life_without_asking(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    first, second = await house.process(), await house.process()
    await die(first, second)
    me = first.holding.process_id
    assert await first.holding.lives(me)  # so young a death nobody can have declared, but for this test
    clock.shows = [2.0]
    assert not await first.holding.lives(me)
    assert await second.holding.lives(second.holding.process_id)


async def test_a_beat_whose_answer_comes_late_is_no_proof_of_life(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(monkeypatch)
    first, other = await house.process(), await house.process()
    clock.shows = [10.0, 10.0, 36.0, 36.0]
    assert await first.holding.lives(first.holding.process_id)
    assert (await other.holding.beats())[first.holding.process_id or 0] == 3, "the first of them was of no use"


async def test_who_enters_anew_does_not_live_as_who_it_was(house: House) -> None:
    first, second = await house.process(), await house.process()
    me = first.holding.process_id
    await die(first, second)
    await first.holding.register()
    assert not await first.holding.lives(me)
    assert await first.holding.lives(first.holding.process_id)


async def test_the_dead_are_forgotten_once_nothing_is_theirs(house: House) -> None:
    first, second = await house.process(), await house.process()
    run = await house.queued(first)
    await die(first, second)
    await second.holding.register()
    assert await rows_of(second, processes) == 3
    assert [held.run.id for held in await second.holding.held(await second.holding.claim(10))] == [run.id]
    await second.holding.register()
    assert await rows_of(second, processes) == 3  # three lives of the second


async def rows_of(store: Store, table: Table) -> int:
    async with store.database.read() as connection:
        return await connection.scalar(select(func.count()).select_from(table)) or 0


# Claims


async def test_the_runs_of_the_living_are_left_alone(house: House) -> None:
    first, second = await house.process(), await house.process()
    run = await house.queued(first)
    assert await second.holding.held(await second.holding.claim(10)) == []
    assert await first.holding.ids() == [run.id]


async def test_the_runs_of_the_dead_go_to_one_process_each(house: House) -> None:
    dead, *others = [await house.process() for _ in range(4)]
    left = [await house.asked(dead) for _ in range(60)]
    await die(dead, others[0])

    async def claims(store: Store) -> list[int]:
        found: list[int] = []
        while some := await store.holding.held(await store.holding.claim(7)):
            found += [held.run.id for held in some]
        return found

    shares = await asyncio.gather(*(claims(store) for store in others))
    assert sorted(run for share in shares for run in share) == [run.id for run in left]
    for store, share in zip(others, shares, strict=True):
        assert sorted(await store.holding.ids()) == sorted(share)


async def test_a_claim_waits_for_nobody_who_is_writing(house: House) -> None:
    if house.url.startswith("sqlite"):
        pytest.skip("SQLite has one writer at a time, whatever is written")
    dead, heir, writer = [await house.process() for _ in range(3)]
    first, second = await house.asked(dead), await house.asked(dead)
    await dead.holding.leave()
    async with writer.database.write() as connection:
        await connection.execute(update(runs).where(runs.c.id == first.id).values(untracked_by="U0ANA"))
        assert [held.run.id for held in await heir.holding.held(await heir.holding.claim(10))] == [second.id]
    assert [held.run.id for held in await heir.holding.held(await heir.holding.claim(10))] == [first.id]


async def test_who_leaves_in_order_is_followed_at_once(house: House) -> None:
    first, second = await house.process(), await house.process()
    run = await house.queued(first)
    await first.holding.leave()
    assert [held.run for held in await second.holding.held(await second.holding.claim(10))] == [run]


async def test_the_dead_claim_nothing(house: House) -> None:
    first, second, third = [await house.process() for _ in range(3)]
    await house.asked(first)
    await first.holding.leave()
    await die(second, third)
    assert await second.holding.held(await second.holding.claim(10)) == []
    assert len(await third.holding.held(await third.holding.claim(10))) == 1


async def test_what_a_claim_brings_is_what_the_next_step_needs(house: House) -> None:
    first, second = await house.courier(), await house.process()
    plain, carded, refused = await house.asked(first), await house.carded(first), await house.asked(first)
    await first.delivery.refused(refused.id, "not_in_channel")
    ended = await house.asked(first, notebook=TRAIN)
    await moved(first, ended, lifecycle.end(ended.progress, State.REJECTED, NOON))
    await first.holding.leave()
    held = {one.run.id: one for one in await second.holding.held(await second.holding.claim(10))}
    assert set(held) == {plain.id, carded.id, refused.id}
    assert [held[run.id].carded for run in (plain, carded, refused)] == [False, True, False]
    assert [held[run.id].refused for run in (plain, carded, refused)] == ["", "", "not_in_channel"]
    assert held[plain.id].tz == "Europe/Berlin"


async def test_a_call_comes_for_a_card_and_for_a_run_taken_back(house: House) -> None:
    store = await house.process()
    await house.asked(store)
    assert await store.holding.calls() == []
    carded, queued = await house.carded(store), await house.queued(store)
    await store.requests.untrack(queued.id, "U0ANA", NOON)
    assert sorted(await store.holding.calls()) == [(carded.id, False), (queued.id, True)]
