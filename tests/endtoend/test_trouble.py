"""Bad days of the platforms: refused tokens, silence, limits, lost answers. Nothing starts twice, nor fails by it."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from bot import lost
from bot.sandbox.slack.workspace import ANA
from bot.sandbox.standins import PlatformStandIns

from . import sight
from .house import chatting
from .notebooks import asks, code, heading

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.sandbox.faults import Fault

    from .card import Card
    from .chat import Chat

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chat(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Chat]:
    """A workspace where many notebooks can be under way."""
    platforms = PlatformStandIns(at_once=6, spare_kernel=False)
    async with chatting(tmp_path_factory.mktemp("chat"), platforms=platforms) as chat:
        await chat.catalogues("brief", heading("Brief"))
        await chat.catalogues("memo", heading("Memo"), on="datalore")
        yield chat


async def struck(fault: Fault, times: int = 1) -> float:
    """Wait until a fault has struck so often; the time of that is given back, in seconds."""
    async with asyncio.timeout(20):
        while fault.hits < times:  # noqa: ASYNC110 - the other side sets no event
            await asyncio.sleep(0.01)
    return time.monotonic()


def told_to_admins(chat: Chat) -> list[str]:
    """What ana's DM holds of refused tokens."""
    return [words for each in chat.cards("@ana") if "token" in (words := sight.words(each))]


@pytest.mark.parametrize(("platform", "name"), [("datalore", "memo"), ("deepnote", "brief")])
async def test_a_refused_token_is_told_to_the_person_and_once_to_the_admins(
    chat: Chat, room: str, platform: str, name: str
) -> None:
    label = platform.capitalize()
    told, started = len(told_to_admins(chat)), len(chat.starts(name))
    chat.breaks(platform, "token_refused")
    for _ in range(2):
        card = await chat.runs("ben", room, f"/notebook run {name}")
        closing = await card.ends("Not started")
        for words in (card.words, closing):
            assert f"{label} refused our token" in words
            assert "The admins were told." in words
    await chat.until(lambda: len(told_to_admins(chat)) == told + 1, "@ana", "a word to the admins")
    assert f"{label} refuses Threadbook's token" in told_to_admins(chat)[-1]
    assert len(chat.starts(name)) == started
    assert not [each for each in chat.cards("@ben") if "token" in sight.words(each)]  # ben is no admin

    await chat.mends()
    card = await chat.runs("ben", room, f"/notebook run {name}")
    await card.ends()
    assert len(told_to_admins(chat)) == told + 1
    chat.breaks(platform, "token_refused")
    await (await chat.runs("ben", room, f"/notebook run {name}")).ends("Not started")
    await chat.until(lambda: len(told_to_admins(chat)) == told + 2, "@ana", "another word: it was good in between")


@pytest.mark.slow
async def test_a_run_under_way_outlives_everything_that_keeps_us_from_looking(chat: Chat, room: str) -> None:
    """All troubles at once, each with a run of its own, as every one of them takes seconds of backing off."""
    troubles = {
        "500": ("deepnote", "hasn't been answering"),
        "reset": ("datalore", "hasn't been answering"),
        "garbage": ("deepnote", "hasn't been answering"),
        "token_refused": ("datalore", "has been refusing our token"),
    }
    told = len(told_to_admins(chat))

    async def outlives(fault: str) -> None:
        (platform, words), gate = troubles[fault], chat.gate()
        slug = f"under-{fault.replace('_', '-')}"
        await chat.catalogues(slug, gate.wait, code("print('still here')"), on=platform)
        card = await chat.runs("ana", room, f"/notebook run {slug}", slug)
        await card.shows("Running")
        (start,) = chat.starts(slug)
        trouble = chat.breaks(platform, fault, on=f"GET {there(platform)}{start['runId']}")
        await card.shows("Running since", words)
        await card.tells(words)
        await struck(trouble, 2)
        trouble.times = trouble.hits  # over
        await card.tells("answers again")
        assert words not in card.words
        gate.open()
        closing = await card.ends()
        assert "still here" in card.said
        assert (card.count(words), card.count("answers again"), card.count("Running on")) == (1, 1, 1)
        assert "failed" not in closing
        assert len(chat.starts(slug)) == 1

    await asyncio.gather(*map(outlives, troubles))
    assert len(told_to_admins(chat)) == told + 1


def there(platform: str) -> str:
    return "/deepnote/v2/runs/" if platform == "deepnote" else "/datalore/api/run/v1/"


@pytest.mark.slow
async def test_when_told_to_wait_we_wait(chat: Chat, room: str) -> None:
    """On a start and on a look: `Retry-After` is longer than our own patience would be."""

    async def start() -> None:
        await chat.catalogues("limited-start", heading("Limited"), on="datalore")
        fault = chat.breaks("datalore", "429", on="POST", retry_after=3, times=1)
        card = await chat.runs("ana", room, "/notebook run limited-start", "limited-start")
        limited = await struck(fault)
        assert chat.starts("limited-start") == []
        await card.tells("Queued on Datalore")
        assert time.monotonic() - limited >= 3
        assert len(chat.starts("limited-start")) == 1

    async def look() -> None:
        gate = chat.gate()
        await chat.catalogues("limited-look", gate.wait)
        card = await chat.runs("ana", room, "/notebook run limited-look", "limited-look")
        await card.shows("Running")
        (begun,) = chat.starts("limited-look")
        fault = chat.breaks("deepnote", "429", on=f"GET {there('deepnote')}{begun['runId']}", retry_after=3, times=1)
        limited = await struck(fault)
        gate.open()
        await card.shows("Succeeded")  # which only the next look can tell
        assert time.monotonic() - limited >= 3
        assert "answering" not in card.said  # to be asked to wait is no silence

    await asyncio.gather(start(), look())


async def test_on_deepnote_a_run_whose_start_got_no_answer_is_found_and_adopted(chat: Chat, room: str) -> None:
    await chat.catalogues("lost", asks("region", "EU"), code("print('found', region)"))
    chat.breaks("deepnote", "reset_after_start", on="POST", times=1)
    card = await chat.runs("ana", room, "/notebook run lost region=US")
    await card.ends()
    assert "found US" in card.said
    (start,) = chat.starts("lost")
    assert start["inputs"] == {"region": "US"}
    assert "may have started" not in card.said.lower()


@pytest.mark.parametrize("fault", ["reset_after_start", "error_after_start", "garbage", "cut", "reset", "502"])
async def test_on_datalore_it_may_have_started_and_is_never_started_again(chat: Chat, room: str, fault: str) -> None:
    slug = f"unclear-{fault.replace('_', '-')}"
    await chat.catalogues(slug, heading("Unclear"), on="datalore")
    trouble = chat.breaks("datalore", fault, on="POST")
    card = await chat.runs("ana", room, f"/notebook run {slug}")
    closing = await card.ends("May have started")
    assert "I won't start it a second time" in closing
    assert card.pings == [f"@{ANA}"]
    assert trouble.hits == 1
    assert len(chat.starts(slug)) == (0 if fault in ("reset", "502") else 1)

    await chat.mends()
    await chat.clicks("ana", card, "Run again")
    again = await chat.card(room, besides={card.message.ts})
    await again.tells("Queued on Datalore")
    assert len(chat.starts(slug)) == (1 if fault in ("reset", "502") else 2)


async def test_a_run_that_somebody_else_started_is_not_taken_for_ours(chat: Chat, room: str) -> None:
    await chat.catalogues("mistaken", asks("of", ""), code("print('made for', of)"))
    body = {"notebookId": chat.platforms.shelf["mistaken"].deepnote_id, "inputs": {"of": "them"}}
    headers = {"Authorization": "Bearer sandbox"}
    async with chat.http.post(f"{chat.url}/deepnote/v2/runs", json=body, headers=headers) as answer:
        assert answer.status == 202
    chat.breaks("deepnote", "reset", on="POST")
    card = await chat.runs("ana", room, "/notebook run mistaken of=us")
    await card.ends("May have started")
    assert "made for them" not in card.said
    assert card.files == {}
    assert len(chat.starts("mistaken")) == 1


@pytest.mark.slow
async def test_two_starts_without_an_answer_are_not_taken_for_one_another(chat: Chat, room: str) -> None:
    """Only one of the two has started, and nobody can know which."""
    await chat.catalogues("twins", code("print('a twin')"))
    listed = f"GET /deepnote/v2/notebooks/{chat.platforms.shelf['twins'].deepnote_id}/runs"
    chat.breaks("deepnote", "503", on=listed, times=2)  # no list to look into, until both are in doubt
    cards: list[Card] = []
    for who, fault in (("ana", "reset"), ("ben", "reset_after_start")):
        lost = chat.breaks("deepnote", fault, on="POST", times=1)
        cards.append(await chat.runs(who, room, "/notebook run twins"))
        await struck(lost)
    for card in cards:
        await card.ends("May have started")
    assert len(chat.starts("twins")) == 1


@pytest.mark.slow
async def test_a_run_that_the_platform_forgets_is_lost_not_failed(
    chat: Chat, room: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lost, "LOST_AFTER", timedelta(seconds=3))
    gate = chat.gate()
    await chat.catalogues("forgotten", gate.wait)
    card = await chat.runs("ana", room, "/notebook run forgotten")
    await card.shows("Running")
    (start,) = chat.starts("forgotten")
    chat.breaks("deepnote", "404", on=f"GET {there('deepnote')}{start['runId']}")
    await card.shows("Deepnote hasn't known this run since")
    closing = await card.ends("Deepnote no longer knows this run")
    assert "failed" not in closing.lower()
