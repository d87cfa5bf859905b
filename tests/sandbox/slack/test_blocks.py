"""Block Kit's limits: each at the limit and one over it; what may stand where; what must be there."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.slack.blocks import Surface, problems, too_long, view_problems

Json = dict[str, Any]


def plain(text: str = "x") -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str = "x") -> Json:
    return {"type": "mrkdwn", "text": text}


def choice(text: str = "x", value: str = "v", **more: Any) -> Json:
    return {"text": plain(text), "value": value, **more}


def choices(count: int) -> list[Json]:
    return [choice(value=str(number)) for number in range(count)]


def section(**parts: Any) -> Json:
    return {"type": "section", **parts}


def accessory(kind: str, **parts: Any) -> Json:
    return section(text=mrkdwn(), accessory={"type": kind, "action_id": "a", **parts})


def field(kind: str, **parts: Any) -> Json:
    return {"type": "input", "label": plain(), "element": {"type": kind, "action_id": "a", **parts}}


def button(**parts: Any) -> Json:
    return {"type": "button", "text": plain(), **parts}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def confirmation(**parts: str) -> Json:
    words = {"title": "t", "text": "t", "confirm": "t", "deny": "t"} | parts
    return button(confirm={key: plain(text) for key, text in words.items()})


def rich(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": list(elements)}


def rich_section(*parts: Json) -> Json:
    return {"type": "rich_text_section", "elements": list(parts)}


def table(rows: int, columns: int, text: str = "1") -> Json:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": text}] * columns] * rows}


def picture(**parts: Any) -> Json:
    return {"type": "image", "alt_text": "a", "image_url": "https://example.com/a.png", **parts}


def address(length: int) -> str:
    return "https://example.com/".ljust(length, "a")


def groups(count: int, options: int = 1, label: str = "g") -> list[Json]:
    return [
        {"label": plain(label), "options": [choice(value=f"{group}/{number}") for number in range(options)]}
        for group in range(count)
    ]


def video(**parts: Any) -> Json:
    web = "https://example.com/v"
    return {
        "type": "video",
        "alt_text": "a",
        "title": plain(),
        "thumbnail_url": web,
        "video_url": web,
        **parts,
    }


LIMITS: dict[str, tuple[int, Any]] = {
    "section text": (3000, lambda n: section(text=mrkdwn("x" * n))),
    "section fields": (10, lambda n: section(fields=[mrkdwn()] * n)),
    "section field": (2000, lambda n: section(fields=[plain("x" * n)])),
    "header": (150, lambda n: {"type": "header", "text": plain("x" * n)}),
    "context elements": (10, lambda n: {"type": "context", "elements": [mrkdwn()] * n}),
    "actions elements": (25, lambda n: actions(*([button()] * n))),
    "block_id": (255, lambda n: {"type": "divider", "block_id": "x" * n}),
    "action_id": (255, lambda n: actions(button(action_id="x" * n))),
    "button text": (75, lambda n: actions({"type": "button", "text": plain("x" * n)})),
    "button value": (2000, lambda n: actions(button(value="x" * n))),
    "button url": (3000, lambda n: actions(button(url=address(n)))),
    "button label": (75, lambda n: actions(button(accessibility_label="x" * n))),
    "confirm title": (100, lambda n: actions(confirmation(title="x" * n))),
    "confirm text": (300, lambda n: actions(confirmation(text="x" * n))),
    "confirm yes": (30, lambda n: actions(confirmation(confirm="x" * n))),
    "confirm no": (30, lambda n: actions(confirmation(deny="x" * n))),
    "overflow options": (5, lambda n: accessory("overflow", options=choices(n))),
    "overflow url": (3000, lambda n: accessory("overflow", options=[choice(url=address(n))])),
    "select options": (100, lambda n: accessory("static_select", options=choices(n))),
    "select groups": (100, lambda n: accessory("static_select", option_groups=groups(n))),
    "group options": (100, lambda n: accessory("static_select", option_groups=groups(1, n))),
    "group label": (75, lambda n: accessory("static_select", option_groups=groups(1, 1, "x" * n))),
    "option text": (75, lambda n: accessory("static_select", options=[choice("x" * n)])),
    "option value": (150, lambda n: accessory("static_select", options=[choice(value="x" * n)])),
    "option description": (
        75,
        lambda n: accessory("static_select", options=[choice(description=plain("x" * n))]),
    ),
    "placeholder": (150, lambda n: accessory("users_select", placeholder=plain("x" * n))),
    "checkboxes": (10, lambda n: accessory("checkboxes", options=choices(n))),
    "radio buttons": (10, lambda n: accessory("radio_buttons", options=choices(n))),
    "image alt": (2000, lambda n: picture(alt_text="x" * n)),
    "image url": (3000, lambda n: picture(image_url=address(n))),
    "image title": (2000, lambda n: picture(title=plain("x" * n))),
    "input label": (2000, lambda n: field("plain_text_input") | {"label": plain("x" * n)}),
    "input hint": (2000, lambda n: field("plain_text_input") | {"hint": plain("x" * n)}),
    "input value": (3000, lambda n: field("plain_text_input", initial_value="x" * n)),
    "input max_length": (3000, lambda n: field("plain_text_input", max_length=n)),
    "markdown": (12_000, lambda n: {"type": "markdown", "text": "x" * n}),
    "table rows": (100, lambda n: table(n, 1)),
    "table columns": (20, lambda n: table(1, n)),
    "column settings": (20, lambda n: table(1, 1) | {"column_settings": [{"align": "right"}] * n}),
    "video title": (199, lambda n: video(title=plain("x" * n))),
    "video author": (49, lambda n: video(author_name="x" * n)),
    "list indent": (
        8,
        lambda n: rich({"type": "rich_text_list", "style": "bullet", "indent": n, "elements": [rich_section()]}),
    ),
}


@pytest.mark.parametrize("name", LIMITS)
def test_a_limit_holds_at_its_value_and_not_one_over(name: str) -> None:
    most, build = LIMITS[name]
    assert problems([build(most)]) == []
    assert len(problems([build(most + 1)])) == 1


@pytest.mark.parametrize(("surface", "most"), [("message", 50), ("modal", 100), ("home", 100)])
def test_a_surface_takes_so_many_blocks(surface: Surface, most: int) -> None:
    assert problems([{"type": "divider"}] * most, surface) == []
    assert problems([{"type": "divider"}] * (most + 1), surface) == [
        f"[ERROR] no more than {most} items allowed [json-pointer:/blocks]"
    ]


GOOD: list[Json] = [
    section(text=plain(), fields=[mrkdwn()], expand=True),
    {"type": "context", "elements": [plain(), picture()]},
    actions(button(style="danger", url="mailto:ana@example.com"), {"type": "datetimepicker"}),
    accessory("external_select", min_query_length=0, initial_option=choice()),
    accessory("multi_external_select", initial_options=[choice()], max_selected_items=1),
    accessory("conversations_select", filter={"include": ["im", "public"], "exclude_bot_users": True}),
    accessory("multi_conversations_select", default_to_current_conversation=True),
    accessory("channels_select", initial_channel="C1"),
    accessory("multi_channels_select", initial_channels=["C1"]),
    accessory("multi_users_select", initial_users=[]),
    accessory("multi_static_select", options=choices(2), initial_options=[choice(value="1")]),
    accessory("static_select", option_groups=groups(2), initial_option=choice(value="1/0")),
    accessory("datepicker", initial_date="2026-10-01"),
    accessory("timepicker", initial_time="23:59", timezone="Europe/Madrid"),
    accessory("checkboxes", options=[{"text": mrkdwn(), "value": "v", "description": mrkdwn()}]),
    accessory("image", alt_text="a", image_url="https://example.com/a.png") | {},
    {"type": "image", "alt_text": "a", "slack_file": {"id": "F1"}},
    {"type": "file", "external_id": "x", "source": "remote"},
    field("plain_text_input", min_length=1, max_length=3, initial_value="ab", multiline=True),
    field("plain_text_input", dispatch_action_config={"trigger_actions_on": ["on_enter_pressed"]}),
    video(description=plain(), title_url="https://example.com/v", provider_name="p"),
    table(2, 2) | {"column_settings": [None, {"is_wrapped": True}]},
    {"type": "table", "rows": [[rich(rich_section()), {"type": "raw_number", "value": 1.5, "text": "1.5"}]]},
    rich(
        rich_section(
            {"type": "text", "text": "a", "style": {"bold": True, "code": True}},
            {"type": "link", "url": "https://example.com", "text": "b"},
            {"type": "user", "user_id": "U1"},
            {"type": "channel", "channel_id": "C1"},
            {"type": "usergroup", "usergroup_id": "S1"},
            {"type": "team", "team_id": "T1"},
            {"type": "broadcast", "range": "here"},
            {"type": "emoji", "name": "wave", "skin_tone": 2},
            {"type": "color", "value": "#F405B3"},
            {"type": "date", "timestamp": 1_720_710_212, "format": "{date_num}", "fallback": "then"},
        ),
        {"type": "rich_text_quote", "elements": [{"type": "text", "text": "q"}]},
        {
            "type": "rich_text_preformatted",
            "elements": [{"type": "text", "text": "1/0"}],
            "border": 0,
            "language": "python",
        },
        {
            "type": "rich_text_list",
            "style": "ordered",
            "offset": 2,
            "elements": [rich_section({"type": "text", "text": "one"})],
        },
    ),
]
GOOD[15]["accessory"].pop("action_id")  # an image has none


@pytest.mark.parametrize("block", GOOD, ids=lambda block: str(block)[:60])
def test_sound_blocks_pass(block: Json) -> None:
    assert problems([block]) == []


BAD: dict[str, tuple[Json, str]] = {
    "no type": ({}, "missing required field: type"),
    "unknown block": ({"type": "marquee"}, "unsupported type: marquee"),
    "empty section": (section(), "must have at least one of: text, fields"),
    "empty text": (section(text=mrkdwn("")), "must be more than 0 characters"),
    "text that is a string": (section(text="x"), "must be an object"),
    "unknown key": ({"type": "divider", "colour": "red"}, "invalid additional property: colour"),
    "emoji in mrkdwn": (section(text=mrkdwn() | {"emoji": True}), "invalid additional property: emoji"),
    "mrkdwn header": ({"type": "header", "text": mrkdwn()}, "unsupported type: mrkdwn"),
    "mrkdwn button": (actions({"type": "button", "text": mrkdwn()}), "unsupported type: mrkdwn"),
    "no elements": (actions(), "no less than 1 items allowed"),
    "image in actions": (actions(picture()), "unsupported type: image"),
    "button in context": ({"type": "context", "elements": [button()]}, "unsupported type: button"),
    "datetimepicker beside text": (accessory("datetimepicker"), "unsupported type: datetimepicker"),
    "input beside text": (accessory("plain_text_input"), "unsupported type: plain_text_input"),
    "button in input": (field("button", text=plain()), "unsupported type: button"),
    "style": (actions(button(style="default")), "must be one of: primary, danger"),
    "value that is a number": (actions(button(value=142)), "must be a string"),
    "a script as a url": (actions(button(url="javascript:alert(1)")), "must be a valid"),
    "twice the same action_id": (
        actions(button(action_id="a"), button(action_id="a")),
        "action_id a already exists",
    ),
    "options and groups": (
        accessory("static_select", options=choices(1), option_groups=groups(1)),
        "must have exactly one of: options, option_groups",
    ),
    "neither": (accessory("static_select"), "must have exactly one of: options, option_groups"),
    "same value twice": (
        accessory("static_select", options=[choice(), choice("y")]),
        "duplicate option value: v",
    ),
    "initial option from elsewhere": (
        accessory("static_select", options=choices(1), initial_option=choice(value="9")),
        "initial option must be one of the options",
    ),
    "url in a select": (
        accessory("static_select", options=[choice(url="https://example.com")]),
        "invalid additional property: url",
    ),
    "mrkdwn option": (
        accessory("static_select", options=[{"text": mrkdwn(), "value": "v"}]),
        "unsupported type: mrkdwn",
    ),
    "nothing to select": (accessory("multi_users_select", max_selected_items=0), "must be at least 1"),
    "a filter of nothing": (accessory("conversations_select", filter={}), "must have at least one of"),
    "a date": (accessory("datepicker", initial_date="1.10.2026"), "must be a date as YYYY-MM-DD"),
    "a time": (accessory("timepicker", initial_time="24:00"), "must be a time as HH:mm"),
    "a zone": (accessory("timepicker", timezone="Mars/Base"), "must be a valid IANA time zone"),
    "two sources": (picture(slack_file={"id": "F1"}), "must have exactly one of: image_url, slack_file"),
    "no alt text": ({"type": "image", "image_url": "https://e.com/a"}, "missing required field: alt_text"),
    "half a confirmation": (
        actions(button(confirm={"title": plain(), "text": plain(), "confirm": plain()})),
        "missing required field: deny",
    ),
    "an email field in a message": (field("email_text_input"), "unsupported type: email_text_input"),
    "lengths the wrong way": (
        field("plain_text_input", min_length=5, max_length=2),
        "min_length must not be greater than max_length",
    ),
    "an empty cell": (table(1, 1, ""), "must be more than 0 characters"),
    "a cell that is a string": ({"type": "table", "rows": [["1"]]}, "must be an object"),
    "a number without its words": (
        {"type": "table", "rows": [[{"type": "raw_number", "value": 1}]]},
        "missing required field: text",
    ),
    "a number that is none": (
        {"type": "table", "rows": [[{"type": "raw_number", "value": float("nan"), "text": "NaN"}]]},
        "must be a number",
    ),
    "rows of two lengths": (
        {"type": "table", "rows": [table(1, 2)["rows"][0], table(1, 1)["rows"][0]]},
        "must have 2 cells",
    ),
    "too much in cells": (table(100, 2, "x" * 51), "cells must be less than 10001 characters in all"),
    "a list in a list": (
        rich({"type": "rich_text_list", "style": "bullet", "elements": [{"type": "text", "text": "a"}]}),
        "unsupported type: text",
    ),
    "a mention in code": (
        rich({"type": "rich_text_preformatted", "elements": [{"type": "user", "user_id": "U1"}]}),
        "unsupported type: user",
    ),
    "empty rich text": (rich(rich_section({"type": "text", "text": ""})), "must be more than 0 characters"),
    "text in the block": (rich({"type": "text", "text": "a"}), "unsupported type: text"),
    "odd style": (
        rich(rich_section({"type": "text", "text": "a", "style": {"blink": True}})),
        "invalid additional property: blink",
    ),
    "a colour": (rich(rich_section({"type": "color", "value": "red"})), "must be a colour"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_is_said_once_and_pointed_at(name: str) -> None:
    block, words = BAD[name]
    found = problems([block])
    assert len(found) == 1, found
    assert words in found[0]
    assert "[json-pointer:/blocks/0" in found[0]


def test_every_problem_is_told_not_just_the_first() -> None:
    assert len(problems([section(), {"type": "divider", "x": 1}, actions()])) == 3


def test_blocks_that_are_no_list() -> None:
    assert problems({"type": "divider"}) == ["[ERROR] must be an array [json-pointer:/blocks]"]
    assert problems(["divider"]) == ["[ERROR] must be an object [json-pointer:/blocks/0]"]


def test_block_ids_are_unique_in_a_message() -> None:
    twice = [{"type": "divider", "block_id": "a"}, {"type": "divider", "block_id": "a"}]
    assert problems(twice) == ["[ERROR] block_id a already exists [json-pointer:/blocks/1/block_id]"]


def test_markdown_counts_over_all_blocks_of_a_message() -> None:
    half = {"type": "markdown", "text": "x" * 6_000}
    assert problems([half, half]) == []
    assert len(problems([half, half, {"type": "markdown", "text": "x"}])) == 1


def test_a_message_has_one_table() -> None:
    assert problems([table(1, 1)]) == []
    assert "only_one_table_allowed" in problems([table(1, 1), table(1, 1)])[0]


def test_a_message_holds_about_thirteen_thousand_characters() -> None:
    assert not too_long([section(text=mrkdwn("x" * 3_000))] * 4)
    assert too_long([section(text=mrkdwn("x" * 3_000))] * 5)
    assert not too_long([section(text=mrkdwn("x"))] * 50)


@pytest.mark.parametrize(
    ("kind", "surfaces"),
    [
        ("email_text_input", {"modal"}),
        ("url_text_input", {"modal"}),
        ("file_input", {"modal"}),
        ("rich_text_input", {"modal", "home"}),
        ("datetimepicker", {"modal", "message"}),
        ("plain_text_input", {"modal", "message", "home"}),
    ],
)
def test_elements_keep_to_their_surfaces(kind: str, surfaces: set[str]) -> None:
    every: tuple[Surface, ...] = ("message", "modal", "home")
    assert {each for each in every if not problems([field(kind)], each)} == surfaces


@pytest.mark.parametrize("kind", ["table", "markdown", "file"])
def test_some_blocks_are_for_messages_only(kind: str) -> None:
    block = {"table": table(1, 1), "markdown": {"type": kind, "text": "x"}}.get(
        kind, {"type": "file", "external_id": "x", "source": "remote"}
    )
    assert problems([block]) == []
    assert "unsupported type" in problems([block], "modal")[0]


def number(**parts: Any) -> list[str]:
    return problems([field("number_input", **parts)], "modal")


def test_number_fields() -> None:
    assert number(is_decimal_allowed=True, min_value="-1", initial_value="0.5", max_value="1") == []
    assert "missing required field: is_decimal_allowed" in number()[0]
    assert "decimals are not allowed" in number(is_decimal_allowed=False, initial_value="0.5")[0]
    assert "must be in order" in number(is_decimal_allowed=True, min_value="10", max_value="9")[0]
    assert "must be a number in a string" in number(is_decimal_allowed=True, min_value=1)[0]


def modal(**parts: Any) -> Json:
    return {"type": "modal", "title": plain(), "blocks": [], **parts}


VIEW_LIMITS: dict[str, tuple[int, Any]] = {
    "title": (24, lambda n: modal(title=plain("x" * n))),
    "submit": (24, lambda n: modal(submit=plain("x" * n))),
    "close": (24, lambda n: modal(close=plain("x" * n))),
    "metadata": (3000, lambda n: modal(private_metadata="x" * n)),
    "callback_id": (255, lambda n: modal(callback_id="x" * n)),
    "external_id": (255, lambda n: modal(external_id="x" * n)),
    "blocks": (100, lambda n: modal(blocks=[{"type": "divider"}] * n)),
    "files": (10, lambda n: modal(submit=plain(), blocks=[field("file_input", max_files=n)])),
}


@pytest.mark.parametrize("name", VIEW_LIMITS)
def test_a_view_holds_its_limits(name: str) -> None:
    most, build = VIEW_LIMITS[name]
    assert view_problems(build(most)) == []
    assert len(view_problems(build(most + 1))) == 1


def test_a_view_needs_what_it_needs() -> None:
    assert "missing required field: title" in view_problems({"type": "modal", "blocks": []})[0]
    assert "submit is required" in view_problems(modal(blocks=[field("plain_text_input")]))[0]
    assert view_problems({"type": "home", "blocks": [], "private_metadata": ""}) == []
    assert "additional property: title" in view_problems({"type": "home", "blocks": [], "title": plain()})[0]
    focused = [field("plain_text_input", focus_on_load=True)] * 2
    assert "one element only" in view_problems(modal(submit=plain(), blocks=focused))[0]


def keys_of(value: Any, of: str = "") -> set[str]:
    """All keys in a nested object, or the values of one key."""
    if isinstance(value, list):
        return {each for item in value for each in keys_of(item, of)}
    if not isinstance(value, dict):
        return set()
    inner = {each for item in value.values() for each in keys_of(item, of)}
    own = {str(value[of])} if of in value else set() if of else set(value)
    return inner | own


# The words of the rules themselves, so that what is made up comes close to being sound.
KEYS = st.sampled_from(sorted({key for block in GOOD for key in keys_of(block)}))
TYPES = st.sampled_from(sorted({value for block in GOOD for value in keys_of(block, "type")}))
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | TYPES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner | TYPES, max_size=5),
    max_leaves=20,
)


@given(ANYTHING)
def test_whatever_is_sent_is_judged_and_never_breaks_the_judge(anything: object) -> None:
    for surface in ("message", "modal", "home"):
        assert all(each.startswith("[ERROR] ") for each in problems([anything], surface))
    assert isinstance(problems(anything), list)
    assert isinstance(view_problems(anything), list)
