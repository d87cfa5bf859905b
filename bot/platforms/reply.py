"""What a platform answered, read without any I/O: words, waits, typed errors, values.

Both APIs drift, so everything here takes absent and null alike and lets unknown fields pass.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

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

if TYPE_CHECKING:
    from collections.abc import Mapping

WORDS = 300
"""Characters; a platform's message is cut after so many."""

_EPOCH_MILLIS = 1e11  # as seconds this is the year 5138, so a larger number counts milliseconds
_EPOCH_SECONDS = 1e9  # as a wait this is 31 years, so a larger number names a moment
_LONGEST = 86_400.0  # seconds; who asks for a longer silence has mistaken the unit
_ZONE_NAME = re.compile(r"\[[^\]]*\]$")


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of a platform.

    Attributes:
        whose: The platform's name, for our own words.
        status: HTTP status.
        headers: As received; looked up without regard to case.
        body: Decompressed; of a refusal at most its beginning.
        said: The platform's own words for a refusal, cleaned; empty where there are none.
    """

    whose: str
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    said: str = ""


def plain(text: object, length: int = WORDS, *, secret: str = "") -> str:
    """One line of at most `length` characters, without control characters and without the secret."""
    if not isinstance(text, str):
        return ""
    if secret:
        text = text.replace(secret, "…")
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " for c in text)
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def said(body: bytes, *, secret: str = "") -> str:
    """The message of a refusal: `{"message"}`, `{"error"}` or `{"error": {"message"}}`; else empty."""
    try:
        decoded = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(decoded, dict):
        return ""
    return words(decoded.get("message"), secret=secret) or words(decoded.get("error"), secret=secret)


def words(value: object, length: int = WORDS, *, secret: str = "") -> str:
    """A message that is a string or `{"message": string}`; empty for anything else."""
    return plain(value.get("message") if isinstance(value, dict) else value, length, secret=secret)


def wait(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds to wait: Retry-After (seconds or an HTTP date), else RateLimit-Reset (seconds); None if untold.

    Either may name a moment instead, in seconds or milliseconds since 1970. A day at most.
    """
    after = headers.get("Retry-After", "").strip()
    seconds = _seconds(after, now)
    if seconds is None and after:
        seconds = _until(after, now)
    if seconds is None:
        seconds = _seconds(headers.get("RateLimit-Reset", "").strip(), now)
    return None if seconds is None else min(max(0.0, seconds), _LONGEST)


def _seconds(text: str, now: datetime) -> float | None:
    try:
        seconds = float(text)
    except ValueError:
        return None
    if not math.isfinite(seconds):
        return None
    if seconds <= _EPOCH_SECONDS:
        return seconds
    return (seconds / 1_000 if seconds > _EPOCH_MILLIS else seconds) - now.timestamp()


def _until(date: str, now: datetime) -> float | None:
    try:
        at = parsedate_to_datetime(date)
    except (ValueError, OverflowError):
        return None
    return (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds()


def refused(status: int) -> bool:
    """Whether a status is no 2xx."""
    return not 200 <= status < 300  # noqa: PLR2004 - HTTP's own classes of status


def refusal(reply: Reply, now: datetime) -> PlatformError | None:
    """The typed error for a status, with the platform's own words or the status's name; None for a 2xx."""
    status = reply.status
    if not refused(status):
        return None
    text = reply.said or _phrase(reply)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return RateLimited(text, retry_after=wait(reply.headers, now), status=status)
    # Some proxies end an idle connection with a 408: that says nothing about the request itself.
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT:
        return Unavailable(text, sent=True, status=status, retry_after=wait(reply.headers, now))
    if status >= HTTPStatus.BAD_REQUEST:
        return _REFUSALS.get(status, Invalid)(text, status=status)
    return BadReply(f"{reply.whose} sent us to another address ({text})", status=status)


_REFUSALS: dict[int, type[Unauthorized | Forbidden | NotFound | Suspended]] = {
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: Suspended,
}


def _phrase(reply: Reply) -> str:
    try:
        return f"{reply.whose} answered {reply.status} {HTTPStatus(reply.status).phrase}"
    except ValueError:
        return f"{reply.whose} answered {reply.status}"


def decoded(reply: Reply) -> Any:
    """The JSON of an answer.

    Raises:
        BadReply: It isn't JSON.
    """
    try:
        return json.loads(reply.body)
    except (ValueError, RecursionError):
        pass  # raised below, so that the error's context doesn't carry the whole body
    raise BadReply(f"{reply.whose}'s answer can't be read: not JSON", status=reply.status)


def record(value: object, whose: str) -> dict[str, Any]:
    """The value as a JSON object.

    Raises:
        BadReply: It is none.
    """
    if isinstance(value, dict):
        return value
    raise BadReply(f"{whose}'s answer can't be read: not the shape that its contract names")


def records(value: object) -> list[dict[str, Any]]:
    """The JSON objects of a list; anything else is left out."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def name_of(value: object, length: int = 200) -> str:
    """An id, a word or a name as text; numbers count, anything else is empty."""
    if isinstance(value, str):
        return value if value.isprintable() and len(value) <= length else plain(value, length)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return ""


def moment(value: object) -> datetime | None:
    """A time in UTC from ISO-8601 (no zone means UTC) or from epoch milliseconds or seconds; None for anything else."""
    try:
        if isinstance(value, str):
            text = _ZONE_NAME.sub("", value.strip())
            if text.removeprefix("-").isdecimal() and len(text) != len("20260506"):
                return _epoch(float(text))
            at = datetime.fromisoformat(text)
            return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return _epoch(value)
    except (ValueError, OverflowError, OSError):
        return None
    return None


def _epoch(number: float) -> datetime:
    return datetime.fromtimestamp(number / 1000 if abs(number) >= _EPOCH_MILLIS else number, UTC)
