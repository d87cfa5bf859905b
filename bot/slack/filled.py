"""A form read back: Slack's state values in, inputs and options out. Pure."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from bot.form import Form, Place
from bot.model import Frozen, Inputs, InputSpec, InputValue, Options, Platform
from bot.render import ids
from bot.render.fields import TWO_DATES, block_of, lines, withheld

if TYPE_CHECKING:
    from collections.abc import Mapping

    Values = Mapping[str, Mapping[str, Any]]

DATES = frozenset({"date", "date-range"})


class Carried(Frozen):
    """What a modal carried along, as `render.forms.metadata` wrote it."""

    origin: str = ""
    only: Platform | None = None
    key: str = ""
    run: int | None = None
    inputs: str = ""
    more: bool = False
    generation: int = 0


class Rival(Frozen):
    """What the modal about a run under way carried along, as `render.forms.under_way` wrote it."""

    run: int
    channel: str
    dm: bool


class Filled(Frozen):
    """What was filled in.

    Attributes:
        inputs: Values that aren't the notebook's own; a name that has no field is among them too.
        literal: The names of those that are no words for a date.
        unread: Lines of "Other inputs" that aren't name=value.
        options: How to run it; None where that wasn't offered.
    """

    inputs: Inputs = {}
    literal: frozenset[str] = frozenset()
    unread: tuple[str, ...] = ()
    options: Options | None = None
    place: Place = Place.DM
    channel: str | None = None


def carried(view: Mapping[str, Any]) -> Carried:
    """The modal's metadata; an empty one where it can't be read."""
    try:
        return Carried.model_validate_json(view.get("private_metadata") or "{}")
    except ValueError:
        return Carried()


def rival(view: Mapping[str, Any]) -> Rival | None:
    """The run that the modal is about; None where that can't be read."""
    try:
        return Rival.model_validate_json(view.get("private_metadata") or "{}")
    except ValueError:
        return None


def state_of(view: Mapping[str, Any]) -> Values:
    """The view's state: block id -> action id -> what was filled in."""
    values = (view.get("state") or {}).get("values")
    return values if isinstance(values, dict) else {}


def print_of(values: Values) -> str:
    """A short word that changes with what was filled in."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


def chosen(values: Values) -> str:
    """The key of the notebook that is chosen; empty where none is."""
    choice = values.get("notebook", {}).get(ids.FORM_NOTEBOOK, {}).get("selected_option") or {}
    return str(choice.get("value") or "")


def place_of(values: Values, otherwise: Place) -> Place:
    """Where the card is to go."""
    choice = values.get("place", {}).get(ids.FORM_PLACE, {}).get("selected_option") or {}
    return Place(choice["value"]) if choice.get("value") in list(Place) else otherwise


def shown(form: Form, values: Values) -> Form:
    """The form with what its dates and periods show now, so that it can say what those become."""
    now: Inputs = {}
    for spec in form.fields:
        block = block_of(form, spec.name)
        if spec.type in DATES and block in values:
            value = _value(spec, block, values)
            now[spec.name] = value if value is not None else ""
    return form.model_copy(update={"values": {**form.values, **now}})


def read(form: Form, values: Values) -> Filled:
    """What was filled into this form.

    Args:
        form: As it was drawn: the same inputs, the same generation.
        values: Slack's `view.state.values`.
    """
    inputs: Inputs = {}
    for spec in form.fields:
        value = _value(spec, block_of(form, spec.name), values)
        if value in (None, "", ()) and withheld(spec.name, form.start(spec)):
            value = form.values.get(spec.name)
        # What the catalogue or an earlier run set is said again, even where it's the notebook's own value now.
        if value is not None and (spec.name in form.values or not _same(value, spec)):
            inputs[spec.name] = value
    literal = {spec.name for spec in form.fields if spec.type not in DATES}
    extra, quoted, unread = _lines(str(_field(values, block_of(form, "")).get("value") or ""))
    _, kept = lines(form)
    # A list of one is written as its only value; left alone, it stays a list.
    extra |= {name: one for name, one in form.others.items() if name in extra and one == (extra[name],)}
    conversation = _field(values, "place_channel").get("selected_conversation")
    inputs = {**inputs, **{name: value for name, value in kept.items() if name not in extra}, **extra}
    return Filled(
        inputs=inputs,
        literal=(literal | quoted | (form.literal & frozenset(kept))) & frozenset(inputs),
        unread=unread,
        options=_options(form, values),
        place=place_of(values, form.place),
        channel=str(conversation) if conversation else None,
    )


def _same(value: InputValue, spec: InputSpec) -> bool:
    """Whether a value is the notebook's own; the order in which a menu lists several doesn't matter."""
    if isinstance(value, tuple) and spec.multiple:
        own = spec.value if isinstance(spec.value, tuple) else (spec.value,) if isinstance(spec.value, str) else ()
        return sorted(value) == sorted(own)
    return value == ("" if spec.value is None else spec.value)


def _field(values: Values, block: str) -> Mapping[str, Any]:
    """What is in a block's only field, whatever its action id."""
    found = next(iter(values.get(block, {}).values()), None)
    return found if isinstance(found, dict) else {}


def _value(spec: InputSpec, block: str, values: Values) -> InputValue | None:
    """One input's value; None where nothing was said of it."""
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
        case "slider":
            return str(field.get("value") or "").strip() or None
        case "date":
            return str(field.get("value") or "").strip()
        case _:
            return str(field.get("value") or "")


def _choice(spec: InputSpec, field: Mapping[str, Any]) -> InputValue | None:
    if spec.multiple:
        found = (_option_at(spec, each.get("value")) for each in field.get("selected_options") or [])
        return tuple(each for each in found if each is not None)
    return _option_at(spec, (field.get("selected_option") or {}).get("value"))


def _option_at(spec: InputSpec, place: object) -> str | None:
    if isinstance(place, str) and place.isdecimal() and int(place) < len(spec.options):
        return spec.options[int(place)]
    return None


def _range(field: Mapping[str, Any], block: str, values: Values) -> InputValue | None:
    """A preset, or two dates; "" where neither date was given."""
    preset = str((field.get("selected_option") or {}).get("value") or TWO_DATES)
    if preset != TWO_DATES:
        return preset
    both = tuple(str(_field(values, f"{block}:{end}").get("value") or "").strip() for end in ("from", "to"))
    return both if any(both) else ""


def _lines(typed: str) -> tuple[Inputs, frozenset[str], tuple[str, ...]]:
    """name=value a line, the names whose value was quoted, and what isn't name=value.

    A name given again gathers several values.
    """
    found: dict[str, list[str]] = {}
    quoted, unread = set[str](), list[str]()
    for line in typed.splitlines():
        name, equals, value = (part.strip() for part in line.partition("="))
        if not equals or not name:
            unread += [line.strip()] if line.strip() else []
            continue
        bare = _unquoted(value)
        if bare is not None:
            quoted.add(name)
        found.setdefault(name, []).append(value if bare is None else bare)
    inputs: Inputs = {name: given[0] if len(given) == 1 else tuple(given) for name, given in found.items()}
    return inputs, frozenset(quoted), tuple(unread)


def _unquoted(value: str) -> str | None:
    """What JSON's quotes hold; None where there are none."""
    if not value.startswith('"'):
        return None
    try:
        bare = json.loads(value)
    except ValueError:
        return None
    return bare if isinstance(bare, str) else None


def _options(form: Form, values: Values) -> Options | None:
    block = f"options:{form.generation}"
    if block not in values:
        return None
    ticked = {str(each.get("value")) for each in _field(values, block).get("selected_options") or []}
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
