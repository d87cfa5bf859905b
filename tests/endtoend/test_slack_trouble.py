"""Bad days of Slack: its troubles are never the run's, and what is true is shown in the end."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bot.model import Caller, Notebook, Platform, Request
from bot.model import Person as Asker
from bot.sandbox.shelf import slug_of
from bot.sandbox.slack.records import Person
from bot.sandbox.slack.workspace import ANA, TEAM
from bot.slack.allowance import BURST

from . import sight
from .chat import EVERYBODY
from .house import chatting
from .notebooks import heading

if TYPE_CHECKING:
    from pathlib import Path

    from .chat import Chat

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize(
    ("method", "faults"),
    [
        ("chat.update", ("429", "500", "lost_reply")),
        ("chat.postMessage", ("429", "500", "refuse")),
        ("files.getUploadURLExternal", ("429", "500", "refuse")),
        ("files.completeUploadExternal", ("429", "500", "refuse")),
    ],
)
async def test_the_end_is_shown_all_the_same(chat: Chat, room: str, method: str, faults: tuple[str, ...]) -> None:
    """Three runs, whose ends three faults await: each strikes one of them."""
    cards = []
    for number in range(len(faults)):
        slug = f"end-{number}-{slug_of(method)}"
        await chat.catalogues(slug, heading("The end"), on="datalore")
        cards.append(await chat.runs("ana", room, f"/notebook run {slug}", slug))
        await cards[-1].tells("Queued on Datalore")
        await cards[-1].shows("Queued since")
    for fault in faults:
        chat.slack.faults.set(method, fault)
    for card in cards:
        closing = await card.ends("Succeeded")
        assert len(card.files) == 1
        assert [words for words in ("failed", "Failed") if words in card.words + card.said] == []
        assert [card.count(words) for words in ("Queued on Datalore", "📎", "succeeded")] == [1, 1, 1]
        assert card.lines[-1] == closing
        assert len(card.pings) == 1
    assert {call.fault for call in chat.slack.calls(method)} >= set(faults)
    assert len(chat.cards(room)) == 3
    assert len([start for start in chat.platforms.ledger.starts if start["notebook"].endswith(slug_of(method))]) == 3


async def test_a_closing_line_that_slack_does_not_take_at_first_comes_once(chat: Chat, room: str) -> None:
    card = await chat.runs("ana", room, "/notebook run brief")
    await card.tells("Queued")
    chat.slack.faults.set("chat.postMessage", "500", times=2)  # the brief has nothing else to say
    await card.ends()
    assert len(card.pings) == 1


async def test_a_429_of_slack_is_obeyed(chat: Chat, room: str) -> None:
    chat.slack.faults.set("chat.update", "429", retry_after=3)
    card = await chat.runs("ana", room, "/notebook run brief")
    await card.ends()
    calls = [call for call in chat.slack.calls("chat.update") if call.channel == card.message.channel]
    at = next(place for place, call in enumerate(calls) if call.error == "ratelimited")
    assert calls[at + 1].at - calls[at].at >= 3


async def test_a_card_whose_reply_is_lost_starts_nothing_twice(chat: Chat, room: str) -> None:
    await chat.catalogues("once", heading("Once"), on="datalore")
    chat.slack.faults.set("chat.postMessage", "lost_reply")
    await chat.types("ana", room, "/notebook run once")

    def told() -> bool:
        ended = [each for each in chat.cards(room) if "Succeeded" in sight.words(each)]
        return any(any(map(sight.pings, chat.slack.thread(each))) for each in ended)

    await chat.until(told, room, "the end")
    assert len(chat.starts("once")) == 1
    others = [sight.words(each) for each in chat.cards(room) if "Succeeded" not in sight.words(each)]
    assert all("Asked for at" in words for words in others)  # true for ever, of whatever card is left behind


async def test_a_line_of_the_thread_whose_reply_is_lost_does_not_hold_up_the_end(chat: Chat, room: str) -> None:
    chat.slack.faults.set("chat.postMessage", "lost_reply", skip=1)
    card = await chat.runs("ana", room, "/notebook run memo")
    closing = await card.ends()
    assert card.lines[-1] == closing
    assert list(card.files) == ["memo.ipynb"]


async def test_a_command_that_was_not_acked_in_time_is_not_lost(chat: Chat, room: str) -> None:
    await chat.catalogues("unacked", heading("Unacked"))
    chat.slack.post.ack_seconds, patience = 0.2, chat.slack.post.ack_seconds
    chat.slack.sockets.withheld = 1
    try:
        outcome = await chat.slack.say("ana", room, "/notebook run unacked")
    finally:
        chat.slack.post.ack_seconds = patience
    assert outcome.error == "dispatch_failed"
    card = await chat.card(room)
    await card.ends()
    assert len(chat.starts("unacked")) == 1


async def test_somebody_whom_slack_does_not_name_in_time_is_told_so_and_nothing_starts(chat: Chat, room: str) -> None:
    chat.slack.workspace.add_person(Person("U0NEWHERE1", "nia", "Nia New", TEAM))
    chat.slack.channel(room).members["U0NEWHERE1"] = None
    for fault, more in (("slow", {"seconds": 2.0}), ("500", {}), ("429", {})):
        chat.slack.faults.set("users.info", fault, **more)
        said = await chat.types("nia", room, "/notebook run brief")
        assert "Slack isn't telling me who you are just now, so I did nothing." in said
    assert chat.cards(room) == []
    card = await chat.runs("nia", room, "/notebook run brief")
    await card.ends()


@pytest.mark.parametrize("fault", ["slow", "500"])
async def test_while_slack_does_not_tell_who_is_in_a_channel_its_runs_are_not_shown(
    chat: Chat, room: str, fault: str
) -> None:
    away = chat.room()
    card = await chat.runs("ana", away, "/notebook run brief")
    await card.tells("Queued")
    chat.slack.faults.set("conversations.info", fault, seconds=2)
    said = await chat.types("ben", room, f"/notebook status {card.number}")
    assert "Slack isn't telling me who is in that channel just now." in said
    assert "Brief" not in said
    assert "Brief" in await chat.types("ben", room, f"/notebook status {card.number}")


@pytest.mark.slow
async def test_a_hundred_posts_that_slack_does_not_answer_take_no_place_of_a_persons(tmp_path: Path) -> None:
    """What a person waits for needs an answer of Slack's own within a second or so."""
    async with chatting(tmp_path) as chat:
        chat.slack.workspace.add_person(Person("U0NEWHERE1", "nia", "Nia New", TEAM))
        stuck = 110
        rooms = [chat.room(members=("U0NEWHERE1", *EVERYBODY)) for _ in range(stuck // BURST + 1)]
        chat.slack.faults.set("chat.postMessage", "slow", seconds=60, times=stuck)
        for number in range(stuck):
            request = Request(notebook=Notebook(platform=Platform.DATALORE, id=f"ana/n{number}"), title="Stuck")
            caller = Caller(
                workspace=TEAM,
                person=Asker(id=ANA, name="ana"),
                channel=chat.slack.channel(rooms[number % len(rooms)]).id,
                key=f"command:{number}",
            )
            await chat.bot.store.requests.save(request, caller, datetime.now(UTC))
        async with asyncio.timeout(20):
            # A client with a hundred connections would never get to the last ones.
            while sum(each.left for each in chat.slack.faults._pending) > stuck - 100:  # noqa: ASYNC110 - sets no event
                await asyncio.sleep(0.05)
        said = await chat.types("nia", rooms[0], "/notebook list")
        assert "isn't telling me who you are" not in said


@pytest.mark.slow
async def test_sockets_that_break_are_opened_again_and_nothing_is_lost(chat: Chat, room: str) -> None:
    chat.slack.sockets.drop()
    await chat.until(lambda: not chat.slack.sockets.connections, wanted="the connections to be gone")
    await chat.slack.connected(1, seconds=20)
    card = await chat.runs("ana", room, "/notebook run brief")
    await card.ends()
    await chat.slack.connected(2, seconds=20)
