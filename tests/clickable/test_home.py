"""The Home tab: drawn when somebody opens it, and when one of their runs has ended."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.endtoend.notebooks import asks, heading

if TYPE_CHECKING:
    from tests.clickable.hand import Hand
    from tests.endtoend.chat import Chat

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_it_shows_what_i_have_running_my_last_runs_and_the_catalogue(chat: Chat, ana: Hand, room: str) -> None:
    await chat.slack.opens_home("ana")
    view = await chat.slack.sees_home("ana", "Nothing of yours is running.", "None yet.")
    assert "*brief* · Deepnote" in view.words
    await (await chat.runs("ben", room, "/notebook run brief")).ends()
    await chat.catalogues("long", asks("region", "EU"), chat.gate().wait)
    card = await chat.runs("ana", room, "/notebook run long region=US")
    await card.shows("Running")
    await chat.slack.opens_home("ana")
    view = await chat.slack.sees_home("ana", "Running since", "region *US*")
    assert "Nothing of yours" not in view.words
    assert "Brief" not in view.words.split("*Catalogue*")[0], "Ben's run is not Ana's"
    await chat.mends()
    await card.ends()
    view = await chat.slack.sees_home("ana", "Nothing of yours is running.", "Succeeded")
    assert (await chat.slack.acts_in_home("ana", "Edit & run…")).ok
    await ana.sees("region", "Post to")
    assert (ana.shows("region"), ana.shows("Post to")) == ("US", "Only me, in our direct message")


async def test_it_is_drawn_only_for_those_who_look_at_it(chat: Chat, room: str) -> None:
    before = len(chat.slack.calls("views.publish"))
    await (await chat.runs("ben", room, "/notebook run brief")).ends()
    await chat.slack.opens_home("ben")
    await chat.slack.sees_home("ben", "Succeeded")
    assert len(chat.slack.calls("views.publish")) == before + 1


async def test_many_ends_at_once_are_drawn_together(chat: Chat, room: str) -> None:
    await chat.slack.opens_home("ana")
    before = len(chat.slack.calls("views.publish"))
    cards = [await chat.runs("ana", room, "/notebook run memo --anyway") for _ in range(6)]
    for card in cards:
        await card.ends()
    last = max(card.number for card in cards)
    await chat.slack.sees_home("ana", f"run {last}", "Nothing of yours is running.")
    assert len(chat.slack.calls("views.publish")) - before <= 7


async def test_guests_and_strangers_are_told_that_they_cant(chat: Chat) -> None:
    await chat.slack.opens_home("gus")
    view = await chat.slack.sees_home("gus", "Guests can't use Threadbook here.")
    assert "brief" not in view.words
    await chat.slack.opens_home("fay")
    await chat.slack.sees_home("fay", "People of other organisations can't use Threadbook here.")


async def test_the_messages_tab_draws_nothing(chat: Chat) -> None:
    before = len(chat.slack.calls("views.publish"))
    await chat.slack.opens_home("ana", "messages")
    await chat.slack.opens_home("ana")
    await chat.until(lambda: len(chat.slack.calls("views.publish")) > before)
    assert len(chat.slack.calls("views.publish")) == before + 1


async def test_a_long_catalogue_says_how_many_more_there_are_and_finds_them(chat: Chat, ana: Hand) -> None:
    for number in range(20):
        await chat.catalogues(f"report-{number:02}", heading(f"Report {number}"))
    await chat.slack.opens_home("ana")
    view = await chat.slack.sees_home("ana", "the field above finds them")
    assert "*report-19*" not in view.words
    assert (await chat.slack.acts_in_home("ana", "form_notebook", "report-19 · report 19")).ok
    await ana.sees("Post to")
    assert ana.shows("Notebook") == "report-19"


async def test_slack_failing_to_draw_it_ends_nothing(chat: Chat, room: str) -> None:
    chat.slack.faults.set("views.publish", "500")
    await chat.slack.opens_home("ana")
    await chat.until(lambda: any(call.fault for call in chat.slack.calls("views.publish")))
    await (await chat.runs("ana", room, "/notebook run brief")).ends()
    await chat.slack.sees_home("ana", "Succeeded")


async def test_a_home_that_slack_wants_drawn_later_waits_for_that(chat: Chat) -> None:
    chat.slack.faults.set("views.publish", "429", retry_after=2)
    await chat.slack.opens_home("ana")
    async with asyncio.timeout(10):
        while not chat.bot._budget.closed("views.publish"):  # noqa: ASYNC110 - the budget sets no event
            await asyncio.sleep(0.01)
    refused = chat.slack.calls("views.publish")[-1]
    await chat.slack.opens_home("ana")
    await chat.until(lambda: chat.slack.calls("views.publish")[-1].ok)
    drawn = chat.slack.calls("views.publish")[-1]
    assert refused.error == "ratelimited"
    assert drawn.at - refused.at >= 2
