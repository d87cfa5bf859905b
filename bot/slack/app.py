"""The Bolt app, and its two ways to hear Slack: Socket Mode over two connections, or signed HTTP."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack import actions, commands, shortcuts
from bot.slack.views import Forms

if TYPE_CHECKING:
    from aiohttp import ClientSession

    from bot.links import Hosts
    from bot.slack.events import Events
    from bot.slack.front import Front

log = logging.getLogger(__name__)

PATIENCE = 30.0
"""Seconds for Slack's first answer."""
CONNECTIONS = 2
"""The SDK closes an old socket before it opens a new one: the other one listens meanwhile."""


def web_client(token: str, base_url: str, session: ClientSession | None = None) -> AsyncWebClient:
    """A client that never sends anything twice of its own accord."""
    return AsyncWebClient(token=token, base_url=base_url, retry_handlers=[], timeout=30, session=session)


async def team_of(client: AsyncWebClient) -> str:
    """The team id that the client's token belongs to.

    Raises:
        TimeoutError: Slack says nothing; a client that shares a session would wait for five minutes.
        slack_sdk.errors.SlackApiError: Slack refuses the token.
    """
    async with asyncio.timeout(PATIENCE):
        return str((await client.auth_test())["team_id"])


def bolt_app(client: AsyncWebClient, signing_secret: str, front: Front, events: Events, hosts: Hosts) -> AsyncApp:
    """The app with all its listeners."""
    app = AsyncApp(
        client=client,
        signing_secret=signing_secret or None,
        request_verification_enabled=bool(signing_secret),
        raise_error_for_unhandled_request=False,
    )
    forms = Forms(front, client, events.tell)
    # Bolt asks each listener in turn whether a payload is its own: what comes most often comes first.
    commands.listen(app, front, forms, hosts)
    actions.listen(app, front, forms)
    forms.listen(app)
    shortcuts.listen(app, front, forms)
    events.listen(app)
    actions.listen_to_the_rest(app, forms)
    return app


class Sockets:
    """Socket Mode over several connections; each payload comes over one of them."""

    def __init__(self, app: AsyncApp, app_token: str) -> None:
        self._handlers = [AsyncSocketModeHandler(app, app_token) for _ in range(CONNECTIONS)]

    async def connect(self) -> None:
        """Open all connections; the SDK keeps them open."""
        for handler in self._handlers:
            await handler.client.connect()  # type: ignore[no-untyped-call]  # the SDK leaves it untyped

    async def connected(self) -> bool:
        """Whether at least one connection hears Slack."""
        for handler in self._handlers:
            if await handler.client.is_connected():
                return True
        return False

    async def close(self) -> None:
        """Close all connections."""
        for handler in self._handlers:
            await handler.client.close()  # type: ignore[no-untyped-call]  # the SDK leaves it untyped
