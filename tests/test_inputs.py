from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from bot.errors import UserError
from bot.inputs import encode, faults, settled
from bot.platforms.base import InputSpec

if TYPE_CHECKING:
    from bot.model import InputValue

TODAY = date(2026, 5, 6)
SPECS = (
    InputSpec(name="who", type="text", value="Ana"),
    InputSpec(name="note", type="textarea"),
    InputSpec(name="data", type="file"),
    InputSpec(name="region", type="select", options=("EU", "US", "Asia, Pacific")),
    InputSpec(name="free", type="select"),
    InputSpec(name="columns", type="select", multiple=True, options=("a", "b", "C", "Asia, Pacific")),
    InputSpec(name="tags", type="select", multiple=True),
    InputSpec(name="verbose", type="checkbox", value=False),
    InputSpec(name="threshold", type="slider", minimum=0, maximum=100, step=5),
    InputSpec(name="ratio", type="slider", minimum=-1, maximum=1, step=0.1),
    InputSpec(name="loose", type="slider"),
    InputSpec(name="since", type="date"),
    InputSpec(name="period", type="date-range"),
    InputSpec(name="colour", type="colour-picker"),
)


def one(name: str, value: InputValue) -> InputValue:
    return encode({name: value}, SPECS, TODAY)[name]


def mistake(name: str, value: InputValue, specs: tuple[InputSpec, ...] = SPECS) -> UserError:
    with pytest.raises(UserError) as caught:
        encode({name: value}, specs, TODAY)
    return caught.value


@pytest.mark.parametrize(
    ("name", "typed", "sent"),
    [
        ("who", "  today ", "  today "),
        ("who", "", ""),
        ("who", True, "true"),
        ("note", ("one",), "one"),
        ("data", "/datasets/a.csv", "/datasets/a.csv"),
        ("region", "EU", "EU"),
        ("region", " eu ", "EU"),
        ("region", "asia, pacific", "Asia, Pacific"),
        ("free", "anything at all", "anything at all"),
        ("columns", "a", ("a",)),
        ("columns", "b, c", ("b", "C")),
        ("columns", "a,,a ,b", ("a", "b")),
        ("columns", ("A", "c"), ("a", "C")),
        ("columns", "Asia, Pacific", ("Asia, Pacific",)),
        ("columns", ("a", "Asia, Pacific"), ("a", "Asia, Pacific")),
        ("columns", ("a,b", "C"), ("a", "b", "C")),
        ("columns", "", ()),
        ("tags", "x, y", ("x", "y")),
        ("tags", ("x, y",), ("x, y",)),
        ("verbose", True, True),
        ("verbose", "YES", True),
        ("verbose", "on", True),
        ("verbose", "1", True),
        ("verbose", "true", True),
        ("verbose", "no", False),
        ("verbose", "Off", False),
        ("verbose", "0", False),
        ("verbose", ("false",), False),
        ("threshold", "5", "5"),
        ("threshold", " +7.50e1 ", "75"),
        ("threshold", "100.0", "100"),
        ("threshold", "-0", "0"),
        ("ratio", "0.3", "0.3"),
        ("ratio", "-0.7", "-0.7"),
        ("ratio", "-.5", "-0.5"),
        ("loose", "-12.25", "-12.25"),
        ("since", "2026-01-05", "2026-01-05"),
        ("since", "yesterday", "2026-05-05"),
        ("since", "2026-01-05T00:00:00.000Z", "2026-01-05T00:00:00.000Z"),
        ("since", "", ""),
        ("period", "2026-01-01..2026-02-01", ("2026-01-01", "2026-02-01")),
        ("period", ("2026-01-01", "today"), ("2026-01-01", "2026-05-06")),
        ("period", "month-start,today", ("2026-05-01", "2026-05-06")),
        ("period", "PastMonth", "pastMonth"),
        ("period", ("past7days",), "past7days"),
        ("period", "customDays12", "customDays12"),
        ("colour", "#fff", "#fff"),
        ("colour", ("a", "b"), ("a", "b")),
    ],
)
def test_each_block_gets_its_own_kind_of_value(name: str, typed: InputValue, sent: InputValue) -> None:
    encoded = one(name, typed)
    assert encoded == sent
    assert type(encoded) is type(sent)
    assert one(name, encoded) == encoded, "what was sent once can be sent again"


@pytest.mark.parametrize(
    ("name", "typed", "text"),
    [
        ("who", ("a", "b"), "who takes one value, not 2"),
        ("region", "Mars", "“Mars” is no choice of region"),
        ("region", "", "“” is no choice of region"),
        ("region", ("EU", "US"), "takes one value"),
        ("columns", "a, z", "“z” is no choice of columns"),
        ("verbose", "maybe", "yes or no, not “maybe”"),
        ("verbose", ("yes", "no"), "takes one value"),
        ("threshold", "many", "takes a number, not “many”"),
        ("threshold", "", "takes a number"),
        ("threshold", "nan", "takes a number"),
        ("threshold", "inf", "takes a number"),
        ("threshold", "1e999999", "takes a number"),
        ("threshold", "-5", "out of its range"),
        ("threshold", "105", "out of its range"),
        ("threshold", "7", "between two steps"),
        ("ratio", "0.35", "between two steps"),
        ("since", "soon", "takes a date, not “soon”"),
        ("since", "2026-02-30", "takes a date"),
        ("since", "12:00", "takes a date"),
        ("period", "today", "takes two dates, not “today”"),
        ("period", "past", "takes two dates"),
        ("period", ("a", "b", "c"), "takes two dates"),
        ("period", True, "takes two dates"),
        ("period", "2026-02-01..2026-01-01", "ends"),
        ("period", ("2026-02-01", "2026-01-01"), "ends"),
    ],
)
def test_a_value_that_doesnt_fit_is_pointed_at(name: str, typed: InputValue, text: str) -> None:
    error = mistake(name, typed)
    assert text in error.text
    assert error.hint


def test_hints_say_what_to_type() -> None:
    assert mistake("threshold", "7").hint == "threshold=5 or threshold=10"
    assert mistake("ratio", "-0.95").hint == "ratio=-1 or ratio=-0.9"
    assert mistake("threshold", "x").hint == "Give a number from 0 to 100 in steps of 5."
    assert mistake("loose", "x").hint == "loose=7"
    assert mistake("region", "uss").hint == "Did you mean “US”? Its choices: EU, US, Asia, Pacific."


def test_a_slider_whose_last_step_is_beyond_its_end_offers_only_what_it_has() -> None:
    spec = (InputSpec(name="s", type="slider", minimum=1, maximum=9, step=3),)
    assert encode({"s": "7"}, spec, TODAY) == {"s": "7"}
    assert mistake("s", "8.5", spec).hint == "s=7"


def test_a_choice_that_matches_two_spellings_must_be_typed_exactly() -> None:
    spec = (InputSpec(name="s", type="select", options=("eu", "EU")),)
    assert encode({"s": "EU"}, spec, TODAY) == {"s": "EU"}
    assert "no choice" in mistake("s", "Eu", spec).text


def test_long_lists_and_long_values_are_shortened() -> None:
    spec = (InputSpec(name="s", type="select", options=tuple(f"option {n}" for n in range(30))),)
    error = mistake("s", "z" * 500, spec)
    assert len(error.text) < 120
    assert error.hint.endswith("option 9 and 20 more.")


def test_an_unknown_name_is_named_and_the_likely_one_offered() -> None:
    error = mistake("Regoin", "EU")
    assert error.text == "This notebook has no input “Regoin”."
    assert error.hint.startswith("Did you mean “region”? Its inputs: who, note, data, region,")
    assert "and 4 more" in error.hint
    assert "no inputs" in mistake("region", "EU", ()).text


def test_where_the_blocks_arent_known_values_go_as_they_are() -> None:
    inputs: dict[str, InputValue] = {"x": "7", "y": ("a",), "z": True}
    assert encode(inputs, None, TODAY) == inputs


def test_of_two_blocks_with_one_name_the_first_counts() -> None:
    specs = (InputSpec(name="x", type="checkbox"), InputSpec(name="x", type="text"))
    assert encode({"x": "yes"}, specs, TODAY) == {"x": True}


def test_a_form_learns_of_every_value_that_doesnt_fit() -> None:
    specs = (
        InputSpec(name="since", type="date"),
        InputSpec(name="top", type="slider", maximum=5),
        InputSpec(name="note", type="text"),
    )
    found = faults({"since": "soon", "top": "9", "note": "fine", "gone": "1"}, specs, TODAY)
    assert sorted(found) == ["gone", "since", "top"]
    assert faults({"since": "today"}, specs, TODAY) == {}


def test_values_settle_into_boxes_and_menus_and_what_doesnt_fit_stays() -> None:
    typed: dict[str, InputValue] = {"verbose": "yes", "region": "eu", "columns": "a, c", "since": "today", "more": "on"}
    assert settled(typed, SPECS) == {**typed, "verbose": True, "region": "EU", "columns": ("a", "C")}
    odd: dict[str, InputValue] = {"verbose": "perhaps", "region": "Mars", "columns": ("a", "z")}
    assert settled(odd, SPECS) == odd
