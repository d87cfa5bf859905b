"""YAML 1.2's core schema, built from a parser's events within bounds: no depth and no alias can bring us down.

PyYAML's own loader goes down without a limit and reads YAML 1.1, in which `NO` is false and a date isn't text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceStartEvent,
)

_PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DEEPEST: Final = 60
"""Levels; a snapshot has about a dozen, and what reads a document goes down with it."""
MOST_REPEATED: Final = 100_000
"""What aliases may stand for in all, in nodes and in each fifty characters of text, beside twice the document."""
CHARACTERS: Final = 50
NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})
BOOLEANS: Final = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
INTEGER: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
SPECIAL: Final = {
    f"{sign}.{word}": float(f"{sign}{word}")
    for sign in ("", "+", "-")
    for word in ("inf", "Inf", "INF", "nan", "NaN", "NAN")
}
NUMERIC: Final = frozenset("-+.0123456789")
MOST_DIGITS: Final = 4_000
CORE: Final = "tag:yaml.org,2002:"


def load(content: bytes) -> Mapping[str, Any]:
    """The document's mapping.

    Raises:
        ValueError: It is none, or not fit for loading; the message says why, for people.
    """
    try:
        raw = _Builder().build(content)
    except _Unfit as error:
        raise ValueError(str(error)) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ValueError("the snapshot isn't readable YAML") from error
    if not isinstance(raw, Mapping):
        raise ValueError("the snapshot isn't a document")
    return raw


class _Unfit(Exception):
    """What would bring us down, in words."""


class _Builder:
    """Values out of events, without recursion.

    What an alias stands for is the same value again, so that it takes no memory here; but whoever goes through the
    document meets it each time, and so it is counted.
    """

    def __init__(self) -> None:
        self._values: dict[str, Any] = {}
        self._weights: dict[str, int] = {}
        self._whole = self._repeated = 0
        self._open: list[tuple[list[Any] | dict[Any, Any], str | None, int]] = []
        self._keys: list[Any] = []
        self._top: Any = None

    def build(self, content: bytes) -> Any:
        documents = 0
        for event in yaml.parse(content, Loader=_PARSER):
            if isinstance(event, ScalarEvent):
                self._count(event.anchor, 1 + len(event.value) // CHARACTERS)
                value = scalar(event)
                if event.anchor is not None:
                    self._values[event.anchor] = value
                self._put(value)
            elif isinstance(event, MappingStartEvent):
                self._begin({}, event)
            elif isinstance(event, SequenceStartEvent):
                self._begin([], event)
            elif isinstance(event, yaml.events.CollectionEndEvent):
                self._end()
            elif isinstance(event, AliasEvent):
                self._put(self._again(event.anchor or ""))
            elif isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise ValueError("several documents")
        return self._top

    def _begin(self, made: list[Any] | dict[Any, Any], event: Any) -> None:
        kind = "map" if isinstance(made, dict) else "seq"
        if event.tag not in (None, "!", CORE + kind):
            raise ValueError("a tag that isn't known")
        self._whole += 1
        if event.anchor is not None:
            self._weights[event.anchor] = -1
            self._values[event.anchor] = made
        self._put(made)
        self._open.append((made, event.anchor, self._whole + self._repeated))
        self._keys.append(_NONE)
        if len(self._open) > DEEPEST:
            raise _Unfit("the snapshot is nested too deeply")

    def _end(self) -> None:
        _, anchor, before = self._open.pop()
        self._keys.pop()
        if anchor is not None:
            self._weights[anchor] = self._whole + self._repeated - before + 1

    def _put(self, value: Any) -> None:
        if not self._open:
            self._top = value
            return
        inside = self._open[-1][0]
        if isinstance(inside, list):
            inside.append(value)
        elif self._keys[-1] is _NONE:
            if isinstance(value, dict | list):
                raise ValueError("a key that is no word")
            self._keys[-1] = value
        else:
            inside[self._keys[-1]] = value
            self._keys[-1] = _NONE

    def _count(self, anchor: str | None, weight: int) -> None:
        self._whole += weight
        if anchor is not None:
            self._weights[anchor] = weight

    def _again(self, anchor: str) -> Any:
        if anchor not in self._values:
            raise ValueError("an alias of nothing")
        weight = self._weights[anchor]
        if weight < 0:
            raise _Unfit("the snapshot's YAML aliases go round in a circle")
        self._repeated += weight
        if self._repeated > 2 * self._whole + MOST_REPEATED:
            raise _Unfit("the snapshot's YAML aliases stand for more than can be read")
        return self._values[anchor]


_NONE: Final = object()


def scalar(event: ScalarEvent) -> Any:
    """The value of a scalar; without a tag, the plain ones are what they look like.

    Raises:
        ValueError: Its tag isn't of the core schema, or it isn't what its tag says.
    """
    text: str = event.value
    if event.tag is None:
        return _plain(text) if event.implicit[0] else text
    if event.tag in ("!", f"{CORE}str"):
        return text
    value = _plain(text)
    kinds = {"null": type(None), "bool": bool, "int": int, "float": int | float}
    wanted = kinds.get(event.tag.removeprefix(CORE))
    if wanted is None or not isinstance(value, wanted):
        raise ValueError("a tag that isn't known")
    return value


def _plain(text: str) -> Any:
    if text in NULLS:
        return None
    if text in BOOLEANS:
        return BOOLEANS[text]
    if text[0] not in NUMERIC or len(text) > MOST_DIGITS:
        return text
    if INTEGER.fullmatch(text):
        return int(text)
    if FLOAT.fullmatch(text):
        return float(text)
    return SPECIAL.get(text, text)
