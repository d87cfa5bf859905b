"""A sandbox on a free port, and real Bolt apps that connect to it."""

import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.server import Sandbox
from bot.sandbox.slack import Manifest, SlackStandIn

MANIFEST = Path(__file__).parents[3] / "manifest.yml"
BOT_TOKEN, APP_TOKEN, SECRET = "xoxb-sandbox", "xapp-sandbox", "s3cret"


def manifest_with(
    *scopes: str,
    without: str = "",
    events: tuple[str, ...] = (),
    shortcuts: tuple[tuple[str, str], ...] = (),
    home: bool = False,
    domains: tuple[str, ...] = (),
) -> Manifest:
    """The real manifest with more scopes, without one, subscribed to just these events, with other features.

    Shortcuts are (callback_id, type); a Home tab comes and goes with `home`.
    """
    real = Manifest.read(MANIFEST)
    changed = real.model_dump()
    changed["oauth_config"]["scopes"]["bot"] = (real.scopes | set(scopes)) - {without}
    changed["settings"]["event_subscriptions"]["bot_events"] = frozenset(events)
    changed["features"]["app_home"]["home_tab_enabled"] = home
    changed["features"]["unfurl_domains"] = domains
    changed["features"]["shortcuts"] = [
        {"callback_id": name, "type": kind, "name": name, "description": f"{name}, from anywhere"}
        for name, kind in shortcuts
    ]
    return Manifest.model_validate(changed)


@dataclass
class House:
    """A running sandbox, a client with the bot's token, and a way to connect Bolt apps."""

    slack: SlackStandIn
    sandbox: Sandbox
    client: AsyncWebClient
    open: AsyncExitStack

    def app(self) -> AsyncApp:
        """A Bolt app that talks to this sandbox."""
        return AsyncApp(client=self.client, signing_secret=SECRET, logger=_quiet())

    async def connect(self, app: AsyncApp, times: int = 1) -> list[AsyncSocketModeHandler]:
        """Connect the app over Socket Mode, and wait until Slack knows all its connections."""
        handlers = []
        for _ in range(times):
            handler = AsyncSocketModeHandler(app, APP_TOKEN, ping_interval=1)
            self.open.push_async_callback(handler.close_async)
            await handler.connect_async()  # type: ignore[no-untyped-call]
            handlers.append(handler)
        await self.slack.connected(times)
        return handlers


def _quiet() -> logging.Logger:
    logger = logging.getLogger("bolt under test")
    logger.setLevel(logging.CRITICAL)
    return logger


@asynccontextmanager
async def running(slack: SlackStandIn, **more: Any) -> AsyncIterator[House]:
    """A sandbox around this Slack while the block runs."""
    sandbox = Sandbox(slack, **more)
    await sandbox.start()
    try:
        async with AsyncExitStack() as stack:
            yield House(slack, sandbox, AsyncWebClient(BOT_TOKEN, base_url=slack.api_url), stack)
    finally:
        await sandbox.close()


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """The sandbox with the real manifest."""
    async with running(SlackStandIn(MANIFEST)) as here:
        yield here


def section(words: str) -> dict[str, Any]:
    """A plain section."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": words}}


def buttons(*words: str) -> dict[str, Any]:
    """A row of buttons, each named by its words."""
    return {
        "type": "actions",
        "block_id": "row",
        "elements": [
            {"type": "button", "action_id": each, "value": each, "text": {"type": "plain_text", "text": each}}
            for each in words
        ],
    }
