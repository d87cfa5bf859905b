"""The README's pictures, taken of a live sandbox.

They are written into docs/ where THREADBOOK_PICTURES is set, and into a folder that goes with the test where it isn't.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlencode

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page

from bot.playground import Playground
from bot.sandbox.slack.records import Message
from tests.sandbox.conftest import browser  # noqa: F401, a fixture

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow]

DOCS = Path(__file__).parents[2] / "docs"
SIZE = (1440, 900)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return DOCS if os.environ.get("THREADBOOK_PICTURES") else tmp_path


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def playground() -> AsyncIterator[Playground]:
    """A sandbox in which something has happened."""
    async with Playground(0) as here:
        slack = here.slack
        await slack.say("ana", "data", "/notebook run broken")
        await until_told(here, "Broken orders", "failed")
        await slack.say("ana", "data", "/notebook run weekly-kpis region=EU since=2026-08-03")
        await until_told(here, "Weekly KPIs", "succeeded")
        await slack.say("ana", "data", "/notebook run slow-train")
        await slack.wait_for(lambda: any("Running since" in each.text for each in cards(here, "Slow training")), 20)
        yield here


def cards(here: Playground, name: str) -> list[Message]:
    return [message for message in here.slack.messages("data") if name in message.text]


def card(here: Playground, name: str) -> Message:
    return cards(here, name)[0]


async def until_told(here: Playground, name: str, how: str) -> None:
    def told() -> bool:
        return any(f"* {how}" in reply.text for root in cards(here, name) for reply in here.slack.thread(root))

    await here.slack.wait_for(told, 30)


@asynccontextmanager
async def looking(
    chromium: Browser, here: Playground, *, size: tuple[int, int] = SIZE, scale: int = 1, **place: str
) -> AsyncIterator[Page]:
    context = await chromium.new_context(
        viewport={"width": size[0], "height": size[1]},
        device_scale_factor=scale,
        timezone_id="Europe/Berlin",
        reduced_motion="reduce",
    )
    page = await context.new_page()
    ana, data = here.slack.person("ana").id, here.slack.channel("data").id
    await page.goto(f"{here.url}/?{urlencode({'as': ana, 'channel': data, 'theme': 'light', **place})}")
    yield page
    await context.close()


async def taken(page: Page | Locator, path: Path) -> None:
    """Take the picture; it's one of something."""
    path.parent.mkdir(exist_ok=True)
    picture = await page.screenshot(path=path)
    assert picture.startswith(b"\x89PNG")
    assert 20_000 < len(picture) < 400_000  # an empty page is smaller, and a README has little room


async def test_the_channel_and_a_thread(browser: Browser, playground: Playground, folder: Path) -> None:  # noqa: F811
    async with looking(browser, playground, thread=card(playground, "Weekly KPIs").ts) as page:
        await page.get_by_text("succeeded in").first.wait_for()
        await page.locator("img[alt]").first.wait_for()
        await taken(page, folder / "threadbook.png")


async def test_a_card(browser: Browser, playground: Playground, folder: Path) -> None:  # noqa: F811
    async with looking(browser, playground, size=(1040, 900), scale=2) as page:
        running = page.get_by_role("main").locator(".message", has_text="Slow training")
        await running.get_by_role("button", name="Stop tracking").wait_for()
        await taken(running, folder / "card.png")


async def test_the_form_made_from_a_notebooks_inputs(
    browser: Browser,  # noqa: F811
    playground: Playground,
    folder: Path,
) -> None:
    async with looking(browser, playground) as page:
        await page.get_by_text("Weekly KPIs").first.wait_for()
        await page.get_by_role("button", name="Edit & run…").nth(1).click()
        await page.get_by_text("Title of the chart").wait_for()
        await taken(page, folder / "form.png")


async def test_home(browser: Browser, playground: Playground, folder: Path) -> None:  # noqa: F811
    direct = playground.slack.channel("@ana").id
    async with looking(browser, playground, channel=direct, tab="home") as page:
        await page.get_by_text("Your last runs").wait_for()
        await taken(page, folder / "home.png")
