"""Tables as Slack's table blocks, and what is said below those that aren't there whole.

Contract: the table block of Slack's Block Kit reference: 100 rows of 20 cells, one table a message, 10,000 characters
in all its cells, and no empty cell.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.render.markdown import columns_of
from bot.render.text import Block, clean, code, count, cut, head

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.model import Column, Table

MOST_COLUMNS: Final = 20
MOST_ROWS: Final = 50
"""A table of so many rows is shown whole; of a longer one the first."""
FIRST_ROWS: Final = 15
MOST_CELL: Final = 240
"""Characters of one cell."""
MOST_CELLS: Final = 5_000
"""Characters of all cells: half of what Slack takes, so that words have room beside them."""
LONG: Final = 36
"""Characters from which a column's words may go over several lines."""
GAPS: Final = frozenset({"...", "…", ""})
NARROW: Final = 64
"""Characters beside one another that a thread shows without wrapping."""
CODE_CELL: Final = 24
MOST_CODE: Final = 2_800
LARGEST: Final = 2**53
"""From here on a number isn't exact any more as Slack reads it."""
EMPTY: Final = " "
NUMBER: Final = re.compile(r"[-+\u2212]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:e[-+]?\d{1,3})?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A table as its message shows it.

    Attributes:
        block: The table block.
        caption: What of it is shown; empty where that is all of it.
        whole: Whether everything is shown that the document holds.
    """

    block: Block
    caption: str
    whole: bool


def drawn(table: Table) -> Drawn | None:
    """The table, as far as it fits; None where it has no columns."""
    columns = table.columns[:MOST_COLUMNS]
    if not columns:
        return None
    names = [cut(_words(column.name), MOST_CELL) for column in columns]
    wanted = table.rows if len(table.rows) <= MOST_ROWS else table.rows[:FIRST_ROWS]
    rows, room, clipped = list[list[str]](), MOST_CELLS - sum(map(len, names)), False
    for row in wanted:
        cells = [_words(cell) for cell in row[: len(columns)]]
        short = [cut(cell, MOST_CELL) for cell in cells]
        room -= sum(len(cell) + 1 for cell in short)
        if room < 0 and rows:
            break
        clipped = clipped or short != cells
        rows.append(short)
    if room < 0 and len(rows) <= 1:
        rows, names, clipped = [[cut(cell, 60) for cell in row] for row in rows], [cut(one, 60) for one in names], True
    cells_of = [[row[place] for row in rows] for place in range(len(columns))]
    block: Block = {
        "type": "table",
        "rows": [
            [{"type": "raw_text", "text": name or EMPTY} for name in names],
            *([_cell(text, column) for text, column in zip(row, columns, strict=True)] for row in rows),
        ],
        "column_settings": [_setting(*pair) for pair in zip(columns, cells_of, strict=True)],
    }
    whole = not clipped and len(rows) == len(table.rows) and len(columns) == len(table.columns)
    return Drawn(block, _caption(table, len(rows), len(columns), clipped=clipped), whole)


def told(table: Table) -> Table:
    """The table without a first column that only counts its rows, as data frames have one."""
    if table.labels != 1 or len(table.columns) <= 1 or table.columns[0].name.strip():
        return table
    last = -1
    for row in table.rows:
        if row[0] in GAPS:
            continue
        if not (row[0].isascii() and row[0].isdecimal()) or int(row[0]) <= last or (last == -1 and int(row[0]) > 1):
            return table
        last = int(row[0])
    columns, rows = table.columns[1:], tuple(row[1:] for row in table.rows)
    less = {"columns": columns, "labels": 0, "rows": rows, "columns_in_all": max(0, table.columns_in_all - 1)}
    return table.model_copy(update=less)


def small_text(table: Table) -> Block | None:
    """A small table as text, for where its message has a table already; None where it's too large for that."""
    if not 0 < len(table.rows) <= FIRST_ROWS or len(table.rows) < table.rows_in_all or not table.columns:
        return None
    rows = [[_words(one.name) for one in table.columns], *([_words(cell) for cell in row] for row in table.rows)]
    words = columns_of(rows)
    return code(words) if max(map(len, words.split("\n"))) <= NARROW else None


def as_code(blocks: Sequence[Block]) -> list[Block]:
    """The same blocks with the tables as text under one another: for a Slack that doesn't take such tables."""
    return [_as_code(block) if block["type"] == "table" else block for block in blocks]


def _as_code(block: Block) -> Block:
    rows = [[cut(str(cell["text"]), CODE_CELL) for cell in row] for row in block["rows"][: FIRST_ROWS + 1]]
    return code(head(columns_of(rows), MOST_CODE))


def _words(cell: str) -> str:
    return " ".join(clean(cell[: 20 * MOST_CELL]).split())


def _cell(text: str, column: Column) -> Block:
    """A cell of its own type: Slack sorts numbers as numbers."""
    value = number(text) if column.kind == "number" else None
    if value is None:
        return {"type": "raw_text", "text": text or EMPTY}
    return {"type": "raw_number", "value": value, "text": text}


def number(text: str) -> float | int | None:
    """The number that a cell is; None where it's none, or too large to be kept exactly."""
    if not any(map(str.isdigit, text)) or not text.isascii() or NUMBER.fullmatch(text) is None:
        return None
    plain = text.replace(",", "")
    value = float(plain)
    if not math.isfinite(value) or abs(value) > LARGEST:
        return None
    return int(value) if plain.lstrip("+-").isdigit() else value


def _setting(column: Column, cells: Sequence[str]) -> Block:
    wraps = column.kind == "text" and any(len(cell) > LONG for cell in cells)
    return {"align": "right" if column.kind == "number" else "left", "is_wrapped": wraps}


def _caption(table: Table, rows: int, columns: int, *, clipped: bool) -> str:
    """`First 15 of 131 rows, 20 of 45 columns; long cells are cut`."""
    all_rows, all_columns = max(table.rows_in_all, len(table.rows)), max(table.columns_in_all, len(table.columns))
    said = list[str]()
    if rows < all_rows:
        said.append(f"{rows:,} of {count(all_rows, 'row')}")
    if columns < all_columns:
        said.append(f"{columns:,} of {count(all_columns, 'column')}")
    words = ", ".join(said)
    if all_rows == 0:
        words = "no rows"
    if rows < all_rows and rows and rows < len(table.rows):
        words = f"first {words}"
    return "; ".join([*([words] if words else []), *(["long cells are cut"] if clipped else [])])
