"""A typed line cut into words, inputs and flags, with quotes as in a shell and as phones make them."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple

from bot.errors import Mistake

DASH = re.compile(r"[\u2010-\u2015\u2212]")
"""Hyphens, dashes and the minus sign that phones and word processors put for `-` and `--`."""
EQUALS = "=\uff1d"
_LONGEST_HINT = 500
_SPACE_OR_END = re.compile(r"\s|\Z")
_SPACES = re.compile(r"\s+")
_FLAG = re.compile(r"[-\u2010-\u2015\u2212]+([^\W\d_][^\s=\uff1d]*)")
_NAME = r"[^\s=\uff1d/:?&#@,;|<>()\[\]{}$%^*!~+\\`\"'\u2018-\u201f\u00ab\u00bb\u2039\u203a]"
_BARE_NAME = re.compile(_NAME + "+")
_INSIDE_NAME = re.compile(rf"{_NAME}+(?: +{_NAME}+)*")

_DOUBLE = '"“”„‟«»'
_SINGLE = "'\u2018\u2019\u201a\u201b\u2039\u203a"
QUOTES = _DOUBLE + _SINGLE
_ESCAPED = re.compile(rf"\\([\\{_DOUBLE}])")
_ENDS = r"(?=[\s=\uff1d]|\Z)"


def _closers(mark: str) -> str:
    return next(kind for kind in ('"', "“”„‟", "«»") if mark in kind)


def _ways(mark: str) -> tuple[re.Pattern[str], ...]:
    """What may follow an opening mark: its own closing mark, else any of its family at the end of a word.

    A single mark closes only at the end of a word: inside it is an apostrophe.
    """
    if mark in _SINGLE:
        return (re.compile(rf"(.*?)[{_SINGLE}]{_ENDS}", re.DOTALL),)
    own = re.compile(rf"((?:\\.|[^\\{_closers(mark)}])*)[{_closers(mark)}]", re.DOTALL)
    return own, re.compile(rf"((?:\\.|[^\\])*?)[{_DOUBLE}]{_ENDS}", re.DOTALL)


_WAYS = {mark: _ways(mark) for mark in QUOTES}


class Line(NamedTuple):
    """What was typed after the slash command, and that command's own name for hints."""

    typed: str
    command: str = "/notebook"

    def instead(self, at: tuple[int, int], new: str) -> str:
        """The line with one span replaced, or left out with the space before it."""
        before, after = self.typed[: at[0]], self.typed[at[1] :]
        return f"{before}{new}{after}" if new else f"{before.rstrip()} {after.lstrip()}".strip()

    def mistake(self, text: str, at: tuple[int, int], hint: str = "") -> Mistake:
        """A Mistake at that span; `hint` is the line to type, without the slash command."""
        if len(hint) > _LONGEST_HINT:
            hint = "help"
        return Mistake(text, typed=self.typed, at=at, hint=f"{self.command} {hint}" if hint else "")


class Kind(StrEnum):
    """What a word is to the grammar."""

    WORD = "word"
    INPUT = "input"
    FLAG = "flag"


class Word(NamedTuple):
    """One word of the line.

    Attributes:
        kind: What it is.
        at: Its span in the typed line, quotes and all.
        text: A word's text without quotes; an input's name; a flag's name without dashes in front, in lower case.
        value: An input's value; a flag's value after `=`, else None.
        quoted: The value of an input or flag was quoted, or the whole word.
    """

    kind: Kind
    at: tuple[int, int]
    text: str
    value: str | None = None
    quoted: bool = False


def cut(line: Line) -> list[Word]:
    """The words of a line, in order.

    Raises:
        Mistake: A quote isn't closed, or something follows its end directly.
    """
    found: list[Word] = []
    at = 0
    while at < len(line.typed):
        if line.typed[at].isspace():
            at += 1
            continue
        found.append(_word(line, at))
        at = found[-1].at[1]
    return found


def can_be_bare(name: str) -> bool:
    """Whether an input's name needs no quotes."""
    return _BARE_NAME.fullmatch(name) is not None and not DASH.sub("-", name).startswith("-")


def shown(words: str) -> str:
    """Somebody's words inside a sentence of ours: quoted, on one line, and not too long."""
    words = _SPACES.sub(" ", words)
    return f"“{words if len(words) <= 40 else words[:39] + '…'}”"  # noqa: PLR2004 - what fits in a sentence


def quoted(value: str) -> str:
    """The value in double quotes, as this grammar reads them."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _word(line: Line, start: int) -> Word:
    text = line.typed
    if text[start] in QUOTES:
        said, end = _quoted(line, start)
        if end < len(text) and text[end] in EQUALS:
            return _input(line, start, said, end + 1)
        _check_end(line, start, said, end)
        name, equals, value = said.partition("=")
        if equals and _INSIDE_NAME.fullmatch(name):
            return Word(Kind.INPUT, (start, end), name, value, quoted=True)
        return Word(Kind.WORD, (start, end), said, quoted=True)
    if flag := _FLAG.match(text, start):
        name, end = DASH.sub("-", flag[1]).lower(), flag.end()
        if end == len(text) or text[end] not in EQUALS:
            return Word(Kind.FLAG, (start, end), name)
        value, end, is_quoted = _value(line, end + 1)
        return Word(Kind.FLAG, (start, end), name, value, is_quoted)
    bare = _BARE_NAME.match(text, start)
    end = bare.end() if bare else start
    if end < len(text) and text[end] in EQUALS:
        return _input(line, start, text[start:end], end + 1)
    end = _end_of_word(text, start)
    return Word(Kind.WORD, (start, end), text[start:end])


def _input(line: Line, start: int, name: str, at: int) -> Word:
    value, end, is_quoted = _value(line, at)
    return Word(Kind.INPUT, (start, end), name, value, is_quoted)


def _value(line: Line, at: int) -> tuple[str, int, bool]:
    text = line.typed
    if at < len(text) and text[at] in QUOTES:
        said, end = _quoted(line, at)
        _check_end(line, at, said, end)
        return said, end, True
    end = _end_of_word(text, at)
    return text[at:end], end, False


def _end_of_word(text: str, at: int) -> int:
    found = _SPACE_OR_END.search(text, at)
    return found.start() if found else len(text)


def _quoted(line: Line, start: int) -> tuple[str, int]:
    mark = line.typed[start]
    for way in _WAYS[mark]:
        if found := way.match(line.typed, start + 1):
            said = found[1] if mark in _SINGLE else _ESCAPED.sub(r"\1", found[1])
            return said, found.end()
    rest = line.typed[start + 1 :]
    closing = {"“": "”", "„": "“", "«": "»", "\u2018": "\u2019"}.get(mark, mark)
    raise line.mistake(
        f"The quote that opens before {shown(rest)} isn't closed." if rest else "This quote isn't closed.",
        (start, start + 1),
        hint=line.typed.rstrip() + closing,
    )


def _check_end(line: Line, start: int, said: str, end: int) -> None:
    after = _end_of_word(line.typed, end)
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


def comma(line: Line, at: tuple[int, int]) -> Mistake:
    """The Mistake for a comma between two inputs, which could as well be part of the value."""
    return line.mistake(
        "Inputs stand apart by spaces, without commas; quote a value that ends in one.",
        at,
        hint=f"{line.typed[: at[0]]}{line.typed[at[1] :]}",
    )
