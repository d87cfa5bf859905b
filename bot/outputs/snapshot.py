"""Deepnote's snapshot documents (YAML) read into a Document."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

import yaml

from bot.model import Document, Failure, InputValue
from bot.outputs.read import Part, document, joined, mappings, plain, traceback

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
TEXT_BLOCKS = ("text-cell", "markdown", "rich-text")
HEADINGS = {"text-cell-h1": "#", "text-cell-h2": "##", "text-cell-h3": "###"}
DEEPEST = 60
"""A snapshot has about a dozen levels; libyaml's loader goes down without a limit, and takes the process with it."""


def read(content: bytes) -> Document:
    """Read a snapshot.

    Raises:
        ValueError: It isn't a snapshot; the message says why, for people.
    """
    raw = _load(content)
    project = raw.get("project")
    notebooks = mappings(project.get("notebooks")) if isinstance(project, Mapping) else ()
    if not notebooks:
        raise ValueError("the snapshot holds no notebook")
    blocks = sorted(mappings(notebooks[0].get("blocks")), key=lambda block: joined(block.get("sortingKey")))
    read_document = document(
        joined(notebooks[0].get("name")), (_part(number, block) for number, block in enumerate(blocks, start=1))
    )
    if read_document.failure is None:
        return read_document.model_copy(update={"failure": _execution_failure(raw)})
    return read_document


def inputs(content: bytes) -> dict[str, InputValue]:
    """The inputs that the run says it was given.

    Raises:
        ValueError: It isn't a snapshot.
    """
    execution = _load(content).get("execution")
    given = execution.get("inputs") if isinstance(execution, Mapping) else None
    if not isinstance(given, Mapping):
        return {}
    return {
        str(name): tuple(str(item) for item in value)
        if isinstance(value, list)
        else (value if isinstance(value, bool) else str(value))
        for name, value in given.items()
    }


def _load(content: bytes) -> Mapping[str, Any]:
    try:
        fault = _fault(content)
        raw = None if fault else yaml.load(content, Loader=_Loader)  # noqa: S506, a safe loader
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ValueError("the snapshot isn't readable YAML") from error
    if fault or not isinstance(raw, Mapping):
        raise ValueError(fault or "the snapshot isn't a document")
    return raw


def _fault(content: bytes) -> str:
    """What makes it unfit for loading, seen in its events, which take no depth: aliases stand for gigabytes."""
    depth = 0
    for event in yaml.parse(content, Loader=_Loader):
        if isinstance(event, yaml.events.AliasEvent):
            return "the snapshot uses YAML aliases"
        if isinstance(event, yaml.events.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.events.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            return "the snapshot is nested too deeply"
    return ""


def _part(number: int, block: Mapping[str, Any]) -> Part:
    kind = joined(block.get("type"))
    source = joined(block.get("content"))
    if level := HEADINGS.get(kind):
        source = f"{level} {' '.join(source.split())}"
    family = "text" if kind.startswith(TEXT_BLOCKS) else "input" if kind.startswith("input-") else "code"
    return Part(number=number, kind=family, source=source, outputs=mappings(block.get("outputs")))


def _execution_failure(raw: Mapping[str, Any]) -> Failure | None:
    """What the run as a whole failed of, where no block says so."""
    execution = raw.get("execution")
    error = execution.get("error") if isinstance(execution, Mapping) else None
    if not isinstance(error, Mapping):
        return None
    return Failure(
        name=plain(joined(error.get("name")))[:200],
        message=plain(joined(error.get("message")))[:2_000],
        traceback=traceback(error.get("traceback")),
    )
