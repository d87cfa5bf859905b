"""What the page draws from mrkdwn, blocks and views: its modules, called in the browser."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.sandbox.conftest import Visit, looking
from tests.sandbox.slack.conftest import MANIFEST

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

NOON = 1_790_942_400  # 2026-10-02 12:00 UTC, a Friday


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def page(browser: Browser) -> AsyncIterator[Page]:
    """One page for everything that only draws."""
    async with looking(browser, MANIFEST) as visit:
        yield await visit.goto()


async def drawn(page: Page, module: str, call: str, given: Any) -> str:
    """The HTML of what a module's function makes of something."""
    script = f"""async (given) => {{
        const module = await import("/static/{module}.js");
        const host = document.createElement("div");
        host.append(...[module.{call}].flat());
        return host.innerHTML;
    }}"""
    return str(await page.evaluate(script, given))


async def put(page: Page, blocks: list[dict[str, Any]]) -> None:
    """Draw blocks into the page's #bench; what they send is kept in window.sent."""
    await page.evaluate(
        """async (blocks) => {
            const { renderBlock } = await import("/static/blocks.js");
            window.sent = [];
            const named = (typed) => ({ text: { type: "plain_text", text: typed + "!" }, value: typed });
            const suggest = async (element, blockId, typed) => ({ options: [named(typed)] });
            const env = { emit: async (action) => window.sent.push(action), suggest };
            const bench = document.createElement("div");
            bench.id = "bench";
            bench.append(...blocks.map((block) => renderBlock(block, env)));
            document.getElementById("channel-feed").replaceChildren(bench);
        }""",
        blocks,
    )


async def state_of(page: Page) -> Any:
    return await page.evaluate(
        """async () => (await import("/static/elements.js")).collectState(document.getElementById("bench"))"""
    )


def plain(words: str) -> dict[str, str]:
    return {"type": "plain_text", "text": words}


def option(words: str, value: str) -> dict[str, Any]:
    return {"text": plain(words), "value": value}


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("*bold* _it_ ~no~ `c*d*e`", "<strong>bold</strong> <em>it</em> <s>no</s> <code>c*d*e</code>"),
        ("2*3*4 snake_case_name", "2*3*4 snake_case_name"),
        ("*bold with _both_*", "<strong>bold with <em>both</em></strong>"),
        ("&lt;b&gt; &amp;amp; <b>", "&lt;b&gt; &amp;amp; &lt;b&gt;"),
        (":tada: :no_such_thing:", "🎉 :no_such_thing:"),
        ("<javascript:alert(1)|press>", "<span>press</span>"),
        ("<!here>", '<span class="mention me">@here</span>'),
        ("<@U0BENOKAFR>", '<span class="mention">@Ben Okafor</span>'),
    ],
)
async def test_marks(page: Page, said: str, shown: str) -> None:
    assert await drawn(page, "mrkdwn", "mrkdwn(given)", said) == f"<span>{shown}</span>"


async def test_quotes_and_code_are_blocks(page: Page) -> None:
    shown = await drawn(page, "mrkdwn", "mrkdwn(given)", "before\n&gt; a\n&gt; b\nafter\n```\n*x*\n  y```")
    assert shown == ("<span>before</span><blockquote>a\nb</blockquote><span>after</span><pre>*x*\n  y</pre>")


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("{date_num} {time}", "2026-10-02 14:00"),
        ("{date}", "October 2nd, 2026"),
        ("{date_short} at {time_secs}", "Oct 2, 2026 at 14:00:00"),
        ("{date_long}", "Friday, October 2nd, 2026"),
        ("{nonsense}", "{nonsense}"),
    ],
)
async def test_dates_are_told_in_the_readers_zone(visit: Visit, template: str, words: str) -> None:
    page = await visit.goto(zone="Europe/Madrid")
    await put(page, [{"type": "section", "text": {"type": "mrkdwn", "text": f"<!date^{NOON}^{template}|fallback>"}}])
    await expect(page.locator("#bench time")).to_have_text(words)


async def test_recent_dates_are_told_in_words(page: Page) -> None:
    text = await page.evaluate(
        """async () => {
            const { fillDate } = await import("/static/dates.js");
            const day = 86400, now = Math.floor(Date.now() / 1000);
            const days = [0, 1, -1].map((days) => fillDate("{date_pretty}", now - days * day));
            return [...days, fillDate("{ago}", now - 180)];
        }"""
    )
    assert text == ["today", "yesterday", "tomorrow", "3 minutes ago"]


async def test_a_block_nobody_knows_is_named(page: Page) -> None:
    await put(page, [{"type": "hologram"}, {"type": "actions", "elements": [{"type": "lever"}]}])
    await expect(page.locator("#bench")).to_contain_text("A “hologram” block, which the sandbox can't draw")
    await expect(page.locator("#bench")).to_contain_text("element “lever”")


async def test_a_table_aligns_its_columns_and_draws_rich_cells(page: Page) -> None:
    rich = {"type": "rich_text_section", "elements": [{"type": "text", "text": "1.31M", "style": {"bold": True}}]}
    rows = [
        [{"type": "raw_text", "text": "Region"}, {"type": "raw_text", "text": "Revenue"}],
        [{"type": "raw_text", "text": "<EU>"}, {"type": "rich_text", "elements": [rich]}],
    ]
    await put(page, [{"type": "table", "rows": rows, "column_settings": [{}, {"align": "right"}]}])
    await expect(page.get_by_role("columnheader", name="Revenue")).to_have_css("text-align", "right")
    await expect(page.get_by_role("cell", name="<EU>")).to_be_visible()
    await expect(page.get_by_role("cell").locator("strong")).to_have_text("1.31M")


async def test_markdown_is_drawn_and_stays_harmless(page: Page) -> None:
    table, code = "| x | y |\n|:--|--:|\n| 1 | 2 |", "```\n<i>\n```"
    text = f"## Up **4 %**\n- a\n  - b\n\n{table}\n\n{code}\n[no](javascript:alert(1)) <u>raw</u>"
    await put(page, [{"type": "markdown", "text": text}])
    bench = page.locator("#bench")
    await expect(bench.get_by_role("heading")).to_have_text("Up 4 %")
    await expect(bench.locator("li li")).to_have_text("b")
    await expect(bench.get_by_role("cell", name="2")).to_have_css("text-align", "right")
    await expect(bench.locator("pre")).to_have_text("<i>")
    await expect(bench.locator("a, u")).to_have_count(0)


async def test_menus_and_fields_send_what_was_chosen_and_can_be_read(page: Page) -> None:
    options = [option("Europe", "EU"), option("America", "US")]
    elements: list[dict[str, Any]] = [
        {"type": "static_select", "action_id": "one", "placeholder": plain("Region"), "options": options},
        {"type": "multi_static_select", "action_id": "many", "options": options, "initial_options": options[:1]},
        {"type": "external_select", "action_id": "far", "placeholder": plain("Notebook"), "min_query_length": 1},
        {"type": "overflow", "action_id": "more", "options": [option("Stop tracking", "stop")]},
        {"type": "datepicker", "action_id": "day", "initial_date": "2026-10-01"},
        {"type": "checkboxes", "action_id": "flags", "options": [option("Read-only", "ro")]},
    ]
    await put(page, [{"type": "actions", "block_id": "row", "elements": elements}])
    await page.get_by_role("button", name="Region").click()
    await page.get_by_label("Search options").fill("ame")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Notebook").click()
    await page.get_by_label("Search options").fill("kpi")
    await page.get_by_role("option", name="kpi!").click()
    await page.get_by_role("button", name="More").click()
    await page.get_by_role("menuitem", name="Stop tracking").click()
    await page.get_by_label("Read-only").check()
    sent = await page.evaluate(
        """window.sent.map(({ type, action_id, block_id, selected_option: one, selected_options: many }) =>
            [block_id, action_id, type, (one ?? many[0]).value])"""
    )
    assert sent == [
        ["row", "one", "static_select", "US"],
        ["row", "far", "external_select", "kpi"],
        ["row", "more", "overflow", "stop"],
        ["row", "flags", "checkboxes", "ro"],
    ]
    values = (await state_of(page))["row"]
    assert values["day"] == {"type": "datepicker", "selected_date": "2026-10-01"}
    assert values["many"] == {"type": "multi_static_select", "selected_options": options[:1]}
    assert values["one"] == {"type": "static_select", "selected_option": options[1]}
    assert "more" not in values


async def test_a_dangerous_button_asks_first(page: Page) -> None:
    confirm = {
        "title": plain("Stop tracking?"),
        "text": plain("The run goes on."),
        "confirm": plain("Stop"),
        "deny": plain("Keep"),
    }
    button = {"type": "button", "action_id": "stop", "text": plain("Stop tracking"), "value": "142", "confirm": confirm}
    await put(page, [{"type": "actions", "block_id": "row", "elements": [button]}])
    await page.get_by_role("button", name="Stop tracking").click()
    await page.get_by_role("button", name="Keep").click()
    await page.get_by_role("button", name="Stop tracking").click()
    await page.get_by_role("dialog", name="Stop tracking?").get_by_role("button", name="Stop", exact=True).click()
    await page.wait_for_function("window.sent.length === 1")
    assert await page.evaluate("window.sent[0].value") == "142"


async def test_a_choice_that_is_not_confirmed_is_taken_back(page: Page) -> None:
    confirm = {"title": plain("Sure?"), "text": plain("Really?"), "confirm": plain("Yes"), "deny": plain("No")}
    options = [option("Europe", "EU"), option("America", "US")]
    elements: list[dict[str, Any]] = [
        {"type": "static_select", "action_id": "one", "options": options, "initial_option": options[0]},
        {"type": "checkboxes", "action_id": "flags", "options": [option("Read-only", "ro")]},
    ]
    await put(page, [{"type": "actions", "block_id": "row", "elements": [{**e, "confirm": confirm} for e in elements]}])
    await page.get_by_role("button", name="Europe").press_sequentially("ame")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="No").click()
    await page.get_by_label("Read-only").click()
    await page.get_by_role("button", name="No").click()
    await expect(page.get_by_label("Read-only")).not_to_be_checked()
    assert (await state_of(page))["row"]["one"]["selected_option"] == options[0]
    assert await page.evaluate("window.sent") == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026-10-31", "2026-10-31"),
        ("2026/2/3", "2026-02-03"),
        ("31 Oct 2026", "2026-10-31"),
        ("October 3, 2026", "2026-10-03"),
        ("2026-02-30", None),
        ("soon", None),
    ],
)
async def test_dates_are_read_as_people_type_them(page: Page, typed: str, meant: str | None) -> None:
    read = """async (typed) => (await import("/static/dated.js")).readDay(typed)"""
    assert await page.evaluate(read, typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("9:30", "09:30"), ("0930", "09:30"), ("9", "09:00"), ("9.30 pm", "21:30"), ("12 am", "00:00"), ("25:00", None)],
)
async def test_times_are_read_as_people_type_them(page: Page, typed: str, meant: str | None) -> None:
    read = """async (typed) => (await import("/static/dated.js")).readTime(typed)"""
    assert await page.evaluate(read, typed) == meant
