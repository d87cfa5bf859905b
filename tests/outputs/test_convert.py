"""Snapshots as notebooks that Jupyter opens."""

from __future__ import annotations

import ast
from typing import Any

import nbformat
import pytest
import yaml

from bot.outputs import convert, ipynb, snapshot


def block(kind: str, content: str, key: str, *outputs: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    about = {"id": f"b{key}", "type": kind, "content": content, "sortingKey": key, "metadata": metadata}
    return about | ({"outputs": list(outputs), "executionCount": 4} if outputs else {})


FRAME = {
    "columns": [{"name": "a", "dtype": "int64"}],
    "rows": [{"a": 1, "_deepnote_index_column": 0}],
    "row_count": 90,
    "column_count": 1,
}
BLOCKS = [
    block("text-cell-h2", "Orders #1", "a"),
    block("text-cell-todo", "check *it*", "b", checked=True),
    block("separator", "", "c"),
    block("input-text", "", "d", deepnote_variable_name="region", deepnote_variable_value="E'U"),
    block("input-slider", "", "e", deepnote_variable_name="weeks", deepnote_variable_value="8"),
    block("input-checkbox", "", "f", deepnote_variable_name="fresh", deepnote_variable_value=True),
    block("input-select", "", "g", deepnote_variable_name="shops", deepnote_variable_value=["a", "b"]),
    block("sql", "select 1\nfrom t", "h", deepnote_variable_name="df"),
    block(
        "code",
        "df",
        "i",
        {"output_type": "execute_result", "data": {"application/vnd.deepnote.dataframe.v3+json": FRAME}},
        {"output_type": "stream", "text": ["a", "b"]},
        {"output_type": "error", "ename": "E", "evalue": "v"},
        {"output_type": "update_display_data"},
    ),
    block("big-number", "", "j", deepnote_big_number_title="ARR", deepnote_big_number_value="arr"),
    block("button", "", "k", deepnote_variable_name="go"),
]


def snapshot_of(*blocks: dict[str, Any]) -> bytes:
    notebooks = [{"name": "Weekly KPIs", "blocks": list(blocks)}]
    whole = {"environment": {"python": {"version": "3.11"}}, "project": {"notebooks": notebooks}}
    return yaml.safe_dump(whole).encode()


def test_every_block_becomes_a_cell_and_the_notebook_is_valid() -> None:
    made = nbformat.reads(convert.notebook(snapshot_of(*BLOCKS)).decode(), as_version=4)  # type: ignore[no-untyped-call]
    nbformat.validate(made)
    assert [(cell.cell_type, cell.source) for cell in made.cells] == [
        ("markdown", "## Orders \\#1"),
        ("markdown", "- [x] check \\*it\\*"),
        ("markdown", "---"),
        ("code", 'region = "E\'U"'),
        ("code", "weeks = 8"),
        ("code", "fresh = True"),
        ("code", "shops = ['a', 'b']"),
        ("code", "# SQL, kept as df\n# select 1\n# from t"),
        ("code", "df"),
        ("code", "# ARR\narr"),
        ("code", "# button: go"),
    ]
    for cell in made.cells:
        if cell.cell_type == "code":
            ast.parse(cell.source)
    assert made.cells[8].execution_count == 4
    assert made.metadata.title == "Weekly KPIs"


def test_what_it_said_is_the_same_read_from_either() -> None:
    content = snapshot_of(*BLOCKS)
    one, other = snapshot.read(content), ipynb.read(convert.notebook(content))
    assert (one.title, one.failure, one.left_out) == (other.title, other.failure, other.left_out)
    assert [(each.kind, each.text, each.table) for each in one.outputs] == [
        (each.kind, each.text, each.table) for each in other.outputs
    ]
    made = nbformat.reads(convert.notebook(content).decode(), as_version=4)  # type: ignore[no-untyped-call]
    assert "<p>90 rows \u00d7 1 columns</p>" in made.cells[8].outputs[0].data["text/html"]


def test_odd_blocks_still_make_a_valid_notebook() -> None:
    odd = {"id": "b a d", "type": 7, "content": None, "executionCount": "x", "metadata": {"tags": [1]}}
    same = {
        "id": "same",
        "type": "code",
        "outputs": [{"output_type": "display_data", "data": {"text/plain": {"a": 1}}}],
    }
    worse = {"output_type": "execute_result", "execution_count": -1, "data": {"a/b": float("nan"), "image/png": 3}}
    made = convert.notebook(snapshot_of(odd, same, same, block("code", "x", "z", worse)))
    nbformat.validate(nbformat.reads(made.decode(), as_version=4))  # type: ignore[no-untyped-call]


def test_what_is_no_snapshot_is_refused() -> None:
    with pytest.raises(ValueError, match="no notebook"):
        convert.notebook(b"a: 1")


def test_plain_aliases_are_read() -> None:
    text = b"x: &region {name: EU}\nexecution: {inputs: {region: &a EU, again: *a}}\ny: [*region, *region]"
    assert snapshot.inputs(text) == {"region": "EU", "again": "EU"}
