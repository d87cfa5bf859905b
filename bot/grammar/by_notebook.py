"""The verbs that name a notebook: run, track, list."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.command import Address, ListCatalogue, OpenForm, RunNotebook, Track
from bot.grammar import flags, names
from bot.grammar.line import shown
from bot.grammar.targets import read_target

if TYPE_CHECKING:
    from bot.command import Target
    from bot.grammar.asked import Asked

_REMOTE_ID = re.compile(r"[\w.:-]{1,100}", re.ASCII)


def read_run(asked: Asked) -> RunNotebook | OpenForm:
    if not (asked.words or asked.inputs or asked.flags):
        return OpenForm(platform=asked.place.platform)
    given = asked.given()
    if not asked.words:
        at = (asked.verb_at[1], asked.verb_at[1])
        raise asked.mistake("Which notebook?", at, asked.line.instead(at, " <notebook>"))
    target = read_target(asked, asked.words[0])
    _check_words(asked, target)
    inputs, literal = asked.values()
    return RunNotebook(
        target=target,
        platform=asked.place.platform,
        inputs=inputs,
        literal=literal,
        options=given.options(target.notebook.platform if isinstance(target, Address) else None, inputs),
        dm=given.has(flags.DM),
        anyway=given.has(flags.ANYWAY),
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
    asked.given()
    words = asked.only(2)
    if not words:
        raise asked.mistake("Which notebook's run?")
    target = read_target(asked, words[0])
    if len(words) > 1 and not _REMOTE_ID.fullmatch(words[1].text):
        raise asked.mistake(f"{shown(words[1].text)} is not the id of a run.", words[1].at)
    return Track(target=target, platform=asked.place.platform, remote_id=words[1].text if len(words) > 1 else "")


def read_list(asked: Asked) -> ListCatalogue:
    asked.given()
    words = sorted((*asked.words, *asked.inputs), key=lambda word: word.at)
    return ListCatalogue(search=" ".join(" ".join(asked.line.typed[slice(*word.at)] for word in words).split()))
