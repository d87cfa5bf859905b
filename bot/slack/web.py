"""What answers over HTTP: whether we live, whether we're ready, and Slack's payloads where there is no socket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request

from bot.errors import StoreUnavailable

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp

    from bot.slack.app import Sockets
    from bot.store.store import Store

MOST_BODY = 1024 * 1024


class Web:
    """The HTTP side of one process.

    Args:
        store: Asked whether it can be reached.
        sockets: Asked whether Slack is heard, in Socket Mode.
        app: Gets Slack's signed payloads, in HTTP mode.
        port: Where to listen; 0 for any free one, on this machine alone.
    """

    def __init__(self, store: Store, sockets: Sockets | None, app: AsyncApp | None, port: int) -> None:
        self._store = store
        self._sockets = sockets
        self._app = app
        self._wanted = port
        self._runner: web.AppRunner | None = None
        self.port = 0

    async def start(self) -> None:
        """Listen.

        Raises:
            OSError: The port is taken.
        """
        served = web.Application(client_max_size=MOST_BODY)
        served.router.add_get("/healthz", self._alive)
        served.router.add_get("/readyz", self._ready)
        if self._app is not None:
            served.router.add_post("/slack/events", self._payload)
        self._runner = web.AppRunner(served, access_log=None, shutdown_timeout=3)
        await self._runner.setup()
        # A free port is found for each address apart, so there it must be one address: this machine's own.
        site = web.TCPSite(self._runner, None if self._wanted else "127.0.0.1", self._wanted)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def close(self) -> None:
        """Stop listening, once what is being answered is answered."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _alive(self, _request: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def _ready(self, _request: web.Request) -> web.Response:
        slack = self._sockets is None or await self._sockets.connected()
        try:
            await self._store.database.ping()
            database = True
        except StoreUnavailable:
            database = False
        ready = slack and database
        return web.json_response({"ready": ready, "slack": slack, "database": database}, status=200 if ready else 503)

    async def _payload(self, request: web.Request) -> web.Response:
        assert self._app is not None  # noqa: S101, the route exists only then
        return await to_aiohttp_response(await self._app.async_dispatch(await to_bolt_request(request)))
