"""What the tracker writes and reads: its process's heartbeat, the runs that it holds, and what becomes of them.

A process is one row whose `beats` grow. Others judge it by whether they see it grow, by their own clocks; who is
declared dead gets a new epoch, so that nothing it still writes counts, and its runs go to the others.
"""

from __future__ import annotations

import asyncio
import json
import logging
from math import inf
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError
from sqlalchemy import and_, bindparam, case, delete, exists, false, func, insert, literal, or_, select, true, update

from bot.model import News, Progress, Request, Results, Run, State
from bot.store.rows import fingerprint, held_of, news_rows, nobodys, progress_columns
from bot.store.tables import cards, files, news, processes, results, runs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Row

    from bot.store.database import Database
    from bot.store.rows import Held

log = logging.getLogger(__name__)

SURELY_ALIVE: Final = 2.0
"""Seconds after a beat for which nobody can have missed the next ones; less than it takes to be declared dead."""
# Asked every second, and so made once: to make a query takes longer than to answer it.
_ORPHANED: Final = select(runs.c.id).where(runs.c.settled == false(), nobodys(runs.c.holder))
_AN_ORPHAN: Final = _ORPHANED.limit(1)
_MINE: Final = and_(runs.c.holder == bindparam("me"), runs.c.settled == false())
# A union, so that each half has its index: most runs are in neither.
_CALLS: Final = (
    select(runs.c.id, literal(0).label("taken_back"))
    .join(cards, cards.c.run == runs.c.id)
    .where(_MINE, runs.c.state == State.REQUESTED.value, or_(cards.c.ts.is_not(None), cards.c.refused != ""))
    .union_all(select(runs.c.id, literal(1)).where(_MINE, runs.c.untracked_at.is_not(None)))
)
_BEATS: Final = select(processes.c.id, processes.c.beats).where(processes.c.dead == false())


class Holding:
    """This process's share of the runs."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self.process_id: int | None = None
        self.epoch = 1
        self._beaten = -inf
        self._unreadable: set[int] = set()

    async def register(self) -> None:
        """Enter this process; a process that was declared dead enters anew."""
        now = _clock()
        async with self._db.write() as connection:
            row = (await connection.execute(insert(processes).values(beats=1).returning(processes.c.id))).one()
            idle = ~exists().where(runs.c.holder == processes.c.id, runs.c.settled == false())
            await connection.execute(delete(processes).where(processes.c.dead == true(), idle))
        self.process_id, self.epoch, self._beaten = row.id, 1, now

    async def beat(self) -> bool:
        """Show that this process lives; False where it was declared dead."""
        now = _clock()
        change = update(processes).where(self._me()).values(beats=processes.c.beats + 1)
        lives = await self._db.write_one(change) == 1
        if lives:
            self._beaten = now
        return lives

    async def lives(self, process: int | None) -> bool:
        """Whether nobody can have declared this process dead: its last beat is too young for that, or it beats now.

        A beat whose answer comes late proves nothing: the process may have stood still while it was on its way.

        Args:
            process: As which process the question's work began: who entered anew since isn't that one any more.
        """
        while process == self.process_id:
            if _clock() - self._beaten < SURELY_ALIVE:
                return True
            if not await self.beat():
                return False
        return False

    def silence(self) -> float:
        """For how many seconds no beat of this process has been written; 0.0 before the first was."""
        return 0.0 if self._beaten == -inf else _clock() - self._beaten

    async def leave(self) -> None:
        """Hand everything over at once: what a process that stops in order does last."""
        await self._db.write_one(update(processes).where(self._me()).values(dead=True))

    async def beats(self) -> dict[int, int]:
        """The other living processes' heartbeats, by process."""
        async with self._db.read() as connection:
            rows = (await connection.execute(_BEATS)).all()
        return {row.id: row.beats for row in rows if row.id != self.process_id}

    async def part(self, living: int) -> float:
        """Which part of all that the living processes hold this one holds; between 0 and 1.

        Each counts for one run more than it has, so that one that has just come up isn't left with nothing.

        Args:
            living: How many processes live.
        """
        alive = select(processes.c.id).where(processes.c.dead == false())
        query = (
            select(runs.c.holder, func.count().label("many"))
            .where(runs.c.settled == false(), runs.c.holder.in_(alive))
            .group_by(runs.c.holder)
        )
        async with self._db.read() as connection:
            held: dict[int, int] = {row.holder: row.many for row in (await connection.execute(query)).all()}
        mine = 0 if self.process_id is None else held.get(self.process_id, 0)
        return (mine + 1) / (sum(held.values()) + living)

    async def declare_dead(self, process: int, beats: int) -> bool:
        """Fence a process that was seen not to beat since `beats`; False where it had beaten after all."""
        silent = and_(processes.c.id == process, processes.c.beats == beats, processes.c.dead == false())
        change = update(processes).where(silent).values(dead=True, epoch=processes.c.epoch + 1)
        return await self._db.write_one(change) == 1

    async def claim(self, limit: int) -> list[int]:
        """Take up to `limit` runs that nobody living holds; `held` reads them."""
        async with self._db.read() as connection:
            if (await connection.execute(_AN_ORPHAN)).first() is None:
                return []
        batch = _ORPHANED.limit(limit).with_for_update(skip_locked=True)
        change = update(runs).where(runs.c.id.in_(batch)).values(holder=self.process_id).returning(runs.c.id)
        async with self._db.write() as connection:
            if await connection.scalar(select(processes.c.id).where(self._me())) is None:
                return []
            return [row.id for row in (await connection.execute(change)).all()]

    async def ids(self) -> list[int]:
        """Which unsettled runs this process holds."""
        query = select(runs.c.id).where(runs.c.holder == self.process_id, runs.c.settled == false())
        async with self._db.read() as connection:
            return [row.id for row in (await connection.execute(query)).all()]

    async def held(self, ids: Sequence[int] | None = None) -> list[Held]:
        """The unsettled runs that this process holds, or those of them among `ids`, as far as they can be read."""
        query = (
            select(runs, cards.c.ts.is_not(None).label("carded"), cards.c.refused)
            .join(cards, cards.c.run == runs.c.id)
            .where(runs.c.holder == self.process_id, runs.c.settled == false())
            .order_by(runs.c.id)
        )
        if ids is not None:
            query = query.where(runs.c.id.in_(ids))
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).all()
        return [held for row in rows if (held := self._read(row)) is not None]

    def _read(self, row: Row[Any]) -> Held | None:
        """What a row says; None where this code can't read it, which keeps no other run away."""
        try:
            return held_of(row)
        except ValidationError as error:
            if row.id not in self._unreadable:
                self._unreadable.add(row.id)
                fields = ", ".join(".".join(map(str, one["loc"])) for one in error.errors())  # and no values
                log.warning(
                    "run %d isn't followed: its row can't be read, by a newer Threadbook? %s", row.number, fields
                )
            return None

    async def calls(self) -> list[tuple[int, bool]]:
        """Held runs that somebody's write wants looked at, each with whether that was a person who took it back.

        The others' cards are posted, or can't be.
        """
        async with self._db.read() as connection:
            rows = (await connection.execute(_CALLS, {"me": self.process_id})).all()
        return [(row.id, bool(row.taken_back)) for row in rows]

    async def commit(
        self, run: Run, progress: Progress, told: Sequence[News], *, request: dict[str, Any] | None = None
    ) -> bool:
        """Write what became of a held run.

        Returns:
            False where it's no longer ours, or no longer what `run` says; then nothing was written. Nor is a start that
            a person has taken back.
        """
        wanted = [runs.c.untracked_at.is_(None)] if progress.state is State.SUBMITTING else []
        async with self._db.write() as connection:
            change = update(runs).where(*self._still(run), *wanted).values(self._changes(progress, request))
            if (await connection.execute(change)).rowcount != 1:
                return False
            if told:
                await connection.execute(insert(news), news_rows(run.id, told))
        return True

    async def settle(
        self, run: Run, progress: Progress, told: Sequence[News], left: Results, contents: Mapping[int, bytes]
    ) -> bool:
        """Like commit, with the results and the contents of their artifacts by position."""
        # Written out in a thread, for it can be megabytes; and as JSON itself, which has no word for infinity.
        body = await asyncio.to_thread(lambda: json.loads(left.model_dump_json(exclude_defaults=True)))
        async with self._db.write() as connection:
            change = update(runs).where(*self._still(run)).values(self._changes(progress, None))
            if (await connection.execute(change)).rowcount != 1:
                return False
            if told:
                await connection.execute(insert(news), news_rows(run.id, told))
            # A run that was unclear, and whose id came late, settles a second time.
            await connection.execute(delete(results).where(results.c.run == run.id))
            await connection.execute(delete(files).where(files.c.run == run.id))
            await connection.execute(insert(results).values(run=run.id, body=body))
            for position, content in contents.items():
                await connection.execute(insert(files).values(run=run.id, position=position, content=content))
        return True

    async def accept(self, run: Run, progress: Progress, told: Sequence[News]) -> bool:
        """Write what the platform answered to this attempt, whoever holds the run by now: an id is never thrown away.

        A run that had been called unclear meanwhile goes on with it, and its thread is open again; where another run
        had been taken out of the platform's list for it, that is set right.

        Returns:
            False where the attempt has its id already, or isn't the run's last.
        """
        late = [State.UNCLEAR.value] if progress.remote_id is not None else []
        unanswered = and_(runs.c.remote_id.is_(None), runs.c.state.in_([State.SUBMITTING.value, *late]))
        if progress.remote_id is not None and not progress.adopted:
            guessed = and_(runs.c.progress["adopted"].as_boolean(), runs.c.remote_id != progress.remote_id)
            unanswered = or_(unanswered, and_(guessed, runs.c.settled == false()))
        waiting = and_(runs.c.id == run.id, runs.c.attempt == progress.attempt, unanswered)
        # Where it's another's by now, or its holder believes something else of it, the next claim finds it.
        awaited = runs.c.state == State.SUBMITTING.value
        still_ours = and_(runs.c.holder == self.process_id, awaited, exists().where(self._me()))
        changes = self._changes(progress, None) | {"holder": case((still_ours, self.process_id), else_=None)}
        async with self._db.write() as connection:
            if (await connection.execute(update(runs).where(waiting).values(changes))).rowcount != 1:
                return False
            if told:
                await connection.execute(insert(news), news_rows(run.id, told))
            closed = update(cards).where(cards.c.run == run.id, cards.c.closed == true())
            await connection.execute(closed.values(closed=False, parts=0))
        return True

    async def claimed_ids(self, remote_ids: Sequence[str]) -> set[str]:
        """Which of these runs of a platform some row has already."""
        query = select(runs.c.remote_id).where(runs.c.remote_id.in_(remote_ids))
        async with self._db.read() as connection:
            return {row.remote_id for row in (await connection.execute(query)).all()}

    async def rivals(self, run: Run, since: datetime) -> int:
        """How many other submissions of this run's notebook since then are without an answer, in every workspace."""
        query = select(runs.c.id).where(
            runs.c.platform == run.request.notebook.platform.value,
            runs.c.notebook == run.request.notebook.id,
            runs.c.state.in_([State.SUBMITTING.value, State.UNCLEAR.value]),
            runs.c.submitted_at >= since,
            runs.c.id != run.id,
        )
        async with self._db.read() as connection:
            return len((await connection.execute(query)).all())

    def _me(self) -> ColumnElement[bool]:
        return and_(processes.c.id == self.process_id, processes.c.epoch == self.epoch, processes.c.dead == false())

    def _still(self, run: Run) -> list[ColumnElement[bool]]:
        """The fence: the run is ours, we live, and it is what we think it is.

        It may not be: an id can have come in by `accept`, and a write whose answer was lost may have been done, so that
        what it told would be told a second time.
        """
        told = runs.c.progress
        return [
            runs.c.id == run.id,
            runs.c.holder == self.process_id,
            runs.c.settled == false(),
            runs.c.state == run.progress.state.value,
            runs.c.attempt == run.progress.attempt,
            runs.c.remote_id.is_not_distinct_from(run.progress.remote_id),
            told["trouble"].as_string().is_not_distinct_from(run.progress.trouble),
            told["word"].as_string().is_not_distinct_from(run.progress.word or None),
            exists().where(self._me()),
        ]

    @staticmethod
    def _changes(progress: Progress, request: dict[str, Any] | None) -> dict[str, Any]:
        changes = progress_columns(progress) | {"revision": runs.c.revision + 1}
        if request is None:
            return changes
        return changes | {"request": request, "sent_print": fingerprint(Request.model_validate(request))}


def _clock() -> float:
    """Seconds by the loop's own clock, which nothing sets back, and which a loop with a time of its own can play."""
    return asyncio.get_running_loop().time()
