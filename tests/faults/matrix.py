"""The matrix: every boundary, on both platforms and both databases, with one process and with replicas."""

from __future__ import annotations

import asyncio
import tempfile
import traceback
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from tests.faults.boundaries import BOUNDARIES, PLATFORMS, Platform
from tests.faults.cell import Cell
from tests.faults.children import Nursery
from tests.faults.town import town
from tests.store.postgres import Postgres, running

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from tests.faults.boundaries import Boundary

Kind = Literal["sqlite", "postgres", "replicas"]
KINDS: Final[tuple[Kind, ...]] = ("sqlite", "postgres", "replicas")
Place = tuple[str, Platform, Kind]
"""A boundary's name, a platform, a database."""
PEERS: Final = {"sqlite": 1, "postgres": 1, "replicas": 2}
"""A process that is alone is started again once it was killed; of replicas, on PostgreSQL, the other one takes over."""


@dataclass(frozen=True)
class Ground:
    """What all cells share: where processes come from, and PostgreSQL."""

    nursery: Nursery
    server: Postgres | None

    async def play(self, boundary: Boundary, platform: Platform, kind: Kind) -> list[str]:
        """Play one cell; answers with what went wrong, and last with what was seen and logged."""
        with tempfile.TemporaryDirectory(prefix="threadbook-faults-") as name:
            folder = Path(name)
            async with AsyncExitStack() as stack:
                database = f"sqlite+aiosqlite:///{folder}/threadbook.db"
                if kind != "sqlite" and self.server is not None:
                    database = await self.server.database()
                    stack.push_async_callback(self.server.drop, database)
                here = await stack.enter_async_context(town(folder, database, self.nursery))
                wrong = await Cell(here, boundary, platform, PEERS[kind]).play()
                return [*wrong, here.said()] if wrong else []


async def fill(
    cells: Collection[Place], at_once: int, told: Callable[[Place, list[str]], None]
) -> dict[Place, list[str]]:
    """Play these cells, so many at the same time.

    Args:
        cells: Some of `cells()`.
        at_once: How many.
        told: Hears of each cell that has been played.

    Returns:
        What went wrong, by cell.
    """
    known = {boundary.name: boundary for boundary in BOUNDARIES}
    found: dict[Place, list[str]] = {}
    places = asyncio.Semaphore(at_once)

    async def one(place: Place) -> None:
        name, platform, kind = place
        async with places:
            try:
                found[place] = await ground.play(known[name], platform, kind)
            except Exception as error:  # noqa: BLE001, whatever it is, it is this cell's result
                found[place] = [str(error).partition("\n")[0] or type(error).__name__, traceback.format_exc()]
            told(place, found[place])

    with ExitStack() as stack:
        server = stack.enter_context(running()) if any(kind != "sqlite" for _, _, kind in cells) else None
        async with Nursery() as nursery, asyncio.TaskGroup() as group:
            ground = Ground(nursery, server)
            for place in cells:
                group.create_task(one(place))
    return found


def cells(*words: str) -> list[Place]:
    """All cells whose boundary's name has one of these words in it, or all."""
    wanted = [each for each in BOUNDARIES if not words or any(word in each.name for word in words)]
    return [
        (boundary.name, platform, kind)
        for boundary in wanted
        for platform in PLATFORMS
        for kind in KINDS
        if boundary.only in (None, platform)
    ]


def table(found: dict[Place, list[str]]) -> str:
    """The matrix as people read it."""
    columns = [(platform, kind) for platform in PLATFORMS for kind in KINDS]
    names = [boundary.name for boundary in BOUNDARIES if any(place[0] == boundary.name for place in found)]
    width = max(len(name) for name in names)
    lines = [" ".join([" " * width, *(f"{platform}/{kind:9}" for platform, kind in columns)]).rstrip()]
    for name in names:
        cells = [_cell(found.get((name, *column))) for column in columns]
        lines.append(" ".join([name.ljust(width), *(cell.ljust(18) for cell in cells)]).rstrip())
    return "\n".join(lines)


def _cell(wrong: list[str] | None) -> str:
    if wrong is None:
        return "·"
    return "✓" if not wrong else ", ".join(wrong[:-1]) or wrong[0]
