from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from bot.errors import (
    BadReply,
    Forbidden,
    Invalid,
    NotFound,
    PlatformError,
    RateLimited,
    Suspended,
    Unauthorized,
    Unavailable,
)
from bot.platforms.reply import (
    Reply,
    decoded,
    moment,
    name_of,
    plain,
    record,
    records,
    refusal,
    said,
    wait,
    words,
)

NOW = datetime(2026, 5, 6, 12, 0, tzinfo=UTC)


def reply(status: int, headers: dict[str, str] | None = None, text: str = "", body: bytes = b"") -> Reply:
    return Reply("Deepnote", status, headers or {}, body, text)


@pytest.mark.parametrize(
    ("body", "words_of_it"),
    [
        ({"message": "Run not found"}, "Run not found"),
        ({"error": "Bad token"}, "Bad token"),
        ({"error": {"message": "Too many"}}, "Too many"),
        ({"message": "", "error": "second"}, "second"),
        ({"message": None, "error": None}, ""),
        ({"detail": "elsewhere"}, ""),
        (["message"], ""),
        ("message", ""),
    ],
)
def test_the_words_of_a_refusal_are_found_wherever_the_platforms_put_them(body: object, words_of_it: str) -> None:
    assert said(json.dumps(body).encode()) == words_of_it


@pytest.mark.parametrize("body", [b"", b"<html>500</html>", b"\xff\xfe", b"[" * 100_000])
def test_an_unreadable_refusal_has_no_words(body: bytes) -> None:
    assert said(body) == ""


def test_a_refusal_never_repeats_our_token() -> None:
    assert said(b'{"message": "bad token abc123 given"}', secret="abc123") == "bad token … given"


def test_words_are_one_line_of_limited_length_without_control_characters() -> None:
    assert plain("a\x00b\x1b[31m\n\tc \u202e d") == "a b [31m c d"
    assert plain("x" * 400) == "x" * 299 + "…"
    assert plain("\ud800") == ""
    assert plain(17) == ""
    assert words({"message": "m"}) == "m"
    assert words({"other": "m"}) == ""


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Invalid),
        (401, Unauthorized),
        (403, Forbidden),
        (404, NotFound),
        (405, Invalid),
        (409, Suspended),
        (422, Invalid),
        (429, RateLimited),
        (408, Unavailable),
        (500, Unavailable),
        (502, Unavailable),
        (503, Unavailable),
        (599, Unavailable),
        (302, BadReply),
        (304, BadReply),
    ],
)
def test_each_status_has_its_error(status: int, kind: type[PlatformError]) -> None:
    error = refusal(reply(status, text="in its own words"), NOW)
    assert type(error) is kind
    assert error.status == status
    assert "in its own words" in error.message


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_a_2xx_is_no_refusal(status: int) -> None:
    assert refusal(reply(status), NOW) is None


def test_without_words_the_status_speaks() -> None:
    error = refusal(reply(403), NOW)
    assert error
    assert error.message == "Deepnote answered 403 Forbidden"
    odd = refusal(reply(599), NOW)
    assert odd
    assert odd.message == "Deepnote answered 599"


def test_a_5xx_may_have_arrived() -> None:
    error = refusal(reply(503, {"Retry-After": "7"}), NOW)
    assert isinstance(error, Unavailable)
    assert error.sent
    assert error.retry_after == 7


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "12"}, 12.0),
        ({"Retry-After": " 1.5 "}, 1.5),
        ({"Retry-After": "-4"}, 0.0),
        ({"Retry-After": "Wed, 06 May 2026 12:00:30 GMT"}, 30.0),
        ({"Retry-After": "Wed, 06 May 2026 11:00:00 GMT"}, 0.0),
        ({"Retry-After": "soon", "RateLimit-Reset": "9"}, 9.0),
        ({"Retry-After": "inf"}, None),
        ({"Retry-After": "3", "RateLimit-Reset": "9"}, 3.0),
        ({"RateLimit-Reset": "41"}, 41.0),
        ({"RateLimit-Reset": str(int(NOW.timestamp()) + 20)}, 20.0),
        ({"RateLimit-Reset": f"{int(NOW.timestamp()) + 20}000"}, 20.0),
        ({"Retry-After": str(int(NOW.timestamp()) + 20)}, 20.0),
        ({"Retry-After": "20000000"}, 86_400.0),
        ({"Retry-After": f"Mon, 01 Jan {'9' * 20} 00:00:00 GMT"}, None),
        ({"Retry-After": f"Wed, 06 May 2026 12:00:30 +{'9' * 20}"}, None),
        ({"Retry-After": "Wed, 06 May 2099 12:00:30 GMT"}, 86_400.0),
        ({"RateLimit-Reset": "later"}, None),
        ({}, None),
    ],
)
def test_how_long_to_wait_is_read_in_every_form(headers: dict[str, str], seconds: float | None) -> None:
    error = refusal(reply(429, headers), NOW)
    assert isinstance(error, RateLimited)
    assert error.retry_after == seconds
    assert wait(headers, NOW) == seconds


@pytest.mark.parametrize("body", [b"", b"<html>", b"{", b'{"a": \xff}', b"[" * 100_000, b"9" * 5000])
def test_what_is_no_json_is_a_bad_reply_that_carries_none_of_it(body: bytes) -> None:
    with pytest.raises(BadReply) as caught:
        decoded(reply(200, body=body))
    assert caught.value.__context__ is None


def test_json_of_the_wrong_shape_is_a_bad_reply() -> None:
    shapes: list[object] = [[], "text", 3, None]
    for shape in shapes:
        with pytest.raises(BadReply):
            record(shape, "Deepnote")
    assert records([{"a": 1}, 2, None, {"b": 2}]) == [{"a": 1}, {"b": 2}]
    assert records(None) == []


@pytest.mark.parametrize(
    "value",
    [
        "2026-05-06T12:00:00Z",
        "2026-05-06T12:00:00.000000000Z",
        "2026-05-06T14:00:00+02:00",
        "2026-05-06T14:00:00+0200",
        "2026-05-06T12:00:00",
        " 2026-05-06T12:00:00Z[UTC] ",
        "2026-05-06T14:00:00+02:00[Europe/Prague]",
        1778068800000,
        1778068800,
        1778068800.0,
        "1778068800000",
    ],
)
def test_times_are_read_in_every_form(value: object) -> None:
    assert moment(value) == NOW
    assert moment(value).tzinfo is UTC  # type: ignore[union-attr]


@pytest.mark.parametrize("value", [None, "", "yesterday", {}, [], True, 1e300, "9" * 40, float("nan")])
def test_what_is_no_time_is_none(value: object) -> None:
    assert moment(value) is None


def test_ids_are_text_also_where_they_come_as_numbers() -> None:
    assert name_of("r-1") == "r-1"
    assert name_of(17) == "17"
    assert name_of(True) == ""
    assert name_of(None) == ""
    assert name_of("a\x00b") == "a b"
