"""The same in a real Chromium: somebody who has never opened a notebook gets this week's numbers in four clicks."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from bot.playground import Playground
from tests.sandbox.conftest import browser  # noqa: F401, a fixture
from tests.sandbox.forms import choose

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]
SLOWLY = 20_000
"""Milliseconds that a notebook may take to run."""


@pytest.fixture(autouse=True)
def well_behaved() -> None:
    """This file has a playground, not the other files' workspace; `looking` watches its pages."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def playground() -> AsyncIterator[Playground]:
    """The sandbox as people start it."""
    async with Playground(0) as here:
        yield here


@asynccontextmanager
async def looking(chromium: Browser, here: Playground, who: str, channel: str, **place: str) -> AsyncIterator[Page]:
    """Somebody's page, on which nothing may go wrong."""
    context = await chromium.new_context(viewport={"width": 1280, "height": 900})
    page, mishaps = await context.new_page(), list[str]()
    page.set_default_timeout(8000)
    page.on("pageerror", lambda error: mishaps.append(str(error)))
    where = {"as": here.slack.person(who).id, "channel": here.slack.channel(channel).id, **place}
    await page.goto(f"{here.url}/?{urlencode(where)}")
    yield page
    assert mishaps == []
    await context.close()


async def form(page: Page) -> Locator:
    """The form, once it can be filled in."""
    modal = page.get_by_role("dialog", name="Run a notebook")
    await modal.get_by_text("Notebook", exact=True).wait_for()
    return modal


async def picks(page: Page, typed: str, words: str) -> None:
    """Find a notebook by a few letters, and choose it."""
    await page.get_by_role("button", name=re.compile("^Notebook ")).press_sequentially(typed)
    await page.get_by_role("option", name=words).click()
    await page.get_by_role("button", name=f"Notebook {words}").wait_for()
    await page.get_by_role("dialog").get_by_text("Post to").wait_for()


async def test_this_weeks_numbers_in_four_clicks(browser: Browser, playground: Playground) -> None:  # noqa: F811
    async with looking(browser, playground, "ben", "data") as page:
        await page.get_by_role("main").get_by_role("button", name="Shortcuts").click()  # 1
        await page.get_by_role("menuitem", name="Run a notebook").click()  # 2
        modal = await form(page)
        await picks(page, "weekly", "weekly-kpis · Weekly KPIs")  # 3
        await expect(modal.get_by_label("Only me")).to_be_checked()
        await modal.get_by_role("button", name="Run", exact=True).click()  # 4
        await expect(modal).to_have_count(0)
        await page.get_by_role("link", name=re.compile("Threadbook")).first.click()
        await page.get_by_role("tab", name="Messages").click()
        card = page.get_by_role("main").locator(".message", has_text="Weekly KPIs")
        await expect(card).to_contain_text("Succeeded", timeout=SLOWLY)


async def test_a_command_a_choice_a_change_and_the_card_appears(browser: Browser, playground: Playground) -> None:  # noqa: F811
    async with looking(browser, playground, "ana", "data") as page:
        await page.get_by_label("Message #data").fill("/notebook run")
        await page.keyboard.press("Enter")
        modal = await form(page)
        await picks(page, "weekly", "weekly-kpis · Weekly KPIs")
        await modal.get_by_text("Title of the chart").wait_for()
        await choose(page, "Region", "us", "US")
        await modal.get_by_label("Title of the chart").fill("For the board")
        await modal.get_by_role("button", name="More…").click()
        await expect(modal.get_by_label("Read-only storage")).to_be_visible()
        await expect(modal.get_by_label("Title of the chart")).to_have_value("For the board")
        await modal.get_by_label("Read-only storage").check()
        await modal.get_by_role("button", name="Run", exact=True).click()
        await expect(modal).to_have_count(0)
        card = page.get_by_role("main").locator(".message", has_text="For the board")
        await expect(card).to_contain_text("region US")
        await expect(card).to_contain_text("read-only storage")
        await expect(card).to_contain_text("Succeeded", timeout=SLOWLY)
        await card.get_by_role("button", name="Edit & run…").click()
        modal = await form(page)
        await expect(modal.get_by_label("Title of the chart")).to_have_value("For the board")
        await expect(modal.get_by_label("Read-only storage")).to_be_checked()


async def test_what_is_wrong_stands_on_its_field_and_words_say_what_they_become(
    browser: Browser,  # noqa: F811
    playground: Playground,
) -> None:
    async with looking(browser, playground, "ana", "data") as page:
        await page.get_by_label("Message #data").fill("/notebook run")
        await page.keyboard.press("Enter")
        modal = await form(page)
        await picks(page, "weekly", "weekly-kpis · Weekly KPIs")
        first_day = modal.get_by_role("textbox", name="First day (optional)", exact=True)
        await first_day.fill("someday")
        await modal.get_by_label("Weeks").fill("40")
        run = modal.get_by_role("button", name="Run", exact=True)
        await run.click()
        await expect(modal.locator(".wrong", has_text="26 or less")).to_be_visible()
        await modal.get_by_label("Weeks").fill("5")
        await run.click()
        wrong = modal.locator(".wrong", has_text="takes a date, not “someday”")
        await expect(wrong).to_be_visible()
        await expect(first_day).to_have_value("someday")
        await first_day.fill("month-start")
        await first_day.press("Enter")
        await expect(modal.get_by_text(re.compile(r"month-start is \d{4}-\d\d-01"))).to_be_visible()
        await choose(page, "Compare with", "year", "Past year")
        await expect(modal.get_by_label("Compare with: first day")).to_have_count(0)
        before = len(playground.platforms.ledger.starts)
        await run.click()
        await expect(modal).to_have_count(0)
        await playground.slack.wait_for(lambda: len(playground.platforms.ledger.starts) > before)
        given = playground.platforms.ledger.starts[-1]["inputs"]
        assert (given["compare_with"], given["weeks"], given["since"][-2:]) == ("pastYear", "5", "01")


async def test_home_runs_a_notebook_and_shows_how_it_ended(browser: Browser, playground: Playground) -> None:  # noqa: F811
    async with looking(browser, playground, "ana", "@ana", tab="home") as page:
        home = page.get_by_role("tabpanel")
        await expect(home).to_contain_text("Your last runs")
        await home.get_by_role("button", name="Run a notebook").click()
        modal = await form(page)
        await picks(page, "broken", "broken · Broken orders")
        await modal.get_by_role("button", name="Run", exact=True).click()
        await expect(modal).to_have_count(0)
        await expect(home).to_contain_text("Broken orders · run", timeout=SLOWLY)
        await expect(home).to_contain_text("Failed after", timeout=SLOWLY)


async def test_what_runs_already_lies_over_the_form_and_can_be_left_again(
    browser: Browser,  # noqa: F811
    playground: Playground,
) -> None:
    await playground.slack.say("ben", "data", "/notebook run slow-train")
    async with looking(browser, playground, "ana", "data") as page:
        await page.get_by_role("main").locator(".message", has_text="Slow training").wait_for()
        await page.get_by_label("Message #data").fill("/notebook run")
        await page.keyboard.press("Enter")
        modal = await form(page)
        await picks(page, "slow", "slow-train · Slow training")
        await modal.get_by_role("button", name="Run", exact=True).click()
        over = page.get_by_role("dialog", name="It is running already")
        await expect(over).to_contain_text("ben started this at")
        await expect(over.get_by_role("button", name="Run anyway")).to_be_visible()
        await over.get_by_text("Back", exact=True).click()
        await expect(modal).to_be_visible()
        await modal.get_by_role("button", name="Run", exact=True).click()
        await over.get_by_role("button", name="Tell me too").click()
        await expect(page.get_by_role("dialog")).to_contain_text("You'll be mentioned when Slow training")
