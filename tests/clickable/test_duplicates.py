"""The same is under way already: who started it, when, and whether to be told too or to run it all the same."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

import pytest

from bot.sandbox.slack.workspace import ANA, BEN, BOT
from tests.endtoend import sight
from tests.endtoend.notebooks import asks

if TYPE_CHECKING:
    from tests.clickable.hand import Hand
    from tests.endtoend.card import Card
    from tests.endtoend.chat import Chat

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def under_way(chat: Chat, room: str, slug: str, more: str = "") -> Card:
    """Ana's run of a new notebook, which goes on until the test lets it."""
    await chat.catalogues(slug, asks("region", "EU", "select", options=["EU", "US"]), chat.gate().wait)
    if more:
        assert "Changed" in await chat.types("ana", room, f"/notebook edit {slug} {more}")
    card = await chat.runs("ana", room, f"/notebook run {slug} region=US")
    await card.shows("Running")
    return card


async def test_a_form_for_what_is_under_way_asks_before_it_runs(chat: Chat, ben: Hand, room: str) -> None:
    first = await under_way(chat, room, "same")
    await ben.opens_for(room, "same")
    await ben.fills(region="US")
    sent = await ben.submits()
    assert sent.response_action == "push"
    view = await ben.sees(f"as run {first.number}", "and it hasn't ended")
    assert re.search(r"ana started this at <!date\^", view.words)
    assert "region *US*" in view.words
    await chat.slack.closes("ben")
    assert ben.shows("region") == "US", "behind it the form is as it was"
    await ben.submits()
    await ben.sees("Run anyway")
    await ben.runs()
    assert chat.slack.modal("ben") is None
    second = await chat.card(room, besides={first.message.ts})
    assert "asked by ben" in second.words
    await second.tells("Queued")
    assert [start["inputs"] for start in chat.starts("same")] == [{"region": "US"}] * 2


async def test_of_two_who_ask_in_the_same_moment_one_is_asked_back(chat: Chat, ana: Hand, ben: Hand, room: str) -> None:
    await chat.catalogues("race", asks("region", "EU"), chat.gate().wait)
    await ana.opens_for(room, "race")
    await ben.opens_for(room, "race")
    sent = await asyncio.gather(ana.submits(), ben.submits())
    assert sorted(str(each.response_action) for each in sent) == ["close", "push"]
    await (await chat.card(room, "race")).shows("Running")
    assert len(chat.starts("race")) == 1


async def test_other_inputs_are_something_else(chat: Chat, ben: Hand, room: str) -> None:
    first = await under_way(chat, room, "alike")
    await ben.opens_for(room, "alike")
    await ben.fills(region="EU")
    await ben.runs()
    await chat.card(room, besides={first.message.ts})


async def test_run_anyway_posts_where_the_form_said(chat: Chat, ben: Hand, room: str) -> None:
    first, other = await under_way(chat, room, "placed"), chat.room()
    for place, where in (("Another channel", other), ("Only me, in our direct message", "@ben")):
        await ben.opens_for(room, "placed")
        await ben.fills(region="US")
        await ben.enters("Post to", place)
        if where == other:
            await ben.sees("Channel")
            await ben.enters("Channel", other)
        assert (await ben.submits()).response_action == "push"
        before = {each.ts for each in chat.cards(where)}
        await ben.runs()
        card = await chat.card(where, besides=before)
        assert "region *US*" in card.words
    assert [each.ts for each in chat.cards(room)] == [first.message.ts]


async def test_tell_me_too_in_the_form_adds_a_person_to_the_end(chat: Chat, ben: Hand, room: str) -> None:
    first = await under_way(chat, room, "told")
    await ben.opens_for(room, "told")
    await ben.fills(region="US")
    await ben.submits()
    await ben.presses("Tell me too", f"You'll be mentioned when *told* (run {first.number}) ends.")
    await chat.mends()
    assert f"Told too: <@{BEN}>" in await first.ends()
    assert len(chat.starts("told")) == 1


async def test_a_command_is_asked_the_same_and_its_buttons_do_the_same(chat: Chat, room: str) -> None:
    first = await under_way(chat, room, "typed")
    said = await chat.types("ben", room, "/notebook run typed region=US")
    assert re.search(rf"ana started this at .*, as run {first.number}, and it hasn't ended", said)
    told = await chat.told("ben", room, "it hasn't ended")
    assert sight.buttons(told) == ["Tell me too", "Run anyway"]
    await chat.clicks("ben", told, "Tell me too", "You'll be mentioned")
    await chat.clicks("ben", told, "Tell me too", "You're on the list already")
    await chat.clicks("ben", told, "Run anyway")
    second = await chat.card(room, besides={first.message.ts})
    await second.tells("Queued")
    await chat.mends()
    assert f"Told too: <@{BEN}>" in await first.ends()
    assert "Told too" not in await second.ends()


async def test_run_anyway_keeps_to_the_dm_that_was_asked_for(chat: Chat, room: str) -> None:
    await under_way(chat, room, "apart")
    await chat.types("ben", room, "/notebook run apart region=US --dm")
    before = {each.ts for each in chat.cards("@ben")}
    await chat.clicks("ben", await chat.told("ben", room, "it hasn't ended"), "Run anyway", "its card comes in our DM")
    card = await chat.card("@ben", besides=before)
    assert "region *US*" in card.words
    assert len(chat.cards(room)) == 1


async def test_one_at_a_time_means_it(chat: Chat, ben: Hand, room: str) -> None:
    first = await under_way(chat, room, "alone", "--one-at-a-time")
    await ben.opens_for(room, "alone")
    sent = await ben.submits()
    assert sent.response_action == "push"
    view = await ben.sees("Only one at a time: ana started it at", f"as run {first.number}")
    assert view.given.get("submit") is None
    assert not ben.has("Run anyway")
    assert (await ben.submits()).error == "not_submittable"
    said = await chat.types("ben", room, "/notebook run alone region=EU --anyway")
    assert "Only one at a time" in said
    await chat.clicks("ben", first, "Run again", "Only one at a time")
    await chat.mends()
    await first.ends()
    await chat.slack.closes("ben")
    await ben.runs()
    await (await chat.card(room, besides={first.message.ts})).ends()
    assert len(chat.starts("alone")) == 2


async def test_what_somebody_cant_see_is_not_told_and_not_in_their_way(chat: Chat, ben: Hand, room: str) -> None:
    hidden = chat.room("private", (ANA, BOT))
    await under_way(chat, hidden, "hidden")
    await ben.opens_for(room, "hidden")
    await ben.fills(region="US")
    await ben.runs()
    await (await chat.card(room)).tells("Queued")


async def test_one_at_a_time_holds_for_what_cant_be_seen_but_names_nobody(chat: Chat, ben: Hand, room: str) -> None:
    hidden = chat.room("private", (ANA, BOT))
    await under_way(chat, hidden, "secluded", "--one-at-a-time")
    await ben.opens_for(room, "secluded")
    said = (await ben.mistakes())["Notebook"]
    assert "only one at a time may be" in said
    assert "ana" not in said
    assert len(chat.starts("secluded")) == 1
