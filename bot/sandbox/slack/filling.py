"""How a test fills in a form: fields by the words beside them, values in the plain words that people see."""

from collections.abc import Iterator
from typing import Any

from bot.sandbox.slack.actions import in_blocks
from bot.sandbox.slack.parts import Parts
from bot.sandbox.slack.records import Held, Json
from bot.sandbox.slack.values import key_of, offered, sort_of, takes_many
from bot.sandbox.slack.views import View


def element_named(view: View, name: str) -> tuple[str, Json]:
    """The element with this label, text, action_id or block_id, and its block's id. Raises LookupError."""
    for block_id, element in in_blocks(view.blocks):
        if name in _names(view, block_id, element):
            return block_id, element
    raise LookupError(f"nothing in the view is called {name!r}; it shows:\n{view.words}")


def _names(view: View, block_id: str, element: Json) -> Iterator[str]:
    yield element["action_id"]
    yield block_id
    if "text" in element:
        yield element["text"]["text"]
    block = next(each for each in view.blocks if each["block_id"] == block_id)
    for key in ("label", "text"):
        if key in block:
            yield block[key]["text"]


def entry_for(parts: Parts, held: Held, block_id: str, element: Json, value: Any) -> Json:
    """The value as the page would send it. Options go by what they show or by value, people and channels by name.

    Raises LookupError if the element doesn't show such an option, ApiError if nobody or nothing has the name.
    """
    given = list(value) if takes_many(element) else [value]
    shown = [each if each is None else _one(parts, held, block_id, element, each) for each in given]
    return {"type": element["type"], key_of(element): shown if takes_many(element) else shown[0]}


def _one(parts: Parts, held: Held, block_id: str, element: Json, value: Any) -> Any:
    match sort_of(element):
        case "option":
            return _option(offered(held, block_id, element), value)
        case "id" if element["type"].endswith("users_select"):
            return parts.person(value.removeprefix("@")).id
        case "id" if value.startswith("@"):
            return parts.workspace.open_im(parts.person(value[1:]).id).id
        case "id":
            return parts.channel(value).id
        case "text":
            return str(value)
        case _:
            return value


def is_offered(held: Held, block_id: str, element: Json, name: str) -> bool:
    """Whether a select shows an option with these words, or of this value."""
    return any(name in _called(option) for option in offered(held, block_id, element))


def _option(options: list[Json], name: str) -> Json:
    for option in options:
        if name in _called(option):
            return option
    raise LookupError(f"no option {name!r} among {[each['text']['text'] for each in options]}")


def _called(option: Json) -> tuple[str, str]:
    return option["text"]["text"], option["value"]
