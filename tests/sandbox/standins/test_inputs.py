from datetime import date, timedelta
from typing import Any

import pytest

from bot.sandbox.inputs import Input, Value


def an_input(kind: str, *, multiple: bool = False) -> Input:
    return Input("b1", "x", kind, "", multiple=multiple)


@pytest.mark.parametrize(
    ("kind", "multiple", "value"),
    [
        ("input-text", False, 'it\'s "EU"\n'),
        ("input-textarea", False, ""),
        ("input-file", False, "orders.csv"),
        ("input-date", False, "2026-10-01"),
        ("input-date", False, ""),
        ("input-select", False, "EU"),
        ("input-select", True, ["EU", "US"]),
        ("input-select", True, []),
        ("input-slider", False, "7"),
        ("input-slider", False, "-0.5"),
        ("input-checkbox", False, False),
        ("input-date-range", False, ["2026-01-01", ""]),
        ("input-date-range", False, "past7days"),
        ("input-date-range", False, "customDays30"),
    ],
)
def test_deepnote_takes_values_of_the_blocks_type(kind: str, multiple: bool, value: Value) -> None:
    assert an_input(kind, multiple=multiple).complaint(value) is None


@pytest.mark.parametrize(
    ("kind", "multiple", "value", "words"),
    [
        ("input-slider", False, 7, "expected a string, a boolean or an array of strings"),
        ("input-text", False, None, "expected a string, a boolean or an array of strings"),
        ("input-select", True, ["EU", 1], "expected a string, a boolean or an array of strings"),
        ("input-slider", False, "seven", 'Input "x" must be a numeric string for input-slider'),
        ("input-checkbox", False, "true", 'Input "x" must be a boolean for input-checkbox'),
        ("input-text", False, True, 'Input "x" must be a string for input-text'),
        ("input-select", False, ["EU"], 'Input "x" must be a string for input-select'),
        ("input-select", True, "EU", 'Input "x" must be an array of strings for input-select'),
        ("input-date", False, "today", 'Input "x" must be a date string'),
        ("input-date", False, "2026-02-30", 'Input "x" must be a date string'),
        ("input-date-range", False, "lastQuarter", "relative range"),
        ("input-date-range", False, ["2026-01-01"], "array of two date strings"),
    ],
)
def test_deepnote_refuses_values_of_another_type(kind: str, multiple: bool, value: Any, words: str) -> None:
    complaint = an_input(kind, multiple=multiple).complaint(value)
    assert complaint is not None
    assert words in complaint


@pytest.mark.parametrize(
    ("kind", "multiple", "given", "held"),
    [
        ("input-checkbox", False, "True", True),
        ("input-checkbox", False, "maybe", None),
        ("input-slider", False, "7", "7"),
        ("input-slider", False, "seven", None),
        ("input-select", True, "Web", ["Web"]),
        ("input-select", True, ["Web", "Store"], ["Web", "Store"]),
        ("input-text", False, ["a", "b"], None),
        ("input-date", False, "2026-10-01", "2026-10-01"),
    ],
)
def test_datalores_parameters_are_texts_that_the_control_understands(
    kind: str, multiple: bool, given: str | list[str], held: Value | None
) -> None:
    assert an_input(kind, multiple=multiple).from_parameter(given) == held


@pytest.mark.parametrize(
    ("kind", "multiple", "value", "becomes"),
    [
        ("input-text", False, "it's", "it's"),
        ("input-slider", False, "0.5", 0.5),
        ("input-slider", False, "7", 7),
        ("input-checkbox", False, True, True),
        ("input-select", False, "", None),
        ("input-select", True, ["a", "b"], ["a", "b"]),
        ("input-file", False, "", None),
        ("input-date", False, "2026-10-01", date(2026, 10, 1)),
        ("input-date", False, "", None),
        ("input-date-range", False, ["2026-10-01", ""], [date(2026, 10, 1), None]),
        ("input-date-range", False, "", [None, None]),
    ],
)
def test_a_block_becomes_a_python_variable(kind: str, multiple: bool, value: Value, becomes: Any) -> None:
    names: dict[str, Any] = {}
    exec(an_input(kind, multiple=multiple).assignment(value), names)
    assert names["x"] == becomes
    assert type(names["x"]) is type(becomes)


def test_a_relative_range_ends_today() -> None:
    names: dict[str, Any] = {}
    exec(an_input("input-date-range").assignment("customDays30"), names)
    start, end = names["x"]
    assert end - start == timedelta(days=30)
    assert abs(end - date.today()) <= timedelta(days=1)  # noqa: DTZ011 - the notebook's day is the machine's
