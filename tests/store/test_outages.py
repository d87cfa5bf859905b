"""When nobody was there for long, the admins are told once, whoever comes back first."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.model import Outage
from tests.store.house import HERE, NOON, THERE, House, after, moved, submitted, unclear

if TYPE_CHECKING:
    from bot.model import Run
    from bot.store.store import Store

HOUR = 3600.0


def nothing(_run_id: int) -> bool:
    return False


def everything(_run_id: int) -> bool:
    return True


async def told(store: Store, workspace: str = HERE) -> list[Outage]:
    """What the admins of a workspace are told."""
    return [Outage.model_validate_json(one.text) for one in await store.notices.standing(workspace)]


async def running(house: House, store: Store) -> Run:
    return await house.queued(store, f"r{(await house.asked(store)).id}")


async def test_the_first_start_of_all_ends_no_outage(store: Store) -> None:
    assert not await store.outages.present(NOON)
    assert not await store.outages.present(after(HOUR - 1))
    assert not await store.outages.present(after(HOUR + 1))  # somebody was there a moment ago


async def test_after_an_hour_it_is_told_what_was_under_way(house: House, store: Store) -> None:
    await store.outages.present(NOON)
    first, second = await running(house, store), await running(house, store)
    doubtful = await house.submitting(store)
    assert await store.outages.present(after(HOUR))
    await moved(store, doubtful, unclear(doubtful))
    [untold] = await store.outages.untold(HERE)
    assert (untold.since, untold.until) == (NOON, after(HOUR))
    assert {first.id, second.id, doubtful.id} <= set(untold.runs)
    assert await store.outages.tell(untold, everything, patient=True, now=after(HOUR))
    [said] = await told(store)
    assert (said.caught_up, said.unseen, said.unclear) == (len(untold.runs) - 1, 0, (doubtful.number,))
    assert await store.outages.untold(HERE) == []


async def test_it_waits_for_runs_that_nobody_has_looked_at_but_not_for_ever(house: House, store: Store) -> None:
    await store.outages.present(NOON)
    await house.submitting(store)
    await store.outages.present(after(HOUR))
    [untold] = await store.outages.untold(HERE)
    assert not await store.outages.tell(untold, nothing, patient=True, now=after(HOUR))
    assert await told(store) == []
    assert await store.outages.tell(untold, nothing, patient=False, now=after(HOUR + 60))
    [said] = await told(store)
    assert (said.caught_up, said.unseen) == (0, 1)


async def test_what_has_ended_meanwhile_is_caught_up(house: House, store: Store) -> None:
    await store.outages.present(NOON)
    run = await house.submitting(store)
    await store.outages.present(after(HOUR))
    await moved(store, run, submitted(run, "r9"))
    [untold] = await store.outages.untold(HERE)
    assert await store.outages.tell(untold, nothing, patient=False, now=after(HOUR + 60))
    assert [(said.caught_up, said.unseen) for said in await told(store)] == [(1, 0)]


async def test_of_several_that_come_back_at_once_one_tells(house: House) -> None:
    stores = [await house.process() for _ in range(4)]
    await stores[0].delivery.enter_workspace(HERE)
    await stores[0].delivery.enter_workspace(THERE)
    await stores[0].outages.present(NOON)
    found = await asyncio.gather(*(each.outages.present(after(2 * HOUR + at)) for at, each in enumerate(stores)))
    assert sorted(found) == [False, False, False, True]
    [untold] = await stores[1].outages.untold(HERE)
    later = after(3 * HOUR)
    done = await asyncio.gather(*(each.outages.tell(untold, everything, patient=True, now=later) for each in stores))
    assert done == [True] * 4
    assert len(await told(stores[2])) == 1
    assert len(await stores[3].outages.untold(THERE)) == 1  # each workspace has admins of its own


async def test_what_was_told_is_over_and_the_next_time_is_told_again(house: House, store: Store) -> None:
    await store.delivery.enter_workspace(HERE)
    await store.outages.present(NOON)
    for times in (1, 2):
        await store.outages.present(NOON + times * timedelta(hours=2))
        [untold] = await store.outages.untold(HERE)
        await store.outages.tell(untold, everything, patient=True, now=NOON)
        [notice] = await store.notices.standing(HERE)
        await store.notices.over(HERE, notice.topic)
    assert await store.notices.standing(HERE) == []
