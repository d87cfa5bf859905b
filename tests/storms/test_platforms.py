"""Wires to the platforms that break in every way: what people see, that nothing is lost, and nothing started twice."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, get_args

import pytest

from tests.endtoend.notebooks import heading
from tests.proxy import BEFORE, Proxy, Way
from tests.storms.house import storming, struck, until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.endtoend.card import Card
    from tests.storms.house import Storm

pytestmark = pytest.mark.asyncio(loop_scope="module")

WAYS: tuple[Way, ...] = get_args(Way)
LABEL = {"datalore": "Datalore", "deepnote": "Deepnote"}
POST = {"datalore": "POST /datalore/api/run/v1/notebook", "deepnote": "POST /deepnote/v2/runs"}
LOOK = {"datalore": "GET /datalore/api/run/v1/", "deepnote": "GET /deepnote/v2/runs/"}
STOPPED = {"datalore": "Failed after", "deepnote": "Stopped on Deepnote"}
"""Datalore has no word of its own for a run that somebody stopped."""


@pytest.mark.parametrize("way", WAYS)
async def test_a_start_whose_answer_is_lost_may_have_started_and_is_never_sent_again(
    storm: Storm, room: str, way: Way
) -> None:
    async def on(platform: str) -> None:
        slug = f"start-{way}-{platform}".replace("_", "-")
        storm.chat.shelve(slug, heading("Start"), title=slug)
        fault = storm.breaks(platform, way, POST[platform], seconds=0.3)
        card = await storm.runs(room, slug, platform, slug)
        closing = await card.ends("May have started")
        assert f"No answer came back from {LABEL[platform]}, so I won't start it a second time" in card.words
        assert "failed" not in closing
        assert card.pings == [f"@{storm.chat.slack.person('ana').id}"]
        assert fault.hits == 1
        assert len(storm.chat.starts(slug)) == (0 if way in BEFORE else 1)

    await asyncio.gather(on("datalore"), on("deepnote"))


@pytest.mark.parametrize("way", WAYS)
async def test_a_run_under_way_is_not_touched_by_looks_that_fail(storm: Storm, room: str, way: Way) -> None:
    async def on(platform: str) -> None:
        slug, words = f"look-{way}-{platform}".replace("_", "-"), f"{LABEL[platform]} hasn't been answering"
        card = await storm.under_way(room, slug, platform)
        fault = storm.breaks(platform, way, LOOK[platform], seconds=0.3)
        await card.shows("Queued since", words, "I look again at least every two minutes")
        await card.tells(words, "the run isn't touched by that")
        fault.end()
        await card.tells(f"{LABEL[platform]} answers again")
        assert words not in card.words
        await storm.stops(slug, platform)
        await card.ends(STOPPED[platform])
        assert (card.count(words), card.count("answers again"), len(card.pings)) == (1, 1, 1)
        assert len(storm.chat.starts(slug)) == 1

    await asyncio.gather(on("datalore"), on("deepnote"))


@pytest.mark.parametrize("fault", ["429", "500"])
async def test_refused_looks_are_told_as_what_they_are(storm: Storm, room: str, fault: str) -> None:
    does = "has been asking us to wait" if fault == "429" else "hasn't been answering"

    async def on(platform: str) -> None:
        words = f"{LABEL[platform]} {does}"
        card = await storm.under_way(room, f"refused-{fault}-{platform}", platform)
        refused = storm.chat.breaks(platform, fault, on=LOOK[platform])
        await card.shows("Queued since", f"{words} since", "I look again at least every two minutes")
        assert refused.hits >= (6 if fault == "429" else 2)
        refused.times = refused.hits
        await card.tells(f"{LABEL[platform]} answers again")
        await storm.stops(f"refused-{fault}-{platform}", platform)
        await card.ends(STOPPED[platform])
        assert card.count(words) == 1

    await asyncio.gather(on("datalore"), on("deepnote"))


async def test_refused_starts_that_are_not_told_how_long_to_wait_are_made_once_they_may(storm: Storm) -> None:
    async def on(platform: str) -> None:
        slug = f"refused-start-{platform}"
        storm.chat.shelve(slug, heading("Start"), title=slug)
        refused = storm.chat.breaks(platform, "429", on=POST[platform])
        card = await storm.runs(storm.chat.room(), slug, platform)
        words = f"{LABEL[platform]} has been asking us to wait"
        await card.shows("Asked for at", f"{words} since", "nothing was started yet, I try again at")
        await until(lambda: refused.hits >= 3)  # it is tried again, and again
        assert storm.chat.starts(slug) == []
        refused.times = refused.hits
        await card.ends("Succeeded")
        assert (card.count(words), len(card.pings), len(storm.chat.starts(slug))) == (1, 1, 1)

    await asyncio.gather(on("datalore"), on("deepnote"))


async def test_an_hour_that_the_platform_asks_for_stands_on_the_card_and_can_be_cut_short(
    storm: Storm, room: str
) -> None:
    limited = storm.chat.breaks("datalore", "429", on="POST", retry_after=3600)
    card = await storm.runs(room, "brief", "datalore")
    await card.shows(
        "Asked for at", "Datalore has been asking us to wait since", "nothing was started yet, I try again at"
    )
    await card.tells("Datalore has been asking us to wait since", "nothing was started yet, I try again at")
    assert "answering" not in card.words + card.said
    started = len(storm.chat.starts("brief"))
    await storm.chat.clicks("ana", card, "Stop tracking")
    closing = await card.ends("Taken back")
    assert "before it was started" in closing
    assert (limited.hits, len(storm.chat.starts("brief"))) == (1, started)


async def test_a_platform_that_is_down_is_told_on_every_card_and_starts_wait_for_it(storm: Storm, room: str) -> None:
    words, slugs = "Datalore hasn't been answering since", [f"down-{number}" for number in range(3)]
    cards = [await storm.under_way(room, slug, "datalore") for slug in slugs]
    other = await storm.under_way(room, "meanwhile", "deepnote")
    storm.chat.shelve("waits", heading("Waits"), title="waits")
    await storm.wires["datalore"].refuse()
    for card in cards:
        await card.shows("Queued since", words)
    waiting = [await storm.runs(room, "waits", "datalore", "waits") for _ in range(2)]
    for card in waiting:
        await card.shows("Asked for at", words, "nothing was started yet, I try again at least every two minutes")
        await card.tells(words, "I keep trying")
    await storm.stops("meanwhile", "deepnote")
    await other.ends("Stopped on Deepnote")  # which has nothing to do with all that
    assert storm.chat.starts("waits") == []
    await storm.wires["datalore"].listen()
    for card in waiting:
        await card.ends("Succeeded")
    for card, slug in zip(cards, slugs, strict=True):
        await card.tells("Datalore answers again")
        await storm.stops(slug, "datalore")
        await card.ends(STOPPED["datalore"])
    for each in (*cards, *waiting):
        assert (each.count(words), each.count("answers again"), len(each.pings)) == (1, 1, 1)
    assert len(storm.chat.starts("waits")) == 2


async def test_where_tls_fails_nothing_is_sent(storm: Storm, tmp_path: Path) -> None:
    async with Proxy() as wire:
        fault = wire.breaks("garbage")
        async with storming(tmp_path, datalore_url=f"https://127.0.0.1:{wire.port}/datalore") as other:
            card: Card = await other.chat.runs("ana", other.chat.room(), "/notebook run datalore:ana/memo")
            await card.shows("Asked for at", "Datalore hasn't been answering", "nothing was started yet")
            await struck(fault, 2)  # it's tried again: nothing can have been started
            await other.chat.clicks("ana", card, "Stop tracking")
            await card.ends("Taken back")


async def test_results_that_come_a_byte_a_second_hold_up_nobody(storm: Storm, room: str) -> None:
    storm.chat.shelve("heavy", heading("Heavy"), title="heavy")
    slow = storm.breaks("datalore", "slow", "GET /datalore/notebook/", seconds=0.5)
    heavy = [await storm.runs(room, "heavy", "datalore", "heavy") for _ in range(5)]
    await until(lambda: slow.hits >= 4)
    quick = await storm.under_way(room, "quick", "datalore")
    await storm.stops("quick", "datalore")
    await quick.shows(STOPPED["datalore"])
    slow.end()
    for card in heavy:
        await card.ends("Succeeded")
        assert len(card.pings) == 1
    await quick.ends(STOPPED["datalore"])
