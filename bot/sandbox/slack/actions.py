"""What a click means: the element in the message, the choice that it really offers, and the state around it."""

from collections.abc import Iterator
from typing import Any

from bot.sandbox.slack.records import Json, Message

_SINGLE = {"static_select", "overflow", "radio_buttons"}
_MANY = {"multi_static_select", "checkboxes"}
# The key of the value, in the payload and among the element's initial values, for what isn't picked from options.
_FREE = {
    "external_select": ("selected_option", "initial_option"),
    "multi_external_select": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "plain_text_input": ("value", "initial_value"),
}


class NoSuchActionError(Exception):
    """The message holds no such element, or the element no such option."""


def elements(message: Message) -> Iterator[tuple[str, Json]]:
    """Every interactive element of a message with its block_id."""
    for block in message.blocks:
        held = [block.get("accessory"), block.get("element")]
        if block["type"] == "actions":
            held += block["elements"]
        for each in held:
            if each is not None and each["type"] != "image":
                yield block["block_id"], each


def chosen(message: Message, given: Json) -> Json:
    """The action as Slack puts it in a payload, built from the message itself. Raises NoSuchActionError."""
    element = find(message, given)
    common = {"type": element["type"], "block_id": given["block_id"], "action_id": given["action_id"]}
    return common | _value(element, given)


def find(message: Message, given: Json) -> Json:
    """The element with this block_id and action_id. Raises NoSuchActionError."""
    for block_id, element in elements(message):
        if block_id == given.get("block_id") and element["action_id"] == given.get("action_id"):
            return element
    raise NoSuchActionError(given.get("action_id"))


def _value(element: Json, given: Json) -> Json:
    kind = element["type"]
    if kind == "button":
        return {key: element[key] for key in ("text", "value", "style", "url") if key in element}
    if kind in _SINGLE:
        return {"selected_option": _offered(element, given.get("selected_option"))}
    if kind in _MANY:
        return {"selected_options": [_offered(element, each) for each in given.get("selected_options", [])]}
    key = _FREE[kind][0]
    return {key: given.get(key)}


def _offered(element: Json, wanted: Any) -> Json:
    value = wanted.get("value") if isinstance(wanted, dict) else wanted
    for group in [element, *element.get("option_groups", [])]:
        for option in group.get("options", []):
            if option["value"] == value:
                found: Json = option
                return found
    raise NoSuchActionError(value)


def state(message: Message, person: str, latest: Json, seen: Json | None = None) -> Json:
    """`state.values`: what each element that holds a value shows this person now; remembers the latest choice.

    `seen` is what the person's page shows, in the same shape; it wins over what was chosen before.
    """
    kept = message.chosen.setdefault(person, {})
    kept[f"{latest['block_id']}/{latest['action_id']}"] = latest
    values: Json = {}
    for block_id, element in elements(message):
        if element["type"] in ("button", "overflow"):
            continue
        own = kept.get(f"{block_id}/{element['action_id']}")
        shown = _seen(seen, block_id, element) or own or _initial(element)
        entry = {key: value for key, value in shown.items() if key not in ("block_id", "action_id")}
        values.setdefault(block_id, {})[element["action_id"]] = entry
    return values


def _seen(seen: Json | None, block_id: str, element: Json) -> Json | None:
    block = (seen or {}).get(block_id)
    entry = block.get(element["action_id"]) if isinstance(block, dict) else None
    return entry if isinstance(entry, dict) and entry.get("type") == element["type"] else None


def _initial(element: Json) -> Json:
    kind = element["type"]
    if kind in _MANY:
        return {"type": kind, "selected_options": element.get("initial_options", [])}
    key, initial = _FREE.get(kind, ("selected_option", "initial_option"))
    return {"type": kind, key: element.get(initial)}
