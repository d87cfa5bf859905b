"""`state.values` in Slack's exact shapes: each element untouched, with its initial value, and filled in."""

from typing import Any

import pytest

from bot.sandbox.slack.values import NoSuchActionError, Reader
from bot.sandbox.slack.workspace import ANALYSTS, BEN, DATA, GENERAL
from tests.sandbox.slack.forms import choose, field, modal, options, plain, press
from tests.sandbox.slack.stage import staged

Json = dict[str, Any]
A, B = ({"text": plain(word) | {"emoji": True}, "value": word.lower()} for word in ("A", "B"))
CHOICES = {"options": options("a", "b")}
FIRST, FIRSTS = CHOICES | {"initial_option": options("a")[0]}, CHOICES | {"initial_options": options("a")}
RICH = {
    "type": "rich_text",
    "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "hi"}]}],
}

# What the element is, what it says untouched, what people enter, and what it says then.
EACH: list[tuple[str, Json, Json, Any, Json]] = [
    ("plain_text_input", {}, {"value": None}, "x", {"value": "x"}),
    ("plain_text_input", {"initial_value": "x"}, {"value": "x"}, None, {"value": None}),
    ("number_input", {"is_decimal_allowed": True}, {"value": None}, 1.5, {"value": "1.5"}),
    ("email_text_input", {}, {"value": None}, "a@b.cd", {"value": "a@b.cd"}),
    ("url_text_input", {}, {"value": None}, "https://a.bc", {"value": "https://a.bc"}),
    ("rich_text_input", {}, {"rich_text_value": None}, RICH, {"rich_text_value": RICH}),
    ("file_input", {}, {"files": []}, [], {"files": []}),
    ("static_select", CHOICES, {"selected_option": None}, "A", {"selected_option": A}),
    (
        "static_select",
        CHOICES | {"initial_option": options("a")[0]},
        {"selected_option": A},
        "b",
        {"selected_option": B},
    ),
    (
        "static_select",
        {"option_groups": [{"label": plain("g"), "options": options("a", "b")}]},
        {"selected_option": None},
        "B",
        {"selected_option": B},
    ),
    ("multi_static_select", CHOICES, {"selected_options": []}, ["A", "B"], {"selected_options": [A, B]}),
    ("radio_buttons", CHOICES, {"selected_option": None}, "A", {"selected_option": A}),
    (
        "checkboxes",
        CHOICES | {"initial_options": options("a")},
        {"selected_options": [A]},
        ["B"],
        {"selected_options": [B]},
    ),
    ("external_select", {"initial_option": A}, {"selected_option": A}, None, {"selected_option": None}),
    ("multi_external_select", {"initial_options": [A]}, {"selected_options": [A]}, [], {"selected_options": []}),
    ("users_select", {}, {"selected_user": None}, "@ben", {"selected_user": BEN}),
    ("multi_users_select", {}, {"selected_users": []}, ["ben"], {"selected_users": [BEN]}),
    ("channels_select", {}, {"selected_channel": None}, "#data", {"selected_channel": DATA}),
    ("multi_channels_select", {}, {"selected_channels": []}, ["data"], {"selected_channels": [DATA]}),
    ("conversations_select", {}, {"selected_conversation": None}, "general", {"selected_conversation": GENERAL}),
    (
        "multi_conversations_select",
        {"initial_conversations": [DATA]},
        {"selected_conversations": [DATA]},
        [],
        {"selected_conversations": []},
    ),
    ("datepicker", {}, {"selected_date": None}, "2026-10-01", {"selected_date": "2026-10-01"}),
    ("timepicker", {"initial_time": "09:30"}, {"selected_time": "09:30"}, "10:00", {"selected_time": "10:00"}),
    ("datetimepicker", {}, {"selected_date_time": None}, 1_790_000_000, {"selected_date_time": 1_790_000_000}),
]


@pytest.mark.parametrize(("kind", "parts", "untouched", "entered", "then"), EACH)
async def test_each_element_has_its_shape(kind: str, parts: Json, untouched: Json, entered: Any, then: Json) -> None:
    async with staged() as stage:
        block = field("F", kind, **parts, block={"optional": True})
        await stage.opens(modal("Run", block, press("Look")))
        await stage.slack.acts_in_view("ana", "Look")
        assert stage.values == {"F": {"in": {"type": kind, **untouched}}}
        assert (await stage.slack.submits("ana", {"F": entered})).response_action == "close"
        assert stage.values == {"F": {"in": {"type": kind, **then}}}


async def test_elements_outside_fields_have_their_place_too_but_buttons_and_menus_have_none() -> None:
    async with staged() as stage:
        beside = {"type": "checkboxes", "action_id": "more", "options": options("a")}
        head = {"type": "section", "block_id": "head", "text": plain("More"), "accessory": beside}
        menu = choose("overflow", "menu", options=options("stop"))
        await stage.opens(modal("Run", head, menu, choose("datepicker", "day"), press("Go")))
        await stage.slack.acts_in_view("ana", "menu", "STOP")
        assert stage.last["actions"][0]["selected_option"]["value"] == "stop"
        assert stage.values == {
            "head": {"more": {"type": "checkboxes", "selected_options": []}},
            "row of day": {"day": {"type": "datepicker", "selected_date": None}},
        }


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("datepicker", {"selected_date": "1.10.2026"}),
        ("timepicker", {"selected_time": "25:00"}),
        ("datetimepicker", {"selected_date_time": "soon"}),
        ("plain_text_input", {"value": 5}),
        ("checkboxes", {"selected_options": "a"}),
        ("static_select", {"selected_option": {"value": "c"}}),
        ("overflow", {"selected_option": "c"}),
        ("rich_text_input", {"rich_text_value": {"type": "rich_text"}}),
        ("file_input", {"files": ["F0NOWHERE"]}),
    ],
)
def test_what_an_element_cannot_say_is_not_taken(kind: str, value: Json) -> None:
    element = {"type": kind, "action_id": "in", **CHOICES}
    with pytest.raises(NoSuchActionError):
        Reader().entry("F", element, value)


async def test_a_group_is_nobody_to_select() -> None:
    async with staged() as stage:
        view = await stage.opens(modal("Run", field("Who", "users_select")))
        seen = {"Who": {"in": {"type": "users_select", "selected_user": ANALYSTS}}}
        ana = stage.slack.person("ana")
        assert (await stage.slack.modals.submit(ana, view.id, seen)).error == "no_such_action"
