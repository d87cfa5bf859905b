"""Tables as CSV files: whole, and harmless in a spreadsheet.

A spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a formula, which can call programs and send data
away. Such cells get an apostrophe in front, which spreadsheets don't show; numbers stay numbers. The byte order mark
tells Excel that the file is UTF-8.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Final

from bot.render.text import clean

if TYPE_CHECKING:
    from bot.model import Table

FORMULA: Final = re.compile(r"\s*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20|]")
A_NUMBER: Final = re.compile(
    r"\s*[-+]?(?:\d[\d,.' \u00a0\u202f]*|\.\d+)(?:e[-+]?\d+)?\s?[%€$£¥kKMB]{0,2}\s*|-?inf|-?nan|-+", re.IGNORECASE
)


def csv_of(table: Table) -> str:
    """All that the document holds of a table; begins with a byte order mark."""
    page = io.StringIO()
    page.write("\ufeff")
    writer = csv.writer(page)
    writer.writerow([harmless(column.name) for column in table.columns])
    writer.writerows([harmless(cell) for cell in row] for row in table.rows)
    return page.getvalue()


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    words = clean(cell)
    return f"'{words}" if FORMULA.match(words) and not A_NUMBER.fullmatch(words) else words
