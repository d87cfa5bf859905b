"""Bad days of the database: what can't be saved isn't started, and whoever typed it is told so."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import asynccontextmanager, closing
from typing import TYPE_CHECKING

import pytest

from .lost import lost_while_saving
from .notebooks import heading

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from .chat import Chat

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def by_another(chat: Chat, statement: str, other: sqlite3.Connection | None = None) -> sqlite3.Connection:
    """Somebody else's work on the database; in a thread, as the bot must be able to let the lock go meanwhile."""

    def work() -> sqlite3.Connection:
        connection = other or sqlite3.connect(chat.database, isolation_level=None, check_same_thread=False)
        connection.execute(statement)
        return connection

    return await asyncio.to_thread(work)


@asynccontextmanager
async def locked(chat: Chat) -> AsyncIterator[None]:
    """Somebody else is writing to the database, for as long as the block lasts."""
    with closing(await by_another(chat, "BEGIN IMMEDIATE")) as other:
        try:
            yield
        finally:
            await by_another(chat, "ROLLBACK", other)


@asynccontextmanager
async def gone(chat: Chat) -> AsyncIterator[None]:
    """The tables aren't there, as while somebody puts a backup back."""
    with closing(await by_another(chat, "ALTER TABLE runs RENAME TO runs_elsewhere")) as other:
        try:
            yield
        finally:
            await by_another(chat, "ALTER TABLE runs_elsewhere RENAME TO runs", other)


async def test_while_the_database_is_locked_nothing_starts_and_nobody_is_left_in_doubt(chat: Chat, room: str) -> None:
    await chat.catalogues("locked-out", heading("Locked out"))
    async with locked(chat):
        said = await chat.types("ana", room, "/notebook run locked-out")
        assert "I can't say whether it was saved" in said
        assert "/notebook runs" in said
        assert "*memo*" in await chat.types("ana", room, "/notebook list")  # what only reads goes on
    card = await chat.runs("ana", room, "/notebook run memo")
    await card.ends()
    assert [each.ts for each in chat.cards(room)] == [card.message.ts]
    assert chat.starts("locked-out") == []


async def test_what_was_lost_while_it_was_saved_is_not_told_as_not_saved(chat: Chat, room: str) -> None:
    with lost_while_saving(chat, "runs"):
        said = await chat.types("ana", room, "/notebook run memo")
    assert "I can't say whether it was saved" in said
    assert "/notebook runs" in said
    assert "nothing was" not in said


async def test_while_the_database_is_locked_the_catalogue_stays_as_it_is(chat: Chat, room: str) -> None:
    async with locked(chat):
        assert "I can't say whether it was saved" in await chat.types("ana", room, "/notebook remove memo")
    assert "*memo*" in await chat.types("ana", room, "/notebook list")


async def test_a_run_under_way_waits_until_the_lock_is_gone(chat: Chat, room: str) -> None:
    card = await chat.runs("ana", room, "/notebook run memo")
    await card.shows("Queued")
    async with locked(chat):
        assert "Queued" in await chat.types("ben", room, f"/notebook status {card.number}")
        await chat.types("ben", room, "/notebook run brief")  # some three seconds, and in vain
    await card.ends()
    assert card.count("Queued") == 1
    assert list(card.files) == ["memo.ipynb"]


async def test_while_the_tables_are_gone_everybody_is_told_and_afterwards_all_goes_on(chat: Chat, room: str) -> None:
    await chat.catalogues("too-early", heading("Too early"))
    card = await chat.runs("ana", room, "/notebook run memo")
    await card.tells("Queued")
    async with gone(chat):
        for line in ("/notebook run too-early", "/notebook runs", f"/notebook status {card.number}"):
            said = await chat.types("ana", room, line)
            assert "Threadbook can't reach its database just now, so nothing was saved or started." in said
        await chat.clicks("ana", card, "Run again", "nothing was saved or started")
    await card.ends()
    assert len(chat.cards(room)) == 1
    assert chat.starts("too-early") == []
    again = await chat.runs("ana", room, "/notebook run too-early")
    await again.ends()
