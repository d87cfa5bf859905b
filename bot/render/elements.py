"""What Slack's forms are made of: input blocks, text fields, options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.render import ids
from bot.render.text import cut

if TYPE_CHECKING:
    from bot.render.text import Block

TEXT: Final = 3_000
"""Characters of a text field."""
MOST_LABEL: Final = 75
"""Characters of an option."""


def field(
    block_id: str, label: str, element: Block, *, hint: str = "", dispatch: bool = False, optional: bool = True
) -> Block:
    """An input block."""
    block: Block = {
        "type": "input",
        "block_id": block_id,
        "label": plain_text(cut(label or "Input", 2000)),
        "element": element,
        "optional": optional,
    }
    if hint:
        block["hint"] = plain_text(cut(hint, 2000))
    if dispatch:
        block["dispatch_action"] = True
    return block


def text(value: str, *, multiline: bool = False) -> Block:
    """A text field."""
    element: Block = {"type": "plain_text_input", "action_id": ids.FORM_VALUE, "max_length": TEXT}
    if multiline:
        element["multiline"] = True
    return element | {"initial_value": value[:TEXT]} if value else element


def option(label: str, value: str) -> Block:
    """An option of a select, of checkboxes or of radio buttons."""
    return {"text": plain_text(cut(label.strip() or "(empty)", MOST_LABEL)), "value": value}


def plain_text(words: str) -> Block:
    """Plain text, with nothing in it read as an emoji."""
    return {"type": "plain_text", "text": words or " ", "emoji": False}
