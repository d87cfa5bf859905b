"""The answer first: key numbers, the notebook's own headline, and what is compared between runs."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from bot.model import Document, Figure, Shape
from bot.outputs import ipynb, snapshot


def cell(text: str = "", *, source: str = "run()", tags: list[str] | None = None, **forms: str) -> dict[str, Any]:
    data = {"text/plain": text} | {name.replace("__", "/"): value for name, value in forms.items()}
    outputs = [{"output_type": "execute_result", "data": {name: value for name, value in data.items() if value}}]
    return {"cell_type": "code", "source": source, "metadata": {"tags": tags or []}, "outputs": outputs}


def printed(text: str, source: str = "run()") -> dict[str, Any]:
    outputs = [{"output_type": "stream", "name": "stdout", "text": text}]
    return {"cell_type": "code", "source": source, "outputs": outputs}


def read(*cells: dict[str, Any]) -> Document:
    return ipynb.read(json.dumps({"cells": cells}).encode())


def big(title: str, value: str, **more: str) -> dict[str, Any]:
    said = repr(json.dumps({"title": title, "value": value, **more}))
    output = {"output_type": "execute_result", "data": {"text/plain": said}}
    return {"type": "big-number", "content": "", "sortingKey": title, "metadata": {}, "outputs": [output]}


def deepnote(*blocks: dict[str, Any]) -> Document:
    return snapshot.read(yaml.safe_dump({"project": {"notebooks": [{"name": "K", "blocks": list(blocks)}]}}).encode())


def test_a_big_number_is_a_figure_and_the_first_one_is_the_answer() -> None:
    document = deepnote(big("ARR", "1500000.0"), big("Churn", "0.04361", comparisonTitle="before", comparisonValue="5"))
    assert [(one.kind, one.text) for one in document.outputs] == [
        ("figure", "ARR: 1,500,000"),
        ("figure", "Churn: 0.04361 (before: 5)"),
    ]
    assert document.headline == Figure(name="ARR", text="1,500,000", value=1_500_000.0)
    assert [one.name for one in document.facts.figures] == ["ARR", "Churn"]


def test_a_marked_block_wins_over_big_numbers_whether_by_tag_or_by_comment() -> None:
    output = {"output_type": "stream", "text": "revenue: 1.31M\n"}
    block = {"type": "code", "content": "# threadbook:headline\nprint()", "sortingKey": "z", "outputs": [output]}
    tagged = block | {"content": "print()", "metadata": {"tags": ["threadbook:headline"]}}
    for one in (block, tagged):
        assert deepnote(big("ARR", "1"), one).headline == Figure(name="revenue", text="1.31M", value=1_310_000.0)


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("revenue 1.31M (+9 % against last week)", ("revenue", "1.31M (+9 % against last week)", 1_310_000.0)),
        ("Orders = 24,310", ("Orders", "24,310", 24_310.0)),
        ("log line\nchurn: 4.2 %\n", ("churn", "4.2 %", 4.2)),
        ("1310000", ("total", "1310000", 1_310_000.0)),
        ("np.float64(0.5)", ("total", "0.5", 0.5)),
        ("'Everything is fine: 3 of 4 shops grew.'", ("", "Everything is fine: 3 of 4 shops grew.", None)),
        ("All 12 checks passed", ("", "All 12 checks passed", None)),
    ],
)
def test_what_a_tagged_cell_says_is_the_answer(said: str, answer: tuple[str, str, float | None]) -> None:
    document = read(cell("7"), cell(said, source="total", tags=["threadbook:headline"]))
    assert document.headline is not None
    assert (document.headline.name, document.headline.text, document.headline.value) == answer


def test_a_table_of_one_value_and_a_marked_sentence_in_markdown_are_answers() -> None:
    page = "<table><thead><tr><th></th><th>revenue</th></tr></thead><tr><th>0</th><td>€ 12</td></tr></table>"
    table = read(cell(text__html=page, source="# threadbook:headline"))
    assert table.headline == Figure(name="revenue", text="€ 12", value=12.0)
    words = read(cell(text__markdown="## So\n**Sales grew** in `EU`.", tags=["threadbook:headline"]))
    assert words.headline == Figure(text="Sales grew in EU.")


def test_without_a_mark_there_is_no_answer() -> None:
    assert read(printed("revenue: 1.31M")).headline is None


def test_lines_that_name_a_number_are_facts_and_logs_are_none() -> None:
    document = read(
        printed("revenue: 1.31M\norders = 24,310\n• Margin: 12.5 %\nelapsed: 3.2 s\n12:30:05 rows: 9\nplain words"),
        printed("step: 1\nloss: 0.5\nstep: 2\nloss: 0.4"),
        printed("\n".join(f"row {chr(97 + n)}: {n}" for n in range(20))),
    )
    assert [(one.name, one.value) for one in document.facts.figures] == [
        ("revenue", 1_310_000.0),
        ("orders", 24_310.0),
        ("Margin", 12.5),
    ]


ONE_ROW = "<table><tr><th>orders<th>region<th>revenue</tr><tr><td>3<td>EU<td>9</tr></table>"
PAIRS = "<table><tr><th>metric<th>value</tr><tr><td>ARR<td>5</tr><tr><td>MRR<td>4</tr></table>"


def test_small_tables_give_figures_and_all_tables_their_shapes() -> None:
    document = read(cell(text__html=ONE_ROW, source="# Totals\nx"), cell(text__html=PAIRS, source="kpis"))
    assert [(one.name, one.text) for one in document.facts.figures] == [
        *(("orders", "3"), ("revenue", "9"), ("ARR", "5"), ("MRR", "4")),
    ]
    assert document.facts.shapes == (Shape(name="x", rows=1, columns=3), Shape(name="kpis", rows=2, columns=2))


def test_names_are_each_others_neighbours_never_the_same() -> None:
    heading = {"cell_type": "markdown", "source": "## Sales"}
    cells = [heading, *(cell(text__html=ONE_ROW, source=name) for name in ("a", "b", "run()", "run()"))]
    document = read(*cells)
    assert [one.name for one in document.facts.shapes] == ["Sales", "Sales: b", "Sales (2)", "Sales (3)"]
    names = [one.name for one in document.facts.figures]
    assert len(set(names)) == len(names) == 8
    assert read(*cells).facts == document.facts
