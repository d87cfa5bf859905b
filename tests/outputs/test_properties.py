"""Whatever a document holds: it is read or refused in words, and what is read can be kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.model import Document
from bot.outputs import ipynb, snapshot
from bot.outputs.text import CONTROL

if TYPE_CHECKING:
    from collections.abc import Callable

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
often = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def kept(document: Document) -> None:
    """It can be written to a database, and no text hides anything."""
    assert Document.model_validate_json(document.model_dump_json()) == document
    for one in document.outputs:
        assert not CONTROL.search(one.text + one.title)
    if document.failure is not None:
        assert not CONTROL.search(document.failure.traceback + document.failure.message)


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


@often
@given(st.lists(part, max_size=5), anything)
def test_any_notebook(cells: list[dict[str, Any]], metadata: Any) -> None:
    kept(ipynb.read(json.dumps({"cells": cells, "metadata": metadata}).encode()))


@often
@given(anything)
def test_any_json(value: Any) -> None:
    read_or_refused(ipynb.read, json.dumps(value).encode(), "the notebook document")


@often
@given(st.lists(part, max_size=5), anything, text)
def test_any_snapshot(blocks: list[dict[str, Any]], execution: Any, name: str) -> None:
    whole = {"execution": execution, "project": {"notebooks": [{"name": name, "blocks": blocks}]}}
    content = yaml.dump(whole, Dumper=_Plainly).encode("utf-8", "replace")
    if read_or_refused(snapshot.read, content, "the snapshot"):
        assert isinstance(snapshot.inputs(content), dict)


@often
@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda words: words.encode("utf-8", "replace")))
def test_any_bytes(content: bytes) -> None:
    read_or_refused(ipynb.read, content, "the notebook document")
    read_or_refused(snapshot.read, content, "the snapshot")


class _Plainly(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True
