"""Forgetting by age: what a run said, and then the run itself; in small batches, by a workspace's courier alone.

What was never told, or isn't over, is never forgotten. A workspace's numbers go on where they were, and the newest run
of all stays, so that SQLite doesn't give its row's number to another one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, delete, func, select, text, true, update

from bot.model import Frozen, Progress
from bot.store.tables import cards, files, notices, results, runs, workspaces

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.store.database import Database
    from bot.store.holding import Holding

BATCH: Final = 200
_HEAVY: Final = {
    # What was said is by far the most; figures, failure and names of files stay as long as the run does.
    "sqlite": ("json_type(body, '$.outputs') IS NOT NULL", "json_remove(body, '$.outputs')"),
    "postgresql": ("(body -> 'outputs') IS NOT NULL", "(body::jsonb - 'outputs')::json"),
}


class Pruned(Frozen):
    """What became of one batch.

    Attributes:
        number: How many rows were pruned.
        next: The run's number from which to go on; None where all the others are too young.
    """

    number: int
    next: int | None


class Pruning:
    """Forgets."""

    def __init__(self, database: Database, holding: Holding) -> None:
        self._db = database
        self._holding = holding

    async def runs(self, workspace: str, before: datetime, start: int = 0) -> Pruned:
        """Forget a batch of runs that were asked for before that, and have been over and told since then."""
        async with self._db.write() as connection:
            ids, following = await self._old(connection, workspace, before, start)
            if not ids:
                return Pruned(number=0, next=following)
            newest = select(func.max(runs.c.id)).scalar_subquery()
            gone = delete(runs).where(runs.c.id.in_(ids), self._over(), runs.c.id < newest)
            number = (await connection.execute(gone)).rowcount
            await connection.execute(delete(notices).where(notices.c.over == true(), notices.c.at < before))
        return Pruned(number=number, next=following)

    async def results(self, workspace: str, before: datetime, start: int = 0) -> Pruned:
        """Forget what a batch of such runs said; their threads have it."""
        heavy, light = _HEAVY["sqlite" if self._db.sqlite else "postgresql"]
        async with self._db.write() as connection:
            ids, following = await self._old(connection, workspace, before, start)
            if not ids:
                return Pruned(number=0, next=following)
            lighter = update(results).where(results.c.run.in_(ids), text(heavy)).values(body=text(light))
            number = (await connection.execute(lighter)).rowcount
            await connection.execute(delete(files).where(files.c.run.in_(ids)))
        return Pruned(number=number, next=following)

    async def _old(
        self, connection: AsyncConnection, workspace: str, before: datetime, start: int
    ) -> tuple[Sequence[int], int | None]:
        """Those of the next runs that may be forgotten, and where to go on."""
        mine = select(workspaces.c.id).where(
            workspaces.c.id == workspace, workspaces.c.courier == self._holding.process_id
        )
        if await connection.scalar(mine) is None:
            return [], None  # another process is the courier, and does it
        query = (
            select(runs.c.id, runs.c.number, runs.c.asked_at, runs.c.progress, self._over().label("over"))
            .join(cards, cards.c.run == runs.c.id)
            .add_columns(cards.c.closed)
            .where(runs.c.workspace == workspace, runs.c.number > start)
            .order_by(runs.c.number)  # and so by when they were asked for
            .limit(BATCH)
        )
        rows = (await connection.execute(query)).all()
        old = [row for row in rows if row.asked_at < before]
        ids = [row.id for row in old if row.over and row.closed and _ended(row.progress) < before]
        return ids, old[-1].number if len(old) == BATCH else None

    @staticmethod
    def _over() -> ColumnElement[bool]:
        return and_(runs.c.settled == true(), runs.c.shown_revision >= runs.c.revision)


def _ended(progress: object) -> datetime:
    known = Progress.model_validate(progress)
    return max(known.since, known.ended_at or known.since)
