"""Every test of the store runs on SQLite and on PostgreSQL, each time in a database of its own."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import pytest

from tests.store.house import House
from tests.store.postgres import NoServer, Postgres, running
from tests.store.ready import address, ready

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from bot.store.store import Store


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server for all tests; where there can be none, they are skipped."""
    try:
        with running() as server:
            yield server
    except NoServer as reason:
        pytest.skip(str(reason))


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest) -> Postgres | None:
    """PostgreSQL's server, or none, for that is SQLite."""
    return None if request.param == "sqlite" else request.getfixturevalue("postgres")


@pytest.fixture
async def url(server: Postgres | None, tmp_path: Path) -> AsyncIterator[str]:
    """An empty database."""
    found = address(tmp_path / "threadbook.db") if server is None else await server.database()
    yield found
    if server is not None:
        await server.drop(found)


@pytest.fixture
async def house(server: Postgres | None, tmp_path: Path) -> AsyncIterator[House]:
    """A database with tables and without rows, and processes to come."""
    url = ready(tmp_path) if server is None else await server.ready()
    async with AsyncExitStack() as stack:
        yield House(url, stack)
    if server is not None:
        await server.drop(url)


@pytest.fixture
async def shared(postgres: Postgres) -> AsyncIterator[House]:
    """A database on PostgreSQL, and processes to come."""
    url = await postgres.ready()
    async with AsyncExitStack() as stack:
        yield House(url, stack)
    await postgres.drop(url)


@pytest.fixture
async def store(house: House) -> Store:
    """A process that has just started."""
    return await house.process()
