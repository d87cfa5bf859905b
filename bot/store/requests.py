"""What the desk writes and reads: requests saved, runs found, a person's acts."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import false, select, update

from bot.store.rows import run_of
from bot.store.saving import Guard, Saving
from bot.store.tables import cards, runs

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from bot.model import Caller, Notebook, Platform, Request, Run, State
    from bot.store.database import Database
    from bot.store.holding import Holding
    from bot.store.saving import Saved


class Sought(NamedTuple):
    """Which runs are looked for; None means any.

    Attributes:
        before: Only those with a lower number.
    """

    asker: str | None = None
    channel: str | None = None
    before: int | None = None
    platform: Platform | None = None
    notebook: Notebook | None = None
    states: Collection[State] | None = None


class Requests:
    """Requests and the runs that they became."""

    def __init__(self, database: Database, holding: Holding) -> None:
        self._db = database
        self._saving = Saving(database, holding)

    async def save(
        self, request: Request, caller: Caller, now: datetime, *, dm: bool = False, guard: Guard = Guard.NOTHING
    ) -> Saved:
        """Save a request as a run with the workspace's next number; one payload is one run.

        A key that starts with `click:` means the same click only within five seconds. Nothing is saved while what
        `guard` names is under way, asked in the transaction that saves.

        Raises:
            StoreUnavailable: Nothing was saved.
        """
        return await self._saving.save(request, caller, now, dm=dm, guard=guard)

    async def close(self) -> None:
        """Let what is being saved be saved."""
        await self._saving.close()

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

    async def newest(
        self, workspace: str, limit: int, *, channel: str | None = None, asker: str | None = None
    ) -> list[Run]:
        """The newest runs of a workspace, of one of its channels, or of one person."""
        return await self.sought(workspace, limit, Sought(asker=asker, channel=channel))

    async def sought(self, workspace: str, limit: int, wanted: Sought) -> list[Run]:
        """The newest runs of a workspace that are looked for."""
        query = select(runs).where(runs.c.workspace == workspace)
        if wanted.asker is not None:
            query = query.where(runs.c.asker == wanted.asker)
        if wanted.before is not None:
            query = query.where(runs.c.number < wanted.before)
        if wanted.platform is not None:
            query = query.where(runs.c.platform == wanted.platform.value)
        if wanted.notebook is not None:
            of = (runs.c.platform == wanted.notebook.platform.value) & (runs.c.notebook == wanted.notebook.id)
            query = query.where(of)
        if wanted.states is not None:
            query = query.where(runs.c.state.in_([state.value for state in wanted.states]))
        if wanted.channel is not None:
            query = query.join(cards, cards.c.run == runs.c.id).where(
                (cards.c.channel == wanted.channel)
                | (cards.c.channel.is_(None) & (runs.c.channel == wanted.channel) & (runs.c.dm == false()))
            )
        async with self._db.read() as connection:
            rows = (await connection.execute(query.order_by(runs.c.number.desc()).limit(limit))).all()
        return [run_of(row) for row in rows]

    async def of_notebook(
        self, workspace: str, notebook: Notebook, limit: int, *, asker: str | None = None
    ) -> list[Run]:
        """The newest runs of a notebook, or those of them that one person asked for."""
        query = select(runs).where(
            runs.c.workspace == workspace,
            runs.c.platform == notebook.platform.value,
            runs.c.notebook == notebook.id,
        )
        if asker is not None:
            query = query.where(runs.c.asker == asker)
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

    async def by_card(self, workspace: str, channel: str, ts: str) -> Run | None:
        """The workspace's run whose card this message is; a channel can belong to two workspaces."""
        query = (
            select(runs)
            .join(cards, cards.c.run == runs.c.id)
            .where(runs.c.workspace == workspace, cards.c.channel == channel, cards.c.ts == ts)
        )
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
