"""A workspace whose wires can be cut: a proxy before Slack, one before Datalore and one before Deepnote."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from yarl import URL

from bot.playground import manifest
from bot.sandbox.slack import SlackStandIn
from bot.sandbox.standins import PlatformStandIns
from tests.endtoend.house import chatting
from tests.endtoend.notebooks import code
from tests.proxy import Fault, Proxy

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from tests.endtoend.card import Card
    from tests.endtoend.chat import Chat

TIMES = 100.0
"""So many times faster than real ones pass the courier's and the tracker's own waits in these tests."""


class Behind(SlackStandIn):
    """A Slack that everybody reaches through a proxy: its API, its sockets, its uploads and its reply addresses."""

    def __init__(self, proxies: tuple[Proxy, ...], **more: Any) -> None:
        super().__init__(manifest(), **more)
        self._proxies = proxies

    @property
    def base_url(self) -> str:
        """The proxy's address."""
        return self.parts.base_url

    @base_url.setter
    def base_url(self, address: str) -> None:
        there = URL(address)
        for proxy in self._proxies:
            proxy.upstream = (str(there.host), int(there.port or 0))
        self.parts.base_url = self._proxies[0].url


@dataclass
class Storm:
    """The workspace and its wires."""

    chat: Chat
    slack: Proxy
    wires: dict[str, Proxy]

    def breaks(self, platform: str, way: Any, on: str = "", **more: Any) -> Fault:
        """Have a platform's wire do this to requests with these words in them."""
        return self.wires[platform].breaks(way, on, **more)

    async def runs(self, room: str, slug: str, platform: str, words: str = "") -> Card:
        """Ask for a run by its notebook's id."""
        notebook = self.chat.platforms.shelf[slug]
        wanted = notebook.datalore_id if platform == "datalore" else notebook.deepnote_id
        return await self.chat.runs("ana", room, f"/{platform} run {wanted}", words)

    async def under_way(self, room: str, slug: str, platform: str) -> Card:
        """A run that goes on until it is stopped."""
        self.chat.shelve(slug, code("print('slow')"), title=slug)
        card = await self.runs(room, slug, platform, slug)
        await card.shows("Queued since")
        return card

    async def stops(self, slug: str, platform: str) -> None:
        """Somebody stops a notebook's runs on their platform, past the proxy."""
        notebook = self.chat.platforms.shelf[slug]
        path = notebook.datalore_path if platform == "datalore" else notebook.deepnote_path
        assert self.slack.upstream is not None
        host, port = self.slack.upstream
        for start in self.chat.starts(slug):
            address = f"http://{host}:{port}/{platform}{path}?stop={start['runId']}"
            async with self.chat.http.post(address, allow_redirects=False) as answer:
                assert answer.status == 303

    async def mends(self) -> None:
        """All is well again."""
        for proxy in (self.slack, *self.wires.values()):
            proxy.mends()
        await self.chat.mends()


@asynccontextmanager
async def storming(
    folder: Path, *, tls: Callable[[], ssl.SSLContext] | None = None, **settings: Any
) -> AsyncIterator[Storm]:
    """The workspace while the block runs; with `tls` its wires speak that. Settings are those of `chatting`."""
    async with AsyncExitStack() as stack:
        wires = [Proxy(tls=tls() if tls else None) for _ in range(3)]
        slack, datalore, deepnote = [await stack.enter_async_context(wire) for wire in wires]
        behind = Behind((slack, datalore, deepnote), rate_scale=None)
        platforms = PlatformStandIns(at_once=0, spare_kernel=False)  # code waits until it is stopped
        mine = {"datalore_url": f"{datalore.url}/datalore", "deepnote_api_url": f"{deepnote.url}/deepnote"}
        chat = await stack.enter_async_context(
            chatting(folder, slack=behind, platforms=platforms, **({"over_http": True} | mine | settings))
        )
        yield Storm(chat, slack, {"datalore": datalore, "deepnote": deepnote})


async def struck(fault: Fault, times: int = 1) -> float:
    """Wait until a fault has struck so often; the time of that."""
    await until(lambda: fault.hits >= times)
    return time.monotonic()


async def until(true: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait for something that sets no event."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - see above
            await asyncio.sleep(0.01)
