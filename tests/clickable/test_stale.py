"""Clicks on what is old, finished or from another release get a reason, never silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.clickable.hand import Hand
    from tests.endtoend.chat import Chat

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_button_that_nobody_knows_any_more_says_so(chat: Chat, room: str) -> None:
    card = await chat.runs("ana", room, "/notebook run brief")
    await card.ends()
    old = chat.as_it_is(card)
    actions = next(block for block in old.blocks if block["type"] == "actions")
    actions["elements"][1]["action_id"] = "pressed_in_an_older_release"
    await chat.clicks_late("ben", old, "Run again", "That button is from another time")
    assert len(chat.cards(room)) == 1


@pytest.mark.parametrize("label", ["Edit & run…", "Run again"])
async def test_buttons_of_a_run_that_nobody_knows_say_so(chat: Chat, ben: Hand, room: str, label: str) -> None:
    card = await chat.runs("ana", room, "/notebook run brief")
    await card.ends()
    old = chat.as_it_is(card)
    actions = next(block for block in old.blocks if block["type"] == "actions")
    for element in actions["elements"]:
        element["value"] = "9999"
    if label == "Run again":
        await chat.clicks_late("ben", old, label, "No run 9999 that you can see.")
    else:
        await chat.clicks_late("ben", old, label)
        await ben.sees("No run 9999 that you can see.")


async def test_a_button_of_an_old_form_says_so_in_the_form(chat: Chat, ben: Hand, room: str) -> None:
    await ben.opens_for(room, "brief")
    blocks = [dict(block) for block in ben.view.blocks]
    buttons = next(block for block in blocks if block["type"] == "actions")
    buttons["elements"] = [dict(buttons["elements"][0], action_id="of_an_older_release")]
    ben.view.given = {**ben.view.given, "blocks": blocks}
    assert (await chat.slack.acts_in_view("ben", "More…")).ok
    await ben.sees("That button is from another time")


async def test_an_entry_that_is_gone_from_the_catalogue_is_told(chat: Chat, ben: Hand, room: str) -> None:
    await chat.types("ana", room, f"/notebook add fleeting {chat.address('brief')}")
    await chat.slack.opens_home("ben")
    await chat.slack.sees_home("ben", "fleeting")
    await chat.types("ben", room, "/notebook list fleeting")
    listed = await chat.told("ben", room, "*fleeting*")
    await chat.types("ana", room, "/notebook remove fleeting")
    await chat.clicks("ben", listed, "Run", "no notebook “fleeting”")
    home = chat.slack.home("ben")
    assert home is not None
    section = next(block for block in home.blocks if "fleeting" in str(block.get("text")))
    action = {"type": "button", "block_id": section["block_id"], "action_id": section["accessory"]["action_id"]}
    person = chat.slack.person("ben")
    assert (await chat.slack.modals.act(person, home.id, action)).ok
    await ben.sees("no notebook “fleeting”")
