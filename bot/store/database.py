"""The database's engine: how transactions begin on each database, and its migrations.

SQLite: WAL, synchronous FULL, one writer at a time. A writing transaction begins with BEGIN IMMEDIATE, so that
it can't be overtaken between its reading and its writing; PostgreSQL's row locks do the same there, and are let go
where their holder stands still.
"""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import asynccontextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import NullPool, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from bot.errors import StoreUnavailable, Unsure, Unusable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy import Table, Update
    from sqlalchemy.engine import Connection

BUSY_SECONDS: Final = 5.0
"""How long another's lock is waited for, and a connection."""
IN_THE_DRIVER: Final = 0.1
"""SQLite: seconds of that which the driver's thread waits at a time. Nobody can call it back before they are over."""
STATEMENT_SECONDS: Final = 30.0
"""PostgreSQL: how long one statement may take. A server that has vanished says nothing for a quarter of an hour."""
STANDSTILL: Final = {"lock_timeout": "5s", "idle_in_transaction_session_timeout": "10s"}
"""PostgreSQL: a process that was stopped in the middle of a transaction must not hold up the others for ever."""
SPARE_PAGES: Final = 4_000
"""SQLite: so many empty pages (of 4 KiB) are kept for what comes next; what there is beyond goes back to the disk."""
PAGES_AT_ONCE: Final = 1_000
WAL_BYTES: Final = 64 * 1024 * 1024
"""SQLite: what its log is cut to, once a burst of large files is over."""
_INCREMENTAL: Final = 2
_MIGRATIONS: Final = Path(__file__).parent / "migrations"
PASSING: Final = ("08", "25006", "25P03", "28", "3D", "40", "53", "55P03", "57", "58")
"""How those SQLSTATEs begin that aren't our SQL's fault.

Connections, a server that only reads since another has taken over, passwords, deadlocks, resources, locks, ends, disks.
"""


class Database:
    """One engine.

    Args:
        url: `sqlite+aiosqlite:///file.db` or `postgresql+asyncpg://…`.
    """

    def __init__(self, url: str) -> None:
        self.sqlite = url.startswith("sqlite")
        self._url = url
        # aiosqlite: how long a locked file is waited for; asyncpg: how long a connection may take.
        patience: dict[str, Any] = {"timeout": IN_THE_DRIVER if self.sqlite else BUSY_SECONDS}
        if not self.sqlite:
            from bot.store.parting import Connection  # noqa: PLC0415, asyncpg is an extra

            patience |= {"command_timeout": STATEMENT_SECONDS, "server_settings": STANDSTILL}
            patience["connection_class"] = Connection
        self.engine = create_async_engine(
            url,
            connect_args=patience,
            pool_size=5,
            max_overflow=0 if self.sqlite else 10,  # SQLite gains nothing from more: one writes, a few read
            pool_pre_ping=not self.sqlite,
        )
        self._file = _file_of(url)
        self._known: tuple[int, int] | None = None
        self._writing: asyncio.Lock | nullcontext[None] = asyncio.Lock() if self.sqlite else nullcontext()
        if self.sqlite:
            event.listen(self.engine.sync_engine, "connect", _on_connect)
            event.listen(self.engine.sync_engine, "begin", _on_begin)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that may write; committed at the end, rolled back on an exception.

        Raises:
            StoreUnavailable: The database can't be reached, or is locked for too long.
            Unsure: It went away while it committed.
        """
        async with self._writing:
            with _translated() as trouble:
                self._same_file()
                async with self.engine.connect() as plain:
                    connection = await plain.execution_options(threadbook_write=True)
                    async with connection.begin():
                        await self._lock(connection)
                        yield connection
                        trouble.committing = True

    async def write_one(self, statement: Update) -> int:
        """Carry out one statement that is a transaction of its own; answers with how many rows it changed.

        PostgreSQL is sent no BEGIN and no COMMIT: wherever a process is stopped, it holds no lock.

        Raises:
            StoreUnavailable: As for write().
            Unsure: It went away before it answered.
        """
        if self.sqlite:
            async with self.write() as connection:
                return (await connection.execute(statement)).rowcount
        with _translated() as trouble:
            async with self.engine.connect() as plain:
                connection = await plain.execution_options(isolation_level="AUTOCOMMIT")
                trouble.committing = True
                return (await connection.execute(statement)).rowcount

    async def _lock(self, connection: AsyncConnection) -> None:
        """Take SQLite's one lock for writing; waited for here, where whoever has no more time can be called back."""
        if not self.sqlite:
            return
        until = asyncio.get_running_loop().time() + BUSY_SECONDS
        while True:
            try:
                await connection.exec_driver_sql("BEGIN IMMEDIATE")
            except OperationalError as error:
                locked = getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY
                if not locked or asyncio.get_running_loop().time() > until:
                    raise
                await asyncio.sleep(IN_THE_DRIVER / 10)
            else:
                return

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that only reads.

        Raises:
            StoreUnavailable: As for write().
        """
        with _translated():
            self._same_file()
            async with self.engine.connect() as connection, connection.begin():
                yield connection

    def _same_file(self) -> None:
        """See that SQLite's file is the one that was opened: what is written to one that was moved is lost.

        Raises:
            StoreUnavailable: It's gone, or another one.
        """
        if self._known is not None and _identity(self._file) not in (self._known, None):
            raise StoreUnavailable("its file was moved, deleted or replaced: start Threadbook again")

    async def ping(self) -> None:
        """Ask for nothing.

        Raises:
            StoreUnavailable: There was no answer.
        """
        async with self.read() as connection:
            await connection.exec_driver_sql("SELECT 1")

    async def migrate(self) -> None:
        """Bring the tables up to date; several processes may do so at once.

        Raises:
            StoreUnavailable: It can't be reached.
            Unusable: It is none, or none that we may make tables in; with the reason.
        """
        try:
            await self._migrate()
            self._known = _identity(self._file)  # None where that can't be told: then nothing is compared
        except CommandError as error:
            raise Unusable("its tables are of a newer Threadbook") from error
        except DBAPIError as error:
            raise Unusable(str(error.orig)) from error
        except (SQLAlchemyError, TypeError, ValueError) as error:  # options behind the ? that the driver doesn't know
            raise Unusable(type(error).__name__) from error

    async def _migrate(self) -> None:
        # On PostgreSQL a connection of its own: a migration, and the wait for another's, may take long.
        engine = (
            self.engine
            if self.sqlite
            else create_async_engine(self._url, poolclass=NullPool, connect_args={"timeout": BUSY_SECONDS})
        )
        with _translated():
            async with engine.connect() as plain:
                connection = await plain.execution_options(threadbook_write=True)
                async with connection.begin():
                    await self._lock(connection)
                    if not self.sqlite:
                        await connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7238461)")
                    await connection.run_sync(_upgrade)

    async def examine(self) -> tuple[str | None, str | None]:
        """Try to write, and take it back; answers with the migration that the tables are at, and the newest one.

        The first is None where there are no tables yet; the second, where this code doesn't know the first.

        Raises:
            StoreUnavailable: It can't be reached, or not be written to.
        """
        async with self.write() as connection:
            at = await connection.run_sync(lambda plain: MigrationContext.configure(plain).get_current_revision())
            # Who migrates may be somebody else: with its tables there, no more is tried than serving does.
            if at is None:
                await connection.exec_driver_sql("CREATE TABLE threadbook_check (id VARCHAR(32))")
            else:
                await connection.exec_driver_sql("INSERT INTO workspaces (id) VALUES ('threadbook check')")
            await connection.rollback()
        known = ScriptDirectory(str(_MIGRATIONS))
        revisions = {script.revision for script in known.walk_revisions()}
        return at, known.get_current_head() if at is None or at in revisions else None

    async def shrink(self) -> float:
        """Give a piece of what SQLite's file has to spare back to the disk.

        Returns:
            How many seconds that took; 0.0 where there is nothing worth it. PostgreSQL looks after itself.
        """
        if not self.sqlite:
            return 0.0
        loop = asyncio.get_running_loop()
        async with self.read() as connection:
            spare = (await connection.exec_driver_sql("PRAGMA freelist_count")).scalar() or 0
            mode = (await connection.exec_driver_sql("PRAGMA auto_vacuum")).scalar()
        if spare <= SPARE_PAGES or mode != _INCREMENTAL:
            return 0.0
        began = loop.time()
        async with self._writing:
            with _translated():
                async with self.engine.connect() as connection:
                    driver: Any = (await connection.get_raw_connection()).driver_connection
                    # Each step frees one page. Only as a script are all of them taken, in a transaction of their own.
                    await driver.executescript(f"PRAGMA incremental_vacuum({min(PAGES_AT_ONCE, spare - SPARE_PAGES)})")
        return loop.time() - began

    async def close(self) -> None:
        """Let all connections go."""
        await self.engine.dispose()


def _file_of(url: str) -> Path | None:
    """SQLite's file, where it is one; `file:` begins what only SQLite itself can read."""
    address = make_url(url)
    name = address.database or ":memory:"
    return None if address.get_backend_name() != "sqlite" or name.startswith((":memory:", "file:")) else Path(name)


def _identity(file: Path | None) -> tuple[int, int] | None:
    """Which file stands under that name; None where that can't be told, zeros where there is none."""
    if file is None:
        return None
    try:
        seen = file.stat()
    except FileNotFoundError:
        return (0, 0)
    except OSError:
        return None
    return seen.st_dev, seen.st_ino


class _translated:  # noqa: N801, used as a statement
    """Turns a driver's trouble with the connection into StoreUnavailable; mistakes in our SQL stay what they are."""

    committing = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OperationalError | InterfaceError | PoolTimeoutError | OSError) or _passes(error):
            words = str(getattr(error, "orig", error)) or "no answer in time"
            raise (Unsure(words) if self.committing else StoreUnavailable(words)) from error


def _passes(error: BaseException | None) -> bool:
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    state = getattr(getattr(error, "orig", error), "sqlstate", None)
    return isinstance(state, str) and state.startswith(PASSING)


async def insert_new(connection: AsyncConnection, table: Table, **values: Any) -> bool:
    """Insert a row; False where there is one with its key, also where another process inserts it at this moment."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    return (await connection.execute(dialect.insert(table).values(values).on_conflict_do_nothing())).rowcount == 1


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _on_connect(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    # Only of a file without a page can it be chosen; later it would change nothing, but take the lock for writing.
    cursor.execute("PRAGMA page_count")
    if cursor.fetchone() == (0,):
        with suppress(sqlite3.OperationalError):  # another process makes the file at this moment, and has chosen it
            cursor.execute("PRAGMA auto_vacuum=INCREMENTAL")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute(f"PRAGMA journal_size_limit={WAL_BYTES}")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _on_begin(connection: Connection) -> None:
    if not connection.get_execution_options().get("threadbook_write", False):
        connection.exec_driver_sql("BEGIN")  # who writes takes the lock at once: see `Database.write`
