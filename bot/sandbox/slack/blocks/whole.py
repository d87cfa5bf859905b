"""What a message or a view must be as a whole: unique ids, sums over blocks, titles and buttons of views."""

import json
from collections.abc import Iterator
from typing import Any

from bot.sandbox.slack.blocks.check import Check, array, boolean, by_type, fields, one_of, say, string
from bot.sandbox.slack.blocks.layout import BLOCKS, MOST_BLOCKS, Surface
from bot.sandbox.slack.blocks.objects import plain
from bot.sandbox.slack.blocks.richtext import rich_text

ONE_TABLE = "only_one_table_allowed"
_MOST_MARKDOWN = 12_000  # characters of all markdown blocks of a message
_MOST_CELLS = 10_000  # characters of all cells of a message's table
_MOST_CONTENT = 13_200  # what a message's blocks may hold; where `msg_blocks_too_long` was observed to begin
_BLOCK_COSTS = 125  # characters that each block costs besides its text, by the same observation
_MOST_VIEW = 250_000  # bytes
_NOT_CONTENT = frozenset({"type", "block_id", "action_id", "style"})


def problems(blocks: Any, surface: Surface = "message") -> list[str]:
    """What Slack would refuse in these blocks, in its words with a JSON pointer each; an empty list if nothing.

    A message whose blocks are sound one by one can still be too long in all: see `too_long`.
    """
    out: list[str] = []
    _check_blocks(blocks, surface, "/blocks", out)
    return out


def view_problems(view: Any) -> list[str]:
    """What Slack would refuse in this modal or Home view; an empty list if nothing."""
    out: list[str] = []
    _view(view, "/view", out)
    return out


def rich_text_problems(value: Any) -> list[str]:
    """What Slack would refuse in what somebody typed into a rich text field; an empty list if nothing."""
    out: list[str] = []
    rich_text(value, "", out)
    return out


def too_long(blocks: list[Any]) -> bool:
    """Whether these blocks hold more than a message may: about 13,000 characters (`msg_blocks_too_long`)."""
    return len(blocks) * _BLOCK_COSTS + sum(map(len, _content(blocks))) > _MOST_CONTENT


def view_too_large(view: Any) -> bool:
    """Whether this view is over 250 KB (`view_too_large`)."""
    return len(json.dumps(view)) > _MOST_VIEW


def _content(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _content(each)
    elif isinstance(value, dict):
        for key, each in value.items():
            if key not in _NOT_CONTENT:
                yield from _content(each)


def _check_blocks(blocks: Any, surface: Surface, pointer: str, out: list[str]) -> None:
    before = len(out)
    array(BLOCKS[surface], MOST_BLOCKS[surface], least=0)(blocks, pointer, out)
    if len(out) > before:
        return
    seen = set()
    for place, block in enumerate(blocks):
        name = block.get("block_id")
        if name is not None and name in seen:
            say(out, f"{pointer}/{place}/block_id", f"block_id {name} already exists")
        seen.add(name)
    _focus_once(blocks, pointer, out)
    if surface == "message":
        _sums(blocks, pointer, out)


def _focus_once(blocks: list[Any], pointer: str, out: list[str]) -> None:
    places = [place for place, block in enumerate(blocks) if _focused(block)]
    for place in places[1:]:
        say(out, f"{pointer}/{place}", "focus_on_load can be set on one element only")


def _focused(block: dict[str, Any]) -> bool:
    held = [block.get("element"), block.get("accessory"), *(block.get("elements") or [])]
    return any(isinstance(each, dict) and each.get("focus_on_load") for each in held)


def _sums(blocks: list[Any], pointer: str, out: list[str]) -> None:
    markdown = sum(len(block["text"]) for block in blocks if block["type"] == "markdown")
    if markdown > _MOST_MARKDOWN:
        say(out, pointer, f"markdown blocks must be less than {_MOST_MARKDOWN + 1} characters in all")
    tables = [(place, block) for place, block in enumerate(blocks) if block["type"] == "table"]
    for place, _ in tables[1:]:
        say(out, f"{pointer}/{place}", ONE_TABLE)
    for place, table in tables:
        if sum(map(len, _content(table["rows"]))) > _MOST_CELLS:
            say(out, f"{pointer}/{place}/rows", f"cells must be less than {_MOST_CELLS + 1} characters in all")


def _check_for(surface: Surface) -> Check:
    return lambda value, pointer, out: _check_blocks(value, surface, pointer, out)


def _inputs_need_submit(value: dict[str, Any], pointer: str, out: list[str]) -> None:
    if "submit" not in value and any(block["type"] == "input" for block in value["blocks"]):
        say(out, pointer, "submit is required when an input block is within blocks")


_SHARED: dict[str, Check] = {
    "private_metadata": string(3000, 0),
    "callback_id": string(255, 0),
    "external_id": string(255, 0),
}

_view = by_type(
    {
        "modal": fields(
            {"type": one_of("modal"), "title": plain(24), "blocks": _check_for("modal")},
            {
                **_SHARED,
                "submit": plain(24),
                "close": plain(24),
                "clear_on_close": boolean,
                "notify_on_close": boolean,
                "submit_disabled": boolean,
            },
            _inputs_need_submit,
        ),
        "home": fields({"type": one_of("home"), "blocks": _check_for("home")}, _SHARED),
    }
)
