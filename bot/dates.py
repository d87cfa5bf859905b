"""Words for dates: `yesterday`, `month-start`, `-7d`, and ranges of them. Pure: the caller says which day is today."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

from bot.errors import Mistake

if TYPE_CHECKING:
    from collections.abc import Callable

_DAY = timedelta(days=1)
# Hyphens, dashes and the minus sign, as phones and word processors write them.
_DASHES = re.compile(r"[\u2010-\u2015\u2212]")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_AGO = re.compile(r"-(\d{1,4})([dw])|(\d{1,4})-(day|week)s?-ago", re.ASCII)
_APART = re.compile(r" ?(?:\.{2,3}|…|,) ?| (?:-|to) ")
_CUSTOM = re.compile(r"customdays([1-9]\d{0,4})", re.ASCII)

PRESETS = ("past7days", "past14days", "pastMonth", "past3months", "past6months", "pastYear", "customDaysN")
"""Ranges that Deepnote works out itself; N is a number of days."""
_PRESETS = {preset.lower(): preset for preset in PRESETS[:-1]}


def _month_start(day: date) -> date:
    return day.replace(day=1)


def _month_end(day: date) -> date:
    return _month_start(_month_start(day) + 31 * _DAY) - _DAY


_FIXED: dict[str, Callable[[date], date]] = {
    "today": lambda day: day,
    "yesterday": lambda day: day - _DAY,
    "tomorrow": lambda day: day + _DAY,
    "week-start": lambda day: day - day.weekday() * _DAY,
    "month-start": _month_start,
    "month-end": _month_end,
    "last-month-start": lambda day: _month_start(_month_start(day) - _DAY),
    "last-month-end": lambda day: _month_start(day) - _DAY,
    "quarter-start": lambda day: day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1),
    "year-start": lambda day: day.replace(month=1, day=1),
}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

WORDS: tuple[tuple[str, str], ...] = (
    ("today, yesterday, tomorrow", "in the asker's time zone"),
    ("week-start", "Monday of this week"),
    ("this-monday … this-sunday", "that day of this week, which begins on Monday"),
    ("last-monday … last-sunday", "the latest such day before today"),
    ("month-start, month-end", "the first and the last day of this month"),
    ("last-month-start, last-month-end", "the same for the month before"),
    ("quarter-start, year-start", "the first day of this quarter, of this year"),
    ("-7d, 7-days-ago, 2-weeks-ago", "counted back from today"),
    ("month-start..today", "a range, for an input that takes two dates"),
)
"""For help: the words, and what they mean."""


def resolve(word: str, today: date) -> str | None:
    """The ISO date (YYYY-MM-DD) that `word` means; None where it is no date, or no day of the calendar.

    A weekday alone is no word for a date: it is more often a value in its own right.
    """
    word = _DASHES.sub("-", word.strip()).casefold()
    try:
        if _ISO.fullmatch(word):
            return date.fromisoformat(word).isoformat()
        found = _resolve(word, today)
    except (ValueError, OverflowError):
        return None
    return found.isoformat() if found else None


def _resolve(word: str, today: date) -> date | None:
    if word in _FIXED:
        return _FIXED[word](today)
    if ago := _AGO.fullmatch(word):
        count, unit = int(ago[1] or ago[3]), (ago[2] or ago[4])[0]
        return today - count * (7 if unit == "w" else 1) * _DAY
    which, _, weekday = word.partition("-")
    if weekday not in _WEEKDAYS or which not in {"this", "last"}:
        return None
    ahead = _WEEKDAYS.index(weekday) - today.weekday()
    if which == "last" and ahead >= 0:
        ahead -= 7
    return today + ahead * _DAY


def preset(words: str) -> str | None:
    """One of Deepnote's ranges in its own spelling; None where the words are none of them."""
    words = words.strip().lower()
    if custom := _CUSTOM.fullmatch(words):
        return f"customDays{custom[1]}"
    return _PRESETS.get(words)


def ends(words: str) -> tuple[str, str] | None:
    """The two ends of a range, each as it was typed; None where the words aren't two with a sign between them."""
    parts = _APART.split(_DASHES.sub("-", " ".join(words.split())))
    return (parts[0], parts[1]) if len(parts) == 2 else None  # noqa: PLR2004 - a range has two ends


def resolve_range(words: str, today: date) -> str | tuple[str, str] | None:
    """The range that `words` mean: (first, last) as ISO dates, or one of Deepnote's presets in its own spelling.

    Both ends may be words of `resolve`, apart by `..`, `,`, ` - ` or ` to `. None where it is no range.

    Raises:
        Mistake: It ends before it begins; `hint` holds the range the other way round.
    """
    if known := preset(words):
        return known
    parts = ends(words)
    if parts is None:
        return None
    first, last = (resolve(part, today) for part in parts)
    if first is None or last is None:
        return None
    if last < first:
        raise Mistake(f"The range ends ({last}) before it begins ({first}).", hint=f"{last}..{first}")
    return first, last
