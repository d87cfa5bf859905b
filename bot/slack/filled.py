"""A submitted form read back: Slack's state values in, inputs and options out. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bot.form import Form, Place
from bot.model import Frozen, Inputs, InputSpec, InputValue, Options
from bot.render import ids
from bot.render.forms import MOST_FIELDS, TWO_DATES

if TYPE_CHECKING:
    from collections.abc import Mapping


class Carried(Frozen):
    """What a modal carried along, as `render.forms.metadata` wrote it."""

    origin: str = ""
    key: str = ""
    inputs: str = ""
    more: bool = False
    generation: int = 0


class Filled(Frozen):
    """What was filled in.

    Attributes:
        inputs: Values that aren't the notebook's own; a name that wasn't a field is among them too.
        unread: Lines of "Other inputs" that aren't name=value.
        options: How to run it; None where that wasn't offered.
    """

    inputs: Inputs = {}
    unread: tuple[str, ...] = ()
    options: Options | None = None
    place: Place = Place.DM
    channel: str | None = None


def carried(view: Mapping[str, Any]) -> Carried:
    """The modal's metadata; an empty one where it can't be read."""
    try:
        raw = json.loads(view.get("private_metadata") or "{}")
        return Carried.model_validate(raw)
    except ValueError:
        return Carried()


def state_of(view: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """The view's state: block id -> action id -> what was filled in."""
    values = (view.get("state") or {}).get("values")
    return values if isinstance(values, dict) else {}


def chosen(values: Mapping[str, Mapping[str, Any]]) -> str:
    """The key of the notebook that is chosen; empty where none is."""
    option = values.get("notebook", {}).get(ids.FORM_NOTEBOOK, {}).get("selected_option") or {}
    return str(option.get("value") or "")


def place_of(values: Mapping[str, Mapping[str, Any]], otherwise: Place) -> Place:
    """Where the card is to go."""
    option = values.get("place", {}).get(ids.FORM_PLACE, {}).get("selected_option") or {}
    return Place(option["value"]) if option.get("value") in list(Place) else otherwise


def block_of(form: Form, name: str) -> str:
    """The block id of an input's field."""
    for place, spec in enumerate((form.specs or ())[:MOST_FIELDS]):
        if spec.name == name:
            return f"in:{form.generation}:{place}"
    return f"extra:{form.generation}"


def read(form: Form, values: Mapping[str, Mapping[str, Any]]) -> Filled:
    """What was filled into this form.

    Args:
        form: As it was drawn: the same inputs, the same generation.
        values: Slack's `view.state.values`.
    """
    inputs: Inputs = {}
    for place, spec in enumerate((form.specs or ())[:MOST_FIELDS]):
        value = _value(spec, f"in:{form.generation}:{place}", values)
        # What the catalogue or an earlier run set is said again, even where it's the notebook's own value now.
        if value is not None and (value != spec.value or spec.name in form.values):
            inputs[spec.name] = value
    extra, unread = _lines(str(_field(values, f"extra:{form.generation}").get("value") or ""))
    conversation = _field(values, "place_channel").get("selected_conversation")
    return Filled(
        inputs={**inputs, **extra},
        unread=unread,
        options=_options(form, values),
        place=place_of(values, form.place),
        channel=str(conversation) if conversation else None,
    )


def _field(values: Mapping[str, Mapping[str, Any]], block: str) -> Mapping[str, Any]:
    """What is in a block's only field, whatever its action id."""
    found = next(iter(values.get(block, {}).values()), None)
    return found if isinstance(found, dict) else {}


def _value(spec: InputSpec, block: str, values: Mapping[str, Mapping[str, Any]]) -> InputValue | None:
    """One input's value; None where it was left empty and empty means the notebook's own."""
    if block not in values:
        return None
    field = _field(values, block)
    match spec.type:
        case "checkbox":
            return bool(field.get("selected_options"))
        case "select" if spec.options:
            return _choice(spec, field)
        case "date-range":
            return _range(field, block, values)
        case "slider" | "date":
            return str(field.get("value") or "").strip() or None
        case _:
            return str(field.get("value") or "")


def _choice(spec: InputSpec, field: Mapping[str, Any]) -> InputValue | None:
    if spec.multiple:
        found = (_option_at(spec, option.get("value")) for option in field.get("selected_options") or [])
        return tuple(option for option in found if option is not None)
    return _option_at(spec, (field.get("selected_option") or {}).get("value"))


def _option_at(spec: InputSpec, place: object) -> str | None:
    if isinstance(place, str) and place.isdecimal() and int(place) < len(spec.options):
        return spec.options[int(place)]
    return None


def _range(field: Mapping[str, Any], block: str, values: Mapping[str, Mapping[str, Any]]) -> InputValue | None:
    preset = str((field.get("selected_option") or {}).get("value") or TWO_DATES)
    if preset != TWO_DATES:
        return preset
    ends = [str(_field(values, f"{block}:{end}").get("value") or "").strip() for end in ("from", "to")]
    return tuple(ends) if any(ends) else None


def _lines(text: str) -> tuple[Inputs, tuple[str, ...]]:
    """name=value a line; a name given again gathers several values."""
    found: dict[str, list[str]] = {}
    unread = []
    for line in text.splitlines():
        name, equals, value = line.partition("=")
        if equals and name.strip():
            found.setdefault(name.strip(), []).append(value.strip())
        elif line.strip():
            unread.append(line.strip())
    return {name: given[0] if len(given) == 1 else tuple(given) for name, given in found.items()}, tuple(unread)


def _options(form: Form, values: Mapping[str, Mapping[str, Any]]) -> Options | None:
    block = f"options:{form.generation}"
    if block not in values:
        return None
    ticked = {str(option.get("value")) for option in _field(values, block).get("selected_options") or []}
    typed = str(_field(values, f"blocks:{form.generation}").get("value") or "")
    blocks = tuple(word for word in typed.replace(",", " ").split() if word)
    return Options(
        live="live" in ticked or bool(blocks),
        readonly="readonly" in ticked,
        blocks=blocks,
        dependents="dependents" in ticked,
        update_report="update_report" in ticked,
        write_files="write_files" in ticked,
        interactive="interactive" in ticked,
    )
