"""Logs: each line about a run has its number, and none has a secret, however it came into it."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from pydantic import SecretStr
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import logs
from bot.model import Progress, Run, State
from bot.settings import Settings
from tests.render.said import a_run
from tests.store.house import HERE, NOON, request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.endtoend.chat import Chat

TOKEN = "deepnote/key+with=odd&letters"
BOT_TOKEN = "xoxb-1234567890-abcdefghijkl"


class Said:
    """What was logged."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]


@contextmanager
def logging_as(format_: logs.Format, *secrets: str) -> Iterator[Said]:
    """Threadbook's own logging, into memory, while the block lasts."""
    said, root = Said(), logging.getLogger()
    level = root.level
    handler = logs.start("info", format_, secrets, said.stream)
    try:
        yield said
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
        logging.captureWarnings(capture=False)


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        (f"auth.test with {BOT_TOKEN} failed", BOT_TOKEN),
        ("refresh xoxe.xoxb-1-MTIzNDU2Nzg5 now", "MTIzNDU2Nzg5"),
        ("SLACK_APP_TOKEN=xapp-1-A0123-456-abcdef0123", "A0123-456-abcdef0123"),
        ("Cannot connect to wss://wss-primary.slack.com/link/?ticket=abc-123&app_id=A0", "abc-123"),
        ("GET https://files.example/x?X-Amz-Signature=0af3&X-Amz-Date=1 timed out", "0af3"),
        ("headers: {'Authorization': 'Bearer abc.def.ghi'}", "abc.def.ghi"),
        ("postgresql+asyncpg://bot:hunter2@db/threadbook refused", "hunter2"),
        ("POST https://hooks.slack.com/commands/T1/123/abcDEF broke", "abcDEF"),
        (f"url='https://api.example/?k={TOKEN}'", TOKEN),
        ("quoted deepnote%2Fkey%2Bwith%3Dodd%26letters too", "deepnote%2Fkey"),
    ],
)
def test_what_looks_like_a_secret_or_is_one_is_taken_out(text: str, gone: str) -> None:
    seen = logs.Redaction([TOKEN])(text)
    assert gone not in seen
    assert logs.GONE in seen
    assert seen[:4] == text[:4]


@pytest.mark.parametrize(
    "text",
    [
        "run 142: look 3 in a row failed: Deepnote can't be reached: its name isn't known",
        "claimed 12 runs",
        "https://deepnote.com/workspace/w-1/notebook/kpis-0123456789abcdef?secondary-sidebar=runs&region=EU",
        "the token for Datalore holds characters that no token has",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert logs.Redaction(["sandbox", ""])(text) == text


def test_all_that_settings_hold_is_known() -> None:
    settings = Settings(
        slack_bot_token=SecretStr("one-of-the-secrets"),
        deepnote_token=SecretStr("another-secret"),
        database_url="postgresql+asyncpg://bot:pass-word-1@db/threadbook",
    )
    seen = logs.Redaction(settings.secrets())("one-of-the-secrets another-secret pass-word-1")
    assert seen == " ".join([logs.GONE] * 3)


@pytest.mark.parametrize("format_", ["text", "json"])
async def test_an_exception_whose_words_and_cause_hold_a_token_shows_none(format_: logs.Format) -> None:
    """A client whose address holds a token, as a proxy's can, can't connect; Slack's own error holds ours."""
    with logging_as(format_, TOKEN) as said:
        try:
            async with aiohttp.ClientSession() as session:
                await session.get(f"http://127.0.0.1:1/?unnamed={TOKEN}", headers={"Authorization": f"Bearer {TOKEN}"})
        except aiohttp.ClientError as error:
            logging.getLogger("bot.test").exception("no answer: %s", error)  # noqa: TRY401, as many do
        try:
            await AsyncWebClient(token=BOT_TOKEN, base_url="http://127.0.0.1:1/").auth_test()
        except (aiohttp.ClientError, SlackApiError):
            logging.getLogger("slack_sdk").exception("a library's own words: %s", {"token": BOT_TOKEN})
        try:
            int(TOKEN)
        except ValueError:
            logging.getLogger("bot.test").exception("stumbled")
    assert said.text.count("Traceback") >= 3
    assert TOKEN not in said.text
    assert BOT_TOKEN not in said.text
    assert "deepnote%2Fkey" not in said.text


@pytest.mark.parametrize("format_", ["text", "json"])
async def test_a_runs_secret_inputs_are_hidden_though_a_platform_says_them(format_: logs.Format) -> None:
    async def step() -> None:
        logs.concerning(a_run(State.SUBMITTING, inputs={"db_password": "hunter2-long", "region": "EMEA"}))
        try:
            dict[str, str]()["hunter2-long"]
        except KeyError:
            logging.getLogger("bot").exception("db_password 'hunter2-long' isn't allowed in EMEA")

    with logging_as(format_) as said:
        await asyncio.create_task(step())
    assert "hunter2" not in said.text
    assert "isn't allowed in EMEA" in said.text


async def test_what_a_task_logs_carries_its_runs_number_whoever_logs_it() -> None:
    run = Run(
        id=7,
        workspace=HERE,
        number=142,
        request=request(),
        asker="U0ANA",
        asker_name="Ana",
        channel="C0DATA",
        asked_at=NOON,
        progress=Progress(state=State.RUNNING, since=NOON),
    )

    async def step() -> None:
        logs.concerning(run)
        logging.getLogger("bot.platforms.http").warning("broke off")
        logging.getLogger("bot.tracker").warning("run %d: start: reset", run.number)

    with logging_as("json") as said:
        await asyncio.create_task(step())
        logging.getLogger("bot.tracker").info("claimed 2 runs")
    with logging_as("text") as words:
        await asyncio.create_task(step())
    number = 142
    assert [line.get("run") for line in said.lines] == [number, number, None]
    assert [line.get("workspace") for line in said.lines] == [HERE, HERE, None]
    assert [line.split(": ", 1)[1] for line in words.text.splitlines()] == [
        f"run {number}: broke off",
        f"run {number}: start: reset",
    ]
    assert {"time", "level", "logger", "message"} <= said.lines[0].keys()


@pytest.mark.asyncio(loop_scope="module")
async def test_every_line_about_a_run_has_the_number_that_people_type(chat: Chat, room: str) -> None:
    with logging_as("json") as said:
        chat.breaks("datalore", "503", "GET /api/run", times=1)
        chat.slack.faults.set("chat.update", "500", times=1)
        card = await chat.runs("ana", room, "/notebook run memo")
        await card.ends()
    about = [line for line in said.lines if line.get("run") is not None]
    assert {line["run"] for line in about} == {card.number}
    assert any("look 1 in a row failed" in line["message"] for line in about)
    assert any("can't be told now" in line["message"] for line in about)
    assert [line for line in said.lines if "run " in line["message"] and "run" not in line] == []
