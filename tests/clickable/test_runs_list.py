"""`runs`: what is listed, filtered by flags and by notebook, and turned page by page with buttons."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from bot.sandbox.slack.workspace import BEN, BOT
from tests.endtoend import sight
from tests.endtoend.notebooks import heading

if TYPE_CHECKING:
    from bot.sandbox.slack.records import Message
    from tests.endtoend.chat import Chat

pytestmark = pytest.mark.asyncio(loop_scope="module")


def numbers(message: Message) -> list[int]:
    """The runs that a list shows."""
    return [int(found) for found in re.findall(r"^\*(\d+)\*  ", sight.words(message), re.MULTILINE)]


@pytest_asyncio.fixture(scope="module", loop_scope="module", autouse=True)
async def history(chat: Chat) -> str:
    """Twenty-three runs: the odd ones Ben's, the third and the fourth refused, the last in a room of Ben's own.

    They are spread over rooms: Slack takes about a message a second in each.
    """
    rooms = [chat.room() for _ in range(8)]
    await chat.catalogues("other", heading("Other"))
    for number in range(1, 23):
        name = "brief nonsense=1" if number in (3, 4) else "other" if number > 20 else "brief"
        line = f"/notebook run {name} --anyway"
        assert await chat.types("ben" if number % 2 else "ana", rooms[number % 8], line) == ""
    private = chat.room("private", (BEN, BOT))
    await (await chat.runs("ben", private, "/notebook run brief --anyway")).ends()
    for number in (3, 4):
        await (await chat.card(rooms[number], f"run {number}")).shows("Not started")
    return rooms[0]


async def test_pages_are_turned_in_place(chat: Chat, history: str) -> None:
    await chat.types("ana", history, "/notebook runs")
    first = await chat.told("ana", history, "The newest runs that you can see")
    assert numbers(first) == list(range(22, 12, -1)), "the run in Ben's own room isn't Ana's to see"
    assert sight.buttons(first) == ["Older"]
    await chat.types("ana", chat.room(), "/notebook run brief --anyway")
    await chat.clicks("ana", first, "Older")
    second = await chat.told("ana", history, "page 2")
    assert numbers(second) == list(range(12, 2, -1)), "a run that came meanwhile moves nothing"
    assert sight.buttons(second) == ["Newer", "Older"]
    await chat.clicks("ana", second, "Older")
    third = await chat.told("ana", history, "page 3")
    assert (numbers(third), sight.buttons(third)) == ([2, 1], ["Newer"])
    assert [each for each in chat.slack.messages(history, "ana") if each.to and "page 2" in sight.words(each)] == []
    await chat.clicks("ana", third, "Newer")
    second = await chat.told("ana", history, "page 2")
    assert numbers(second) == list(range(12, 2, -1))
    await chat.clicks("ana", second, "Newer")
    assert numbers(await chat.told("ana", history, "The newest runs")) == [24, *range(22, 13, -1)]


async def test_filters_go_with_the_pages(chat: Chat, history: str) -> None:
    await chat.types("ben", history, "/notebook runs --mine brief")
    first = await chat.told("ben", history, "(yours, of brief)")
    assert numbers(first) == [23, 19, 17, 15, 13, 11, 9, 7, 5, 3]
    await chat.clicks("ben", first, "Older")
    assert numbers(await chat.told("ben", history, "(yours, of brief), page 2")) == [1]
    await chat.types("ana", history, "/notebook runs --failed")
    assert numbers(await chat.told("ana", history, "(failed)")) == [4, 3]
    await chat.types("ana", history, "/notebook runs other")
    assert numbers(await chat.told("ana", history, "(of other)")) == [22, 21]
    assert "No runs that you can see (yours, failed, of other)" in await chat.types(
        "ana", history, "/notebook runs --mine --failed other"
    )
