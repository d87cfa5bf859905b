"""Wide tables, cut between two of their columns: Slack wraps long lines, which makes porridge of a table."""

from __future__ import annotations

from itertools import groupby
from typing import Final

WIDTH: Final = 90
LEAST_ROWS: Final = 3


def narrowed(words: str, width: int = WIDTH) -> tuple[str, bool]:
    """The words with their wide tables cut to so many columns of characters, and whether any was."""
    lines: list[str] = []
    cut = False
    for blank, group in groupby(words.split("\n"), key=lambda line: not line.strip()):
        rows = list(group)
        if blank or not _is_table(rows) or max(map(len, rows)) <= width:
            lines += rows
            continue
        edge = _edge(rows, width)
        lines += [row if len(row) <= edge else row[:edge].rstrip() + " …" for row in rows]
        cut = True
    return "\n".join(lines), cut


def _is_table(rows: list[str]) -> bool:
    """Whether most lines have gaps, as columns under one another do and sentences don't."""
    gaps = sum("  " in row.strip() for row in rows)
    return len(rows) >= LEAST_ROWS and gaps * 3 >= len(rows) * 2


def _edge(rows: list[str], width: int) -> int:
    """The last place within the width where every line has a gap; without one, the width."""
    most = width - 2
    for place in range(most, width // 3, -1):
        if all(len(row) <= place or row[place] == " " for row in rows):
            return place
    return most
