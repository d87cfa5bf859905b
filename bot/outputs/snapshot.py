"""Deepnote's snapshot documents (YAML) read into a Document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from bot.model import Document, Failure, InputValue
from bot.outputs import yaml12
from bot.outputs.read import Part, document
from bot.outputs.source import MARK
from bot.outputs.text import joined, line, mapping, mappings, plain, traceback

TEXT_BLOCKS: Final = ("text-cell", "markdown", "rich-text", "image", "separator")
HEADINGS: Final = {"text-cell-h1": "#", "text-cell-h2": "##", "text-cell-h3": "###"}


def read(content: bytes) -> Document:
    """Read a snapshot.

    Raises:
        ValueError: It isn't a snapshot; the message says why, for people.
    """
    return read_loaded(yaml12.load(content))


def inputs(content: bytes) -> dict[str, InputValue]:
    """The inputs that the run says it was given.

    Raises:
        ValueError: It isn't a snapshot.
    """
    return inputs_loaded(yaml12.load(content))


def read_loaded(raw: Mapping[str, Any]) -> Document:
    """Read a snapshot whose YAML is loaded.

    Raises:
        ValueError: It isn't a snapshot; the message says why, for people.
    """
    notebook = first_notebook(raw)
    read_document = document(
        joined(notebook.get("name")), (_part(number, block) for number, block in enumerate(blocks(notebook), start=1))
    )
    if read_document.failure is None:
        return read_document.model_copy(update={"failure": _execution_failure(raw)})
    return read_document


def inputs_loaded(raw: Mapping[str, Any]) -> dict[str, InputValue]:
    """The inputs of a snapshot whose YAML is loaded."""
    return {
        str(name): tuple(str(item) for item in value)
        if isinstance(value, list)
        else (value if isinstance(value, bool) else str(value))
        for name, value in mapping(mapping(raw.get("execution")).get("inputs")).items()
    }


def first_notebook(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """The notebook that ran.

    Raises:
        ValueError: There is none.
    """
    notebooks = mappings(mapping(raw.get("project")).get("notebooks"))
    if not notebooks:
        raise ValueError("the snapshot holds no notebook")
    return notebooks[0]


def blocks(notebook: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """A notebook's blocks in the order in which people see them."""
    return sorted(mappings(notebook.get("blocks")), key=lambda block: joined(block.get("sortingKey")))


def _part(number: int, block: Mapping[str, Any]) -> Part:
    kind = joined(block.get("type"))
    source = joined(block.get("content"))
    if level := HEADINGS.get(kind):
        source = f"{level} {' '.join(source.split())}"
    elif kind.startswith("text-cell"):
        source = source.replace("#", "\\#")  # words, no Markdown: a number sign is no heading
    family: Literal["code", "text", "input", "figure"] = "code"
    if kind.startswith(TEXT_BLOCKS):
        family = "text"
    elif kind.startswith("input-"):
        family = "input"
    elif kind == "big-number":
        family = "figure"
    metadata = mapping(block.get("metadata"))
    tags = metadata.get("tags")
    return Part(
        number=number,
        kind=family,
        source=source,
        outputs=mappings(block.get("outputs")),
        marked=isinstance(tags, list) and MARK in tags,
        named=line(joined(metadata.get("deepnote_big_number_title"))),
    )


def _execution_failure(raw: Mapping[str, Any]) -> Failure | None:
    """What the run as a whole failed of, where no block says so."""
    error = mapping(raw.get("execution")).get("error")
    if not isinstance(error, Mapping):
        return None
    return Failure(
        name=plain(joined(error.get("name")))[:200],
        message=plain(joined(error.get("message"))[:100_000])[:2_000],
        traceback=traceback(error.get("traceback")),
    )
