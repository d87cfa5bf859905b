"""Deepnote's snapshot documents (YAML) read into a Document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from bot.model import Document, Failure, InputValue
from bot.outputs.read import Part, document, joined, mappings, plain

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
TEXT_BLOCKS = ("text-cell", "markdown", "rich-text")


class _NoAliases(_Loader):  # type: ignore[misc, unused-ignore]  # the C loader is typed as Any
    """A safe loader that refuses aliases: a few of them can stand for gigabytes."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            msg = "the snapshot uses YAML aliases"
            raise yaml.YAMLError(msg)
        return super().compose_node(parent, index)


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
        raw = yaml.load(content, Loader=_NoAliases)  # noqa: S506, a safe loader with less
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ValueError("the snapshot isn't readable YAML") from error
    if not isinstance(raw, Mapping):
        raise ValueError("the snapshot isn't a document")
    return raw


def _part(number: int, block: Mapping[str, Any]) -> Part:
    kind = joined(block.get("type"))
    source = joined(block.get("content"))
    if kind.startswith("text-cell-h"):
        source = f"# {source}"
    family = "text" if kind.startswith(TEXT_BLOCKS) else "input" if kind.startswith("input-") else "code"
    return Part(number=number, kind=family, source=source, outputs=mappings(block.get("outputs")))


def _execution_failure(raw: Mapping[str, Any]) -> Failure | None:
    """What the run as a whole failed of, where no block says so."""
    execution = raw.get("execution")
    error = execution.get("error") if isinstance(execution, Mapping) else None
    if not isinstance(error, Mapping):
        return None
    lines = error.get("traceback")
    trace = "\n".join(line for line in lines if isinstance(line, str)) if isinstance(lines, list) else ""
    return Failure(
        name=plain(joined(error.get("name")))[:200],
        message=plain(joined(error.get("message")))[:2_000],
        traceback=plain(trace),
    )
