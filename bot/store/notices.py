"""What the admins are to be told, because only they can mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, false, insert, select, update

from bot.model import Frozen
from bot.store.tables import notices, workspaces

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement

    from bot.store.database import Database


class Notice(Frozen):
    """A line for the admins, and who has been told it."""

    id: int
    topic: str
    text: str
    told: tuple[str, ...] = ()


class Notices:
    """What stands until it's over, and who was told.

    Each is about a topic, and of a topic one stands at a time.
    """

    def __init__(self, database: Database) -> None:
        self._db = database

    async def tell(self, workspace: str, topic: str, text: str, now: datetime) -> None:
        """Have the admins told once, until the topic is over."""
        standing = select(notices.c.id).where(notices.c.topic == topic, _standing(workspace))
        async with self._db.read() as connection:
            if (await connection.execute(standing)).first() is not None:
                return
        async with self._db.write() as connection:
            # Two processes may find out at the same moment.
            await connection.execute(select(workspaces.c.id).where(workspaces.c.id == workspace).with_for_update())
            if (await connection.execute(standing)).first() is None:
                await connection.execute(
                    insert(notices).values(workspace=workspace, topic=topic, text=text, at=now, told=[])
                )

    async def over(self, workspace: str, topic: str) -> None:
        """What the admins were told is over; the next time is told again."""
        standing = and_(notices.c.topic == topic, _standing(workspace))
        async with self._db.read() as connection:
            if await connection.scalar(select(notices.c.id).where(standing)) is None:
                return
        async with self._db.write() as connection:
            await connection.execute(update(notices).where(standing).values(over=True))

    async def standing(self, workspace: str) -> list[Notice]:
        """What the admins are to be told."""
        query = select(notices).where(_standing(workspace))
        async with self._db.read() as connection:
            rows = (await connection.execute(query.order_by(notices.c.id))).all()
        return [Notice(id=row.id, topic=row.topic, text=row.text, told=tuple(row.told)) for row in rows]

    async def told(self, notice: int, admin: str) -> None:
        """Note that an admin has been told."""
        row = notices.c.id == notice
        async with self._db.write() as connection:
            told = await connection.scalar(select(notices.c.told).where(row).with_for_update()) or []
            await connection.execute(update(notices).where(row).values(told=[*told, admin]))


def _standing(workspace: str) -> ColumnElement[bool]:
    return and_(notices.c.workspace == workspace, notices.c.over == false())
