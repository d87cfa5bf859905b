"""Commands written back as the line that somebody would type, and mistakes pointed at."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from bot.command import AddEntry, Address, Rerun, RunNotebook
from bot.grammar.flags import BLOCKS, DM, FLAGS, LIVE
from bot.grammar.words import EQUALS, QUOTES, can_be_bare, quoted

if TYPE_CHECKING:
    from bot.command import Target
    from bot.errors import Mistake
    from bot.model import Inputs, InputValue, Options

_WIDTH = 70
_BEFORE = 30


def written(command: RunNotebook | Rerun | AddEntry) -> str:
    """The line, without the slash command; parsed again it gives the same command.

    Two things can't be typed: a checkbox's value is written as `true` or `false`, and no choice at all as `""`.
    """
    match command:
        case RunNotebook():
            parts = ["run", _target(command.target), *_flags(command.options), *([DM.name] if command.dm else [])]
            inputs = command.inputs
        case Rerun():
            number = [] if command.run is None else [str(command.run)]
            parts, inputs = ["rerun", *number, *([DM.name] if command.dm else [])], command.inputs
        case AddEntry():
            parts, inputs = ["add", command.name, _target(command.target)], command.defaults
    return " ".join((*parts, *_inputs(inputs, command.literal)))


def _target(target: Target) -> str:
    if isinstance(target, Address):
        return target.url or str(target.notebook)
    return target


def _flags(options: Options) -> list[str]:
    said = []
    for known in FLAGS:
        if known == BLOCKS and options.blocks:
            said += [known.name, ",".join(options.blocks)]
        elif known.option and getattr(options, known.option) and not (known == LIVE and options.blocks):
            said.append(known.name)
    return said


def _inputs(inputs: Inputs, literal: frozenset[str]) -> list[str]:
    return [
        f"{name if can_be_bare(name) else quoted(name)}={_value(value, as_is=name in literal)}"
        for name, given in inputs.items()
        for value in _values(given)
    ]


def _values(given: InputValue) -> tuple[str, ...]:
    if isinstance(given, bool):
        return ("true" if given else "false",)
    return (given,) if isinstance(given, str) else given or ("",)


def _value(value: str, *, as_is: bool) -> str:
    needs = as_is or not value or value[0] in QUOTES + EQUALS or value[-1] == "," or any(map(str.isspace, value))
    return quoted(value) if needs else value


def pointed(mistake: Mistake) -> str:
    """What was typed, cut around the wrong spot, and below it a line of carets: for a code block.

    Empty where nothing was typed. Each line has at most some 70 columns; wide characters count as two.
    """
    if not mistake.typed:
        return ""
    typed = "".join(" " if mark.isspace() else mark for mark in mistake.typed)
    start = max(0, min(mistake.at[0], len(typed)))
    end = max(start, min(mistake.at[1], len(typed)))
    left = 0 if _columns(typed[:start]) <= _BEFORE else start - _fitting(typed[:start][::-1], _BEFORE)
    right = left + _fitting(typed[left:], _WIDTH)
    before = ("…" if left else "") + typed[left:start]
    after = typed[start:right] + ("…" if right < len(typed) else "")
    carets = max(1, _columns(typed[start : min(end, right)]))
    return f"{before}{after}\n{' ' * _columns(before)}{'^' * carets}"


def _fitting(text: str, width: int) -> int:
    """How many characters fit into so many columns."""
    for count, mark in enumerate(text):
        width -= _columns(mark)
        if width < 0:
            return count
    return len(text)


def _columns(text: str) -> int:
    return sum(_column(mark) for mark in text)


def _column(mark: str) -> int:
    if unicodedata.category(mark) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(mark) in {"W", "F"} else 1
