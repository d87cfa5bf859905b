"""A PostgreSQL that stands still: connections stay, nothing is answered, and limits of time are kept all the same."""

from __future__ import annotations

import asyncio
import gc
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import asyncpg  # type: ignore[import-untyped]  # it has none of its own
import pytest
from sqlalchemy import text

from bot.store.parting import PARTING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from bot.store.store import Store
    from tests.store.house import House
    from tests.store.postgres import Postgres

LIMIT = 0.3
LATE = PARTING + 0.7
"""A limit that isn't kept comes two seconds late, or thirty."""
OTHERS = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")


@pytest.fixture
async def store(shared: House) -> AsyncIterator[Store]:
    """A process that has one connection; afterwards nothing is left of those that it had besides."""
    found = await shared.process()
    await found.database.ping()
    yield found
    gc.collect()  # a socket that nobody closed would be told of now
    assert asyncio.all_tasks() == {asyncio.current_task()}
    async with asyncio.timeout(10):
        while await _others(found):  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0.01)
    assert await found.holding.beat()


async def _others(store: Store) -> int:
    async with store.database.read() as connection:
        return int(await connection.scalar(OTHERS) or 0)


@contextmanager
def frozen(server: Postgres) -> Iterator[None]:
    server.freeze()
    try:
        yield
    finally:
        server.thaw()


async def kept(work: Callable[[], Awaitable[Any]]) -> None:
    """Do what can't be done, and see that its limit of time is kept."""
    begun = time.monotonic()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(LIMIT):
            await work()
    assert time.monotonic() - begun < LIMIT + LATE


async def test_whoever_asks(store: Store, postgres: Postgres) -> None:
    with frozen(postgres):
        await kept(store.database.ping)


async def test_whoever_connects(store: Store, postgres: Postgres) -> None:
    await store.database.close()
    with frozen(postgres):
        await kept(store.database.ping)


async def test_whoever_is_in_the_middle_of_something(store: Store, postgres: Postgres) -> None:
    async def write() -> None:
        async with store.database.write() as connection:
            await connection.execute(text("SELECT 1"))
            still.enter_context(frozen(postgres))
            await connection.execute(text("SELECT 2"))

    with ExitStack() as still:
        await kept(write)


async def test_whoever_is_called_back_between_two_statements(store: Store, postgres: Postgres) -> None:
    async def write() -> None:
        async with store.database.write() as connection:
            await connection.execute(text("SELECT 1"))
            still.enter_context(frozen(postgres))
            await asyncio.Event().wait()

    with ExitStack() as still:
        await kept(write)


async def test_whoever_commits(store: Store, postgres: Postgres) -> None:
    async def write() -> None:
        async with store.database.write() as connection:
            await connection.execute(text("SELECT 1"))
            still.enter_context(frozen(postgres))

    with ExitStack() as still:
        await kept(write)


async def test_whoever_has_just_had_an_answer(
    store: Store, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether a connection still works is asked within a transaction; it begins, and then all is still."""
    asks = asyncpg.Connection.fetchrow

    async def fetchrow(connection: asyncpg.Connection, *arguments: Any, **more: Any) -> Any:
        monkeypatch.undo()
        still.enter_context(frozen(postgres))
        return await asks(connection, *arguments, **more)

    monkeypatch.setattr(asyncpg.Connection, "fetchrow", fetchrow)
    with ExitStack() as still:
        await kept(store.database.ping)


async def test_whoever_lets_all_connections_go(store: Store, postgres: Postgres) -> None:
    await asyncio.gather(*(store.database.ping() for _ in range(5)))
    with frozen(postgres):
        begun = time.monotonic()
        await store.database.close()
        assert time.monotonic() - begun < 5 * PARTING + LATE


async def test_a_server_that_goes_on_is_asked_to_leave_off(store: Store) -> None:
    """Who is called back leaves nothing going on there; a connection that is only cut would be noticed at its end."""

    async def sleep() -> None:
        async with store.database.read() as connection:
            await connection.execute(text("SELECT pg_sleep(60)"))

    await kept(sleep)
