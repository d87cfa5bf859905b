"""Deepnote's data frames (`application/vnd.deepnote.dataframe.v3+json`) read into tables.

Their shape is the one that the vendor's own toolkit writes: `columns` with `name` and `dtype`, `rows` as mappings, and
the index among both under a name of its own.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from bot.outputs.tables import MOST_CELL, MOST_COLUMNS
from bot.outputs.text import joined, mapping, mappings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.model import Table
    from bot.outputs.tables import Room

FRAME: Final = "application/vnd.deepnote.dataframe"
INDEX: Final = "_deepnote_index_column"


def frame(data: object, room: Room, block: int) -> Table | None:
    """The table; None where this is none, such as the trace of a frame that couldn't be described."""
    told = mapping(data)
    rows = mappings(told.get("rows"))
    columns = [(_text(one.get("name")), joined(one.get("dtype"))) for one in mappings(told.get("columns"))]
    if not columns and rows:
        columns = [(str(name), "") for name in rows[0]]
    index = [(name, dtype) for name, dtype in columns if name == INDEX]
    if not index and any(INDEX in row for row in rows[:1]):
        index = [(INDEX, "")]
    columns = [one for one in columns if one[0] != INDEX]
    if not columns:
        return None
    names = [name for name, _ in [*index, *columns]][:MOST_COLUMNS]
    return room.table(
        [*(("", dtype) for _, dtype in index[:1]), *columns],
        _rows(rows, names),
        labels=len(index[:1]),
        rows_in_all=_count(told.get("row_count")),
        columns_in_all=_count(told.get("column_count")) + len(index[:1]),
        block=block,
    )


def _rows(rows: tuple[Mapping[str, Any], ...], names: list[str]) -> Iterator[list[str]]:
    for row in rows:
        yield [_text(row.get(name)) for name in names]


def _count(value: object) -> int:
    return value if isinstance(value, int) and 0 <= value < 10**15 else 0


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)[:MOST_CELL]
    return str(value)
