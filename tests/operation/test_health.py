"""/healthz and /readyz: whether it lives, and what keeps it from being ready."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from bot.slack import web
from bot.tracker import tracker
from bot.wiring import DRAIN, LEAVING
from tests.endtoend.house import chatting
from tests.endtoend.notebooks import heading

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.endtoend.chat import Chat

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def asked(chat: Chat, path: str = "readyz") -> tuple[int, dict[str, Any]]:
    assert chat.bot.web is not None
    async with chat.http.get(f"http://127.0.0.1:{chat.bot.web.port}/{path}") as answer:
        return answer.status, await answer.json()


async def test_all_is_well(chat: Chat) -> None:
    assert await asked(chat, "healthz") == (200, {"alive": True})
    status, said = await asked(chat)
    assert status == 200
    assert (said["ready"], said["slack"], said["database"], said["tracker"], said["why"]) == (True,) * 4 + ([],)
    assert [each["connected"] for each in said["sockets"]] == [True, True]


async def test_a_database_that_does_not_answer_is_named(chat: Chat) -> None:
    def lock() -> sqlite3.Connection:
        connection = sqlite3.connect(chat.database, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        return connection

    with closing(await asyncio.to_thread(lock)):
        await chat.bot.store.database.close()
        chat.database.rename(chat.database.with_suffix(".away"))
        chat.database.mkdir()  # a folder can't be opened
        try:
            status, said = await asked(chat)
        finally:
            chat.database.rmdir()
            chat.database.with_suffix(".away").rename(chat.database)
    assert (status, said["database"], said["slack"]) == (503, False, True)
    assert "the database doesn't answer" in said["why"][0]
    assert (await asked(chat, "healthz"))[0] == 200
    await _becomes_ready(chat)


async def test_a_database_that_takes_no_writes_is_named_though_it_can_be_read(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "UNWRITTEN", 2.0)
    monkeypatch.setattr(web, "FRESH", 0.0)
    monkeypatch.setattr(web, "SHARE", 0.0)
    with closing(await asyncio.to_thread(_writer, chat.database)):  # as a disk that is full
        said = await _until(chat, lambda said: not said["ready"])
        assert said["database"] is False
        assert re.fullmatch(r"the database has taken no heartbeat for \d s", said["why"][0])
        assert "threadbook_database_up 0.0" in await _figures(chat)
    await _becomes_ready(chat)
    assert "threadbook_database_up 1.0" in await _figures(chat)


def _writer(database: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(database, isolation_level=None, check_same_thread=False, timeout=10)
    connection.execute("BEGIN IMMEDIATE")
    return connection


async def _figures(chat: Chat) -> str:
    assert chat.bot.web is not None
    async with chat.http.get(f"http://127.0.0.1:{chat.bot.web.port}/metrics") as answer:
        return await answer.text()


async def test_a_tracker_that_is_behind_is_named(chat: Chat, room: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One step at a time is taken, and a look isn't answered at once: whoever comes next has to wait."""
    monkeypatch.setattr(tracker, "AT_ONCE", {False: 1, True: 1})
    monkeypatch.setattr(web, "BEHIND", 0.5)
    chat.breaks("deepnote", "slow", "GET /v2/runs/", seconds=1.5, times=1)
    cards = [await chat.runs("ana", room, "/notebook run brief") for _ in range(2)]
    said = await _until(chat, lambda said: not said["ready"])
    assert (said["tracker"], said["slack"], said["database"]) == (False, True, True)
    assert said["behind_seconds"] >= 0.5
    assert re.fullmatch(r"looking at runs is \d s behind", ", ".join(said["why"]))
    for card in cards:
        await card.ends("Succeeded")
    await _becomes_ready(chat)


async def test_each_connection_to_slack_is_looked_at(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is away for long is named though the other hears; without any it isn't ready at once."""
    chat.slack.faults.set("apps.connections.open", "500", times=2)
    first, second = chat.slack.sockets.connections
    assert first.transport is not None
    first.transport.abort()
    await chat.until(lambda: chat.slack.sockets.connections == [second])
    said = await _until(chat, lambda said: not said["sockets"][0]["connected"])
    assert said["ready"]  # it's being replaced, and the other one listens
    monkeypatch.setattr(web, "AWAY", -1.0)
    status, said = await asked(chat)
    assert (status, said["slack"]) == (503, True)
    assert "connection 1 to Slack has been away" in said["why"][0]
    monkeypatch.undo()
    chat.slack.sockets.drop()
    said = await _until(chat, lambda said: not said["ready"])
    assert (said["slack"], said["why"]) == (False, ["no connection to Slack"])
    await chat.mends()
    await chat.restarts()
    await _becomes_ready(chat)


async def test_over_http_a_slack_that_answers_nothing_is_not_turned_away(tmp_path: Path) -> None:
    """What it sends us is saved all the same; whoever isn't ready would get none of it."""
    async with chatting(tmp_path, over_http=True) as chat:
        await chat.catalogues("brief", heading("Brief"))
        room = chat.room()
        chat.slack.faults.set("*", "500", times=1_000)
        await chat.types("ana", room, "/notebook run brief")
        await chat.until(lambda: chat.slack.calls("chat.postMessage"))
        status, said = await asked(chat)
        assert (status, said["why"], said["sockets"]) == (200, [], [])
        await chat.mends()
        await (await chat.card(room)).ends("Succeeded")


async def test_it_stops_in_time_though_everybody_waits_for_a_lock(chat: Chat) -> None:
    loop, writing = asyncio.get_running_loop(), chat.bot.store.database._writing
    assert isinstance(writing, asyncio.Lock)

    def lock() -> sqlite3.Connection:
        """Somebody else takes the courier's place away, and then the lock."""
        connection = sqlite3.connect(chat.database, isolation_level=None, check_same_thread=False)
        connection.execute("UPDATE workspaces SET courier = NULL")
        connection.execute("BEGIN IMMEDIATE")
        return connection

    with closing(await asyncio.to_thread(lock)):
        async with asyncio.timeout(10):
            while not (writing.locked() and writing._waiters):  # noqa: ASYNC110 - a lock tells nobody
                await asyncio.sleep(0.01)
        began = loop.time()
        await chat.bot.stop()
        assert loop.time() - began < DRAIN + 2 * LEAVING + 0.5
    await chat.restarts()


async def _becomes_ready(chat: Chat) -> None:
    await _until(chat, lambda said: bool(said["ready"]))


async def _until(chat: Chat, good: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """What /readyz says as soon as it's good."""
    async with asyncio.timeout(10):
        while not good(said := (await asked(chat))[1]):  # noqa: ASYNC110 - it's asked over HTTP
            await asyncio.sleep(0.02)
    return said
