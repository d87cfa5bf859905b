"""Everything else of the form: how to run it, under "More…"; and where the card goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.sandbox.slack.workspace import ANA, BEN, BOT
from tests.endtoend.notebooks import asks, heading

if TYPE_CHECKING:
    from tests.clickable.hand import Hand
    from tests.endtoend.chat import Chat

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_deepnotes_options_unfold_at_a_press_and_are_run_with(chat: Chat, ana: Hand, room: str) -> None:
    await ana.opens_for(room, "brief")
    assert not ana.has("How to run it")
    await ana.presses("More…", "In the shared notebook", "Read-only storage", "Only these blocks")
    assert not ana.has("More…")
    assert (ana.shows("How to run it"), ana.shows("Only these blocks")) == ([], None)
    await ana.enters("How to run it", ["In the shared notebook"])
    await ana.runs()
    await (await chat.card(room, "in the shared notebook")).ends()
    assert chat.starts("brief")[-1]["how"] == "live"


async def test_options_that_exclude_one_another_are_told_in_the_forms_own_words(ana: Hand, room: str) -> None:
    await ana.opens_for(room, "brief")
    await ana.presses("More…", "Read-only storage")
    await ana.enters("How to run it", ["In the shared notebook", "Read-only storage"])
    assert await ana.mistakes() == {
        "How to run it": "“Read-only storage” is for a copy, and “In the shared notebook” runs in the shared notebook."
    }
    await ana.enters("How to run it", ["Dependent blocks too"])
    said = (await ana.mistakes())["How to run it"]
    assert said.startswith("“Dependent blocks too” needs “Only these blocks”")
    assert "--" not in said


async def test_only_some_blocks_are_run(chat: Chat, ana: Hand, room: str) -> None:
    notebook = chat.shelve("blocks", heading("One"), asks("x", "1"))
    await chat.types("ana", room, f"/notebook add blocks {chat.address('blocks')}")
    await ana.opens_for(room, "blocks")
    await ana.presses("More…", "Only these blocks")
    await ana.enters("Only these blocks", notebook.blocks[1].id)
    await ana.runs()
    await (await chat.card(room, "1 block only")).ends()


async def test_edit_and_run_keeps_how_it_was_run_and_shows_it(chat: Chat, ana: Hand, room: str) -> None:
    card = await chat.runs("ana", room, "/notebook run brief --readonly")
    await card.ends()
    await chat.clicks("ana", card, "Edit & run…")
    await ana.sees("Read-only storage")
    assert ana.shows("How to run it") == ["Read-only storage"], "it is unfolded: people see what they are about to do"
    await ana.runs()
    again = await chat.card(room, besides={card.message.ts})
    assert "read-only storage" in again.words
    await again.ends()
    await chat.clicks("ana", card, "Edit & run…")
    await ana.sees("Read-only storage")
    await ana.enters("How to run it", [])
    await ana.runs()
    await (await chat.card(room, besides={card.message.ts, again.message.ts})).ends()
    assert "read-only" not in (await chat.card(room)).words


async def test_what_the_catalogue_fixes_is_said_and_not_offered(chat: Chat, ana: Hand, room: str) -> None:
    await chat.types("ana", room, f"/notebook add fixed {chat.address('sales')} --readonly")
    await ana.opens_for(room, "fixed")
    assert "The catalogue says how it is run: in a copy, read-only storage." in ana.view.words
    assert not ana.has("More…")
    await ana.runs()
    await (await chat.card(room, "read-only storage")).ends()
    await chat.types("ana", room, "/notebook edit fixed --any-options")
    await ana.opens_for(room, "fixed")
    assert ana.has("More…")


async def test_what_is_fixed_since_a_run_holds_when_that_is_edited_or_run_again(
    chat: Chat, ana: Hand, room: str
) -> None:
    await chat.types("ana", room, f"/notebook add loose {chat.address('sales')}")
    card = await chat.runs("ana", room, "/notebook run loose --live")
    await card.ends()
    await chat.types("ana", room, "/notebook edit loose --readonly")
    await chat.clicks("ana", card, "Edit & run…")
    await ana.sees("read-only storage")
    await ana.runs()
    second = await chat.card(room, besides={card.message.ts})
    await second.ends()
    assert "read-only storage" in second.words
    await chat.clicks("ana", card, "Run again")
    third = await chat.card(room, besides={card.message.ts, second.message.ts})
    await third.ends()
    assert "read-only storage" in third.words


async def test_the_card_goes_to_another_channel_if_thats_where_it_is_wanted(chat: Chat, ana: Hand, room: str) -> None:
    other = chat.room()
    await ana.opens_for(room, "brief")
    await ana.enters("Post to", "Another channel")
    await ana.sees("Channel")
    assert list(await ana.mistakes()) == ["Channel"]
    await ana.enters("Channel", other)
    await ana.runs()
    await (await chat.card(other, "Brief")).ends()
    assert chat.cards(room) == []


async def test_only_me_is_our_direct_message(chat: Chat, ben: Hand, room: str) -> None:
    await ben.opens_for(room, "brief")
    await ben.enters("Post to", "Only me, in our direct message")
    before = {each.ts for each in chat.cards("@ben")}
    await ben.runs()
    await (await chat.card("@ben", "Brief", before)).ends()
    assert chat.cards(room) == []


async def test_a_channel_that_one_of_us_isnt_in_is_refused_on_its_field(chat: Chat, ana: Hand, room: str) -> None:
    without_bot = chat.room("private", (ANA, BEN))
    await ana.opens_for(room, "brief")
    await ana.enters("Post to", "Another channel")
    await ana.sees("Channel")
    await ana.enters("Channel", without_bot)
    said = await ana.mistakes()
    assert "one of us isn't in that channel" in said["Channel"]
    before = len(chat.starts("brief"))
    private = chat.room("private", (ANA, BOT))
    await ana.enters("Channel", private)
    await ana.runs()
    await (await chat.card(private, "Brief")).ends()
    assert len(chat.starts("brief")) == before + 1


async def test_a_notebook_of_some_channels_only_is_offered_there_only(chat: Chat, ana: Hand, room: str) -> None:
    allowed = chat.room()
    said = await chat.types(
        "ana", room, f"/notebook add roomy {chat.address('brief')} --channels <#{chat.slack.channel(allowed).id}|x>"
    )
    assert "Added" in said, said
    await ana.opens_for(room, "roomy")
    assert f"<#{chat.slack.channel(allowed).id}>" in ana.view.words
    assert "This channel" not in ana.view.words
    assert "Only me" not in ana.view.words
    await ana.enters("Channel", room)
    assert "may be run only" in (await ana.mistakes())["Channel"]
    await ana.enters("Channel", allowed)
    await ana.runs()
    await (await chat.card(allowed, "Brief")).ends()
    await ana.opens_for(allowed, "roomy")
    assert ana.shows("Post to") == "This channel"
    before = {each.ts for each in chat.cards(allowed)}
    await ana.runs()
    await (await chat.card(allowed, besides=before)).ends()
    assert chat.cards(room) == []


async def test_a_rule_that_came_while_the_form_was_open_is_shown_in_it(chat: Chat, ana: Hand, room: str) -> None:
    allowed = chat.room()
    await chat.catalogues("since-ruled", asks("region", "EU"))
    await ana.opens_for(room, "since-ruled")
    await ana.enters("region", "US")
    there = f"<#{chat.slack.channel(allowed).id}"
    assert "Changed" in await chat.types("ana", room, f"/notebook edit since-ruled --channels {there}|x>")
    sent = await ana.submits()
    assert sent.response_action == "update", sent
    assert "The catalogue now says where this may be run" in ana.view.words
    assert f"{there}>" in ana.view.words
    assert (ana.shows("region"), chat.starts("since-ruled")) == ("US", [])
    await ana.runs()
    await chat.card(allowed, "region *US*")


async def test_a_form_opened_where_the_bot_cant_post_starts_nothing_and_says_so(chat: Chat, ana: Hand) -> None:
    before = len(chat.starts("brief"))
    await ana.opens_for("leaders", "brief")
    await ana.runs()
    told = await chat.until(
        lambda: next((m for m in chat.slack.messages("@ana") if "was not started" in m.text), None), "@ana"
    )
    assert told is not None
    assert len(chat.starts("brief")) == before
    before_click = {each.ts for each in chat.cards("@ana")}
    await chat.clicks("ana", told, "Run it in our DM")
    await (await chat.card("@ana", "Brief", before_click)).ends()
