"""Short names belong to a workspace."""

from __future__ import annotations

import asyncio

from bot.model import Changes, Entry
from tests.store.house import HERE, KPIS, NOON, THERE, TRAIN, House

WEEKLY = Entry(
    name="weekly-kpis",
    notebook=KPIS,
    title="Weekly KPIs",
    defaults={"region": "EU", "quick": True, "weeks": ("1", "2")},
    literal=frozenset({"region"}),
    added_by="U0ANA",
)


async def test_an_entry_is_found_as_it_was_added_and_only_in_its_workspace(house: House) -> None:
    catalogue = (await house.process()).catalogue
    assert await catalogue.add(HERE, WEEKLY, NOON)
    assert await catalogue.add(THERE, WEEKLY.model_copy(update={"notebook": TRAIN}), NOON)
    assert await catalogue.entry(HERE, "weekly-kpis") == WEEKLY
    assert await catalogue.of(HERE, KPIS) == [WEEKLY]
    assert await catalogue.of(THERE, KPIS) == []
    assert [entry.notebook for entry in await catalogue.all(THERE)] == [TRAIN]
    assert await catalogue.remove(THERE, "weekly-kpis")
    assert not await catalogue.remove(THERE, "weekly-kpis")
    assert await catalogue.all(HERE) == [WEEKLY]


async def test_a_name_is_given_once_also_by_two_processes_at_the_same_moment(house: House) -> None:
    first, second = await house.process(), await house.process()
    entries = [WEEKLY.model_copy(update={"title": f"from {n}"}) for n in range(10)]
    added = await asyncio.gather(
        *((first, second)[n % 2].catalogue.add(HERE, entry, NOON) for n, entry in enumerate(entries))
    )
    assert added.count(True) == 1
    assert await first.catalogue.all(HERE) == [entries[added.index(True)]]


async def test_many_changes_are_made_all_at_once_or_not_at_all(house: House) -> None:
    catalogue = (await house.process()).catalogue
    old, new = WEEKLY.model_copy(update={"name": "old"}), WEEKLY.model_copy(update={"name": "new"})
    moved = WEEKLY.model_copy(update={"notebook": TRAIN})
    assert await catalogue.replace(HERE, Changes(added=(WEEKLY, old)), NOON)
    for wrong in (
        Changes(added=(new, old)),
        Changes(added=(new,), changed=((moved, WEEKLY),)),
        Changes(added=(new,), removed=(moved,)),
        Changes(added=(new, new)),
    ):
        assert not await catalogue.replace(HERE, wrong, NOON)
        assert await catalogue.all(HERE) == [old, WEEKLY]
    assert await catalogue.replace(HERE, Changes(added=(new,), changed=((WEEKLY, moved),), removed=(old,)), NOON)
    assert await catalogue.all(HERE) == [new, moved]
    assert await catalogue.workspaces() == [HERE]


async def test_of_two_imports_at_the_same_moment_one_is_told_to_look_again(house: House) -> None:
    first, second = await house.process(), await house.process()
    entries = [WEEKLY.model_copy(update={"title": f"from {n}"}) for n in range(6)]
    done = await asyncio.gather(
        *((first, second)[n % 2].catalogue.replace(HERE, Changes(added=(one,)), NOON) for n, one in enumerate(entries))
    )
    assert done.count(True) == 1
    assert await first.catalogue.all(HERE) == [entries[done.index(True)]]
