"""Every test of the store runs on SQLite and on PostgreSQL, each time in a database of its own."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import pytest

from tests.store.house import House
from tests.store.postgres import NoServer, Postgres, running

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
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """An empty database."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path}/threadbook.db"
        return
    server: Postgres = request.getfixturevalue("postgres")
    found = await server.database()
    yield found
    await server.drop(found)


@pytest.fixture
async def house(url: str) -> AsyncIterator[House]:
    """An empty database, and processes to come."""
    async with AsyncExitStack() as stack:
        yield House(url, stack)


@pytest.fixture
async def shared(postgres: Postgres) -> AsyncIterator[House]:
    """A database on PostgreSQL, and processes to come."""
    url = await postgres.database()
    async with AsyncExitStack() as stack:
        yield House(url, stack)
    await postgres.drop(url)


@pytest.fixture
async def store(house: House) -> Store:
    """A process that has just started."""
    return await house.process()
