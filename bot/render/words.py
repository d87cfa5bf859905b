"""Outputs of words as blocks: sentences, code, Markdown, JSON; cut at a line's end where they are too long."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from bot.render.markdown import rich_text
from bot.render.text import Block, clean, code, head
from bot.render.wide import narrowed

if TYPE_CHECKING:
    from bot.model import Output

MOST_SENTENCES: Final = 3
"""Lines; more of them are a log."""
MADE_FOR_CODE: Final = re.compile(r"\S[ ]{2,}\S|\t|^[ ]|^[\[({<'\"|+>$%#-]|[\\{}]|\w\(|^\w+:\S+:")
MOST_SAID: Final = 2_800
"""Characters of one output."""
MOST_LINES: Final = 40
SCALAR: Final = re.compile(r"(?:np|numpy)\.(?:float|int|uint|bool|str)\w*\((?:'([^']*)'|([^()']*))\)")
MOST_SCALAR: Final = 400
MOST_LINE: Final = 60
"""Characters of JSON that stay in one line."""
MOST_JSON: Final = 100_000
"""Characters of JSON that is read to be written out in lines; more of it is shown as it is."""
LEAST_SAID: Final = 200
"""Fewer say nothing."""


class Worded(NamedTuple):
    """A block, and whether the whole output is in it."""

    block: Block
    whole: bool


def worded(kind: str, text: str, most: int = MOST_SAID) -> Worded | None:
    """The block of an output's words within so many characters; None where they say nothing.

    Args:
        kind: The output's.
        text: Its words, or enough of them, from `text_of`.
        most: Characters.
    """
    lines = text.split("\n")
    whole = "\n".join(lines[:MOST_LINES]) + ("\n…" if len(lines) > MOST_LINES else "")
    words, narrow = head(whole, most), False
    if kind == "markdown":
        block = rich_text(words)
    elif kind == "data":
        block = code(words) if words.strip() else None
    else:
        words, narrow = narrowed(words)
        block = prose(words) or (code(words) if words.strip() else None)
    if block is None:
        return None
    return Worded(block, len(text) <= most and len(lines) <= MOST_LINES and not narrow)


def text_of(output: Output, most: int = 4 * MOST_SAID) -> str:
    """The words of an output, at most so many characters; JSON in lines, as people read it."""
    if output.kind != "data":
        return clean(bare(output.text[:most])).strip("\n")
    return clean(in_lines(output.data)[: max(most, 0)]).strip("\n")


def bare(text: str) -> str:
    """A value without the type that NumPy writes around it: `np.int64(545)` is `545`."""
    found = SCALAR.fullmatch(text.strip()) if len(text) <= MOST_SCALAR else None
    return text if found is None else found[1] or found[2] or ""


def in_lines(data: str) -> str:
    """JSON written out in lines, small things in one; what is no JSON, or too much of it, as it is."""
    if len(data) > MOST_JSON:
        return data
    try:
        return _written(json.loads(data), "")
    except (ValueError, RecursionError):
        return data


def _written(value: object, indent: str) -> str:
    short = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or not value or len(short) + len(indent) <= MOST_LINE:
        return short
    deeper = indent + "  "
    if isinstance(value, dict):
        inner = [f"{json.dumps(key, ensure_ascii=False)}: {_written(one, deeper)}" for key, one in value.items()]
    else:
        inner = [_written(one, deeper) for one in value]
    begin, end = "{}" if isinstance(value, dict) else "[]"
    return f"{begin}\n{deeper}" + f",\n{deeper}".join(inner) + f"\n{indent}{end}"


def prose(words: str) -> Block | None:
    """A sentence or a few, as plain text; None for what is made for a fixed width: tables, logs, values of code."""
    lines = words.split("\n")
    if len(lines) > MOST_SENTENCES or any(MADE_FOR_CODE.search(line) for line in lines) or not words.strip():
        return None
    element = {"type": "rich_text_section", "elements": [{"type": "text", "text": words}]}
    return {"type": "rich_text", "elements": [element]}
