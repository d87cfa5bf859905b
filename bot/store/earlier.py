"""A notebook's earlier runs: how long they took, and the last success, with which a new result is compared."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import or_, select, true

from bot.model import Facts, Frozen, Inputs, Progress, Request, State
from bot.store.tables import cards, results, runs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.model import Notebook, Run
    from bot.store.database import Database


class Success(Frozen):
    """A run that succeeded, as far as another is compared with it.

    Attributes:
        number: As people type it.
        ended_at: When it ended.
        channel, ts: Of its card.
        inputs: What it was given.
        facts: What its document said.
    """

    number: int
    ended_at: datetime
    channel: str
    ts: str
    inputs: Inputs
    facts: Facts


class Earlier:
    """A notebook's runs before."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def success(self, run: Run, *, same: bool) -> Success | None:
        """The last success of the run's notebook before it, of those whose cards are in the same channel.

        Only in the same channel, for a run is seen only by those who can see its card. A DM's channel is its person's.

        Args:
            run: The run; its card is posted.
            same: Only one that was asked for with the same inputs and options, or was sent with the same.
        """
        own = select(runs.c.asked_print, runs.c.sent_print, cards.c.channel).join(cards, cards.c.run == runs.c.id)
        async with self._db.read() as connection:
            mine = (await connection.execute(own.where(runs.c.id == run.id))).first()
            if mine is None or mine.channel is None:
                return None
            query = (
                select(
                    runs.c.number,
                    runs.c.asked_at,
                    runs.c.request,
                    runs.c.progress,
                    cards.c.channel,
                    cards.c.ts,
                    results.c.body["facts"].label("facts"),
                )
                .join(cards, cards.c.run == runs.c.id)
                .join(results, results.c.run == runs.c.id)
                .where(
                    runs.c.platform == run.request.notebook.platform.value,
                    runs.c.notebook == run.request.notebook.id,
                    runs.c.workspace == run.workspace,
                    runs.c.id < run.id,
                    runs.c.state == State.SUCCEEDED.value,
                    runs.c.settled == true(),
                    cards.c.channel == mine.channel,
                    cards.c.ts.is_not(None),
                )
            )
            if same:
                prints = [one for one in (mine.asked_print, mine.sent_print) if one]
                query = query.where(or_(runs.c.asked_print.in_(prints), runs.c.sent_print.in_(prints)))
            row = (await connection.execute(query.order_by(runs.c.id.desc()).limit(1))).first()
        if row is None:
            return None
        return Success(
            number=row.number,
            ended_at=Progress.model_validate(row.progress).ended_at or row.asked_at,
            channel=row.channel,
            ts=row.ts,
            inputs=Request.model_validate(row.request).inputs,
            facts=Facts.model_validate(row.facts or {}),
        )

    async def durations(
        self, workspace: str, notebook: Notebook, limit: int, states: Sequence[State] = (State.SUCCEEDED,)
    ) -> list[float]:
        """How many seconds the newest runs of a notebook took that ended so, newest first."""
        query = (
            select(runs.c.progress)
            .where(
                runs.c.platform == notebook.platform.value,
                runs.c.notebook == notebook.id,
                runs.c.workspace == workspace,
                runs.c.state.in_([state.value for state in states]),
            )
            .order_by(runs.c.id.desc())
            .limit(limit)
        )
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).all()
        known = [Progress.model_validate(row.progress) for row in rows]
        return [(one.ended_at - one.started_at).total_seconds() for one in known if one.ended_at and one.started_at]
