"""Declared inputs: `region: text`, or its type with its label, its choices or its range."""

from __future__ import annotations

import math
import re
import unicodedata
from typing import TYPE_CHECKING

from yaml import ScalarNode

from bot.catalogue_file.page import shown
from bot.grammar import TYPES, suggest
from bot.model import InputSpec

if TYPE_CHECKING:
    from yaml import Node

    from bot.catalogue_file.page import Page

_KEYS = ("type", "label", "options", "lowest", "highest", "step")
_RANGE = ("lowest", "highest", "step")
_CHOICES = frozenset({"select", "multiselect"})
_NUMBER = re.compile(r"-?\d{1,30}(?:\.\d{1,30})?", re.ASCII)
_LONGEST_LABEL = 200


def read_inputs(page: Page, node: Node) -> dict[str, InputSpec]:
    """The declared inputs by name, in the file's order; what is wrong is noted on the page."""
    found: dict[str, InputSpec] = {}
    for typed, key, declared in page.pairs(node, "“inputs”"):
        name = unicodedata.normalize("NFC", typed).strip()
        if not name:
            page.note(key, "This input has no name.", "Write <name>: <type>")
        elif name in found:
            page.note(key, f"The input “{shown(name)}” is declared twice.", "Take one of them out.")
        elif spec := _spec(page, name, key, declared):
            found[name] = spec
    return found


def _spec(page: Page, name: str, key: Node, node: Node) -> InputSpec | None:
    before, what = len(page.wrong), f"The input “{shown(name)}”"
    fields = {"type": node}
    if not isinstance(node, ScalarNode):
        fields = {known: value for known, (_, value) in page.fields(node, what, _KEYS).items()}
    if "type" not in fields:
        page.note(key, f"{what} has no type.", f"Write type: and one of {', '.join(TYPES)}.")
        return None
    kind = page.text(fields["type"], f"The type of “{shown(name)}”", empty=False)
    if kind is None:
        return None
    if kind not in TYPES:
        meant = suggest(kind, TYPES)
        hint = f"Did you mean “{meant}”?" if meant else f"The types are {', '.join(TYPES)}."
        page.note(fields["type"], f"There is no type “{shown(kind)}”.", hint)
        return None
    label = page.line_of_text(fields["label"], "A label", _LONGEST_LABEL) if "label" in fields else ""
    options = _options(page, what, kind, key, fields)
    lowest, highest, step = _range(page, what, kind, fields)
    if len(page.wrong) > before:
        return None
    return InputSpec(
        name=name,
        type="select" if kind == "multiselect" else kind,
        label=label or "",
        options=options,
        multiple=kind == "multiselect",
        minimum=lowest,
        maximum=highest,
        step=step,
    )


def _options(page: Page, what: str, kind: str, key: Node, fields: dict[str, Node]) -> tuple[str, ...]:
    if kind not in _CHOICES:
        if "options" in fields:
            said = f"{what} is of the type {kind}, which takes no options."
            page.note(fields["options"], said, "Take them out, or write type: select")
        return ()
    if "options" not in fields:
        page.note(key, f"{what} is a {kind} and needs its options.", "Write below it options: [one, another]")
        return ()
    found = page.texts(fields["options"], "“options”")
    if not found:
        page.note(fields["options"], f"{what} needs at least one option.", "Write options: [one, another]")
    seen: set[str] = set()
    for said, one in found:
        if said in seen:
            page.note(one, f"The option “{shown(said)}” stands here twice.", "Take one of them out.")
        seen.add(said)
    return tuple(said for said, _ in found)


def _range(
    page: Page, what: str, kind: str, fields: dict[str, Node]
) -> tuple[float | None, float | None, float | None]:
    given = {key: fields[key] for key in _RANGE if key in fields}
    if not given:
        return None, None, None
    if kind != "slider":
        for key, node in given.items():
            page.note(
                node, f"{what} is of the type {kind}, which has no “{key}”.", "Take it out, or write type: slider"
            )
        return None, None, None
    numbers = {key: _number(page, key, node) for key, node in given.items()}
    if None in numbers.values():
        return None, None, None
    lowest, highest, step = (numbers.get(key) for key in _RANGE)
    if lowest is None or highest is None:
        missing = "lowest" if lowest is None else "highest"
        page.note(next(iter(given.values())), f"{what} lacks its “{missing}”.", f"Write {missing}: and a number.")
    elif highest <= lowest:
        page.note(given["lowest"], f"{what} begins ({lowest:g}) above its end ({highest:g}).", "Turn them round.")
    elif step is not None and not 0 < step <= highest - lowest:
        said = f"A step of {step:g} doesn't fit into the range of {what[0].lower()}{what[1:]}."
        page.note(given["step"], said, f"It is more than 0 and at most {highest - lowest:g}.")
    return lowest, highest, step


def _number(page: Page, key: str, node: Node) -> float | None:
    said = page.text(node, f"“{key}”")
    if said is None:
        return None
    if not _NUMBER.fullmatch(said) or not math.isfinite(float(said)):
        page.note(node, f"“{key}” is a number, not “{shown(said)}”.", f"Write {key}: 4 or {key}: 0.5")
        return None
    return float(said)
