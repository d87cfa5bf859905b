"""What differs between what a notebook said now and what it said before: its key numbers, and its tables."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from typing import TYPE_CHECKING, Final, TypeVar

from bot.model import Change, Figure, Shape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.model import Facts, Output, Table

Named = TypeVar("Named", Figure, Shape)
OTHER_VALUES: Final = "other values"
"""The difference of tables of one size whose cells differ."""
TENFOLD: Final = 10


def compare(before: Facts, now: Facts) -> tuple[Change, ...]:
    """What differs, key numbers first, in the order in which they stand now; what is gone comes last.

    Several of one name are told apart by their order.
    """
    figures, shapes = dict(_keyed(before.figures)), dict(_keyed(before.shapes))
    found = list[Change]()
    for key, figure in _keyed(now.figures):
        found += _figure(figures.pop(key, None), figure)
    for key, shape in _keyed(now.shapes):
        found += _shape(shapes.pop(key, None), shape)
    found += [Change(name=one.name, before=one.text) for one in figures.values()]
    found += [Change(name=one.name, before=_size(one, one)) for one in shapes.values()]
    return tuple(found)


def with_cells(facts: Facts, outputs: Iterable[Output]) -> Facts:
    """The facts with a digest of each table's cells: a table can change and keep its size.

    Args:
        facts: With the tables' shapes in the order of the tables, as far as they go.
        outputs: The document's.
    """
    tables = [one.table for one in outputs if one.table is not None]
    shapes = [
        shape.model_copy(update={"cells": _digest(table)})
        for shape, table in zip(facts.shapes, tables, strict=False)
        if shape.rows == table.rows_in_all
    ]
    if len(shapes) != min(len(facts.shapes), len(tables)):
        return facts
    return facts.model_copy(update={"shapes": (*shapes, *facts.shapes[len(shapes) :])})


def _digest(table: Table) -> str:
    told = hashlib.blake2b(digest_size=8)
    for row in ([column.name for column in table.columns], *table.rows):
        told.update("\x1f".join(row).encode("utf-8", "replace"))
        told.update(b"\x1e")
    return told.hexdigest()


def _keyed(several: Iterable[Named]) -> Iterator[tuple[tuple[str, int], Named]]:
    seen = Counter[str]()
    for one in several:
        name = one.name.casefold()
        yield (name, seen[name]), one
        seen[name] += 1


def _figure(before: Figure | None, now: Figure) -> list[Change]:
    if before is None:
        return [Change(name=now.name, now=now.text)]
    if before.text == now.text:
        return []
    return [Change(name=now.name, before=before.text, now=now.text, by=_by(before, now))]


def _by(before: Figure, now: Figure) -> str:
    """`+9 %`; of shares the points, `+3 points`; empty where the numbers can't be compared."""
    old, new = before.value, now.value
    if old is None or new is None or not (math.isfinite(old) and math.isfinite(new)) or old == new:
        return ""
    if before.text.rstrip().endswith("%") and now.text.rstrip().endswith("%"):
        points = new - old if abs(new) > 1 or abs(old) > 1 or "%" in now.text else (new - old) * 100
        return f"{_signed(points)} points"
    if old == 0:
        return _signed(new)
    if (old < 0) != (new < 0) and new != 0:
        return _signed(new - old)
    return f"{_signed((new / old - 1) * 100)} %"


def _signed(number: float) -> str:
    """`+9`, `-4.2`, `+0.03`, `+1,200`: as many digits as say something."""
    if not math.isfinite(number):
        return ""
    places = 0 if abs(number) >= TENFOLD or number == round(number) else 1
    while places and places < 4 and round(number, places) == 0:  # noqa: PLR2004, smaller is nothing to people
        places += 1
    words = f"{number:+,.{places}f}"
    return words.rstrip("0").rstrip(".") if "." in words else words


def _shape(before: Shape | None, now: Shape) -> list[Change]:
    if before is None:
        return [Change(name=now.name, now=_size(now, now))]
    sizes = (before.rows, before.columns), (now.rows, now.columns)
    if sizes[0] == sizes[1]:
        if not before.cells or not now.cells or before.cells == now.cells:
            return []
        return [Change(name=now.name, before=_size(before, now), now=_size(now, before), by=OTHER_VALUES)]
    return [Change(name=now.name, before=_size(before, now), now=_size(now, before))]


def _size(one: Shape, other: Shape) -> str:
    """`131 rows`, or what else differs: `5 columns`, `131 rows of 5 columns`."""
    rows = f"{one.rows:,} {'row' if one.rows == 1 else 'rows'}"
    columns = f"{one.columns:,} {'column' if one.columns == 1 else 'columns'}"
    if one.columns == other.columns:
        return rows
    return columns if one.rows == other.rows else f"{rows} of {columns}"
