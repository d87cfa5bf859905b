"""How values are sent to Datalore. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import dates

if TYPE_CHECKING:
    from datetime import date

    from bot.model import InputValue


def encoded(value: InputValue, today: date | None) -> InputValue:
    """A value as Datalore takes it, text or a list of texts; with `today`, words for dates become dates."""
    if isinstance(value, tuple):
        return tuple(_text(item, today) for item in value)
    return _text(value, today)


def _text(value: str | bool, today: date | None) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return (dates.resolve(value, today) if today else None) or value
