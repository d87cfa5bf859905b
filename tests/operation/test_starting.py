"""`threadbook serve` where it can't start: a real process, one line that says what mends it, and exit code 2."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from yarl import URL

from bot.playground import manifest
from bot.sandbox.server import Sandbox
from bot.sandbox.slack import SlackStandIn
from tests.environment import connecting

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

pytestmark = pytest.mark.slow
FALLS = """
import asyncio, sys, time
from bot import check, cli
async def falls():
    asyncio.get_running_loop().run_in_executor(None, time.sleep, 120)
    raise KeyError("nobody foresaw this")
check.check = falls
cli.main(["check"])
"""
NO_DRIVER = "import sys; sys.modules['asyncpg'] = None; from bot.cli import main; sys.exit(main(['serve']))"


class Town:
    """Slack, and what `threadbook serve` says there."""

    def __init__(self, slack: SlackStandIn, url: str, folder: Path) -> None:
        self.slack, self.url, self.file = slack, url, folder / "threadbook.db"

    async def serves(self, *how: str, code: int = 2, **other: str) -> str:
        """The one line that it ends with, with this exit code."""
        told = connecting(self.slack, self.url, f"sqlite+aiosqlite:///{self.file}") | other
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, *(how or ("-m", "bot", "serve"))),
            env=told,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        said, complaint = (stream.decode() for stream in await asyncio.wait_for(process.communicate(), 30))
        lines = [line for line in complaint.splitlines() if not line.startswith("20")]  # the log's lines have a time
        assert (process.returncode, said, len(lines)) == (code, "", 1), complaint
        return lines[0]


@pytest_asyncio.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    slack = SlackStandIn(manifest(), rate_scale=None)
    server = Sandbox(slack)
    yield Town(slack, await server.start(), tmp_path)
    await server.close()


async def test_a_file_that_is_no_database(town: Town) -> None:
    town.file.write_text("This is no database, but a text that is long enough to be looked at.")
    assert "can't be opened (file is not a database)" in await town.serves()


async def test_tables_of_a_newer_threadbook(town: Town) -> None:
    with closing(sqlite3.connect(town.file)) as rows:
        rows.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        rows.execute("INSERT INTO alembic_version VALUES ('9999')")
        rows.commit()
    assert "its tables are of a newer Threadbook" in await town.serves()


async def test_a_driver_that_is_not_installed(town: Town) -> None:
    url = "postgresql+asyncpg://u:open-sesame@127.0.0.1:1/x"
    line = await town.serves("-c", NO_DRIVER, THREADBOOK_DATABASE_URL=url)
    assert line == "The driver asyncpg isn't installed: pip install 'threadbook[postgres]'."


async def test_what_answers_is_not_slack(town: Town) -> None:
    line = await town.serves(SLACK_API_URL=f"{URL(town.url).origin()}/nowhere/", code=1)
    assert line == "Slack answered 404, and no word. Check SLACK_API_URL, or try again."


@pytest.mark.parametrize(
    ("fault", "line"),
    [
        ("500", "Slack can't be asked just now: internal_error. Try again."),
        ("429", "Slack can't be asked just now: ratelimited. Try again."),
        ("refuse", "Can't start: Slack can't be reached (ServerDisconnectedError). Check SLACK_API_URL, or try again."),
    ],
)
async def test_a_slack_that_is_ill_is_nobodys_fault_and_a_restart_may_help(town: Town, fault: str, line: str) -> None:
    town.slack.faults.set("auth.test", fault)
    assert await town.serves(code=1) == line


async def test_a_gateway_that_answers_with_an_object_is_no_slack_either(town: Town) -> None:
    async def no(_: web.Request) -> web.Response:
        return web.json_response({"error": {"code": 503, "message": "no healthy upstream"}}, status=503)

    server = TestServer(web.Application())
    server.app.router.add_route("*", "/{path:.*}", no)
    async with server:
        line = await town.serves(SLACK_API_URL=str(server.make_url("/api/")), code=1)
    assert line == "Slack answered 503, and no word. Check SLACK_API_URL, or try again."


async def test_a_database_that_is_away_may_come_back(town: Town) -> None:
    line = await town.serves(THREADBOOK_DATABASE_URL="postgresql+asyncpg://u:open-sesame@127.0.0.1:1/x", code=1)
    assert line.startswith("The database can't be opened (")


async def test_what_says_yes_to_everything_is_not_slack(town: Town) -> None:
    async def yes(_: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    server = TestServer(web.Application())
    server.app.router.add_route("*", "/{path:.*}", yes)
    async with server:
        line = await town.serves(SLACK_API_URL=str(server.make_url("/api/")), code=1)
    assert line == "Can't start: what answers isn't Slack. Check SLACK_API_URL, or try again."


async def test_a_token_that_slack_refuses(town: Town) -> None:
    line = await town.serves(SLACK_BOT_TOKEN="xoxb-no-longer-good")
    assert line == "Slack refuses: invalid_auth. Check SLACK_BOT_TOKEN and SLACK_APP_TOKEN."


async def test_what_nobody_foresaw_is_told_at_once_though_a_thread_hangs(town: Town) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", FALLS), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await asyncio.wait_for(process.communicate(), 30)
    assert (process.returncode, b"Threadbook fell over [" in said) == (1, True), (said, town.url)
