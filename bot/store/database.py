"""The database's engine: how transactions begin on each database, and its migrations.

SQLite: WAL, synchronous FULL, one writer at a time. A writing transaction begins with BEGIN IMMEDIATE, so that
it can't be overtaken between its reading and its writing; PostgreSQL's row locks do the same there.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic import command
from alembic.config import Config
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from bot.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy.engine import Connection

BUSY_SECONDS = 5.0


class Database:
    """One engine.

    Args:
        url: `sqlite+aiosqlite:///file.db` or `postgresql+asyncpg://…`.
    """

    def __init__(self, url: str) -> None:
        self.sqlite = url.startswith("sqlite")
        self.engine = create_async_engine(
            url,
            # aiosqlite: how long a locked file is waited for; asyncpg: how long a connection may take.
            connect_args={"timeout": BUSY_SECONDS},
            pool_size=5,
            max_overflow=0 if self.sqlite else 10,  # SQLite gains nothing from more: one writes, a few read
            pool_pre_ping=not self.sqlite,
        )
        self._writing: asyncio.Lock | nullcontext[None] = asyncio.Lock() if self.sqlite else nullcontext()
        if self.sqlite:
            event.listen(self.engine.sync_engine, "connect", _on_connect)
            event.listen(self.engine.sync_engine, "begin", _on_begin)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that may write; committed at the end, rolled back on an exception.

        Raises:
            StoreUnavailable: The database can't be reached, or is locked for too long.
        """
        async with self._writing:
            with _translated():
                async with self.engine.connect() as plain:
                    connection = await plain.execution_options(threadbook_write=True)
                    async with connection.begin():
                        yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that only reads.

        Raises:
            StoreUnavailable: As for write().
        """
        with _translated():
            async with self.engine.connect() as connection, connection.begin():
                yield connection

    async def ping(self) -> None:
        """Ask for nothing.

        Raises:
            StoreUnavailable: There was no answer.
        """
        async with self.read() as connection:
            await connection.exec_driver_sql("SELECT 1")

    async def migrate(self) -> None:
        """Bring the tables up to date; several processes may do so at once."""
        with _translated():
            async with self.engine.connect() as plain:
                connection = await plain.execution_options(threadbook_write=True)
                async with connection.begin():
                    if not self.sqlite:
                        await connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7238461)")
                    await connection.run_sync(_upgrade)

    async def close(self) -> None:
        """Let all connections go."""
        await self.engine.dispose()


class _translated:  # noqa: N801, used as a statement
    """Turns a driver's trouble with the connection into StoreUnavailable; mistakes in our SQL stay what they are."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OperationalError | InterfaceError | PoolTimeoutError | OSError):
            raise StoreUnavailable(str(getattr(error, "orig", error))) from error
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            raise StoreUnavailable(str(error.orig)) from error


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _on_connect(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _on_begin(connection: Connection) -> None:
    write = connection.get_execution_options().get("threadbook_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
