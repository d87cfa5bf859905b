"""Pages of a list, as Deepnote serves them: `pageSize` of 20, at most 100, and an opaque `pageToken`."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any, Final

from bot.sandbox.gate import Refusal

_USUAL: Final = 20
_MOST: Final = 100


def page_of(
    items: Mapping[str, dict[str, Any]], query: Mapping[str, str]
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The page that a query asks for, and the `pagination` that tells of the next one.

    The token names the last item that was seen, so that items which come in front meanwhile shift nothing.

    Raises:
        Refusal: with 400, for a size or a token that can't be.
    """
    size, token = query.get("pageSize", str(_USUAL)), query.get("pageToken")
    if not size.isascii() or not size.isdigit() or not 1 <= int(size) <= _MOST:
        raise Refusal(400, f"pageSize: expected a number from 1 to {_MOST}")
    keys = list(items)
    start = 0 if token is None else _after(keys, token)
    end = start + int(size)
    more = end < len(keys)
    pagination = {"nextPageToken": _token(keys[end - 1]) if more else None, "hasMore": more}
    return [items[key] for key in keys[start:end]], pagination


def _token(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode()


def _after(keys: list[str], token: str) -> int:
    try:
        return keys.index(base64.urlsafe_b64decode(token).decode()) + 1
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise Refusal(400, "pageToken: invalid") from None
