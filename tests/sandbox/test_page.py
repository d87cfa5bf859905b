"""The page as people use it: they type, click and read, in a real browser on the real sandbox."""

import re
from typing import Any

import pytest
from playwright.async_api import expect
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.sandbox.slack.workspace import ANA, BEN, DATA, GENERAL, GUS
from tests.sandbox.conftest import Visit
from tests.sandbox.slack.conftest import buttons, section

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_the_page_says_honestly_that_it_is_a_sandbox_and_offers_commands_to_try(visit: Visit) -> None:
    page = await visit.goto()
    await expect(page.get_by_label("Workspace")).to_contain_text("Sandbox")
    await expect(page.get_by_role("heading", name="Welcome to #data")).to_be_visible()
    await expect(page.locator(".example code")).to_have_text(
        ["/notebook help", "/notebook run weekly-kpis region=EU", "/notebook run slow-train", "/notebook run broken"]
    )
    assert visit.mishaps == []


async def test_nothing_is_fetched_from_anywhere_else(visit: Visit) -> None:
    await visit.post(blocks=[section("*Hello* <https://example.com|there>"), buttons("Run again")])
    await visit.goto()
    assert visit.asked
    assert all(address.startswith(visit.house.sandbox.base_url) for address in visit.asked)


async def test_a_guest_sees_fewer_channels_and_the_switch_changes_who_acts(visit: Visit) -> None:
    page = await visit.goto(ANA)
    channels = page.get_by_role("region", name="Channels").get_by_role("link")
    await expect(channels.filter(has_text="finance")).to_be_visible()
    await page.get_by_role("radio", name="Gus Lind").click()
    await expect(page.get_by_role("radio", name="Gus Lind")).to_be_checked()
    await expect(channels).to_have_text(["data"])
    await expect(page).to_have_url(re.compile(f"as={GUS}"))


async def test_markup_that_somebody_types_stays_text(visit: Visit) -> None:
    page = await visit.goto(ANA, DATA)
    await page.get_by_label("Message #data").fill(
        "<img src=x onerror=alert(1)> & *bold* @ben https://example.com/a?b=1&c=2."
    )
    await page.keyboard.press("Enter")
    said = page.locator(".message .body").last
    await expect(said).to_have_text("<img src=x onerror=alert(1)> & bold @Ben Okafor https://example.com/a?b=1&c=2.")
    await expect(said.locator("img")).to_have_count(0)
    await expect(said.locator("strong")).to_have_text("bold")
    await expect(said.get_by_role("link")).to_have_attribute("href", "https://example.com/a?b=1&c=2")


async def test_a_card_appears_and_changes_without_a_reload_and_keeps_what_did_not_change(visit: Visit) -> None:
    page = await visit.goto(ANA, DATA)
    ts = await visit.post(blocks=[section("⏳ Queued"), buttons("Run again")])
    card = page.locator(".message.card")
    await expect(card).to_contain_text("Queued")
    await expect(card.locator(".badge")).to_have_text("APP")
    await card.get_by_role("button", name="Run again").evaluate("button => { button.seen = true; button.focus(); }")
    changed = [section("🔄 Running"), buttons("Run again")]
    await visit.house.client.chat_update(channel=DATA, ts=ts, text="news", blocks=changed)
    await expect(card).to_contain_text("Running")
    await expect(card).to_contain_text("(edited)")
    await expect(card.get_by_role("button", name="Run again")).to_be_focused()
    assert await card.get_by_role("button", name="Run again").evaluate("button => button.seen") is True


async def test_a_click_reaches_the_app_as_slack_would_put_it(visit: Visit) -> None:
    app, heard = visit.house.app(), []

    @app.action("Run again")
    async def clicked(ack: AsyncAck, action: dict[str, Any], body: dict[str, Any]) -> None:
        heard.append((action["type"], action["value"], action["block_id"], body["user"]["id"]))
        await ack()

    await visit.house.connect(app)
    await visit.post(blocks=[section("card"), buttons("Run again")])
    page = await visit.goto(BEN, DATA)
    await expect(page.locator(".light")).to_have_text("Threadbook connected")
    button = page.get_by_role("button", name="Run again")
    await button.click()
    await expect(button).to_have_attribute("aria-busy", "true")
    await expect(button).not_to_have_attribute("aria-busy", "true")
    assert heard == [("button", "Run again", "row", BEN)]


async def test_a_click_that_nobody_answers_says_so(visit: Visit) -> None:
    await visit.post(blocks=[section("card"), buttons("Run again")])
    page = await visit.goto(ANA, DATA)
    await page.get_by_role("button", name="Run again").click()
    await expect(page.get_by_role("alert").filter(has_text="Threadbook didn't respond")).to_be_visible()


async def test_a_command_is_completed_sent_and_answered_only_to_this_person(visit: Visit) -> None:
    app, heard = visit.house.app(), []

    @app.command("/notebook")
    async def asked(ack: AsyncAck, command: dict[str, Any]) -> None:
        heard.append(command["text"])
        await ack("Here is what I can do")

    await visit.house.connect(app)
    page = await visit.goto(ANA, DATA)
    box = page.get_by_label("Message #data")
    await box.press_sequentially("/not")
    await expect(page.get_by_role("option", name="/notebook")).to_be_visible()
    await page.keyboard.press("Tab")
    await expect(box).to_have_value("/notebook ")
    await box.press_sequentially("help")
    await page.keyboard.press("Enter")
    answer = page.locator(".message.ephemeral")
    await expect(answer).to_contain_text("Here is what I can do")
    await expect(answer).to_contain_text("Only visible to you")
    assert heard == ["help"]
    await answer.get_by_role("button", name="Dismiss").click()
    await expect(answer).to_have_count(0)
    await page.reload()
    await expect(page.get_by_role("heading", name="Welcome to #data")).to_be_visible()


async def test_a_command_nobody_knows_is_refused_in_slackbots_words_and_can_be_mended(visit: Visit) -> None:
    page = await visit.goto(ANA, DATA)
    box = page.get_by_label("Message #data")
    await box.fill("/notbook help")
    await page.keyboard.press("Enter")
    await expect(page.locator(".message.ephemeral")).to_contain_text("/notbook is not a valid command.")
    await expect(box).to_have_value("/notbook help")
    await box.fill("")
    await page.keyboard.press("ArrowUp")
    await expect(box).to_have_value("/notbook help")


async def test_a_thread_opens_beside_the_channel_and_follows_what_is_said_in_it(visit: Visit) -> None:
    root = await visit.post(blocks=[section("card"), buttons("Run again")])
    await visit.post(text="Queued", thread_ts=root)
    page = await visit.goto(ANA, DATA)
    await page.get_by_role("button", name="1 reply").click()
    thread = page.get_by_role("complementary", name="Thread")
    await expect(thread).to_contain_text("Queued")
    await expect(page).to_have_url(re.compile(f"thread={root}"))
    await visit.post(text="Running", thread_ts=root)
    await expect(thread).to_contain_text("Running")
    await expect(page.get_by_role("main")).not_to_contain_text("Running")
    await expect(page.get_by_role("button", name="2 replies")).to_be_visible()
    await thread.get_by_label("Reply…").fill("/notebook status")
    await page.keyboard.press("Enter")
    await expect(thread).to_contain_text("/notebook is not supported in threads. Sorry!")
    await page.keyboard.press("Escape")
    await expect(thread).to_be_hidden()


async def test_an_address_leads_to_a_thread_in_the_theme_it_names(visit: Visit) -> None:
    root = await visit.post(text="root")
    await visit.post(text="the reply", thread_ts=root)
    page = await visit.goto(ANA, DATA, thread=root, theme="dark")
    await expect(page.get_by_role("complementary", name="Thread")).to_contain_text("the reply")
    dark = await page.evaluate("getComputedStyle(document.body).backgroundColor")
    await page.get_by_role("button", name="Light or dark").click()
    assert await page.evaluate("getComputedStyle(document.body).backgroundColor") != dark
    await expect(page).to_have_url(re.compile("theme=light"))


async def test_a_thread_that_is_gone_is_said_to_be_gone(visit: Visit) -> None:
    page = await visit.goto(ANA, DATA, thread="1.000001")
    await expect(page.get_by_role("alert").filter(has_text="can't be shown")).to_be_visible()
    await expect(page.get_by_role("complementary", name="Thread")).to_be_hidden()


async def test_files_are_shown_as_pictures_or_offered_as_downloads(visit: Visit) -> None:
    dot = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><circle cx="20" cy="20" r="20"/></svg>'
    for name, content in (("revenue.svg", dot), ("orders.csv", "a,b\n1,2\n")):
        await visit.house.client.files_upload_v2(channel=DATA, filename=name, title=name, content=content)
    page = await visit.goto(ANA, DATA)
    picture = page.locator("figure img")
    await expect(picture).to_have_js_property("naturalWidth", 40)
    await page.get_by_role("button", name="Show revenue.svg large").click()
    await expect(page.get_by_role("dialog", name="revenue.svg")).to_be_visible()
    await page.keyboard.press("Escape")
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Download orders.csv").click()
    assert (await (await download.value).path()).read_text() == "a,b\n1,2\n"


async def test_somebody_who_reads_further_up_stays_there_and_is_told_of_news(visit: Visit) -> None:
    for number in range(40):
        await visit.post(text=f"line {number}")
    page = await visit.goto(ANA, DATA)
    await expect(page.get_by_text("line 39", exact=True)).to_be_in_viewport()
    await page.locator("#channel-scroller").evaluate("scroller => { scroller.scrollTop = 0; }")
    await expect(page.get_by_text("line 0", exact=True)).to_be_in_viewport()
    await visit.post(text="the newest")
    pill = page.get_by_role("button", name="1 new message")
    await expect(pill).to_be_visible()
    await expect(page.get_by_text("line 0", exact=True)).to_be_in_viewport()
    await pill.click()
    await expect(page.locator(".message").last).to_be_in_viewport()
    await expect(pill).to_be_hidden()


async def test_what_was_said_while_the_page_was_cut_off_is_there_afterwards(visit: Visit) -> None:
    page = await visit.goto(ANA, DATA)
    await visit.post(text="the stream is open")
    await expect(page.get_by_text("the stream is open", exact=True)).to_be_visible()
    visit.house.slack.page.close()
    await visit.post(text="said in the gap")
    await expect(page.get_by_text("said in the gap", exact=True)).to_be_visible()
    await visit.post(text="said afterwards")
    await expect(page.get_by_text("said afterwards", exact=True)).to_be_visible()


async def test_unread_marks_come_and_go(visit: Visit) -> None:
    page = await visit.goto(ANA, GENERAL)
    data = page.get_by_role("link", name="data")
    await visit.post(text="one")
    await expect(data.locator(".unread")).to_have_text("1")
    await data.click()
    await expect(data.locator(".unread")).to_have_count(0)
    await visit.post(text="read as it came")
    await expect(page.get_by_text("read as it came", exact=True)).to_be_visible()
    async with page.expect_response(re.compile(f"/page/messages.*channel={DATA}")):
        await page.get_by_role("link", name="general").click()
    await expect(page.get_by_role("heading", name="general", exact=True)).to_be_visible()
    visit.house.slack.workspace.channels[GENERAL].topic = "The page asked afresh"
    visit.house.slack.workspace.tell("channels")
    await expect(page.get_by_role("main")).to_contain_text("The page asked afresh")
    await expect(data.locator(".unread")).to_have_count(0)


async def test_a_narrow_window_holds_everything(visit: Visit) -> None:
    root = await visit.post(blocks=[section("wide " * 80), buttons("Open notebook", "Run again", "Edit & run…")])
    page = await visit.goto(ANA, DATA, thread=root, size=(900, 700))
    await expect(page.get_by_role("complementary", name="Thread")).to_contain_text("wide")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
