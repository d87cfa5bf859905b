"""What follows a flag: a text or a list, found in the line and read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.grammar.line import EQUALS
from bot.grammar.quotes import QUOTES, can_be_bare, opened, quoted, read_quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.grammar.line import Line

_BEFORE_QUOTE = f":,{EQUALS}"
_LIST_SIGNS = "#<"
_SPACES = re.compile(r"\s*")


def end_of_list(line: Line, start: int, goes_on: Callable[[int], bool]) -> int:
    """Where a value ends that begins at `start`: at a space that stands neither in quotes nor beside a comma.

    Channels need no comma between them: Slack's own list puts a space there. A name that Slack put in is one piece.

    What `goes_on` tells: whether that which begins there can belong to a list, and is no flag or input.
    """
    text, at = line.typed, start
    mentions = {mention.at[0]: mention.at[1] for mention in line.mentions}
    while at < len(text):
        if at in mentions:
            at = mentions[at]
        elif text[at] in QUOTES and (at == start or text[at - 1] in _BEFORE_QUOTE or text[at - 1].isspace()):
            at = read_quoted(line, at, in_list=True)[1]
        elif text[at].isspace():
            after = _after_spaces(text, at)
            if after == len(text) or not _joined(text, start, at, after) or not goes_on(after):
                break
            at = after
        else:
            at += 1
    return at


def _joined(text: str, start: int, before: int, after: int) -> bool:
    comma = text[before - 1] == "," or text[after] == ","
    return comma or (text[start] in _LIST_SIGNS and text[after] == text[start])


def inside(raw: str) -> str | None:
    """What the quotes around all of `raw` hold; None where there are none."""
    found = opened(raw, 0, in_list=True) if raw and raw[0] in QUOTES else None
    return found[0] if found and found[1] == len(raw) else None


def items(raw: str) -> list[str]:
    """The items of a list: apart by commas, each quoted or not, and the whole list may be quoted too.

    Nothing between two commas is an item as well: "".
    """
    whole = inside(raw)
    text = raw if whole is None else whole
    found: list[str] = []
    at = 0
    while True:
        at = _after_spaces(text, at)
        said, end = (opened(text, at, in_list=True) if at < len(text) and text[at] in QUOTES else None) or ("", at)
        stop = text.find(",", end)
        stop = len(text) if stop < 0 else stop
        found.append(said + text[end:stop].rstrip())
        if stop == len(text):
            return found
        at = stop + 1


def _after_spaces(text: str, at: int) -> int:
    found = _SPACES.match(text, at)
    return found.end() if found else at


def listed(names: Iterable[str]) -> str:
    """A list written back, as `items` reads it."""
    written = [name if can_be_bare(name) else quoted(name) for name in names]
    # One quoted item alone would be read as a quoted list.
    return quoted(written[0]) if len(written) == 1 and written[0][0] in QUOTES else ",".join(written)
