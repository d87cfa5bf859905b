"""Notebooks as they are named in a line: an address, an id or a name of the catalogue."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot import links
from bot.errors import Mistake
from bot.grammar import names
from bot.grammar.line import shown

if TYPE_CHECKING:
    from bot.command import Target
    from bot.grammar.asked import Asked, Place
    from bot.grammar.words import Word

RUN_NUMBER = re.compile(r"#?(\d+)[.,!?]?")
"""A run's number as people type it, in the first group."""


def is_address(word: str, place: Place) -> bool:
    """Whether a word is meant as the address of a notebook, be it one that can be run or not."""
    try:
        return links.read(word, place.hosts, place.platform) is not None
    except Mistake:
        return "/" in word.strip("/") or word.lower().startswith(("datalore:", "deepnote:"))


def read_target(asked: Asked, word: Word) -> Target:
    """The address, or the folded name, that a word holds."""
    line, place = asked.line, asked.place
    try:
        address = links.read(word.text, place.hosts, place.platform)
    except Mistake as wrong:
        raise line.mistake(wrong.text, word.at, hint=line.instead(word.at, wrong.hint) if wrong.hint else "") from None
    if address is None:
        return read_name(asked, word)
    there = address.notebook.platform
    if place.platform not in {None, there}:
        elsewhere = line._replace(command=f"/{there.value}")
        hint = line.typed if asked.verb_at[0] != asked.verb_at[1] else f"run {line.typed}"
        raise elsewhere.mistake(f"This notebook is on {there.label}.", word.at, hint=hint)
    return address


def read_name(asked: Asked, word: Word) -> str:
    """A name of the catalogue, folded."""
    name = names.folded(word.text)
    if number := RUN_NUMBER.fullmatch(name):
        meant = "rerun" if asked.verb.name == "run" else "status"
        hint = f"{meant} {number[1]}"
        if meant == "rerun":
            hint = asked.line.instead((asked.verb_at[0], word.at[1]), hint)
        raise asked.mistake(f"{shown(word.text)} is the number of a run, not a notebook.", word.at, hint)
    if fault := names.name_fault(name):
        fixed = names.fixed_name(name) if any(map(str.isalnum, name)) else "<name>"
        raise asked.mistake(fault, word.at, asked.line.instead(word.at, fixed))
    return name


def title_has_no_spaces(asked: Asked) -> None:
    """One word names the notebook; several are most often its title: `show Weekly KPIs`.

    Raises:
        Mistake: There are several, one beside the other.
    """
    words = asked.words
    at = (words[0].at[0], words[-1].at[1]) if words else asked.verb_at
    beside = not any(at[0] < other.at[0] < at[1] for other in (*asked.inputs, *asked.flags))
    stray = asked.inputs and not asked.verb.inputs
    if len(words) > 1 and beside and not stray and not any(is_address(word.text, asked.place) for word in words):
        title = names.fixed_name(" ".join(word.text for word in words))
        raise asked.mistake("A notebook's name has no spaces.", at, asked.line.instead(at, title))
