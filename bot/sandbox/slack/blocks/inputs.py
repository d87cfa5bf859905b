"""The elements that only an input block can hold. Limits from Slack's Block Kit reference."""

from decimal import Decimal
from typing import Any

from bot.sandbox.slack.blocks.check import (
    Check,
    Rule,
    array,
    boolean,
    fields,
    integer,
    matching,
    one_of,
    say,
    string,
)
from bot.sandbox.slack.blocks.objects import dispatch_config, identifier, plain
from bot.sandbox.slack.blocks.richtext import rich_text

_number = matching(r"-?\d+(\.\d+)?", "a number in a string")


def _field(kind: str, required: dict[str, Check], optional: dict[str, Check], *rules: Rule) -> Check:
    return fields(
        {"type": one_of(kind), **required},
        {
            "action_id": identifier,
            "placeholder": plain(150),
            "focus_on_load": boolean,
            "dispatch_action_config": dispatch_config,
            **optional,
        },
        *rules,
    )


def _lengths_in_order(value: dict[str, Any], pointer: str, out: list[str]) -> None:
    least, most = value.get("min_length", 0), value.get("max_length", 3000)
    if least > most:
        say(out, f"{pointer}/min_length", "min_length must not be greater than max_length")
    elif not least <= len(value.get("initial_value", "x" * least)) <= most:
        say(out, f"{pointer}/initial_value", "initial_value must be within min_length and max_length")


def _numbers_in_order(value: dict[str, Any], pointer: str, out: list[str]) -> None:
    found = {key: Decimal(value[key]) for key in ("min_value", "initial_value", "max_value") if key in value}
    if not value["is_decimal_allowed"] and any(number % 1 for number in found.values()):
        say(out, pointer, "decimals are not allowed")
    if list(found.values()) != sorted(found.values()):
        say(out, pointer, "min_value, initial_value and max_value must be in order")


INPUTS: dict[str, Check] = {
    "plain_text_input": _field(
        "plain_text_input",
        {},
        {
            "initial_value": string(3000, 0),
            "multiline": boolean,
            "min_length": integer(0, 3000),
            "max_length": integer(1, 3000),
        },
        _lengths_in_order,
    ),
    "number_input": _field(
        "number_input",
        {"is_decimal_allowed": boolean},
        {"initial_value": _number, "min_value": _number, "max_value": _number},
        _numbers_in_order,
    ),
    "email_text_input": _field("email_text_input", {}, {"initial_value": string()}),
    "url_text_input": _field("url_text_input", {}, {"initial_value": string()}),
    "rich_text_input": _field("rich_text_input", {}, {"initial_value": rich_text}),
    "file_input": fields(
        {"type": one_of("file_input")},
        {
            "action_id": identifier,
            "filetypes": array(string()),
            "max_files": integer(1, 10),
        },
    ),
}
