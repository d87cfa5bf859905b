"""Notebooks of nbformat 3, brought to the form of 4 as far as outputs need it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bot.outputs.text import joined, mapping, mappings

if TYPE_CHECKING:
    from collections.abc import Mapping

TYPES: Final = {"pyout": "execute_result"}
FORMS: Final = {
    "text": "text/plain",
    "html": "text/html",
    "markdown": "text/markdown",
    "latex": "text/latex",
    "json": "application/json",
    "javascript": "application/javascript",
    "png": "image/png",
    "jpeg": "image/jpeg",
    "svg": "image/svg+xml",
}


def upgraded(raw: Mapping[str, Any]) -> dict[str, Any]:
    """A notebook with worksheets as one with cells."""
    metadata = mapping(raw.get("metadata"))
    sheets = mappings(raw.get("worksheets"))
    cells = [_cell(cell) for sheet in sheets for cell in mappings(sheet.get("cells"))]
    return {"metadata": {"title": joined(metadata.get("name")), **metadata}, "cells": cells}


def _cell(cell: Mapping[str, Any]) -> dict[str, Any]:
    kind = cell.get("cell_type")
    metadata = mapping(cell.get("metadata"))
    if kind == "code":
        outputs = [_output(output) for output in mappings(cell.get("outputs"))]
        return {"cell_type": "code", "source": joined(cell.get("input")), "outputs": outputs, "metadata": metadata}
    source = joined(cell.get("source"))
    if kind == "heading":
        level = cell.get("level")
        marks = "#" * (level if isinstance(level, int) and 1 <= level <= 6 else 1)  # noqa: PLR2004, Markdown's levels
        source = f"{marks} {' '.join(source.split())}"
    return {"cell_type": "markdown", "source": source, "metadata": metadata}


def _output(output: Mapping[str, Any]) -> dict[str, Any]:
    kind = joined(output.get("output_type"))
    if kind == "stream":
        return {"output_type": "stream", "name": output.get("stream", "stdout"), "text": output.get("text")}
    if kind == "pyerr":
        return {**output, "output_type": "error"}
    data = {mimetype: output[name] for name, mimetype in FORMS.items() if name in output}
    return {"output_type": TYPES.get(kind, kind), "data": data}
