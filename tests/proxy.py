"""A TCP proxy that stands between Threadbook and a server, and does to connections what networks do on bad days."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Self

if TYPE_CHECKING:
    import ssl
    from types import TracebackType

Way = Literal["reset", "stall", "garbage", "reset_after", "stall_after", "cut", "slow", "garble"]
BEFORE: Final = frozenset({"reset", "stall", "garbage"})
"""The server never gets the request. In all other ways it does, and its answer is lost."""
NOISE: Final = b"\x15\x03\xff\x00\x7f no TLS, and no HTTP either \r\n\r\n"
CHUNK: Final = 65_536


@dataclass
class Fault:
    """What is done to connections whose request has these bytes in it.

    | way | what the client sees |
    |---|---|
    | `reset` | a RST in place of an answer; the request is thrown away |
    | `stall` | nothing, for ever; the request is thrown away |
    | `garbage` | noise in place of an answer, whether it speaks TLS or not; the request is thrown away |
    | `reset_after` | a RST in place of the answer that the server gave |
    | `stall_after` | the first half of the answer, and then nothing |
    | `cut` | the first half of the answer, and then the end |
    | `slow` | the answer, a byte every `seconds` |
    | `garble` | the answer's body with other bytes in it |

    `times` None means until it's switched off; `hits` counts connections.
    """

    way: Way
    on: bytes = b""
    times: int | None = None
    seconds: float = 1.0
    hits: int = 0

    def strikes(self, request: bytes) -> bool:
        """Whether it concerns this request."""
        return (self.times is None or self.hits < self.times) and self.on in request

    def end(self) -> None:
        """Switch it off."""
        self.times = self.hits


class Proxy:
    """One port in front of another. Where `upstream` lies may be told later; each request is looked at apart.

    With `tls` it speaks that to clients, and plainly to the server.
    """

    def __init__(self, upstream: tuple[str, int] | None = None, tls: ssl.SSLContext | None = None) -> None:
        self.upstream = upstream
        self.tls = tls
        self.port = 0
        self._faults: list[Fault] = []
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """Its address."""
        return f"{'http' if self.tls is None else 'https'}://127.0.0.1:{self.port}"

    def breaks(self, way: Way, on: str = "", *, times: int | None = None, seconds: float = 1.0) -> Fault:
        """Switch a fault on."""
        self._faults.append(Fault(way, on.encode(), times, seconds))
        return self._faults[-1]

    def mends(self) -> None:
        """Switch all faults off."""
        for fault in self._faults:
            fault.end()
        self._faults.clear()

    async def __aenter__(self) -> Self:
        await self.listen()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.refuse()

    async def listen(self) -> None:
        """Take connections, on the port that it had before if there was one."""
        accepted = asyncio.start_server(self._accept, "127.0.0.1", self.port, reuse_address=True, ssl=self.tls)
        self._server = await accepted
        self.port = self._server.sockets[0].getsockname()[1]

    async def refuse(self) -> None:
        """Cut every connection, and refuse new ones."""
        if self._server is not None:
            self._server.close()
        for each in tuple(self._open):
            each.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        if self._server is not None:
            await self._server.wait_closed()
            self._server = None

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            await self._serve(reader, writer)
        except (OSError, asyncio.CancelledError):
            _reset(writer)
        finally:
            self._open.discard(task)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass requests and answers on, until a fault strikes or one side has had enough."""
        there: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        answering: asyncio.Task[None] | None = None
        try:
            while request := await reader.read(CHUNK):
                fault = self._strike(request)
                if fault is not None and fault.way in BEFORE:
                    await _spoil(fault, writer)
                    return
                if there is None:
                    assert self.upstream is not None
                    there = await asyncio.open_connection(*self.upstream)
                if fault is not None or answering is None:
                    if answering is not None:
                        answering.cancel()
                        await asyncio.gather(answering, return_exceptions=True)
                    answering = asyncio.create_task(_answer(there[0], writer, fault))
                there[1].write(request)
                await there[1].drain()
        finally:
            if answering is not None:
                answering.cancel()
                await asyncio.gather(answering, return_exceptions=True)
            if there is not None:
                there[1].close()

    def _strike(self, request: bytes) -> Fault | None:
        for fault in self._faults:
            if fault.strikes(request):
                fault.hits += 1
                return fault
        return None


async def _spoil(fault: Fault, writer: asyncio.StreamWriter) -> None:
    match fault.way:
        case "reset":
            _reset(writer)
        case "garbage":
            writer.write(NOISE)
            await writer.drain()
        case _:
            await asyncio.Event().wait()  # until the client, or the test, has had enough


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, fault: Fault | None) -> None:
    """Pass the server's answers on, the first of them as the fault wants it."""
    with contextlib.suppress(OSError):
        while chunk := await reader.read(CHUNK):
            if fault is not None:
                await _spoil_answer(chunk, fault, writer)
                fault = None
                continue
            writer.write(chunk)
            await writer.drain()
    writer.close()


async def _spoil_answer(chunk: bytes, fault: Fault, writer: asyncio.StreamWriter) -> None:
    half = chunk[: len(chunk) // 2]
    match fault.way:
        case "reset_after":
            _reset(writer)
        case "stall_after":
            writer.write(half)
            await asyncio.Event().wait()
        case "cut":
            writer.write(half)
            writer.close()
        case "slow":
            for each in chunk:
                writer.write(bytes([each]))
                await writer.drain()
                await asyncio.sleep(fault.seconds)
        case _:
            head, line, body = chunk.partition(b"\r\n\r\n")
            writer.write(
                head + line + bytes(byte ^ noise for byte, noise in zip(body, os.urandom(len(body)), strict=True))
            )


def _reset(writer: asyncio.StreamWriter) -> None:
    """End a connection with a RST."""
    connection = writer.get_extra_info("socket")
    if connection is not None:
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
