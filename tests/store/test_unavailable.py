"""A database that can't be reached says StoreUnavailable, and is used again as soon as it can be."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select, text, update

from bot.errors import StoreUnavailable, Unsure
from bot.store import database
from bot.store.store import Store
from bot.store.tables import workspaces
from tests.store.house import HERE, NOON, THERE, House, caller, request
from tests.store.postgres import running

if TYPE_CHECKING:
    from pathlib import Path

    from bot.store.database import Database
    from tests.store.postgres import Postgres


async def test_one_that_goes_away_while_it_commits_leaves_it_open_whether_it_was_written(shared: House) -> None:
    store, other = await shared.process(), await shared.process()

    async def written(*, to_the_end: bool) -> None:
        async with store.database.write() as connection:
            await connection.execute(update(workspaces).values(next_number=2))
            me = await connection.scalar(select(func.pg_backend_pid()))
            async with other.database.read() as theirs:
                await theirs.execute(select(func.pg_terminate_backend(me, 5_000)))
            if not to_the_end:
                await connection.execute(update(workspaces).values(next_number=3))

    with pytest.raises(Unsure):
        await written(to_the_end=True)
    with pytest.raises(StoreUnavailable) as before:
        await written(to_the_end=False)
    assert not isinstance(before.value, Unsure)


async def test_one_that_only_reads_since_another_server_has_taken_over(shared: House) -> None:
    store = await shared.courier()
    async with store.database.write() as connection:
        name = await connection.scalar(select(func.current_database()))
        await connection.execute(text(f"ALTER DATABASE {name} SET default_transaction_read_only = on"))
    await store.database.close()  # its connections were broken, and lead elsewhere now
    with pytest.raises(StoreUnavailable, match="read-only"):
        await store.holding.beat()
    with pytest.raises(StoreUnavailable, match="read-only"):
        await store.requests.save(request(), caller("command:1"), NOON)


async def test_a_file_that_another_has_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.2)
    file = tmp_path / "threadbook.db"
    store = Store(f"sqlite+aiosqlite:///{file}")
    await store.open()
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="locked"):
            await store.requests.save(request(), caller("command:1"), NOON)
        assert await store.requests.newest(HERE, 10) == []  # readers wait for nobody
        await store.database.ping()
        other.execute("ROLLBACK")
    saved = await store.requests.save(request(), caller("command:1"), NOON)
    assert (saved.fresh, saved.run.number) == (True, 1)
    await store.close()


async def test_a_file_that_cannot_be(tmp_path: Path) -> None:
    store = Store(f"sqlite+aiosqlite:///{tmp_path}/nowhere/threadbook.db")
    with pytest.raises(StoreUnavailable):
        await store.open()
    await store.close()
    for thread in threading.enumerate():  # aiosqlite doesn't wait for the thread of a connection that never was
        if "_connection_worker_thread" in thread.name:
            await asyncio.to_thread(thread.join)


async def test_a_server_that_is_away_for_a_while() -> None:
    with running() as server:
        store = Store(await server.database())
        await store.open()
        server.stop()
        with pytest.raises(StoreUnavailable):
            await store.database.ping()
        with pytest.raises(StoreUnavailable):
            await store.requests.save(request(), caller("command:1"), NOON)
        with pytest.raises(StoreUnavailable):
            await store.holding.beat()
        server.start()
        assert await store.holding.beat()
        assert (await store.requests.save(request(), caller("command:1"), NOON)).fresh
        await store.close()


async def test_a_database_that_does_not_exist(postgres: Postgres) -> None:
    store = Store(postgres.url("nowhere"))
    with pytest.raises(StoreUnavailable, match="nowhere"):
        await store.open()
    await store.close()


async def test_a_row_whose_holder_stands_still(shared: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stopped process holds a workspace's row; its session is ended before the others have to give up for ever."""
    monkeypatch.setattr(
        database, "STANDSTILL", {"lock_timeout": "100ms", "idle_in_transaction_session_timeout": "500ms"}
    )
    still, other = await shared.process(), await shared.process()
    await other.delivery.enter_workspace(HERE)
    with pytest.raises(StoreUnavailable):
        await _stands_still(still, other)
    assert (await other.requests.save(request(), caller("command:1"), NOON)).run.number == 1


async def _stands_still(still: Store, other: Store) -> None:
    async with still.database.write() as connection:
        await connection.execute(update(workspaces).values(next_number=7))
        with pytest.raises(StoreUnavailable, match="lock timeout"):
            await other.requests.save(request(), caller("command:1"), NOON)
        await _goes_on(other)
        await connection.execute(update(workspaces).values(next_number=8))


async def _goes_on(store: Store) -> None:
    """Try until a request is saved."""
    async with asyncio.timeout(10):
        while True:
            try:
                await store.requests.save(request(), caller("command:1"), NOON)
            except StoreUnavailable:
                continue
            return


async def test_two_who_wait_for_one_another(shared: House) -> None:
    first, second = await shared.process(), await shared.process()
    for workspace in (HERE, THERE):
        await first.delivery.enter_workspace(workspace)
    halfway = asyncio.Barrier(2)

    async def both(where: Database, one: str, another: str) -> None:
        async with where.write() as connection:
            await connection.execute(update(workspaces).where(workspaces.c.id == one).values(courier=1))
            await halfway.wait()
            await connection.execute(update(workspaces).where(workspaces.c.id == another).values(courier=1))

    ends = await asyncio.gather(
        both(first.database, HERE, THERE), both(second.database, THERE, HERE), return_exceptions=True
    )
    assert [type(end) for end in ends if end is not None] == [StoreUnavailable]


async def test_what_is_written_to_a_file_that_was_moved_is_not_called_saved(tmp_path: Path) -> None:
    """Whoever has it open goes on with it, and the next connection would begin a new one beside."""
    file, away = tmp_path / "threadbook.db", tmp_path / "away.db"
    store = Store(f"sqlite+aiosqlite:///{file}")
    await store.open()
    file.rename(away)
    for replaced in (False, True):
        if replaced:
            shutil.copy(away, file)
        with pytest.raises(StoreUnavailable, match="moved, deleted or replaced"):
            await store.requests.save(request(), caller("command:1"), NOON)
        with pytest.raises(StoreUnavailable, match="moved, deleted or replaced"):
            await store.database.ping()
    away.replace(file)
    assert (await store.requests.save(request(), caller("command:1"), NOON)).run.number == 1
    await store.close()
