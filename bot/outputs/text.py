"""Words as notebooks hold them, made plain: no terminal colours, no hidden characters, one string."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

ANSI: Final = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
SURROGATE: Final = re.compile(r"[\ud800-\udfff]")
ODD: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
"""What a cell of a table rarely holds: only then is there anything to clean."""
HEADING: Final = re.compile(r"^[ ]{0,3}(#{1,6})[ \t]+(\S.*?)[ \t]*#*[ \t]*$", re.MULTILINE)
ESCAPED: Final = re.compile(r"\\([\\`*_{}\[\]<>()#+.!|~-])")
RULE: Final = re.compile(r"^-{20,}\n", re.MULTILINE)
HEADER: Final = re.compile(r"^\S+[ ]{2,}Traceback \(most recent call last\):?", re.MULTILINE)
MOST_TEXT: Final = 200_000
"""Characters of one output."""
LAST_PART: Final = 4_000
"""Characters in which a text's last heading is looked for first."""
MOST_NAME: Final = 150
"""Characters of a heading, a caption or a name."""


def plain(text: str) -> str:
    """Text without terminal colours, carriage-return overwrites and control characters."""
    if not ODD.search(text):
        return text
    text = SURROGATE.sub("\ufffd", ANSI.sub("", text))
    if "\r" in text:
        text = "\n".join(line.rstrip("\r").rsplit("\r", 1)[-1] for line in text.split("\n"))
    return CONTROL.sub("", text)


def line(text: str, most: int = MOST_NAME) -> str:
    """Text as one plain line of at most so many characters."""
    return " ".join(plain(text[: 4 * most]).split())[:most]


def joined(value: object) -> str:
    """A string, or the list of strings that nbformat allows in its place; anything else is nothing."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join(item for item in value if isinstance(item, str))
    return ""


def mapping(value: object) -> Mapping[str, Any]:
    """A mapping; anything else is an empty one."""
    return value if isinstance(value, Mapping) else {}


def mappings(value: object) -> tuple[Mapping[str, Any], ...]:
    """Those items of a list that are mappings."""
    return tuple(item for item in value if isinstance(item, Mapping)) if isinstance(value, list) else ()


def last_heading(markdown: str) -> str:
    """The last heading of a Markdown text, without its marks; empty where there is none."""
    if "#" not in markdown:
        return ""
    found = HEADING.findall(markdown[-LAST_PART:]) if len(markdown) > LAST_PART else []
    found = found or HEADING.findall(markdown[:MOST_TEXT])
    return _heading(found[-1][1]) if found else ""


def first_heading(markdown: str) -> str | None:
    """The first heading if it's of the highest level, as a document's title is; None where there is no heading."""
    found = HEADING.search(markdown[:MOST_TEXT])
    if found is None:
        return None
    return _heading(found[2]) if found[1] == "#" else ""


def _heading(words: str) -> str:
    """A heading's words without the marks that only protect others from being marks."""
    return ESCAPED.sub(r"\1", plain(words[: 4 * MOST_NAME]))[:MOST_NAME]


def traceback(lines: object) -> str:
    """A traceback's text, without the line of dashes and the wide header with which IPython begins it."""
    text = "\n".join(line for line in lines if isinstance(line, str)) if isinstance(lines, list) else joined(lines)
    text = RULE.sub("", plain(text[-2 * MOST_TEXT :]).lstrip("\n"))
    return HEADER.sub("Traceback (most recent call last):", text)[-MOST_TEXT:]
