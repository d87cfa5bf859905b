"""Notebooks are added to the catalogue from a list of Deepnote's projects, or by an address."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.sandbox.slack.workspace import BEN
from tests.endtoend.lost import lost_while_saving
from tests.endtoend.notebooks import heading

if TYPE_CHECKING:
    from tests.clickable.hand import Hand
    from tests.endtoend.chat import Chat

pytestmark = pytest.mark.asyncio(loop_scope="module")
LIST = "Notebooks"
TITLES = {
    "margins": "Margins by product",
    "plan-a": "Plan of the year",
    "plan-b": "Plan of the year",
    "help": "Help",
    "lone": "Lone notebook",
}


@pytest.fixture(autouse=True, scope="module")
def shelved(chat: Chat) -> None:
    """All of them, before anybody looks at the list: it's remembered for a while."""
    for slug, title in TITLES.items():
        chat.shelve(slug, heading(title), title=title)


async def opens(hand: Hand, room: str) -> None:
    assert await hand.chat.types(hand.who, room, "/notebook add") == ""
    await hand.sees("Type a few letters of a title or a project")


async def test_a_notebook_is_chosen_from_deepnotes_projects_and_named(chat: Chat, ana: Hand, room: str) -> None:
    await opens(ana, room)
    assert "Sales" not in await ana.offered("", LIST), "what has a name already isn't offered"
    assert await ana.offered("margins", LIST) == ["Margins by product"]
    await ana.enters(LIST, ["Margins by product"])
    await ana.enters("Short name", "Margins")
    await ana.enters("What does it answer?", "What is left of each sale")
    await ana.enters("Whom to ask about it", "ben")
    sent = await ana.submits()
    assert sent.response_action == "update", sent
    await ana.sees("*margins* · Margins by product", "`/notebook run margins` runs it")
    shown = await chat.types("ana", room, "/notebook show margins")
    assert "What is left of each sale" in shown
    assert f"Owner: <@{BEN}>" in shown
    await (await chat.runs("ben", room, "/notebook run margins")).ends()


async def test_several_at_once_are_called_after_their_titles(chat: Chat, ana: Hand, room: str) -> None:
    await opens(ana, room)
    offered = await chat.slack.suggests("ana", LIST, "plan of")
    assert offered.words == ["Plan of the year"] * 2
    titles = [each["text"]["text"] for each in (await chat.slack.suggests("ana", LIST, "help")).all]
    assert titles == ["Help"]
    await chat.slack.suggests("ana", LIST, "")
    await ana.enters(LIST, [each["value"] for each in offered.all] + ["Help"])
    await ana.submits()
    await ana.sees("*plan-of-the-year* ·", "*plan-of-the-year-2* ·", "*notebook-help* · Help")
    await chat.slack.closes("ana")
    await opens(ana, room)
    assert await ana.offered("plan of", LIST) == []


async def test_an_address_is_added_as_well(chat: Chat, ana: Hand, room: str) -> None:
    chat.shelve("ledger", heading("Ledger"))
    await opens(ana, room)
    await ana.enters("Or a web address", chat.address("ledger", "datalore"))
    await ana.enters("Short name", "ledger")
    await ana.submits()
    await ana.sees("*ledger* ·")
    await chat.slack.closes("ana")
    await (await chat.runs("ana", room, "/notebook run ledger")).ends()
    await opens(ana, room)
    await ana.enters("Or a web address", chat.address("ledger", "datalore"))
    await ana.submits()
    await ana.sees("Nothing added", "is in the catalogue already, as *ledger*")


async def test_mistakes_stand_at_their_fields(chat: Chat, ana: Hand, room: str) -> None:
    await opens(ana, room)
    assert "Choose a notebook" in (await ana.mistakes())[LIST]
    await ana.enters("Or a web address", "https://example.com/x/y")
    assert "isn't the address of a notebook" in (await ana.mistakes())["Or a web address"]
    await ana.enters("Or a web address", "")
    await ana.offered("lone", LIST)
    await ana.enters(LIST, ["Lone notebook"])
    for name, wrong in (("two words", "How about two-words?"), ("help", "a command of its own"), ("sales", "already")):
        await ana.enters("Short name", name)
        assert wrong in (await ana.mistakes())["Short name"]
    assert "has no notebook “lone”" in await chat.types("ana", room, "/notebook show lone")


async def test_home_the_list_and_a_mention_open_it_too(chat: Chat, ana: Hand, room: str) -> None:
    await chat.slack.opens_home("ana")
    await chat.slack.sees_home("ana", "Add notebooks…")
    assert (await chat.slack.acts_in_home("ana", "Add notebooks…")).ok
    await ana.sees("Type a few letters of a title or a project")
    await chat.slack.closes("ana")
    await chat.types("ana", room, "/notebook list")
    await chat.clicks("ana", await chat.told("ana", room, "Notebooks of the catalogue"), "Add notebooks…")
    await ana.sees("Type a few letters of a title or a project")
    await chat.slack.closes("ana")
    await chat.types("ana", room, "@Threadbook add")
    await chat.clicks("ana", await chat.told("ana", room, "Choose notebooks for the catalogue"), "Add notebooks…")
    await ana.sees("Type a few letters of a title or a project")


async def test_a_database_lost_while_it_was_added_is_told_as_unknown_and_the_list_shows_it(
    chat: Chat, ana: Hand, room: str
) -> None:
    chat.shelve("unsure", heading("Unsure"))
    await opens(ana, room)
    await ana.enters("Or a web address", chat.address("unsure", "datalore"))
    await ana.enters("Short name", "unsure")
    with lost_while_saving(chat, "entries"):
        told = (await ana.mistakes())[LIST]
    assert "I can't say whether it was saved" in told
    assert "/notebook list show" in told
    assert "`" not in told
    await ana.submits()
    await ana.sees("*unsure* ·")
