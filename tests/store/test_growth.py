"""The database doesn't grow without end; SQLite's file also gives back to the disk what it no longer needs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, func, insert, select, update

from bot.store import database as shrinking
from bot.store.tables import files, metadata, results, runs
from tests.store.house import HERE
from tests.store.test_pruning import LATER, courier, over, rows_of

if TYPE_CHECKING:
    from pathlib import Path

    from bot.model import Run
    from bot.store.store import Store
    from tests.store.house import House

MIB = 1024 * 1024


async def fill(store: Store, run: int, mib: int) -> None:
    async with store.database.write() as connection:
        for position in range(mib):
            await connection.execute(insert(files).values(run=run, position=position, content=bytes(MIB)))


async def empty(store: Store) -> None:
    async with store.database.write() as connection:
        await connection.execute(delete(files))


@pytest.mark.parametrize("server", ["sqlite"], indirect=True)
async def test_what_was_deleted_is_used_again_and_what_is_too_much_goes_back(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shrinking, "SPARE_PAGES", 300)
    monkeypatch.setattr(shrinking, "PAGES_AT_ONCE", 150)
    store = await house.process()
    run = await house.carded(store)

    def size() -> int:
        return (tmp_path / "threadbook.db").stat().st_size

    for _ in range(3):
        await fill(store, run.id, 3)
        await empty(store)
    async with store.database.engine.connect() as connection:
        await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    assert size() < 5 * MIB
    pieces = 0
    while await store.database.shrink():
        pieces += 1
    async with store.database.engine.connect() as connection:
        await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    assert 3 <= pieces < 20  # so that nobody waits for long
    assert size() < 2 * MIB


@pytest.mark.parametrize("server", ["postgresql"], indirect=True)
async def test_postgresql_uses_again_what_pruning_left_once_it_is_vacuumed(house: House) -> None:
    """As its autovacuum does of its own accord, later: pages aren't given back, but filled again."""
    store = await courier(house)
    sizes = []
    for each in range(4):
        for number in range(4):
            await said_much(store, await over(house, store, f"r{each}-{number}"))
        sizes.append(await size(store))
        assert (await store.pruning.results(HERE, LATER)).number == 4
        assert (await store.pruning.runs(HERE, LATER)).number == (4 if each else 3)
        assert [await rows_of(store, table) for table in (runs, results, files)] == [1, 1, 0]  # the newest stays
        await vacuum(store)
    assert sizes[0] > MIB
    assert max(sizes[2:]) < sizes[1] + MIB / 4


async def said_much(store: Store, run: Run) -> None:
    """Some 400 KiB that can't be packed."""
    said = {"outputs": [{"block": 1, "kind": "text", "text": os.urandom(MIB // 16).hex()}]}
    async with store.database.write() as connection:
        await connection.execute(insert(files).values(run=run.id, position=1, content=os.urandom(MIB // 4)))
        await connection.execute(update(results).where(results.c.run == run.id).values(body=said))


async def size(store: Store) -> int:
    """Bytes of all tables, with their indexes and what is kept beside them."""
    async with store.database.read() as connection:
        tables = [select(func.pg_total_relation_size(name)) for name in metadata.tables]
        return sum([await connection.scalar(table) or 0 for table in tables])


async def vacuum(store: Store) -> None:
    """What autovacuum does, now."""
    async with store.database.engine.connect() as connection:
        alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await alone.exec_driver_sql("VACUUM")
