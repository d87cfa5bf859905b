"""Words for dates."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import dates
from bot.dates import resolve, resolve_range
from bot.errors import Mistake

THURSDAY = date(2026, 10, 1)


@pytest.mark.parametrize(
    ("word", "day"),
    [
        ("today", "2026-10-01"),
        ("Today", "2026-10-01"),
        ("yesterday", "2026-09-30"),
        ("tomorrow", "2026-10-02"),
        ("week-start", "2026-09-28"),
        ("this-monday", "2026-09-28"),
        ("this-sunday", "2026-10-04"),
        ("last-monday", "2026-09-28"),
        ("last-thursday", "2026-09-24"),
        ("last-friday", "2026-09-25"),
        ("last-wednesday", "2026-09-30"),
        ("month-start", "2026-10-01"),
        ("month\u2013start", "2026-10-01"),
        ("month-end", "2026-10-31"),
        ("last-month-start", "2026-09-01"),
        ("last-month-end", "2026-09-30"),
        ("quarter-start", "2026-10-01"),
        ("year-start", "2026-01-01"),
        ("-7d", "2026-09-24"),
        ("\u22127d", "2026-09-24"),
        ("-2w", "2026-09-17"),
        ("7-days-ago", "2026-09-24"),
        ("1-day-ago", "2026-09-30"),
        ("2-weeks-ago", "2026-09-17"),
        ("2024-02-29", "2024-02-29"),
    ],
)
def test_on_a_thursday_the_first_of_october(word: str, day: str) -> None:
    assert resolve(word, THURSDAY) == day


@pytest.mark.parametrize(
    ("today", "word", "day"),
    [
        (date(2026, 1, 15), "last-month-start", "2025-12-01"),
        (date(2026, 1, 15), "last-month-end", "2025-12-31"),
        (date(2026, 12, 31), "month-end", "2026-12-31"),
        (date(2024, 2, 29), "month-end", "2024-02-29"),
        (date(2026, 3, 31), "last-month-end", "2026-02-28"),
        (date(2026, 6, 30), "quarter-start", "2026-04-01"),
        (date(2026, 9, 28), "last-monday", "2026-09-21"),
        (date(2026, 9, 28), "this-monday", "2026-09-28"),
    ],
)
def test_at_the_edges_of_months_and_weeks(today: date, word: str, day: str) -> None:
    assert resolve(word, today) == day


@pytest.mark.parametrize(
    "word",
    ["", "monday", "7", "-7", "-99999d", "2026-02-30", "2026-2-3", "20260203", "last-year-start", "EU", "-7days"],
)
def test_what_is_no_date_is_left_alone(word: str) -> None:
    assert resolve(word, THURSDAY) is None


@pytest.mark.parametrize(
    ("words", "range_"),
    [
        ("month-start..today", ("2026-10-01", "2026-10-01")),
        ("2026-09-01,2026-09-30", ("2026-09-01", "2026-09-30")),
        ("2026-09-01 - today", ("2026-09-01", "2026-10-01")),
        ("2026-09-01 \u2013 today", ("2026-09-01", "2026-10-01")),
        ("last-month-start  to  last-month-end", ("2026-09-01", "2026-09-30")),
        ("-14d..-7d", ("2026-09-17", "2026-09-24")),
        ("yesterday\u2026today", ("2026-09-30", "2026-10-01")),
        ("past7days", "past7days"),
        ("PastMonth", "pastMonth"),
        ("customdays45", "customDays45"),
    ],
)
def test_ranges_and_the_presets_that_deepnote_works_out(words: str, range_: str | tuple[str, str]) -> None:
    assert resolve_range(words, THURSDAY) == range_


@pytest.mark.parametrize("words", ["today", "a..b", "today..", "2026-01-01..2026-02-01..2026-03-01", "customDays0", ""])
def test_what_is_no_range_is_left_alone(words: str) -> None:
    assert resolve_range(words, THURSDAY) is None


def test_a_range_the_wrong_way_round_is_shown_the_right_way() -> None:
    with pytest.raises(Mistake) as mistake:
        resolve_range("today..yesterday", THURSDAY)
    assert mistake.value.hint == "2026-09-30..2026-10-01"


def test_help_names_only_words_that_work() -> None:
    for words, _ in dates.WORDS:
        for word in words.replace(" … ", ", ").split(", "):
            assert resolve(word, THURSDAY) or resolve_range(word, THURSDAY), word


@given(st.dates(date(1, 3, 1), date(9999, 10, 1)), st.sampled_from(dates._WEEKDAYS))
def test_the_last_weekday_lies_one_to_seven_days_back(today: date, weekday: str) -> None:
    found = date.fromisoformat(resolve(f"last-{weekday}", today) or "")
    assert 1 <= (today - found) / timedelta(days=1) <= 7
    assert dates._WEEKDAYS[found.weekday()] == weekday


@given(st.text(), st.dates())
def test_no_text_and_no_day_break_it(word: str, today: date) -> None:
    found = resolve(word, today)
    assert found is None or date.fromisoformat(found).isoformat() == found


@given(st.dates())
def test_every_word_has_an_answer_on_every_day_or_lies_outside_the_calendar(today: date) -> None:
    for word in ("week-start", "month-start", "month-end", "last-month-end", "quarter-start", "tomorrow"):
        assert resolve(word, today) or today <= date(1, 2, 1) or today >= date(9999, 12, 1)
