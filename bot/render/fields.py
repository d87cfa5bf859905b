"""A notebook's inputs as fields of a form, each as the widget that fits it.

A field's block id is `in:<generation>:<place among the fields>`; Slack keeps what was typed in a field whose ids stay,
so a form can be drawn again around it.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import date
from decimal import ROUND_FLOOR, Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

from bot import dates
from bot.form import ends
from bot.render import ids
from bot.render.elements import MOST_LABEL, TEXT, field, option, text
from bot.render.masks import secret
from bot.render.text import Block, both_ends, cut, spoken

if TYPE_CHECKING:
    from bot.form import Form
    from bot.model import Inputs, InputSpec, InputValue

MOST_OPTIONS: Final = 100
LISTED: Final = 600
"""Options that a modal lists in all; the selects after them offer theirs as letters are typed."""
TWO_DATES: Final = "two-dates"
PRESETS: Final = {
    "past7days": "Past 7 days",
    "past14days": "Past 14 days",
    "pastMonth": "Past month",
    "past3months": "Past 3 months",
    "past6months": "Past 6 months",
    "pastYear": "Past year",
}
SOME_DAY: Final = date(2020, 2, 3)
"""What is a word for a date is one on any day."""
CUSTOM: Final = re.compile(r"customDays(\d+)")
MOST_DIGITS: Final = 20
"""Digits of a number, before or after its point; no slider has more."""
DATE_HINT: Final = "Like 2026-10-01, or a word: today, yesterday, last-monday, month-start."


def block_of(form: Form, name: str) -> str:
    """The block id of an input's field; the one of the other inputs where it has none."""
    for place, spec in enumerate(form.fields):
        if spec.name == name:
            return f"in:{form.generation}:{place}"
    return f"extra:{form.generation}"


def withheld(name: str, value: InputValue | None) -> bool:
    """Whether a value goes along without being shown: its name looks secret, or no field can hold it."""
    if value is None or isinstance(value, bool):
        return False
    if isinstance(value, tuple):
        return secret(name) or len(value) > MOST_OPTIONS
    return bool(value) and (secret(name) or len(value) > TEXT)


def fields(form: Form) -> list[Block]:
    """A block or more for each input."""
    blocks: list[Block] = []
    listed = 0
    for place, spec in enumerate(form.fields):
        listed += len(spec.options)
        blocks += _field(form, f"in:{form.generation}:{place}", spec, external=listed > LISTED)
    if form.open or form.others:
        blocks.append(_others(form, alone=not blocks))
    return blocks


def lines(form: Form) -> tuple[str, Inputs]:
    """The other inputs as lines of name=value, and those that go along without being shown."""
    kept, written, room = dict(form.others), list[str](), TEXT
    for name, value in form.others.items():
        several = value if isinstance(value, tuple) else (value,)
        own = [f"{name}={_written(one, literal=name in form.literal)}" for one in several]
        size = sum(map(len, own)) + len(own)
        if own and size <= room and _can_be_line(name) and not withheld(name, value):
            written += own
            room -= size
            del kept[name]
    return "\n".join(written), kept


def option_choices(spec: InputSpec, typed: str) -> Block:
    """The options of a long select, by what is typed."""
    wanted = typed.casefold().strip()
    found = [option(label, place) for words, label, place in _offered(spec) if wanted in words.casefold()]
    return {"options": found[:MOST_OPTIONS]}


def _offered(spec: InputSpec) -> list[tuple[str, str, str]]:
    """Each choice once: itself, what people read, and its place among the options.

    A long choice shows its end as well where its beginning alone is that of another.
    """
    places = {words: str(spec.options.index(words)) for words in dict.fromkeys(spec.options)}
    begun = Counter(cut(words.strip(), MOST_LABEL) for words in places)
    return [
        (words, words if begun[cut(words.strip(), MOST_LABEL)] == 1 else both_ends(words.strip(), MOST_LABEL), place)
        for words, place in places.items()
    ]


def label_of(spec: InputSpec) -> str:
    """What people read above its field."""
    return spec.label.strip() or spec.name.strip()


def _field(form: Form, block: str, spec: InputSpec, *, external: bool) -> list[Block]:
    value, label, kept = form.start(spec), label_of(spec), ""
    if withheld(spec.name, value):
        value, kept = None, HIDDEN if secret(spec.name) else TOO_LONG
    match spec.type:
        case "checkbox":
            return [field(block, label, _checkbox(value))]
        case "select" if spec.options:
            return [_select(block, label, spec, value, kept=kept, external=external)]
        case "slider":
            return [field(block, label, _number(spec, value), hint=kept or _range_words(spec), optional=value is None)]
        case "date":
            hint = kept or form.hints.get(spec.name, DATE_HINT)
            return [field(block, label, _date(value), hint=hint, dispatch=True)]
        case "date-range":
            return _date_range(form, block, spec, value, kept=kept)
        case "textarea":
            return [field(block, label, text(_one(value), multiline=True), hint=kept)]
        case "file":
            return [field(block, label, text(_one(value)), hint=kept or "The path of a file in the project.")]
        case _:
            # A field of one line would lose the ends of lines without a word.
            words = _one(value)
            return [field(block, label, text(words, multiline="\n" in words), hint=kept)]


HIDDEN: Final = "Its name looks secret, so its value isn't shown. Left empty, it stays as it is."
TOO_LONG: Final = "Its value is too long to be shown here. Left empty, it stays as it is."


def _others(form: Form, *, alone: bool) -> Block:
    written, kept = lines(form)
    hint = "One a line, as name=value."
    if form.notebook is not None and not form.note:
        hint += f" {form.notebook.platform.label} doesn't tell a notebook's inputs: type their names as it has them."
    if kept:
        hint += f" Not shown, but as they were: {', '.join(kept)}."
    element = text(written, multiline=True)
    return field(f"extra:{form.generation}", "Inputs" if alone else "Other inputs", element, hint=hint)


def _can_be_line(name: str) -> bool:
    """Whether a name is read again as what it is before an equals sign."""
    return name == name.strip() and name.isprintable() and bool(name) and "=" not in name


def _written(value: str | bool, *, literal: bool) -> str:
    """A value after its equals sign: in JSON's quotes where it would be read as something else without them."""
    if isinstance(value, bool):
        return "true" if value else "false"
    word = literal and dates.resolve(value, SOME_DAY) not in (None, value)
    plain = value == value.strip() and value.isprintable() and not value.startswith('"')
    return value if plain and not word else json.dumps(value, ensure_ascii=False)


def _checkbox(value: InputValue | None) -> Block:
    yes = option("Yes", "yes")
    element: Block = {"type": "checkboxes", "action_id": ids.FORM_VALUE, "options": [yes]}
    return element | {"initial_options": [yes]} if value is True else element


def _select(block: str, label: str, spec: InputSpec, value: InputValue | None, *, kept: str, external: bool) -> Block:
    wanted = (value,) if isinstance(value, str) else value if isinstance(value, tuple) else ()
    offered = {words: option(label, place) for words, label, place in _offered(spec)}
    options = list(offered.values())
    initial = [one for words, one in offered.items() if words in wanted]
    gone = [words for words in wanted if words and words not in spec.options]
    external = external or len(options) > MOST_OPTIONS
    kind = ("multi_" if spec.multiple else "") + ("external_select" if external else "static_select")
    element: Block = {"type": kind, "action_id": ids.FORM_OPTION if external else ids.FORM_VALUE}
    element |= {"min_query_length": 0} if external else {"options": options}
    if initial:
        element |= {"initial_options": initial} if spec.multiple else {"initial_option": initial[0]}
    hint = f"No longer a choice: {', '.join(gone)}." if gone else kept
    # What the notebook has a value for can be changed, but not be left out.
    return field(block, label, element, hint=hint, optional=spec.multiple or not (initial or gone))


def _number(spec: InputSpec, value: InputValue | None) -> Block:
    low, high = _bound(spec.minimum), _bound(spec.maximum)
    whole = all(bound is None or bound == int(bound) for bound in (spec.minimum, spec.step)) and spec.step is not None
    element: Block = {"type": "number_input", "action_id": ids.FORM_VALUE, "is_decimal_allowed": not whole}
    if low is not None and high is not None and low > high:
        low = high = None  # a mistake of the notebook's, which the platform may judge
    if whole and high is not None:
        high = high.to_integral_value(ROUND_FLOOR)
    if low is not None:
        element["min_value"] = digits(low)
    if high is not None:
        element["max_value"] = digits(high)
    try:
        number = Decimal(_one(value))
    except InvalidOperation:
        return element
    fits = number.is_finite() and abs(number.adjusted()) < MOST_DIGITS
    fits = fits and (low is None or number >= low) and (high is None or number <= high)
    fits = fits and not (whole and number != int(number))
    return element | {"initial_value": digits(number)} if fits else element


def _bound(number: float | None) -> Decimal | None:
    """A slider's end; None where it has none that a form could show."""
    bound = None if number is None else Decimal(str(number))
    return bound if bound is not None and abs(bound.adjusted()) < MOST_DIGITS else None


def digits(number: float | Decimal) -> str:
    """A number as Slack and people write it, without an exponent."""
    words = format(number if isinstance(number, Decimal) else Decimal(str(number)), "f")
    return words.rstrip("0").rstrip(".") if "." in words else words


def _range_words(spec: InputSpec) -> str:
    words = []
    if spec.minimum is not None and spec.maximum is not None:
        words.append(f"From {digits(spec.minimum)} to {digits(spec.maximum)}")
    if spec.step is not None and spec.step != 1:
        words.append(f"{'in' if words else 'In'} steps of {digits(spec.step)}")
    return ", ".join(words) + "." if words else ""


def _date(value: InputValue | None) -> Block:
    return text(_one(value)) | {"dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]}}


def _date_range(form: Form, block: str, spec: InputSpec, value: InputValue | None, *, kept: str) -> list[Block]:
    """A choice of periods; and where it says "Two dates", those."""
    label, preset = label_of(spec), period(value)
    known = PRESETS if preset in PRESETS or preset == TWO_DATES else {preset: _custom(preset), **PRESETS}
    options = [option(words, name) for name, words in {**known, TWO_DATES: "Two dates…"}.items()]
    element: Block = {
        "type": "static_select",
        "action_id": ids.FORM_VALUE,
        "options": options,
        "initial_option": next(one for one in options if one["value"] == preset),
    }
    blocks = [field(block, label, element, hint=kept, dispatch=True, optional=False)]
    if preset != TWO_DATES:
        return blocks
    for end, words, start in zip(("from", "to"), ("first day", "last day"), ends(value), strict=True):
        hint = form.hints.get(f"{spec.name}:{end}", DATE_HINT if end == "from" else "")
        date = field(f"{block}:{end}", f"{label}: {words}", _date(start), hint=hint, dispatch=True, optional=not start)
        blocks.append(date)
    return blocks


def period(value: InputValue | None) -> str:
    """A range's preset, or that it is two dates."""
    return (dates.preset(value) if isinstance(value, str) else None) or TWO_DATES


def _custom(preset: str) -> str:
    found = CUSTOM.fullmatch(preset)
    return f"Past {found[1]} days" if found else preset


def _one(value: InputValue | None) -> str:
    return "" if value is None else spoken(value)
