"""Words for Slack: escaped, cut, dated."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.render.text import (
    count,
    cut,
    day,
    escape,
    exact,
    fitted,
    head,
    lasted,
    lines_within,
    plain,
    section,
    size,
    spoken,
    tail,
    when,
)


def test_what_could_ping_or_link_is_shown_as_it_was_written() -> None:
    assert escape("<!channel> & <@U1>") == "&lt;!channel&gt; &amp; &lt;@U1&gt;"


def test_words_are_cut_before_they_are_escaped_so_no_entity_is_halved() -> None:
    assert escape("&&&&", 11) == "&amp;&amp;…"
    assert escape("<<<<", 13) == "&lt;&lt;&lt;…"
    assert escape("abcdef", 4) == "abc…"
    assert escape("abcd", 4) == "abcd"


@given(st.text(alphabet="&<>ab *_\n\u202e\x07", max_size=60), st.integers(2, 40))
def test_escaped_words_keep_to_their_limit_and_read_as_the_beginning_of_what_they_were(words: str, most: int) -> None:
    escaped = escape(words, most)
    assert len(escaped) <= most
    back = escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").removesuffix("…")
    assert words.replace("\u202e", "").replace("\x07", "").startswith(back)


def test_a_name_is_one_line_and_its_marks_format_nothing() -> None:
    assert plain("two\n  lines\t*bold* ~gone~ `code`") == "two lines \u2217bold\u2217 \u223cgone\u223c \u02cbcode\u02cb"
    assert plain("snake_case stays, _this_ doesn't format") == "snake_case stays, ˍthisˍ doesn't format"


def test_a_name_can_not_hide_in_what_has_no_look() -> None:
    assert plain("ev\u202eil\u200b\u2066\ufeff\x00 name") == "evil name"
    assert plain("👩‍👩‍👧 नमस्ते") == "👩‍👩‍👧 नमस्ते"  # joiners that writing needs stay


def test_a_value_is_bold_or_code_where_bold_would_change_it() -> None:
    assert exact("EU") == "*EU*"
    assert exact("2*3") == "`2*3`"
    assert exact("_x") == "`_x`"
    assert exact("a`b") == "*a\u02cbb*"
    assert exact("<b>&_") == "`&lt;b&gt;&amp;_`"
    assert exact("") == "*“”*"


def test_finished_words_over_their_limit_lose_whole_tokens() -> None:
    assert fitted("at <!date^1^{time}|12:00 UTC> sharp", 12) == "at …"
    assert fitted("a &amp; b", 6) == "a …"
    assert fitted("short", 5) == "short"
    assert section("x" * 4000)["text"]["text"] == "x" * 2999 + "…"


def test_lines_are_kept_whole_and_the_others_counted() -> None:
    assert lines_within(["one", "two"], 100) == "one\ntwo"
    shown = lines_within([letter * 40 for letter in "abc"], 110)
    assert shown == "a" * 40 + "\n" + "b" * 40 + "\nand 1 more"
    assert len(shown) <= 110


def test_a_long_text_shows_its_first_lines_a_traceback_its_last() -> None:
    lines = "\n".join(f"line {number}" for number in range(100))
    assert head(lines, 40) == "line 0\nline 1\nline 2\nline 3\nline 4\n…"
    assert tail(lines, 40) == "…\nline 96\nline 97\nline 98\nline 99"
    assert head("x" * 50, 20) == "x" * 18 + "\n…"
    assert tail("short", 20) == head("short", 20) == "short"
    assert cut("a long sentence", 8) == "a long…"


def test_times_are_in_the_readers_zone_and_in_utc_where_slack_is_old() -> None:
    moment = datetime(2026, 10, 1, 14, 3, tzinfo=timezone(timedelta(hours=2)))
    assert when(moment) == "<!date^1790856180^{time}|2026-10-01 12:03 UTC>"
    assert day(moment.astimezone(UTC)) == "<!date^1790856180^{date_short_pretty} at {time}|2026-10-01 12:03 UTC>"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-1, "0s"), (0.4, "0s"), (41, "41s"), (59.6, "1m 00s"), (192, "3m 12s"), (7500, "2h 05m"), (277_200, "3d 5h")],
)
def test_spans_are_told_in_two_units(seconds: float, words: str) -> None:
    assert lasted(seconds) == words


@pytest.mark.parametrize(
    ("octets", "words"),
    [(0, "0 B"), (999, "999 B"), (1000, "1 KB"), (14_200, "14 KB"), (999_600, "1.0 MB"), (3_240_000, "3.2 MB")],
)
def test_sizes_are_told_as_people_say_them(octets: int, words: str) -> None:
    assert size(octets) == words
    assert size(48_000_000) == "48 MB"
    assert size(1_500_000_000) == "1.5 GB"


def test_one_is_one_and_two_are_several() -> None:
    assert [count(1, "block"), count(2, "block"), count(0, "entry", "entries")] == ["1 block", "2 blocks", "0 entries"]


def test_values_are_spoken_as_people_write_them() -> None:
    assert [spoken(True), spoken(False), spoken("EU"), spoken(("Web", "Store"))] == ["yes", "no", "EU", "Web, Store"]
