"""A line sorted into its verb, words, inputs and flags, with the mistakes that any verb can hold."""

from __future__ import annotations

import itertools
import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from bot.grammar import flags
from bot.grammar.given import Given, read_flags
from bot.grammar.line import EQUALS, comma, shown
from bot.grammar.quotes import can_be_bare, quoted
from bot.grammar.targets import is_address
from bot.grammar.words import Kind, Word

if TYPE_CHECKING:
    from bot.errors import Mistake
    from bot.grammar.line import Line
    from bot.grammar.verbs import Verb
    from bot.links import Hosts
    from bot.model import Inputs, Platform

_COLON_PAIR = re.compile(r"([\w.-]+):([^/\s].*)", re.DOTALL)


class Place(NamedTuple):
    """From where a line came: the platform of its slash command, the hosts, and the thread's run."""

    platform: Platform | None
    hosts: Hosts
    run: int | None


class Asked(NamedTuple):
    """A sorted line."""

    line: Line
    place: Place
    verb: Verb
    verb_at: tuple[int, int]
    words: list[Word]
    inputs: list[Word]
    flags: list[Word]

    def mistake(self, text: str, at: tuple[int, int] | None = None, hint: str = "") -> Mistake:
        """A Mistake at that span, else where something is missing after the verb; the hint's default is the usage."""
        return self.line.mistake(text, at or (self.verb_at[1], self.verb_at[1]), hint or self.verb.usage)

    def only(self, count: int) -> list[Word]:
        """The words, if there are no more than `count` of them.

        Raises:
            Mistake: There are more, or inputs that this verb doesn't take.
        """
        stray = [*self.words[count:], *(() if self.verb.inputs else self.inputs)]
        if not stray:
            return self.words
        extra = min(stray, key=lambda word: word.at)
        typed = self.line.typed[slice(*extra.at)]
        if not self.verb.inputs:
            without = self.line.instead(extra.at, "")
            raise self.mistake(f"“{self.verb.name}” takes no {shown(typed)}.", extra.at, without)
        pair = _COLON_PAIR.fullmatch(typed)
        hint = f"{pair[1]}={pair[2]}" if pair else f"<name>={typed}" if any(map(str.isalnum, typed)) else ""
        raise self.mistake(
            f"{shown(typed)} is neither name=value nor a flag.", extra.at, self.line.instead(extra.at, hint)
        )

    def values(self) -> tuple[Inputs, frozenset[str]]:
        """The inputs, and the names among them whose value was quoted; a name given again gathers a tuple."""
        found: dict[str, list[str]] = {}
        literal: set[str] = set()
        for word in self.inputs:
            name = self._name(word)
            found.setdefault(name, []).append(word.value or "")
            if word.quoted:
                literal.add(name)
        inputs: Inputs = {name: given[0] if len(given) == 1 else tuple(given) for name, given in found.items()}
        return inputs, frozenset(literal)

    def _name(self, word: Word) -> str:
        name, value = unicodedata.normalize("NFC", word.text).strip(), word.value or ""
        if not name:
            raise self.mistake("This input has no name: there is nothing before “=”.", word.at)
        if word.quoted:
            return name
        start, end = word.at
        if not value:
            raise self.mistake(
                f'{shown(name + "=")} has no value. For an empty one type "" after it.',
                word.at,
                self.line.instead((end, end), "<value>"),
            )
        if value[0] in "=\uff1d":
            fixed = self.line.typed[start : end - len(value)] + value.lstrip("=\uff1d")
            raise self.mistake("One “=” is enough.", word.at, self.line.instead(word.at, fixed))
        if value.endswith(","):
            raise comma(self.line, (end - 1, end))
        return name

    def given(self) -> Given:
        """The flags.

        Raises:
            Mistake: An unknown flag, one of another verb, a value where none belongs, or none where one does.
        """
        return read_flags(self)


def sort(line: Line, place: Place, verb: Verb, verb_at: tuple[int, int], rest: list[Word]) -> Asked:
    """Sort what follows the verb.

    Raises:
        Mistake: Spaces around `=`, or a bare word right after an input: most often a value that lacks its quotes.
    """
    asked = Asked(line, place, verb, verb_at, [], [], [])
    before: Word | None = None
    queue = rest[::-1]
    while queue:
        word = queue.pop()
        _check_spaces(asked, before, word, queue[-1] if queue else None)
        if word.kind is Kind.FLAG:
            asked.flags.append(word)
        elif word.kind is Kind.INPUT:
            asked.inputs.append(word)
        elif verb.inputs and before is not None and before.kind is Kind.INPUT:
            raise _unquoted(line, before, word)
        elif before is not None and _spills(asked, before, word):
            raise _unquoted_text(line, before, rest)
        else:
            asked.words.append(word)
        before = word
    return asked


def _check_spaces(asked: Asked, before: Word | None, word: Word, after: Word | None) -> None:
    """`region = EU` could mean several things; show the one that is probably meant."""
    if word.kind is not Kind.INPUT or (word.text and (word.value or word.quoted)):
        return
    line = asked.line
    spare = len(asked.words) > {"run": 1, "edit": 1, "add": 2}.get(asked.verb.name, 0)  # the others name no input
    left = before if not word.text and spare and before and before.kind is Kind.WORD else None
    right = after if not word.value and not word.quoted and after and after.kind is Kind.WORD else None
    name = (left or word).text
    typed = line.typed[slice(*(right or word).at)]
    value = typed if right else typed.partition(typed[0])[2] if not word.text and typed[0] in EQUALS else ""
    if not name:
        fixed = line.instead(word.at, f"<name>={value}") if value else ""
        raise asked.mistake("This input has no name: there is nothing before “=”.", word.at, fixed)
    if value:
        at = ((left or word).at[0], (right or word).at[1])
        joined = f"{name if can_be_bare(name) else quoted(name)}={value}"
        raise line.mistake("Leave no spaces around “=”.", at, hint=line.instead(at, joined))


def _unquoted(line: Line, before: Word, word: Word) -> Mistake:
    at = (before.at[0], word.at[1])
    name = before.text if can_be_bare(before.text) else quoted(before.text)
    hint = line.instead(at, f"{name}={quoted(f'{before.value} {word.text}')}")
    return line.mistake(f"{shown(word.text)} stands alone. A value with spaces needs quotes.", word.at, hint=hint)


def _spills(asked: Asked, flag: Word, word: Word) -> bool:
    """Whether a word right after a flag's text belongs to that text, since the notebook's name stands before it."""
    spoken = flag.kind is Kind.FLAG and flags.find(flag.text) in {flags.DESCRIBE, flags.INPUT}
    return spoken and bool(asked.words) and not is_address(word.text, asked.place)


def _unquoted_text(line: Line, flag: Word, rest: list[Word]) -> Mistake:
    """The text goes on up to the next flag or input."""
    following = (word for word in rest if word.at[0] >= flag.at[1])
    first, *more = itertools.takewhile(lambda word: word.kind is Kind.WORD, following)
    at = (flag.value_at[0], (more or [first])[-1].at[1])
    hint = line.instead(at, quoted(line.typed[slice(*at)]))
    return line.mistake(f"{shown(first.text)} stands alone. A text with spaces needs quotes.", first.at, hint=hint)
