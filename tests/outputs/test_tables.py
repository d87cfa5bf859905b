"""Tables out of HTML and out of Deepnote's data frames."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from bot.outputs import ipynb
from bot.outputs.html import named, pieces
from bot.outputs.numbers import number
from bot.outputs.tables import MOST_COLUMNS, MOST_ROWS, Room, kind
from tests.outputs.drawn import PICTURE

if TYPE_CHECKING:
    from bot.model import Document, Table


def shown(*forms: dict[str, Any], source: str = "show()") -> Document:
    outputs = [{"output_type": "display_data", "data": one} for one in forms]
    return ipynb.read(json.dumps({"cells": [{"cell_type": "code", "source": source, "outputs": outputs}]}).encode())


def table(html: str) -> Table:
    [one] = shown({"text/html": html, "text/plain": "the same in letters"}).outputs
    assert one.table is not None
    return one.table


def columns(found: Table) -> list[tuple[str, str]]:
    return [(one.name, one.kind) for one in found.columns]


def test_a_data_frame_is_one_table_with_its_index_and_not_its_text_as_well() -> None:
    frame = pd.DataFrame({"region": ["EU", "<b>"], "revenue": [1.5, np.nan]}, index=["a", "b"])
    found = table(frame._repr_html_())
    assert columns(found) == [("", "text"), ("region", "text"), ("revenue", "number")]
    assert found.labels == 1
    assert found.rows == (("a", "EU", "1.5"), ("b", "<b>", "NaN"))
    assert (found.rows_in_all, found.columns_in_all) == (2, 3)


def test_indexes_and_columns_of_several_levels() -> None:
    index = pd.MultiIndex.from_tuples([("EU", "x"), ("EU", "y")], names=["region", "shop"])
    above = pd.MultiIndex.from_product([["2025", "2026"], ["orders", "share"]], names=["year", "what"])
    found = table(pd.DataFrame([[1, 2, 3, 4], [5, 6, 7, 8]], index=index, columns=above)._repr_html_())
    assert [name for name, _ in columns(found)] == [
        *("region", "shop", "2025 / orders", "2025 / share", "2026 / orders", "2026 / share"),
    ]
    assert found.labels == 2
    assert found.rows[1] == ("EU", "y", "5", "6", "7", "8")


def test_what_pandas_leaves_out_is_counted() -> None:
    with pd.option_context("display.max_rows", 4):
        found = table(pd.DataFrame({"n": range(20)}).rename_axis("day")._repr_html_())
    assert (found.rows_in_all, found.columns_in_all) == (20, 2)
    assert columns(found) == [("day", "number"), ("n", "number")]


def test_polars_says_its_types_and_its_size() -> None:
    head = "<thead><tr><th>day</th><th>code</th></tr><tr><td>date</td><td>str</td></tr></thead>"
    body = "<tbody><tr><td>2026-01-01</td><td>12</td></tr></tbody>"
    found = table(f'<small>shape: (1_000, 2)</small><table class="dataframe">{head}{body}</table>')
    assert columns(found) == [("day", "date"), ("code", "text")]
    assert (found.rows, found.rows_in_all) == ((("2026-01-01", "12"),), 1000)


def test_several_tables_with_their_captions_headings_and_the_words_between() -> None:
    page = (
        "<h2>Orders</h2><p>By <b>region</b>,<br>this week</p>"
        "<table><tr><th>region<th>orders<tr><td rowspan=2>EU<td>1,200<tr><td>€ 3</table>"
        "<table><caption>Stock</caption><tr><td>a<br>b</td><td colspan=2>c</td></tr></table><p>That's all</p>"
        "<script>x()</script><div style='display: none'>hidden</div>"
    )
    document = shown({"text/html": page})
    assert [(one.kind, one.title, one.text) for one in document.outputs] == [
        ("text", "Orders", "By region,\nthis week"),
        ("table", "Orders", ""),
        ("table", "Stock", ""),
        ("text", "Orders", "That's all"),
    ]
    tables = [one.table for one in document.outputs if one.table is not None]
    assert [one.rows for one in tables] == [(("EU", "1,200"), ("EU", "€ 3")), (("a b", "c", "c"),)]
    assert columns(tables[0])[1] == ("orders", "number")


def test_a_table_that_only_places_others_is_none() -> None:
    found = shown({"text/html": "<table><tr><td>left</td><td><table><tr><td>1</td></tr></table></td></tr></table>"})
    assert [one.kind for one in found.outputs] == ["text", "table"]


def test_pictures_within_a_page_are_pictures() -> None:
    page = f'<p>Look:</p><img alt="Sales" src="data:image/png;base64,{PICTURE}"><img src="https://x.example/y.png">'
    assert [(one.kind, one.text) for one in shown({"text/html": page}).outputs] == [
        ("text", "Look:"),
        ("image", "Sales"),
    ]


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<div id='a'></div><script>Plotly.newPlot('a')</script>", "an interactive chart (Plotly)"),
        ("<iframe srcdoc='leaflet.js'></iframe>", "an interactive map"),
        ("<iframe src='https://x.example'></iframe>", "an embedded page"),
        ("<script>mine()</script>", "an HTML view"),
    ],
)
def test_a_page_without_words_is_named(html: str, words: str) -> None:
    assert [(one.kind, one.text) for one in shown({"text/html": html}).outputs] == [("other", words)]
    assert named(html) == words


def frame(rows: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    described = [{"name": "name", "dtype": "object"}, {"name": "age", "dtype": "Int64"}, {"name": "at", "dtype": "str"}]
    index = [{"name": "_deepnote_index_column", "dtype": "int64"}]
    return {
        "application/vnd.deepnote.dataframe.v3+json": {"columns": described + index, "rows": rows, **more},
        "text/plain": "the same in letters",
    }


def test_deepnotes_data_frame_has_its_types_its_index_and_its_whole_size() -> None:
    rows: list[dict[str, Any]] = [
        {"name": "Ana", "age": 31, "at": "2026-01-01", "_deepnote_index_column": 0},
        {"name": None, "age": None, "at": {"a": 1}, "_deepnote_index_column": 1},
    ]
    [one] = shown(frame(rows, row_count=800, column_count=3)).outputs
    assert one.table is not None
    assert columns(one.table) == [("", "number"), ("name", "text"), ("age", "number"), ("at", "text")]
    assert one.table.rows == (("0", "Ana", "31", "2026-01-01"), ("1", "", "", '{"a": 1}'))
    assert (one.table.labels, one.table.rows_in_all, one.table.columns_in_all) == (1, 800, 4)


def test_a_frame_that_could_not_be_described_is_named() -> None:
    [one] = shown({"application/vnd.deepnote.dataframe.v3+json": {"error": "Traceback"}}).outputs
    assert (one.kind, one.text) == ("other", "a table")


def test_what_is_cut_is_told_and_the_whole_size_is_true() -> None:
    wide = "<table><tr>" + "<th>c</th>" * 10_000 + "</tr><tr>" + "<td>1</td>" * 10_000 + "</tr></table>"
    long = "<table>" + "<tr><td>1</td></tr>" * (MOST_ROWS + 7) + "</table>"
    document = shown({"text/html": wide}, {"text/html": long})
    first, second = (one.table for one in document.outputs)
    assert first is not None
    assert second is not None
    assert (len(first.columns), first.columns_in_all, first.rows_in_all) == (MOST_COLUMNS, 10_000, 1)
    assert (len(second.rows), second.rows_in_all) == (MOST_ROWS, MOST_ROWS + 7)
    assert document.left_out == (
        "columns of block 1's table after the first 200",
        "rows of block 1's table after the first 5,000",
    )


def test_all_tables_of_a_document_share_one_room() -> None:
    room = Room()
    page = "<table>" + f"<tr>{'<td>1</td>' * 100}</tr>" * 900 + "</table>"
    [first] = pieces(page, room, 1)
    [second] = pieces(page, room, 2)
    assert first.table is not None
    assert second.table is not None
    assert (len(first.table.rows), len(second.table.rows), second.table.rows_in_all) == (900, 100, 900)


@pytest.mark.parametrize(
    "page",
    ["<div>" * 50_000 + "x", "<table><tr><td>" * 20_000, f"<div {' '.join(f'a{n}=1' for n in range(9_000))}>x</div>"],
)
def test_pages_on_which_a_parser_would_spend_minutes_are_named(page: str) -> None:
    assert [(one.kind, one.text) for one in shown({"text/html": page}).outputs] == [("other", "an HTML view")]


@pytest.mark.parametrize(
    ("dtype", "cells", "expected"),
    [
        ("", ["1", "1,200.5", "NaN", "-3 %", "€ 4"], "number"),
        ("", ["0042", "12"], "text"),
        ("", ["True", "False", "None"], "boolean"),
        ("", ["2026-01-01", "2026-01-01 10:00:00", "NaT"], "date"),
        ("", ["", "nan"], "text"),
        ("object", ["1", "2"], "number"),
        ("string", ["1", "2"], "text"),
        ("datetime64[ns]", ["x"], "date"),
        ("float64", ["x"], "number"),
        ("bool", ["x"], "boolean"),
    ],
)
def test_what_a_column_holds(dtype: str, cells: list[str], expected: str) -> None:
    assert kind(dtype, cells) == expected


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.31M", 1_310_000.0),
        ("4,200", 4_200.0),
        ("1 234,5", 1_234.5),
        ("1.234,56", 1_234.56),
        ("12,34,567", 1_234_567.0),
        ("87 %", 87.0),
        ("€ 4,200", 4_200.0),
        ("-3.2e5", -320_000.0),
        ("(120)", -120.0),
        ("\u22125", -5.0),
        ("0,123", 0.123),
        ("3 bn", 3e9),
        ("192.168.1.1", None),
        ("2026-10-01", None),
        ("12:30", None),
        ("1 2", None),
        ("1e999", None),
        ("many", None),
        ("", None),
    ],
)
def test_numbers_as_people_write_them(text: str, value: float | None) -> None:
    assert number(text) == value
