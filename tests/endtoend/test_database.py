"""Bad days of the database: what can't be saved isn't started, and whoever typed it is told so."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest

from .notebooks import heading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .chat import Chat

pytestmark = pytest.mark.asyncio(loop_scope="module")


@contextmanager
def locked(chat: Chat) -> Iterator[None]:
    """Somebody else is writing to the database, for as long as the block lasts."""
    with closing(sqlite3.connect(chat.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def gone(chat: Chat) -> Iterator[None]:
    """The tables aren't there, as while somebody puts a backup back."""
    with closing(sqlite3.connect(chat.database, isolation_level=None)) as other:
        other.execute("ALTER TABLE runs RENAME TO runs_elsewhere")
        try:
            yield
        finally:
            other.execute("ALTER TABLE runs_elsewhere RENAME TO runs")


async def test_while_the_database_is_locked_nothing_starts_and_nobody_is_left_in_doubt(chat: Chat, room: str) -> None:
    await chat.catalogues("locked-out", heading("Locked out"))
    with locked(chat):
        said = await chat.types("ana", room, "/notebook run locked-out")
        assert "I can't say whether it was saved" in said
        assert "/notebook runs" in said
        assert "*memo*" in await chat.types("ana", room, "/notebook list")  # what only reads goes on
    card = await chat.runs("ana", room, "/notebook run memo")
    await card.ends()
    assert [each.ts for each in chat.cards(room)] == [card.message.ts]
    assert chat.starts("locked-out") == []


async def test_a_run_under_way_waits_until_the_lock_is_gone(chat: Chat, room: str) -> None:
    card = await chat.runs("ana", room, "/notebook run memo")
    await card.shows("Queued")
    with locked(chat):
        assert "Queued" in await chat.types("ben", room, f"/notebook status {card.number}")
        await chat.types("ben", room, "/notebook run brief")  # some three seconds, and in vain
    await card.ends()
    assert card.count("Queued") == 1
    assert list(card.files) == ["memo.ipynb"]


async def test_while_the_tables_are_gone_everybody_is_told_and_afterwards_all_goes_on(chat: Chat, room: str) -> None:
    await chat.catalogues("too-early", heading("Too early"))
    card = await chat.runs("ana", room, "/notebook run memo")
    await card.tells("Queued")
    with gone(chat):
        for line in ("/notebook run too-early", "/notebook runs", f"/notebook status {card.number}"):
            said = await chat.types("ana", room, line)
            assert "Threadbook can't reach its database just now, so nothing was saved or started." in said
        said = await chat.clicks("ana", card, "Run again")
        assert "nothing was saved or started" in said
    await card.ends()
    assert len(chat.cards(room)) == 1
    assert chat.starts("too-early") == []
    again = await chat.runs("ana", room, "/notebook run too-early")
    await again.ends()
