"""What Slack checks in a form before it sends it: the person sees the error on its field, and the app nothing."""

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from bot.sandbox.slack.records import Json
from bot.sandbox.slack.values import takes_many, value_in

REQUIRED = "Please complete this required field."
_NUMBER = re.compile(r"-?(\d+\.?\d*|\.\d+)")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@.]+")
_ADDRESS = re.compile(r"https?://[^\s/]\S*", re.IGNORECASE)


def field_errors(blocks: list[Json], values: Json) -> dict[str, str]:
    """What is wrong with what was entered into input blocks, by block_id; empty if it can be sent."""
    wrong = {}
    for block in blocks:
        if block["type"] != "input":
            continue
        element = block["element"]
        value = value_in(values[block["block_id"]][element["action_id"]])
        words = _error(block, element, value)
        if words is not None:
            wrong[block["block_id"]] = words
    return wrong


def _error(block: Json, element: Json, value: Any) -> str | None:
    if value in (None, "", []):
        return None if block["optional"] else REQUIRED
    match element["type"]:
        case "plain_text_input":
            return _length(element, value)
        case "number_input":
            return _number(element, value)
        case "email_text_input":
            return None if _EMAIL.fullmatch(value) else "Please enter a valid email address."
        case "url_text_input":
            return None if _ADDRESS.fullmatch(value) else "Please enter a valid URL."
        case "file_input":
            most = element.get("max_files", 10)
            return f"Please add no more than {most} files." if len(value) > most else None
    most = element.get("max_selected_items")
    if takes_many(element) and most is not None and len(value) > most:
        return f"Please choose no more than {most} items."
    return None


def _length(element: Json, value: str) -> str | None:
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    if len(value) < least:
        return f"Please enter at least {least} characters."
    if len(value) > most:
        return f"Please enter no more than {most} characters."
    return None


def _number(element: Json, value: str) -> str | None:
    try:
        number = Decimal(value) if _NUMBER.fullmatch(value) else None
    except InvalidOperation:
        number = None
    if number is None:
        return "Please enter a number."
    if not element["is_decimal_allowed"] and "." in value:
        return "Please enter a whole number."
    if "min_value" in element and number < Decimal(element["min_value"]):
        return f"Please enter a number of {element['min_value']} or more."
    if "max_value" in element and number > Decimal(element["max_value"]):
        return f"Please enter a number of {element['max_value']} or less."
    return None
