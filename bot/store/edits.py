"""When cards were edited lately: what a new courier must know of Slack's minute."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, delete, false, insert, or_, select, update

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

    async def begin(self, workspace: str, now: datetime) -> int:
        """Note that a card is about to be edited; answers with what `answered` takes."""
        old = and_(edits.c.workspace == workspace, edits.c.at < now - KEPT)
        begun = insert(edits).values(workspace=workspace, at=now, answered=False).returning(edits.c.id)
        async with self._db.write() as connection:
            await connection.execute(delete(edits).where(old))
            return int(await connection.scalar(begun) or 0)

    async def answered(self, edit: int, now: datetime) -> None:
        """Note that Slack has answered, or that nobody waits for its answer any more."""
        async with self._db.write() as connection:
            await connection.execute(update(edits).where(edits.c.id == edit).values(at=now, answered=True))

    async def ages(self, workspace: str, now: datetime, within: timedelta) -> list[float]:
        """Seconds since cards were edited within this time; none where Slack hasn't answered, and may yet count it."""
        lately = or_(edits.c.at > now - within, and_(edits.c.answered == false(), edits.c.at > now - KEPT))
        query = select(edits.c.at, edits.c.answered).where(edits.c.workspace == workspace, lately).order_by(edits.c.at)
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).all()
        return [max((now - row.at).total_seconds(), 0.0) if row.answered else 0.0 for row in rows]
