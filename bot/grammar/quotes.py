"""Quotes, as in a shell and as phones make them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.grammar.line import DASH, comma, shown

if TYPE_CHECKING:
    from bot.grammar.line import Line

_DOUBLE = '"“”„‟«»'
_SINGLE = "'\u2018\u2019\u201a\u201b\u2039\u203a"
QUOTES = _DOUBLE + _SINGLE
_ESCAPED = re.compile(rf"\\([\\{_DOUBLE}])")
_SPACE_OR_END = re.compile(r"\s|\Z")
_NAME = r"[^\s=\uff1d/:?&#@,;|<>()\[\]{}$%^*!~+\\`\"'\u2018-\u201f\u00ab\u00bb\u2039\u203a]"
BARE_NAME = re.compile(_NAME + "+")
"""An input's name that needs no quotes."""
INSIDE_NAME = re.compile(rf"{_NAME}+(?: +{_NAME}+)*")
"""An input's name at the beginning of `"name=value"`."""


def _closers(mark: str) -> str:
    return next(kind for kind in ('"', "“”„‟", "«»") if mark in kind)


def _ways(mark: str, ends: str) -> tuple[re.Pattern[str], ...]:
    """What may follow an opening mark: its own closing mark, else any of its family at the end of a word.

    A single mark closes only at the end of a word: inside it is an apostrophe.
    """
    if mark in _SINGLE:
        return (re.compile(rf"(.*?)[{_SINGLE}]{ends}", re.DOTALL),)
    own = re.compile(rf"((?:\\.|[^\\{_closers(mark)}])*)[{_closers(mark)}]", re.DOTALL)
    return own, re.compile(rf"((?:\\.|[^\\])*?)[{_DOUBLE}]{ends}", re.DOTALL)


_WAYS = {mark: _ways(mark, r"(?=[\s=\uff1d]|\Z)") for mark in QUOTES}
_WAYS_IN_LIST = {mark: _ways(mark, r"(?=[\s=\uff1d,:]|\Z)") for mark in QUOTES}


def opened(text: str, start: int, *, in_list: bool = False) -> tuple[str, int] | None:
    """What stands in the quotes that open at `start`, and where they end; None where they aren't closed.

    In a list a comma or a colon ends a word too.
    """
    mark = text[start]
    for way in (_WAYS_IN_LIST if in_list else _WAYS)[mark]:
        if found := way.match(text, start + 1):
            return (found[1] if mark in _SINGLE else _ESCAPED.sub(r"\1", found[1])), found.end()
    return None


def read_quoted(line: Line, start: int, *, in_list: bool = False) -> tuple[str, int]:
    """The same for a line, where quotes have to be closed."""
    if found := opened(line.typed, start, in_list=in_list):
        return found
    mark, rest = line.typed[start], line.typed[start + 1 :]
    closing = {"“": "”", "„": "“", "«": "»", "\u2018": "\u2019"}.get(mark, mark)
    raise line.mistake(
        f"The quote that opens before {shown(rest)} isn't closed." if rest else "This quote isn't closed.",
        (start, start + 1),
        hint=line.typed.rstrip() + closing,
    )


def check_end(line: Line, start: int, said: str, end: int) -> None:
    """Refuse what follows a closing quote directly."""
    after = end_of_word(line.typed, end)
    if after == end:
        return
    rest = line.typed[end:after]
    if rest == ",":
        raise comma(line, (end, after))
    raise line.mistake(
        f"{shown(rest)} follows the closing quote directly: put all of it inside the quotes, or a space between.",
        (end, after),
        hint=line.instead((start, after), quoted(said + rest)),
    )


def end_of_word(text: str, at: int) -> int:
    """Where the next space is, or the end."""
    found = _SPACE_OR_END.search(text, at)
    return found.start() if found else len(text)


def quoted(value: str) -> str:
    """The value in double quotes, as this grammar reads them."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def can_be_bare(name: str) -> bool:
    """Whether an input's name needs no quotes."""
    return BARE_NAME.fullmatch(name) is not None and not DASH.sub("-", name).startswith("-")
