"""Bad days of Slack and of the wire to it: its troubles are never the run's; nothing is lost, and nothing doubled."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, get_args

import pytest

from tests.endtoend import sight
from tests.endtoend.notebooks import heading
from tests.proxy import BEFORE, Way
from tests.storms.house import TIMES, until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.storms.house import Storm

pytestmark = pytest.mark.asyncio(loop_scope="module")

WAYS: tuple[Way, ...] = get_args(Way)
TEN_MINUTES = 600.0


def settled(storm: Storm) -> int:
    """How many runs have ended, and all that they left is in the rows."""
    with closing(sqlite3.connect(storm.chat.database)) as rows:
        [found] = rows.execute("SELECT count(*) FROM runs WHERE settled").fetchone()
    return int(found)


@pytest.mark.slow
async def test_what_happens_in_ten_minutes_without_slack_is_told_afterwards_once(storm: Storm, room: str) -> None:
    """Ten minutes of the courier's time, a hundred times faster than real ones."""
    slugs = [f"quiet-{number}" for number in range(4)]
    cards = [await storm.under_way(room, slug, "deepnote") for slug in slugs]
    before = settled(storm)
    await storm.slack.refuse()
    for slug in slugs[:3]:
        await storm.stops(slug, "deepnote")
    asked = asyncio.create_task(storm.chat.types("ana", room, "/datalore run ana/brief"))
    await until(lambda: settled(storm) == before + 3)
    started = len(storm.chat.starts("brief"))
    await asyncio.sleep(TEN_MINUTES / TIMES)
    assert len(storm.chat.starts("brief")) == started  # no card, no start
    await storm.slack.listen()
    assert await asked == ""
    for card in cards[:3]:
        closing = await card.ends("Stopped on Deepnote")
        assert card.lines[-1] == closing
        assert (card.count("Queued on"), len(card.pings)) == (1, 1)
    assert "Queued since" in cards[3].words  # a run is never called failed because of Slack
    late = await storm.chat.card(room, "brief")
    await late.ends("Succeeded")
    assert len(storm.chat.starts("brief")) == started + 1
    assert len(storm.chat.cards(room)) == 5
    await storm.stops(slugs[3], "deepnote")
    await cards[3].ends("Stopped on Deepnote")


@pytest.mark.parametrize("way", WAYS)
async def test_the_end_is_shown_whatever_the_wire_does(storm: Storm, room: str, way: Way) -> None:
    """The edit of the card, a line of the thread, and both calls for a file, each struck once in one run's end."""
    slug = f"wire-{way}".replace("_", "-")
    storm.chat.shelve(slug, heading("Wire"), title=slug)
    late = storm.chat.breaks("datalore", "slow", on="GET /datalore/api/run/v1/", seconds=0.4, times=1)
    card = await storm.runs(room, slug, "datalore", slug)
    await card.shows("Queued since")
    methods = ("chat.update", "chat.postMessage", "files.getUploadURLExternal", "files.completeUploadExternal")
    faults = [storm.slack.breaks(way, f"/slack/api/{method}", times=1, seconds=0.3) for method in methods]
    assert late.hits <= 1
    closing = await card.ends("Succeeded")
    await until(lambda: all(fault.hits for fault in faults))
    once = 1 if way in BEFORE else 2  # an answer that is lost can cost one line twice
    assert closing in card.lines
    assert 1 <= len(card.pings) <= once
    assert card.count("Queued on") <= once
    assert sum(len(reply.files) for reply in card.thread) <= once
    assert list(card.files) == [f"{slug}.ipynb"]
    assert "ailed" not in card.words + card.said
    assert len(storm.chat.cards(room)) == 1
    assert len(storm.chat.starts(slug)) == 1


@pytest.mark.parametrize("way", ["reset", "garbage", "reset_after", "garble"])
async def test_a_card_that_may_not_have_been_posted_starts_nothing_twice(storm: Storm, room: str, way: Way) -> None:
    slug = f"card-{way}".replace("_", "-")
    storm.chat.shelve(slug, heading("Card"), title=slug)
    storm.slack.breaks(way, "/slack/api/chat.postMessage", times=1)
    await storm.chat.types("ana", room, f"/datalore run {storm.chat.platforms.shelf[slug].datalore_id}")
    card = await storm.chat.card(room, "Succeeded")
    await card.ends("Succeeded")
    assert len(storm.chat.starts(slug)) == 1
    assert len(storm.chat.cards(room)) == (1 if way in BEFORE else 2)
    others = [sight.words(each) for each in storm.chat.cards(room) if each.ts != card.message.ts]
    assert all("Asked for at" in words for words in others)  # true for ever


async def test_what_cannot_be_noted_is_not_posted_again(storm: Storm, room: str) -> None:
    """The database is locked just when the thread is told, and stays so for longer than anybody waits for it."""
    card = await storm.under_way(room, "noted", "deepnote")
    posts = len(storm.chat.slack.calls("chat.postMessage"))
    await storm.stops("noted", "deepnote")
    await until(lambda: len(storm.chat.slack.calls("chat.postMessage")) > posts, 5)
    other = await asyncio.to_thread(_lock, storm.chat.database)
    try:
        await asyncio.sleep(1.0)
    finally:
        await asyncio.to_thread(other.execute, "ROLLBACK")
        other.close()
    await card.ends("Stopped on Deepnote")
    assert (len(card.pings), card.count("was stopped")) == (1, 1)


def _lock(database: Path) -> sqlite3.Connection:
    other = sqlite3.connect(database, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    return other
