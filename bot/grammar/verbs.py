"""The verbs, from which help is made and by which lines are read."""

from __future__ import annotations

from bot.grammar import flags
from bot.grammar.flags import Flag
from bot.model import Frozen


class Verb(Frozen):
    """One verb.

    Attributes:
        name: As it is typed.
        aliases: Other words for it.
        usage: The line, without the slash command.
        summary: What it does, in one line.
        examples: Lines that work, without the slash command.
        flags: Its flags.
        details: More sentences for its own help.
        inputs: Whether name=value belongs to it.
    """

    name: str
    aliases: tuple[str, ...] = ()
    usage: str
    summary: str
    examples: tuple[str, ...]
    flags: tuple[Flag, ...] = ()
    details: tuple[str, ...] = ()
    inputs: bool = False


_DECLARED = (
    "Inputs are declared as name:type, with the type text, textarea, select=EU,US, multiselect=A,B, checkbox, date, "
    "date-range, slider=4..26/2 (lowest..highest/step) or file. Choices with spaces need quotes."
)
_PICKED = "For an owner or a channel type @ or # and pick from Slack's list."

VERBS: tuple[Verb, ...] = (
    Verb(
        name="run",
        usage="run <notebook> [name=value …] [--flag …]",
        summary="Run a notebook and tell its results in a thread here.",
        examples=(
            "run weekly-kpis region=EU",
            'run weekly-kpis team="Data science" since=month-start',
            "run datalore:ana/Kpi7x2 year=2026 --update-report",
            "run deepnote:0123456789abcdef0123456789abcdef --live",
        ),
        flags=flags.FLAGS,
        details=(
            "The notebook is a pasted web address, datalore:owner/id, deepnote:<id>, or a name of the catalogue.",
            "Quote a value with spaces. For several choices give the name several times: region=EU region=US.",
            "Dates may be typed as words (today, yesterday, month-start, -7d); a quoted value is left as it is.",
            "With nothing after it, a form opens.",
        ),
        inputs=True,
    ),
    Verb(
        name="status",
        usage="status [run]",
        summary="Show where a run stands.",
        examples=("status 142",),
        details=("In a run's thread no number is needed; without one it is the newest run of the channel.",),
    ),
    Verb(
        name="runs",
        usage="runs [--mine] [--failed] [notebook]",
        summary="List the runs under way and the latest ones.",
        examples=("runs", "runs --mine", "runs --failed weekly-kpis"),
        flags=(flags.MINE, flags.FAILED),
    ),
    Verb(
        name="rerun",
        usage="rerun [run] [name=value …]",
        summary="Run again, with other inputs where some are given.",
        examples=("rerun 142", "rerun 142 region=US"),
        flags=(flags.DM, flags.ANYWAY),
        details=(
            "Inputs that aren't named stay as they were, and so do the flags.",
            "In a run's thread no number is needed; without one it is the newest run of the channel.",
        ),
        inputs=True,
    ),
    Verb(
        name="untrack",
        aliases=("unfollow",),
        usage="untrack <run>",
        summary="Stop tracking a run. The run itself goes on.",
        examples=("untrack 142",),
        details=("Neither platform lets Threadbook stop a run: that is done in the notebook.",),
    ),
    Verb(
        name="track",
        aliases=("follow",),
        usage="track <notebook> [run id]",
        summary="Track a run that was started elsewhere.",
        examples=("track deepnote:0123456789abcdef0123456789abcdef",),
        details=("The run id is the platform's own; without it the newest run of the notebook is tracked.",),
    ),
    Verb(
        name="list",
        usage="list [words]",
        summary="List the notebooks of the catalogue.",
        examples=("list", "list kpis"),
    ),
    Verb(
        name="add",
        usage="add <name> <notebook> [name=value …] [--flag …]",
        summary="Give a notebook a name in the catalogue, with values to start from.",
        examples=(
            "add",
            "add weekly-kpis datalore:ana/Kpi7x2 region=EU",
            "add weekly-kpis datalore:ana/Kpi7x2 --input region:select=EU,US --input days:slider=1..28/1 region=EU",
            'add churn deepnote:0123456789abcdef0123456789abcdef --describe "Who left us, and why" --readonly',
        ),
        flags=flags.OF_ADD,
        details=(
            "Alone it lets you choose notebooks from a list.",
            "Names have letters, digits, dots, dashes and underscores.",
            "Words for dates are kept as words and read anew for each run.",
            _DECLARED,
            _PICKED,
            "Flags that say how to run fix it: nobody is asked, and nobody can run it otherwise.",
        ),
        inputs=True,
    ),
    Verb(
        name="edit",
        usage="edit <name> [<notebook>] [name=value …] [--flag …]",
        summary="Change a notebook of the catalogue. What isn't named stays as it was.",
        examples=(
            "edit weekly-kpis region=US",
            "edit weekly-kpis datalore:bea/Kpi9x4",
            "edit weekly-kpis --unset region,year --owner none",
            'edit weekly-kpis --input region:multiselect=EU,US,"South America" --channels all',
        ),
        flags=flags.OF_EDIT,
        details=(
            "A new link keeps the name, the values to start from and the history.",
            _DECLARED,
            _PICKED,
            'Taken away again: --owner none, --channels all, --describe "", --any-options, --many-at-a-time.',
            "Flags that say how to run take the place of those that were fixed before.",
        ),
        inputs=True,
    ),
    Verb(
        name="show",
        usage="show <name>",
        summary="Show a notebook of the catalogue: its address, inputs and latest run.",
        examples=("show weekly-kpis",),
    ),
    Verb(
        name="remove",
        usage="remove <name>",
        summary="Take a notebook out of the catalogue. The notebook itself stays.",
        examples=("remove weekly-kpis",),
    ),
    Verb(
        name="unfurl",
        usage="unfurl on|off",
        summary="Say whether notebooks' addresses unfurl in this channel.",
        examples=("unfurl on", "unfurl off"),
        details=("An address unfurls into the notebook's name, inputs and latest run, with a button to run it.",),
    ),
    Verb(
        name="help",
        usage="help [verb]",
        summary="Tell what can be typed.",
        examples=("help", "help run"),
    ),
)

_BY_WORD = {word: known for known in VERBS for word in (known.name, *known.aliases)}
RESERVED = frozenset(_BY_WORD)
"""Every word that is a verb."""

GUESSES = {
    "start": "run",
    "execute": "run",
    "retry": "rerun",
    "again": "rerun",
    "repeat": "rerun",
    "stop": "untrack",
    "cancel": "untrack",
    "kill": "untrack",
    "abort": "untrack",
    "watch": "track",
    "ls": "list",
    "catalog": "list",
    "catalogue": "list",
    "history": "runs",
    "save": "add",
    "change": "edit",
    "update": "edit",
    "set": "edit",
    "preview": "unfurl",
    "delete": "remove",
    "rm": "remove",
    "describe": "show",
    "info": "show",
    "?": "help",
}
"""Words that people try, and the verb that they probably mean: suggested, never done."""


def verb(word: str) -> Verb | None:
    """The verb of that name or alias, in any case."""
    return _BY_WORD.get(word.lower())
