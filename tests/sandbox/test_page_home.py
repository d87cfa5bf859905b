"""What the app shows besides cards and forms: its Home tab, shortcuts, answers to mentions, previews of links."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack.workspace import ANA, BEN, BOT, DATA
from tests.sandbox.conftest import Visit, looking
from tests.sandbox.forms import Desk, field_of, form
from tests.sandbox.slack.conftest import buttons, manifest_with, section

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SCOPES = ("app_mentions:read", "links:read", "links:write")
EVENTS = ("app_home_opened", "app_mention", "link_shared")
CODE = field_of("code", "Code", "plain_text_input")


@pytest_asyncio.fixture(loop_scope="session")
async def visit(browser: Browser) -> AsyncIterator[Visit]:
    """A sandbox whose app has everything that a manifest can give it."""
    whole = manifest_with(
        *SCOPES,
        events=EVENTS,
        shortcuts=(("run", "global"), ("inspect", "message")),
        home=True,
        domains=("example.com",),
    )
    async with looking(browser, whole) as visit:
        yield visit


def home(*blocks: dict[str, Any]) -> dict[str, Any]:
    return {"type": "home", "blocks": list(blocks)}


async def test_the_home_tab_is_drawn_when_somebody_opens_it_and_stays_true(visit: Visit) -> None:
    app, clicked = visit.house.app(), []

    @app.event("app_home_opened")
    async def opened(event: dict[str, Any], client: AsyncWebClient) -> None:
        if event["tab"] == "home":
            await client.views_publish(user_id=event["user"], view=home(section("Nothing is running"), buttons("Run")))

    @app.action("Run")
    async def run(ack: AsyncAck, body: dict[str, Any]) -> None:
        clicked.append((body["container"]["type"], body["view"]["type"]))
        await ack()

    await visit.house.connect(app)
    page = await visit.goto(ANA, f"D{ANA[1:]}")
    await page.get_by_role("tab", name="Home").click()
    shown = page.get_by_role("tabpanel")
    await expect(shown).to_contain_text("Nothing is running")
    await expect(page.locator("#channel-foot")).to_be_hidden()
    search = field_of("search", "Search", "plain_text_input")
    for words in ("Weekly KPIs is running", "Weekly KPIs succeeded"):
        view = home(section(words), buttons("Run"), search)
        await visit.house.client.views_publish(user_id=ANA, view=view)
        await expect(shown).to_contain_text(words)
        await shown.get_by_label("Search").press_sequentially("k")
    await expect(shown.get_by_label("Search")).to_have_value("kk")
    await shown.get_by_role("button", name="Run").click()
    await visit.house.slack.wait_for(lambda: clicked)
    assert clicked == [("view", "home")]
    await page.reload()  # the tab is in the address, and the app draws it anew
    await expect(shown).to_contain_text("Nothing is running")
    await page.get_by_role("tab", name="Home").press("ArrowRight")
    await expect(page.get_by_label("Message Threadbook")).to_be_visible()
    await page.get_by_role("link", name="data").click()
    await expect(page.get_by_role("tab")).to_have_count(0)
    assert visit.mishaps == []


async def test_a_home_tab_that_was_never_drawn_says_so_and_belongs_to_one_person(visit: Visit) -> None:
    await visit.house.client.views_publish(user_id=BEN, view=home(section("Only for Ben")))
    page = await visit.goto(ANA, f"D{ANA[1:]}", tab="home")
    await expect(page.get_by_role("tabpanel")).to_contain_text("hasn't shown anything here yet")
    assert "Only for Ben" not in await page.content()


async def test_a_shortcut_is_started_from_its_button_or_while_typing(visit: Visit) -> None:
    app, desk = visit.house.app(), Desk(form(CODE))
    desk.listen(app)
    await visit.house.connect(app)
    page = await visit.goto(ANA, DATA)
    modal = page.get_by_role("dialog", name="Run Weekly KPIs")
    await page.get_by_role("main").get_by_role("button", name="Shortcuts").click()
    await expect(page.get_by_role("menuitem")).to_have_count(1)
    await page.keyboard.press("Enter")
    await expect(modal).to_be_visible()
    await page.keyboard.press("Escape")
    box = page.get_by_label("Message #data")
    await box.press_sequentially("/ru")
    await expect(page.get_by_role("option", name="run")).to_contain_text("run, from anywhere")
    await page.keyboard.press("Enter")
    await expect(modal).to_be_visible()
    await expect(box).to_have_value("")


async def test_a_shortcut_that_nobody_answers_says_so(visit: Visit) -> None:
    page = await visit.goto(ANA, DATA)
    await page.get_by_role("main").get_by_role("button", name="Shortcuts").click()
    await page.get_by_role("menuitem").click()
    await expect(page.get_by_role("alert").filter(has_text="didn't respond")).to_be_visible()


async def test_the_app_is_mentioned_in_a_thread_and_answers_only_the_one_who_asked(visit: Visit) -> None:
    app, heard = visit.house.app(), []

    @app.event("app_mention")
    async def mentioned(event: dict[str, Any], client: AsyncWebClient) -> None:
        heard.append(event)
        where = {"channel": event["channel"], "user": event["user"], "thread_ts": event["thread_ts"]}
        await client.chat_postEphemeral(text="Run 142 is running", **where)

    await visit.house.connect(app)
    root = await visit.post(text="the card")
    page, other = await visit.goto(ANA, DATA, thread=root), await visit.goto(BEN, DATA, thread=root)
    thread = page.get_by_role("complementary", name="Thread")
    box = thread.get_by_label("Reply…")
    await box.press_sequentially("@th")
    await expect(page.get_by_role("option")).to_have_text(["Threadbookapp"])
    await page.keyboard.press("Enter")
    await expect(box).to_have_value("@Threadbook ")
    await page.keyboard.type("status")
    await page.keyboard.press("Enter")
    await expect(thread.locator(".message .mention")).to_have_text("@Threadbook")
    answer = thread.locator(".message.ephemeral")
    await expect(answer).to_contain_text("Run 142 is running")
    await expect(answer).to_contain_text("Only visible to you")
    await expect(page.get_by_role("main")).not_to_contain_text("Run 142")
    await expect(other.get_by_role("complementary", name="Thread")).to_contain_text("status")
    assert "Run 142" not in await other.content()
    assert [(event["text"], event["thread_ts"]) for event in heard] == [(f"<@{BOT}> status", root)]


async def test_a_link_unfurls_with_buttons_that_work_and_can_be_put_away(visit: Visit) -> None:
    app, clicked = visit.house.app(), []

    @app.event("link_shared")
    async def shared(event: dict[str, Any], client: AsyncWebClient) -> None:
        preview = {"blocks": [section("*Weekly KPIs* on Deepnote"), buttons("Run…")], "color": "#3b6ea8"}
        links = {link["url"]: preview for link in event["links"]}
        await client.chat_unfurl(channel=event["channel"], ts=event["message_ts"], unfurls=links)

    @app.action("Run…")
    async def run(ack: AsyncAck, body: dict[str, Any]) -> None:
        clicked.append(body["channel"]["id"])
        await ack()

    await visit.house.connect(app)
    page = await visit.goto(ANA, DATA)
    await page.get_by_label("Message #data").fill("see https://example.com/weekly-kpis")
    await page.keyboard.press("Enter")
    preview = page.get_by_role("complementary", name="Preview of https://example.com/weekly-kpis")
    await expect(preview).to_contain_text("Weekly KPIs on Deepnote")
    bar = await preview.evaluate("node => getComputedStyle(node, '::before').backgroundColor")
    assert bar == "rgb(59, 110, 168)"
    await preview.get_by_role("button", name="Run…").click()
    await visit.house.slack.wait_for(lambda: clicked)
    await preview.hover()
    await preview.get_by_role("button", name="Remove preview").click()
    await expect(preview).to_have_count(0)
    await page.reload()
    await expect(page.get_by_text("see https://example.com")).to_be_visible()
    await expect(preview).to_have_count(0)
