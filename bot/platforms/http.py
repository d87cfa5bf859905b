"""A thin shell around aiohttp: one platform, one token, and who may see it.

The bearer goes to its own origin only (scheme, host and port). Redirects are never followed with it by aiohttp; a
download's are followed here, by hand. No cookies, no proxies from the environment, no retries of our own. aiohttp
itself sends a GET a second time when a kept connection turns out to be dead; it never does so with a POST, and a POST
leaves on a fresh connection anyhow, so that a dead one can't cast doubt on whether it arrived.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import aiohttp
from yarl import URL

from bot import metrics as counted
from bot.errors import BadReply, PlatformError, Unauthorized, Unavailable
from bot.metrics import Metrics
from bot.patience import patience
from bot.platforms.reply import Reply, decoded, refusal, refused, said
from bot.platforms.transport import body_of, place_of, told_size, transport_failure, user_agent

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

Taken = TypeVar("Taken")
MIB = 1024 * 1024
REDIRECTS = 3
_REDIRECTED = frozenset({301, 302, 303, 307, 308})
_REFUSAL_BYTES = 64 * 1024
_STEPS = frozenset({"api", "v1", "v2", "run", "runs", "notebook", "notebooks", "computation", "projects", "me"})
_LARGE = 256 * 1024  # bytes; from here on JSON is decoded in a thread


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds, counts and bytes for one platform.

    Attributes:
        connect: Seconds to reach the host (name, connection, TLS).
        total: Seconds for a whole JSON call.
        idle: Seconds of silence that end a download.
        download: Seconds for a whole download.
        calls: JSON calls at the same time.
        downloads: Downloads at the same time.
        reply: Bytes of a JSON answer, decompressed.
    """

    connect: float = 5.0
    total: float = 20.0
    idle: float = 20.0
    download: float = 300.0
    calls: int = 64
    downloads: int = 4
    reply: int = 96 * MIB


@dataclass(frozen=True, slots=True)
class Download:
    """A file as it came. `content` is None where it is over the limit; `size` is in bytes, where it is known."""

    content: bytes | None = field(repr=False)
    size: int | None
    type: str


class Origin:
    """One platform's host with one token.

    Args:
        whose: The platform's name, for messages.
        base: Its address; may have a path, but no user name.
        token: Gives the current token, so that a new one can be set while runs are under way.
        limits: How long, how many, how large.
        metrics: Where calls are counted.
    """

    def __init__(
        self,
        whose: str,
        base: str,
        token: Callable[[], str],
        limits: Limits | None = None,
        metrics: Metrics | None = None,
    ) -> None:
        self.whose = whose
        self._metrics = metrics or Metrics()
        self.base = str(URL(base)).rstrip("/")
        self._token = token
        self._limits = limits or Limits()
        self._place = place_of(URL(self.base))
        self._calls = asyncio.Semaphore(self._limits.calls)
        self._downloads = asyncio.Semaphore(self._limits.downloads)
        self._sessions: dict[bool, aiohttp.ClientSession] = {}
        few = self._limits
        # The time for all of it is minded here: aiohttp would throw away what came while this process stood still.
        self._quick = aiohttp.ClientTimeout(connect=few.connect)
        self._patient = aiohttp.ClientTimeout(connect=few.connect, sock_read=few.idle)

    def __repr__(self) -> str:
        return f"Origin({self.whose}, {self.base})"

    async def send(
        self, method: Literal["GET", "POST"], path: str, *, body: Mapping[str, Any] | None = None, fresh: bool = False
    ) -> Reply:
        """Send one request, once, and read its answer, whatever its status.

        Args:
            method: GET or POST.
            path: Under the base, quoted, with its query.
            body: Sent as JSON.
            fresh: On a connection of its own; a POST must be.

        Raises:
            Unauthorized: There is no token to send.
            Unavailable: No answer; `sent` says whether the request may have arrived.
            BadReply: The answer is too large, or no HTTP.
        """
        url = URL(self.base + path, encoded=True)
        async with self._calls:
            return await self._exchange(method, url, self._bearer(), self._quick, self._read, body=body, fresh=fresh)

    async def ask(self, path: str) -> Any:
        """GET the JSON of a path.

        Raises:
            PlatformError: As `send`, and the typed error of a status that isn't 2xx.
        """
        return await self.read(await self.send("GET", path))

    async def read(self, reply: Reply) -> Any:
        """The JSON of an answer; a large one is decoded off the event loop.

        Raises:
            PlatformError: The typed error of a status that isn't 2xx.
            BadReply: Not JSON.
        """
        self.checked(reply)
        if len(reply.body) > _LARGE:
            return await asyncio.to_thread(decoded, reply)
        return decoded(reply)

    def checked(self, reply: Reply) -> None:
        """Pass an answer whose body doesn't matter.

        Raises:
            PlatformError: The typed error of a status that isn't 2xx.
        """
        error = refusal(reply, datetime.now(UTC))
        if error is not None:
            raise error

    async def download(self, address: str, limit: int, *, bearer: bool) -> Download:
        """GET a file of at most `limit` bytes, decompressed, following up to three redirects.

        Args:
            address: Absolute and quoted.
            limit: Bytes.
            bearer: Whether its own origin may see the token; another never does.

        Raises:
            PlatformError: As `ask`.
        """
        async with self._downloads:
            url = self._checked(address)
            for _ in range(REDIRECTS + 1):
                headers = self._bearer() if bearer and place_of(url) == self._place else {}
                taken = await self._exchange(
                    "GET", url, headers, self._patient, lambda response: self._file(response, limit)
                )
                if isinstance(taken, Download):
                    return taken
                url = self._checked(taken, url)
            raise BadReply(f"{self.whose} sent us from one address to the next for a file")

    async def close(self) -> None:
        """Let the connections go; a later call opens new ones."""
        sessions = list(self._sessions.values())
        self._sessions.clear()
        for session in sessions:
            await session.close()

    def _bearer(self) -> dict[str, str]:
        token = self._token().strip()
        if not token:
            raise Unauthorized(f"No token for {self.whose} is set")
        if not token.isascii() or not token.isprintable():
            raise Unauthorized(f"The token for {self.whose} holds characters that no token has")
        return {"Authorization": f"Bearer {token}"}

    def _session(self, *, fresh: bool) -> aiohttp.ClientSession:
        if fresh not in self._sessions:
            self._sessions[fresh] = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, force_close=fresh),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": user_agent(), "Accept-Encoding": "gzip, deflate"},
                trust_env=False,
            )
        return self._sessions[fresh]

    async def _exchange(
        self,
        method: str,
        url: URL,
        headers: Mapping[str, str],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 - aiohttp's own limits, told apart by phase
        take: Callable[[aiohttp.ClientResponse], Awaitable[Taken]],
        *,
        body: Mapping[str, Any] | None = None,
        fresh: bool = False,
    ) -> Taken:
        """Send, and take what is wanted of the answer; a failure of the transport becomes a PlatformError."""
        began = asyncio.get_running_loop().time()
        outcome = counted.UNREADABLE  # unless something else comes of it
        seconds = self._limits.download if timeout is self._patient else self._limits.total
        try:
            async with (
                patience(seconds),
                self._session(fresh=fresh).request(
                    method, url, json=body, headers=headers, timeout=timeout, allow_redirects=False
                ) as response,
            ):
                taken = await take(response)
                outcome = counted.outcome(response.status)
                return taken
        except (aiohttp.ClientError, TimeoutError, OSError, UnicodeError) as error:
            failure = transport_failure(error, self.whose)
            if isinstance(failure, Unavailable):
                outcome = counted.NO_ANSWER if failure.sent else counted.UNREACHABLE
        except PlatformError as error:
            if error.status is not None and not isinstance(error, BadReply):
                outcome = counted.outcome(error.status)
            raise
        except asyncio.CancelledError:
            outcome = counted.NO_ANSWER
            raise
        finally:
            took = asyncio.get_running_loop().time() - began
            what = "download" if timeout is self._patient else f"{method} {self._template(url.path)}"
            self._metrics.called(self.whose.lower(), what, outcome, took)
        # Raised outside of the handler, and so without a context: aiohttp's errors can hold the request's headers.
        raise failure

    def _template(self, path: str) -> str:
        """A path without its ids, so that what is counted by path has few of them."""
        under = path.removeprefix(URL(self.base).path.rstrip("/")).strip("/").split("/")
        return "/" + "/".join(step if step in _STEPS else "{id}" for step in under[:5])

    async def _read(self, response: aiohttp.ClientResponse) -> Reply:
        if response.ok:
            body = await body_of(response, self._limits.reply)
            if body is None:
                raise BadReply(f"{self.whose}'s answer is too large to be read", status=response.status)
            return Reply(self.whose, response.status, response.headers, body)
        try:
            body = await body_of(response, _REFUSAL_BYTES)
        except (aiohttp.ClientError, TimeoutError, OSError):
            body = None  # the status alone says enough
        message = said(body or b"", secret=self._token().strip())
        return Reply(self.whose, response.status, response.headers, body or b"", message)

    async def _file(self, response: aiohttp.ClientResponse, limit: int) -> Download | str:
        """The file, or the address to which the answer sends us for it."""
        if response.status in _REDIRECTED and "Location" in response.headers:
            return response.headers["Location"]
        if refused(response.status):
            await self.read(await self._read(response))
        content = await body_of(response, limit)
        size = len(content) if content is not None else told_size(response)
        return Download(content, size, response.content_type)

    def _checked(self, address: str, before: URL | None = None) -> URL:
        """The address as a URL that may be fetched: http(s) without a user, and no step down from https."""
        try:
            # A proper address must not be quoted again: its signature covers it as it is.
            url = URL(address, encoded=address.isascii() and " " not in address)
            url = before.join(url) if before else url
            place = place_of(url) if address.isprintable() else ("", "", None)
        except ValueError:
            place = ("", "", None)
        secure = self._place[0] == "https"
        if place[0] not in ({"https"} if secure else {"https", "http"}) or not place[1] or url.raw_user is not None:
            raise BadReply(f"{self.whose} named an address for a file that can't be fetched safely")
        return url
