"""SIGTERM to a real process: it ends in order within ten seconds, whatever is away, and says what it couldn't do."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.crash.house import Town

pytestmark = pytest.mark.slow
NOBODY_ANSWERS = """
import pathlib, socket, time
plain = socket.getaddrinfo
def slow(host, *given, **named):
    if host == "nobody.example":
        pathlib.Path({asked!r}).touch()
        time.sleep(60)
    return plain(host, *given, **named)
socket.getaddrinfo = slow
"""


def logged(here: Town) -> str:
    return here._log.read_text()


async def test_it_hands_over_and_the_next_one_claims_at_once(here: Town) -> None:
    here.breaks("deepnote", "slow", "GET /v2/runs", seconds=60)
    notebook = here.shelve("words", "# Words")
    await here.start()
    await here.shows(await here.runs(notebook, "deepnote"), "Queued since")
    code, seconds = await here.terminate()
    assert (code, seconds < 10, here.living()) == (0, True, 0)
    await here.start()
    await here.until(lambda: "claimed 1 runs" in logged(here), "the claim")
    assert "stopped beating" not in logged(here)
    assert max(here.slack.parts.tokens.bot) not in logged(here)
    assert "Traceback" not in logged(here)


async def test_a_second_word_to_stop_breaks_nothing_off(here: Town) -> None:
    """As from a wrapper that hands on what the whole group was told, or from somebody impatient."""
    await here.start()
    words = here.shelve("words", "# Words")
    slow = here.breaks("datalore", "slow_after_start", "POST", seconds=2, times=1)
    card = await here.runs(words, "datalore")
    await here.until(lambda: slow.spent, "the start to be on its way")
    assert await here.terminate(times=2) < (0, 10)
    assert "told to stop (SIGTERM)" in logged(here)
    assert "stopping already" in logged(here)
    assert "will be unused" not in logged(here)
    await here.start()
    await here.until(lambda: "Succeeded" in card.text, "its end")
    assert here.starts(words) == 1


async def test_it_ends_in_time_though_a_name_is_still_being_looked_up(here: Town, tmp_path: Path) -> None:
    """As where the name server is away: the system's resolver waits in a thread that nothing can call back."""
    asked = tmp_path / "asked"
    (tmp_path / "sitecustomize.py").write_text(NOBODY_ANSWERS.format(asked=str(asked)))
    await here.start(PYTHONPATH=str(tmp_path), DEEPNOTE_API_URL="http://nobody.example")
    await here.runs(here.shelve("words", "# Words"), "deepnote")
    await here.until(asked.exists, "a name to be looked up")
    code, seconds = await here.terminate()
    assert (code, seconds < 10, here.living()) == (0, True, 0)
    assert "it is left behind" in logged(here)


async def test_with_the_database_away_it_ends_with_one_honest_line(here: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """And with connections to Slack that answer nothing, not even a goodbye; all of it told as JSON."""
    monkeypatch.setenv("THREADBOOK_LOG_FORMAT", "json")
    await here.start()
    await here.until(lambda: "is up for workspace" in logged(here), "Threadbook to be up")

    def lock() -> sqlite3.Connection:
        connection = sqlite3.connect(here.database, isolation_level=None, check_same_thread=False)
        connection.execute("BEGIN IMMEDIATE")
        return connection

    here.slack.sockets.mute(deaf=True)
    with closing(await asyncio.to_thread(lock)):
        process = here._process
        assert process is not None
        before = asyncio.get_running_loop().time()
        process.terminate()
        assert await process.wait() == 0
        assert asyncio.get_running_loop().time() - before < 10
    assert logged(here).count("its runs can't be handed over") == 1
    lines = [json.loads(line) for line in logged(here).splitlines()]
    assert [line for line in lines if "error" in line] == []
    here.slack.sockets.drop()
