"""The flags of a line, and what follows them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from bot.grammar import flags, names
from bot.grammar.line import shown
from bot.grammar.lists import inside, items
from bot.grammar.quotes import QUOTES, can_be_bare, check_end, opened
from bot.model import Options

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.grammar.asked import Asked
    from bot.grammar.flags import Flag
    from bot.grammar.words import Word
    from bot.model import Platform

_A_NAME = re.compile(rf"[^\s,{QUOTES}]+")


class Given(NamedTuple):
    """The flags, in the line's order."""

    asked: Asked
    flagged: tuple[tuple[Flag, Word], ...]

    def has(self, flag: Flag) -> bool:
        """Whether it is given."""
        return any(known == flag for known, _ in self.flagged)

    def all(self, flag: Flag) -> list[Word]:
        """Every such flag, for one that may be given again."""
        return [word for known, word in self.flagged if known == flag]

    def one(self, flag: Flag) -> Word | None:
        """The only such flag.

        Raises:
            Mistake: It is given twice.
        """
        found = self.all(flag)
        if len(found) > 1:
            raise self.asked.mistake(f"{flag.name} is given twice.", *_left_out(self.asked, found[1]))
        return found[0] if found else None

    def either(self, one: Flag, other: Flag) -> bool | None:
        """Whether the one or the other of two that exclude one another; None where neither is given.

        Raises:
            Mistake: Both are.
        """
        if self.has(one) and self.has(other):
            last = max(self.all(one)[0], self.all(other)[0], key=lambda word: word.at)
            raise self.asked.mistake(f"{one.name} and {other.name} exclude one another.", *_left_out(self.asked, last))
        return True if self.has(one) else False if self.has(other) else None

    def options(self, platform: Platform | None, inputs: Collection[str]) -> Options:
        """How to run, on that platform, or else the line's own, with inputs of these names.

        Raises:
            Mistake: That can't be had.
        """
        asked = self.asked
        said = {known.option: True for known, _ in self.flagged if known.option and not known.takes}
        blocks = _blocks(asked, self.all(flags.BLOCKS))
        options = Options(**(said | {"live": True} if blocks else said), blocks=blocks)
        if found := flags.clash(options, platform or asked.place.platform, inputs):
            at = self.all(found.flag)[0].at
            raise asked.mistake(found.text, at, asked.line.instead(at, ""))
        return options


def read_flags(asked: Asked) -> Given:
    """Find what the line's flags are.

    Raises:
        Mistake: An unknown flag, one of another verb, a value where none belongs, or none where one does.
    """
    return Given(asked, tuple((_known(asked, word), word) for word in asked.flags))


def _left_out(asked: Asked, word: Word) -> tuple[tuple[int, int], str]:
    return word.at, asked.line.instead(word.at, "")


def _known(asked: Asked, word: Word) -> Flag:
    known, line = flags.find(word.text), asked.line
    if known is None:
        meant = names.suggest(f"--{word.text}", [each.name for each in asked.verb.flags])
        said = f"There is no flag {shown('--' + word.text)}."
        if meant is None:
            raise asked.mistake(said, *_left_out(asked, word))
        raise asked.mistake(f"{said} Did you mean {meant}?", word.at, line.instead(word.at, meant))
    if known not in asked.verb.flags:
        said = f"“{asked.verb.name}” takes no {known.name}."
        if asked.verb.name == "rerun" and known.option:
            said = f"A rerun keeps the flags of its run; to choose {known.name}, use “run”."
        raise asked.mistake(said, *_left_out(asked, word))
    if not known.takes and word.value is not None:
        raise asked.mistake(f"{known.name} stands alone, without a value.", word.at, line.instead(word.at, known.name))
    if known.takes and not word.value:
        usage = line.instead(word.at, f"{known.name} {_taken(asked, known, word)}")
        raise asked.mistake(f"{known.name} needs {_NEEDS[known.name]}.", word.at, usage)
    return known


_NEEDS = {
    flags.BLOCKS.name: "the ids of blocks, with commas between them",
    flags.INPUT.name: "an input's name and type, as in region:text",
    flags.UNSET.name: "the names of inputs, with commas between them",
    flags.DESCRIBE.name: "a sentence in quotes",
    flags.OWNER.name: "a person",
    flags.CHANNELS.name: "channels, with commas between them",
}


def _taken(asked: Asked, known: Flag, word: Word) -> str:
    """What to type after a flag that lacks it; for `--input region=EU` that is known in part."""
    between = asked.line.typed[word.at[1] :]
    at = word.at[1] + len(between) - len(between.lstrip())
    default = next((each.text for each in asked.inputs if each.at[0] == at), "")
    return f"{default}:<type>" if known == flags.INPUT and can_be_bare(default) else known.takes


def _blocks(asked: Asked, words: list[Word]) -> tuple[str, ...]:
    found: list[str] = []
    for word in words:
        ids = [block for item in items(word.value or "") for block in item.split()]
        if not ids:
            usage = asked.line.instead(word.at, f"{flags.BLOCKS.name} {flags.BLOCKS.takes}")
            raise asked.mistake(f"{flags.BLOCKS.name} needs {_NEEDS[flags.BLOCKS.name]}.", word.at, usage)
        for block in ids:
            if block in found:
                raise asked.mistake(f"The block {shown(block)} is named twice.", word.at)
            found.append(block)
    return tuple(found)


def read_text(asked: Asked, word: Word) -> str:
    """A flag's text, without its quotes.

    Raises:
        Mistake: Something follows the closing quote, or more words follow that should stand in quotes.
    """
    raw, (start, _) = word.value or "", word.value_at
    whole = inside(raw)
    if whole is None and raw[0] in QUOTES and (found := opened(asked.line.typed, start, in_list=True)):
        check_end(asked.line, start, *found)
    return raw if whole is None else whole


def read_ids(asked: Asked, word: Word, sign: str) -> list[str]:
    """The ids of the people (sign `@`) or channels (`#`) that a flag names, in order.

    Raises:
        Mistake: A name that Slack didn't know, or one of the other kind.
    """
    line, (start, end) = asked.line, word.value_at
    kind = "person" if sign == "@" else "channel"
    found: list[str] = []
    at = start
    for mention in (mention for mention in line.mentions if start <= mention.at[0] < end):
        _check_known(asked, (at, mention.at[0]), sign, kind)
        at = mention.at[1]
        if mention.sign != sign:
            typed = shown(line.typed[slice(*mention.at)])
            raise asked.mistake(
                f"{typed} is a {'channel' if sign == '@' else 'person'}, not a {kind}.",
                mention.at,
                line.instead(mention.at, f"{sign}<{kind}>"),
            )
        if mention.id not in found:
            found.append(mention.id)
    _check_known(asked, (at, end), sign, kind)
    if not found:
        raise asked.mistake(f"This names no {kind}.", word.at, line.instead(word.value_at, f"{sign}<{kind}>"))
    return found


def _check_known(asked: Asked, at: tuple[int, int], sign: str, kind: str) -> None:
    """Between the names that Slack put in there is nothing but commas, spaces and quotes."""
    if plain := _A_NAME.search(asked.line.typed, *at):
        raise asked.mistake(
            f"Slack doesn't know {shown(plain[0])} as a {kind}: type {sign} and pick the {kind} from Slack's list.",
            plain.span(),
            asked.line.instead(plain.span(), f"{sign}<{kind}>"),
        )
