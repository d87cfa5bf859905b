"""Looking at a database without changing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import inspect

from bot.errors import StoreUnavailable
from bot.store.database import Database

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tests.store.postgres import Postgres


def tables(connection: Connection) -> list[str]:
    return inspect(connection).get_table_names()


async def test_an_empty_database_is_written_to_and_stays_empty(url: str) -> None:
    database = Database(url)
    at, newest = await database.examine()
    assert at is None
    assert newest is not None
    async with database.read() as connection:
        assert await connection.run_sync(tables) == []
    await database.close()


async def test_a_database_knows_its_migration(url: str) -> None:
    database = Database(url)
    await database.migrate()
    at, newest = await database.examine()
    assert at == newest
    async with database.write() as connection:
        assert (await connection.exec_driver_sql("SELECT * FROM workspaces")).all() == []
        await connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'later'")
    assert await database.examine() == ("later", None)
    await database.close()


async def test_one_that_is_not_there_says_so(postgres: Postgres) -> None:
    database = Database(postgres.url("nowhere"))
    with pytest.raises(StoreUnavailable):
        await database.examine()
    await database.close()
