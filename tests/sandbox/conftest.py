"""A sandbox in a browser: real Chromium on the real page."""

import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright

from bot.sandbox.slack import Manifest, SlackStandIn
from tests.sandbox.slack.conftest import MANIFEST, House, running

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Visit:
    """Somebody with a browser. `asked` are the addresses that their pages fetched, `mishaps` the errors in them."""

    house: House
    browser: Browser
    open: AsyncExitStack
    asked: list[str] = field(default_factory=list)
    mishaps: list[str] = field(default_factory=list)

    async def goto(
        self,
        as_: str = "",
        channel: str = "",
        *,
        thread: str = "",
        theme: str = "",
        tab: str = "",
        size: tuple[int, int] = (1280, 800),
        zone: str = "UTC",
    ) -> Page:
        """Open the page at a place, by Slack's ids; what is missing is left to the page."""
        given = {"as": as_, "channel": channel, "thread": thread, "theme": theme, "tab": tab}
        place = {name: value for name, value in given.items() if value}
        width, height = size
        context = await self.browser.new_context(viewport={"width": width, "height": height}, timezone_id=zone)
        self.open.push_async_callback(context.close)
        page = await context.new_page()
        page.set_default_timeout(8000)
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("pageerror", lambda error: self.mishaps.append(str(error)))
        await page.goto(f"{self.house.sandbox.base_url}/?{urlencode(place)}")
        await page.locator(".message:visible, .welcome:visible, .home:visible > *").first.wait_for()
        return page

    async def post(self, channel: str = "data", **message: Any) -> str:
        """The bot says something; its ts."""
        where = self.house.slack.channel(channel).id
        reply = await self.house.client.chat_postMessage(channel=where, **({"text": "news"} | message))
        return str(reply["ts"])


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One Chromium for all tests; without one they are skipped."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        pytest.skip("there is no Chromium on this machine")
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield chromium
        await chromium.close()


@asynccontextmanager
async def looking(browser: Browser, manifest: Path | Manifest, **more: Any) -> AsyncIterator[Visit]:
    """A sandbox for the app of this manifest, and somebody who looks at it."""
    slack = SlackStandIn(manifest, rate_scale=None, ack_seconds=1.0, **more)
    async with running(slack) as house, AsyncExitStack() as stack:
        yield Visit(house, browser, stack)


@pytest_asyncio.fixture(loop_scope="session")
async def visit(browser: Browser) -> AsyncIterator[Visit]:
    """A sandbox of the test's own, and somebody who looks at it."""
    async with looking(browser, MANIFEST) as visit:
        yield visit
