"""The tables come from the migrations, however many processes start at once, and are those that the code names."""

from __future__ import annotations

import asyncio
import sys
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from bot.store.database import Database
from bot.store.store import Store
from bot.store.tables import metadata
from tests.store.house import HERE, NOON, House, caller, request

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection
    from sqlalchemy.engine.interfaces import ReflectedIndex

    from tests.store.postgres import Postgres

OPENS = "import asyncio, sys; from bot.store.store import Store; asyncio.run(Store(sys.argv[1]).open())"


def seen(connection: Connection) -> dict[str, Any]:
    """All tables as the database itself describes them."""
    inspector = inspect(connection)
    return {
        table: {
            "columns": sorted(
                (column["name"], str(column["type"]), column["nullable"], str(column["default"]))
                for column in inspector.get_columns(table)
            ),
            "key": inspector.get_pk_constraint(table),
            "foreign keys": sorted(inspector.get_foreign_keys(table), key=lambda key: str(key["name"])),
            "indexes": sorted(
                (str(index["name"]), index["column_names"], bool(index["unique"]), _conditions(index))
                for index in inspector.get_indexes(table)
            ),
        }
        for table in inspector.get_table_names()
        if table != "alembic_version"
    }


def _conditions(index: ReflectedIndex) -> list[str]:
    """What a partial index asks of its rows."""
    return sorted(str(each) for name, each in index.get("dialect_options", {}).items() if name.endswith("_where"))


async def described(database: Database) -> dict[str, Any]:
    async with database.read() as connection:
        return await connection.run_sync(seen)


async def test_an_empty_database_gets_its_tables_and_an_old_one_keeps_its_rows(url: str) -> None:
    async with AsyncExitStack() as stack:
        house = House(url, stack)
        run = await house.asked(await house.process())
        again = await house.process()
        assert await again.requests.by_number(HERE, run.number) == run


async def test_processes_that_start_at_once_migrate_once(url: str) -> None:
    starts = [await asyncio.create_subprocess_exec(sys.executable, "-W", "ignore", "-c", OPENS, url) for _ in range(3)]
    assert [await process.wait() for process in starts] == [0, 0, 0]
    store = Store(url)
    await store.open()
    assert (await store.requests.save(request(), caller("command:1"), NOON)).run.number == 1
    assert len(await store.holding.beats()) == 3
    await store.close()


async def test_the_migrations_make_what_the_code_names(url: str) -> None:
    database = Database(url)
    await database.migrate()

    def differences(connection: Connection) -> list[Any]:
        about = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(about, metadata))

    async with database.read() as connection:
        assert await connection.run_sync(differences) == []
    await database.close()


async def test_on_sqlite_they_make_it_to_the_letter(tmp_path: Path) -> None:
    await _alike(f"sqlite+aiosqlite:///{tmp_path}/migrated.db", f"sqlite+aiosqlite:///{tmp_path}/created.db")


async def test_on_postgresql_they_make_it_to_the_letter(postgres: Postgres) -> None:
    migrated, created = await postgres.database(), await postgres.database()
    await _alike(migrated, created)
    await postgres.drop(migrated)
    await postgres.drop(created)


async def _alike(migrated: str, created: str) -> None:
    """Alembic's comparison passes over defaults, constraints' names and the conditions of indexes; this one doesn't."""
    first, second = Database(migrated), Database(created)
    await first.migrate()
    async with second.write() as connection:
        await connection.run_sync(metadata.create_all)
    assert await described(first) == await described(second)
    await first.close()
    await second.close()
