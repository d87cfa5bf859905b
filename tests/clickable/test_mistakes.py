"""What can go wrong with a form: each is a clear message, in the form or beside it, and nothing is started."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from bot.model import Platform
from bot.platforms.deepnote import Deepnote
from bot.sandbox.slack.triggers import LIFETIME
from tests.clickable.hand import Hand
from tests.endtoend import sight
from tests.endtoend.notebooks import asks, heading

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.sandbox.slack.records import Message
    from tests.endtoend.chat import Chat

pytestmark = pytest.mark.asyncio(loop_scope="module")
EU_US = asks("region", "EU", "select", options=["EU", "US"])


@pytest.fixture(autouse=True)
async def nothing_else(chat: Chat) -> AsyncIterator[None]:
    """Nothing is started by accident: each test says which notebooks it starts."""
    yield
    assert not chat.starts("never")


def forgets(chat: Chat) -> None:
    """Let the bot read notebooks afresh: what they say is remembered for a few minutes."""
    deepnote = chat.bot.platforms[Platform.DEEPNOTE]
    assert isinstance(deepnote, Deepnote)
    deepnote._notebooks._kept.clear()


async def test_a_form_needs_a_notebook(ana: Hand, room: str) -> None:
    await ana.opens(room)
    assert list(await ana.mistakes()) == ["Notebook"]


async def test_run_pressed_before_the_inputs_came_shows_them_first(chat: Chat, ana: Hand, room: str) -> None:
    await chat.catalogues("never", EU_US)
    await ana.opens(room)
    chat.slack.faults.set("views.update", "error:internal_error")
    found = await ana.offered("never")
    assert (await chat.slack.fills("ana", {"Notebook": found[0]})).ok
    sent = await ana.submits()
    assert sent.response_action == "update"
    await ana.sees("Here are its inputs.", "region", "Post to")


async def test_inputs_that_changed_meanwhile_are_shown_anew_and_not_run(chat: Chat, ana: Hand, room: str) -> None:
    await chat.catalogues("moving", EU_US, asks("top", "10"))
    await ana.opens_for(room, "moving")
    await ana.fills(region="US", top="3")
    chat.shelve("moving", asks("top", "10"), asks("new", "x"), asks("region", "EU", "select", options=["US", "EU"]))
    forgets(chat)
    sent = await ana.submits()
    assert sent.response_action == "update"
    await ana.sees("inputs have changed since the form was opened", "new")
    assert (ana.shows("region"), ana.shows("top"), ana.shows("new")) == ("US", "3", "x")
    assert chat.starts("moving") == []
    await ana.runs()
    await (await chat.card(room)).begins()
    assert chat.starts("moving")[-1]["inputs"] == {"region": "US", "top": "3"}


async def test_inputs_that_changed_keep_what_was_filled_in(chat: Chat, ana: Hand, room: str) -> None:
    await chat.catalogues("turned", EU_US, asks("top", "10"))
    await ana.opens_for(room, "turned")
    await ana.fills(region="US", top="3")
    chat.shelve("turned", asks("top", "10"), asks("region", "EU", "select", options=["APAC", "EU", "US"]))
    forgets(chat)
    await ana.presses("More…", "inputs have changed since the form was opened")
    assert (ana.shows("region"), ana.shows("top")) == ("US", "3"), "by name, not by place"
    await ana.runs()
    await (await chat.card(room)).begins()
    assert chat.starts("turned")[-1]["inputs"] == {"region": "US", "top": "3"}


async def test_a_name_that_was_removed_meanwhile_is_told_on_the_notebooks_field(
    chat: Chat, ana: Hand, room: str
) -> None:
    await chat.types("ana", room, f"/notebook add leaving {chat.address('brief')}")
    await ana.opens_for(room, "leaving")
    await chat.types("ana", room, "/notebook remove leaving")
    before = len(chat.starts("brief"))
    said = await ana.mistakes()
    assert "no notebook “leaving”" in said["Notebook"]
    await chat.slack.acts_in_view("ana", "More…")
    await ana.sees("no notebook “leaving”")
    assert len(chat.starts("brief")) == before


async def test_a_notebook_that_is_gone_says_what_since_when_and_who_owns_it(chat: Chat, ana: Hand, room: str) -> None:
    address = chat.address("sales").replace(chat.platforms.shelf["sales"].deepnote_id, "0" * 32)
    said = await chat.types("ana", room, f"/notebook add gone {address} --owner <@U0BENOKAFR|ben>")
    assert "Added" in said, said
    await ana.opens(room)
    found = await ana.offered("gone")
    assert (await chat.slack.fills("ana", {"Notebook": found[0]})).ok
    await ana.sees("Deepnote has no such notebook", "since 20", "Its owner is <@U0BENOKAFR>")
    assert "has no such notebook" in (await ana.mistakes())["Notebook"]
    assert "has had no such notebook since" in await chat.types("ana", room, "/notebook show gone")
    await ana.chooses("brief")
    await ana.runs()
    await (await chat.card(room)).ends()


async def test_a_trigger_that_expired_is_told_beside_the_command(chat: Chat, ana: Hand, room: str) -> None:
    chat.slack.faults.set("views.open", "error:expired_trigger_id")
    await chat.types("ana", room, "/notebook run")
    told = await chat.told("ana", room, "took too long for Slack to open the form")
    assert chat.slack.modal("ana") is None
    await chat.clicks("ana", told, "Open the form")
    await ana.sees("Type a few letters")


@pytest.mark.parametrize("fault", ["error:expired_trigger_id", "500", "refuse"])
async def test_where_there_is_no_place_beside_it_the_reason_comes_in_our_dm(chat: Chat, ben: Hand, fault: str) -> None:
    seen = len(chat.slack.messages("@ben"))
    chat.slack.faults.set("views.open", fault)
    assert (await chat.slack.shortcut("ben", "run_notebook")).ok
    message = await in_dm(chat, "ben", seen)
    assert "took too long for Slack to open the form" in sight.words(message)
    await chat.clicks("ben", message, "Open the form")
    await ben.sees("Type a few letters")


async def test_a_card_and_home_tell_it_too(chat: Chat, ana: Hand, room: str) -> None:
    card = await chat.runs("ana", room, "/notebook run brief")
    await card.ends()
    chat.slack.faults.set("views.open", "error:expired_trigger_id")
    await chat.clicks("ana", card, "Edit & run…")
    await chat.told("ana", room, "took too long for Slack to open the form")
    await chat.slack.opens_home("ana")
    await chat.slack.sees_home("ana", "Find a notebook")
    for what in (("Run a notebook",), ("form_notebook", "brief")):
        seen = len(chat.slack.messages("@ana"))
        chat.slack.faults.set("views.open", "error:expired_trigger_id")
        assert (await chat.slack.acts_in_home("ana", *what)).ok
        await in_dm(chat, "ana", seen)


async def in_dm(chat: Chat, who: str, seen: int) -> Message:
    """Wait for one more message in somebody's DM than these."""
    await chat.until(lambda: len(chat.slack.messages(f"@{who}")) > seen, f"@{who}", "a word in the DM")
    return chat.slack.messages(f"@{who}")[-1]


async def test_a_trigger_really_expires_and_the_form_is_asked_for_well_before(chat: Chat, ana: Hand, room: str) -> None:
    before = len(chat.slack.calls("views.open"))
    await ana.opens(room)
    [opened] = chat.slack.calls("views.open")[before:]
    [heard] = [each for each in chat.slack.ledger.deliveries("slash_commands") if each.at <= opened.at][-1:]
    assert opened.at - heard.at < LIFETIME / 2


async def test_a_form_that_slack_wont_show_says_so_and_doesnt_wait_for_ever(chat: Chat, ana: Hand, room: str) -> None:
    chat.slack.faults.set("views.update", "error:internal_error", times=1)
    await chat.types("ana", room, "/notebook run")
    await ana.sees("Slack didn't show this form, so nothing was started.")
    assert "One moment" not in ana.view.words


async def test_a_form_that_was_closed_stays_closed(chat: Chat, ana: Hand, room: str) -> None:
    fault = chat.breaks("deepnote", "slow", "/v2/notebooks", seconds=0.5, times=1)
    chat.shelve("never", EU_US)
    await chat.types("ana", room, f"/notebook add closed {chat.address('never')}")
    await ana.opens(room)
    found = await ana.offered("closed")
    await chat.slack.fills("ana", {"Notebook": found[0]})
    await chat.slack.closes("ana")
    before = len(chat.slack.calls("views.update"))
    await chat.until(lambda: len(chat.slack.calls("views.update")) > before, "", "the form to be drawn in vain")
    assert chat.slack.calls("views.update")[-1].error == "not_found"
    assert fault.hits <= 1
    assert chat.slack.modal("ana") is None


async def test_a_slow_platform_never_costs_the_form(chat: Chat, ana: Hand, room: str) -> None:
    await chat.catalogues("slowly", EU_US)
    await chat.restarts()
    chat.breaks("deepnote", "slow", "/v2/notebooks", seconds=3.2)
    await ana.opens(room)
    found = await ana.offered("slowly")
    assert (await chat.slack.fills("ana", {"Notebook": found[0]})).ok
    await ana.sees("region")
    await ana.fills(region="US")
    chat.breaks("deepnote", "slow", "/v2/notebooks", seconds=3.2)
    forgets(chat)
    sent = await ana.submits()
    assert sent.response_action == "close", "the form knows its own inputs"
    await chat.mends()
    await (await chat.card(room, "region *US*")).begins()


async def test_with_the_platform_silent_the_form_keeps_its_fields_and_what_stands_in_them(
    chat: Chat, ana: Hand, room: str
) -> None:
    await chat.catalogues("falling", EU_US)
    await ana.opens_for(room, "falling")
    await ana.fills(region="US")
    chat.breaks("deepnote", "503", "/v2/notebooks")
    forgets(chat)
    await ana.presses("More…", "How to run it")
    assert ana.shows("region") == "US"
    await ana.runs()
    await chat.mends()
    await (await chat.card(room, "region *US*")).begins()


async def test_with_the_platform_silent_from_the_start_inputs_are_typed(chat: Chat, ana: Hand, room: str) -> None:
    await chat.catalogues("silent", EU_US)
    forgets(chat)
    chat.breaks("deepnote", "503", "/v2/notebooks")
    await ana.opens(room)
    await ana.chooses("silent", "Deepnote isn't answering")
    await ana.enters("Inputs", "region=US")
    await chat.mends()
    sent = await ana.submits()
    assert sent.response_action == "update", "by now it answers, so its fields are shown"
    await ana.sees("inputs have changed")
    assert ana.shows("region") == "US"
    await ana.runs()
    await (await chat.card(room, "region *US*")).begins()


async def test_a_refused_token_is_told_in_the_form(chat: Chat, ana: Hand, room: str) -> None:
    forgets(chat)
    chat.breaks("deepnote", "token_refused")
    await ana.opens(room)
    found = await ana.offered("sales")
    await chat.slack.fills("ana", {"Notebook": found[0]})
    await ana.sees("Deepnote refuses our token")
    assert "refuses our token" in (await ana.mistakes())["Notebook"]


async def test_guests_and_strangers_get_no_form_and_are_offered_nothing(chat: Chat, room: str) -> None:
    for who, words in (("gus", "Guests can't use Threadbook"), ("fay", "People of other organisations")):
        hand = Hand(chat, who)
        await chat.types(who, room, "/notebook run")
        await hand.sees(words)
        assert not hand.has("Notebook")
    card = await chat.runs("ana", room, "/notebook run brief")
    await card.ends()
    await chat.clicks("gus", card, "Edit & run…")
    await Hand(chat, "gus").sees("Guests can't use Threadbook")
    assert (await chat.slack.shortcut("gus", "run_notebook")).ok
    await Hand(chat, "gus").sees("Guests can't use Threadbook")


async def test_a_guests_select_that_was_left_open_offers_nothing(chat: Chat, ben: Hand, room: str) -> None:
    await ben.opens(room)
    person = chat.slack.person("ben")
    person.role = "guest"
    try:
        await chat.restarts()
        assert await ben.offered() == []
    finally:
        person.role = "member"
        await chat.restarts()


async def test_a_form_submitted_twice_is_one_run(chat: Chat, ana: Hand, room: str) -> None:
    await chat.catalogues("twice", heading("Twice"))
    await ana.opens_for(room, "twice")
    chat.slack.sockets.duplicates = 1
    view = ana.view
    first, second = await asyncio.gather(ana.submits(), ana.submits())
    chat.slack.sockets.duplicates = 0
    assert {first.ok, second.ok} == {True, False}, "Slack sends a form once"
    await (await chat.card(room)).begins()
    chat.slack.views.open(view)  # as if the answer had been lost
    await ana.runs()
    await (await chat.runs("ana", room, "/notebook run brief")).ends()
    assert len(chat.starts("twice")) == 1


async def test_a_form_sent_again_with_other_values_is_another_run(chat: Chat, ana: Hand, room: str) -> None:
    await chat.catalogues("other", EU_US)
    await ana.opens_for(room, "other")
    view = ana.view
    await ana.runs()
    await (await chat.card(room)).begins()
    chat.slack.views.open(view)
    await ana.fills(region="US")
    await ana.runs()
    await (await chat.card(room, "region *US*")).begins()
    assert [start["inputs"] for start in chat.starts("other")] == [{}, {"region": "US"}]


async def test_a_form_with_unreadable_metadata_asks_for_the_notebook(chat: Chat, ana: Hand, room: str) -> None:
    await ana.opens_for(room, "brief")
    broken: dict[str, Any] = {**ana.view.given, "private_metadata": "{broken"}
    ana.view.given = broken
    before = len(chat.starts("brief"))
    sent = await ana.submits()
    assert sent.response_action in ("update", "errors")
    assert len(chat.starts("brief")) == before
