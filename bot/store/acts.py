"""What people ask for around a run: to be told too, its owner, their Home, and links that unfurl."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from bot.model import News, NewsKind, State
from bot.store.database import insert_new
from bot.store.rows import news_rows
from bot.store.tables import channels, homes, listeners, news, runs, workspaces

if TYPE_CHECKING:
    from datetime import datetime

    from bot.store.database import Database

HOME_KEPT = timedelta(days=2)
"""Who hasn't opened their Home for so long has it drawn when they open it, and not before."""


class Acts:
    """People's acts, each in rows of its own."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def listen(self, run_id: int, person: str) -> bool | None:
        """Have this person mentioned at the run's end; False where they were to be already, None where it has ended."""
        async with self._db.write() as connection:
            # Locked: whoever ends the run waits, so that what is read for its closing line then has this person.
            state = await connection.scalar(select(runs.c.state).where(runs.c.id == run_id).with_for_update())
            if state is None or State(state).final:
                return None
            return await insert_new(connection, listeners, run=run_id, person=person)

    async def ask_owner(self, run_id: int, person: str, owner: str, now: datetime) -> bool:
        """Have the owner asked in the run's thread; False where somebody did before."""
        asked = News(at=now, kind=NewsKind.OWNER_ASKED, text=owner, by=person)
        async with self._db.write() as connection:
            first = update(runs).where(runs.c.id == run_id, runs.c.owner_asked_by.is_(None))
            changed = await connection.execute(first.values(owner_asked_by=person, revision=runs.c.revision + 1))
            if changed.rowcount != 1:
                return False
            await connection.execute(insert(news), news_rows(run_id, [asked]))
        return True

    async def home_opened(self, workspace: str, person: str, now: datetime) -> None:
        """Somebody looks at their Home."""
        mine = (homes.c.workspace == workspace) & (homes.c.person == person)
        async with self._db.write() as connection:
            if not await insert_new(connection, homes, workspace=workspace, person=person, opened_at=now):
                await connection.execute(update(homes).where(mine).values(opened_at=now))
            await connection.execute(delete(homes).where(homes.c.opened_at < now - HOME_KEPT))

    async def has_home(self, workspace: str, person: str, now: datetime) -> bool:
        """Whether their Home is worth drawing again."""
        query = select(homes.c.person).where(
            homes.c.workspace == workspace, homes.c.person == person, homes.c.opened_at >= now - HOME_KEPT
        )
        async with self._db.read() as connection:
            return (await connection.execute(query)).first() is not None

    async def set_unfurl(self, workspace: str, channel: str, *, on: bool) -> bool:
        """Whether addresses unfurl in a channel; False where it was so before."""
        here = (channels.c.workspace == workspace) & (channels.c.channel == channel)
        async with self._db.write() as connection:
            await insert_new(connection, workspaces, id=workspace)
            await insert_new(connection, channels, workspace=workspace, channel=channel, unfurl=False)
            change = update(channels).where(here, channels.c.unfurl.is_not(on)).values(unfurl=on)
            return (await connection.execute(change)).rowcount == 1

    async def unfurls(self, workspace: str, channel: str) -> bool:
        """Whether addresses unfurl in a channel."""
        query = select(channels.c.unfurl).where(channels.c.workspace == workspace, channels.c.channel == channel)
        async with self._db.read() as connection:
            return bool(await connection.scalar(query))
