"""Whatever a document holds: it is read or refused in words, and what is read can be kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.outputs import ipynb, snapshot
from tests.outputs.wild import kept, tried

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.model import Document

text = st.text(max_size=20) | st.sampled_from(
    ["\x1b[31mred", "a\rb", "# T", "\ud800", "\x00", "## \u202ex", "image/png"]
)
text |= st.sampled_from(["code", "stream", "error", "display_data", "text-cell-h1", "input-text", "markdown"])
scalar = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | text
keys = st.sampled_from(
    [
        *("cells", "outputs", "output_type", "text", "data", "text/plain", "text/markdown", "image/png", "ename"),
        *("evalue", "traceback", "source", "cell_type", "metadata", "title", "type", "content", "sortingKey", "name"),
        *("", "\ud800"),
    ]
)
anything = st.recursive(
    scalar, lambda one: st.lists(one, max_size=4) | st.dictionaries(keys, one, max_size=6), max_leaves=25
)
output = st.dictionaries(keys, anything, max_size=6)
part = st.fixed_dictionaries(
    {"cell_type": text | st.just("code"), "type": text | st.just("code"), "source": anything, "content": anything},
    optional={"outputs": st.lists(output, max_size=4) | anything, "sortingKey": anything},
)
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


lines = st.text(max_size=40) | st.lists(st.text(max_size=20), max_size=3)
mimetypes = st.sampled_from(
    [
        *("text/plain", "text/html", "text/markdown", "text/latex", "image/png", "image/svg+xml", "image/gif"),
        *("application/x-new", "application/pdf", "text/csv"),
    ]
)
json_types = st.sampled_from(
    [
        *("application/json", "application/vnd.plotly.v1+json", "application/vnd.vegalite.v5+json"),
        *("application/vnd.deepnote.dataframe.v3+json", "application/vnd.jupyter.widget-view+json"),
        "application/vnd.vega.v5+json",
    ]
)
nothing_said: st.SearchStrategy[dict[str, Any]] = st.just({})
bundle = st.builds(
    lambda texts, trees: {**texts, **trees},
    st.dictionaries(mimetypes, lines, max_size=3),
    st.dictionaries(json_types, st.dictionaries(st.text(max_size=8), anything, max_size=3), max_size=1),
)
count = st.none() | st.integers(0, 99)
said = st.one_of(
    st.fixed_dictionaries(
        {"output_type": st.just("stream"), "name": st.sampled_from(["stdout", "stderr"]), "text": lines}
    ),
    st.fixed_dictionaries({"output_type": st.just("display_data"), "data": bundle, "metadata": nothing_said}),
    st.fixed_dictionaries(
        {"output_type": st.just("execute_result"), "data": bundle, "metadata": nothing_said, "execution_count": count}
    ),
    st.fixed_dictionaries(
        {
            "output_type": st.just("error"),
            "ename": st.text(max_size=9),
            "evalue": st.text(max_size=9),
            "traceback": st.lists(st.text(max_size=9), max_size=3),
        }
    ),
)
tagged = st.fixed_dictionaries({}, optional={"tags": st.just(["threadbook:headline"])})
sound_cell = st.one_of(
    st.fixed_dictionaries(
        {
            "cell_type": st.just("code"),
            "source": lines,
            "metadata": tagged,
            "execution_count": count,
            "outputs": st.lists(said, max_size=4),
        }
    ),
    st.fixed_dictionaries(
        {"cell_type": st.sampled_from(["markdown", "raw"]), "source": lines, "metadata": nothing_said}
    ),
)


@unhurried
@given(st.lists(sound_cell, max_size=4), st.integers(0, 4))
def test_whatever_the_schema_allows_is_read(cells: list[dict[str, Any]], minor: int) -> None:
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": minor}
    nbformat.validate(notebook)
    kept(ipynb.read(json.dumps(notebook).encode()))


@pytest.mark.parametrize("tens", range(4))
def test_what_was_broken_by_chance_is_read_or_refused(tens: int) -> None:
    read = [tried(seed) for seed in range(100 * tens, 100 * (tens + 1))]
    assert 30 < sum(read) < 100


def read_or_refused(read: Callable[[bytes], Document], content: bytes, subject: str) -> bool:
    """Whether it was read; what isn't is refused in a sentence about its subject."""
    try:
        document = read(content)
    except ValueError as error:
        refusal = str(error)
    else:
        kept(document)
        return True
    assert refusal.startswith(subject)
    return False


@unhurried
@given(st.lists(part, max_size=5), anything)
def test_any_notebook(cells: list[dict[str, Any]], metadata: Any) -> None:
    kept(ipynb.read(json.dumps({"cells": cells, "metadata": metadata}).encode()))


@unhurried
@given(anything)
def test_any_json(value: Any) -> None:
    read_or_refused(ipynb.read, json.dumps(value).encode(), "the notebook document")


@unhurried
@given(st.lists(part, max_size=5), anything, text)
def test_any_snapshot(blocks: list[dict[str, Any]], execution: Any, name: str) -> None:
    whole = {"execution": execution, "project": {"notebooks": [{"name": name, "blocks": blocks}]}}
    content = yaml.dump(whole, Dumper=_Plainly).encode("utf-8", "replace")
    if read_or_refused(snapshot.read, content, "the snapshot"):
        assert isinstance(snapshot.inputs(content), dict)


@unhurried
@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda words: words.encode("utf-8", "replace")))
def test_any_bytes(content: bytes) -> None:
    read_or_refused(ipynb.read, content, "the notebook document")
    read_or_refused(snapshot.read, content, "the snapshot")


class _Plainly(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True
