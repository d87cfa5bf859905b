"""Replicas share one PostgreSQL; whatever happens to one of them, or to the database, every run is told once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from tests.faults.children import Nursery
from tests.faults.town import Town, town
from tests.replicas import ending, stories
from tests.store.postgres import NoServer, Postgres, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """A server that these tests may stop."""
    try:
        with running() as found:
            yield found
    except NoServer as reason:
        pytest.skip(str(reason))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def nursery() -> AsyncIterator[Nursery]:
    """Where processes come from."""
    async with Nursery() as found:
        yield found


@pytest_asyncio.fixture(loop_scope="module")
async def here(server: Postgres, nursery: Nursery, tmp_path: Path) -> AsyncIterator[Town]:
    """Slack, both platforms and an empty database."""
    database = await server.database()
    async with town(tmp_path, database, nursery) as found:
        yield found
    await server.drop(database)


async def test_the_runs_and_the_workspace_of_a_killed_replica_are_the_others_within_five_seconds(here: Town) -> None:
    await stories.one_of_three_is_killed(here)


async def test_hearts_beat_through_slow_calls_and_uploads(here: Town) -> None:
    await stories.hearts_beat_through_slow_calls(here)


async def test_a_replica_that_slept_overwrites_nothing_when_it_wakes(here: Town) -> None:
    await stories.one_is_stopped_and_wakes(here)


async def test_a_replica_that_slept_while_it_told_the_results_says_nothing_more(here: Town) -> None:
    await stories.one_is_stopped_while_it_tells(here)


async def test_a_database_that_is_restarted_loses_nothing(here: Town, server: Postgres) -> None:
    await stories.the_database_goes_away(here, server, seconds=2)


async def test_a_database_that_stands_still_loses_nothing_and_lets_nobody_wait(here: Town, server: Postgres) -> None:
    await stories.the_database_goes_away(here, server, seconds=2, frozen=True)


async def test_a_replica_that_is_told_to_end_hands_its_runs_over(here: Town) -> None:
    await ending.one_is_told_to_end(here)


async def test_all_that_are_told_to_end_do_so_though_the_database_stands_still(here: Town, server: Postgres) -> None:
    await ending.all_are_told_to_end_while_the_database_stands_still(here, server)
