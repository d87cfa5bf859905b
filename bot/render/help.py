"""Help, made from the one table of verbs."""

from __future__ import annotations

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


def _all(command: str) -> tuple[str, list[Block]]:
    lines = [f"`{command} {escape(one.usage)}`\n{escape(one.summary)}" for one in VERBS]
    half = (len(lines) + 1) // 2
    blocks = [
        section("*Threadbook runs your team's notebooks and tells this channel what they said.*"),
        section("\n".join(lines[:half])),
        section("\n".join(lines[half:])),
        context(f"More on one of them: `{command} help run`. The card's buttons do the rest."),
    ]
    return f"{command}: " + ", ".join(one.name for one in VERBS), blocks


def _one(known: Verb, command: str) -> tuple[str, list[Block]]:
    aliases = f" (also {', '.join(f'`{alias}`' for alias in known.aliases)})" if known.aliases else ""
    blocks = [section(f"*`{command} {escape(known.usage)}`*{aliases}\n{escape(known.summary)}")]
    if known.flags:
        blocks.append(section("\n".join(f"{_usage(flag)} {escape(flag.summary)}" for flag in known.flags)))
    if known.details:
        blocks.append(section("\n".join(f"• {escape(line)}" for line in known.details)))
    examples = "\n".join(f"`{command} {escape(line)}`" for line in known.examples)
    blocks.append(section(f"*For example*\n{examples}"))
    return f"{command} {known.usage}", blocks


def _usage(flag: Flag) -> str:
    return f"`{escape(f'{flag.name} {flag.takes}'.strip())}`" + (f" ({flag.platform.label})" if flag.platform else "")
