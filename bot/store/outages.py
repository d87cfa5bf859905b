"""Whether anybody was there: one row that says when, and what is to be told where nobody was for long."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, false, insert, select, update

from bot.model import Frozen, Outage, Progress, State
from bot.store.database import insert_new
from bot.store.tables import notices, outages, presence, runs, workspaces

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.store.database import Database

LONG: Final = timedelta(hours=1)
"""Who was away for less tells nobody: the cards say it where it matters."""
TOPIC: Final = "down:"
_ONLY: Final = 1


class Untold(Frozen):
    """An outage that the admins of a workspace are still to be told of, and the rows of its runs."""

    id: int
    workspace: str
    since: datetime
    until: datetime
    runs: tuple[int, ...]


class Outages:
    """When somebody was last there."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def present(self, now: datetime, long: timedelta = LONG) -> bool:
        """Note that somebody is there; True where nobody had been for long, which is then to be told.

        Of several processes that come back at once, one finds that out.
        """
        only = presence.c.id == _ONLY
        async with self._db.write() as connection:
            if await insert_new(connection, presence, id=_ONLY, seen_at=now):
                return False  # the first start of all
            since = await connection.scalar(select(presence.c.seen_at).where(only).with_for_update())
            if since is None or now <= since:
                return False  # another's clock is ahead
            await connection.execute(update(presence).where(only).values(seen_at=now))
            if now - since < long:
                return False
            for workspace in (await connection.execute(select(workspaces.c.id))).scalars().all():
                open_ = select(runs.c.id).where(runs.c.workspace == workspace, runs.c.settled == false())
                under_way = list((await connection.execute(open_.order_by(runs.c.id))).scalars())
                row = {"workspace": workspace, "since": since, "until": now, "runs": under_way}
                await connection.execute(insert(outages).values(row))
        return True

    async def untold(self, workspace: str) -> list[Untold]:
        """What this workspace's admins are still to be told of."""
        query = select(outages).where(outages.c.workspace == workspace).order_by(outages.c.id)
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).all()
        return [
            Untold(id=row.id, workspace=workspace, since=row.since, until=row.until, runs=tuple(row.runs))
            for row in rows
        ]

    async def tell(self, untold: Untold, looked: Callable[[int], bool], *, patient: bool, now: datetime) -> bool:
        """Have the admins told, once it can be said what became of the runs; True where there is no more to do.

        Args:
            untold: What.
            looked: Whether the platform has answered for a run, by its row, since it's followed again.
            patient: Wait for those that nobody has looked at.
            now: The time.
        """
        seen = select(runs.c.id, runs.c.number, runs.c.state, runs.c.settled, runs.c.progress)
        caught_up, unseen, unclear = 0, 0, list[int]()
        async with self._db.read() as connection:
            for at in range(0, len(untold.runs), 500):
                some = seen.where(runs.c.id.in_(untold.runs[at : at + 500])).order_by(runs.c.number)
                for row in (await connection.execute(some)).all():
                    if row.state == State.UNCLEAR.value:
                        unclear.append(row.number)
                    elif row.settled or State(row.state).final or looked(row.id):
                        caught_up += 1
                    elif row.state != State.SUBMITTING.value and not patient and not _troubled(row.progress):
                        caught_up += 1  # another process follows it, and has found nothing wrong
                    else:
                        unseen += 1
        if unseen and patient:
            return False
        said = Outage(
            since=untold.since, until=untold.until, caught_up=caught_up, unseen=unseen, unclear=tuple(unclear)
        )
        async with self._db.write() as connection:
            if (await connection.execute(delete(outages).where(outages.c.id == untold.id))).rowcount != 1:
                return True  # another process was quicker
            topic = f"{TOPIC}{untold.id}"
            await connection.execute(
                insert(notices).values(
                    workspace=untold.workspace, topic=topic, text=said.model_dump_json(), at=now, told=[]
                )
            )
        return True


def _troubled(progress: object) -> bool:
    return Progress.model_validate(progress).trouble is not None
