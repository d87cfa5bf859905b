"""Commands written back as the line that somebody would type, and mistakes pointed at."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from bot.command import AddEntry, Address, EditEntry, Rerun, RunNotebook
from bot.grammar import flags
from bot.grammar.declared import written_spec
from bot.grammar.line import EQUALS
from bot.grammar.lists import listed
from bot.grammar.quotes import QUOTES, can_be_bare, quoted

if TYPE_CHECKING:
    from bot.command import EntryDetails, Target
    from bot.errors import Mistake
    from bot.model import Inputs, InputValue, Options

_WIDTH = 70
_BEFORE = 30


def written(command: RunNotebook | Rerun | AddEntry | EditEntry) -> str:
    """The line, without the slash command; parsed again it gives the same command.

    A few things can't be typed: a checkbox's value is written as `true` or `false`, and no choice at all as `""`;
    a form's own channel, an input's label, and options that are fixed to their defaults are left out.
    """
    match command:
        case RunNotebook():
            parts, inputs = ["run", _target(command.target), *_options(command.options)], command.inputs
        case Rerun():
            parts, inputs = ["rerun", *([] if command.run is None else [str(command.run)])], command.inputs
        case AddEntry():
            parts, inputs = ["add", command.name, _target(command.target)], command.defaults
        case EditEntry():
            parts, inputs = ["edit", command.name], command.defaults
            parts += [_target(command.target)] if command.target else []
            parts += [flags.UNSET.name, listed(sorted(command.unset))] if command.unset else []
    if isinstance(command, RunNotebook | Rerun):
        parts += [flags.DM.name] * command.dm + [flags.ANYWAY.name] * command.anyway
    else:
        parts += _details(command.details, editing=isinstance(command, EditEntry))
    return " ".join((*parts, *_inputs(inputs, command.literal)))


def _details(details: EntryDetails, *, editing: bool) -> list[str]:
    said = [part for spec in details.specs for part in (flags.INPUT.name, written_spec(spec))]
    if details.describe is not None:
        said += [flags.DESCRIBE.name, quoted(details.describe)]
    if details.owner is not None:
        said += [flags.OWNER.name, f"<@{details.owner}>" if details.owner else "none"]
    if details.channels is not None:
        said += [flags.CHANNELS.name, ",".join(f"<#{channel}>" for channel in details.channels) or "all"]
    if details.one_at_a_time:
        said.append(flags.ONE_AT_A_TIME.name)
    elif editing and details.one_at_a_time is not None:
        said.append(flags.MANY_AT_A_TIME.name)
    if details.when_changed:
        said.append(flags.WHEN_CHANGED.name)
    elif editing and details.when_changed is not None:
        said.append(flags.ALWAYS.name)
    said += [flags.ANY_OPTIONS.name] * details.any_options
    return said + _options(details.fixed) if details.fixed else said


def _target(target: Target) -> str:
    if isinstance(target, Address):
        return target.url or str(target.notebook)
    return target


def _options(options: Options) -> list[str]:
    said = []
    for known in flags.OPTIONS:
        if known == flags.BLOCKS and options.blocks:
            said += [known.name, ",".join(options.blocks)]
        elif getattr(options, known.option) and not (known == flags.LIVE and options.blocks):
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
