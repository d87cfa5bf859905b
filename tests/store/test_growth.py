"""The database's file doesn't grow without end, and what it no longer needs goes back to the disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, insert

from bot.store import database as shrinking
from bot.store.tables import files

if TYPE_CHECKING:
    from pathlib import Path

    from bot.store.store import Store
    from tests.store.house import House

MIB = 1024 * 1024


@pytest.fixture(params=["sqlite"])
def url(tmp_path: Path) -> str:
    """PostgreSQL has its autovacuum."""
    return f"sqlite+aiosqlite:///{tmp_path}/threadbook.db"


async def fill(store: Store, run: int, mib: int) -> None:
    async with store.database.write() as connection:
        for position in range(mib):
            await connection.execute(insert(files).values(run=run, position=position, content=bytes(MIB)))


async def empty(store: Store) -> None:
    async with store.database.write() as connection:
        await connection.execute(delete(files))


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
