"""Typed words read into a Command: the one way in for slash commands and mentions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import links
from bot.command import Command, Help, RemoveEntry, SetUnfurl, ShowEntry
from bot.errors import Mistake
from bot.grammar import by_entry, by_notebook, by_run, flags, names
from bot.grammar.asked import Asked, Place, sort
from bot.grammar.decode import read
from bot.grammar.line import Line, shown
from bot.grammar.targets import RUN_NUMBER, is_address
from bot.grammar.verbs import GUESSES, RESERVED, VERBS, verb
from bot.grammar.words import Kind, Word, cut

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.grammar.decode import Decoded
    from bot.model import Platform

LONGEST = 8_000
"""Characters of a line, as Slack sends them."""


def parse(
    text: str,
    *,
    platform: Platform | None = None,
    hosts: links.Hosts = links.OURS,
    run: int | None = None,
    command: str = "/notebook",
) -> Command:
    """Read what somebody typed.

    Args:
        text: What Slack sends after the slash command, or `without_mention`, in Slack's markup.
        platform: The slash command's own (/datalore, /deepnote).
        hosts: Whose addresses can be run.
        run: The number of the thread's run, for verbs that are given none.
        command: What was typed before `text`, for hints: `/notebook`, or `@Threadbook` for a mention.

    Raises:
        Mistake: It can't be understood; nothing else is raised, whatever the text.
    """
    if len(text) > LONGEST:
        raise Mistake(f"This is too long to read: {len(text)} characters, and {LONGEST} are the most.")
    line = _line(read(text), command)
    words = cut(line, flags.takes)
    if not words:
        return Help()
    place = Place(platform, hosts, run)
    first = words[0]
    known = verb(first.text.strip("/:,.!")) if first.kind is Kind.WORD else None
    if helped := next((word for word in words if word.kind is Kind.FLAG and word.text in {"help", "h"}), None):
        return Help(verb=known.name if known and helped is not first else "")
    if known is None:
        if first.kind is not Kind.WORD or not is_address(first.text, place):
            raise _no_verb(line, place, first)
        known, start = VERBS[0], first.at[0]
        return by_notebook.read_run(sort(line, place, known, (start, start), words))
    return _READ[known.name](sort(line, place, known, first.at, words[1:]))


def _line(decoded: Decoded, command: str) -> Line:
    """What follows the slash command where that was pasted along with the line."""
    head, *tail = decoded.typed.split(maxsplit=1) or [""]
    if head.lower() not in {command.lower(), "/notebook"}:
        return Line(decoded.typed, command, decoded.mentions)
    typed = "".join(tail)
    ahead = len(decoded.typed) - len(typed)
    moved = [mention._replace(at=(mention.at[0] - ahead, mention.at[1] - ahead)) for mention in decoded.mentions]
    return Line(typed, command, tuple(mention for mention in moved if mention.at[0] >= 0))


def _no_verb(line: Line, place: Place, first: Word) -> Mistake:
    typed = line.typed[slice(*first.at)]
    before = (first.at[0], first.at[0])
    if first.kind is not Kind.WORD:
        verbs = "rerun " if place.run is not None else "run <notebook> "
        return line.mistake("Say first what to do.", first.at, hint=line.instead(before, verbs))
    if RUN_NUMBER.fullmatch(first.text):
        return line.mistake(
            f"Say what to do with run {first.text.lstrip('#')}.", first.at, hint=line.instead(before, "status ")
        )
    guess = GUESSES.get(first.text.lower())
    meant = guess or names.suggest(first.text, RESERVED)
    if meant is None:
        return line.mistake(
            f"{shown(typed)} is nothing that Threadbook can do. To run a notebook, begin with “run”.",
            first.at,
            hint=line.instead(before, "run "),
        )
    said = f"There is no {shown(typed)}. Did you mean “{meant}”?"
    if guess == "untrack":
        said = "Neither platform lets Threadbook stop a run. “untrack” stops tracking it; the run goes on."
    return line.mistake(said, first.at, hint=line.instead(first.at, meant))


def _help(asked: Asked) -> Command:
    if not asked.words:
        return Help()
    word = asked.words[0]
    if known := verb(word.text):
        return Help(verb=known.name)
    meant = GUESSES.get(word.text.lower()) or names.suggest(word.text, RESERVED)
    said = f"There is no {shown(word.text)}." + (f" Did you mean “{meant}”?" if meant else "")
    raise asked.mistake(said, word.at, f"help {meant}" if meant else "help")


def _unfurl(asked: Asked) -> SetUnfurl:
    asked.given()
    words = asked.only(1)
    said = words[0].text.lower() if words else ""
    if said not in {"on", "off"}:
        raise asked.mistake("Say “on” or “off”.", words[0].at if words else None, "unfurl on")
    return SetUnfurl(on=said == "on")


_READ: dict[str, Callable[[Asked], Command]] = {
    "run": by_notebook.read_run,
    "status": by_run.read_status,
    "runs": by_run.read_runs,
    "rerun": by_run.read_rerun,
    "untrack": by_run.read_untrack,
    "track": by_notebook.read_track,
    "list": by_notebook.read_list,
    "add": by_entry.read_add,
    "edit": by_entry.read_edit,
    "show": lambda asked: ShowEntry(name=by_entry.read_entry(asked)),
    "remove": lambda asked: RemoveEntry(name=by_entry.read_entry(asked)),
    "unfurl": _unfurl,
    "help": _help,
}
