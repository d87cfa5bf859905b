"""What a cell's code says of itself: its first comment, its mark, and the variable that it shows."""

from __future__ import annotations

import re
from typing import Final

from bot.outputs.text import plain

MARK: Final = "threadbook:headline"
"""The tag, or the first line's comment, of the cell whose output is the notebook's answer."""
MARKED: Final = re.compile(rf"(?:#|--|//)[\s#%]*{MARK}\b[\s:]*(.*)", re.IGNORECASE)
COMMENT: Final = re.compile(r"(?:#|--)(?!!)[\s#%-]*(.*)")
SHOWN: Final = re.compile(r"(?:display\()?([A-Za-z_]\w*)(?:\.(?:head|tail|style|sample|to_markdown)\b[^;]*)?\)?;?\s*$")


def first_line(source: str) -> str:
    """The first line of code that isn't empty, and no mark of ours."""
    return next((one for one in _lines(source) if not MARKED.match(one)), "")


def comment(source: str) -> str:
    """The comment with which a block of code begins, if it does: its author's name for it."""
    lines = _lines(source)
    if lines and (marked := MARKED.match(lines[0])) is not None and marked[1]:
        return plain(marked[1])[:150]
    found = COMMENT.match(first_line(source))
    return plain(found[1]).strip()[:150] if found else ""


def variable(source: str) -> str:
    """The variable whose value a cell shows, where its last line is only that; else nothing."""
    last = next(reversed(_lines(source)), "")
    found = SHOWN.fullmatch(last)
    return found[1][:80] if found else ""


def is_marked(source: str) -> bool:
    """Whether the first line says that this cell holds the answer."""
    return any(MARKED.match(one) for one in _lines(source)[:1])


def _lines(source: str) -> list[str]:
    return [one.strip() for one in source[:100_000].splitlines() if one.strip()]
