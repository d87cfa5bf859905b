"""Requests that come at the same moment: saved together, and told apart."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.store.house import HERE, NOON, THERE, after, caller, request

if TYPE_CHECKING:
    from bot.store.store import Store


async def test_many_at_once_get_numbers_in_the_order_they_came(store: Store) -> None:
    saved = await asyncio.gather(
        *(store.requests.save(request(week=str(n)), caller(f"command:{n}"), NOON) for n in range(150))
    )
    assert [each.run.number for each in saved] == list(range(1, 151))
    assert [each.run.request.inputs["week"] for each in saved] == [str(n) for n in range(150)]
    assert all(each.fresh for each in saved)


async def test_one_payload_that_comes_three_times_at_once_is_one_run(store: Store) -> None:
    saved = await asyncio.gather(*(store.requests.save(request(), caller("command:1"), NOON) for _ in range(3)))
    assert [each.fresh for each in saved] == [True, False, False]
    assert {each.run.id for each in saved} == {saved[0].run.id}
    assert len(await store.requests.newest(HERE, 10)) == 1


async def test_a_click_among_others_counts_again_after_five_seconds(store: Store) -> None:
    moments = [NOON, after(4), after(6)]
    saved = await asyncio.gather(*(store.requests.save(request(), caller("click:1"), at) for at in moments))
    assert [each.fresh for each in saved] == [True, False, True]
    assert [each.run.number for each in saved] == [1, 1, 2]


async def test_workspaces_count_for_themselves(store: Store) -> None:
    saved = await asyncio.gather(
        *(store.requests.save(request(), caller(f"command:{n}", (HERE, THERE)[n % 2]), NOON) for n in range(6))
    )
    assert [(each.run.workspace, each.run.number) for each in saved] == [
        (HERE, 1),
        (THERE, 1),
        (HERE, 2),
        (THERE, 2),
        (HERE, 3),
        (THERE, 3),
    ]


async def test_who_gives_up_before_it_began_finds_no_run(store: Store) -> None:
    first = asyncio.create_task(store.requests.save(request(), caller("command:1"), NOON))
    given_up = asyncio.create_task(store.requests.save(request(), caller("command:2"), NOON))
    await asyncio.sleep(0)  # both have asked
    given_up.cancel()
    assert (await first).run.number == 1
    with pytest.raises(asyncio.CancelledError):
        await given_up
    assert [run.number for run in await store.requests.newest(HERE, 10)] == [1]


async def test_a_request_that_no_database_takes_spoils_no_other(store: Store) -> None:
    odd = caller("command:odd", who="U0\ud800")  # half a character
    good, bad, too = await asyncio.gather(
        store.requests.save(request(), caller("command:1"), NOON),
        store.requests.save(request(), odd, NOON),
        store.requests.save(request(), caller("command:2"), NOON),
        return_exceptions=True,
    )
    assert isinstance(bad, Exception)
    assert not isinstance(good, BaseException)
    assert not isinstance(too, BaseException)
    assert {good.run.number, too.run.number} == {1, 2}
