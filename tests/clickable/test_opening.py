"""The form opens from everywhere, at once, with what is known there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.clickable.hand import Hand
from tests.endtoend.notebooks import asks

if TYPE_CHECKING:
    from tests.endtoend.chat import Chat

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_run_with_nothing_more_opens_the_form_and_what_is_filled_in_is_run(
    chat: Chat, ana: Hand, room: str
) -> None:
    await ana.opens(room)
    assert (await ana.offered("sal"))[0] == "sales"
    await ana.chooses("sales", "region", "top")
    assert (ana.shows("region"), ana.shows("top"), ana.shows("Post to")) == ("EU", "10", "This channel")
    await ana.fills(region="US")
    await ana.runs()
    card = await chat.card(room, "Sales")
    assert "region *US*" in card.words
    await card.ends()
    assert [start["inputs"] for start in chat.starts("sales")] == [{"region": "US"}]
    assert chat.slack.modal("ana") is None


async def test_the_shortcut_opens_a_form_that_posts_to_only_me(chat: Chat, ben: Hand) -> None:
    assert (await chat.slack.shortcut("ben", "run_notebook")).ok
    await ben.sees("Type a few letters")
    await ben.chooses("brief")
    assert ben.shows("Post to").startswith("Only me")
    assert "This channel" not in ben.view.words
    await ben.runs()
    await (await chat.card("@ben", "Brief")).ends()


async def test_homes_button_and_its_search_open_it_too(chat: Chat, ana: Hand) -> None:
    await chat.slack.opens_home("ana")
    await chat.slack.sees_home("ana", "Run a notebook", "Find a notebook")
    assert (await chat.slack.acts_in_home("ana", "Run a notebook")).ok
    await ana.sees("Type a few letters")
    await ana.chooses("sales")
    assert ana.shows("Post to").startswith("Only me")
    await chat.slack.closes("ana")
    assert (await chat.slack.acts_in_home("ana", "form_notebook", "sales")).ok
    await ana.sees("region")
    assert (ana.shows("Notebook"), ana.shows("region")) == ("Sales", "EU")


async def test_homes_catalogue_has_a_button_for_each_notebook(chat: Chat, ana: Hand) -> None:
    await chat.slack.opens_home("ana")
    view = await chat.slack.sees_home("ana", "memo")
    assert "*memo* · Datalore" in view.words
    assert (await chat.slack.acts_in_home("ana", "Run…")).ok  # the first of them
    await ana.sees("Post to")
    assert ana.shows("Notebook") == "Brief"


async def test_edit_and_run_opens_it_with_that_runs_values(chat: Chat, ben: Hand, room: str) -> None:
    card = await chat.runs("ana", room, "/notebook run sales region=APAC top=3")
    await card.tells("Queued")
    await chat.clicks("ben", card, "Edit & run…")
    await ben.sees("top")
    assert (ben.shows("region"), ben.shows("top"), ben.shows("Post to")) == ("APAC", "3", "This channel")
    await ben.fills(top="4")
    await ben.runs()
    again = await chat.card(room, besides={card.message.ts})
    assert "asked by ben" in again.words
    await again.ends()
    assert chat.starts("sales")[-1]["inputs"] == {"region": "APAC", "top": "4"}


async def test_what_was_run_by_its_address_is_edited_by_it_too(chat: Chat, ben: Hand, room: str) -> None:
    chat.shelve("unnamed", asks("who", "Ana"), title="Nameless")
    card = await chat.runs("ana", room, f"/notebook run {chat.address('unnamed')} who=Bea")
    await card.ends()
    await chat.clicks("ben", card, "Edit & run…")
    await ben.sees("who")
    assert (ben.shows("Notebook"), ben.shows("who")) == ("Nameless", "Bea")
    await ben.runs()
    await (await chat.card(room, besides={card.message.ts})).ends()
    assert [start["inputs"] for start in chat.starts("unnamed")] == [{"who": "Bea"}] * 2


async def test_an_unfolded_address_has_a_button_that_opens_it(chat: Chat, ben: Hand, room: str) -> None:
    await chat.types("ana", room, "/notebook unfurl on")
    await chat.types("ana", room, f"see {chat.address('sales')}")
    message = await chat.until(lambda: next((m for m in chat.slack.messages(room) if m.attachments), None), room)
    assert message is not None
    await chat.clicks("ben", message, "Run…")
    await ben.sees("region")
    assert (ben.shows("Notebook"), ben.shows("Post to")) == ("Sales", "This channel")


async def test_a_mention_offers_a_button_for_it(chat: Chat, ben: Hand, room: str) -> None:
    await chat.slack.mentions("ben", room, "@Threadbook run")
    await chat.clicks("ben", await chat.told("ben", room, "What would you like to run?"), "Open the form")
    await ben.sees("Type a few letters")
    await ben.chooses("brief")
    assert ben.shows("Post to") == "This channel"


async def test_the_command_of_one_platform_offers_only_its_notebooks(chat: Chat, ana: Hand, room: str) -> None:
    await ana.opens(room, "/datalore run")
    assert await ana.offered() == ["memo"]
    await ana.chooses("memo")
    assert await ana.offered() == ["memo"]
    await ana.opens(room, "/deepnote run")
    assert "memo" not in await ana.offered()
    assert "sales" in await ana.offered()


async def test_the_form_offers_the_catalogue_recent_notebooks_and_deepnotes_own(
    chat: Chat, ana: Hand, room: str
) -> None:
    other = chat.room()
    for slug in ("lately", "elsewhere", "never-run"):
        chat.shelve(slug, title=f"Run {slug}")
    await (await chat.runs("ana", room, f"/notebook run {chat.address('lately', 'datalore')}")).ends()
    await (await chat.runs("ben", other, f"/notebook run {chat.address('elsewhere', 'datalore')}")).ends()
    await chat.restarts()  # Deepnote's list is remembered for a while
    await ana.opens(room)
    offered = await chat.slack.suggests("ana", "Notebook", "")
    groups = {each["label"]["text"]: [one["text"]["text"] for one in each["options"]] for each in offered.groups}
    assert set(groups) == {"Catalogue", "Recent", "On Deepnote"}
    assert "ana/lately · Datalore" in groups["Recent"]
    assert "ana/elsewhere · Datalore" not in groups["Recent"], "what Ben ran elsewhere isn't known to Ana"
    assert "Run never-run · Samples" in groups["On Deepnote"]
    assert "Sales · Samples" not in groups["On Deepnote"], "it has a name in the catalogue"
    assert await ana.offered("no such thing") == []
    assert await ana.offered("NEVER samples") == ["Run never-run · Samples"]
    await ana.chooses("Run never-run · Samples")
    await ana.runs()
    await (await chat.card(room, "Run never-run")).ends()


async def test_with_slack_slow_to_say_who_somebody_is_the_form_opens_all_the_same(chat: Chat, room: str) -> None:
    """Who hasn't been asked about yet is looked up after the loading view, not before it."""
    await chat.restarts()
    chat.slack.faults.set("users.info", "slow", seconds=0.6)
    hand = Hand(chat, "ben")
    await chat.types("ben", room, "/notebook run")
    await hand.sees("One moment")
    await hand.sees("Type a few letters")
