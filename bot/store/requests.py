"""What the desk writes and reads: requests saved, runs found, a person's acts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import false, insert, select, update

from bot.model import Caller, Frozen, Progress, Request, Run, State
from bot.store.rows import progress_columns, run_of
from bot.store.tables import cards, runs, workspaces

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.store.database import Database
    from bot.store.holding import Holding

DOUBLE_CLICK = timedelta(seconds=5)


class Saved(Frozen):
    """A saved request; `fresh` is False where this payload had been saved before."""

    run: Run
    fresh: bool


class Requests:
    """Requests and the runs that they became."""

    def __init__(self, database: Database, holding: Holding) -> None:
        self._db = database
        self._holding = holding

    async def save(self, request: Request, caller: Caller, now: datetime, *, dm: bool = False) -> Saved:
        """Save a request as a run with the workspace's next number; one payload is one run.

        A key that starts with `click:` means the same click only within five seconds.

        Raises:
            StoreUnavailable: Nothing was saved.
        """
        async with self._db.write() as connection:
            number = await _lock_workspace(connection, caller.workspace)
            before = select(runs).where(runs.c.workspace == caller.workspace, runs.c.key == caller.key)
            if caller.key.startswith("click:"):
                before = before.where(runs.c.asked_at > now - DOUBLE_CLICK)
            known = (await connection.execute(before.order_by(runs.c.id.desc()).limit(1))).first()
            if known is not None:
                return Saved(run=run_of(known), fresh=False)
            row = self._row(request, caller, now, number, dm=dm)
            run = run_of((await connection.execute(insert(runs).values(row).returning(runs))).one())
            await connection.execute(insert(cards).values(run=run.id))
            await connection.execute(
                update(workspaces).where(workspaces.c.id == caller.workspace).values(next_number=number + 1)
            )
        return Saved(run=run, fresh=True)

    def _row(self, request: Request, caller: Caller, now: datetime, number: int, *, dm: bool) -> dict[str, Any]:
        return {
            "workspace": caller.workspace,
            "number": number,
            "key": caller.key,
            "platform": request.notebook.platform.value,
            "notebook": request.notebook.id,
            "request": request.model_dump(mode="json", exclude_defaults=True),
            "asker": caller.person.id,
            "asker_name": caller.person.name,
            "asker_tz": caller.person.tz,
            "channel": caller.channel,
            "dm": dm,
            "reply_url": caller.reply_url,
            "asked_at": now,
            "holder": self._holding.process_id,
            "revision": 1,
            "shown_revision": 0,
            **progress_columns(Progress(state=State.REQUESTED, since=now)),
        }

    async def by_number(self, workspace: str, number: int) -> Run | None:
        """The run that people call `number`."""
        async with self._db.read() as connection:
            query = select(runs).where(runs.c.workspace == workspace, runs.c.number == number)
            row = (await connection.execute(query)).first()
        return None if row is None else run_of(row)

    async def by_id(self, run_id: int) -> Run | None:
        """The run of this row."""
        async with self._db.read() as connection:
            row = (await connection.execute(select(runs).where(runs.c.id == run_id))).first()
        return None if row is None else run_of(row)

    async def newest(self, workspace: str, limit: int, *, channel: str | None = None) -> list[Run]:
        """The newest runs of a workspace, or of one of its channels."""
        query = select(runs).where(runs.c.workspace == workspace)
        if channel is not None:
            query = query.join(cards, cards.c.run == runs.c.id).where(
                (cards.c.channel == channel)
                | (cards.c.channel.is_(None) & (runs.c.channel == channel) & (runs.c.dm == false()))
            )
        async with self._db.read() as connection:
            rows = (await connection.execute(query.order_by(runs.c.id.desc()).limit(limit))).all()
        return [run_of(row) for row in rows]

    async def card_channel(self, run_id: int) -> str | None:
        """Where the run's card is, once it's posted."""
        async with self._db.read() as connection:
            return await connection.scalar(select(cards.c.channel).where(cards.c.run == run_id))

    async def card_channels(self, run_ids: list[int]) -> dict[int, str]:
        """Where the cards of these runs are, as far as they're posted."""
        query = select(cards.c.run, cards.c.channel).where(cards.c.run.in_(run_ids), cards.c.channel.is_not(None))
        async with self._db.read() as connection:
            return {row.run: row.channel for row in (await connection.execute(query)).all()}

    async def by_card(self, channel: str, ts: str) -> Run | None:
        """The run whose card this message is."""
        query = select(runs).join(cards, cards.c.run == runs.c.id).where(cards.c.channel == channel, cards.c.ts == ts)
        async with self._db.read() as connection:
            row = (await connection.execute(query)).first()
        return None if row is None else run_of(row)

    async def untrack(self, run_id: int, person: str, now: datetime) -> bool:
        """Note that a person wants it no longer tracked; False where somebody had said so before."""
        change = (
            update(runs)
            .where(runs.c.id == run_id, runs.c.untracked_at.is_(None))
            .values(untracked_at=now, untracked_by=person)
        )
        async with self._db.write() as connection:
            return (await connection.execute(change)).rowcount == 1


async def _lock_workspace(connection: AsyncConnection, workspace: str) -> int:
    """Hold the workspace's row until the transaction ends, and answer with its next number."""
    query = select(workspaces.c.next_number).where(workspaces.c.id == workspace).with_for_update()
    number = await connection.scalar(query)
    if number is None:
        await connection.execute(insert(workspaces).values(id=workspace))
        return 1
    return int(number)
