"""Forms in the page: people open them, fill in every kind of field, are told what is wrong, and send them."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, expect
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack.workspace import ANA, BEN, DATA, GENERAL
from tests.sandbox.conftest import Visit, looking
from tests.sandbox.forms import Desk, Json, at_the_form, choose, field_of, form, option, plain
from tests.sandbox.slack.conftest import manifest_with, section

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

REGIONS = [option("Europe", "EU"), option("America", "US")]
TEAMS = [
    {"label": plain("Sales"), "options": [option("North"), option("South")]},
    {"label": plain("Support"), "options": [option("Day"), option("Night")]},
]
CODE = field_of("code", "Code", "plain_text_input")
NOTE = field_of("note", "Note", "plain_text_input", multiline=True, optional=True)


@pytest_asyncio.fixture(loop_scope="session")
async def visit(browser: Browser) -> AsyncIterator[Visit]:
    """A sandbox whose app has a shortcut."""
    async with looking(browser, manifest_with(shortcuts=(("run", "global"),))) as visit:
        yield visit


def said(modal: Locator, field: str) -> Locator:
    """The error that stands under a field."""
    return modal.locator(f"[data-block-id={field}] .wrong")


async def test_every_element_arrives_in_slacks_own_shape(visit: Visit) -> None:
    desk = Desk(
        form(
            CODE,
            NOTE,
            field_of("one", "Region", "static_select", options=REGIONS),
            field_of("team", "Team", "static_select", option_groups=TEAMS),
            field_of("many", "Regions", "multi_static_select", options=REGIONS),
            field_of("owner", "Owner", "users_select"),
            field_of("tell", "Tell too", "multi_users_select", initial_users=[BEN]),
            field_of("post", "Post to", "conversations_select", default_to_current_conversation=True),
            field_of("room", "Room", "channels_select"),
            field_of("rooms", "Rooms", "multi_conversations_select", optional=True),
            field_of("flags", "Flags", "checkboxes", options=[option("Read-only", "ro"), option("Live", "live")]),
            field_of("where", "Where", "radio_buttons", options=[option("Here"), option("Only me", "me")]),
            field_of("since", "Since", "datepicker"),
            field_of("at", "At", "timepicker", initial_time="09:30"),
            field_of("starts", "Starts", "datetimepicker"),
            field_of("weeks", "Weeks", "number_input", is_decimal_allowed=False, min_value="1", initial_value="4"),
            field_of("mail", "Mail", "email_text_input"),
            field_of("link", "Link", "url_text_input"),
            field_of("file", "File", "file_input", optional=True),
        )
    )
    page, modal = await at_the_form(visit, desk)
    await expect(modal.get_by_label("Code")).to_be_focused()
    await page.keyboard.type("EU-1")
    await modal.get_by_label("Note (optional)").fill("two\nlines")
    await choose(page, "Region", "ame", "America")
    await choose(page, "Team", "ni", "Night")
    await choose(page, "Regions", "eur", "Europe")
    await page.keyboard.type("ame")
    await page.keyboard.press("Enter")
    await expect(modal.get_by_role("button", name="Remove America")).to_be_visible()
    await page.keyboard.press("Escape")
    await choose(page, "Owner", "gus", "Gus Lind")
    await choose(page, "Room", "gen", "#general")
    await modal.get_by_label("Live").check()
    await modal.get_by_label("Only me").check()
    await modal.get_by_role("textbox", name="Since").fill("31 oct 2026")
    await modal.get_by_label("Date", exact=True).fill("2026-10-02")
    await modal.get_by_label("Time", exact=True).fill("12")
    await modal.get_by_label("Weeks").press("ArrowUp")
    await modal.get_by_label("Mail").fill("ana@example.com")
    await modal.get_by_label("Link").fill("https://example.com/a?b=1")
    await modal.get_by_role("button", name="Run").click()
    await expect(modal).to_be_hidden()
    assert desk.values == [
        {
            "code": {"value": {"type": "plain_text_input", "value": "EU-1"}},
            "note": {"value": {"type": "plain_text_input", "value": "two\nlines"}},
            "one": {"value": {"type": "static_select", "selected_option": REGIONS[1]}},
            "team": {"value": {"type": "static_select", "selected_option": option("Night")}},
            "many": {"value": {"type": "multi_static_select", "selected_options": REGIONS}},
            "owner": {"value": {"type": "users_select", "selected_user": "U0GUSLIND1"}},
            "tell": {"value": {"type": "multi_users_select", "selected_users": [BEN]}},
            "post": {"value": {"type": "conversations_select", "selected_conversation": DATA}},
            "room": {"value": {"type": "channels_select", "selected_channel": GENERAL}},
            "rooms": {"value": {"type": "multi_conversations_select", "selected_conversations": []}},
            "flags": {"value": {"type": "checkboxes", "selected_options": [option("Live", "live")]}},
            "where": {"value": {"type": "radio_buttons", "selected_option": option("Only me", "me")}},
            "since": {"value": {"type": "datepicker", "selected_date": "2026-10-31"}},
            "at": {"value": {"type": "timepicker", "selected_time": "09:30"}},
            "starts": {"value": {"type": "datetimepicker", "selected_date_time": 1_790_942_400}},
            "weeks": {"value": {"type": "number_input", "value": "5"}},
            "mail": {"value": {"type": "email_text_input", "value": "ana@example.com"}},
            "link": {"value": {"type": "url_text_input", "value": "https://example.com/a?b=1"}},
            "file": {"value": {"type": "file_input", "files": []}},
        }
    ]
    assert visit.mishaps == []


async def test_rich_text_is_written_with_marks_and_lists(visit: Visit) -> None:
    start = {"type": "rich_text_section", "elements": [{"type": "user", "user_id": BEN}, {"type": "text", "text": " "}]}
    before = {"type": "rich_text", "elements": [start]}
    desk = Desk(form(field_of("news", "News", "rich_text_input", initial_value=before)))
    page, modal = await at_the_form(visit, desk)
    await modal.get_by_role("textbox", name="News").click()
    await page.keyboard.press("Control+End")
    await page.keyboard.type("look: ")
    await page.keyboard.press("Control+b")
    await page.keyboard.type("up 4 %")
    await page.keyboard.press("Control+b")
    await page.keyboard.press("Enter")
    await modal.get_by_role("button", name="Bulleted list").click()
    await page.keyboard.type("EU")
    await page.keyboard.press("Enter")
    await page.keyboard.type("US")
    await modal.get_by_role("button", name="Run").click()
    await expect(modal).to_be_hidden()
    written = desk.values[0]["news"]["value"]["rich_text_value"]["elements"]
    assert written[0]["elements"] == [
        {"type": "user", "user_id": BEN},
        {"type": "text", "text": " look: "},
        {"type": "text", "text": "up 4 %", "style": {"bold": True}},
    ]
    assert written[1]["style"] == "bullet"
    assert [item["elements"][0]["text"] for item in written[1]["elements"]] == ["EU", "US"]


async def test_what_slack_can_see_is_wrong_is_said_before_the_app_is_asked(visit: Visit) -> None:
    desk = Desk(
        form(
            field_of("code", "Code", "plain_text_input", min_length=3, max_length=5),
            field_of("region", "Region", "static_select", options=REGIONS),
            field_of("weeks", "Weeks", "number_input", is_decimal_allowed=False, min_value="1", max_value="52"),
            field_of("since", "Since", "datepicker"),
            field_of("mail", "Mail", "email_text_input"),
            field_of("link", "Link", "url_text_input"),
        )
    )
    page, modal = await at_the_form(visit, desk)
    await modal.get_by_label("Code").fill("EU-WEST")
    await modal.get_by_label("Weeks").fill("53")
    await modal.get_by_role("textbox", name="Since").fill("soon")
    await modal.get_by_label("Mail").fill("ana at home")
    await modal.get_by_label("Link").fill("example.com")
    await page.keyboard.press("Enter")
    await expect(said(modal, "code")).to_have_text("Please enter no more than 5 characters.")
    await expect(said(modal, "region")).to_have_text("Please complete this required field.")
    await expect(said(modal, "weeks")).to_have_text("Please enter a number of 52 or less.")
    await expect(said(modal, "since")).to_contain_text("That isn't a date.")
    await expect(said(modal, "mail")).to_have_text("Please enter a valid email address.")
    await expect(said(modal, "link")).to_have_text("Please enter a valid URL.")
    await expect(modal.get_by_label("Code")).to_be_focused()
    await modal.get_by_label("Code").fill("EU")
    await expect(said(modal, "code")).to_be_hidden()
    assert desk.values == []


async def test_the_apps_errors_stand_on_their_fields_and_go_when_somebody_mends_them(visit: Visit) -> None:
    desk = Desk(form(CODE, NOTE), answers=[{"response_action": "errors", "errors": {"note": "Say more."}}])
    page, modal = await at_the_form(visit, desk)
    await page.keyboard.type("EU")
    await page.keyboard.press("Enter")
    await expect(said(modal, "note")).to_have_text("Say more.")
    note = modal.get_by_role("textbox", name="Note")
    await expect(note).to_be_focused()
    await expect(note).to_have_attribute("aria-invalid", "true")
    await page.keyboard.type("more")
    await expect(said(modal, "note")).to_be_hidden()
    await page.keyboard.press("Control+Enter")
    await expect(modal).to_be_hidden()
    assert [each["code"]["value"]["value"] for each in desk.values] == ["EU", "EU"]


async def test_a_loading_view_becomes_the_form_and_updates_keep_what_was_typed(visit: Visit) -> None:
    loading = form(section("Looking up the notebook…"))
    del loading["submit"]
    desk = Desk(loading)
    page, modal = await at_the_form(visit, desk)
    await expect(modal.get_by_role("button", name="Run")).to_have_count(0)
    client = visit.house.client
    await client.views_update(view_id=desk.view_id, view=form(CODE, NOTE))
    await expect(modal.get_by_label("Code")).to_be_focused()
    await page.keyboard.type("EU")
    relabelled = field_of("code", "Region code", "plain_text_input", initial_value="XX", placeholder=plain("EU"))
    afresh = {**NOTE, "block_id": "another note"}
    await modal.get_by_label("Note").fill("gone")
    await modal.get_by_label("Code").focus()
    await client.views_update(view_id=desk.view_id, view=form(section("Almost there"), relabelled, afresh))
    await expect(modal.get_by_label("Region code")).to_have_value("EU")
    await expect(modal.get_by_label("Region code")).to_be_focused()
    await expect(modal.get_by_label("Note")).to_have_value("")


async def test_an_external_menu_is_typed_ahead_and_its_choice_brings_the_inputs(visit: Visit) -> None:
    asked: list[str] = []
    app = visit.house.app()

    @app.options("notebook")
    async def offer(ack: AsyncAck, body: dict[str, Any]) -> None:
        asked.append(body["value"])
        found = [option(each) for each in ("weekly-kpis", "weekly-churn") if body["value"] in each]
        groups = [{"label": plain("Catalogue"), "options": found}] if found else []
        await ack(option_groups=groups) if groups else await ack(options=[])

    @app.action("notebook")
    async def chosen(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        inputs = field_of("region", f"Region of {body['actions'][0]['selected_option']['value']}", "plain_text_input")
        await client.views_update(view_id=body["view"]["id"], view=form(notebook, NOTE, inputs))

    notebook = field_of("notebook", "Notebook", "external_select", min_query_length=2, dispatches=True)
    notebook["element"]["action_id"] = "notebook"
    desk = Desk(form(notebook, NOTE))
    desk.listen(app)
    await visit.house.connect(app)
    page = await visit.goto(ANA, DATA)
    await page.get_by_label("Message #data").fill("/notebook")
    await page.keyboard.press("Enter")
    note = page.get_by_label("Note (optional)")
    await note.fill("kept")
    menu = page.get_by_role("button", name="Notebook Choose…")
    await menu.press("w")
    await expect(page.get_by_role("status").filter(has_text="Type at least 2 characters")).to_be_visible()
    await page.keyboard.type("eekly")
    await expect(page.get_by_role("option")).to_have_text(["weekly-kpis", "weekly-churn"])
    await expect(page.get_by_text("Catalogue")).to_be_visible()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Region of weekly-churn")).to_be_visible()
    await expect(page.get_by_role("button", name="Notebook weekly-churn")).to_be_focused()
    await expect(note).to_have_value("kept")
    assert asked == ["weekly"]


async def test_a_stack_of_views_goes_back_with_what_was_typed_and_is_left_as_a_whole(visit: Visit) -> None:
    more = form(NOTE, title="More", notify_on_close=True)
    last = form(field_of("last", "Last", "plain_text_input"), title="The third")
    push = {"response_action": "push"}
    desk = Desk(form(CODE, notify_on_close=True), answers=[push | {"view": more}, push | {"view": last}])
    page, modal = await at_the_form(visit, desk)
    await page.keyboard.type("EU")
    await page.keyboard.press("Enter")
    second, third = page.get_by_role("dialog", name="More"), page.get_by_role("dialog", name="The third")
    await second.get_by_role("button", name="Run").click()
    await expect(third.get_by_label("Last")).to_be_focused()
    await third.get_by_role("button", name="Back").click()
    await expect(second).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(modal.get_by_label("Code")).to_have_value("EU")
    await visit.house.slack.wait_for(lambda: desk.heard)
    assert [(each["view"]["title"]["text"], each["is_cleared"]) for each in desk.heard] == [("More", False)]
    desk.answers = [push | {"view": more}]
    await modal.get_by_role("button", name="Run").click()
    await second.get_by_role("button", name="Close").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await visit.house.slack.wait_for(lambda: len(desk.heard) == 3)
    assert {each["is_cleared"] for each in desk.heard[1:]} == {True}
    await expect(page.get_by_label("Message #data")).to_be_focused()


async def test_an_answer_can_show_another_view_in_place_and_clear_everything(visit: Visit) -> None:
    sure = form(section("Ana started this at 14:03."), NOTE, title="Run it twice?")
    answers: list[Json] = [{"response_action": "update", "view": sure}, {"response_action": "clear"}]
    page, _ = await at_the_form(visit, Desk(form(CODE), answers=answers))
    await page.keyboard.type("EU")
    await page.keyboard.press("Enter")
    await page.get_by_role("dialog", name="Run it twice?").get_by_role("button", name="Run").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_a_form_that_nobody_answers_stays_open_and_says_so(visit: Visit) -> None:
    app = visit.house.app()
    desk = Desk(form(CODE))
    app.command("/notebook")(desk.open)
    await visit.house.connect(app)
    page = await visit.goto(ANA, DATA)
    await page.get_by_label("Message #data").fill("/notebook")
    await page.keyboard.press("Enter")
    code = page.get_by_role("textbox", name="Code")
    await code.fill("EU")
    await page.keyboard.press("Enter")
    run = page.get_by_role("button", name="Run", exact=True)
    await expect(run).to_have_attribute("aria-busy", "true")
    await expect(page.get_by_role("alert").filter(has_text="trouble connecting")).to_be_visible()
    await expect(run).not_to_have_attribute("aria-busy", "true")
    await expect(code).to_have_value("EU")
    await expect(code).to_be_focused()


async def test_the_keyboard_stays_in_the_form_and_a_click_beside_it_loses_nothing(visit: Visit) -> None:
    page, modal = await at_the_form(visit, Desk(form(CODE)))
    await expect(modal.get_by_label("Code")).to_be_focused()
    for name in ("Cancel", "Run", "Close"):
        await page.keyboard.press("Tab")
        await expect(modal.get_by_role("button", name=name)).to_be_focused()
    await page.keyboard.press("Tab")
    await expect(modal.get_by_label("Code")).to_be_focused()
    await page.keyboard.press("Shift+Tab")
    await expect(modal.get_by_role("button", name="Close")).to_be_focused()
    await page.mouse.click(5, 5)
    await expect(modal).to_be_visible()


async def test_days_and_times_are_picked_by_keyboard(visit: Visit) -> None:
    day = field_of("since", "Since", "datepicker", initial_date="2026-10-31")
    desk = Desk(form(day, field_of("at", "At", "timepicker", initial_time="09:00")))
    page, modal = await at_the_form(visit, desk)
    await modal.get_by_role("textbox", name="Since").press("ArrowDown")
    await expect(page.get_by_role("gridcell", name="Saturday, October 31, 2026")).to_be_focused()
    for key in ("ArrowRight", "ArrowDown", "Home", "PageDown", "Enter"):
        await page.keyboard.press(key)
    await expect(modal.get_by_role("textbox", name="Since")).to_have_value("2026-12-02")
    await modal.get_by_role("textbox", name="At").press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    await expect(modal).to_be_hidden()
    assert desk.values[0]["since"]["value"]["selected_date"] == "2026-12-02"
    assert desk.values[0]["at"]["value"]["selected_time"] == "09:30"


async def test_fields_that_dispatch_tell_of_enter_or_of_every_character(visit: Visit) -> None:
    eager = {"trigger_actions_on": ["on_character_entered"]}
    desk = Desk(
        form(
            field_of("code", "Code", "plain_text_input", dispatches=True),
            field_of("search", "Search", "plain_text_input", dispatches=True, dispatch_action_config=eager),
        )
    )
    page, modal = await at_the_form(visit, desk)
    await page.keyboard.type("EU")
    await page.keyboard.press("Enter")
    await visit.house.slack.wait_for(lambda: desk.heard)
    await modal.get_by_label("Search").press_sequentially("kpi")
    await visit.house.slack.wait_for(lambda: any(each["actions"][0]["value"] == "kpi" for each in desk.heard))
    assert desk.heard[0]["actions"][0]["value"] == "EU"
    assert desk.heard[-1]["view"]["state"]["values"]["code"]["value"]["value"] == "EU"
    assert desk.values == []
