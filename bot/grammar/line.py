"""A typed line, and the mistakes that point into it."""

from __future__ import annotations

import re
from typing import NamedTuple

from bot.errors import Mistake

DASH = re.compile(r"[\u2010-\u2015\u2212]")
"""Hyphens, dashes and the minus sign that phones and word processors put for `-` and `--`."""
EQUALS = "=\uff1d"
_LONGEST_HINT = 500
_SPACES = re.compile(r"\s+")


class Mention(NamedTuple):
    """A person or channel that Slack knew.

    Attributes:
        at: Its span in the typed line, sign and all.
        sign: `@` before a person, `#` before a channel.
        id: Slack's own.
    """

    at: tuple[int, int]
    sign: str
    id: str


class Line(NamedTuple):
    """What was typed after the slash command, that command's own name for hints, and whom Slack knew in it."""

    typed: str
    command: str = "/notebook"
    mentions: tuple[Mention, ...] = ()

    def instead(self, at: tuple[int, int], new: str) -> str:
        """The line with one span replaced, or left out with the space before it."""
        before, after = self.typed[: at[0]], self.typed[at[1] :]
        return f"{before}{new}{after}" if new else f"{before.rstrip()} {after.lstrip()}".strip()

    def mistake(self, text: str, at: tuple[int, int], hint: str = "") -> Mistake:
        """A Mistake at that span; `hint` is the line to type, without the slash command."""
        if len(hint) > _LONGEST_HINT:
            hint = "help"
        return Mistake(text, typed=self.typed, at=at, hint=f"{self.command} {hint}" if hint else "")


def shown(words: str) -> str:
    """Somebody's words inside a sentence of ours: quoted, on one line, and not too long."""
    words = _SPACES.sub(" ", words)
    return f"“{words if len(words) <= 40 else words[:39] + '…'}”"  # noqa: PLR2004 - what fits in a sentence


def comma(line: Line, at: tuple[int, int]) -> Mistake:
    """The Mistake for a comma between two inputs, which could as well be part of the value."""
    return line.mistake(
        "Inputs stand apart by spaces, without commas; quote a value that ends in one.",
        at,
        hint=f"{line.typed[: at[0]]}{line.typed[at[1] :]}",
    )
