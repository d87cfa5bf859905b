"""Tables: as Slack's own where they are small, with the whole as a CSV that no spreadsheet runs."""

from __future__ import annotations

import csv
import io
from typing import Any, Literal

import pytest

from bot.model import Column, Table
from bot.render.sheets import csv_of, harmless
from bot.render.tables import drawn, number
from bot.sandbox.slack import problems

Kind = Literal["number", "date", "boolean", "text"]


def a_table(*columns: tuple[str, Kind], rows: list[list[str]], **more: int) -> Table:
    known = tuple(Column(name=name, kind=kind) for name, kind in columns)
    return Table(columns=known, rows=tuple(map(tuple, rows)), **({"rows_in_all": len(rows)} | more))


SALES = a_table(("week", "text"), ("revenue", "number"), rows=[["03 Aug", "1,161.50"], ["10 Aug", ""]])


def shown(table: Table) -> Any:
    found = drawn(table)
    assert found is not None
    assert problems([found.block]) == []
    return found


def test_numbers_are_numbers_and_stand_to_the_right_and_no_cell_is_empty() -> None:
    found = shown(SALES)
    assert found.block["rows"] == [
        [{"type": "raw_text", "text": "week"}, {"type": "raw_text", "text": "revenue"}],
        [{"type": "raw_text", "text": "03 Aug"}, {"type": "raw_number", "value": 1161.5, "text": "1,161.50"}],
        [{"type": "raw_text", "text": "10 Aug"}, {"type": "raw_text", "text": " "}],
    ]
    assert [one["align"] for one in found.block["column_settings"]] == ["left", "right"]
    assert (found.caption, found.whole) == ("", True)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("5", 5), ("-1,204.5", -1204.5), ("1e3", 1000.0), (".5", 0.5), ("1,2", None), ("9" * 30, None)),
        *(("٣", None), ("", None), ("-", None), ("1e999", None), ("NaN", None), ("5 %", None)),
    ],
)
def test_what_is_a_number(text: str, value: float | None) -> None:
    assert number(text) == value


def test_a_long_table_shows_its_first_rows_and_says_how_many_there_are() -> None:
    found = shown(a_table(("n", "number"), rows=[[str(n)] for n in range(131)]))
    assert len(found.block["rows"]) == 16
    assert (found.caption, found.whole) == ("first 15 of 131 rows", False)


def test_a_wide_table_shows_its_first_columns() -> None:
    found = shown(a_table(*[(f"c{n}", "text") for n in range(45)], rows=[["x"] * 45], columns_in_all=45))
    assert len(found.block["rows"][0]) == 20
    assert found.caption == "20 of 45 columns"


def test_what_the_document_itself_holds_only_in_part_is_said_to_be() -> None:
    found = shown(a_table(("n", "number"), rows=[["1"], ["..."], ["9"]], rows_in_all=12_000))
    assert (found.caption, found.whole) == ("3 of 12,000 rows", True)


def test_long_cells_are_cut_and_wrapped() -> None:
    found = shown(a_table(("words", "text"), rows=[["so " * 400]]))
    assert found.caption == "long cells are cut"
    assert found.block["column_settings"][0]["is_wrapped"]
    heavy = shown(a_table(*[(f"c{n}", "text") for n in range(20)], rows=[["y" * 900] * 20] * 9))
    assert len(heavy.block["rows"]) == 2


def test_a_table_without_columns_is_none() -> None:
    assert drawn(Table(columns=())) is None
    assert shown(a_table(("n", "text"), rows=[])).caption == "no rows"


@pytest.mark.parametrize("cell", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "  =1", "\uff1d1", "|calc"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert harmless(cell).startswith("'")


@pytest.mark.parametrize("cell", ["-5", "+9 %", "-1,204.50", "5", "EU", "", "-", "-1e-5", "1=1", "\u22125"])
def test_numbers_and_words_stay_as_they_are(cell: str) -> None:
    assert harmless(cell) == cell


def test_the_file_has_every_cell_and_is_utf_8_for_excel() -> None:
    table = a_table(("größe", "text"), ("n", "number"), rows=[['a "b", c', "1"], ["two\nlines", "=2"]])
    text = csv_of(table)
    assert text.startswith("\ufeffgröße,n\r\n")
    assert list(csv.reader(io.StringIO(text[1:], newline=""))) == [
        ["größe", "n"],
        ['a "b", c', "1"],
        ["two\nlines", "'=2"],
    ]
