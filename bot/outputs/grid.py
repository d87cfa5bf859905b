"""An HTML table read as a grid: headers of several rows, cells that span, labels at the left."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from bot.outputs.tables import MOST_CELL, MOST_COLUMNS, MOST_ROWS
from bot.outputs.text import line

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

    from bot.model import Table
    from bot.outputs.tables import Room

MOST_SPAN: Final = 1_000
MOST_HEADERS: Final = 8
"""Rows of headings; more of them are rows."""
PARTS: Final = frozenset({"thead", "tbody", "tfoot"})
DTYPES: Final = re.compile(
    r"[uif]\d{1,3}|str|bool|date|datetime\[.*|duration\[.*|time|cat|enum|list\[.*|struct\[.*|null|object|binary|decimal.*"
)
"""The words for types that stand under Polars' names of columns."""


@dataclass(slots=True)
class _Row:
    """A row of the grid: its texts, and how many of its first cells are headings."""

    cells: list[str]
    headings: int
    in_head: bool
    spanned: bool = False


@dataclass(slots=True)
class _Spans:
    """Cells that reach down into later rows: column -> rows left, text, whether it's a heading."""

    open: dict[int, tuple[int, str, bool]] = field(default_factory=dict)


def grid(table: LexborNode, room: Room, block: int) -> tuple[str, Table] | None:
    """A table's caption and the table; None where it has no cells."""
    caption = ""
    rows: list[_Row] = []
    spans = _Spans()
    widest = in_all = 0
    for part in table.iter():
        if part.tag == "caption":
            caption = line(_words(part))
        for node in part.iter() if part.tag in PARTS else (part,):
            if node.tag != "tr":
                continue
            in_all += 1
            if len(rows) > MOST_ROWS + MOST_HEADERS:
                continue
            row, width = _row(node, spans, in_head=part.tag == "thead")
            widest = max(widest, width)
            rows.append(row)
    heads = _heads(rows)
    body = rows[heads:]
    if not widest or not (body or heads):
        return None
    width = min(widest, MOST_COLUMNS)
    headings = [row.headings for row in body]
    labels = min(headings, default=0)
    if labels >= width:
        labels = 0
    columns = _columns([_filled(row.cells, width) for row in rows[:heads]], width, labels)
    read = room.table(
        columns,
        (row.cells for row in body),
        labels=labels,
        rows_in_all=in_all - heads,
        columns_in_all=widest,
        block=block,
    )
    return caption, read


def _row(node: LexborNode, spans: _Spans, *, in_head: bool) -> tuple[_Row, int]:
    """The cells of one row, with those that reach down from above, and how wide it is in all."""
    cells: list[str] = []
    marks: list[bool] = []

    def reaching() -> None:
        while (above := spans.open.get(len(cells))) is not None:
            left, text, heading = above
            if left <= 1:
                del spans.open[len(cells)]
            else:
                spans.open[len(cells)] = (left - 1, text, heading)
            cells.append(text)
            marks.append(heading)

    width = 0
    for cell in node.iter():
        if cell.tag not in ("td", "th"):
            continue
        if spans.open:
            reaching()
        heading = cell.tag == "th"
        attributes = cell.attributes
        across = _span(attributes.get("colspan")) if attributes else 1
        width += across
        if len(cells) >= MOST_COLUMNS:
            continue
        down = _span(attributes.get("rowspan")) if attributes else 1
        text = _words(cell)
        if across == down == 1:
            cells.append(text)
            marks.append(heading)
            continue
        for _ in range(min(across, MOST_COLUMNS - len(cells))):
            if down > 1:
                spans.open[len(cells)] = (down - 1, text, heading)
            cells.append(text)
            marks.append(heading)
    if spans.open:
        reaching()
    headings = next((place for place, heading in enumerate(marks) if not heading), len(marks))
    return _Row(cells, headings, in_head), max(width, len(cells))


def _heads(rows: list[_Row]) -> int:
    """How many rows at the top are headings: those of the head, else those that hold nothing else."""
    if any(row.in_head for row in rows):
        heads = next((place for place, row in enumerate(rows) if not row.in_head), len(rows))
    else:
        heads = next((place for place, row in enumerate(rows) if row.headings < max(len(row.cells), 1)), 0)
    return min(heads, MOST_HEADERS)


def _columns(heads: list[list[str]], width: int, labels: int) -> list[tuple[str, str]]:
    """Names and types: several rows of headings are one name each, and pandas' row of the index's names is theirs."""
    dtypes = [""] * width
    if len(heads) > 1 and all(DTYPES.fullmatch(text) for text in heads[-1]):
        dtypes = heads.pop()
    of_labels = heads[-1][:labels] if heads else []
    if len(heads) > 1 and labels and any(of_labels) and not any(heads[-1][labels:]):
        heads = heads[:-1]
    names = [*of_labels, *(_name([row[place] for row in heads]) for place in range(labels, width))]
    return list(zip(names + [""] * (width - len(names)), dtypes, strict=True))


def _name(levels: list[str]) -> str:
    told: list[str] = []
    for text in levels:
        if text and (not told or told[-1] != text):
            told.append(text)
    return " / ".join(told)


def _filled(cells: list[str], width: int) -> list[str]:
    return [*cells[:width], *[""] * (width - len(cells))]


def _words(cell: LexborNode) -> str:
    """A cell's text on one line; what stands in parts of it is parted by spaces."""
    child = cell.child
    if child is None:
        return ""
    plainly = child.next is None and child.tag == "-text"
    text = cell.text(deep=True, separator="" if plainly else " ", strip=True)
    if plainly and "\n" not in text and "\xa0" not in text:
        return text
    return " ".join(text[: 4 * MOST_CELL].split())


def _span(value: str | None) -> int:
    if value is None or not value.isascii() or not value.strip().isdigit():
        return 1
    return max(1, min(int(value.strip()[:6]), MOST_SPAN))
