"""Charts, widgets, streams and all that can only be named."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from bot.outputs import ipynb
from bot.outputs.charts import chart_name
from tests.outputs.drawn import PICTURE, as_base64, jpeg, png

if TYPE_CHECKING:
    from bot.model import Document


def read(*outputs: dict[str, Any], **metadata: Any) -> Document:
    cells = [{"cell_type": "code", "source": "show()", "outputs": list(outputs)}]
    return ipynb.read(json.dumps({"cells": cells, "metadata": metadata}).encode())


def shown(**forms: Any) -> dict[str, Any]:
    return {"output_type": "display_data", "data": {name.replace("__", "/"): value for name, value in forms.items()}}


def form(name: str, content: Any, **more: Any) -> dict[str, Any]:
    return {"output_type": "display_data", "data": {name: content} | more}


PLOTLY = "application/vnd.plotly.v1+json"
LAYOUT = {"data": [], "layout": {"title": {"text": "<b>Revenue</b> by week"}}}


def test_a_picture_beside_a_chart_is_preferred_and_has_the_charts_name() -> None:
    [one] = read(form(PLOTLY, LAYOUT, **{"image/png": PICTURE})).outputs
    assert (one.kind, one.text) == ("image", "Revenue by week")
    [other] = read(form("application/vnd.vega.v5+json", {"title": "T"}, **{"image/png": PICTURE})).outputs
    assert (other.kind, other.text) == ("image", "T")


@pytest.mark.parametrize("mimetype", [f"application/vnd.vega{name}+json" for name in (".v5", "lite.v4", "lite.v6")])
def test_a_specification_is_a_chart_to_be_drawn(mimetype: str) -> None:
    [one] = read(form(mimetype, {"description": "Sales", "mark": "bar"}, **{"text/plain": "<Chart>"})).outputs
    assert (one.kind, one.text, one.mimetype) == ("chart", "Sales", mimetype)
    assert json.loads(one.data)["mark"] == "bar"


@pytest.mark.parametrize(
    ("spec", "name"),
    [
        ({"title": {"text": ["Two", "lines"]}, "mark": "bar"}, "Two lines"),
        (
            {"mark": {"type": "line"}, "encoding": {"x": {"field": "week"}, "y": {"aggregate": "count"}}},
            "Line chart: count by week",
        ),
        (
            {"layer": [{"mark": "point"}], "encoding": {"x": {"field": "a", "title": "Age"}, "y": {"field": "b"}}},
            "Scatter plot: b by Age",
        ),
        (
            {"mark": "arc", "encoding": {"theta": {"field": "n"}, "color": {"field": "kind"}}},
            "Pie chart: n by kind",
        ),
        (
            {
                "axes": [{"orient": "bottom", "title": "Name"}, {"orient": "left", "title": "Pay"}],
                "marks": [{"type": "rect"}],
            },
            "Bar chart: Pay by Name",
        ),
        ({"mark": 3, "encoding": []}, ""),
        ("no mapping", ""),
    ],
)
def test_a_chart_is_called_by_its_title_or_by_what_it_draws(spec: Any, name: str) -> None:
    assert chart_name(spec) == name


@pytest.mark.parametrize(
    ("forms", "words"),
    [
        ({PLOTLY: LAYOUT, "text/plain": "Figure({})"}, "an interactive chart (Plotly): Revenue by week"),
        ({"application/vnd.bokehjs_exec.v0+json": ""}, "an interactive chart (Bokeh)"),
        (
            {"application/vnd.jupyter.widget-view+json": {"model_id": "m"}, "text/plain": "Box(children=())"},
            "a widget (IntSlider)",
        ),
        (
            {"application/vnd.jupyter.widget-view+json": {"model_id": "x"}, "text/plain": "HBox(children=())"},
            "a widget (HBox)",
        ),
        ({"image/gif": "R0lG"}, "a picture (GIF)"),
        ({"image/webp": "UklG"}, "a picture (WebP)"),
        ({"application/pdf": "JVBE"}, "a PDF"),
        ({"application/x-new": {"a": 1}}, "an output of the kind application/x-new"),
    ],
)
def test_what_can_not_be_shown_is_named(forms: dict[str, Any], words: str) -> None:
    state = {"application/vnd.jupyter.widget-state+json": {"state": {"m": {"model_name": "IntSliderModel"}}}}
    [one] = read({"output_type": "display_data", "data": forms}, widgets=state).outputs
    assert (one.kind, one.text) == ("other", words)


def test_json_and_formulas_keep_their_words() -> None:
    tree, formula = read(
        shown(application__json={"a": [1]}, text__plain="<IPython.core.display.JSON object>"),
        shown(text__latex="$x^2$", text__plain="<IPython.core.display.Latex object>"),
    ).outputs
    assert (tree.kind, json.loads(tree.data)) == ("data", {"a": [1]})
    assert (formula.kind, formula.text, formula.note) == ("text", "$x^2$", "a formula, as LaTeX")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (as_base64(b"GIF89a" + bytes(30)), "the picture is a GIF, not what it says"),
        (as_base64(png()[:-20]), "the picture is incomplete"),
        (as_base64(jpeg()[:-2]), "the picture is incomplete"),
        (as_base64(png(0)), "the picture is empty"),
        (as_base64(png(30_000)), "the picture is 30,000 by 1 pixels large"),
        (as_base64(b"words"), "the picture is none"),
        ("%%%", "the picture can't be read"),
        ("é", "the picture can't be read"),
        ("A" * 16_000_000, "the picture is larger than 10 MB"),
    ],
)
def test_pictures_that_lie_are_named_with_the_reason(content: str, why: str) -> None:
    [one] = read(shown(image__png=content)).outputs
    assert (one.kind, one.text, one.note) == ("other", "a picture", why)


def test_a_jpeg_that_says_it_is_a_png_is_a_picture() -> None:
    assert read(shown(image__png=as_base64(jpeg()))).outputs[0].kind == "image"


def test_more_pictures_than_anybody_looks_at_are_named() -> None:
    found = read(*[shown(image__png=PICTURE)] * 25).outputs
    assert [one.kind for one in found] == ["image"] * 20 + ["other"] * 5


def test_warnings_and_progress_bars_are_counted_and_not_shown() -> None:
    noise = (
        "/lib/x.py:3: FutureWarning: old\n  df.append(row)\n"
        " 40%|####      | 4/10 [00:01<00:02]\r100%|##########| 10/10\n"
    )
    document = read(
        {"output_type": "stream", "name": "stdout", "text": "read\n"},
        {"output_type": "stream", "name": "stderr", "text": noise + "region EU has no orders\n"},
    )
    assert [one.text for one in document.outputs] == ["read\nregion EU has no orders\n"]
    assert document.left_out == ("1 progress bar", "1 warning")


def test_notebooks_of_the_third_format_are_read() -> None:
    cells = [
        {"cell_type": "heading", "level": 2, "source": "Orders"},
        {
            "cell_type": "code",
            "input": "x",
            "outputs": [
                {"output_type": "stream", "stream": "stdout", "text": ["a", "b"]},
                {"output_type": "pyout", "text": "3", "html": "<table><tr><td>3</td></tr></table>"},
                {"output_type": "display_data", "png": PICTURE},
                {"output_type": "pyerr", "ename": "E", "evalue": "v", "traceback": ["t"]},
            ],
        },
    ]
    document = ipynb.read(json.dumps({"nbformat": 3, "worksheets": [{"cells": cells}]}).encode())
    assert [(one.kind, one.title) for one in document.outputs] == [
        *(("text", "Orders"), ("table", "Orders"), ("image", "Orders")),
    ]
    assert document.failure is not None
    assert (document.failure.name, document.failure.block) == ("E", 2)
