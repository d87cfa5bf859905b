"""What answers over HTTP: whether we live, whether we're ready, our figures, and Slack's payloads without a socket."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request

from bot.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_bolt.async_app import AsyncApp

    from bot.metrics import Metrics
    from bot.slack.sockets import Sockets
    from bot.store.store import Store

MOST_BODY: Final = 1024 * 1024
AWAY: Final = 30.0
"""Seconds for which one of several connections may be away: it's being replaced, and the others listen."""
BEHIND: Final = 30.0
"""Seconds by which the next step of a run may be late."""
PATIENCE: Final = 3.0
"""Seconds for the database to answer; who asks whether we're ready waits for little more."""
UNWRITTEN: Final = 10.0
"""Seconds without a heartbeat in the rows, after which the database counts as away, though it can be read."""
FRESH: Final = 5.0
"""Seconds for which the rows' figures are taken from memory, at least."""
SHARE: Final = 50
"""They are asked again after so many times as long as they took, so that a large database isn't kept busy by it."""


class Web:
    """The HTTP side of one process.

    Args:
        store: Asked whether it can be reached.
        sockets: Asked whether Slack is heard, in Socket Mode.
        app: Gets Slack's signed payloads, in HTTP mode.
        port: Where to listen; 0 for any free one, on this machine alone.
        metrics: What /metrics shows.
        behind: Tells by how many seconds the tracker's next step is late.
    """

    def __init__(
        self,
        store: Store,
        sockets: Sockets | None,
        app: AsyncApp | None,
        port: int,
        *,
        metrics: Metrics,
        behind: Callable[[], float],
    ) -> None:
        self._store = store
        self._sockets = sockets
        self._app = app
        self._wanted = port
        self._metrics = metrics
        self._behind = behind
        self._runner: web.AppRunner | None = None
        self._counting = asyncio.Lock()
        self._fresh_until = 0.0
        self.port = 0
        self.stopping = False

    async def start(self) -> None:
        """Listen.

        Raises:
            OSError: The port is taken.
        """
        served = web.Application(client_max_size=MOST_BODY)
        served.router.add_get("/healthz", self._alive)
        served.router.add_get("/readyz", self._ready)
        served.router.add_get("/metrics", self._figures)
        if self._app is not None:
            served.router.add_post("/slack/events", self._payload)
        self._runner = web.AppRunner(served, access_log=None, shutdown_timeout=2)
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
        """That it answers says that the event loop turns, which is what a restart could mend."""
        return web.json_response({"alive": True})

    async def _ready(self, _request: web.Request) -> web.Response:
        sockets = [] if self._sockets is None else self._sockets.state()
        slack, why = _hears(sockets)
        database = True
        try:
            async with asyncio.timeout(PATIENCE):
                await self._store.database.ping()
        except (StoreUnavailable, TimeoutError) as error:
            database = False
            why.append(f"the database doesn't answer: {str(error) or 'no answer in time'}")
        silence = self._store.holding.silence()
        if database and silence > UNWRITTEN:
            database = False
            why.append(f"the database has taken no heartbeat for {silence:.0f} s")
        late = self._behind()
        if late > BEHIND:
            why.append(f"looking at runs is {late:.0f} s behind")
        if self.stopping:
            why.append("it was told to stop")
        seen = {"ready": not why, "slack": slack, "database": database, "tracker": late <= BEHIND}
        more: dict[str, Any] = {"sockets": sockets, "behind_seconds": round(late, 1), "why": why}
        return web.json_response(seen | more, status=503 if why else 200)

    async def _figures(self, request: web.Request) -> web.Response:
        await self._count()
        page, content_type = self._metrics.page(request.headers.get("Accept", ""))
        return web.Response(body=page, headers={"Content-Type": content_type})

    async def _count(self) -> None:
        """Have the rows counted, unless that was done just now."""
        loop = asyncio.get_running_loop()
        async with self._counting:
            began = loop.time()
            if began < self._fresh_until:
                return
            try:
                async with asyncio.timeout(PATIENCE):
                    runs, undelivered = await self._store.counts.runs(), await self._store.counts.undelivered()
            except (StoreUnavailable, TimeoutError):
                self._metrics.rows(None)
                self._fresh_until = loop.time() + FRESH
                return
            self._metrics.rows(runs if self._store.holding.silence() < UNWRITTEN else None, undelivered)
            self._fresh_until = loop.time() + max(FRESH, SHARE * (loop.time() - began))

    async def _payload(self, request: web.Request) -> web.Response:
        assert self._app is not None  # noqa: S101, the route exists only then
        return await to_aiohttp_response(await self._app.async_dispatch(await to_bolt_request(request)))


def _hears(sockets: list[dict[str, Any]]) -> tuple[bool, list[str]]:
    """Whether Slack is heard, and what is to be said against it; without sockets it speaks to us over HTTP."""
    why = [
        f"connection {number} to Slack has been away for {each['away']:.0f} s"
        for number, each in enumerate(sockets, start=1)
        if not each["connected"] and each["away"] > AWAY
    ]
    hears = not sockets or any(each["connected"] for each in sockets)
    return hears, why if hears else why or ["no connection to Slack"]
