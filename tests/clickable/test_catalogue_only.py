"""With THREADBOOK_RUN=catalogue the form offers only the catalogue, and its rules hold however a notebook is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.endtoend.notebooks import heading

if TYPE_CHECKING:
    from tests.clickable.hand import Hand
    from tests.endtoend.chat import Chat

pytestmark = pytest.mark.asyncio(loop_scope="module")
SETTINGS = {"run": "catalogue"}


async def test_only_the_catalogue_is_offered(chat: Chat, ben: Hand, room: str) -> None:
    chat.shelve("unlisted", heading("Unlisted"))
    await ben.opens(room)
    offered = await chat.slack.suggests("ben", "Notebook", "")
    assert [group["label"]["text"] for group in offered.groups] == ["Catalogue"]
    assert await ben.offered("unlisted") == []
    await ben.chooses("sales", "region")
    await ben.runs()
    await (await chat.card(room, "Sales")).ends()


async def test_a_run_whose_notebook_left_the_catalogue_cant_be_edited(chat: Chat, ben: Hand, room: str) -> None:
    await chat.catalogues("leaving", heading("Leaving"))
    card = await chat.runs("ben", room, "/notebook run leaving")
    await card.ends()
    await chat.types("ana", room, "/notebook remove leaving")
    await chat.clicks("ben", card, "Edit & run…")
    await ben.sees("Only notebooks of the catalogue may be run here")
    assert len(chat.starts("leaving")) == 1


async def test_an_address_is_under_the_rules_of_its_name(chat: Chat, ben: Hand, room: str) -> None:
    allowed = chat.room()
    here = f"<#{chat.slack.channel(allowed).id}|x>"
    chat.shelve("ruled", heading("Ruled"))
    added = f"/notebook add ruled {chat.address('ruled')} --readonly --one-at-a-time --channels {here}"
    assert "Added" in await chat.types("ana", room, added)
    said = await chat.types("ben", room, f"/notebook run {chat.address('ruled')}")
    assert "ruled may be run only in these channels" in said
    assert "The catalogue fixes how ruled is run" in await chat.types(
        "ben", allowed, f"/notebook run {chat.address('ruled')} --live"
    )
    card = await chat.runs("ben", allowed, f"/notebook run {chat.address('ruled')}")
    await card.ends()
    assert "read-only storage" in card.words
    await chat.clicks("ben", card, "Edit & run…")
    await ben.sees("The catalogue says how it is run")
    assert len(chat.starts("ruled")) == 1


async def test_an_address_outside_the_catalogue_doesnt_unfold(chat: Chat, room: str) -> None:
    chat.shelve("outside", heading("Outside"))
    await chat.types("ana", room, "/notebook unfurl on")
    before = len(chat.slack.calls("chat.unfurl"))
    await chat.types("ben", room, f"{chat.address('outside')} and {chat.address('brief')}")
    await chat.until(lambda: len(chat.slack.calls("chat.unfurl")) > before, room, "an address to unfold")
    message = next(each for each in chat.slack.messages(room) if each.attachments)
    assert [each["from_url"] for each in message.attachments] == [chat.address("brief")]


async def test_only_admins_get_the_form_that_adds(chat: Chat, ana: Hand, room: str) -> None:
    await chat.types("ben", room, "/notebook add")
    await chat.told("ben", room, "Only admins can change the catalogue here")
    await chat.slack.opens_home("ben")
    assert "Add notebooks…" not in (await chat.slack.sees_home("ben", "Catalogue")).words
    assert await chat.types("ana", room, "/notebook add") == ""
    await ana.sees("Type a few letters of a title or a project")
