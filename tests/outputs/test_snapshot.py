"""Deepnote's snapshots, read."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from bot.outputs import snapshot
from tests.outputs.drawn import PICTURE


def block(kind: str, content: str, key: str, *outputs: dict[str, Any]) -> dict[str, Any]:
    return {"id": key, "type": kind, "content": content, "sortingKey": key, "outputs": list(outputs)}


def document(*blocks: dict[str, Any], **execution: Any) -> bytes:
    project = {"id": "p", "name": "Sales", "notebooks": [{"id": "n", "name": "Weekly KPIs", "blocks": list(blocks)}]}
    whole = {"version": "1.0.0", "execution": execution, "project": project}
    return yaml.safe_dump(whole, allow_unicode=True).encode()


def stream(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": text}


def test_blocks_are_read_in_their_sorting_order_and_counted_from_one() -> None:
    found = snapshot.read(
        document(
            block("code", "second()", "b", stream("two")),
            block("text-cell-h2", "Orders", "a1"),
            block("input-text", "region", "a2"),
            block("code", "third()", "c", stream("three")),
            block("text-cell-p", "# no heading of its own", "a0"),
        )
    )
    assert found.title == "Weekly KPIs"
    assert [(one.block, one.title, one.text) for one in found.outputs] == [(4, "Orders", "two"), (5, "Orders", "three")]


def test_a_first_level_heading_is_the_documents_title_and_names_no_picture() -> None:
    picture = {"output_type": "display_data", "data": {"image/png": PICTURE}}
    found = snapshot.read(
        document(block("text-cell-h1", "Weekly KPIs", "a"), block("code", "# Chart\nshow()", "b", picture))
    )
    assert [(one.title, one.text) for one in found.outputs] == [("Weekly KPIs", "Chart")]


def test_the_failed_block_is_the_first_with_an_error() -> None:
    failed = {
        "output_type": "error",
        "ename": "KeyError",
        "evalue": "'region'",
        "traceback": ["\x1b[31mKeyError\x1b[0m: 'region'"],
    }
    found = snapshot.read(document(block("code", "# Load orders\nload()", "a", failed), error={"name": "Other"}))
    assert found.failure is not None
    assert (found.failure.block, found.failure.line, found.failure.name) == (1, "# Load orders", "KeyError")
    assert found.failure.traceback == "KeyError: 'region'"


def test_without_one_the_run_itself_says_why() -> None:
    reason = {"name": "KernelDied", "message": "out of memory", "traceback": ["a", 1, "b"]}
    found = snapshot.read(document(block("code", "x", "a"), error=reason))
    assert found.failure is not None
    assert (found.failure.block, found.failure.name, found.failure.message) == (None, "KernelDied", "out of memory")
    assert found.failure.traceback == "a\nb"


def test_the_inputs_that_it_was_given_are_told() -> None:
    given = {"region": "US", "fresh": True, "channels": ["Web", "Store"], "weeks": 8}
    expected = {"region": "US", "fresh": True, "channels": ("Web", "Store"), "weeks": "8"}
    assert snapshot.inputs(document(inputs=given)) == expected
    assert snapshot.inputs(document()) == {}


SOUND = document(block("code", "x", "a", stream("said"))).decode()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "isn't a document"),
        ("- a\n- b", "isn't a document"),
        ("a: [", "isn't readable YAML"),
        ("a: !!python/object/apply:os.system [ls]\n" + SOUND, "isn't readable YAML"),
        ("? {a: 1}\n: b\n" + SOUND, "isn't readable YAML"),
        ("\x00", "isn't readable YAML"),
        ("a: &a [1, *a]\n" + SOUND, "go round in a circle"),
        ("a: " + "[" * 100_000, "nested too deeply"),
        ("- " * 100_000 + "x", "nested too deeply"),
        ("a: " + "[" * 900 + "]" * 900 + "\n" + SOUND, "nested too deeply"),
        ("project: {notebooks: []}", "holds no notebook"),
        ("project: [1]", "holds no notebook"),
    ],
)
def test_what_is_no_snapshot_or_would_bring_us_down_is_refused_in_words(content: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        snapshot.read(content.encode())


def test_aliases_that_would_explode_are_refused_at_once() -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 30))
    for content in (bomb + SOUND, bomb.replace("[", "{<<: [").replace("]", "]}") + SOUND):
        with pytest.raises(ValueError, match="aliases"):
            snapshot.read(content.encode())


def test_odd_blocks_are_passed_over() -> None:
    odd: list[Any] = [
        "x",
        {"type": 3, "content": 4, "sortingKey": {}, "outputs": "none"},
        block("visualization", "", "z"),
    ]
    assert snapshot.read(document(*odd)).outputs == ()


def test_words_are_read_as_yaml_1_2_has_them_so_no_country_becomes_false() -> None:
    text = b"execution: {inputs: {country: NO, since: 2026-10-01, dry: true, weeks: 08, share: 1.5}}\n"
    assert snapshot.inputs(text) == {
        "country": "NO",
        "since": "2026-10-01",
        "dry": True,
        "weeks": "8.0",
        "share": "1.5",
    }
