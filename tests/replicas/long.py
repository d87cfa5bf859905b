"""The stories of replicas at length: 24 runs, a database that is away for half a minute, and how long peers wait."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.faults.children import Nursery
from tests.faults.town import Town, town
from tests.replicas import ending, stories
from tests.store.postgres import Postgres, running

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

AWAY = 30.0
"""Seconds."""


async def tell() -> int:
    """Tell all, one after the other; the answer is an exit code."""
    failed = 0
    with running() as server:
        async with Nursery() as nursery:
            for name, story in _stories(server).items():
                begun = time.monotonic()
                try:
                    with tempfile.TemporaryDirectory(prefix="threadbook-replicas-") as folder:
                        async with town(Path(folder), await server.database(), nursery) as here:
                            said = await story(here)
                except AssertionError as error:
                    failed += 1
                    said, _, why = f"✗ {error}".partition("\n")
                    sys.stderr.write(f"{why}\n")
                else:
                    said = f"✓ {said}"
                sys.stdout.write(f"{name:32} {time.monotonic() - begun:4.0f} s  {said}\n")
                sys.stdout.flush()
    return min(failed, 1)


def _stories(server: Postgres) -> dict[str, Callable[[Town], Awaitable[str]]]:
    return {
        "one of three is killed": lambda here: stories.one_of_three_is_killed(here, 24),
        "hearts beat through slow calls": lambda here: stories.hearts_beat_through_slow_calls(here, 20),
        "one is stopped and wakes": stories.one_is_stopped_and_wakes,
        "one is stopped while it tells": stories.one_is_stopped_while_it_tells,
        "the database is restarted": lambda here: stories.the_database_goes_away(here, server, AWAY),
        "the database stands still": lambda here: stories.the_database_goes_away(here, server, AWAY, frozen=True),
        "one is told to end": ending.one_is_told_to_end,
        "told to end, and it stands still": lambda here: ending.all_are_told_to_end_while_the_database_stands_still(
            here, server
        ),
        "alone": lambda here: stories.peers_wake_each_other(here, 1),
        "peers wake each other": lambda here: stories.peers_wake_each_other(here, 3),
    }
