"""The verbs that name a notebook: run, track, list, add, show, remove."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from bot.command import AddEntry, Address, ListCatalogue, OpenForm, RunNotebook, Track
from bot.grammar import flags, names
from bot.grammar.targets import is_address, read_name, read_target
from bot.grammar.verbs import RESERVED
from bot.grammar.words import shown

if TYPE_CHECKING:
    from bot.command import Target
    from bot.grammar.asked import Asked

_REMOTE_ID = re.compile(r"[\w.:-]{1,100}", re.ASCII)


def read_run(asked: Asked) -> RunNotebook | OpenForm:
    if not (asked.words or asked.inputs or asked.flags):
        return OpenForm(platform=asked.place.platform)
    options, dm = asked.options()
    if not asked.words:
        at = (asked.verb_at[1], asked.verb_at[1])
        raise asked.mistake("Which notebook?", at, asked.line.instead(at, " <notebook>"))
    target = read_target(asked, asked.words[0])
    _check_words(asked, target)
    inputs, literal = asked.values()
    platform = target.notebook.platform if isinstance(target, Address) else asked.place.platform
    if found := flags.clash(options, platform, inputs):
        at = next(word.at for word in asked.flags if flags.find(word.text) == found.flag)
        raise asked.mistake(found.text, at, asked.line.instead(at, ""))
    return RunNotebook(
        target=target, platform=asked.place.platform, inputs=inputs, literal=literal, options=options, dm=dm
    )


def _check_words(asked: Asked, target: Target) -> None:
    """One word names the notebook; several are most often its title: `run Weekly KPIs`."""
    words = asked.words
    at = (words[0].at[0], words[-1].at[1])
    beside = not any(at[0] < other.at[0] < at[1] for other in (*asked.inputs, *asked.flags))
    if len(words) > 1 and isinstance(target, str) and target.isalnum() and beside and ":" not in words[1].text:
        title = " ".join(word.text for word in words)
        raise asked.mistake(
            "A notebook's name has no spaces, and inputs are typed as name=value.",
            at,
            asked.line.instead(at, names.fixed_name(title)),
        )
    asked.only(1)


def read_track(asked: Asked) -> Track:
    asked.options()
    words = asked.only(2)
    if not words:
        raise asked.mistake("Which notebook's run?")
    target = read_target(asked, words[0])
    if len(words) > 1 and not _REMOTE_ID.fullmatch(words[1].text):
        raise asked.mistake(f"{shown(words[1].text)} is not the id of a run.", words[1].at)
    return Track(target=target, platform=asked.place.platform, remote_id=words[1].text if len(words) > 1 else "")


def read_list(asked: Asked) -> ListCatalogue:
    asked.options()
    words = sorted((*asked.words, *asked.inputs), key=lambda word: word.at)
    return ListCatalogue(search=" ".join(" ".join(asked.line.typed[slice(*word.at)] for word in words).split()))


def read_add(asked: Asked) -> AddEntry:
    asked.options()
    line, words = asked.line, asked.words
    spot = next((index for index, word in enumerate(words) if is_address(word.text, asked.place)), len(words))
    if spot == len(words):
        if not words:
            raise asked.mistake("A name and the address of a notebook belong here.")
        at = (words[0].at[1], words[-1].at[1])
        raise asked.mistake("The address of a notebook has to follow the name.", at, line.instead(at, " <notebook>"))
    link = words[spot]
    if spot == 0:
        swapped = len(words) > 1 and not is_address(words[1].text, asked.place)
        name = names.fixed_name(words[1].text, RESERVED) if swapped else "<name>"
        at = (link.at[0], (words[1] if swapped else link).at[1])
        hint = line.instead(at, f"{name} {link.text}")
        raise asked.mistake("A name for this notebook has to come before its address.", at, hint)
    at = (words[0].at[0], words[spot - 1].at[1])
    name = names.folded(" ".join(word.text for word in words[:spot]))
    if fault := names.name_fault(name, RESERVED):
        raise asked.mistake(fault, at, line.instead(at, names.fixed_name(name, RESERVED)))
    target = cast("Address", read_target(asked, link))  # which is_address saw already
    asked.only(2)
    defaults, literal = asked.values()
    return AddEntry(name=name, target=target, defaults=defaults, literal=literal)


def read_entry(asked: Asked) -> str:
    asked.options()
    words = asked.words
    if not words:
        raise asked.mistake("Which notebook? “list” shows their names.")
    if len(words) > 1 and not asked.inputs:
        at = (words[0].at[0], words[-1].at[1])
        title = names.fixed_name(" ".join(word.text for word in words))
        raise asked.mistake("A notebook's name has no spaces.", at, asked.line.instead(at, title))
    return read_name(asked, asked.only(1)[0])
