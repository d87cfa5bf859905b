"""What of a document is compared with an earlier one: its key numbers and its tables' shapes, by names that stay."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bot.model import Facts, Figure, Shape
from bot.outputs.figures import MOST_FIGURE, named_in
from bot.outputs.numbers import number
from bot.outputs.source import comment, variable
from bot.outputs.text import line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.model import Output, Table
    from bot.outputs.part import Part

MOST_FIGURES: Final = 100
MOST_SHAPES: Final = 100
MOST_ROWS: Final = 20
"""Of a table that is a list of names and numbers."""
SAYS_NOTHING: Final = frozenset({"", "0", "1", "value", "values", "number", "amount", "result"})
"""Names of columns that add nothing to the row's own name."""
PLACE: Final = re.compile(r"\d+")


def facts(said: Sequence[tuple[Part, Sequence[Output]]], headline: Figure | None) -> Facts:
    """The facts, in the document's order; names that come again are numbered in that order."""
    figures: dict[str, Figure] = {}
    shapes: dict[str, Shape] = {}

    def keep(figure: Figure, where: str = "") -> None:
        if len(figures) >= MOST_FIGURES:
            return
        name = line(figure.name, 100)
        if name in figures and where and f"{where}: {name}" not in figures:
            name = f"{where}: {name}"
        name = _free(name, figures)
        figures[name] = figure.model_copy(update={"name": name})

    if headline is not None and headline.value is not None:
        keep(headline if headline.name else headline.model_copy(update={"name": "headline"}))
    for part, outputs in said:
        for one in outputs:
            if one.figure is not None:
                _unless_told(one.figure, headline, keep)
            elif one.kind == "text":
                for figure in named_in(one.text):
                    _unless_told(figure, headline, keep)
            elif one.table is not None:
                name = one.title or variable(part.source) or comment(part.source) or "table"
                for figure in _of_table(one.table):
                    keep(figure, name)
                if len(shapes) < MOST_SHAPES:
                    if name in shapes and (other := variable(part.source) or comment(part.source)):
                        name = f"{name}: {other}" if other != name else name
                    name = _free(name, shapes)
                    table = one.table
                    shapes[name] = Shape(name=name, rows=table.rows_in_all, columns=table.columns_in_all - table.labels)
    return Facts(figures=tuple(figures.values()), shapes=tuple(shapes.values()))


def _unless_told(figure: Figure, headline: Figure | None, keep: object) -> None:
    """The answer is a fact once, though it also stands in the document."""
    told = headline is not None and figure.name == headline.name and figure.value == headline.value
    if not told and figure.name and callable(keep):
        keep(figure)


def _free(name: str, taken: Iterable[str]) -> str:
    """A name that isn't taken."""
    known = set(taken)
    if name not in known:
        return name
    return next(f"{name} ({again})" for again in range(2, len(known) + 3) if f"{name} ({again})" not in known)


def _of_table(table: Table) -> list[Figure]:
    """The numbers of a table with one row, or of a list of names and numbers."""
    if table.rows_in_all != len(table.rows) or not table.rows:
        return []
    if len(table.rows) == 1:
        cells = zip(table.columns[table.labels :], table.rows[0][table.labels :], strict=True)
        return [
            Figure(name=column.name, text=text, value=value)
            for column, text in list(cells)[:MOST_ROWS]
            if column.name and not PLACE.fullmatch(column.name) and (value := _value(text)) is not None
        ]
    if len(table.rows) > MOST_ROWS or len(table.columns) - table.labels > 2:  # noqa: PLR2004, a name and a number
        return []
    if len(table.columns) - table.labels == 1 and table.labels == 1:
        names = [row[0] for row in table.rows]
    elif len(table.columns) - table.labels == 2 and table.columns[-2].kind == "text":  # noqa: PLR2004
        names = [row[-2] for row in table.rows]
    else:
        return []
    if table.columns[-1].kind != "number" or len(set(names)) < len(names) or all(map(PLACE.fullmatch, names)):
        return []
    counts = line(table.columns[-1].name, 60)
    above = "" if counts.casefold() in SAYS_NOTHING else f"{counts} "
    return [
        Figure(name=f"{above}{line(name, 60)}", text=row[-1], value=value)
        for name, row in zip(names, table.rows, strict=True)
        if name.strip() and (value := _value(row[-1])) is not None
    ]


def _value(text: str) -> float | None:
    return number(text) if len(text) <= MOST_FIGURE else None
