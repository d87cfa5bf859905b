"""@Threadbook: in a run's thread it means that run, elsewhere it is what the slash command is."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from bot.sandbox.slack.workspace import BEN, BOT, TEAM
from tests.endtoend import sight
from tests.endtoend.notebooks import asks

if TYPE_CHECKING:
    from bot.sandbox.slack.records import Message
    from tests.endtoend.card import Card
    from tests.endtoend.chat import Chat

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def says(chat: Chat, who: str, room: str, text: str, card: Card | None = None) -> str:
    """Mention the bot; what only this person is told."""
    before = set(chat.slack.channel(room).ephemerals)
    await chat.slack.mentions(who, room, text, card.message if card else None)

    def told() -> Message | None:
        held = chat.slack.channel(room).ephemerals
        return next((each for ts, each in held.items() if ts not in before), None)

    message = await chat.until(told, room, f"an answer to {text}")
    assert message is not None
    assert message.thread_ts == (card.message.ts if card else None), "it is told where it was asked"
    return sight.words(message)


async def test_in_a_thread_it_means_the_threads_run(chat: Chat, room: str) -> None:
    await chat.catalogues("held", asks("region", "EU"), chat.gate().wait)
    card = await chat.runs("ben", room, "/notebook run held region=US")
    await card.shows("Running")
    newer = await chat.runs("ana", room, "/notebook run brief")
    await newer.ends()
    assert f"run {card.number}" in await says(chat, "ana", room, "@Threadbook status", card)
    assert f"run {newer.number}" in await says(chat, "ana", room, "@Threadbook status")
    await chat.slack.mentions("ana", room, "@Threadbook rerun region=APAC", card.message)
    again = await chat.card(room, "region *APAC*")
    assert "asked by ana" in again.words
    assert "untrack" in await says(chat, "ben", room, "@Threadbook help", card)
    said = await says(chat, "ben", room, "@Threadbook untrack", card)
    assert f"Run {card.number} is no longer tracked" in said
    await card.ends("No longer tracked")


async def test_elsewhere_it_works_like_the_slash_command(chat: Chat, room: str) -> None:
    await chat.slack.mentions("ben", room, "@Threadbook run brief")
    card = await chat.card(room, "Brief")
    assert f"<@{BEN}>" in await card.ends()
    assert "*brief*" in await says(chat, "ben", room, "@Threadbook list")
    assert "The newest runs" in await says(chat, "ben", room, "@Threadbook runs")
    assert "What would you like to run?" in await says(chat, "ben", room, "@Threadbook run")


async def test_a_mistake_names_the_mention_and_is_seen_by_nobody_else(chat: Chat, room: str) -> None:
    said = await says(chat, "ben", room, "@Threadbook rnu brief")
    assert "@Threadbook run brief" in said
    assert chat.cards(room) == []


async def test_guests_are_refused(chat: Chat, room: str) -> None:
    assert "Guests can't use Threadbook here." in await says(chat, "gus", room, "@Threadbook run brief")
    assert chat.cards(room) == []


async def test_a_mention_that_slack_sends_twice_is_one_run(chat: Chat, room: str) -> None:
    await chat.catalogues("mentioned", asks("region", "EU"))
    chat.slack.sockets.duplicates = 1
    await chat.slack.mentions("ben", room, "@Threadbook run mentioned")
    await (await chat.card(room)).ends()
    assert len(chat.starts("mentioned")) == 1


async def test_a_mention_that_is_acknowledged_is_saved(chat: Chat, room: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Slack doesn't send it again then, whatever becomes of the process."""
    acked, saved = chat.slack.sockets._acked, list[int]()

    def look(data: str) -> None:
        with closing(sqlite3.connect(chat.database)) as rows:
            saved.extend(
                rows.execute("SELECT count(*) FROM runs WHERE channel = ?", [chat.slack.channel(room).id]).fetchone()
            )
        acked(data)

    monkeypatch.setattr(chat.slack.sockets, "_acked", look)
    await chat.slack.mentions("ben", room, "@Threadbook run brief")
    await (await chat.card(room)).ends()
    assert saved == [1]


async def test_the_bots_own_words_and_other_bots_are_no_commands(
    chat: Chat, room: str, caplog: pytest.LogCaptureFixture
) -> None:
    card = await chat.runs("ana", room, "/notebook run brief")
    await card.ends()
    assert len(chat.cards(room)) == 1
    said = {"type": "app_mention", "bot_id": "B0OTHER", "channel": card.message.channel, "ts": "1.000001"}
    for more in ({}, {"user": BEN}):
        chat.slack.events.fire(said | more | {"text": f"<@{BOT}> run brief", "team": TEAM})
    await chat.slack.events.told()
    assert len(chat.cards(room)) == 1
    assert [each.message for each in caplog.records if each.levelno >= logging.ERROR] == []
