"""SQLite without threads: the file is real, its locks too; only the waiting is played.

SQLAlchemy finds it as `sqlite+simulated:///file`. Each transaction costs time where it begins and where it commits,
before and after, so that a process can be killed or stopped in between.
"""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from sqlalchemy import AsyncAdaptedQueuePool
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache, await_only

from tests.simulation.life import Life
from tests.simulation.loop import OWNER

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from types import ModuleType
    from typing import Protocol

    from sqlalchemy import URL

    class Disk(Protocol):
        """What the world does to a database."""

        def begins(self, life: Life, *, writing: bool) -> float:
            """How long a transaction takes to begin; raises what goes wrong."""

        def commits(self, life: Life) -> tuple[float, float, bool]:
            """How long a commit takes before and after its effect, and whether its answer is lost; raises as above."""

        def committed(self, life: Life, written: Sequence[str]) -> None:
            """The effect is there: these tables were written."""


COMPILED: LRUCache[Any, Any] = LRUCache(2_000)
"""Statements are compiled once for all stories."""
DISKS: dict[str, Disk] = {}
"""By the database's path."""
IN_THE_DRIVER = 0.1
"""Seconds for which SQLite itself waits for a lock, as `Database` has it."""


class _Nothing:
    """Awaited by each statement, and over at once: SQLAlchemy wants an asynchronous driver to be one."""

    def __await__(self) -> Generator[Any, Any, None]:
        yield from ()


NOTHING = _Nothing()


class Cursor(sqlite3.Cursor):
    """Waits where a transaction begins, and notes which tables are written."""

    connection: Connection

    async def _async_soft_close(self) -> None:
        """SQLAlchemy asks it of asynchronous drivers' cursors; the rows of this one are where they were."""

    def execute(self, sql: str, parameters: Any = ()) -> Cursor:
        """See sqlite3."""
        if sql.startswith("BEGIN"):
            self.connection.begin(self, writing=sql != "BEGIN")
            return self
        super().execute(sql, parameters)
        await_only(NOTHING)
        self.connection.note(sql)
        return self

    def executemany(self, sql: str, parameters: Any) -> Cursor:
        """See sqlite3."""
        super().executemany(sql, parameters)
        await_only(NOTHING)
        self.connection.note(sql)
        return self


class Connection(sqlite3.Connection):
    """A connection of one process."""

    def attach(self, disk: Disk, life: Life) -> None:
        """Whose it is."""
        self._disk, self._life = disk, life
        self._written: list[str] = []
        life.connections.append(self)

    def cursor(self, factory: Any = Cursor) -> Any:
        """See sqlite3."""
        return super().cursor(factory)

    def note(self, sql: str) -> None:
        """A statement was run."""
        if sql.startswith(("INSERT INTO ", "UPDATE ", "DELETE FROM ")):
            words = sql.split(maxsplit=3)
            self._written.append(words[1] if words[0] == "UPDATE" else words[2])

    def begin(self, cursor: Cursor, *, writing: bool) -> None:
        """Begin a transaction; one that writes waits for the lock, as SQLite does in the driver's thread."""
        self._written.clear()
        wait = self._disk.begins(self._life, writing=writing)
        await_only(asyncio.sleep(wait) if wait else NOTHING)
        statement = "BEGIN IMMEDIATE" if writing else "BEGIN"
        try:
            sqlite3.Cursor.execute(cursor, statement)
        except sqlite3.OperationalError:
            await_only(asyncio.sleep(IN_THE_DRIVER))
            sqlite3.Cursor.execute(cursor, statement)

    def commit(self) -> None:
        """See sqlite3."""
        if not self.in_transaction or not self._written:
            super().commit()
            return
        before, after, lost = self._disk.commits(self._life)
        await_only(asyncio.sleep(before))
        super().commit()
        self._disk.committed(self._life, tuple(self._written))
        await_only(asyncio.sleep(after))
        if lost:
            raise sqlite3.OperationalError("the connection broke before the answer came")

    def rollback(self) -> None:
        """See sqlite3."""
        with suppress(sqlite3.ProgrammingError):  # it was broken off
            super().rollback()

    def break_off(self) -> None:
        """What a killed process leaves: nothing."""
        self.rollback()
        super().close()


class Simulated(SQLiteDialect_pysqlite):
    """The dialect; all of them are one, so that what is compiled for one is for all."""

    driver = "simulated"
    is_async = True
    has_terminate = True
    supports_statement_cache = True

    @classmethod
    def import_dbapi(cls) -> ModuleType:
        """SQLite's own module: its errors are the right ones."""
        return sqlite3

    @classmethod
    def get_pool_class(cls, url: URL) -> type[AsyncAdaptedQueuePool]:
        """As aiosqlite's."""
        return AsyncAdaptedQueuePool

    def connect(self, path: str, *_args: Any, **_more: Any) -> Any:
        """A connection of the process whose step this is."""
        life = OWNER.get()
        assert isinstance(life, Life)
        connection = sqlite3.connect(path, timeout=0, factory=Connection, check_same_thread=False)
        connection.attach(DISKS[path], life)
        return connection

    def do_terminate(self, dbapi_connection: Any) -> None:
        """Let a connection go in the middle of its work."""
        dbapi_connection.break_off()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Simulated)

    def __hash__(self) -> int:
        return 1


registry.register("sqlite.simulated", __name__, "Simulated")
