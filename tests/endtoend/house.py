"""The house that tests live in: the stand-ins and the bot, put together with whatever settings a test wants."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any

import aiohttp
from pydantic import SecretStr

from bot.playground import manifest
from bot.sandbox.server import Sandbox
from bot.sandbox.slack import SlackStandIn
from bot.sandbox.slack.delivery import HttpMode
from bot.sandbox.standins import PlatformStandIns
from bot.settings import Settings
from bot.slack.budget import A_MINUTE, Budget
from bot.wiring import Bot
from tests.reading import reader

from .chat import Chat
from .notebooks import heading

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.slack.links import Pace

SECRET = "signed-with-this"


def unhurried() -> Budget:
    """A budget that never makes anybody wait, for tests that aren't about it."""
    return Budget(dict.fromkeys(A_MINUTE, 1_000_000), channel_rate=1_000_000.0)


@asynccontextmanager
async def chatting(
    folder: Path,
    *,
    slack: SlackStandIn | None = None,
    platforms: PlatformStandIns | None = None,
    budget: Budget | None = None,
    pace: Pace | None = None,
    over_http: bool = False,
    **settings: Any,
) -> AsyncIterator[Chat]:
    """A workspace with a bot in it while the block runs.

    Args:
        folder: For the database.
        slack, platforms, budget: In place of ones without any limits.
        pace: How soon what is noticed of the connections to Slack.
        over_http: Slack's payloads come signed over HTTP, not over Socket Mode.
        settings: Fields of Settings that differ.
    """
    slack = slack or SlackStandIn(manifest(), rate_scale=None)
    platforms = platforms or PlatformStandIns(at_once=3, spare_kernel=False)
    database = folder / "threadbook.db"
    async with AsyncExitStack() as stack:
        server = Sandbox(slack, extras=[platforms.mount])
        stack.push_async_callback(server.close)
        url = await server.start()
        plain: dict[str, Any] = {
            "slack_bot_token": SecretStr(max(slack.parts.tokens.bot)),
            "slack_app_token": SecretStr("" if over_http else max(slack.parts.tokens.app)),
            "slack_signing_secret": SecretStr(SECRET if over_http else ""),
            "slack_api_url": slack.api_url,
            "datalore_url": f"{url}/datalore",
            "datalore_token": SecretStr("sandbox"),
            "deepnote_api_url": f"{url}/deepnote",
            "deepnote_app_url": f"{url}/deepnote",
            "deepnote_token": SecretStr("sandbox"),
            "database_url": f"sqlite+aiosqlite:///{database}",
            "http_port": 0,
            "admins": frozenset({slack.person("ana").id}),
            "datalore_looks": 100.0,
            "deepnote_looks": 100.0,
        }

        def new_bot() -> Bot:
            told = Settings(**(plain | settings))
            return Bot(told, budget=budget or unhurried(), reader=reader(), pace=pace)

        http = await stack.enter_async_context(aiohttp.ClientSession())
        chat = Chat(slack, platforms, http, database, new_bot)
        stack.push_async_callback(chat.stops)
        await chat.bot.start()
        if over_http:
            assert chat.bot.web is not None
            slack.post.http = HttpMode(f"http://127.0.0.1:{chat.bot.web.port}/slack/events", SECRET)
        yield chat


@asynccontextmanager
async def furnished(folder: Path, **more: Any) -> AsyncIterator[Chat]:
    """As `chatting`, with two notebooks that end at once: `brief` on Deepnote, `memo` on Datalore."""
    async with chatting(folder, **more) as chat:
        await chat.catalogues("brief", heading("Brief"), title="Brief")
        await chat.catalogues("memo", heading("Memo"), on="datalore")
        yield chat
