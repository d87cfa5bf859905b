"""The blocks themselves, for each surface. Limits from Slack's Block Kit reference."""

import math
from typing import Any, Literal

from bot.sandbox.slack.blocks import elements
from bot.sandbox.slack.blocks.check import (
    Check,
    Rule,
    array,
    at_least_one,
    boolean,
    by_type,
    exactly_one,
    fields,
    nullable,
    one_of,
    say,
    string,
    web_address,
)
from bot.sandbox.slack.blocks.objects import identifier, plain, slack_file, text, text_kinds
from bot.sandbox.slack.blocks.richtext import rich_text

Surface = Literal["message", "modal", "home"]


def _block(kind: str, required: dict[str, Check], optional: dict[str, Check] | None = None, *rules: Rule) -> Check:
    return fields({"type": one_of(kind), **required}, {"block_id": identifier, **(optional or {})}, *rules)


def _distinct_action_ids(value: dict[str, Any], pointer: str, out: list[str]) -> None:
    seen = set()
    for place, element in enumerate(value["elements"]):
        name = element.get("action_id")
        if name is not None and name in seen:
            say(out, f"{pointer}/elements/{place}/action_id", f"action_id {name} already exists")
        seen.add(name)


def _number(value: Any, pointer: str, out: list[str]) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        say(out, pointer, "must be a number")


_cell = by_type(
    {
        "raw_text": fields({"type": one_of("raw_text"), "text": string()}),
        "raw_number": fields({"type": one_of("raw_number"), "value": _number, "text": string()}),
        "rich_text": rich_text,
    }
)


def _even_rows(value: dict[str, Any], pointer: str, out: list[str]) -> None:
    """Rows of one length. Slack's reference says so of data tables; what it does with uneven ones here is unknown."""
    width = len(value["rows"][0])
    for place, row in enumerate(value["rows"]):
        if len(row) != width:
            say(out, f"{pointer}/rows/{place}", f"must have {width} cells as the first row has")


_column = fields({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean})

_EVERYWHERE: dict[str, Check] = {
    "divider": _block("divider", {}),
    "header": _block("header", {"text": plain(150)}),
    "image": _block(
        "image",
        {"alt_text": string(2000)},
        {"image_url": web_address(), "slack_file": slack_file, "title": plain(2000)},
        exactly_one("image_url", "slack_file"),
    ),
    "context": _block("context", {"elements": array(by_type({**text_kinds(), "image": elements.image}), 10)}),
    "rich_text": rich_text,
    "video": _block(
        "video",
        {
            "alt_text": string(),
            "title": plain(199),
            "thumbnail_url": web_address(),
            "video_url": web_address(schemes=("https",)),
        },
        {
            "title_url": web_address(schemes=("https",)),
            "description": plain(199),
            "provider_icon_url": web_address(),
            "provider_name": string(),
            "author_name": string(49),
        },
    ),
}

_IN_MESSAGES: dict[str, Check] = {
    "markdown": _block("markdown", {"text": string(12_000)}),
    "file": _block("file", {"external_id": string(), "source": one_of("remote")}),
    "table": _block(
        "table",
        {"rows": array(array(_cell, 20), 100)},
        {"column_settings": array(nullable(_column), 20, least=0)},
        _even_rows,
    ),
}


def _interactive(surface: Surface) -> dict[str, Check]:
    barred = elements.BARRED[surface]
    accessory = by_type(elements.IN_SECTION, elements.IN_SECTION.keys() - barred)
    action = by_type(elements.IN_ACTIONS, elements.IN_ACTIONS.keys() - barred)
    field = by_type(elements.IN_INPUT, elements.IN_INPUT.keys() - barred)
    return {
        "section": _block(
            "section",
            {},
            {
                "text": text(3000),
                "fields": array(text(2000), 10),
                "accessory": accessory,
                "expand": boolean,
            },
            at_least_one("text", "fields"),
        ),
        "actions": _block("actions", {"elements": array(action, 25)}, {}, _distinct_action_ids),
        "input": _block(
            "input",
            {"label": plain(2000), "element": field},
            {"hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
        ),
    }


BLOCKS: dict[Surface, Check] = {
    "message": by_type({**_EVERYWHERE, **_IN_MESSAGES, **_interactive("message")}),
    "modal": by_type({**_EVERYWHERE, **_interactive("modal")}),
    "home": by_type({**_EVERYWHERE, **_interactive("home")}),
}
MOST_BLOCKS: dict[Surface, int] = {"message": 50, "modal": 100, "home": 100}
