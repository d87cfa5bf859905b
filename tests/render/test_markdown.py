"""Markdown as Slack's rich text."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.render.markdown import rich_text
from bot.sandbox.slack import problems

from .said import read


def elements(markdown: str) -> list[dict[str, Any]]:
    block = rich_text(markdown)
    return [] if block is None else list(block["elements"])


def bold(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words, "style": {"bold": True}}


def plain(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


def test_a_heading_is_a_bold_line_above_what_follows() -> None:
    assert elements("### EU by week\nRevenue rose.\n\nOrders fell.") == [
        {"type": "rich_text_section", "elements": [bold("EU by week"), plain("\nRevenue rose.\n\nOrders fell.")]}
    ]
    assert elements("### EU by week") == [{"type": "rich_text_section", "elements": [bold("EU by week")]}]


def test_emphasis_code_and_links_are_styled() -> None:
    (section,) = elements("**bold** *italic* ~~gone~~ `a*b` [docs](https://x.y/?a=1&b=2) snake_case 2 * 3 * 4")
    assert section["elements"] == [
        bold("bold"),
        plain(" "),
        {"type": "text", "text": "italic", "style": {"italic": True}},
        plain(" "),
        {"type": "text", "text": "gone", "style": {"strike": True}},
        plain(" "),
        {"type": "text", "text": "a*b", "style": {"code": True}},
        plain(" "),
        {"type": "link", "url": "https://x.y/?a=1&b=2", "text": "docs"},
        plain(" snake_case 2 * 3 * 4"),
    ]


def test_lists_keep_their_levels_and_their_numbers() -> None:
    found = elements("- a\n  - b\n- c\n\n3. x\n   - y\n4. z")
    assert [(one["style"], one["indent"], one.get("offset", 0), read([one])) for one in found] == [
        ("bullet", 0, 0, "a"),
        ("bullet", 1, 0, "b"),
        ("bullet", 0, 0, "c"),
        ("ordered", 0, 2, "x"),
        ("bullet", 1, 0, "y"),
        ("ordered", 0, 3, "z"),
    ]


def test_a_table_stands_in_columns_with_numbers_to_the_right() -> None:
    (table,) = elements("| region | revenue |\n|---|---|\n| EU | 1.31 |\n| APAC | 10 € |")
    assert table["type"] == "rich_text_preformatted"
    assert read([table]) == "region  revenue\nEU         1.31\nAPAC       10 €"


def test_code_and_quotes_are_code_and_quotes() -> None:
    found = elements("```python\nx = 1\n```\n\n> said\n>\n> again")
    assert [one["type"] for one in found] == ["rich_text_preformatted", "rich_text_quote"]
    assert [read([one]) for one in found] == ["x = 1", "said\n\nagain"]


def test_a_picture_elsewhere_is_a_link() -> None:
    assert elements("![chart](https://x.y/c.png)") == [
        {
            "type": "rich_text_section",
            "elements": [{"type": "link", "url": "https://x.y/c.png", "text": "chart"}],
        }
    ]


@pytest.mark.parametrize(
    "words",
    [
        *("<!channel> <@U0ANARUIZ1> <#C1> <!date^1^{time}|x>", "<b>bold</b> <script>x</script>", "@channel #general"),
        *("[x](javascript:alert(1))", "[x](slack://open)", "<https://x.y|z>", "![](data:image/png;base64,AAAA)"),
    ],
)
def test_nothing_in_it_can_ping_or_run(words: str) -> None:
    for section in elements(words):
        assert {part["type"] for part in section["elements"]} <= {"text", "link"}
        assert all(part["url"].startswith("https://") for part in section["elements"] if part["type"] == "link")


def test_nothing_to_show_is_no_block() -> None:
    for empty in ("", "  \n\n", "---", "\u202e", "[](x)", "|  |\n|--|"):
        assert rich_text(empty) is None


def test_depth_is_bounded() -> None:
    block = rich_text("".join(f"{'  ' * depth}- level {depth}\n" for depth in range(40)) + "> " * 500 + "q")
    assert block is not None
    assert problems([block]) == []


PIECES = [
    "# ",
    "## a",
    "- ",
    "  - ",
    "1. ",
    "9. ",
    "> ",
    "```",
    "`",
    "**",
    "*",
    "_",
    "~~",
    "[",
    "](https://x.y)",
    "![",
    "\\",
]
PIECES += [
    "|",
    "|-|-|",
    "---",
    "\n",
    "\n\n",
    "    ",
    "\t",
    "<!channel>",
    "<b>",
    "&amp;",
    "&#0;",
    "\u202e",
    "http://x|y",
    "a",
    "é",
]


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=40).map("".join))
def test_whatever_it_says_slack_takes_it(words: str) -> None:
    block = rich_text(words)
    assert block is None or problems([block]) == []
