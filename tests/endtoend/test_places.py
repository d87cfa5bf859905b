"""Where a run may be asked for, where its card goes, and who can see it there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.sandbox.slack.workspace import ANA, BEN, BOT

from . import sight
from .notebooks import heading

if TYPE_CHECKING:
    from .card import Card
    from .chat import Chat

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_in_a_public_channel_without_the_bot_the_card_comes_and_a_line_instead_of_the_files(chat: Chat) -> None:
    room = chat.room(members=(ANA, BEN))
    card = await chat.runs("ana", room, "/notebook run memo")
    closing = await card.ends()
    assert card.files == {}
    assert card.count("/invite @Threadbook") == 1
    assert card.lines[-1] == closing
    assert sight.links(card.thread[1]) != []  # the links are there all the same

    await chat.types("ana", room, "/invite @Threadbook")
    await chat.clicks("ana", card, "Run again")
    again = await chat.card(room, besides={card.message.ts})
    await again.ends()
    assert list(again.files) == ["memo.ipynb"]
    assert "/invite" not in again.said


async def test_in_a_private_channel_without_the_bot_nothing_starts_but_the_dm_is_offered(chat: Chat) -> None:
    await chat.catalogues("private", heading("Private"), on="datalore")
    room = chat.room("private", (ANA, BEN))
    await chat.types("ben", room, "/notebook run private")
    offered = await chat.told("ben", room, "I can't post here, so *private* was not started.", "/invite @Threadbook")
    assert sight.buttons(offered) == ["Run it in our DM"]
    assert chat.cards(room) == []
    assert chat.starts("private") == []

    await chat.clicks("ben", offered, "Run it in our DM", "its card comes in our DM")
    card = await chat.card("@ben", "private")
    await card.ends()
    assert list(card.files) == ["private.ipynb"]
    assert len(chat.starts("private")) == 1
    assert chat.cards(room) == []


async def test_in_an_archived_channel_nothing_starts(chat: Chat) -> None:
    starts = len(chat.starts("memo"))
    await chat.types("ana", "old-reports", "/notebook run memo")
    offered = await chat.told("ana", "old-reports", "This channel is archived, so *memo* was not started.")
    assert sight.buttons(offered) == ["Run it in our DM"]
    assert "/invite" not in sight.words(offered)
    assert len(chat.starts("memo")) == starts


async def test_with_the_flag_card_and_results_come_in_the_dm(chat: Chat, room: str) -> None:
    before = {each.ts for each in chat.cards("@ben")}
    said = await chat.types("ben", room, "/notebook run memo --dm")
    assert "its card comes in our DM" in said
    card = await chat.card("@ben", besides=before)
    await card.ends()
    assert list(card.files) == ["memo.ipynb"]
    assert chat.cards(room) == []


async def test_a_run_asked_for_in_the_dm_stays_there(chat: Chat) -> None:
    card = await chat.runs("ben", "@ben", "/notebook run memo")
    await card.ends()
    assert list(card.files) == ["memo.ipynb"]


class TestWhoSeesARun:
    """Ana's runs, in places where ben can't look: as good as none to him, wherever he asks from."""

    async def hidden(self, chat: Chat, number: int, where: str) -> None:
        """Whatever ben tries with this run, he is told what he would be told if there were none."""
        for line in ("status {}", "rerun {}", "untrack {}", "rerun {} region=US"):
            refused = await chat.types("ben", where, f"/notebook {line.format(number)}")
            none = await chat.types("ben", where, f"/notebook {line.format(999_999)}")
            assert f"No run {number} that you can see." in refused
            assert refused == none.replace("999999", str(number))
        assert f"*{number}*" not in await chat.types("ben", where, "/notebook runs")

    async def seen(self, chat: Chat, who: str, number: int, where: str) -> None:
        """This person can look at the run from there."""
        assert f"· run {number}" in await chat.types(who, where, f"/notebook status {number}")
        assert f"*{number}*" in await chat.types(who, where, "/notebook runs")

    async def run(self, chat: Chat, where: str) -> Card:
        slug = f"for-{where.strip('@')}"
        await chat.catalogues(slug, heading(slug))
        card = await chat.runs("ana", where, f"/notebook run {slug}")
        await card.tells("Queued")
        return card

    async def test_in_a_private_channel_only_its_members_do(self, chat: Chat, room: str) -> None:
        private = chat.room("private", (ANA, BOT))
        card = await self.run(chat, private)
        starts = len(chat.platforms.ledger.starts)
        await self.hidden(chat, card.number, room)
        assert (len(chat.platforms.ledger.starts), chat.cards(room)) == (starts, [])
        await self.seen(chat, "ana", card.number, private)
        await self.seen(chat, "ana", card.number, room)

    async def test_in_a_private_channel_that_ben_is_in_ben_does_too(self, chat: Chat, room: str) -> None:
        card = await self.run(chat, chat.room("private", (ANA, BEN, BOT)))
        await self.seen(chat, "ben", card.number, room)

    async def test_in_a_public_channel_everybody_of_the_company_does(self, chat: Chat, room: str) -> None:
        card = await self.run(chat, chat.room(members=(ANA, BOT)))
        await self.seen(chat, "ben", card.number, room)

    async def test_in_the_dm_only_whose_dm_it_is(self, chat: Chat, room: str) -> None:
        card = await self.run(chat, "@ana")
        await self.hidden(chat, card.number, room)
        await self.seen(chat, "ana", card.number, "@ana")
        await self.seen(chat, "ana", card.number, room)

    async def test_sent_to_the_dm_from_a_channel_the_asker_sees_it_from_there(self, chat: Chat, room: str) -> None:
        before = {each.ts for each in chat.cards("@ana")}
        await chat.types("ana", room, "/notebook run memo --dm")
        card = await chat.card("@ana", besides=before)
        await self.hidden(chat, card.number, room)
        await self.seen(chat, "ana", card.number, room)

    async def test_refused_for_want_of_a_card_only_the_asker_does(self, chat: Chat, room: str) -> None:
        closed = chat.room("private", (ANA, BEN))
        await chat.types("ana", closed, "/notebook run brief")
        offered = await chat.told("ana", closed, "was not started")
        (number,) = {block["elements"][0]["value"] for block in offered.blocks if block["type"] == "actions"}
        await self.hidden(chat, int(number), closed)
        assert "Not started" in await chat.types("ana", room, f"/notebook status {number}")

    async def test_the_catalogue_tells_of_no_run_that_is_hidden(self, chat: Chat, room: str) -> None:
        await chat.catalogues("told-of", heading("Told of"))
        hidden = await chat.runs("ana", chat.room("private", (ANA, BOT)), "/notebook run told-of")
        await hidden.tells("Queued")
        assert "Last run" not in await chat.types("ben", room, "/notebook show told-of")
        assert f"Last run that you can see: {hidden.number}" in await chat.types("ana", room, "/notebook show told-of")
