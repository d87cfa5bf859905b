"""The verbs that name a run: status, runs, rerun, untrack."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.command import ListRuns, Rerun, ShowStatus, Untrack
from bot.grammar import flags
from bot.grammar.line import shown
from bot.grammar.targets import RUN_NUMBER, read_target, title_has_no_spaces

if TYPE_CHECKING:
    from bot.grammar.asked import Asked

HIGHEST_RUN = 2**31 - 1


def _number(asked: Asked) -> int | None:
    """The run's number: `142`, `#142` or `run 142`; the thread's where none is given."""
    if len(asked.words) > 1 and asked.words[0].text.lower() == "run":
        asked = asked._replace(words=asked.words[1:])
    words = asked.only(1)
    if not words:
        return asked.place.run
    word = words[0]
    found = RUN_NUMBER.fullmatch(word.text)
    hint = f"{asked.verb.name} 142"
    if found is None and re.fullmatch(r"[#-]*\d+", word.text):
        raise asked.mistake("The numbers of runs begin at 1.", word.at, hint)
    if found is None:
        said = f"{shown(word.text)} is not the number of a run: that stands on its card."
        as_run = asked.verb.name == "rerun"
        raise asked.mistake(said, word.at, asked.line.instead(asked.verb_at, "run") if as_run else hint)
    digits = found[1].lstrip("0")
    if not digits or len(digits) > len(str(HIGHEST_RUN)) or not 1 <= int(digits) <= HIGHEST_RUN:
        raise asked.mistake(f"There is no run {shown(found[1])}.", word.at, hint)
    return int(digits)


def read_status(asked: Asked) -> ShowStatus:
    asked.given()
    return ShowStatus(run=_number(asked))


def read_runs(asked: Asked) -> ListRuns:
    given = asked.given()
    title_has_no_spaces(asked)
    words = asked.only(1)
    return ListRuns(
        platform=asked.place.platform,
        mine=given.has(flags.MINE),
        failed=given.has(flags.FAILED),
        target=read_target(asked, words[0]) if words else None,
    )


def read_rerun(asked: Asked) -> Rerun:
    given = asked.given()
    number = _number(asked)
    inputs, literal = asked.values()
    return Rerun(run=number, inputs=inputs, literal=literal, dm=given.has(flags.DM), anyway=given.has(flags.ANYWAY))


def read_untrack(asked: Asked) -> Untrack:
    asked.given()
    number = _number(asked)
    if number is None:
        raise asked.mistake("Which run? “runs” lists them.")
    return Untrack(run=number)
