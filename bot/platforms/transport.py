"""The wire: who is at its other end, bodies within a limit, and what a failure on the way means."""

from __future__ import annotations

import os
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Final

import aiohttp

from bot.errors import BadReply, PlatformError, Unavailable

if TYPE_CHECKING:
    from yarl import URL

UNTRUSTED: Final = "its certificate or TLS was not accepted"


def transport_failure(error: Exception, whose: str) -> PlatformError:
    """What a failure of the transport means; only one before the request left has `sent` False."""
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return Unavailable(f"{whose} can't be reached: no connection in time", sent=False)
    if isinstance(error, aiohttp.ClientConnectorError):
        return Unavailable(f"{whose} can't be reached: {_cause(error)}", sent=False)
    if isinstance(error, aiohttp.InvalidURL | UnicodeError):  # the latter from a host that DNS can't spell
        return Unavailable(f"{whose} can't be reached: its address is no web address", sent=False)
    if isinstance(error, TimeoutError):
        return Unavailable(f"{whose} didn't answer in time", sent=True)
    if isinstance(error, aiohttp.ClientResponseError):
        return BadReply(f"{whose}'s answer can't be read: not HTTP")
    return Unavailable(f"{whose} broke off the connection", sent=True)


def _cause(error: aiohttp.ClientConnectorError) -> str:
    if isinstance(error, aiohttp.ClientSSLError):
        return UNTRUSTED
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "its name isn't known"
    number = error.os_error.errno
    return os.strerror(number).lower() if number and number > 0 else "no connection"


async def body_of(response: aiohttp.ClientResponse, limit: int) -> bytes | None:
    """All of it, or None where it is over the limit; what is counted is decompressed."""
    if (told_size(response) or 0) > limit:
        response.close()
        return None
    chunks: list[bytes] = []
    size = 0
    async for chunk in response.content.iter_any():
        size += len(chunk)
        if size > limit:
            response.close()
            return None
        chunks.append(chunk)
    return b"".join(chunks)


def told_size(response: aiohttp.ClientResponse) -> int | None:
    """The size that the answer claims, where it is that of the file and not of its compressed form."""
    return None if "Content-Encoding" in response.headers else response.content_length


def place_of(url: URL) -> tuple[str, str, int | None]:
    """Scheme, host and port: who may see the token."""
    return (url.scheme.lower(), (url.host or "").lower(), url.port)


@cache
def user_agent() -> str:
    """How we call ourselves."""
    try:
        return f"Threadbook/{version('threadbook')}"
    except PackageNotFoundError:
        return "Threadbook/dev"
