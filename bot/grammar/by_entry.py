"""The verbs that change or show the catalogue: add, edit, show, remove."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, cast

from bot.command import AddEntry, Address, EditEntry, EntryDetails, OpenAdding
from bot.grammar import flags, names
from bot.grammar.declared import read_spec
from bot.grammar.given import Given, read_ids, read_text
from bot.grammar.line import shown
from bot.grammar.lists import inside, items
from bot.grammar.targets import is_address, read_name, read_target, title_has_no_spaces
from bot.grammar.verbs import RESERVED

if TYPE_CHECKING:
    from bot.grammar.asked import Asked
    from bot.grammar.words import Word
    from bot.model import Inputs, InputSpec, Options

LONGEST_DESCRIPTION = 300
"""Characters."""


def read_add(asked: Asked) -> AddEntry | OpenAdding:
    given = asked.given()
    if not (asked.words or asked.inputs or asked.flags):
        return OpenAdding()
    line, words = asked.line, asked.words
    spot = _link(asked)
    if spot is None:
        if not words:
            raise asked.mistake("A name and the address of a notebook belong here.")
        at = (words[0].at[1], words[-1].at[1])
        raise asked.mistake("The address of a notebook has to follow the name.", at, line.instead(at, " <notebook>"))
    name, at = _name(asked, spot)
    if fault := names.name_fault(name, RESERVED):
        raise asked.mistake(fault, at, line.instead(at, names.fixed_name(name, RESERVED)))
    target = cast("Address", read_target(asked, words[spot]))  # which is_address saw already
    asked.only(2)
    defaults, literal = asked.values()
    details = _details(asked, given, target, defaults)
    return AddEntry(name=name, target=target, defaults=defaults, literal=literal, details=details)


def read_edit(asked: Asked) -> EditEntry:
    given = asked.given()
    words, spot = asked.words, _link(asked)
    if not words:
        raise asked.mistake("Which notebook? “list” shows their names.")
    if spot is None:
        title_has_no_spaces(asked)
    else:
        title, at = _name(asked, spot)
        if spot > 1:
            fixed = asked.line.instead(at, names.fixed_name(title))
            raise asked.mistake("A notebook's name has no spaces.", at, fixed)
    name = read_name(asked, asked.only(1 if spot is None else 2)[0])
    target = None if spot is None else cast("Address", read_target(asked, words[spot]))
    defaults, literal = asked.values()
    details = _details(asked, given, target, defaults)
    unset = _unset(asked, given, {*defaults, *(spec.name for spec in details.specs)})
    if target is None and not defaults and not unset and details == EntryDetails():
        raise asked.mistake("What should change?", (words[0].at[1], words[0].at[1]))
    return EditEntry(name=name, target=target, defaults=defaults, literal=literal, unset=unset, details=details)


def read_entry(asked: Asked) -> str:
    asked.given()
    if not asked.words:
        raise asked.mistake("Which notebook? “list” shows their names.")
    title_has_no_spaces(asked)
    return read_name(asked, asked.only(1)[0])


def _link(asked: Asked) -> int | None:
    """Which of the words is the address."""
    return next((spot for spot, word in enumerate(asked.words) if is_address(word.text, asked.place)), None)


def _name(asked: Asked, spot: int) -> tuple[str, tuple[int, int]]:
    """The name that stands before the address, folded, and its span."""
    line, words = asked.line, asked.words
    link = words[spot]
    if spot == 0:
        swapped = len(words) > 1 and not is_address(words[1].text, asked.place)
        name = names.fixed_name(words[1].text, RESERVED) if swapped else "<name>"
        at = (link.at[0], (words[1] if swapped else link).at[1])
        hint = line.instead(at, f"{name} {link.text}")
        raise asked.mistake("A name for this notebook has to come before its address.", at, hint)
    at = (words[0].at[0], words[spot - 1].at[1])
    return names.folded(" ".join(word.text for word in words[:spot])), at


def _details(asked: Asked, given: Given, target: Address | None, defaults: Inputs) -> EntryDetails:
    specs = _specs(asked, given.all(flags.INPUT))
    describe, owner, channels = given.one(flags.DESCRIBE), given.one(flags.OWNER), given.all(flags.CHANNELS)
    return EntryDetails(
        specs=specs,
        describe=None if describe is None else _describe(asked, describe),
        owner=None if owner is None else _owner(asked, owner),
        channels=_channels(asked, channels) if channels else None,
        fixed=_fixed(given, target, {*defaults, *(spec.name for spec in specs)}),
        any_options=given.has(flags.ANY_OPTIONS),
        one_at_a_time=given.either(flags.ONE_AT_A_TIME, flags.MANY_AT_A_TIME),
        when_changed=given.either(flags.WHEN_CHANGED, flags.ALWAYS),
    )


def _specs(asked: Asked, words: list[Word]) -> tuple[InputSpec, ...]:
    found: dict[str, InputSpec] = {}
    for word in words:
        spec = read_spec(asked, word)
        if spec.name in found:
            without = asked.line.instead(word.at, "")
            raise asked.mistake(f"The input {shown(spec.name)} is declared twice.", word.at, without)
        found[spec.name] = spec
    return tuple(found.values())


def _describe(asked: Asked, word: Word) -> str:
    text = " ".join(read_text(asked, word).split())
    if len(text) > LONGEST_DESCRIPTION:
        raise asked.mistake(
            f"A description has at most {LONGEST_DESCRIPTION} characters; this one has {len(text)}.",
            word.value_at,
            asked.line.instead(word.value_at, flags.DESCRIBE.takes),
        )
    return text


def _owner(asked: Asked, word: Word) -> str:
    if _is(word, "none"):
        return ""
    first, *more = read_ids(asked, word, "@")
    if more:
        raise asked.mistake(
            "A notebook has one owner.", word.value_at, asked.line.instead(word.value_at, flags.OWNER.takes)
        )
    return first


def _channels(asked: Asked, words: list[Word]) -> tuple[str, ...]:
    everywhere = [word for word in words if _is(word, "all")]
    if everywhere and len(words) > 1:
        raise asked.mistake("All channels, or these?", everywhere[0].at, asked.line.instead(everywhere[0].at, ""))
    ids = [] if everywhere else [channel for word in words for channel in read_ids(asked, word, "#")]
    return tuple(dict.fromkeys(ids))


def _is(word: Word, said: str) -> bool:
    raw = word.value or ""
    return (inside(raw) or raw).strip().lower() == said


def _fixed(given: Given, target: Address | None, inputs: set[str]) -> Options | None:
    fixing = [known for known, _ in given.flagged if known.option]
    if not fixing:
        return None
    given.either(flags.ANY_OPTIONS, fixing[0])
    return given.options(target.notebook.platform if target else None, inputs)


def _unset(asked: Asked, given: Given, kept: set[str]) -> frozenset[str]:
    found: set[str] = set()
    for word in given.all(flags.UNSET):
        for item in items(word.value or ""):
            name = unicodedata.normalize("NFC", item).strip()
            if not name:
                usage = asked.line.instead(word.value_at, flags.UNSET.takes)
                raise asked.mistake("An input's name is missing here.", word.value_at, usage)
            if name in kept:
                said = f"{shown(name)} is both given and dropped."
                raise asked.mistake(said, word.at, asked.line.instead(word.at, ""))
            found.add(name)
    return frozenset(found)
