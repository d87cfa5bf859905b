"""A typed line cut into words, inputs and flags."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from bot.grammar.line import DASH, EQUALS
from bot.grammar.lists import end_of_list
from bot.grammar.quotes import BARE_NAME, INSIDE_NAME, QUOTES, check_end, end_of_word, read_quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.grammar.line import Line

_BEFORE_VALUE = re.compile(rf"(?:\s*[{EQUALS}])?\s*")
_FLAG = re.compile(r"[-\u2010-\u2015\u2212]+([^\W\d_][^\s=\uff1d]*)")


class Kind(StrEnum):
    """What a word is to the grammar."""

    WORD = "word"
    INPUT = "input"
    FLAG = "flag"


class Word(NamedTuple):
    """One word of the line.

    Attributes:
        kind: What it is.
        at: Its span in the typed line, quotes and all; a flag's with its value.
        text: A word's text without quotes; an input's name; a flag's name without dashes in front, in lower case.
        value: An input's value; what belongs to a flag, quotes and all, or None where nothing does.
        quoted: The value of an input was quoted, or the whole word.
    """

    kind: Kind
    at: tuple[int, int]
    text: str
    value: str | None = None
    quoted: bool = False

    @property
    def value_at(self) -> tuple[int, int]:
        """The span of a flag's value."""
        return self.at[1] - len(self.value or ""), self.at[1]


def cut(line: Line, takes: Callable[[str], bool]) -> list[Word]:
    """The words of a line, in order.

    Args:
        line: What was typed.
        takes: Whether something follows the flag of that name.

    Raises:
        Mistake: A quote isn't closed, or something follows its end directly.
    """
    found: list[Word] = []
    at = 0
    while at < len(line.typed):
        if line.typed[at].isspace():
            at += 1
            continue
        flag = _FLAG.match(line.typed, at)
        found.append(_flag(line, flag, takes) if flag else _word(line, at))
        at = found[-1].at[1]
    return found


def _flag(line: Line, flag: re.Match[str], takes: Callable[[str], bool]) -> Word:
    text = line.typed
    name, (start, end) = DASH.sub("-", flag[1]).lower(), flag.span()
    if takes(name):
        return _flag_with_value(line, name, (start, end))
    if end == len(text) or text[end] not in EQUALS:
        return Word(Kind.FLAG, (start, end), name)
    until = _input(line, start, "", end + 1).at[1]
    return Word(Kind.FLAG, (start, until), name, text[end + 1 : until])


def _flag_with_value(line: Line, name: str, at: tuple[int, int]) -> Word:
    text, (start, end) = line.typed, at

    def goes_on(at: int) -> bool:
        return not _FLAG.match(text, at) and not _is_input(text, at)

    between = found[0] if (found := _BEFORE_VALUE.match(text, end)) else ""
    joined, begin = bool(between.strip()), end + len(between)
    if begin == len(text) or (between[-1:].isspace() and not goes_on(begin)):
        return Word(Kind.FLAG, (start, end + len(between.rstrip())), name, "" if joined else None)
    until = end_of_list(line, begin, goes_on)
    return Word(Kind.FLAG, (start, until), name, text[begin:until])


def _is_input(text: str, start: int) -> bool:
    bare = BARE_NAME.match(text, start)
    end = bare.end() if bare else start
    return end < len(text) and text[end] in EQUALS


def _word(line: Line, start: int) -> Word:
    text = line.typed
    if text[start] in QUOTES:
        said, end = read_quoted(line, start)
        if end < len(text) and text[end] in EQUALS:
            return _input(line, start, said, end + 1)
        check_end(line, start, said, end)
        name, equals, value = said.partition("=")
        if equals and INSIDE_NAME.fullmatch(name):
            return Word(Kind.INPUT, (start, end), name, value, quoted=True)
        return Word(Kind.WORD, (start, end), said, quoted=True)
    bare = BARE_NAME.match(text, start)
    end = bare.end() if bare else start
    if end < len(text) and text[end] in EQUALS:
        return _input(line, start, text[start:end], end + 1)
    end = end_of_word(text, start)
    return Word(Kind.WORD, (start, end), text[start:end])


def _input(line: Line, start: int, name: str, at: int) -> Word:
    text = line.typed
    if at < len(text) and text[at] in QUOTES:
        said, end = read_quoted(line, at)
        check_end(line, at, said, end)
        return Word(Kind.INPUT, (start, end), name, said, quoted=True)
    end = end_of_word(text, at)
    return Word(Kind.INPUT, (start, end), name, text[at:end])
