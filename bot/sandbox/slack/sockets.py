"""Socket Mode: the app's WebSocket connections, each payload to one of them in turn."""

import asyncio
import json
import secrets
import socket as wire
import struct
import time
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from bot.sandbox.slack.errors import ApiError
from bot.sandbox.slack.parts import Parts
from bot.sandbox.slack.records import Json
from bot.sandbox.slack.workspace import APP

MOST_CONNECTIONS = 10
_TICKET_LIFETIME = 30.0  # seconds
_HOST = "applink-sandbox"
PING_EVERY = 10.0  # seconds between the server's own pings


@dataclass(eq=False)
class Connection:
    """One WebSocket of the app. A warned one gets no more payloads while there is another.

    What is sent over a muted one is lost, pings too; whether it answers the app's own pings is another matter.
    """

    socket: web.WebSocketResponse
    transport: asyncio.Transport | None
    number: int
    warned: bool = False
    muted: bool = False
    received: int = 0  # payloads sent over it
    closing: asyncio.TimerHandle | None = None


@dataclass
class Sockets:
    """All connections, and the envelopes that wait for their ack.

    With `resends`, an envelope whose connection ended before its ack comes once more over the next that opens; Slack
    promises neither that nor that it doesn't. `address` is where connections are opened, if it isn't the API's server.
    """

    parts: Parts
    connections: list[Connection] = field(default_factory=list)
    duplicates: int = 0  # so many of the next envelopes are sent twice
    withheld: int = 0  # so many of the next acks are thrown away
    resends: bool = False
    address: str = ""
    ping_every: float = PING_EVERY
    _tickets: dict[str, float] = field(default_factory=dict)
    _pending: dict[str, asyncio.Future[Any]] = field(default_factory=dict)
    _sent: dict[str, tuple[Connection, str]] = field(default_factory=dict)  # what waits for its ack, and over which
    _turn: int = 0
    _count: int = 0
    _closers: set[asyncio.Task[Any]] = field(default_factory=set)

    def ticket(self) -> Json:
        """apps.connections.open: an address that is good for one connection, soon."""
        now = time.monotonic()
        self._tickets = {key: at for key, at in self._tickets.items() if now - at < _TICKET_LIFETIME}
        ticket = secrets.token_urlsafe(16)
        self._tickets[ticket] = now
        base = (self.address or self.parts.base_url).replace("http", "ws", 1)
        return {"url": f"{base}/slack/link/?ticket={ticket}&app_id={APP}"}

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One connection, from hello to its end."""
        if self._tickets.pop(request.query.get("ticket", ""), None) is None:
            return web.json_response(ApiError("invalid_ticket").body(), status=403)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if len(self.connections) >= MOST_CONNECTIONS:
            await socket.send_json(_goodbye("too_many_websockets"))
            await socket.close()
            return socket
        self._count += 1
        connection = Connection(socket, request.transport, self._count)
        self.connections.append(connection)
        pinging = asyncio.ensure_future(self._ping(connection))
        try:
            await socket.send_json(self._hello())
            await self._send_again()
            self.parts.workspace.tell("bot")
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._acked(message.data)
        finally:
            pinging.cancel()
            self.connections.remove(connection)
            if connection.closing is not None:
                connection.closing.cancel()
            self.parts.workspace.tell("bot")
        return socket

    async def _ping(self, connection: Connection) -> None:
        while not connection.socket.closed:
            await asyncio.sleep(self.ping_every)
            if not connection.muted:
                try:
                    await connection.socket.ping(f"Ping from {_HOST}".encode())
                except ConnectionError:
                    return

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "debug_info": {"host": _HOST, "build_number": 10, "approximate_connection_time": 18_060},
            "connection_info": {"app_id": APP},
        }

    def _acked(self, data: str) -> None:
        try:
            ack = json.loads(data)
        except ValueError:
            return
        if not isinstance(ack, dict):
            return
        if self.withheld:
            self.withheld -= 1
            return
        waiting = self._pending.get(str(ack.get("envelope_id")))
        if waiting is not None and not waiting.done():
            waiting.set_result(ack.get("payload"))

    async def send(self, envelope: Json, seconds: float) -> Any:
        """Send an envelope over one connection and wait for its ack's payload.

        Raises ConnectionError if there is no connection, TimeoutError if no ack came in time.
        """
        waiting: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._pending[envelope["envelope_id"]] = waiting
        text = json.dumps(envelope)
        try:
            async with asyncio.timeout(seconds):
                self._sent[envelope["envelope_id"]] = await self._pass_on(text), text
                if self.duplicates:
                    self.duplicates -= 1
                    await self._pass_on(text)
                return await waiting
        finally:
            del self._pending[envelope["envelope_id"]]
            self._sent.pop(envelope["envelope_id"], None)

    async def _send_again(self) -> None:
        for envelope_id, (over, text) in tuple(self._sent.items()):
            if self.resends and over not in self.connections:
                self._sent[envelope_id] = await self._pass_on(text), text

    async def _pass_on(self, text: str) -> Connection:
        live = [each for each in self.connections if not each.socket.closed]
        live = [each for each in live if not each.warned] or live
        if not live:
            raise ConnectionError("the app has no connection")
        self._turn += 1
        chosen = live[self._turn % len(live)]
        chosen.received += 1
        if not chosen.muted:
            await chosen.socket.send_str(text)
        return chosen

    async def warn(self, seconds: float = 10.0) -> None:
        """Tell every present connection that it will be closed, and close it after so many seconds."""
        loop = asyncio.get_running_loop()
        for connection in tuple(self.connections):
            connection.warned = True
            connection.closing = loop.call_later(seconds, self._close_later, connection)
            await connection.socket.send_json(_goodbye("warning"))

    async def refresh(self) -> None:
        """Ask every present connection to reconnect, and close it at once."""
        for connection in tuple(self.connections):
            connection.warned = True
            await connection.socket.send_json(_goodbye("refresh_requested"))
            await connection.socket.close()

    def drop(self) -> None:
        """Reset every present connection without a word, as a broken network does."""
        for connection in tuple(self.connections):
            if connection.transport is not None:
                tcp = connection.transport.get_extra_info("socket")
                tcp.setsockopt(wire.SOL_SOCKET, wire.SO_LINGER, struct.pack("ii", 1, 0))
                connection.transport.abort()

    def mute(self, *which: Connection, deaf: bool = False) -> None:
        """Have these, or every present connection, stay open and say nothing more.

        `deaf` ones don't answer the app's pings either, as if the network ended somewhere on the way.
        """
        for connection in which or tuple(self.connections):
            connection.muted = True
            if deaf and connection.transport is not None:
                connection.transport.pause_reading()

    async def close(self) -> None:
        """Close every connection: the server stops."""
        for connection in tuple(self.connections):
            if connection.muted and connection.transport is not None:
                connection.transport.abort()  # nobody would answer a goodbye
            await connection.socket.close(code=WSCloseCode.GOING_AWAY)

    def _close_later(self, connection: Connection) -> None:
        task = asyncio.ensure_future(connection.socket.close())
        self._closers.add(task)
        task.add_done_callback(self._closers.discard)


def _goodbye(reason: str) -> Json:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": _HOST}}
