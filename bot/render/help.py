"""Help, made from the one table of verbs."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from bot.grammar import VERBS, verb
from bot.render.text import Block, context, escape, section

if TYPE_CHECKING:
    from bot.grammar import Flag, Verb


def help_for(word: str, command: str) -> tuple[str, list[Block]]:
    """Help on one verb, or on all where `word` is empty or unknown.

    Args:
        word: A verb or an alias.
        command: The slash command that people type before it.
    """
    known = verb(word) if word else None
    return _all(command) if known is None else _one(known, command)


@cache  # three commands; escaping their words again would be a tenth of what answering `help` costs
def _all(command: str) -> tuple[str, list[Block]]:
    lines = [f"`{one.name}`  {escape(one.summary)}" for one in VERBS]
    blocks = [
        section("*Threadbook runs your team's notebooks and tells the thread what they said.*"),
        section(f"For example `{command} {escape(VERBS[0].examples[0])}`"),
        section("\n".join(lines)),
        context(f"What a word takes: `{command} help run`. The buttons on a run's card do the rest."),
    ]
    return f"{command}: " + ", ".join(one.name for one in VERBS), blocks


def _one(known: Verb, command: str) -> tuple[str, list[Block]]:
    aliases = f" (also {', '.join(f'`{alias}`' for alias in known.aliases)})" if known.aliases else ""
    blocks = [section(f"`{command} {escape(known.usage)}`{aliases}\n{escape(known.summary)}")]
    if known.examples:
        lines = [f"`{command} {escape(line)}`" for line in known.examples]
        blocks.append(section("\n".join(["*For example*", *lines])))
    if known.flags:
        lines = [f"{_usage(flag)} {escape(flag.summary)}" for flag in known.flags]
        blocks.append(section("\n".join(["*Flags*", *lines])))
    if known.details:
        blocks.append(context("\n".join(f"• {escape(line)}" for line in known.details)))
    return escape(f"{command} {known.usage}"), blocks


def _usage(flag: Flag) -> str:
    usage = escape(f"{flag.name} {flag.takes}".strip())
    return f"`{usage}`" + (f" on {flag.platform.label}:" if flag.platform else "")
