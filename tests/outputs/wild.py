"""Documents that are broken in every way: `python -m tests.outputs.wild 10000` reads so many.

Each is a sound notebook or snapshot in which values were replaced, repeated, cut or nested, or bytes were changed.
"""

from __future__ import annotations

import json
import random
import sys
import time
from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final

import yaml

from bot.model import Document
from bot.outputs import convert, ipynb, snapshot
from bot.outputs.text import CONTROL
from tests.outputs.drawn import PICTURE

if TYPE_CHECKING:
    from collections.abc import Iterator

TABLE: Final = (
    "<table><thead><tr><th></th><th colspan=2>a</th></tr></thead>"
    "<tbody><tr><th rowspan=2>x</th><td>1</td><td>2</td></tr><tr><td>3</td><td>NaN</td></tr></tbody></table>"
    "<p>9 rows \u00d7 2 columns</p>"
)
FRAME: Final = {
    "columns": [{"name": "a", "dtype": "int64"}, {"name": "_deepnote_index_column", "dtype": "int64"}],
    "rows": [{"a": 1, "_deepnote_index_column": 0}],
    "row_count": 9,
    "column_count": 1,
}
FORMS: Final[tuple[dict[str, Any], ...]] = (
    {"text/html": TABLE, "text/plain": "a b"},
    {"image/png": PICTURE, "text/plain": "<Figure>"},
    {"image/svg+xml": "<svg><title>T</title></svg>"},
    {"application/vnd.deepnote.dataframe.v3+json": FRAME},
    {"application/vnd.vegalite.v5+json": {"mark": "bar", "encoding": {"x": {"field": "a"}}, "title": "T"}},
    {"application/vnd.plotly.v1+json": {"layout": {"title": {"text": "T"}}}},
    {"application/vnd.jupyter.widget-view+json": {"model_id": "m"}, "text/plain": "Box()"},
    {"text/markdown": ["# T\n", "words"], "text/latex": "$x$"},
    {"application/json": {"a": [1]}},
    {"text/plain": repr(json.dumps({"title": "ARR", "value": "1.5"}))},
)
HALF: Final = "HALF-A-CHARACTER"
"""Stands for a lone surrogate, which JSON can hold and YAML can't."""
ODD: Final[tuple[Any, ...]] = (
    *(None, True, -1, 10**40, 1.5, "", f"{HALF}\x00\u202e", "# threadbook:headline", "\x1b[31m", "<" * 50, "1e309"),
    *([], [[]], [None, {"a": 1}], {}, {"": {}}, "a: 1\nb = 2 %", "data:image/png;base64,", "<table>" * 9),
)


def sound() -> dict[str, Any]:
    """A notebook's cells, which are a snapshot's blocks as well."""
    outputs: list[dict[str, Any]] = [
        {"output_type": "stream", "name": "stderr", "text": ["revenue: 1.2M\n", "x.py:1: UserWarning: w\n  x\n"]},
        *(
            {"output_type": "execute_result", "execution_count": 1, "data": one, "metadata": {}}
            for one in deepcopy(FORMS)
        ),
        {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["a", "b"]},
    ]
    code = {
        "cell_type": "code",
        "type": "code",
        "source": "# x\ndf",
        "content": "df",
        "outputs": outputs,
        "metadata": {},
    }
    words = {"cell_type": "markdown", "type": "text-cell-h2", "source": "## Part", "content": "Part", "id": "a"}
    big = code | {
        "type": "big-number",
        "metadata": {"deepnote_cell_type": "big-number", "tags": ["threadbook:headline"]},
    }
    return {"cells": [words, code, big], "metadata": {"title": "K"}, "nbformat": 4, "nbformat_minor": 5}


def mutated(chance: random.Random) -> Any:
    """One of those, with a few values changed."""
    document: Any = sound()
    for _ in range(chance.randint(1, 6)):
        parent, key = chance.choice(list(_places(document)))
        change = chance.randrange(5)
        if change == 0:
            parent[key] = deepcopy(chance.choice(ODD))
        elif change == 1 and isinstance(parent, dict):
            del parent[key]
        elif change == 2:
            parent[key] = [parent[key]] * chance.randint(2, 30)
        elif change == 3 and isinstance(parent[key], str):
            at = chance.randint(0, len(parent[key]))
            parent[key] = parent[key][:at] + str(chance.choice(ODD)) + parent[key][at + chance.randint(0, 9) :]
        else:
            parent[key] = chance.choice([one[name] for one, name in _places(sound())])
    return document


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    every = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in every:
        yield value, key
        if isinstance(inner, dict | list):
            yield from _places(inner)


def documents(seed: int) -> tuple[bytes, bytes]:
    """The same broken document as a notebook and as a snapshot."""
    chance = random.Random(seed)
    document = mutated(chance)
    notebook = json.dumps(document).replace(HALF, "\\ud800").encode()
    blocks = document.get("cells") if isinstance(document, dict) else document
    whole = {"execution": {"inputs": {"a": 1}}, "project": {"notebooks": [{"name": "K", "blocks": blocks}]}}
    content = yaml.dump(whole, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper), allow_unicode=True)
    made = content.encode("utf-8", "replace")
    if chance.random() < 0.3:
        notebook, made = _damaged(notebook, chance), _damaged(made, chance)
    return notebook, made


def _damaged(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.randint(1, 5)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed[: chance.randint(1, len(changed))] if chance.random() < 0.3 else changed)


def kept(document: Document) -> None:
    """It can be written to a database, and no text hides anything."""
    assert Document.model_validate_json(document.model_dump_json()) == document
    for one in document.outputs:
        assert not CONTROL.search(one.text + one.title)
        if one.table is not None:
            assert all(len(row) == len(one.table.columns) for row in one.table.rows)
            assert one.table.rows_in_all >= len(one.table.rows)
            assert one.table.columns_in_all >= len(one.table.columns)
    if document.failure is not None:
        assert not CONTROL.search(document.failure.traceback + document.failure.message)
    names = [one.name for one in document.facts.figures]
    assert len(set(names)) == len(names)


def tried(seed: int) -> bool:
    """Read the documents of this number; whether any of them could be read.

    Raises:
        AssertionError: What was read isn't fit to be kept, or what was refused wasn't refused in words.
    """
    notebook, content = documents(seed)
    read = 0
    for how, given, subject in (
        (ipynb.read, notebook, "the notebook document"),
        (snapshot.read, content, "the snapshot"),
    ):
        try:
            document = how(given)
        except ValueError as error:
            assert str(error).startswith(subject), error  # noqa: PT017, both ways are tried
            continue
        kept(document)
        read += 1
        if how is snapshot.read:
            ipynb.read(convert.notebook(given))
    return read > 0


def main() -> None:
    """Read as many as the command says."""
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    begun, read, longest = time.perf_counter(), 0, 0.0
    for seed in range(many):
        before = time.perf_counter()
        read += tried(seed)
        longest = max(longest, time.perf_counter() - before)
    took = time.perf_counter() - begun
    sys.stdout.write(f"{many:,} documents, {read:,} of them readable, in {took:.0f} s; the longest {longest:.2f} s\n")


if __name__ == "__main__":
    main()
