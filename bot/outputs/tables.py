"""Tables of a document: bounded, and their columns' kinds told from types or from what the cells hold."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from bot.model import Column, Table
from bot.outputs.numbers import number
from bot.outputs.text import ODD, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST_ROWS: Final = 5_000
MOST_COLUMNS: Final = 200
MOST_CELLS: Final = 100_000
"""Of all tables of a document."""
MOST_TABLE_TEXT: Final = 2_000_000
"""Characters of all tables of a document."""
MOST_CUT: Final = 5
"""Tables that were cut and are named each."""
MOST_CELL: Final = 2_000
MOST_NAME: Final = 200
LOOKED_AT: Final = 100
"""Cells from which a column's kind is told."""
NOTHING: Final = frozenset(
    {"", "nan", "none", "nat", "<na>", "null", "na", "n/a", "-", "\u2013", "\u2014", "...", "…", "#n/a"}
)
"""What stands in a cell that has no value."""
DATE: Final = re.compile(r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:\s?(?:Z|UTC|[-+]\d\d:?\d\d))?)?")
SIMPLE: Final = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")
"""Most numbers, told quickly."""
LEADING_ZERO: Final = re.compile(r"0\d")
NUMERIC: Final = re.compile(
    r"u?int\d*|float\d*|decimal|double|number|numeric|long|short|[uif]\d{1,3}|bigint", re.IGNORECASE
)
DATED: Final = re.compile(r"datetime|date|timestamp|period", re.IGNORECASE)
BOOLEAN: Final = re.compile(r"bool", re.IGNORECASE)

Kind = Literal["number", "date", "boolean", "text"]


@dataclass(slots=True)
class Room:
    """What the tables of one document may still take, and what didn't fit, in words."""

    cells: int = MOST_CELLS
    text: int = MOST_TABLE_TEXT
    left_out: list[str] = field(default_factory=list)
    cut: int = 0

    def table(
        self,
        columns: Sequence[tuple[str, str]],
        rows: Iterable[Sequence[str]],
        *,
        labels: int,
        rows_in_all: int,
        columns_in_all: int,
        block: int,
    ) -> Table:
        """A table as far as there is room for it; what is cut is told in `left_out`.

        Args:
            columns: Name and type, as the notebook has them; the type may be empty.
            rows: The cells' texts; short rows are filled up.
            labels: How many columns name the rows.
            rows_in_all: At least the rows that are here.
            columns_in_all: At least the columns that are here.
            block: Where it stands, for the words.
        """
        columns = columns[:MOST_COLUMNS]
        width = len(columns)
        kept: list[tuple[str, ...]] = []
        cut = False
        given = 0
        for row in rows:
            given += 1
            if cut or len(kept) >= MOST_ROWS or self.cells < width or self.text <= 0:
                cut = True
                continue
            cells = [_cell(text) for text in row[:width]]
            cells += [""] * (width - len(cells))
            self.cells -= width
            self.text -= sum(map(len, cells))
            kept.append(tuple(cells))
        rows_in_all = max(rows_in_all, given)
        columns_in_all = max(columns_in_all, width)
        if cut:
            self._cut(f"rows of block {block}'s table after the first {len(kept):,}")
        if columns_in_all > width >= MOST_COLUMNS:
            self._cut(f"columns of block {block}'s table after the first {width:,}")
        described = tuple(
            Column(name=_cell(name)[:MOST_NAME], kind=kind(dtype, [row[place] for row in kept[:LOOKED_AT]]))
            for place, (name, dtype) in enumerate(columns)
        )
        return Table(
            columns=described,
            labels=min(labels, width),
            rows=tuple(kept),
            rows_in_all=rows_in_all,
            columns_in_all=columns_in_all,
        )

    def _cut(self, words: str) -> None:
        self.cut += 1
        if self.cut <= MOST_CUT:
            self.left_out.append(words)
        else:
            more = self.cut - MOST_CUT
            self.left_out[MOST_CUT:] = [f"rows of {more} more table{'s' if more > 1 else ''}"]


def kind(dtype: str, cells: Iterable[str]) -> Kind:
    """What a column holds: from its type where that says so, else from its cells."""
    if dtype:
        for pattern, answer in _TYPES:
            if pattern.match(dtype):
                return answer
    told = [text for text in cells if text.casefold() not in NOTHING]
    if not told:
        return "text"
    if all(text in ("True", "False", "true", "false") for text in told):
        return "boolean"
    if all(DATE.fullmatch(text) for text in told):
        return "date"
    if dtype in ("str", "string", "String"):
        return "text"
    for text in told:
        if not SIMPLE.fullmatch(text) and (LEADING_ZERO.match(text) or number(text) is None):
            return "text"  # a code such as 0042 is no 42
    return "number"


_TYPES: Final[tuple[tuple[re.Pattern[str], Kind], ...]] = (
    (NUMERIC, "number"),
    (DATED, "date"),
    (BOOLEAN, "boolean"),
)


def _cell(text: str) -> str:
    if len(text) > MOST_CELL:
        text = text[: MOST_CELL - 1] + "…"
    return plain(text) if ODD.search(text) else text
