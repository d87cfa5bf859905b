"""How long a platform's token is to be left alone, told by whichever process was asked to by a 429."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, delete, insert, or_, select

from bot.model import Frozen, Platform
from bot.store.tables import rests

if TYPE_CHECKING:
    from bot.store.database import Database
    from bot.store.holding import Holding

LONGEST: Final = timedelta(days=1)
"""After that a row says nothing any more."""


class Rest(Frozen):
    """What another process was asked last.

    Attributes:
        seconds: For how long, counted from `at` by that process's clock.
    """

    process: int
    platform: Platform
    seconds: float
    at: datetime


class Rests:
    """What the processes that share a token tell each other of its 429s."""

    def __init__(self, database: Database, holding: Holding) -> None:
        self._db = database
        self._holding = holding

    async def tell(self, platform: Platform, seconds: float, now: datetime) -> None:
        """Have the others leave the platform's token alone for so long, whatever they were told before."""
        mine = {"process": self._holding.process_id, "platform": platform.value}
        earlier = and_(rests.c.process == mine["process"], rests.c.platform == platform.value)
        async with self._db.write() as connection:
            await connection.execute(delete(rests).where(or_(earlier, rests.c.at < now - LONGEST)))
            await connection.execute(insert(rests).values(mine | {"seconds": seconds, "at": now}))

    async def told(self) -> set[Rest]:
        """What each of the others told last, of each platform."""
        query = select(rests).where(rests.c.process != self._holding.process_id)
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return {Rest.model_validate(dict(row)) for row in rows}
