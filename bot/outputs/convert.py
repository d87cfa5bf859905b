"""Deepnote's snapshots as Jupyter notebooks: words, code and outputs, in nbformat 4.5."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, Any, Final

from bot.outputs import yaml12
from bot.outputs.frames import FRAME, frame
from bot.outputs.snapshot import HEADINGS, TEXT_BLOCKS, blocks, first_notebook
from bot.outputs.tables import Room
from bot.outputs.text import joined, mapping, mappings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.model import Table

MARKUP: Final = re.compile(r"([\\`*_{}\[\]<>#|])")
NAME: Final = re.compile(r"[A-Za-z_]\w*")
ID: Final = re.compile(r"[a-zA-Z0-9_-]{1,64}")
FORMS: Final = re.compile(r"application/(?:.*\+)?json")
"""Forms whose content is JSON; all others are text."""


def notebook(content: bytes) -> bytes:
    """A snapshot as an .ipynb file that nbformat finds valid.

    Raises:
        ValueError: It isn't a snapshot; the message says why, for people.
    """
    return notebook_loaded(yaml12.load(content))


def notebook_loaded(raw: Mapping[str, Any]) -> bytes:
    """The same of a snapshot whose YAML is loaded.

    Raises:
        ValueError: It isn't a snapshot; the message says why, for people.
    """
    told = first_notebook(raw)
    room = Room()
    cells: list[dict[str, Any]] = []
    taken: set[str] = set()
    for number, block in enumerate(blocks(told), start=1):
        cell = _cell(number, block, room)
        own = joined(block.get("id"))
        cell["id"] = own if ID.fullmatch(own) and own not in taken else f"block-{number}"
        taken.add(cell["id"])
        cells.append(cell)
    python = joined(mapping(mapping(raw.get("environment")).get("python")).get("version"))
    language: dict[str, str] = {"name": "python"} | ({"version": python} if python else {})
    document = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": language,
            "title": joined(told.get("name")),
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(_known(document), ensure_ascii=True, indent=1).encode()


def _cell(number: int, block: Mapping[str, Any], room: Room) -> dict[str, Any]:
    kind = joined(block.get("type"))
    metadata: dict[str, Any] = {"deepnote_cell_type": kind}
    tags = mapping(block.get("metadata")).get("tags")
    if isinstance(tags, list) and all(isinstance(tag, str) and tag for tag in tags):
        metadata["tags"] = sorted(set(tags))
    if kind.startswith(TEXT_BLOCKS):
        return {"cell_type": "markdown", "metadata": metadata, "source": _markdown(kind, block)}
    count = block.get("executionCount")
    count = count if isinstance(count, int) and count >= 0 and not isinstance(count, bool) else None
    outputs = [made for raw in mappings(block.get("outputs")) if (made := _output(raw, count, number, room))]
    return {
        "cell_type": "code",
        "execution_count": count,
        "metadata": metadata,
        "outputs": outputs,
        "source": _code(kind, block),
    }


def _markdown(kind: str, block: Mapping[str, Any]) -> str:
    content = joined(block.get("content"))
    about = mapping(block.get("metadata"))
    if kind in ("markdown", "rich-text"):
        return content
    if kind == "separator":
        return "---"
    if kind == "image":
        source = joined(about.get("deepnote_img_src")).replace(" ", "%20").replace(")", "%29")
        return f"![]({source})" if source else ""
    words = MARKUP.sub(r"\\\1", content)
    if level := HEADINGS.get(kind):
        return f"{level} {' '.join(words.split())}"
    if kind == "text-cell-bullet":
        indent = about.get("indent_level")
        return f"{'  ' * min(indent if isinstance(indent, int) else 0, 8)}- {words}"
    if kind == "text-cell-todo":
        return f"- [{'x' if about.get('checked') is True else ' '}] {words}"
    if kind == "text-cell-callout":
        return "\n".join(f"> {one}" for one in words.splitlines())
    return words


def _code(kind: str, block: Mapping[str, Any]) -> str:
    """Code that a Jupyter kernel can run, or a comment that says what the block was."""
    content = joined(block.get("content"))
    about = mapping(block.get("metadata"))
    name = joined(about.get("deepnote_variable_name"))
    if kind.startswith("input-") and NAME.fullmatch(name):
        return f"{name} = {_literal(kind, about.get('deepnote_variable_value'))}"
    if kind == "sql":
        kept = f", kept as {name}" if NAME.fullmatch(name) else ""
        return "\n".join([f"# SQL{kept}", *(f"# {one}" for one in content.splitlines())])
    if kind == "big-number":
        title = " ".join(joined(about.get("deepnote_big_number_title")).split())
        value = joined(about.get("deepnote_big_number_value"))
        return f"# {title or 'Key number'}\n{value if NAME.fullmatch(value) else ''}".rstrip("\n")
    if kind in ("code", "") or content:
        return content
    return f"# {kind}: {name}".rstrip(": ")


def _literal(kind: str, value: object) -> str:
    if kind == "input-slider" and isinstance(value, str) and re.fullmatch(r"-?\d+(?:\.\d+)?", value):
        return value.lstrip("0") or "0" if value.isdigit() else value
    if isinstance(value, list):
        return repr([item for item in value if isinstance(item, str | int | float | bool)])
    return repr(value) if isinstance(value, str | int | float | bool) else "None"


def _output(raw: Mapping[str, Any], count: int | None, number: int, room: Room) -> dict[str, Any] | None:
    kind = joined(raw.get("output_type"))
    if kind == "stream":
        name = joined(raw.get("name"))
        return {"output_type": "stream", "name": name or "stdout", "text": joined(raw.get("text"))}
    if kind == "error":
        lines = raw.get("traceback")
        return {
            "output_type": "error",
            "ename": joined(raw.get("ename")),
            "evalue": joined(raw.get("evalue")),
            "traceback": [one for one in lines if isinstance(one, str)] if isinstance(lines, list) else [],
        }
    if kind not in ("execute_result", "display_data"):
        return None
    forms = {str(name): _form(str(name), value) for name, value in mapping(raw.get("data")).items()}
    hidden = next((value for name, value in forms.items() if name.startswith(FRAME)), None)
    if hidden is not None and "text/html" not in forms and (table := frame(hidden, room, number)) is not None:
        forms["text/html"] = page(table)
    made: dict[str, Any] = {"output_type": kind, "data": forms, "metadata": {}}
    if kind == "execute_result":
        own = raw.get("execution_count")
        made["execution_count"] = own if isinstance(own, int) and own >= 0 and not isinstance(own, bool) else count
    return made


def _form(name: str, value: object) -> object:
    """One form of an output: JSON stays what it is, anything else is text."""
    if FORMS.fullmatch(name):
        return value
    text = joined(value)
    return text if text or isinstance(value, str | list) else json.dumps(_known(value), ensure_ascii=False)


def page(table: Table) -> str:
    """A table as HTML, as Jupyter shows data frames."""
    head = "".join(f"<th>{html.escape(column.name)}</th>" for column in table.columns)
    rows = "\n".join(
        "<tr>"
        + "".join(
            f"<{tag}>{html.escape(text)}</{tag}>"
            for place, text in enumerate(row)
            for tag in ["th" if place < table.labels else "td"]
        )
        + "</tr>"
        for row in table.rows
    )
    size = f"<p>{table.rows_in_all} rows \u00d7 {table.columns_in_all - table.labels} columns</p>"
    top = f'<table border="1" class="dataframe">\n<thead><tr>{head}</tr></thead>'
    return f"{top}\n<tbody>\n{rows}\n</tbody>\n</table>\n{size}"


def _known(value: Any) -> Any:
    """What JSON can hold: keys are text, and numbers that are none are words."""
    if isinstance(value, dict):
        return {str(name): _known(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_known(one) for one in value]
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):  # noqa: PLR0124, NaN
        return None
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)
