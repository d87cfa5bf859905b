"""What the courier writes and reads: which workspaces it delivers for, what is to be shown, and what was."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Text, and_, bindparam, case, cast, delete, exists, false, not_, or_, select, true, update

from bot.model import FINAL, News, Results
from bot.store.database import insert_new
from bot.store.rows import Attached, Card, Story, nobodys, run_of
from bot.store.tables import attached, cards, files, listeners, news, processes, results, runs, workspaces

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.model import Run
    from bot.store.database import Database
    from bot.store.holding import Holding


STORIES: Final = 2
"""Read at once: a thousand runs that want to be shown must not keep the connections from a request's saving."""
_FINAL: Final = [state.value for state in FINAL]
# Asked every second or for every change, and so made once: to make a query takes longer than to answer it.
_KNOWN: Final = workspaces.c.id.in_(bindparam("known", expanding=True))
_OURS: Final = select(workspaces.c.id).where(workspaces.c.courier == bindparam("me"), _KNOWN)
_VACANT: Final = select(workspaces.c.id).where(nobodys(workspaces.c.courier), _KNOWN).limit(1)
_UNTOLD: Final = (
    select(runs.c.id, runs.c.state)
    .join(cards, cards.c.run == runs.c.id)
    .where(
        runs.c.workspace == bindparam("here"),
        runs.c.shown_revision < runs.c.revision,
        or_(cards.c.retry_at.is_(None), cards.c.retry_at <= bindparam("now", type_=cards.c.retry_at.type)),
    )
    .order_by(runs.c.id)
    .limit(bindparam("most"))
)
_ENDED: Final = _UNTOLD.where(runs.c.state.in_(_FINAL))
_GOES_ON: Final = _UNTOLD.where(runs.c.state.not_in(_FINAL), not_(and_(cards.c.ts.is_(None), cards.c.refused != "")))
_CARD: Final = select(cards).where(cards.c.run == bindparam("run"))
_RUN: Final = select(runs).where(runs.c.id == bindparam("run"))
_NEWS: Final = select(news).where(news.c.run == bindparam("run"), news.c.id > bindparam("told")).order_by(news.c.id)
_LISTENERS: Final = select(listeners.c.person).where(listeners.c.run == bindparam("run")).order_by(listeners.c.person)
# As text: what a run left can be megabytes, and reading them would hold up the loop.
_LEFT: Final = select(cast(results.c.body, Text)).where(results.c.run == bindparam("run"))


class Delivery:
    """The courier's rows."""

    def __init__(self, database: Database, holding: Holding) -> None:
        self._db = database
        self._holding = holding
        self._reading = asyncio.Semaphore(STORIES)

    async def take_workspaces(self, known: list[str]) -> list[str]:
        """Become the courier of those workspaces that have none living; answers with all that are ours."""
        given = {"known": known, "me": self._holding.process_id}
        async with self._db.read() as connection:
            ours = [row.id for row in (await connection.execute(_OURS, given)).all()]
            if (await connection.execute(_VACANT, given)).first() is None:
                return ours
        async with self._db.write() as connection:
            change = update(workspaces).where(nobodys(workspaces.c.courier), workspaces.c.id.in_(known))
            await connection.execute(change.values(courier=self._holding.process_id))
            return [row.id for row in (await connection.execute(_OURS, given)).all()]

    async def is_ours(self, workspace: str, process: int | None = None) -> bool:
        """Whether this process is the workspace's courier at this moment, and not declared dead.

        Args:
            workspace: Which.
            process: As which process the question's work began: who entered anew since isn't that one any more.
        """
        me = self._holding.process_id
        if process not in (None, me):
            return False
        lives = exists().where(processes.c.id == me, processes.c.dead == false())
        query = select(workspaces.c.id).where(workspaces.c.id == workspace, workspaces.c.courier == me, lives)
        async with self._db.read() as connection:
            return (await connection.execute(query)).first() is not None

    async def enter_workspace(self, workspace: str) -> None:
        """Know a workspace; nothing happens where it's known."""
        async with self._db.write() as connection:
            await insert_new(connection, workspaces, id=workspace)

    async def due(self, workspace: str, now: datetime, limit: int) -> list[tuple[int, bool]]:
        """Runs whose card or thread isn't what is true: (run, whether it is final), the final ones first.

        Where Slack has refused the card, there is nothing to be told before the tracker has ended the run.
        """
        given = {"here": workspace, "now": now, "most": limit}
        async with self._db.read() as connection:
            first = [(row.id, True) for row in (await connection.execute(_ENDED, given)).all()]
            then = [(row.id, False) for row in (await connection.execute(_GOES_ON, given)).all()]
        return first + then

    async def story(self, run_id: int) -> Story | None:
        """Everything that one delivery of a run needs."""
        given = {"run": run_id}
        async with self._reading, self._db.read() as connection:
            # The card first: if a run goes on in between, its card must not look as if its end were still to be told.
            card = (await connection.execute(_CARD, given)).first()
            run = (await connection.execute(_RUN, given)).first()
            if run is None or card is None:
                return None
            untold = (await connection.execute(_NEWS, given | {"told": card.told})).all()
            others = (await connection.execute(_LISTENERS, given)).all()
            body = await connection.scalar(_LEFT, given) if run.settled else None
        found = None if body is None else await asyncio.to_thread(Results.model_validate_json, body)
        return Story(
            run=run_of(run),
            card=Card(
                channel=card.channel,
                ts=card.ts,
                shown=card.shown,
                told=card.told,
                parts=card.parts,
                closed=card.closed,
            ),
            news=tuple((one.id, News.model_validate(one.body)) for one in untold),
            results=found,
            listeners=tuple(row.person for row in others),
            revision=run.revision,
            reply_url=run.reply_url,
            tz=run.asker_tz,
        )

    async def file(self, run_id: int, position: int) -> bytes | None:
        """The content of an artifact that is still to be uploaded."""
        query = select(files.c.content).where(files.c.run == run_id, files.c.position == position)
        async with self._db.read() as connection:
            content: bytes | None = await connection.scalar(query)
        return content

    async def attached(self, run_id: int) -> dict[tuple[int, int], Attached]:
        """What became of the files that went into a thread one by one: by part, and place among the part's files."""
        query = select(attached).where(attached.c.run == run_id).order_by(attached.c.part, attached.c.place)
        async with self._db.read() as connection:
            found = (await connection.execute(query)).all()
        return {(row.part, row.place): Attached(row.name, row.word) for row in found}

    async def attach(self, run_id: int, part: int, files: Mapping[int, Attached], *, answered: bool) -> None:
        """Note at once what became of files of this part, by their places; and that Slack `answered` for an upload."""
        async with self._db.write() as connection:
            for place, one in files.items():
                await insert_new(connection, attached, run=run_id, part=part, place=place, **one._asdict())
            if answered:
                await connection.execute(update(cards).where(cards.c.run == run_id).values(misses=0))

    async def missed(self, run_id: int) -> int:
        """Note that Slack answers, but not for an upload; answers with how many in a row that makes."""
        change = update(cards).where(cards.c.run == run_id).values(misses=cards.c.misses + 1)
        async with self._db.write() as connection:
            return int((await connection.execute(change.returning(cards.c.misses))).scalar_one())

    async def carded(self, run_id: int, channel: str, ts: str) -> bool:
        """Note where the card is; False where another one had been posted, so that this one is to be taken away.

        May be said again: whether a write that failed was written after all isn't known.
        """
        free = or_(cards.c.ts.is_(None), and_(cards.c.channel == channel, cards.c.ts == ts))
        change = update(cards).where(cards.c.run == run_id, free).values(channel=channel, ts=ts)
        async with self._db.write() as connection:
            return (await connection.execute(change)).rowcount == 1

    async def told(self, run_id: int, *, shown: str | None = None, answered: bool = False, **far: int) -> None:
        """Note at once what was posted: the card as it's `shown`; in the thread, `told` or `parts`.

        That Slack `answered` for an upload is noted with it.

        What another courier has posted since stays noted: how far the thread has come only grows.
        """
        changes = _grown(far) | ({} if shown is None else {"shown": shown}) | ({"misses": 0} if answered else {})
        async with self._db.write() as connection:
            await connection.execute(update(cards).where(cards.c.run == run_id).values(**changes))

    async def closed(self, run: Run, parts: int = 0) -> None:
        """Note that the closing line of this end is posted, after so many parts.

        A run that has gone on since, as its id came late, isn't closed: its own end is told when it comes.
        """
        same = select(runs.c.id).where(
            runs.c.id == run.id, runs.c.settled == true(), runs.c.state == run.progress.state.value
        )
        async with self._db.write() as connection:
            if await connection.scalar(same.with_for_update(key_share=True)) is None:
                return
            for each in (files, attached):
                await connection.execute(delete(each).where(each.c.run == run.id))
            noted = _grown({"parts": parts}) | {"closed": True}
            await connection.execute(update(cards).where(cards.c.run == run.id).values(**noted))

    async def refused(self, run_id: int, word: str) -> None:
        """Note that the card can't be posted, in Slack's word; the tracker ends the run.

        Nothing is noted where another is the courier by now, or has posted the card: what it was told is newer.
        """
        missing = update(cards).where(cards.c.run == run_id, cards.c.ts.is_(None), self._mine(run_id))
        async with self._db.write() as connection:
            await connection.execute(missing.values(refused=word))

    async def shown(self, story: Story, digest: str) -> bool:
        """Note that card and thread show what `story` told.

        Where the card was marked for showing again since the story was read, it stays marked.

        Returns:
            False where we're no longer the workspace's courier: then it's marked for showing again, since what
            another courier showed meanwhile may have been overwritten.
        """
        mine = exists().where(workspaces.c.id == story.run.workspace, workspaces.c.courier == self._holding.process_id)
        row = update(runs).where(runs.c.id == story.run.id)
        async with self._db.write() as connection:
            newer = row.where(mine, runs.c.shown_revision <= story.revision).values(shown_revision=story.revision)
            revision = await connection.scalar(newer.returning(runs.c.revision))
            if revision is None:
                await _redraw(connection, story.run.id)
                return False
            unmarked = and_(cards.c.shown == story.card.shown, cards.c.shown != "")
            shown = digest if revision == story.revision else case((unmarked, digest), else_=cards.c.shown)
            values = {"shown": shown, "misses": 0, "retry_at": None}
            await connection.execute(update(cards).where(cards.c.run == story.run.id).values(**values))
        return True

    async def postponed(self, run_id: int, until: datetime) -> None:
        """Note that Slack couldn't be told now.

        Where another is the courier by now, the card is marked for showing again instead: what was tried in vain may
        still come about, over what the other showed.
        """
        change = update(cards).where(cards.c.run == run_id, self._mine(run_id))
        async with self._db.write() as connection:
            noted = await connection.execute(change.values(retry_at=until))
            if noted.rowcount != 1:
                await _redraw(connection, run_id)

    async def redraw(self, run_id: int) -> None:
        """Mark a card for showing again, whatever it shows."""
        async with self._db.write() as connection:
            await _redraw(connection, run_id)

    def _mine(self, run_id: int) -> ColumnElement[bool]:
        """Whether this process is the courier of the run's workspace."""
        ours = select(workspaces.c.id).where(workspaces.c.courier == self._holding.process_id)
        return exists().where(runs.c.id == run_id, runs.c.workspace.in_(ours))


def _grown(far: Mapping[str, int]) -> dict[str, Any]:
    """How far a card's thread has come: as far as these say, or further."""
    return {name: case((cards.c[name] > value, cards.c[name]), else_=value) for name, value in far.items()}


async def _redraw(connection: AsyncConnection, run_id: int) -> None:
    await connection.execute(update(runs).where(runs.c.id == run_id).values(revision=runs.c.revision + 1))
    await connection.execute(update(cards).where(cards.c.run == run_id).values(shown="", misses=0, retry_at=None))
