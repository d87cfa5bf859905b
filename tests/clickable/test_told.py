"""Who is told: more people at a run's end, and a failed run's owner, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.sandbox.slack.workspace import ANA, BEN
from tests.endtoend import sight
from tests.endtoend.notebooks import asks, code

if TYPE_CHECKING:
    from tests.endtoend.chat import Chat

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_tell_me_too_on_a_card_mentions_that_person_at_the_end(chat: Chat, room: str) -> None:
    await chat.catalogues("watched", chat.gate().wait)
    card = await chat.runs("ana", room, "/notebook run watched")
    await card.shows("Running")
    early = chat.as_it_is(card)
    await chat.clicks("ben", card, "Tell me too", "You'll be mentioned")
    await chat.clicks("ben", card, "Tell me too", "You're on the list already")
    await chat.clicks("ana", card, "Tell me too", "You asked for run")
    await chat.clicks("gus", card, "Tell me too", "Guests can't")
    await chat.mends()
    closing = await card.ends()
    assert closing.endswith(f"Told too: <@{BEN}>")
    assert sorted(card.pings) == sorted([f"@{ANA}", f"@{BEN}"])
    assert "Tell me too" not in card.buttons
    await chat.clicks_late("ben", early, "Tell me too", "has ended already; its thread tells how")


async def test_a_failed_runs_owner_is_asked_once_with_the_run_and_its_inputs(chat: Chat, room: str) -> None:
    await chat.catalogues("failing", asks("region", "EU"), code("raise KeyError(region)"))
    await chat.types("ana", room, "/notebook edit failing --owner <@U0BENOKAFR|ben>")
    card = await chat.runs("ana", room, "/notebook run failing region=US")
    await card.ends("Failed")
    last = card.thread[-1]
    assert sight.buttons(last) == ["Ask ben"]
    await chat.clicks("ana", last, "Ask ben", "The owner is being asked")
    await card.tells(f"🙋 <@{BEN}>, <@{ANA}> asks you about *failing*, run {card.number}, with region *US*")
    await chat.clicks("ben", last, "Ask ben", f"The owner has been asked about run {card.number} already.")
    assert card.count("🙋") == 1


async def test_without_an_owner_and_after_success_nobody_is_offered(chat: Chat, room: str) -> None:
    await chat.catalogues("ownerless", code("raise KeyError('region')"))
    card = await chat.runs("ana", room, "/notebook run ownerless")
    await card.ends("Failed")
    assert sight.buttons(card.thread[-1]) == []
    await chat.types("ana", room, "/notebook edit brief --owner <@U0BENOKAFR|ben>")
    fine = await chat.runs("ana", room, "/notebook run brief")
    await fine.ends()
    assert sight.buttons(fine.thread[-1]) == []
