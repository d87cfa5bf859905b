"""One connection of Socket Mode and its first word, the place that it fills, the pace at which both are minded."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import aiohttp

if TYPE_CHECKING:
    import asyncio


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds.

    Attributes:
        ping: From one of our pings to the next; who doesn't answer within half of that is dropped.
        silent: Without a ping or a payload of Slack's own, a connection is replaced, though it may answer our pings;
            Slack's own SDK for Node bears as much.
        hello: For opening a connection.
        linger: For which a replaced connection still takes payloads and gives answers.
        retries: Between tries to open one; the last goes for all that follow.
    """

    ping: float = 10.0
    silent: float = 30.0
    hello: float = 10.0
    linger: float = 2.0
    retries: tuple[float, ...] = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)


@dataclass(eq=False, slots=True)
class Link:
    """One WebSocket.

    Attributes:
        heard: When Slack last sent something of its own accord, by the loop's clock.
        over: Why it's to be replaced, as soon as it is.
        answering: Payloads that are being answered.
    """

    ws: aiohttp.ClientWebSocketResponse
    heard: float
    over: asyncio.Future[str]
    answering: set[asyncio.Task[None]] = field(default_factory=set)
    reader: asyncio.Task[None] | None = None

    def end(self, why: str) -> None:
        """Have it replaced."""
        if not self.over.done():
            self.over.set_result(why)


@dataclass(eq=False, slots=True)
class Place:
    """One of the connections that there should be.

    Attributes:
        link: What is connected there, or was last.
        away: Since when nothing is, by the loop's clock.
        patience: Seconds of silence that are borne.
    """

    number: int
    away: float
    patience: float
    link: Link | None = None

    def hears(self) -> bool:
        """Whether something is connected here, and not found to be silent."""
        link = self.link
        if link is None or link.ws.closed:
            return False
        return not link.over.done() or link.over.result() == "warned"


async def quietly(sending: Any) -> None:
    """Send something that needn't arrive."""
    try:
        await sending
    except (aiohttp.ClientError, ConnectionError, RuntimeError, TimeoutError):
        return


async def expect_hello(ws: aiohttp.ClientWebSocketResponse) -> None:
    """Wait for Slack's first word.

    Raises:
        ValueError: It is another one, or the connection was closed before it.
    """
    message = await ws.receive()
    while message.type in (aiohttp.WSMsgType.PING, aiohttp.WSMsgType.PONG):
        if message.type is aiohttp.WSMsgType.PING:
            await quietly(ws.pong(message.data))
        message = await ws.receive()
    if message.type is not aiohttp.WSMsgType.TEXT:
        raise ValueError("the connection was closed before Slack's hello")
    first = message.json()
    if not isinstance(first, dict) or first.get("type") != "hello":
        word = first.get("reason") or first.get("type") if isinstance(first, dict) else "something else"
        raise ValueError(f"Slack said {word!r} in place of hello")
