"""Entries of the catalogue: what is said of them, shown and changed, and what they do to a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.endtoend.notebooks import asks, heading

if TYPE_CHECKING:
    from tests.clickable.hand import Hand
    from tests.endtoend.chat import Chat

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_everything_that_is_said_of_a_notebook_is_shown(chat: Chat, room: str) -> None:
    allowed = chat.slack.channel(chat.room()).id
    said = await chat.types(
        "ana",
        room,
        f"/notebook add whole {chat.address('memo', 'datalore')} region=EU --input region:select=EU,US "
        f'--describe "What was sold" --owner <@U0BENOKAFR|ben> --channels <#{allowed}|x> --write-files '
        "--one-at-a-time --when-changed",
    )
    assert "Added" in said, said
    shown = await chat.types("ben", room, "/notebook show whole")
    for words in (
        "What was sold",
        "Inputs: region (select)",
        "Always run: writes to the notebook's files",
        "Owner: <@U0BENOKAFR>",
        f"Only in: <#{allowed}>",
        "Only one run at a time",
        "Posts results only when a key number or a table changed",
    ):
        assert words in shown
    changed = await chat.types("ana", room, "/notebook edit whole --many-at-a-time --any-options")
    assert "Changed" in changed
    shown = await chat.types("ben", room, "/notebook show whole")
    assert "Only one run" not in shown
    assert "Always run" not in shown
    assert "What was sold" in shown


async def test_a_new_link_keeps_name_values_and_history(chat: Chat, ana: Hand, room: str) -> None:
    await chat.catalogues("kept", asks("region", "EU"))
    await chat.types("ana", room, "/notebook edit kept region=US")
    card = await chat.runs("ana", room, "/notebook run kept")
    await card.ends()
    chat.shelve("kept-anew", asks("region", "EU"), asks("top", "10"))
    assert "Changed" in await chat.types("ana", room, f"/notebook edit kept {chat.address('kept-anew')}")
    await ana.opens_for(room, "kept")
    assert (ana.shows("region"), ana.shows("top")) == ("US", "10")
    await chat.slack.closes("ana")
    await chat.clicks("ana", card, "Edit & run…")
    await ana.sees("top")
    assert ana.shows("region") == "US"
    await ana.runs()
    await (await chat.card(room, besides={card.message.ts})).begins()
    assert chat.starts("kept-anew")[-1]["inputs"] == {"region": "US"}


async def test_an_entry_that_was_just_added_or_changed_is_offered_at_once(chat: Chat, ana: Hand, room: str) -> None:
    await ana.opens(room)
    assert "instant" not in await ana.offered("instant")
    await chat.catalogues("instant", heading("Instant"))
    assert await ana.offered("instant") == ["instant"]
    await chat.types("ana", room, '/notebook edit instant --describe "Right away"')
    assert await ana.offered("right away") == ["instant · Right away"]
    await chat.types("ana", room, "/notebook remove instant")
    assert "instant · Right away" not in await ana.offered("instant")
