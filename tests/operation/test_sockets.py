"""Connections to Slack that fall silent, are warned or cut: another one is there before anybody misses them."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError

from bot.metrics import Metrics
from bot.playground import manifest
from bot.sandbox.server import Sandbox
from bot.sandbox.slack import SlackStandIn
from bot.slack.app import web_client
from bot.slack.links import Pace
from bot.slack.sockets import CONNECTIONS, Sockets

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from slack_bolt.async_app import AsyncAck

    from bot.sandbox.slack.sockets import Connection

QUICK = Pace(ping=0.4, silent=0.5, linger=0.3, retries=(0.05, 0.1, 0.2))
"""Sixty times as quick as it is; Slack's pings come ten times as often."""


class Line:
    """Slack, an app that answers commands, and its connections."""

    def __init__(self, slack: SlackStandIn, sockets: Sockets, metrics: Metrics) -> None:
        self.slack, self.sockets, self.metrics = slack, sockets, metrics
        self.slow = asyncio.Event()

    @property
    def open(self) -> list[Connection]:
        """What Slack has open."""
        return list(self.slack.sockets.connections)

    async def commands(self, number: int = 6) -> list[str | None]:
        """What Slack says of so many commands that are typed at once; nothing where all is well."""
        said = await asyncio.gather(*(self.slack.say("ana", "data", f"/notebook n{i}") for i in range(number)))
        return [outcome.error for outcome in said if not outcome.ok]

    def replaced(self, why: str) -> float:
        """How many connections were replaced for this reason."""
        value = self.metrics.registry.get_sample_value("threadbook_slack_sockets_replaced_total", {"reason": why})
        assert value is not None
        return value


@asynccontextmanager
async def connected(pace: Pace = QUICK, token: str = "xapp-sandbox", **more: Any) -> AsyncIterator[Line]:
    slack = SlackStandIn(manifest(), rate_scale=None, **more)
    slack.sockets.ping_every = 0.1
    server = Sandbox(slack)
    await server.start()
    metrics = Metrics()
    async with aiohttp.ClientSession() as session:
        app = AsyncApp(client=web_client(max(slack.parts.tokens.bot), slack.api_url, session))
        line = Line(slack, Sockets(app, token, pace, metrics), metrics)

        @app.command("/notebook")
        async def notebook(ack: AsyncAck, command: dict[str, Any]) -> None:
            if command["text"] == "slow":
                line.slow.set()
                await asyncio.sleep(0.2)
            await ack(f"heard {command['text']}")

        try:
            await line.sockets.connect()
            yield line
        finally:
            await line.sockets.close()
            await server.close()


async def replaced(line: Line, old: list[Connection], seconds: float) -> None:
    """Wait until there are as many connections as there should be, and none of the old ones."""

    def fresh() -> bool:
        return len(line.open) == CONNECTIONS and not set(old) & set(line.open)

    await line.slack.wait_for(fresh, seconds)


async def test_a_connection_that_is_pinged_stays() -> None:
    async with connected() as line:
        before = line.open
        await asyncio.sleep(QUICK.silent * 2)
        assert line.open == before
        assert [each["connected"] for each in line.sockets.state()] == [True, True]
        assert await line.commands() == []


async def test_one_that_is_silent_is_replaced_though_it_answers_our_pings() -> None:
    async with connected() as line:
        before = line.open
        line.slack.sockets.mute(before[0])
        loop = asyncio.get_running_loop()
        began = loop.time()
        await line.slack.wait_for(lambda: before[0] not in line.open and len(line.open) == CONNECTIONS, 5)
        assert QUICK.silent * 0.7 < loop.time() - began < QUICK.silent * 3
        assert before[1] in line.open
        assert line.replaced("silent") == 1
        assert await line.commands() == []


async def test_both_that_are_silent_are_replaced() -> None:
    async with connected() as line:
        before = line.open
        line.slack.sockets.mute()
        await replaced(line, before, 5)
        assert await line.commands() == []


async def test_one_whose_network_is_gone_is_replaced_when_it_answers_no_ping() -> None:
    async with connected(Pace(ping=0.2, silent=60.0, linger=0.1)) as line:
        before = line.open
        line.slack.sockets.mute(before[0], deaf=True)
        await line.slack.wait_for(lambda: len(line.open) == CONNECTIONS + 1, 5)  # Slack doesn't know that it's gone
        assert line.replaced("dropped") == 1
        line.slack.sockets.connections.remove(before[0])
        assert await line.commands() == []
        line.slack.sockets.connections.append(before[0])


async def test_those_that_are_warned_at_once_are_replaced_before_they_go() -> None:
    """No command is lost meanwhile, though Slack warns of both connections in the same moment."""
    async with connected() as line:
        before = line.open
        least = CONNECTIONS
        await line.slack.sockets.warn(seconds=1)
        failed: list[str | None] = []
        while set(before) & set(line.open):
            failed += await line.commands(2)
            least = min(least, len(line.open))
        assert failed == []
        assert least >= CONNECTIONS
        assert line.replaced("warned") == CONNECTIONS


async def test_those_that_are_cut_at_once_are_back_within_two_seconds() -> None:
    async with connected(Pace()) as line:  # the pace that it really has
        before = line.open
        line.slack.sockets.drop()
        await replaced(line, before, 2)
        assert line.replaced("dropped") == CONNECTIONS
        assert await line.commands() == []


async def test_an_address_that_is_refused_is_not_tried_again() -> None:
    """Each try asks for an address of its own; Slack's rate limit for that is obeyed."""
    async with connected() as line:
        before = line.open
        line.slack.faults.set("apps.connections.open", "500", times=3)
        line.slack.faults.set("apps.connections.open", "429", retry_after=1)
        line.slack.sockets.drop()
        await replaced(line, before, 5)
        assert len(line.slack.calls("apps.connections.open")) >= 2 * CONNECTIONS + 4
        assert await line.commands() == []


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("text/plain", "upstream connect error"),
        ("application/json", '{"ok": tr'),
        ("application/json", "[1]"),
        ("", ""),
    ],
)
@pytest.mark.parametrize("status", [200, 429, 503])
async def test_an_answer_that_is_not_slacks_ends_nothing(kind: str, words: str, status: int) -> None:
    """As a proxy gives one while what is behind it is away."""
    nonsense = 2 * CONNECTIONS

    async def opened(_: web.Request) -> web.Response:
        nonlocal nonsense
        nonsense -= 1
        if nonsense >= 0:
            return web.Response(status=status, text=words, content_type=kind or None)
        return web.json_response({"ok": True, "url": str(server.make_url("/link"))})

    async def link(request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        await ws.send_json({"type": "hello"})
        await ws.receive()
        return ws

    away = web.Application()
    away.add_routes([web.post("/api/apps.connections.open", opened), web.get("/link", link)])
    async with TestServer(away) as server, aiohttp.ClientSession() as session:
        app = AsyncApp(client=web_client("xoxb-1", f"{server.make_url('/api/')}", session))
        sockets = Sockets(app, "xapp-1", QUICK, Metrics())
        await sockets.connect()
        async with asyncio.timeout(10):
            while sockets.count() < CONNECTIONS:  # noqa: ASYNC110 - a connection sets no event
                await asyncio.sleep(0.01)
        await sockets.close()
        assert [each["connected"] for each in sockets.state()] == [False, False]


async def test_what_is_being_answered_is_answered_before_the_connections_close() -> None:
    async with connected() as line:
        typed = asyncio.create_task(line.slack.say("ana", "data", "/notebook slow"))
        await line.slow.wait()
        closing = asyncio.create_task(line.sockets.close())
        await asyncio.sleep(0.01)
        assert len(line.sockets.state()) == CONNECTIONS, "who asks meanwhile is answered too"
        await closing
        assert (await typed).ok


async def test_closing_does_not_wait_for_silent_ones() -> None:
    async with connected(Pace(silent=60.0)) as line:
        line.slack.sockets.mute(deaf=True)
        loop = asyncio.get_running_loop()
        began = loop.time()
        await line.sockets.close()
        assert loop.time() - began < 2


async def test_a_token_that_slack_refuses_is_told_at_once() -> None:
    with pytest.raises(SlackApiError, match="invalid_auth"):
        async with connected(token="xapp-wrong"):
            pass


async def test_one_that_is_closed_before_its_hello_is_tried_again() -> None:
    """As when the machine that took it is itself about to go; a ping that comes before the hello does no harm."""
    hellos: list[bool] = []

    async def opened(_: web.Request) -> web.Response:
        return web.json_response({"ok": True, "url": str(server.make_url("/link"))})

    async def link(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        hellos.append(len(hellos) not in (CONNECTIONS, CONNECTIONS + 1))
        if hellos[-1]:
            await socket.ping()
            await socket.send_json({"type": "hello"})
            if len(hellos) > CONNECTIONS:
                await socket.receive()
        await socket.close()
        return socket

    slack = web.Application()
    slack.add_routes([web.post("/api/apps.connections.open", opened), web.get("/link", link)])
    async with TestServer(slack) as server, aiohttp.ClientSession() as session:
        app = AsyncApp(client=web_client("xoxb-sandbox", str(server.make_url("/api/")), session))
        sockets = Sockets(app, "xapp-sandbox", QUICK)
        try:
            await sockets.connect()
            async with asyncio.timeout(5):
                while len(hellos) < 2 * CONNECTIONS + 2 or sockets.count() < CONNECTIONS:  # noqa: ASYNC110, nobody tells
                    await asyncio.sleep(0.01)
        finally:
            await sockets.close()
    assert hellos.count(False) == 2
