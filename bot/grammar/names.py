"""Names of the catalogue and of inputs, and what somebody may have meant."""

from __future__ import annotations

import re
import unicodedata
from difflib import get_close_matches
from typing import TYPE_CHECKING

from bot import links
from bot.grammar.line import DASH

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

LONGEST_NAME = 60
_NUMBER = re.compile(r"#?\d+")
_COMPARED = 100  # characters; difflib's time grows with the square


def folded(name: str) -> str:
    """A catalogue name as it is compared: lower case, plain dashes, composed characters."""
    return unicodedata.normalize("NFC", DASH.sub("-", name).lower())


def name_fault(name: str, reserved: Collection[str] = ()) -> str:
    """Why a folded name can't be one of the catalogue, as a sentence; empty where it can."""
    if not name:
        return "A notebook needs a name."
    if len(name) > LONGEST_NAME:
        return f"A notebook's name has at most {LONGEST_NAME} characters; this one has {len(name)}."
    if not all(map(_belongs, name)) or not name[0].isalnum():
        return (
            "A notebook's name has letters, digits, dots, dashes and underscores but no spaces, "
            "and begins with a letter or digit."
        )
    if _NUMBER.fullmatch(name):
        return "A number alone is a run, so it can't be a notebook's name."
    if links.is_deepnote_id(name):
        return "This looks like a notebook's id, so it can't be a name."
    if name in reserved:
        return f"“{name}” is a command of its own, so it can't be a notebook's name."
    return ""


def fixed_name(words: str, reserved: Collection[str] = ()) -> str:
    """A name that `name_fault` accepts, as near to the words as can be."""
    name = "".join(mark if _belongs(mark) else "-" for mark in folded(words))
    name = re.sub(r"-{2,}", "-", name)[:LONGEST_NAME].strip("-._")
    if not name_fault(name, reserved):
        return name
    return f"notebook-{name}"[:LONGEST_NAME].rstrip("-")


def suggest(word: str, names: Iterable[str]) -> str | None:
    """The name that somebody probably meant: the nearest one, else the only one that has the word in it."""
    by_folded = {folded(name): name for name in names}
    word = folded(word)[:_COMPARED]
    if near := get_close_matches(word, by_folded, n=1):
        return by_folded[near[0]]
    holding = [name for key, name in by_folded.items() if word in key]
    return holding[0] if len(word) >= 3 and len(holding) == 1 else None  # noqa: PLR2004 - fewer letters say nothing


def _belongs(mark: str) -> bool:
    return mark.isalnum() or mark in "._-" or unicodedata.category(mark).startswith("M")
