"""Key numbers: blocks that show one, lines that name one, tables that are little else, and the notebook's answer."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from bot.model import Figure
from bot.outputs.numbers import NUMBER, counted, number
from bot.outputs.source import variable
from bot.outputs.text import joined, line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.model import Output, Table
    from bot.outputs.part import Part

MOST_FIGURE: Final = 80
MOST_SENTENCE: Final = 200
NAME: Final = r"(?P<name>[^\W\d_][\w .,&/()'\u2019#€$%-]{0,58}?)"
UNIT: Final = r"(?P<unit>\s?[^\W\d_]{1,12}\.?)?"
NAMED: Final = re.compile(rf"(?:[-*•]\s+)?\**{NAME}\**\s*(?:[:=]|→|->)\s*\**(?P<text>{NUMBER}{UNIT})\**[.;]?")
"""`revenue: 1.31M`, `orders = 24,310`, `• rows: 12 kg`."""
ANSWER: Final = re.compile(rf"{NAME}\s*(?::|=|\bis\b|\bwas\b|\s)\s*(?P<text>{NUMBER})(?P<rest>\s*\(.*\))?[.!]?")
"""`revenue 1.31M (+9 % against last week)`."""
BARE: Final = re.compile(r"-?\d{1,15}(?:\.\d+)?")
SCALAR: Final = re.compile(r"(?:np|numpy)\.\w+\((.*)\)|Decimal\('(.*)'\)", re.DOTALL)
MARKS: Final = re.compile(r"^#{1,6}\s+|\*\*|__|`")
NOISE: Final = re.compile(
    r"\b(?:elapsed|took|time|duration|runtime|seconds|memory|wall|cpu|seed|pid|port|epoch|step|iteration|batch|eta|loss"
    r"|debug|info|warning|error|year|version|id|random state)\b",
    re.IGNORECASE,
)
"""What differs from run to run and says nothing about the data."""


def figure(data: Mapping[str, Any], named: str) -> tuple[Figure, str] | None:
    """A key number's block: the figure, and its words with what it is compared with.

    Args:
        data: The output's forms; the number is JSON in the plain text, most often quoted as Python quotes it.
        named: The block's own title, used where the output has none.
    """
    told = _unquoted(joined(data.get("text/plain")))
    raw = line(_said(told.get("value")), MOST_FIGURE)
    if not raw:
        return None
    text = _tidy(raw)
    name = line(joined(told.get("title")) or named)
    compared = _tidy(line(_said(told.get("comparisonValue")), MOST_FIGURE))
    against = line(joined(told.get("comparisonTitle")))
    words = f"{name}: {text}" if name else text
    if compared or against:
        words += f" ({against}: {compared})" if compared and against else f" ({against or compared})"
    return Figure(name=name, text=text, value=number(raw)), words


def _tidy(text: str) -> str:
    """A bare number of Python's, as the block shows it to people: `1500000.0` is `1,500,000`."""
    if not BARE.fullmatch(text):
        return text
    value = float(text)
    if "." not in text or value == int(value):
        return f"{int(value):,}"
    return f"{value:,.2f}" if abs(value) >= 1 else f"{value:.4g}"


def _unquoted(text: str) -> Mapping[str, Any]:
    """A mapping from JSON, or from a Python string that holds JSON."""
    text = text.strip()
    if len(text) > 10 * MOST_FIGURE * 10:
        return {}
    for _ in range(2):
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            try:
                value = ast.literal_eval(text)
            except (ValueError, SyntaxError, RecursionError, MemoryError):
                return {}
        if isinstance(value, Mapping):
            return value
        if not isinstance(value, str):
            return {}
        text = value
    return {}


def _said(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return ""
    return str(value)[:MOST_SENTENCE] if isinstance(value, str | int | float) else ""


def answer(part: Part, said: Sequence[Output]) -> Figure | None:
    """What a cell that is marked as the answer says: the first number, table of one cell, or line that it has."""
    for one in said:
        if one.figure is not None:
            return one.figure
        if one.table is not None and (only := _only(one.table)) is not None:
            return only
    words = [one.text for one in said if one.kind in ("text", "markdown") and one.text.strip()]
    if not words:
        return None
    last = [text for text in words[-1].splitlines() if text.strip()][-1]
    return _sentence(last, part)


def _only(table: Table) -> Figure | None:
    """A table of one value."""
    if len(table.rows) != 1 or len(table.columns) - table.labels != 1:
        return None
    text = line(table.rows[0][-1], MOST_FIGURE)
    label = line(table.rows[0][0]) if table.labels and not table.rows[0][0].isdigit() else ""
    return Figure(name=line(table.columns[-1].name) or label, text=text, value=number(text)) if text else None


def _sentence(text: str, part: Part) -> Figure | None:
    text = line(MARKS.sub("", text.strip()), 10 * MOST_SENTENCE)
    if (wrapped := SCALAR.fullmatch(text)) is not None:
        text = wrapped[1] or wrapped[2] or ""
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        text = text[1:-1]
    if not text:
        return None
    if (value := number(text)) is not None:
        return Figure(name=variable(part.source), text=text, value=value)
    found = NAMED.fullmatch(text) or ANSWER.fullmatch(text)
    if found is not None and found["name"].strip().count(" ") < 6:  # noqa: PLR2004, more words are a sentence
        name = found["name"].strip(" ,-")
        words = f"{found['text'].strip()} {(found.groupdict().get('rest') or '').strip()}".strip()
        return Figure(name=name, text=words[:MOST_SENTENCE], value=counted(found))
    return Figure(text=text if len(text) <= MOST_SENTENCE else f"{text[: MOST_SENTENCE - 1]}…")


def named_in(text: str) -> list[Figure]:
    """The key numbers that a short text names, a line each; none where it is a log, in which names come again."""
    lines = [one.strip() for one in text.splitlines() if one.strip()]
    if len(lines) > MOST_LINES:
        return []
    found = [match for one in lines if len(one) <= MOST_LINE and (match := NAMED.fullmatch(one)) is not None]
    names = [match["name"].strip(" ,-").casefold() for match in found]
    if len(found) > MOST_NAMED or len(set(names)) < len(names):
        return []
    return [
        Figure(name=match["name"].strip(" ,-"), text=match["text"].strip(), value=counted(match))
        for match in found
        if not NOISE.search(match["name"]) and counted(match) is not None
    ]


MOST_LINES: Final = 40
MOST_LINE: Final = 120
MOST_NAMED: Final = 12
