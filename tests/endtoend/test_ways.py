"""The ways to run: flags of both platforms, words for dates, runs that were started elsewhere."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from bot.sandbox.slack.workspace import BEN

from .notebooks import asks, code, heading

if TYPE_CHECKING:
    from .chat import Chat

pytestmark = pytest.mark.asyncio(loop_scope="module")
BEARER = {"Authorization": "Bearer sandbox"}


async def of_datalore(chat: Chat, run_id: str) -> Any:
    """What Datalore says of a run."""
    async with chat.http.get(f"{chat.url}/datalore/api/run/v1/{run_id}", headers=BEARER) as answer:
        assert answer.status == 200
        return await answer.json()


async def start_elsewhere(chat: Chat, slug: str, platform: str) -> str:
    """Somebody starts a notebook without Threadbook; the run's id is given back."""
    notebook = chat.platforms.shelf[slug]
    there = {"deepnote": "/deepnote/v2/runs", "datalore": "/datalore/api/run/v1/notebook"}[platform]
    body = {"notebookId": notebook.deepnote_id if platform == "deepnote" else notebook.datalore_id}
    async with chat.http.post(chat.url + there, json=body, headers=BEARER) as answer:
        assert answer.status in (200, 202)
        return str((await answer.json())["runId"])


async def test_a_live_run_is_in_the_shared_notebook(chat: Chat, room: str) -> None:
    before = len(chat.starts("brief"))
    card = await chat.runs("ana", room, "/notebook run brief --live")
    await card.tells("Queued on Deepnote")
    assert [start["how"] for start in chat.starts("brief")[before:]] == ["live"]
    assert "Deepnote, in the shared notebook" in card.words


async def test_read_only_storage_keeps_nothing(chat: Chat, room: str) -> None:
    keep = "try:\n    open('kept.txt', 'w').close()\n    print('kept')\nexcept OSError:\n    print('refused')"
    await chat.catalogues("keeper", code(keep))
    writable = await chat.runs("ana", room, "/notebook run keeper")
    readonly = await chat.runs("ana", room, "/notebook run keeper --readonly")
    await writable.ends()
    await readonly.ends()
    assert "kept" in writable.said
    assert "refused" in readonly.said
    assert "read-only storage" in readonly.words


async def test_only_the_chosen_blocks_run_and_with_dependents_what_needs_them(chat: Chat, room: str) -> None:
    sources = ("number = 1\nprint('first')", "print('second')", "print('third', number)")
    await chat.catalogues("blocks", *map(code, sources))
    first, second, _ = (block.id for block in chat.platforms.shelf["blocks"].blocks)
    chosen = await chat.runs("ana", room, f"/notebook run blocks --blocks {second},{first}")
    await chosen.ends()
    assert "2 blocks only" in chosen.words
    assert ("first" in chosen.said, "second" in chosen.said, "third" in chosen.said) == (True, True, False)
    with_needs = await chat.runs("ana", room, f"/notebook run blocks —blocks={first} --dependents")
    await with_needs.ends()
    assert "1 block only and dependents" in with_needs.words
    assert "third 1" in with_needs.said
    assert [start["how"] for start in chat.starts("blocks")] == ["live", "live"]


async def test_datalore_is_told_to_update_the_report_and_to_write_files(chat: Chat, room: str) -> None:
    plain = await chat.runs("ana", room, "/notebook run memo")
    await plain.tells("Queued on Datalore")
    flagged = await chat.runs("ana", room, "/notebook run memo --update-report --write-files")
    await flagged.tells("Queued on Datalore")
    first, second = [await of_datalore(chat, start["runId"]) for start in chat.starts("memo")[-2:]]
    assert (first["updateReport"], first["directFileStorageWrite"]) == ("never", False)
    assert (second["updateReport"], second["directFileStorageWrite"]) == ("on success", True)
    assert "updates the report, writes to the notebook's files" in flagged.words


async def test_an_interactive_run_tells_that_it_cannot_be_followed(chat: Chat, room: str) -> None:
    card = await chat.runs("ben", room, "/notebook run memo --interactive")
    closing = await card.ends("Started in the notebook itself")
    assert chat.starts("memo")[-1]["how"] == "interactive"
    assert "Datalore doesn't tell how" in closing
    assert "Stop tracking" not in card.buttons
    assert card.pings == [f"@{BEN}"]


async def test_words_for_dates_become_dates_of_the_askers_own_day(chat: Chat, room: str) -> None:
    await chat.catalogues("dated", asks("since", "2026-01-01", "date"), asks("compare", "past7days", "date-range"))

    def days() -> tuple[str, str]:
        today = datetime.now(ZoneInfo("America/New_York")).date()
        return (today - timedelta(days=1)).isoformat(), today.replace(day=1).isoformat()

    before = days()
    card = await chat.runs("ben", room, "/notebook run dated since=yesterday compare=month-start..2099-12-31")
    await card.tells("Queued on Deepnote")
    yesterday, month_start = before if before[0] in card.words else days()
    assert f"since *{yesterday}*" in card.words
    assert f"compare *{month_start}, 2099-12-31*" in card.words
    assert chat.starts("dated")[0]["inputs"] == {"since": yesterday, "compare": [month_start, "2099-12-31"]}


async def test_a_quoted_word_for_a_date_stays_a_word_on_datalore(chat: Chat, room: str) -> None:
    await chat.catalogues("words", asks("day"), asks("word"), on="datalore")
    card = await chat.runs("ana", room, '/notebook run words day=today word="today"')
    await card.tells("Queued on Datalore")
    inputs = chat.starts("words")[0]["inputs"]
    assert inputs["word"] == "today"
    assert inputs["day"].startswith("20")
    assert f"day *{inputs['day']}*" in card.words


async def test_the_newest_run_that_somebody_started_on_deepnote_is_tracked(chat: Chat, room: str) -> None:
    gate = chat.gate()
    await chat.catalogues("elsewhere", gate.wait, code("print('found it')"))
    await start_elsewhere(chat, "elsewhere", "deepnote")
    card = await chat.runs("ana", room, f"/notebook track {chat.address('elsewhere')}")
    await card.shows("Running since", "Deepnote, started elsewhere")
    gate.open()
    await card.ends()
    assert "found it" in card.said
    assert len(chat.starts("elsewhere")) == 1


async def test_on_datalore_a_run_is_tracked_by_its_own_id(chat: Chat, room: str) -> None:
    run_id = await start_elsewhere(chat, "memo", "datalore")
    starts = len(chat.starts("memo"))
    asked = await chat.types("ana", room, "/datalore follow memo")
    assert "Datalore doesn't list a notebook's runs, so I need the run's own id." in asked
    assert not chat.cards(room)
    card = await chat.runs("ana", room, f"/datalore track ana/memo {run_id}")
    await card.ends()
    assert "memo.ipynb" in card.files
    assert len(chat.starts("memo")) == starts


async def test_there_may_be_nothing_to_track(chat: Chat, room: str) -> None:
    await chat.catalogues("idle", heading("Idle"))
    never = await chat.runs("ana", room, "/notebook track idle")
    unknown = await chat.runs("ana", room, "/datalore track ana/memo no-such-run")
    assert "no run in the last seven days" in await never.ends("🚫 Not ")
    assert "The run is not found" in await unknown.ends("🚫 Not ")
    assert not chat.starts("idle")
