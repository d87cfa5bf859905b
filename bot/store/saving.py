"""Saving requests: those that come at the same moment share a transaction, and so one write to the disk.

Saved one by one, fifty at once would wait for fifty commits in a row; a person waits for the ack meanwhile.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import false, insert, or_, select, update

from bot.errors import StoreUnavailable
from bot.model import FINAL, Caller, Frozen, Notebook, Progress, Request, Run, State
from bot.store.database import insert_new
from bot.store.rows import fingerprint, progress_columns, run_of
from bot.store.tables import cards, runs, workspaces

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.store.database import Database
    from bot.store.holding import Holding

DOUBLE_CLICK: Final = timedelta(seconds=5)
TOGETHER: Final = 100
"""Requests in one transaction at most."""


class Saved(Frozen):
    """What became of a request.

    Attributes:
        run: The run that it became; or the one that stands in its way, and then nothing was saved.
        fresh: False where this payload had been saved before.
        in_the_way: The same is under way; or the notebook is, where one at a time is the rule.
    """

    run: Run
    fresh: bool
    in_the_way: bool = False


class Guard(StrEnum):
    """What must not be under way for a request to be saved."""

    NOTHING = "nothing"
    SAME = "same"  # the same notebook with the same inputs and options
    NOTEBOOK = "notebook"  # the notebook at all


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """A request that waits to be saved, and who waits for it."""

    request: Request
    caller: Caller
    now: datetime
    dm: bool
    guard: Guard
    saved: asyncio.Future[Saved]


class Saving:
    """Saves requests in the order in which they come."""

    def __init__(self, database: Database, holding: Holding) -> None:
        self._db = database
        self._holding = holding
        self._waiting: list[Wanted] = []
        self._under_way: asyncio.Task[None] | None = None

    async def save(self, request: Request, caller: Caller, now: datetime, *, dm: bool, guard: Guard) -> Saved:
        """See Requests.save."""
        wanted = Wanted(request, caller, now, dm, guard, asyncio.get_running_loop().create_future())
        self._waiting.append(wanted)
        if self._under_way is None or self._under_way.done():
            self._under_way = asyncio.create_task(self._save_all())
        return await wanted.saved

    async def close(self) -> None:
        """Let what is being saved be saved."""
        if self._under_way is not None:
            await asyncio.wait({self._under_way})

    async def _save_all(self) -> None:
        while self._waiting:
            together, self._waiting = self._waiting[:TOGETHER], self._waiting[TOGETHER:]
            # Whoever gave up before it began must not find a run all the same.
            together = [each for each in together if not each.saved.done()]
            try:
                await self._save(together)
            except StoreUnavailable as error:
                _fail(together, error)
            except Exception:  # noqa: BLE001, it is raised where it belongs: one bad request mustn't take others with it
                await self._one_by_one(together)
            except BaseException:
                for each in (*together, *self._waiting):
                    each.saved.cancel()
                raise

    async def _one_by_one(self, together: Sequence[Wanted]) -> None:
        for each in together:
            try:
                await self._save([each])
            except Exception as error:  # noqa: BLE001, handed to whoever waits for it
                _fail([each], error)

    async def _save(self, together: Sequence[Wanted]) -> None:
        """Save them all in one transaction, and tell those who wait once it's committed."""
        if not together:
            return
        done: list[tuple[Wanted, Saved]] = []
        async with self._db.write() as connection:
            # Another's lock may have been waited for longer than they could wait for us.
            together = [each for each in together if not each.saved.done()]
            # Always in the same order, so that two processes never hold what the other waits for.
            for workspace in sorted({each.caller.workspace for each in together}):
                ours = [each for each in together if each.caller.workspace == workspace]
                done += zip(ours, await self._rows(connection, workspace, ours), strict=True)
        for wanted, saved in done:
            if not wanted.saved.done():
                wanted.saved.set_result(saved)

    async def _rows(self, connection: AsyncConnection, workspace: str, ours: Sequence[Wanted]) -> list[Saved]:
        """Insert what is new of one workspace; answers in the same order."""
        first = number = await _lock_workspace(connection, workspace)
        # The number of the newest run of each payload, and when it was asked for: known ones, then those of this batch.
        newest: dict[str, tuple[int, datetime]] = {}
        found: dict[int, Run] = {}
        query = select(runs).where(runs.c.workspace == workspace, runs.c.key.in_({each.caller.key for each in ours}))
        for row in (await connection.execute(query.order_by(runs.c.number))).all():
            found[row.number] = run_of(row)
            newest[row.key] = (row.number, row.asked_at)
        rivals = await _Rivals.of(connection, workspace, ours)
        answers: list[tuple[int, bool, bool]] = []
        fresh: list[dict[str, Any]] = []
        for each in ours:
            key = each.caller.key
            if key in newest and _same(key, newest[key][1], each.now):
                answers.append((newest[key][0], False, False))
                continue
            rival = rivals.of_request(each)
            if rival is not None:
                answers.append((rival, False, True))
                continue
            fresh.append(self._row(each, number))
            rivals.add(number, each.request)
            newest[key] = (number, each.now)
            answers.append((number, True, False))
            number += 1
        if fresh:
            for row in (await connection.execute(insert(runs).returning(runs), fresh)).all():
                found[row.number] = run_of(row)
            new = [{"run": found[each].id} for each in range(first, number)]
            await connection.execute(insert(cards), new)
            await connection.execute(update(workspaces).where(workspaces.c.id == workspace).values(next_number=number))
        found |= rivals.runs
        return [Saved(run=found[which], fresh=is_new, in_the_way=stopped) for which, is_new, stopped in answers]

    def _row(self, wanted: Wanted, number: int) -> dict[str, Any]:
        request, caller = wanted.request, wanted.caller
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
            "dm": wanted.dm,
            "reply_url": caller.reply_url,
            "asked_at": wanted.now,
            "asked_print": fingerprint(request),
            "holder": self._holding.process_id,
            "revision": 1,
            "shown_revision": 0,
            **progress_columns(Progress(state=State.REQUESTED, since=wanted.now)),
        }


class _Rivals:
    """What is under way of the notebooks that a batch asks for, each by its run's number."""

    def __init__(self) -> None:
        self.runs: dict[int, Run] = {}
        self._of_notebook: dict[Notebook, int] = {}
        self._of_print: dict[str, int] = {}

    @classmethod
    async def of(cls, connection: AsyncConnection, workspace: str, ours: Sequence[Wanted]) -> _Rivals:
        """Those in the rows now."""
        found = cls()
        prints = {fingerprint(each.request) for each in ours if each.guard is Guard.SAME}
        alone = {each.request.notebook.id for each in ours if each.guard is Guard.NOTEBOOK}
        if not prints and not alone:
            return found
        # Only what is in the way: thousands of others may be under way, and the database has one writer.
        in_the_way = or_(runs.c.asked_print.in_(prints), runs.c.sent_print.in_(prints), runs.c.notebook.in_(alone))
        query = select(runs).where(
            runs.c.workspace == workspace,
            runs.c.settled == false(),
            runs.c.state.not_in([state.value for state in FINAL]),
            in_the_way,
        )
        # Sorted here: asked for in order, SQLite would walk through the workspace's whole history.
        for row in sorted((await connection.execute(query)).all(), key=lambda row: row.number):
            run = run_of(row)
            found.runs[run.number] = run
            found._of_notebook[run.request.notebook] = run.number
            found._of_print |= {row.asked_print: run.number, row.sent_print: run.number}
        return found

    def of_request(self, wanted: Wanted) -> int | None:
        """The number of the run that stands in its way."""
        if wanted.guard is Guard.NOTHING:
            return None
        if wanted.guard is Guard.NOTEBOOK:
            return self._of_notebook.get(wanted.request.notebook)
        return self._of_print.get(fingerprint(wanted.request))

    def add(self, number: int, request: Request) -> None:
        """A request of the batch itself is in the others' way."""
        self._of_notebook[request.notebook] = number
        self._of_print[fingerprint(request)] = number


def _same(key: str, before: datetime, now: datetime) -> bool:
    """Whether a payload is the one that came before: a click is only for a few seconds."""
    return not key.startswith("click:") or before > now - DOUBLE_CLICK


def _fail(together: Sequence[Wanted], error: Exception) -> None:
    for each in together:
        if not each.saved.done():
            each.saved.set_exception(error)


async def _lock_workspace(connection: AsyncConnection, workspace: str) -> int:
    """Hold the workspace's row until the transaction ends, and answer with its next number."""
    query = select(workspaces.c.next_number).where(workspaces.c.id == workspace).with_for_update()
    number = await connection.scalar(query)
    if number is None:
        await insert_new(connection, workspaces, id=workspace)
        number = await connection.scalar(query)
    return int(number or 1)
