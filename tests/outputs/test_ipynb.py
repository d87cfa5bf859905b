"""Jupyter notebooks, read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.model import Document, Output
from bot.outputs import ipynb
from tests.outputs.drawn import PICTURE

DASHES = "-" * 75


def code(*outputs: dict[str, Any], source: str = "run()") -> dict[str, Any]:
    return {"cell_type": "code", "source": source, "outputs": list(outputs)}


def words(source: str | list[str]) -> dict[str, Any]:
    return {"cell_type": "markdown", "source": source}


def stream(text: str | list[str], name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def display(**data: Any) -> dict[str, Any]:
    return {"output_type": "display_data", "data": {name.replace("__", "/"): value for name, value in data.items()}}


def error(name: str = "KeyError", value: str = "'region'", *trace: str) -> dict[str, Any]:
    return {"output_type": "error", "ename": name, "evalue": value, "traceback": list(trace)}


def read(*cells: dict[str, Any], **metadata: Any) -> Document:
    return ipynb.read(json.dumps({"cells": cells, "metadata": metadata}).encode())


def told(document: Document) -> list[tuple[str, int, str, str]]:
    return [(one.kind, one.block, one.title, one.text) for one in document.outputs]


def test_outputs_come_in_their_order_under_the_heading_above_them() -> None:
    document = read(
        words("# Weekly KPIs\n\nRevenue by week."),
        code(stream("24,310 orders\n")),
        words(["## By channel\n", "and then ## nothing"]),
        code(stream(["one\n", "two\n"]), display(text__plain="3")),
        title="KPIs",
    )
    assert document.title == "KPIs"
    assert told(document) == [
        ("text", 2, "Weekly KPIs", "24,310 orders\n"),
        ("text", 4, "By channel", "one\ntwo\n"),
        ("text", 4, "By channel", "3"),
    ]


def test_a_heading_that_a_cell_displays_is_the_title_of_what_the_cell_shows_next() -> None:
    document = read(
        code(display(text__markdown="### EU by week"), display(text__plain="table")),
        code(stream("after")),
    )
    assert told(document) == [
        ("markdown", 1, "", "### EU by week"),
        ("text", 1, "EU by week", "table"),
        ("text", 2, "", "after"),
    ]


def test_of_several_forms_the_richest_is_read() -> None:
    document = read(
        code(
            display(image__png=PICTURE, text__plain="<Figure>"),
            display(text__markdown="**b**", text__plain="b", text__html="<b>"),
            display(text__html="<table>", text__plain="a  b"),
            display(text__html="<p>only</p>"),
            display(text__html="<script>draw()</script>"),
            display(text__html="<p>x</p>", text__plain="<IPython.core.display.HTML object>"),
            display(text__plain="<Order at 0x7f00>"),
            display(**{"application/vnd.vegalite.v5+json": {"mark": "bar"}, "text__plain": "alt.Chart(...)"}),
            display(**{"application/x-strange": {"a": 1}}),
        )
    )
    assert [(one.kind, one.text) for one in document.outputs] == [
        ("image", ""),
        ("markdown", "**b**"),
        ("text", "a  b"),
        ("text", "only"),
        ("other", "an HTML view"),
        ("text", "x"),
        ("text", "<Order at 0x7f00>"),
        ("chart", "Bar chart"),
        ("other", "an output of the kind application/x-strange"),
    ]
    assert document.outputs[0] == Output(kind="image", block=1, data=PICTURE, mimetype="image/png")


@pytest.mark.parametrize(
    ("above", "source", "name"),
    [
        ("# Weekly KPIs\n## Revenue by channel", "# plot it\nplt.show()", "Revenue by channel"),
        ("# Weekly KPIs", "\n# Chart\nplt.show()", "Chart"),
        ("# Weekly KPIs", "#%% Revenue\nplt.show()", "Revenue"),
        ("# Weekly KPIs", "plt.show()", "Weekly KPIs"),
        ("plain words", "plt.show()", ""),
        ("## A part first", "# Chart", "A part first"),
    ],
)
def test_a_picture_is_named_by_its_heading_or_its_cells_first_comment(above: str, source: str, name: str) -> None:
    document = read(words(above), code(display(image__png=PICTURE), source=source))
    assert document.outputs[0].text == name


def test_what_is_printed_piece_by_piece_is_one_output() -> None:
    document = read(code(stream("a"), stream("b\n"), stream("c", "stderr"), display(text__plain="d"), stream("e")))
    assert [one.text for one in document.outputs] == ["ab\nc", "d", "e"]


def test_terminal_colours_progress_bars_and_hidden_marks_are_gone() -> None:
    document = read(code(stream("\x1b[31mred\x1b[0m\n  0%\r 50%\r100%\r\ndone\x07 \u202eoff \ud800half")))
    assert document.outputs[0].text == "red\n100%\ndone off \ufffdhalf"


def test_the_first_error_is_the_failure_with_its_place() -> None:
    document = read(
        words("## Orders"),
        code(stream("Read 4 orders")),
        code(
            stream("half"),
            error(
                "KeyError",
                "'region'",
                f"\x1b[31m{DASHES}\x1b[39m",
                "\x1b[31mKeyError\x1b[39m                                  Traceback (most recent call last)",
                "Cell In[3], line 6\n----> 6 print(row['region'])",
                "KeyError: 'region'",
            ),
            source="\n# Load orders\nprint()",
        ),
        code(error("Later", "not this one")),
    )
    failure = document.failure
    assert failure is not None
    assert (failure.block, failure.title, failure.line) == (3, "Orders", "# Load orders")
    assert (failure.name, failure.message) == ("KeyError", "'region'")
    assert failure.traceback.splitlines() == [
        "Traceback (most recent call last):",
        "Cell In[3], line 6",
        "----> 6 print(row['region'])",
        "KeyError: 'region'",
    ]
    assert [one.text for one in document.outputs] == ["Read 4 orders", "half"]


def test_a_chain_of_exceptions_loses_only_its_dashes() -> None:
    document = read(
        code(
            error(
                "B",
                "b",
                f"{DASHES}\nA            Traceback (most recent call last)\nCell In[1]\nA: a\n\nThe above exception",
                f"{DASHES}\nB                 Traceback (most recent call last)\nCell In[1]\nB: b",
            )
        )
    )
    assert document.failure is not None
    header = "Traceback (most recent call last):\nCell In[1]\n"
    assert document.failure.traceback == f"{header}A: a\n\nThe above exception\n{header}B: b"


def test_hundreds_of_outputs_are_bounded_and_a_failure_after_them_is_still_found() -> None:
    noise = [display(text__plain=str(n)) for n in range(2_500)]
    document = read(code(*noise), code(error()))
    assert len(document.outputs) == 2_000
    assert document.left_out == ("outputs after the first 2,000",)
    assert document.failure is not None


def test_a_long_output_is_bounded() -> None:
    (one,) = read(code(stream("x" * 500_000))).outputs
    assert len(one.text) == 200_000


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "readable JSON"),
        (b'{"cells": [', "readable JSON"),
        (b"[1]", "no cells"),
        (b'{"cells": 3}', "no cells"),
        (b"\xff\xfe\x00", "readable JSON"),
        (b'{"cells":' + b"[" * 100_000, "readable JSON"),
        (b'{"cells": [' + b"9" * 5_000 + b"]}", "readable JSON"),
    ],
)
def test_what_is_no_notebook_is_refused_in_words(content: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        ipynb.read(content)


def test_odd_cells_are_passed_over() -> None:
    document = read(
        {"cell_type": "code"},
        {"cell_type": ["code"], "source": {"a": 1}, "outputs": "none"},
        code({"output_type": "stream"}, {"output_type": "display_data", "data": []}, {"data": {}}, {}),
        code(display(**{"": 1})),
        "not a cell",  # type: ignore[arg-type]  # as a broken file has it
        title=["a", 1, "b"],
    )
    assert document.title == "ab"
    assert [one.kind for one in document.outputs] == ["other"]
