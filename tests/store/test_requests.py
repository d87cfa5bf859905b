"""Requests saved: numbers, payloads that come twice, and who sees what."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from bot.model import State
from bot.store.requests import Sought
from tests.store.house import HERE, KPIS, NOON, THERE, TRAIN, House, after, caller, request

if TYPE_CHECKING:
    from bot.store.store import Store


async def test_a_request_is_a_run_with_the_next_number_and_all_that_was_said(store: Store) -> None:
    wanted = request(KPIS, region="EU", quick=True, weeks=("1", "2"))
    saved = await store.requests.save(wanted, caller("command:1"), NOON)
    assert saved.fresh
    run = saved.run
    assert (run.number, run.workspace, run.channel, run.asked_at) == (1, HERE, "C0DATA", NOON)
    assert (run.asker, run.asker_name, run.dm) == ("U0ANA", "Ana", False)
    assert run.request == wanted
    assert await store.requests.by_number(HERE, 1) == run
    assert await store.requests.by_id(run.id) == run


async def test_numbers_are_counted_in_each_workspace_without_gaps_or_doubles(house: House) -> None:
    first, second = await house.process(), await house.process()
    runs = await asyncio.gather(
        *(house.asked((first, second)[each % 2], (HERE, THERE)[each // 25 % 2]) for each in range(100))
    )
    for workspace in (HERE, THERE):
        assert sorted(run.number for run in runs if run.workspace == workspace) == list(range(1, 51))


async def test_processes_that_save_for_the_same_workspaces_do_not_wait_for_one_another(house: House) -> None:
    first, second = await house.process(), await house.process()
    await first.delivery.enter_workspace(HERE)
    await first.delivery.enter_workspace(THERE)
    for _ in range(10):
        saves = [house.asked(first, workspace) for workspace in (HERE, THERE)]
        saves += [house.asked(second, workspace) for workspace in (THERE, HERE)]
        await asyncio.gather(*saves)
    assert (await house.asked(first)).number == 21


async def test_one_payload_is_one_run_however_often_it_comes(house: House) -> None:
    first, second = await house.process(), await house.process()
    saves = await asyncio.gather(
        *((first, second)[each % 2].requests.save(request(), caller("command:1"), NOON) for each in range(50))
    )
    assert [save.fresh for save in saves].count(True) == 1
    assert {save.run.number for save in saves} == {1}
    later = await first.requests.save(request(), caller("command:1"), after(3600))
    assert not later.fresh
    assert len(await first.requests.newest(HERE, 10)) == 1
    assert (await first.requests.save(request(), caller("command:2"), NOON)).run.number == 2


async def test_runs_are_looked_for_by_notebook_and_platform_and_state_and_number(store: Store) -> None:
    for number, notebook in enumerate((KPIS, TRAIN, KPIS, KPIS), 1):
        await store.requests.save(request(notebook), caller(f"command:{number}"), NOON)

    async def found(**wanted: Any) -> list[int]:
        return [run.number for run in await store.requests.sought(HERE, 10, Sought(**wanted))]

    assert await found(notebook=KPIS) == [4, 3, 1]
    assert await found(notebook=KPIS, before=4) == [3, 1]
    assert await found(platform=TRAIN.platform, notebook=KPIS) == []
    assert await found(platform=TRAIN.platform) == [2]
    assert await found(states={State.REQUESTED}) == [4, 3, 2, 1]
    assert await found(states={State.FAILED}) == []


async def test_a_click_is_the_same_click_for_five_seconds(store: Store) -> None:
    def clicks(seconds: float, who: str = "U0ANA") -> object:
        return store.requests.save(request(), caller(f"click:card:again:{who}", who=who), after(seconds))

    first, second, bens, third, fourth = [
        (await each).run.number  # type: ignore[misc]
        for each in (clicks(0), clicks(4.9), clicks(4.9, "U0BEN"), clicks(5), clicks(9.9))
    ]
    assert first == second
    assert third == fourth
    assert len({first, bens, third}) == 3


async def test_a_double_click_on_two_processes_counts_once(house: House) -> None:
    first, second = await house.process(), await house.process()
    saves = await asyncio.gather(
        *((first, second)[each % 2].requests.save(request(), caller("click:x"), after(each / 10)) for each in range(10))
    )
    assert [save.fresh for save in saves].count(True) == 1


async def test_nobody_sees_another_workspaces_runs(house: House) -> None:
    store = await house.process()
    ours, theirs = await house.carded(store, HERE), await house.carded(store, THERE)
    assert (ours.number, theirs.number) == (1, 1)
    assert await store.requests.by_number(HERE, 1) == ours
    assert await store.requests.by_number(HERE, 2) is None
    assert await store.requests.newest(HERE, 10) == [ours]
    assert await store.requests.newest(THERE, 10, channel="C0DATA") == [theirs]
    assert [run for run, _ in await store.delivery.due(HERE, NOON, 10)] == [ours.id]
    # A channel that two workspaces share has one name in both.
    assert await store.requests.by_card(HERE, "C0DATA", f"17000.{theirs.id:06}") is None
    assert await store.requests.by_card(THERE, "C0DATA", f"17000.{theirs.id:06}") == theirs


async def test_a_payload_of_one_workspace_is_not_anothers(store: Store) -> None:
    ours = await store.requests.save(request(), caller("command:1", HERE), NOON)
    theirs = await store.requests.save(request(), caller("command:1", THERE), NOON)
    assert ours.fresh
    assert theirs.fresh


async def test_a_channels_runs_are_those_whose_cards_are_there_or_belong_there(store: Store) -> None:
    save = store.requests.save
    waiting = (await save(request(), caller("command:1"), NOON)).run
    private = (await save(request(), caller("command:2"), NOON, dm=True)).run
    elsewhere = (await save(request(TRAIN), caller("command:3", channel="C0LAB"), NOON)).run
    assert await store.requests.newest(HERE, 10, channel="C0DATA") == [waiting]
    await store.delivery.carded(private.id, "D0ANA", "1.1")
    await store.delivery.carded(elsewhere.id, "C0LAB", "1.2")
    assert await store.requests.newest(HERE, 10, channel="D0ANA") == [private]
    assert await store.requests.newest(HERE, 10, channel="C0LAB") == [elsewhere]
    assert await store.requests.newest(HERE, 2) == [elsewhere, private]
    assert await store.requests.card_channel(waiting.id) is None
    found = await store.requests.card_channels([waiting.id, private.id, elsewhere.id])
    assert found == {private.id: "D0ANA", elsewhere.id: "C0LAB"}


async def test_tracking_is_stopped_by_one_person_once(house: House) -> None:
    first, second = await house.process(), await house.process()
    run = await house.asked(first)
    noted = await asyncio.gather(
        *((first, second)[each % 2].requests.untrack(run.id, f"U{each}", NOON) for each in range(10))
    )
    assert noted.count(True) == 1
    found = await first.requests.by_id(run.id)
    assert found is not None
    assert (found.untracked_by, found.untracked_at) == (f"U{noted.index(True)}", NOON)
