"""The buttons of a card, pressed by those who may and those who may not, once, twice and too late."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.sandbox.slack.workspace import ANA, BEN

from . import sight
from .notebooks import asks, heading

if TYPE_CHECKING:
    from .card import Card
    from .chat import Chat

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def under_way(chat: Chat, room: str, slug: str, who: str = "ben") -> Card:
    """A run that goes on until the test is over."""
    await chat.catalogues(slug, chat.gate().wait)
    card = await chat.runs(who, room, f"/notebook run {slug}")
    await card.shows("Running")
    return card


async def test_open_notebook_leads_to_the_notebook_and_its_runs(chat: Chat, room: str) -> None:
    for name in ("brief", "memo"):
        card = await chat.runs("ana", room, f"/notebook run {name}")
        await card.tells("Queued")
        async with chat.http.get(sight.address_of(card.message, "Open notebook")) as answer:
            page = await answer.text()
        assert answer.status == 200
        assert f"<title>{name}</title>".lower() in page.lower()
        assert "<h2>Runs</h2>" in page
        await chat.clicks("ben", card, "Open notebook")  # the app is told of it, and says nothing


async def test_run_again_is_a_new_run_of_whoever_pressed_it_with_the_same_inputs(chat: Chat, room: str) -> None:
    await chat.catalogues("repeated", asks("region", "EU"))
    first = await chat.runs("ana", room, "/notebook run repeated region=US")
    await first.ends()
    before = {each.ts for each in chat.cards(room)}
    await chat.clicks("ben", first, "Run again")
    second = await chat.card(room, besides=before)
    closing = await second.ends()
    assert f"<@{BEN}>" in closing
    assert (second.number, "region *US*" in second.words) == (first.number + 1, True)
    assert [start["inputs"] for start in chat.starts("repeated")] == [{"region": "US"}] * 2


async def test_a_double_click_is_one_click(chat: Chat, room: str) -> None:
    await chat.catalogues("pressed", heading("Pressed"), on="datalore")
    first = await chat.runs("ana", room, "/notebook run pressed")
    await first.ends()
    chat.slack.sockets.duplicates = 1
    await asyncio.gather(*(chat.clicks("ben", first, "Run again") for _ in range(3)))
    card = await chat.card(room, besides={first.message.ts})
    await card.ends()
    await (await chat.runs("ana", room, "/notebook run brief")).ends()  # what else was to come has come by now
    assert len(chat.cards(room)) == 3
    assert len(chat.starts("pressed")) == 2
    assert not chat.slack.channel(room).ephemerals  # it isn't said to be under way already, either


async def test_what_is_being_run_already_is_shown_and_run_once_more_only_if_that_is_wanted(
    chat: Chat, room: str
) -> None:
    first = await under_way(chat, room, "same")
    said = await chat.types("ana", room, "/notebook run same")
    assert f"as run {first.number}, and it hasn't ended" in said
    assert len(chat.cards(room)) == 1
    await chat.clicks("ana", await chat.told("ana", room, "it hasn't ended"), "Run anyway")
    second = await chat.card(room, besides={first.message.ts})
    await second.tells("Queued on Deepnote")
    assert "asked by ana" in second.words
    assert len(chat.starts("same")) == 2


async def test_a_command_that_slack_sends_twice_is_one_run(chat: Chat, room: str) -> None:
    await chat.catalogues("sent-twice", heading("Sent twice"), on="datalore")
    chat.slack.sockets.duplicates = 1
    card = await chat.runs("ana", room, "/notebook run sent-twice")
    await card.ends()
    assert chat.slack.sockets.duplicates == 0
    assert len(chat.cards(room)) == 1
    assert len(chat.starts("sent-twice")) == 1

    chat.slack.sockets.duplicates = 1  # of a request that is taken however many are under way
    await chat.types("ana", room, f"/datalore track ana/sent-twice {chat.starts('sent-twice')[0]['runId']}")
    tracked = await chat.card(room, "started elsewhere")
    await tracked.ends()
    assert len(chat.cards(room)) == 2


async def test_the_one_who_asked_can_stop_tracking(chat: Chat, room: str) -> None:
    card = await under_way(chat, room, "bens")
    await chat.clicks("ben", card, "Stop tracking")
    closing = await card.ends("No longer tracked")
    assert "on deepnote the run goes on" in closing.lower()
    assert card.pings == [f"@{BEN}"]


async def test_an_admin_can_stop_tracking_and_the_one_who_asked_is_told_by_whom(chat: Chat, room: str) -> None:
    card = await under_way(chat, room, "bens-too")
    await chat.clicks("ana", card, "Stop tracking")
    closing = await card.ends("No longer tracked")
    assert sorted(sight.pings(card.thread[-1])) == [f"@{ANA}", f"@{BEN}"]
    assert f"<@{ANA}>" in closing


async def test_nobody_else_can_stop_tracking(chat: Chat, room: str) -> None:
    card = await under_way(chat, room, "anas", who="ana")
    rule = f"Only ana, who asked for run {card.number}, and admins can stop tracking it."
    await chat.clicks("ben", card, "Stop tracking", rule)
    assert rule in await chat.types("ben", room, f"/notebook untrack {card.number}")
    assert "Stop tracking" in card.buttons
    await chat.clicks("ana", card, "Stop tracking")
    await card.ends("No longer tracked")


async def test_stop_tracking_pressed_twice_is_told_as_it_is(chat: Chat, room: str) -> None:
    card = await under_way(chat, room, "twice")
    once = chat.as_it_is(card)
    both = (chat.clicks("ben", card, "Stop tracking"), chat.clicks_late("ben", once, "Stop tracking"))
    await asyncio.gather(*both)
    await card.ends("No longer tracked")
    await chat.clicks_late("ben", once, "Stop tracking", "has ended already")
    assert len(card.pings) == 1


async def test_old_buttons_answer_with_what_is_true_now(chat: Chat, room: str) -> None:
    card = await chat.runs("ana", room, "/notebook run brief")
    await card.tells("Queued")
    as_it_was = chat.as_it_is(card)
    assert "Stop tracking" in sight.buttons(as_it_was)
    await card.ends()
    await chat.clicks_late("ana", as_it_was, "Stop tracking", f"Run {card.number} has ended already")
    assert "Succeeded" in card.words

    (actions,) = [block for block in as_it_was.blocks if block["type"] == "actions"]
    for element in actions["elements"]:
        element["value"] = "from another release"
    for label in ("Run again", "Stop tracking"):
        await chat.clicks_late("ana", as_it_was, label, "That button is from another time")
    assert len(chat.cards(room)) == 1


async def test_a_notebook_of_the_list_is_run_with_its_button(chat: Chat, room: str) -> None:
    await chat.types("ben", room, "/notebook list memo")
    listed = await chat.told("ben", room, "*memo*")
    await chat.clicks("ben", listed, "Run")
    card = await chat.card(room)
    await card.ends()
    assert "asked by ben" in card.words
