"""What is known of other runs, and what the admins are to be told."""

from __future__ import annotations

import asyncio

from bot import lifecycle
from bot.model import Look, State
from tests.store.house import HERE, KPIS, NOON, THERE, TRAIN, House, after, moved, moved_to_doubt


async def test_submissions_of_the_same_notebook_without_an_answer_are_rivals(house: House) -> None:
    store = await house.process()
    run = await house.submitting(store)
    assert await store.holding.rivals(run, after(-60)) == 0
    await house.submitting(store, notebook=TRAIN)
    await house.queued(store)
    assert await store.holding.rivals(run, after(-60)) == 0
    await house.submitting(store)
    await moved_to_doubt(house, store)
    assert await store.holding.rivals(run, after(-60)) == 2
    assert await store.holding.rivals(run, after(1)) == 0


async def test_a_platforms_run_is_claimed_by_the_row_that_has_its_id(house: House) -> None:
    store = await house.process()
    await house.queued(store, "r1")
    assert await store.holding.claimed_ids(["r1", "r2"]) == {"r1"}
    assert await store.holding.claimed_ids([]) == set()


async def test_what_a_notebook_usually_takes_is_told_by_its_successes_in_the_workspace(house: House) -> None:
    store = await house.process()
    for seconds, state in [(10, State.SUCCEEDED), (20, State.SUCCEEDED), (99, State.FAILED)]:
        run = await house.queued(store, f"r{seconds}")
        seen = Look(state=state, started_at=NOON, ended_at=after(seconds))
        await moved(store, run, lifecycle.advance(run.progress, seen, NOON))
    assert await store.earlier.durations(HERE, KPIS, 5) == [20.0, 10.0]
    assert await store.earlier.durations(HERE, KPIS, 1) == [20.0]
    assert await store.earlier.durations(THERE, KPIS, 5) == []
    assert await store.earlier.durations(HERE, TRAIN, 5) == []


# Notices


async def test_the_admins_are_told_once_until_it_is_over(house: House) -> None:
    first, second = await house.process(), await house.process()
    await house.asked(first)

    async def refused() -> None:
        await asyncio.gather(
            *((first, second)[n % 2].notices.tell(HERE, "token:datalore", "datalore", NOON) for n in range(10))
        )

    await refused()
    [notice] = await first.notices.standing(HERE)
    await asyncio.gather(*(each.notices.told(notice.id, f"U{n}") for n, each in enumerate((first, second))))
    await refused()
    [same] = await first.notices.standing(HERE)
    assert (same.id, sorted(same.told)) == (notice.id, ["U0", "U1"])
    assert await first.notices.standing(THERE) == []
    await first.notices.over(HERE, "token:datalore")
    assert await first.notices.standing(HERE) == []
    await refused()
    [anew] = await first.notices.standing(HERE)
    assert (anew.id, anew.told) != (notice.id, notice.told)
    assert anew.told == ()
