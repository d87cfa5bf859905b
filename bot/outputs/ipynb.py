"""Jupyter notebooks (.ipynb, nbformat 4 and 3) read into a Document."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from bot.outputs.older import upgraded
from bot.outputs.read import Part, document
from bot.outputs.source import MARK
from bot.outputs.text import joined, line, mapping, mappings

if TYPE_CHECKING:
    from bot.model import Document

WIDGETS = "application/vnd.jupyter.widget-state+json"


def read(content: bytes) -> Document:
    """Read a notebook document.

    Raises:
        ValueError: It isn't a notebook; the message says why, for people.
    """
    try:
        raw = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ValueError("the notebook document isn't readable JSON") from error
    if isinstance(raw, Mapping) and "cells" not in raw and isinstance(raw.get("worksheets"), list):
        raw = upgraded(raw)
    if not isinstance(raw, Mapping) or not isinstance(raw.get("cells"), list):
        raise ValueError("the notebook document has no cells")
    metadata = mapping(raw.get("metadata"))
    widgets = mapping(mapping(mapping(metadata.get("widgets")).get(WIDGETS)).get("state"))
    cells = mappings(raw["cells"])
    title = joined(metadata.get("title"))
    return document(title, (_part(number, cell) for number, cell in enumerate(cells, start=1)), widgets)


def _part(number: int, cell: Mapping[str, Any]) -> Part:
    kind: Literal["code", "text", "figure"] = "code" if cell.get("cell_type") == "code" else "text"
    metadata = mapping(cell.get("metadata"))
    if kind == "code" and metadata.get("deepnote_cell_type") == "big-number":
        kind = "figure"  # a notebook of Deepnote's, exported
    tags = metadata.get("tags")
    return Part(
        number=number,
        kind=kind,
        source=joined(cell.get("source")),
        outputs=mappings(cell.get("outputs")),
        marked=isinstance(tags, list) and MARK in tags,
        named=line(joined(metadata.get("deepnote_big_number_title"))),
    )
