"""Why a notebook failed: the place, the exception, and the end of its traceback."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.render.text import Block, clean, code, cut, plain, section, tail

if TYPE_CHECKING:
    from bot.model import Failure

MOST_TRACEBACK: Final = 1_800
"""Characters of its end."""
MOST_LINES: Final = 28


def where(failure: Failure) -> str:
    """`block 4 “Load orders”`, as far as it is known: named by its first line's comment, a heading, or that line."""
    comment = failure.line.lstrip("#% ") if failure.line.startswith("#") else ""
    name = plain(comment, 80) or plain(failure.title, 80) or plain(failure.line, 80)
    if failure.block is None:
        return ""
    return f"block {failure.block}" + (f" “{name}”" if name else "")


def failed(failure: Failure) -> list[Block]:
    place = where(failure)
    blocks = [section(f"❌ *{plain(failure.name) or 'Error'}*{' in ' + place if place else ''}")]
    trace = clean(failure.traceback).strip("\n")
    if trace.strip():
        lines = trace.split("\n")
        end = "\n".join(["…", *lines[-MOST_LINES:]]) if len(lines) > MOST_LINES else trace
        blocks.append(code(tail(end, MOST_TRACEBACK)))
    elif failure.message.strip():
        blocks.append(code(cut(clean(failure.message), MOST_TRACEBACK)))
    return blocks
