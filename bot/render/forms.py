"""The form as a modal: each input of a notebook as the widget that fits it.

A field's block id is `in:<generation>:<place among the inputs>`, its action id one of `ids`; Slack keeps what was typed
in a field whose two ids stay, so a view can be drawn again around it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from bot.dates import PRESETS
from bot.form import Form, Place, digest
from bot.model import InputSpec, InputValue, Platform
from bot.render import ids
from bot.render.text import Block, button, context, cut, escape, section, spoken

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.form import Choice

MOST_FIELDS: Final = 60
"""Of Slack's 100 blocks; what is beyond is typed under "Other inputs"."""
MOST_OPTIONS: Final = 100
TEXT: Final = 3000
TWO_DATES: Final = "two-dates"

OPTIONS: Final = {
    Platform.DEEPNOTE: (
        ("live", "In the shared notebook", "Not in a copy: others see it run, and its outputs change"),
        ("readonly", "Read-only storage", "The copy can't change the project's files"),
        ("dependents", "And dependent blocks", "With chosen blocks: also what depends on them"),
    ),
    Platform.DATALORE: (
        ("update_report", "Update the report", "If the run succeeds and a report was published"),
        ("write_files", "Write to the notebook's files", "Not to a store of the run's own"),
        ("interactive", "In the notebook itself", "Datalore then tells neither the end nor results"),
    ),
}


def loading() -> dict[str, Any]:
    """What opens at once, while the form is being made."""
    return _modal([section("⏳ One moment…")], submit=False)


def trouble(words: str) -> dict[str, Any]:
    """What takes the form's place where it can't be made."""
    return _modal([section(words)], submit=False)


def form(state: Form) -> dict[str, Any]:
    """The modal for this form."""
    blocks: list[Block] = [_notebook(state)]
    if state.note:
        blocks.append(context(escape(cut(state.note, 1500))))
    if state.notebook is not None:
        blocks += _inputs(state)
        if state.has_last or not state.fixed:
            blocks.append({"type": "actions", "block_id": "buttons", "elements": _buttons(state)})
        if state.more and not state.fixed:
            blocks += _options(state, state.notebook.platform)
        blocks += _place(state)
    return _modal(blocks, submit=True, metadata=metadata(state))


def metadata(state: Form) -> str:
    """What the modal carries along: enough to make the form again when it comes back."""
    kept = {
        "origin": state.origin,
        "key": state.key,
        "inputs": digest(state.specs),
        "more": state.more,
        "generation": state.generation,
    }
    return json.dumps(kept, separators=(",", ":"))


def choices(found: Iterable[Choice]) -> dict[str, Any]:
    """The options of the notebook field, grouped, in their order."""
    groups: dict[str, list[Block]] = {}
    count = 0
    for one in found:
        if count == MOST_OPTIONS or len(one.key) > 150:  # noqa: PLR2004, Slack's limit of a value
            continue
        groups.setdefault(one.group, []).append(_option(one.label, one.key))
        count += 1
    return {"option_groups": [{"label": _plain(cut(group, 75)), "options": some} for group, some in groups.items()]}


def option_choices(spec: InputSpec, typed: str) -> dict[str, Any]:
    """The options of a long select, by what is typed."""
    wanted = typed.casefold()
    found = [(place, option) for place, option in enumerate(spec.options) if wanted in option.casefold()]
    return {"options": [_option(option, str(place)) for place, option in found[:MOST_OPTIONS]]}


def _modal(blocks: list[Block], *, submit: bool, metadata: str = "") -> dict[str, Any]:
    view: dict[str, Any] = {
        "type": "modal",
        "callback_id": ids.FORM,
        "title": _plain("Run a notebook"),
        "close": _plain("Cancel"),
        "blocks": blocks,
        "private_metadata": metadata,
    }
    if submit:
        view["submit"] = _plain("Run")
    return view


def _notebook(state: Form) -> Block:
    element: Block = {
        "type": "external_select",
        "action_id": ids.FORM_NOTEBOOK,
        "placeholder": _plain("Type a few letters of its name"),
        "min_query_length": 0,
    }
    if state.key and len(state.key) <= 150:  # noqa: PLR2004
        element["initial_option"] = _option(state.title or state.name or state.key, state.key)
    return _input("notebook", "Notebook", element, dispatch=True, optional=False)


def _inputs(state: Form) -> list[Block]:
    blocks: list[Block] = []
    for place, spec in enumerate((state.specs or ())[:MOST_FIELDS]):
        blocks += _field(state, place, spec)
    more = state.specs is None or len(state.specs) > MOST_FIELDS or bool(state.extra)
    if more:
        lines = "\n".join(f"{name}={spoken(value)}" for name, value in state.extra.items())
        element = _text({"multiline": True}, lines)
        blocks.append(
            _input(
                f"extra:{state.generation}",
                "Inputs" if not blocks else "Other inputs",
                element,
                hint="One a line: name=value. A notebook on Datalore doesn't tell its inputs, so type their names.",
            )
        )
    return blocks


def _field(state: Form, place: int, spec: InputSpec) -> list[Block]:
    value = state.values.get(spec.name, spec.value)
    block = f"in:{state.generation}:{place}"
    label = spec.label or spec.name
    match spec.type:
        case "checkbox":
            return [_input(block, label, _checkbox(value))]
        case "select":
            return [_input(block, label, _select(spec, value))]
        case "slider":
            return [_input(block, label, _number(spec, value), hint=_range_words(spec))]
        case "date":
            hint = state.hints.get(spec.name, DATE_HINT)
            return [_input(block, label, _date(value), hint=hint, dispatch=True)]
        case "date-range":
            return _date_range(block, label, value)
        case "textarea":
            return [_input(block, label, _text({"multiline": True}, _one(value)))]
        case "file":
            return [_input(block, label, _text({}, _one(value)), hint="The path of a file in the project.")]
        case _:
            return [_input(block, label, _text({}, _one(value)))]


DATE_HINT: Final = "A date such as 2026-10-01, or a word: today, yesterday, last-monday, month-start."


def _checkbox(value: InputValue | None) -> Block:
    yes = _option("Yes", "yes")
    element: Block = {"type": "checkboxes", "action_id": ids.FORM_VALUE, "options": [yes]}
    if value is True:
        element["initial_options"] = [yes]
    return element


def _select(spec: InputSpec, value: InputValue | None) -> Block:
    wanted = (value,) if isinstance(value, str) else value if isinstance(value, tuple) else ()
    options = [_option(option, str(place)) for place, option in enumerate(spec.options)]
    initial = [options[place] for place, option in enumerate(spec.options) if option in wanted]
    if not options:
        return _text({}, _one(value))
    external = len(options) > MOST_OPTIONS
    kind = ("multi_" if spec.multiple else "") + ("external_select" if external else "static_select")
    element: Block = {"type": kind, "action_id": ids.FORM_OPTION if external else ids.FORM_VALUE}
    element |= {"min_query_length": 0} if external else {"options": options}
    if initial and spec.multiple:
        element["initial_options"] = initial[:MOST_OPTIONS]
    elif initial:
        element["initial_option"] = initial[0]
    return element


def _number(spec: InputSpec, value: InputValue | None) -> Block:
    element: Block = {"type": "number_input", "action_id": ids.FORM_VALUE, "is_decimal_allowed": True}
    if spec.minimum is not None:
        element["min_value"] = f"{spec.minimum:g}"
    if spec.maximum is not None:
        element["max_value"] = f"{spec.maximum:g}"
    start = _one(value)
    try:
        number = float(start)
    except ValueError:
        return element
    fits = (spec.minimum is None or number >= spec.minimum) and (spec.maximum is None or number <= spec.maximum)
    return element | {"initial_value": start} if fits else element


def _range_words(spec: InputSpec) -> str:
    words = []
    if spec.minimum is not None and spec.maximum is not None:
        words.append(f"From {spec.minimum:g} to {spec.maximum:g}")
    if spec.step is not None:
        words.append(f"in steps of {spec.step:g}")
    return (", ".join(words) + ".").capitalize() if words else ""


def _date(value: InputValue | None) -> Block:
    element = _text({}, _one(value))
    return element | {"dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]}}


def _date_range(block: str, label: str, value: InputValue | None) -> list[Block]:
    """A choice of presets, and two dates beside it that count where the choice says so."""
    options = [_option("Two dates", TWO_DATES), *(_option(words, preset) for preset, words in PRESET_WORDS.items())]
    preset = value if isinstance(value, str) and value in PRESET_WORDS else TWO_DATES
    chosen = next(option for option in options if option["value"] == preset)
    element: Block = {
        "type": "static_select",
        "action_id": ids.FORM_VALUE,
        "options": options,
        "initial_option": chosen,
    }
    start, end = (*value, "", "")[:2] if isinstance(value, tuple) else ("", "")
    if isinstance(value, str) and preset == TWO_DATES:
        start = value
    return [
        _input(block, label, element),
        _input(f"{block}:from", f"{label}: from", _text({}, start), hint=DATE_HINT),
        _input(f"{block}:to", f"{label}: to", _text({}, end)),
    ]


PRESET_WORDS: Final = {
    preset: words
    for preset, words in {
        "past7days": "Past 7 days",
        "past14days": "Past 14 days",
        "pastMonth": "Past month",
        "past3months": "Past 3 months",
        "past6months": "Past 6 months",
        "pastYear": "Past year",
    }.items()
    if preset in PRESETS
}


def _buttons(state: Form) -> list[Block]:
    buttons = []
    if state.has_last:
        buttons.append(button("Use my last values", ids.FORM_LAST, "last"))
    if not state.fixed:
        buttons.append(button("Less" if state.more else "More…", ids.FORM_MORE, "less" if state.more else "more"))
    return buttons


def _options(state: Form, platform: Platform) -> list[Block]:
    options = [
        _option(label, name) | {"description": _plain(cut(about, 75))} for name, label, about in OPTIONS[platform]
    ]
    element: Block = {"type": "checkboxes", "action_id": ids.FORM_VALUE, "options": options}
    initial = [option for option in options if getattr(state.options, option["value"])]
    if initial:
        element["initial_options"] = initial
    blocks = [_input(f"options:{state.generation}", "How to run it", element)]
    if platform is Platform.DEEPNOTE:
        hint = "Ids of blocks with commas between, in the order in which they run. It then runs in the shared notebook."
        chosen = _text({}, ", ".join(state.options.blocks))
        blocks.append(_input(f"blocks:{state.generation}", "Only these blocks", chosen, hint=hint))
    return blocks


def _place(state: Form) -> list[Block]:
    here = [_option("This channel", Place.HERE)] if state.origin else []
    options = [*here, _option("Another channel", Place.CHANNEL), _option("Only me", Place.DM)]
    chosen = next((option for option in options if option["value"] == state.place), options[-1])
    where: Block = {"type": "radio_buttons", "action_id": ids.FORM_PLACE, "options": options, "initial_option": chosen}
    blocks = [_input("place", "Post to", where, dispatch=True, optional=False)]
    if state.place is Place.CHANNEL:
        element = {
            "type": "conversations_select",
            "action_id": ids.FORM_VALUE,
            "placeholder": _plain("A channel"),
            "filter": {"include": ["public", "private"], "exclude_bot_users": True},
        }
        blocks.append(_input("place_channel", "Channel", element, optional=False))
    return blocks


def _input(
    block_id: str, label: str, element: Block, *, hint: str = "", dispatch: bool = False, optional: bool = True
) -> Block:
    block: Block = {
        "type": "input",
        "block_id": block_id,
        "label": _plain(cut(label or "Input", 2000)),
        "element": element,
        "optional": optional,
    }
    if hint:
        block["hint"] = _plain(cut(hint, 2000))
    if dispatch:
        block["dispatch_action"] = True
    return block


def _text(more: Block, value: str) -> Block:
    element: Block = {"type": "plain_text_input", "action_id": ids.FORM_VALUE, "max_length": TEXT, **more}
    return element | {"initial_value": value[:TEXT]} if value else element


def _one(value: InputValue | None) -> str:
    return "" if value is None else spoken(value)


def _option(label: str, value: str) -> Block:
    return {"text": _plain(cut(label.strip() or "(empty)", 75)), "value": value}


def _plain(words: str) -> Block:
    return {"type": "plain_text", "text": words or " ", "emoji": False}
