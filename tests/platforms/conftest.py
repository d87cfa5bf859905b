"""Small servers on real sockets: one that answers as a test says and notes what it was asked, and one of raw bytes."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

TOKEN = "tok-3f9a-secret"


@dataclass(frozen=True)
class Asked:
    """One request as it arrived; `connection` is the client's port."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any
    connection: int


Answer = Callable[[Asked], web.StreamResponse | Awaitable[web.StreamResponse]]


@dataclass
class Server:
    """A running server: where it is, and what it was asked."""

    url: str
    asked: list[Asked] = field(default_factory=list)

    @property
    def last(self) -> Asked:
        return self.asked[-1]


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Stage:
    """Puts up servers for one test."""

    def __init__(self, stack: AsyncExitStack) -> None:
        self._stack = stack

    async def web(self, answer: Answer) -> Server:
        """A server whose answers come from `answer`; an answer that fails is a 500 without words."""
        server = Server("")

        async def handle(request: web.BaseRequest) -> web.StreamResponse:
            text = await request.text()
            assert request.transport
            connection = request.transport.get_extra_info("peername")[1]
            body = json.loads(text) if text else None
            asked = Asked(request.method, request.raw_path, dict(request.headers), body, connection)
            server.asked.append(asked)
            answered = answer(asked)
            return await answered if isinstance(answered, Awaitable) else answered

        runner = web.ServerRunner(web.Server(handle))
        await runner.setup()
        self._stack.push_async_callback(runner.cleanup)
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        return server

    async def raw(self, talk: Talk) -> str:
        """A server that speaks raw bytes, once a connection."""

        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await talk(reader, writer)
            finally:
                writer.close()
                with suppress(ConnectionError):
                    await writer.wait_closed()

        server = await asyncio.start_server(handle, "127.0.0.1", 0)

        async def stop() -> None:
            server.close()
            await server.wait_closed()

        self._stack.push_async_callback(stop)
        return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    def refusing(self) -> str:
        """A port that nobody listens on, held so that nobody else can."""
        held = self._stack.enter_context(socket.socket())
        held.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{held.getsockname()[1]}"

    def closes(self, client: Any) -> None:
        """Close this client in the end."""
        self._stack.push_async_callback(client.close)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with AsyncExitStack() as stack:
        yield Stage(stack)


async def read_request(reader: asyncio.StreamReader) -> bytes:
    """One request with its body; empty where the client has gone."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return b""
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            head += await reader.readexactly(int(value))
    return head


def reset(writer: asyncio.StreamWriter) -> None:
    """Close with an RST, as a crashed peer does."""
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    writer.transport.abort()


def everything(error: BaseException | None) -> str:
    """All that an error and the errors behind it would show to anybody who prints them."""
    text = ""
    while error is not None:
        text += f"{error!r} {error} {error.args!r} {vars(error)!r}\n"
        error = error.__cause__ or error.__context__
    return text
