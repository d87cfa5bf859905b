"""Jupyter notebooks (.ipynb, nbformat 4) read into a Document."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bot.outputs.read import Part, document, joined, mappings

if TYPE_CHECKING:
    from bot.model import Document


def read(content: bytes) -> Document:
    """Read a notebook document.

    Raises:
        ValueError: It isn't a notebook; the message says why, for people.
    """
    try:
        raw = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ValueError("the notebook document isn't readable JSON") from error
    if not isinstance(raw, Mapping) or not isinstance(raw.get("cells"), list):
        raise ValueError("the notebook document has no cells")
    metadata = raw.get("metadata")
    title = joined(metadata.get("title")) if isinstance(metadata, Mapping) else ""
    cells = mappings(raw["cells"])
    return document(title, (_part(number, cell) for number, cell in enumerate(cells, start=1)))


def _part(number: int, cell: Mapping[str, Any]) -> Part:
    kind = "code" if cell.get("cell_type") == "code" else "text"
    return Part(number=number, kind=kind, source=joined(cell.get("source")), outputs=mappings(cell.get("outputs")))
