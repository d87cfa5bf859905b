"""Addresses of notebooks unfold in channels that asked for it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bot.sandbox.slack.workspace import ANA, BOT

if TYPE_CHECKING:
    from bot.sandbox.slack.records import Message
    from tests.endtoend.chat import Chat

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def unfolded(chat: Chat, who: str, room: str, text: str) -> tuple[Message, str]:
    """A message with addresses, once they have unfolded, and everything in the previews."""
    await chat.types(who, room, text)
    message = chat.slack.messages(room)[-1]
    await chat.until(lambda: bool(message.attachments), room, "a preview")
    return message, json.dumps(message.attachments, ensure_ascii=False)


async def test_only_channels_that_asked_for_it_unfold(chat: Chat, room: str) -> None:
    other = chat.room()
    said = await chat.types("ana", room, "/notebook unfurl on")
    assert "now unfurl in this channel" in said
    assert "already unfurl" in await chat.types("ben", room, "/notebook unfurl on")
    before = len(chat.slack.calls("chat.unfurl"))
    await chat.types("ana", other, f"see {chat.address('sales')}")
    _, preview = await unfolded(chat, "ana", room, f"see {chat.address('sales')}")
    assert len(chat.slack.calls("chat.unfurl")) == before + 1
    assert "*Sales* · Deepnote" in preview
    assert "Inputs: region, top" in preview
    assert "Last run" not in preview
    assert not chat.slack.messages(other)[-1].attachments
    assert "no longer unfurl" in await chat.types("ana", room, "/notebook unfurl off")
    assert "do not unfurl" in await chat.types("ana", room, "/notebook unfurl off")
    await chat.types("ana", room, f"again {chat.address('sales')}")
    await chat.types("ana", room, "/notebook unfurl on")
    await unfolded(chat, "ana", room, f"and again {chat.address('sales')}")
    assert len(chat.slack.calls("chat.unfurl")) == before + 2


async def test_a_preview_tells_the_last_run_of_its_channel_and_no_other(chat: Chat, room: str) -> None:
    hidden = chat.room("private", (ANA, BOT))
    await chat.types("ana", room, "/notebook unfurl on")
    card = await chat.runs("ben", room, "/notebook run brief")
    await card.ends()
    await (await chat.runs("ana", hidden, "/notebook run brief")).ends()
    _, preview = await unfolded(chat, "ana", room, chat.address("brief"))
    assert f"Last run here: {card.number} · ✅ Succeeded" in preview


async def test_an_address_on_datalore_unfolds_too(chat: Chat, room: str) -> None:
    await chat.types("ana", room, "/notebook unfurl on")
    _, preview = await unfolded(chat, "ben", room, f"look at {chat.address('memo', 'datalore')}")
    assert "*memo* · Datalore" in preview


async def test_what_cant_be_run_and_what_guests_post_stays_folded(chat: Chat, room: str) -> None:
    await chat.types("ana", room, "/notebook unfurl on")
    before = len(chat.slack.calls("chat.unfurl"))
    gone = chat.address("brief").replace(chat.platforms.shelf["brief"].deepnote_id, "0" * 32)
    await chat.types("ana", room, f"gone: {gone}")
    await chat.types("gus", room, f"a guest's: {chat.address('brief')}")
    await chat.types("fay", room, f"a stranger's: {chat.address('brief')}")
    await chat.types("ana", room, f"no notebook: {chat.url}/deepnote/workspace/settings")
    message, _ = await unfolded(chat, "ana", room, f"both: {gone} {chat.address('brief')}")
    assert [each["from_url"] for each in message.attachments] == [chat.address("brief")]
    assert len(chat.slack.calls("chat.unfurl")) == before + 1
