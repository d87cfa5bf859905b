"""When cards were edited lately: what a new courier must know of Slack's minute."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, delete, insert, select

from bot.store.tables import edits

if TYPE_CHECKING:
    from datetime import datetime

    from bot.store.database import Database

KEPT: Final = timedelta(minutes=5)
"""Longer than any minute of Slack's, whatever the clocks of two machines say."""


class Edits:
    """A workspace's edits of the last minutes, whoever made them."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def note(self, workspace: str, now: datetime) -> None:
        """Note that a card is about to be edited."""
        old = and_(edits.c.workspace == workspace, edits.c.at < now - KEPT)
        async with self._db.write() as connection:
            await connection.execute(delete(edits).where(old))
            await connection.execute(insert(edits).values(workspace=workspace, at=now))

    async def since(self, workspace: str, then: datetime) -> list[datetime]:
        """When cards were edited since then, oldest first."""
        query = select(edits.c.at).where(edits.c.workspace == workspace, edits.c.at > then).order_by(edits.c.at)
        async with self._db.read() as connection:
            return [row.at for row in (await connection.execute(query)).all()]
