"""Any notebook makes a form that Slack takes; and a form that nobody touched says what it started from."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.form import Form, Place, digest, ends
from bot.model import Inputs, InputSpec, InputValue, Notebook, Options, Platform
from bot.render.fields import LISTED, withheld
from bot.render.forms import form as drawn
from bot.sandbox.slack.actions import in_blocks
from bot.sandbox.slack.blocks import view_problems, view_too_large
from bot.sandbox.slack.records import Held
from bot.sandbox.slack.values import state
from bot.slack.filled import carried, read

NAMES = st.text(st.characters(codec="utf-8", exclude_characters="=\r\n", exclude_categories=["C", "Z"]), min_size=1)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=60)
LINES = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cf", "Zl", "Zp")) | st.just("\n"), max_size=80
)
DAYS = st.dates().map(str)
KINDS = ("text", "textarea", "file", "checkbox", "select", "slider", "date", "date-range", "of-the-future")
PRESETS = st.sampled_from(["past7days", "pastYear", "customDays30"])


@st.composite
def inputs(draw: st.DrawFn) -> tuple[InputSpec, InputValue]:
    """An input with its notebook's own value, and another value that fits it."""
    kind = draw(
        st.sampled_from(["text", "textarea", "file", "checkbox", "select", "slider", "date", "date-range", "new"])
    )
    values: st.SearchStrategy[Any] = {
        "textarea": LINES,
        "checkbox": st.booleans(),
        "date": DAYS | st.just(""),
        "date-range": st.tuples(DAYS, DAYS) | PRESETS,
    }.get(kind, TEXTS)
    more: dict[str, Any] = {}
    if kind == "select":
        options = draw(st.lists(TEXTS.filter(bool), min_size=1, max_size=130, unique=True))
        more = {"options": tuple(options), "multiple": draw(st.booleans())}
        one = st.sampled_from(options)
        values = st.lists(one, max_size=5, unique=True).map(lambda some: tuple(o for o in options if o in some))
        values = values if more["multiple"] else one
    if kind == "slider":
        low, steps = draw(st.integers(-1000, 1000)), draw(st.integers(1, 10**7))
        more = {"minimum": float(low), "maximum": float(low + steps), "step": 1.0}
        values = st.integers(low, low + steps).map(str)
    name = draw(NAMES)
    return InputSpec(name=name, type=kind, value=draw(values), label=draw(TEXTS), **more), draw(values)


@st.composite
def forms(draw: st.DrawFn) -> Form:
    """A form for any notebook, from the notebook's own values or others."""
    several = draw(st.lists(inputs(), max_size=12, unique_by=lambda one: one[0].name))
    platform = draw(st.sampled_from(Platform))
    names = {spec.name for spec, _ in several}
    others = st.dictionaries(NAMES.filter(lambda name: name not in names), TEXTS.map(str.strip), max_size=4)
    return Form(
        origin=draw(st.sampled_from(["", "C1"])),
        notebook=Notebook(platform=platform, id="owner/abc"),
        title=draw(TEXTS),
        about=draw(TEXTS),
        url=draw(st.sampled_from([None, "https://example.com/a|b", "https://example.com/?a=1&b=2"])),
        specs=tuple(spec for spec, _ in several),
        values={spec.name: value for spec, value in several if draw(st.booleans())},
        extra=draw(others) if platform is Platform.DATALORE else {},
        options=draw(st.sampled_from([Options(), Options(readonly=platform is Platform.DEEPNOTE)])),
        place=draw(st.sampled_from(Place)),
        channels=draw(st.sampled_from([(), ("C1",), ("C2", "C3")])),
        more=draw(st.booleans()),
        fixed=draw(st.booleans()),
        last=draw(st.sampled_from([None, 7])),
        note=draw(TEXTS),
    )


def untouched(view: dict[str, Any]) -> dict[str, Any]:
    """What Slack sends of a view in which nobody changed anything."""
    values: dict[str, Any] = state(in_blocks(view["blocks"]), Held())
    return values


@given(forms())
def test_slack_takes_the_form_whatever_the_notebook(shown: Form) -> None:
    view = drawn(shown)
    assert view_problems(view) == []
    assert not view_too_large(view)
    assert carried(view).inputs == digest(shown.specs)


@given(forms())
def test_a_form_that_nobody_touched_runs_with_what_it_started_from(shown: Form) -> None:
    said = read(shown, untouched(drawn(shown)))
    started: Inputs = {**shown.values, **shown.extra}
    # An unticked checkbox and an empty field say so too, where the notebook's own value isn't that.
    assert {name: value for name, value in said.inputs.items() if name in started} == started
    assert {name for name in said.inputs if name not in started} == set()
    assert said.unread == ()


@given(forms())
def test_secrets_stand_nowhere_in_the_form(shown: Form) -> None:
    kept = {spec.name: value for spec in shown.fields if withheld(spec.name, value := shown.start(spec))}
    text = json.dumps(untouched(drawn(shown)))
    for spec in shown.fields:
        value = kept.get(spec.name)
        if isinstance(value, str) and len(value) > 12 and spec.type in ("text", "textarea"):
            assert json.dumps(value)[1:-1] not in text


def test_a_password_of_a_run_is_kept_back_and_goes_along() -> None:
    password = InputSpec(name="db_password", type="text", value="the notebook's own")
    shown = Form(
        notebook=Notebook(platform=Platform.DATALORE, id="ana/x"),
        specs=(password,),
        values={"db_password": "hunter2-hunter2"},
        extra={"api_token": "tok-tok-tok", "region": "EU"},
    )
    view = drawn(shown)
    assert "hunter2" not in json.dumps(view)
    assert "tok-tok" not in json.dumps(view)
    assert read(shown, untouched(view)).inputs == {
        "db_password": "hunter2-hunter2",
        "api_token": "tok-tok-tok",
        "region": "EU",
    }


def test_a_password_of_the_notebooks_own_is_neither_shown_nor_sent() -> None:
    password = InputSpec(name="db_password", type="text", value="the notebook's own")
    shown = Form(notebook=Notebook(platform=Platform.DEEPNOTE, id="x"), specs=(password,))
    view = drawn(shown)
    assert "notebook's own" not in json.dumps(view)
    assert read(shown, untouched(view)).inputs == {}


def test_many_options_in_all_are_offered_as_letters_are_typed() -> None:
    words = tuple(f"Option {number}" for number in range(90))
    specs = tuple(InputSpec(name=f"s{number}", type="select", options=words) for number in range(20))
    view = drawn(Form(notebook=Notebook(platform=Platform.DEEPNOTE, id="x"), specs=specs))
    kinds = [block["element"]["type"] for block in view["blocks"] if block.get("block_id", "").startswith("in:")]
    assert kinds.count("static_select") == LISTED // len(words)
    assert set(kinds) == {"static_select", "external_select"}


def asks(kind: str, value: InputValue | None = None, **more: Any) -> Form:
    """A form with one input."""
    spec = InputSpec(name="it", type=kind, value=value, **more)
    return Form(notebook=Notebook(platform=Platform.DEEPNOTE, id="x"), specs=(spec,))


def the_field(shown: Form) -> dict[str, Any]:
    """The input's own field, in a form that Slack takes."""
    view = drawn(shown)
    assert view_problems(view) == []
    element: dict[str, Any] = next(block for block in view["blocks"] if block.get("block_id") == "in:0:0")["element"]
    return element


def test_a_choice_that_the_notebook_lists_twice_is_offered_and_chosen_once() -> None:
    shown = asks("select", ("EU",), options=("EU", "US") * 75, multiple=True)
    assert [each["text"]["text"] for each in the_field(shown)["options"]] == ["EU", "US"]
    assert read(shown, untouched(drawn(shown))).inputs == {}


def test_long_choices_that_begin_alike_can_be_told_apart() -> None:
    sheets = tuple(f"Quarterly figures of all the subsidiaries in the Americas, as reported: {end}" for end in "ab")
    field = the_field(asks("select", sheets[1], options=(*sheets, "x" * 90)))
    labels = [each["text"]["text"] for each in field["options"]]
    assert labels[0].endswith("reported: a")
    assert labels[1] == field["initial_option"]["text"]["text"]
    assert labels[1].endswith("reported: b")
    assert labels[2] == "x" * 74 + "…"


def test_several_of_a_menu_are_the_notebooks_own_in_any_order() -> None:
    shown = asks("select", ("US", "EU"), options=("EU", "US"), multiple=True)
    assert read(shown, untouched(drawn(shown))).inputs == {}


def test_nothing_chosen_where_the_notebook_has_nothing_is_nothing_said() -> None:
    shown = asks("select", options=("EU", "US"), multiple=True)
    assert read(shown, untouched(drawn(shown))).inputs == {}


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ((-1, 1, 0.1, "-0.3"), ("-1", "1", "-0.3")),
        ((0, 10.5, 1, "3"), ("0", "10", "3")),
        ((10, 5, 1, "3"), (None, None, "3")),
        ((0, 1e300, 1, "3"), ("0", None, "3")),
        ((None, None, None, "3"), (None, None, "3")),
    ],
)
def test_a_slider_with_odd_ends_is_still_a_field(
    given: tuple[float | None, float | None, float | None, str], shown: tuple[str | None, str | None, str]
) -> None:
    low, high, step, value = given
    field = the_field(asks("slider", value, minimum=low, maximum=high, step=step))
    assert (field.get("min_value"), field.get("max_value"), field["initial_value"]) == shown


def test_a_number_of_a_million_digits_is_no_number_to_start_from() -> None:
    assert "initial_value" not in the_field(asks("slider", "1e999999"))


def test_a_text_of_several_lines_keeps_them() -> None:
    assert the_field(asks("text", "one\ntwo")).get("multiline") is True
    assert "multiline" not in the_field(asks("text", "one"))


@pytest.mark.parametrize("written", ["PAST7DAYS", " past7days "])
def test_a_period_in_any_spelling_is_that_period(written: str) -> None:
    assert the_field(asks("date-range", written))["initial_option"]["text"]["text"] == "Past 7 days"


def test_other_inputs_come_back_as_what_they_were() -> None:
    extra: Inputs = {"one": ("Web",), "a=b": "1", " edge ": "2", "two\nlines": "3", "none": (), "line": "x\ny"}
    shown = Form(notebook=Notebook(platform=Platform.DATALORE, id="ana/x"), extra=extra)
    assert read(shown, untouched(drawn(shown))).inputs == extra


def test_what_a_range_was_given_as_is_read_as_two_ends() -> None:
    assert ends("month-start..today") == ("month-start", "today")
    assert ends("2026-01-01, 2026-02-01") == ("2026-01-01", "2026-02-01")
    assert ends(("yesterday", "today")) == ("yesterday", "today")
    assert ends("2026-01-01 \u2013 2026-02-01") == ends("2026-01-01 to 2026-02-01") == ("2026-01-01", "2026-02-01")
    assert ends("past7days") == ends(None) == ends(("one",)) == ends(True) == ("", "")
