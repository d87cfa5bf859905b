"""A notebook's input blocks: what describes them, what they accept, and the Python that they become.

Types and JSON values are Deepnote's; Datalore's interactive controls are served from the same blocks.
A value must match its block's type. It need not be one of a select's options nor inside a slider's range:
the contract speaks of types only.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

Value = str | bool | list[str]

_RELATIVE: Final = {
    "past7days": "days=7",
    "past14days": "days=14",
    "pastMonth": "months=1",
    "past3months": "months=3",
    "past6months": "months=6",
    "pastYear": "years=1",
}
_CUSTOM_DAYS: Final = re.compile(r"customDays(\d{1,5})", re.ASCII)
_NUMBER: Final = re.compile(r"-?(\d+(\.\d+)?|\.\d+)", re.ASCII)
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True)
class Input:
    """One input block. `kind` is its block type, such as `input-select`; `value` is what it holds when nobody says."""

    block_id: str
    name: str
    kind: str
    value: Value
    label: str | None = None
    options: tuple[str, ...] = ()
    multiple: bool = False
    low: float | None = None
    high: float | None = None
    step: float | None = None

    @classmethod
    def of(cls, block_id: str, kind: str, metadata: Mapping[str, Any]) -> "Input":
        """Read an input block's metadata, as Deepnote's .ipynb export stores it."""
        slider = kind == "input-slider"
        empty: Value = False if kind == "input-checkbox" else "0" if slider else ""
        return cls(
            block_id=block_id,
            name=str(metadata.get("deepnote_variable_name", "unnamed_variable")),
            kind=kind,
            value=metadata.get("deepnote_variable_value", empty),
            label=metadata.get("deepnote_input_label"),
            options=tuple(metadata.get("deepnote_variable_options", ())),
            multiple=bool(metadata.get("deepnote_allow_multiple_values", False)),
            low=metadata.get("deepnote_slider_min_value", 0) if slider else None,
            high=metadata.get("deepnote_slider_max_value", 100) if slider else None,
            step=metadata.get("deepnote_slider_step", 1) if slider else None,
        )

    def described(self) -> dict[str, Any]:
        """The entry of `inputs` in Deepnote's GET /v2/notebooks/{id}."""
        entry: dict[str, Any] = {
            "blockId": self.block_id,
            "name": self.name,
            "type": self.kind,
            "value": self.value,
            "label": self.label,
        }
        if self.kind == "input-select":
            entry |= {"options": list(self.options), "multiple": self.multiple}
        if self.kind == "input-slider":
            entry |= {"min": self.low, "max": self.high, "step": self.step}
        return entry

    def complaint(self, value: object) -> str | None:
        """Why Deepnote's API would not take this JSON value, or None where it would."""
        if not isinstance(value, str | bool) and not _is_texts(value):
            return f'Input "{self.name}": expected a string, a boolean or an array of strings'
        rule = self._rule()
        return None if self._fits(value) else f'Input "{self.name}" must be {rule} for {self.kind}'

    def from_parameter(self, value: str | list[str]) -> Value | None:
        """The value that a Datalore parameter (text or texts) gives this control, or None where it gives none."""
        guess: object = value
        if self.kind == "input-checkbox" and isinstance(value, str):
            guess = {"true": True, "false": False}.get(value.lower())
        elif self.kind == "input-select" and self.multiple and isinstance(value, str):
            guess = [value]
        return guess if isinstance(guess, str | bool | list) and self._fits(guess) else None

    def assignment(self, value: Value) -> str:
        """The Python statement that gives the block's variable this value."""
        return f"{self.name} = {self._expression(value)}"

    def _rule(self) -> str:
        return {
            "input-checkbox": "a boolean",
            "input-slider": "a numeric string",
            "input-select": "an array of strings" if self.multiple else "a string",
            "input-date": "a date string (YYYY-MM-DD)",
            "input-date-range": "a relative range or an array of two date strings",
        }.get(self.kind, "a string")

    def _fits(self, value: object) -> bool:
        match self.kind:
            case "input-checkbox":
                return isinstance(value, bool)
            case "input-slider":
                return isinstance(value, str) and _NUMBER.fullmatch(value) is not None
            case "input-select" if self.multiple:
                return _is_texts(value)
            case "input-date":
                return isinstance(value, str) and _is_day(value)
            case "input-date-range":
                return _is_range(value)
            case _:
                return isinstance(value, str)

    def _expression(self, value: Value) -> str:
        match self.kind:
            case "input-slider":
                return str(value)
            case "input-date":
                return _day(str(value))
            case "input-date-range" if isinstance(value, list):
                return f"[{_day(value[0])}, {_day(value[1])}]"
            case "input-date-range":
                return _relative(str(value))
            case "input-select" if not self.multiple and value == "":
                return "None"
            case "input-file" if value == "":
                return "None"
            case _ if isinstance(value, bool):
                return str(value)
            case _:
                return json.dumps(value, ensure_ascii=False)  # JSON's texts and lists are Python's too


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_day(text: str) -> bool:
    if text == "":
        return True
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return _DAY.fullmatch(text) is not None


def _is_range(value: object) -> bool:
    if isinstance(value, str):
        return value == "" or value in _RELATIVE or _CUSTOM_DAYS.fullmatch(value) is not None
    return isinstance(value, list) and len(value) == 2 and all(isinstance(v, str) and _is_day(v) for v in value)  # noqa: PLR2004 - a start and an end


def _day(text: str) -> str:
    return f'__import__("datetime").date.fromisoformat("{text}")' if text else "None"


def _relative(word: str) -> str:
    custom = _CUSTOM_DAYS.fullmatch(word)
    back = f"days={int(custom[1])}" if custom else _RELATIVE.get(word)
    if back is None:
        return "[None, None]"
    today = '__import__("datetime").date.today()'
    delta = f'__import__("dateutil.relativedelta").relativedelta.relativedelta({back})'
    return f"[{today} - {delta}, {today}]"
