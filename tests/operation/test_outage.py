"""After an hour down, each admin gets one line; after a restart nobody does."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from bot.model import Outage
from bot.render import replies
from tests.endtoend import sight
from tests.store.house import NOON, after

if TYPE_CHECKING:
    from pathlib import Path

    from tests.endtoend.chat import Chat

CRASHED = (
    "UPDATE runs SET state = 'submitting', remote_id = NULL,"
    " progress = json_remove(json_set(progress, '$.state', 'submitting'), '$.remote_id') WHERE number = ?"
)


def told(chat: Chat, admin: str = "ana") -> list[str]:
    """What the bot said to an admin of a time in which it was down."""
    said = [sight.words(each) for each in chat.slack.messages(f"@{admin}")]
    return [words for words in said if "was down" in words]


@pytest.mark.asyncio(loop_scope="module")
async def test_they_are_told_once_what_was_caught_up_and_what_is_unclear(chat: Chat, room: str) -> None:
    gate = chat.gate()
    chat.shelve("gated", gate.wait)
    cards = [
        await chat.runs("ana", room, f"/notebook run {chat.address('gated', platform)}")
        for platform in ("deepnote", "datalore")
    ]
    for card in cards:
        await card.shows("Running since")
    await chat.stops()
    with closing(sqlite3.connect(chat.database)) as rows:
        rows.execute(CRASHED, (cards[1].number,))
        rows.execute("UPDATE presence SET seen_at = seen_at - 5000")
        rows.commit()
    gate.open()
    await chat.restarts()
    await chat.until(lambda: told(chat))
    [line] = told(chat)
    assert "*Threadbook was down from <!date^" in line
    assert line.endswith(f" 1 run was caught up; run {cards[1].number} is unclear: it may have started.")
    await chat.restarts()
    await cards[0].ends()
    card = await chat.runs("ana", room, "/notebook run memo")
    await card.ends()
    assert told(chat) == [line]
    assert told(chat, "ben") == []


def writes(database: Path) -> sqlite3.Connection:
    """Somebody who keeps the database for himself."""
    connection = sqlite3.connect(database, isolation_level=None, check_same_thread=False, timeout=10)
    connection.execute("BEGIN IMMEDIATE")
    return connection


@pytest.mark.asyncio(loop_scope="module")
async def test_whoever_stops_while_they_are_told_tells_them_no_second_time(chat: Chat, room: str) -> None:
    before = told(chat)
    await chat.stops()
    with closing(sqlite3.connect(chat.database)) as rows:
        rows.execute("UPDATE presence SET seen_at = seen_at - 5000")
        rows.commit()
    faults = chat.slack.faults
    faults.set("chat.postMessage", "slow", seconds=1.0)
    await chat.restarts()
    await chat.until(lambda: not faults._pending)  # it's on its way
    with closing(await asyncio.to_thread(writes, chat.database)):
        await chat.until(lambda: len(told(chat)) > len(before))
        stops = asyncio.create_task(chat.stops())
        await asyncio.wait([stops], timeout=1.0)  # it can't note yet whom it has told
    await stops
    await chat.restarts()
    card = await chat.runs("ana", room, "/notebook run memo")
    await card.ends()
    assert len(told(chat)) == len(before) + 1


@pytest.mark.parametrize(
    ("outage", "words"),
    [
        (Outage(since=NOON, until=after(5880)), "UTC>.* No run was under way."),
        (Outage(since=NOON, until=after(5880), caught_up=1200), ".* 1,200 runs were caught up."),
        (Outage(since=NOON, until=after(5880), unseen=1), ".* 1 run couldn't be looked at yet."),
        (Outage(since=NOON, until=after(5880), unclear=(7, 9)), ".* runs 7 and 9 are unclear: they may have started."),
        (
            Outage(since=NOON, until=after(5880), caught_up=1, unclear=tuple(range(1, 41))),
            " 29, 30 and 10 more are unclear: they may have started.",
        ),
    ],
)
def test_the_line_says_what_it_knows(outage: Outage, words: str) -> None:
    line = replies.admin_notice("down:3", outage.model_dump_json())
    assert "12:00 UTC> to <!date^" in line
    assert line.endswith(words)
