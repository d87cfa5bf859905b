"""`threadbook check`: with everything well, with each thing wrong, and to whatever it prints."""

from __future__ import annotations

import io
import os
import socket
import sqlite3
import subprocess
import sys
from contextlib import AsyncExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from yarl import URL

from bot.check import check
from bot.playground import manifest
from bot.sandbox.faults import Fault
from bot.sandbox.server import Sandbox
from bot.sandbox.slack import Manifest, SlackStandIn
from bot.sandbox.standins import PlatformStandIns
from bot.store import database
from bot.store.store import Store
from tests.certificates import certificate, serving
from tests.environment import connecting
from tests.proxy import Proxy

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

pytestmark = pytest.mark.asyncio(loop_scope="module")
SIGNING = "0123456789abcdef0123456789abcdef"


class Practice:
    """The doctor, and stand-ins of all that is tried."""

    def __init__(self, slack: SlackStandIn, platforms: PlatformStandIns, url: str) -> None:
        self.slack, self.platforms = slack, platforms
        self.well = connecting(slack, url, "") | {"THREADBOOK_ADMINS": "U0ANA"}
        self.patch: pytest.MonkeyPatch | None = None

    async def tries(
        self, other: Mapping[str, str | None] | None = None, *, ahead: float = 0.0
    ) -> tuple[int, list[str]]:
        """The exit code and the lines, with these variables set otherwise, and the clock ahead by so many seconds."""
        assert self.patch is not None
        changed = self.well | dict(other or {})
        for name, value in changed.items():
            if value is None:
                self.patch.delenv(name, raising=False)
            else:
                self.patch.setenv(name, value)
        paper = io.StringIO()
        code = await check(os.environ, paper, lambda: datetime.now(UTC) + timedelta(seconds=ahead))
        for name, value in changed.items():
            if value and ("TOKEN" in name or "SECRET" in name) and len(value) > len("sandbox"):
                assert value not in paper.getvalue()
        assert "\x1b" not in paper.getvalue()
        return code, paper.getvalue().splitlines()

    async def finds(self, line: str, other: Mapping[str, str | None] | None = None) -> None:
        """Exactly one thing is wrong, and this is what is said of it."""
        code, lines = await self.tries(other)
        assert code == 1
        [wrong] = [each for each in lines if each.startswith("✗")]
        assert line in wrong
        assert " → " in wrong, "what mends it"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def open_practice() -> AsyncIterator[Practice]:
    slack, platforms = SlackStandIn(manifest(), rate_scale=None), PlatformStandIns(spare_kernel=False)
    async with AsyncExitStack() as stack:
        server = Sandbox(slack, extras=[platforms.mount])
        stack.push_async_callback(server.close)
        yield Practice(slack, platforms, await server.start())


@pytest.fixture
def doctor(open_practice: Practice, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Practice:
    open_practice.patch = monkeypatch
    open_practice.well["THREADBOOK_DATABASE_URL"] = f"sqlite+aiosqlite:///{tmp_path}/threadbook.db"
    monkeypatch.delenv("SLACK_SIGNING_SECRET", raising=False)
    return open_practice


async def test_all_is_well(doctor: Practice, tmp_path: Path) -> None:
    store = Store(doctor.well["THREADBOOK_DATABASE_URL"])
    await store.open()
    await store.close()
    code, lines = await doctor.tries()
    said = "\n".join(lines)
    assert code == 0, said
    assert "✓ Slack bot token: xoxb-…, @threadbook in team" in said
    assert "✓ Slack permissions: all" in said
    assert "✓ Slack app token: xapp-…, opens Socket Mode" in said
    assert "✓ Clock: within" in said
    assert "can be written to; tables up to date" in said
    assert "✓ Datalore:" in said
    assert "✓ Deepnote:" in said
    with closing(sqlite3.connect(tmp_path / "threadbook.db")) as rows:
        assert rows.execute("SELECT count(*) FROM workspaces").fetchone() == (0,)  # nothing stays written
    assert not doctor.platforms.ledger.starts  # and nothing is started


@pytest.mark.parametrize(
    ("line", "other"),
    [
        ("holds an app-level token (xapp-…)", {"SLACK_BOT_TOKEN": "xapp-1-A0-2-abcdef"}),
        ("holds a user token (xoxp-…)", {"SLACK_BOT_TOKEN": "xoxp-1-2-3-abcdef"}),
        ("holds blanks", {"SLACK_BOT_TOKEN": "xoxb-1 "}),
        ("holds blanks", {"SLACK_APP_TOKEN": "xapp-1\nx: y"}),
        ("holds blanks", {"DEEPNOTE_TOKEN": "sandböx"}),
        ("names a user", {"DATALORE_URL": "http://ana:open-sesame@127.0.0.1:1"}),
        ("names no file", {"THREADBOOK_DATABASE_URL": "sqlite+aiosqlite://"}),
        ("is no address", {"THREADBOOK_DATABASE_URL": ""}),
        ("is no address", {"THREADBOOK_DATABASE_URL": "postgresql+asyncpg://h#a:open-sesame/x"}),
        ("THREADBOOK_RUN", {"THREADBOOK_RUN": ""}),
        ("names no file", {"THREADBOOK_DATABASE_URL": "sqlite+aiosqlite:///:memory:"}),
        ("THREADBOOK_KEEP_DAYS", {"THREADBOOK_KEEP_DAYS": "inf"}),
        ("THREADBOOK_KEEP_RESULTS_DAYS", {"THREADBOOK_KEEP_RESULTS_DAYS": "999999"}),
        ("THREADBOOK_GIVE_UP_AFTER", {"THREADBOOK_GIVE_UP_AFTER": "1e300"}),
        ("THREADBOOK_DATALORE_LOOKS", {"THREADBOOK_DATALORE_LOOKS": "1e-300"}),
        ("SLACK_BOT_TOKEN is not set", {"SLACK_BOT_TOKEN": None}),
        ("Slack refuses it: invalid_auth", {"SLACK_BOT_TOKEN": "xoxb-no-longer-good"}),
        ("SLACK_APP_TOKEN holds a bot token", {"SLACK_APP_TOKEN": "xoxb-1-2-abcdef"}),
        ("Slack app token: Slack refuses it: invalid_auth", {"SLACK_APP_TOKEN": "xapp-no-longer-good"}),
        ("neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET", {"SLACK_APP_TOKEN": None}),
        ("isn't 32 hexadecimal digits", {"SLACK_APP_TOKEN": None, "SLACK_SIGNING_SECRET": "my-long-secret"}),
        ("SLACK_SIGNING_SECRET holds a bot token", {"SLACK_SIGNING_SECRET": "xoxb-1-2-abcdef"}),
        ("Datalore: ", {"DATALORE_TOKEN": "expired-long-ago"}),
        ("Deepnote: ", {"DEEPNOTE_TOKEN": "expired-long-ago"}),
        ("can't be reached: connection refused", {"DEEPNOTE_API_URL": "http://127.0.0.1:1"}),
        ("there is no folder", {"THREADBOOK_DATABASE_URL": "sqlite+aiosqlite:////nowhere/at/all.db"}),
        ("is no address", {"THREADBOOK_DATABASE_URL": "threadbook.db"}),
        ("is no address", {"THREADBOOK_DATABASE_URL": "sqlite:///threadbook.db"}),
        ("is no address", {"THREADBOOK_DATABASE_URL": "postgresql://u:open-sesame@127.0.0.1/x"}),
        ("written as %40", {"THREADBOOK_DATABASE_URL": "postgresql+asyncpg://u:open@sesame@127.0.0.1:1/x"}),
        ("is no address", {"THREADBOOK_DATABASE_URL": "postgresql+asyncpg://u:open[ses]ame@127.0.0.1:1/x"}),
        ("calls ssl=", {"THREADBOOK_DATABASE_URL": "postgresql+asyncpg://u:open@127.0.0.1:1/x?sslmode=require"}),
        ("behind the ?", {"THREADBOOK_DATABASE_URL": "postgresql+asyncpg://u:open@127.0.0.1:1/x?sl=require"}),
        ("is no address", {"DATALORE_URL": "https://datalore.example:99999"}),
        ("must start with https://", {"SLACK_API_URL": "slack.com/api"}),
        ("names no host", {"SLACK_API_URL": "https://"}),
        ("is no address", {"DATALORE_URL": "https://datalore..example"}),
        ("three before a file", {"THREADBOOK_DATABASE_URL": "sqlite+aiosqlite://threadbook.db"}),
        ("behind the ?", {"THREADBOOK_DATABASE_URL": "sqlite+aiosqlite:///threadbook.db?timeout=long"}),
        ("behind the ?", {"THREADBOOK_DATABASE_URL": "postgresql+asyncpg://u:o@h/x?prepared_statement_cache_size=all"}),
        ("behind the ?", {"THREADBOOK_DATABASE_URL": "postgresql+asyncpg://u:o@h/x?host=here&port=any"}),
        ("is no address", {"THREADBOOK_DATABASE_URL": "postgresql+asyncpg://u:o@a..b/x"}),
        ("[secret]@127.0.0.1:1/x: ", {"THREADBOOK_DATABASE_URL": "postgresql+asyncpg://u:open-sesame@127.0.0.1:1/x"}),
        ("THREADBOOK_DATABSE_URL: there is no such setting", {"THREADBOOK_DATABSE_URL": "x"}),
        ("THREADBOOK_HTTP_PORT", {"THREADBOOK_HTTP_PORT": "eighty"}),
        ("is no member id", {"THREADBOOK_ADMINS": "@ana"}),
        ("neither has a token", {"DEEPNOTE_TOKEN": None, "DATALORE_TOKEN": None}),
    ],
)
async def test_what_is_wrong_is_named_with_what_mends_it(
    doctor: Practice, line: str, other: dict[str, str | None]
) -> None:
    await doctor.finds(line, other)


async def test_what_is_set_to_nothing_is_not_set(doctor: Practice) -> None:
    """As compose and others hand on what nobody filled in."""
    names = ("THREADBOOK_HTTP_PORT", "THREADBOOK_LOG_FORMAT", "THREADBOOK_ADMINS", "THREADBOOK_KEEP_DAYS")
    code, lines = await doctor.tries(dict.fromkeys(names, ""))
    assert code == 0, lines
    assert "✓ Settings: all can be read" in lines


async def test_http_mode_needs_no_app_token(doctor: Practice) -> None:
    code, lines = await doctor.tries({"SLACK_APP_TOKEN": None, "SLACK_SIGNING_SECRET": SIGNING})
    assert code == 0, lines
    assert "✓ Slack signing secret: 32 digits" in lines


@pytest.mark.parametrize(
    ("method", "fault", "line"),
    [
        ("auth.test", "500", "Slack answered 500"),
        ("auth.test", "refuse", "Slack can't be reached"),
        ("auth.test", "429", "asked too often"),
        ("auth.test", "error:fatal_error", "Slack answered fatal_error → try again"),
        ("apps.connections.open", "error:missing_scope", "missing_scope"),
    ],
)
async def test_a_slack_that_does_not_answer_is_told_from_one_that_refuses(
    doctor: Practice, method: str, fault: str, line: str
) -> None:
    doctor.slack.faults.set(method, fault)
    await doctor.finds(line)


async def test_what_is_not_slack_at_all_is_told_apart(doctor: Practice) -> None:
    """As behind a proxy that answers for itself, or with the address of something else."""
    nowhere = f"{URL(doctor.well['DATALORE_URL']).origin()}/nowhere/"
    over_http = {"SLACK_APP_TOKEN": None, "SLACK_SIGNING_SECRET": SIGNING}
    await doctor.finds("404 isn't Slack → ", over_http | {"SLACK_API_URL": nowhere})


async def test_a_certificate_that_nobody_vouches_for_is_named(doctor: Practice, tmp_path: Path) -> None:
    well, trust = doctor.well, "its certificate or TLS was not accepted → have this machine trust whoever signed it"
    there = URL(well["DATALORE_URL"])
    async with Proxy((str(there.host), int(there.port or 0)), serving(certificate(tmp_path))) as wire:
        over_http = {"SLACK_APP_TOKEN": None, "SLACK_SIGNING_SECRET": SIGNING}
        for name, label, more in (
            ("SLACK_API_URL", "Slack bot token: Slack", over_http),
            ("DATALORE_URL", f"Datalore: {wire.url}/datalore: Datalore", {}),
            ("DEEPNOTE_API_URL", f"Deepnote: {wire.url}/deepnote: Deepnote", {}),
        ):
            await doctor.finds(f"{label} can't be reached: {trust}", more | {name: f"{wire.url}{URL(well[name]).path}"})


async def test_permissions_that_were_not_granted_are_named(doctor: Practice, tmp_path: Path) -> None:
    whole = doctor.slack.parts.manifest
    (tmp_path / "less.yml").write_text(manifest().read_text().replace("- files:write ", "- files:read "))
    doctor.slack.parts.manifest = Manifest.read(tmp_path / "less.yml")
    try:
        await doctor.finds("missing files:write")
    finally:
        doctor.slack.parts.manifest = whole


@pytest.mark.parametrize(("ahead", "line"), [(75, "75 s ahead of Slack's"), (-400, "400 s behind Slack's")])
async def test_a_clock_that_is_wrong_is_noticed(doctor: Practice, ahead: float, line: str) -> None:
    code, lines = await doctor.tries(ahead=ahead)
    [clock] = [each for each in lines if "Clock" in each]
    assert code == 1
    assert clock.startswith("✗")
    assert abs(float(clock.split()[2]) - abs(ahead)) <= 2
    assert line.split(maxsplit=1)[1].split(maxsplit=1)[1] in clock


@pytest.mark.parametrize("fault", ["503", "429", "403"])
async def test_a_platform_that_does_not_answer_well_is_named(doctor: Practice, fault: str) -> None:
    doctor.platforms.faults.add(Fault.model_validate({"platform": "deepnote", "fault": fault, "on": "", "times": 1}))
    await doctor.finds("Deepnote: ")


async def at_migration(number: str, doctor: Practice, folder: Path) -> None:
    """The database says that its tables are as after that migration."""
    store = Store(doctor.well["THREADBOOK_DATABASE_URL"])
    await store.open()
    await store.close()
    with closing(sqlite3.connect(folder / "threadbook.db")) as rows:
        rows.execute("UPDATE alembic_version SET version_num = ?", [number])
        rows.commit()


async def test_a_database_of_a_newer_threadbook_is_named(doctor: Practice, tmp_path: Path) -> None:
    await at_migration("9999", doctor, tmp_path)
    await doctor.finds("is at migration 9999, of a newer Threadbook")


async def test_tables_of_an_older_threadbook_are_told_and_no_fault(doctor: Practice, tmp_path: Path) -> None:
    await at_migration("0001", doctor, tmp_path)
    code, lines = await doctor.tries()
    assert code == 0
    assert any("tables at 0001; `threadbook serve` brings them to " in line for line in lines)


async def test_a_database_that_can_be_read_and_not_written_to_is_named(
    doctor: Practice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(doctor.well["THREADBOOK_DATABASE_URL"])
    await store.open()
    await store.close()
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.2)
    with closing(sqlite3.connect(tmp_path / "threadbook.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        await doctor.finds("database is locked")


async def test_a_file_that_is_no_database_is_named(doctor: Practice, tmp_path: Path) -> None:
    (tmp_path / "threadbook.db").write_text("this is no database at all, but it is long enough to be looked at as one")
    await doctor.finds("file is not a database")


async def test_a_port_that_is_taken_is_named(doctor: Practice) -> None:
    with socket.create_server(("", 0)) as other:
        await doctor.finds(" is taken", {"THREADBOOK_HTTP_PORT": str(other.getsockname()[1])})


async def test_it_is_a_command_of_its_own_that_speaks_to_any_terminal(doctor: Practice, tmp_path: Path) -> None:
    """A real process, whose output knows no ticks and no colours."""
    more: dict[str, Any] = {"PYTHONIOENCODING": "ascii", "NO_COLOR": "1", "SLACK_API_URL": "http://127.0.0.1:1/"}
    done = subprocess.run(  # noqa: ASYNC221 - it speaks to nobody in this process
        [sys.executable, "-m", "bot", "check"],
        env=os.environ | doctor.well | more | {"DATALORE_URL": "http://127.0.0.1:1", "DEEPNOTE_TOKEN": ""},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == ""
    assert "FAIL Slack bot token: Slack can't be reached" in done.stdout
    assert " -> check SLACK_API_URL" in done.stdout
    assert "ok Port: any free one" in done.stdout
    assert done.stdout.isascii()
