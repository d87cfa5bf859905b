"""How many rows there are of what: for figures, not for decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from bot.model import Platform, State
from bot.store.tables import runs

if TYPE_CHECKING:
    from bot.store.database import Database


class Counts:
    """Counts rows."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def runs(self) -> dict[tuple[Platform, State], int]:
        """All runs that are kept, by platform and state."""
        query = select(runs.c.platform, runs.c.state, func.count()).group_by(runs.c.platform, runs.c.state)
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).all()
        return {(Platform(platform), State(state)): number for platform, state, number in rows}

    async def undelivered(self) -> int:
        """Runs whose card or thread isn't what is true."""
        query = select(func.count()).select_from(runs).where(runs.c.shown_revision < runs.c.revision)
        async with self._db.read() as connection:
            return await connection.scalar(query) or 0
