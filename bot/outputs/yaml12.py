"""YAML 1.2's core schema, read within bounds: no depth and no alias can bring the process down."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Final

import yaml

_Safe: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Safe):  # type: ignore[misc]  # the C loader is untyped
    """Reads YAML 1.2's core schema, as snapshots are written: `NO` is a word, and a date is text."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, re.Pattern[str]]]]] = {}


for _tag, _words, _first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?(0|[1-9][0-9]*)", list("-+0123456789")),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", list("-+.0123456789")),
    ("float", r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", list("-+.")),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"(?:{_words})\Z"), _first)
DEEPEST: Final = 60
"""A snapshot has about a dozen levels; libyaml's loader goes down without a limit, and takes the process with it."""
MOST_REPEATED: Final = 100_000
"""What aliases may stand for in all, in nodes and in each fifty characters of text, beside twice the document."""
CHARACTERS: Final = 50


def load(content: bytes) -> Mapping[str, Any]:
    """The document's mapping.

    Raises:
        ValueError: It is none, or not fit for loading; the message says why, for people.
    """
    try:
        fault = _fault(content)
        raw = None if fault else yaml.load(content, Loader=_Loader)  # noqa: S506, a safe loader
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ValueError("the snapshot isn't readable YAML") from error
    if fault or not isinstance(raw, Mapping):
        raise ValueError(fault or "the snapshot isn't a document")
    return raw


def _fault(content: bytes) -> str:
    """What makes it unfit for loading, seen in its events, which take no depth."""
    depth = whole = repeated = 0
    weights: dict[str, int] = {}
    open_: list[tuple[str | None, int]] = []
    for event in yaml.parse(content, Loader=_Loader):
        if isinstance(event, yaml.events.ScalarEvent):
            weight = 1 + len(event.value) // CHARACTERS
            whole += weight
            if event.anchor is not None:
                weights[event.anchor] = weight
        elif isinstance(event, yaml.events.CollectionStartEvent):
            whole += 1
            depth += 1
            open_.append((event.anchor, whole + repeated))
            if event.anchor is not None:
                weights[event.anchor] = -1
            if depth > DEEPEST:
                return "the snapshot is nested too deeply"
        elif isinstance(event, yaml.events.CollectionEndEvent):
            depth -= 1
            anchor, before = open_.pop()
            if anchor is not None:
                weights[anchor] = whole + repeated - before + 1
        elif isinstance(event, yaml.events.AliasEvent):
            weight = weights.get(event.anchor or "", 0)
            repeated += weight
            if weight < 0:
                return "the snapshot's YAML aliases go round in a circle"
            if repeated > 2 * whole + MOST_REPEATED:
                return "the snapshot's YAML aliases stand for more than can be read"
    return ""
