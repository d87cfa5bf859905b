"""Values checked against a notebook's inputs, and encoded as they are sent. Pure.

The inputs are the notebook's own (Deepnote's input blocks) or what the catalogue declares; so a mistake is pointed at
before anything is started.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_FLOOR, Decimal, InvalidOperation
from difflib import get_close_matches
from typing import TYPE_CHECKING

from bot import dates
from bot.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.model import Inputs, InputSpec, InputValue

_YES = frozenset({"yes", "y", "true", "on", "1"})
_NO = frozenset({"no", "n", "false", "off", "0"})
_LISTED = 10
_SHOWN = 60  # characters of a value that a message repeats
_DIGITS = 20  # before and after the point; no slider has more
_TOLERANCE = Decimal("1e-6")  # of a step; bounds and steps come as binary floats


def encode(inputs: Inputs, specs: tuple[InputSpec, ...] | None, today: date) -> Inputs:
    """The values as the inputs take them; unchanged where the inputs aren't known.

    Raises:
        UserError: An unknown name, or a value that doesn't fit its block.
    """
    if specs is None:
        return inputs
    by_name: dict[str, InputSpec] = {}
    for spec in specs:
        by_name.setdefault(spec.name, spec)
    return {name: _encode(_spec(name, by_name), value, today) for name, value in inputs.items()}


def settled(inputs: Inputs, specs: Iterable[InputSpec]) -> Inputs:
    """The values as a form's boxes and menus have them: `yes` typed for a checkbox ticks it, `eu` is the choice EU.

    What doesn't fit, and what is typed into a field anyway, stays as it is.
    """
    found = dict(inputs)
    for spec in specs:
        if spec.name not in inputs or spec.type not in {"checkbox", "select"}:
            continue
        try:
            found[spec.name] = _encode(spec, inputs[spec.name], date.min)
        except UserError:
            continue
    return found


def faults(inputs: Inputs, specs: tuple[InputSpec, ...] | None, today: date) -> dict[str, UserError]:
    """What is wrong with each value, by input; nothing where all of them fit."""
    found: dict[str, UserError] = {}
    for name, value in inputs.items():
        try:
            encode({name: value}, specs, today)
        except UserError as error:
            found[name] = error
    return found


def _spec(name: str, by_name: dict[str, InputSpec]) -> InputSpec:
    if name in by_name:
        return by_name[name]
    if not by_name:
        raise UserError(
            f"This notebook has no inputs, so {short(name)} can't be set.", hint=f"Leave out {short(name)}=…"
        )
    raise UserError(f"This notebook has no input “{short(name)}”.", hint=choices(name, by_name, "Its inputs"))


def _encode(spec: InputSpec, value: InputValue, today: date) -> InputValue:
    encoded = value  # of a type that we don't know yet: the platform judges
    match spec.type:
        case "checkbox":
            encoded = _checkbox(spec, value)
        case "slider":
            encoded = _slider(spec, _one(spec, value))
        case "select":
            encoded = _several(spec, value) if spec.multiple else _choice(spec, _one(spec, value))
        case "date":
            encoded = _date(spec, _one(spec, value), today)
        case "date-range":
            encoded = _range(spec, value, today)
        case "text" | "textarea" | "file":
            encoded = _one(spec, value)
    return encoded


def _one(spec: InputSpec, value: InputValue) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if len(value) == 1:
        return value[0]
    raise UserError(f"{spec.name} takes one value, not {len(value)}.", hint=f"Give {spec.name}=… once.")


def _checkbox(spec: InputSpec, value: InputValue) -> bool:
    if isinstance(value, bool):
        return value
    word = _one(spec, value).strip().casefold()
    if word not in _YES | _NO:
        raise UserError(
            f"{spec.name} is a checkbox: yes or no, not “{short(word)}”.", hint=f"{spec.name}=yes or {spec.name}=no"
        )
    return word in _YES


def _slider(spec: InputSpec, text: str) -> str:
    number = _number(text)
    if number is None:
        raise UserError(f"{spec.name} takes a number, not “{short(text)}”.", hint=_slider_hint(spec))
    low, high, step = (None if n is None else Decimal(str(n)) for n in (spec.minimum, spec.maximum, spec.step))
    if (low is not None and number < low) or (high is not None and number > high):
        raise UserError(f"{spec.name}={_digits(number)} is out of its range.", hint=_slider_hint(spec))
    if step is not None and step > 0:
        steps = (number - (low or 0)) / step
        if abs(steps - round(steps)) > _TOLERANCE:
            below = (low or 0) + steps.to_integral_value(ROUND_FLOOR) * step
            near = [_digits(n) for n in (below, below + step) if high is None or n <= high]
            raise UserError(
                f"{spec.name}={_digits(number)} is between two steps of its slider.",
                hint=" or ".join(f"{spec.name}={n}" for n in near),
            )
    return _digits(number)


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    fits = number.is_finite() and abs(number.adjusted()) <= _DIGITS and len(number.as_tuple().digits) <= _DIGITS
    return number if fits else None


def _digits(number: Decimal) -> str:
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _slider_hint(spec: InputSpec) -> str:
    bounds = [
        f"{word} {_digits(Decimal(str(n)))}"
        for word, n in (("from", spec.minimum), ("to", spec.maximum), ("in steps of", spec.step))
        if n is not None
    ]
    return f"Give a number {' '.join(bounds)}." if bounds else f"{spec.name}=7"


def _choice(spec: InputSpec, text: str) -> str:
    found = _matching(spec, text)
    if found is None:
        raise UserError(
            f"“{short(text)}” is no choice of {spec.name}.", hint=choices(text, spec.options, "Its choices")
        )
    return found


def _matching(spec: InputSpec, text: str) -> str | None:
    """The option in the notebook's own spelling; any text where the notebook doesn't list its options."""
    if not spec.options or text in spec.options:
        return text
    wanted = text.strip().casefold()
    alike = [option for option in spec.options if option.strip().casefold() == wanted]
    return alike[0] if len(alike) == 1 else None


def _several(spec: InputSpec, value: InputValue) -> tuple[str, ...]:
    if isinstance(value, tuple) and not spec.options:
        return value
    texts = value if isinstance(value, tuple) else (_one(spec, value),)
    chosen: list[str] = []
    for text in texts:
        whole = _matching(spec, text) if spec.options else None  # an option may itself hold a comma
        parts = [part.strip() for part in text.split(",") if part.strip()]
        chosen += [whole] if whole is not None else [_choice(spec, part) for part in parts]
    return tuple(dict.fromkeys(chosen))


def _date(spec: InputSpec, text: str, today: date) -> str:
    if not text.strip():
        return ""  # an emptied date
    found = dates.resolve(text, today) or _with_time(text)
    if found is None:
        raise UserError(
            f"{spec.name} takes a date, not “{short(text)}”.", hint=f"{spec.name}={today} or {spec.name}=yesterday"
        )
    return found


def _with_time(text: str) -> str | None:
    """The text itself, where it is an ISO date with a time: older date blocks hold those."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return None
    return text if "T" in text else None


def _range(spec: InputSpec, value: InputValue, today: date) -> InputValue:
    text = "..".join(value) if isinstance(value, tuple) else _one(spec, value)
    found = dates.resolve_range(text, today)
    if found is None:
        raise UserError(
            f"{spec.name} takes two dates, not “{short(text)}”.",
            hint=f"{spec.name}=month-start..today or {spec.name}=past7days",
        )
    return found


def choices(wrong: str, right: Iterable[str], what: str) -> str:
    """`Did you mean “EU”? Its choices: EU, US, …`."""
    names = list(right)
    by_folded = {name.casefold(): name for name in reversed(names)}
    close = get_close_matches(wrong.casefold(), by_folded, n=1)
    guess = f"Did you mean “{short(by_folded[close[0]])}”? " if close else ""
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return f"{guess}{what}: {', '.join(map(short, names[:_LISTED]))}{more}." if names else guess


def short(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
