"""The gate before a platform's API: errors in the platform's words, the bearer token, the rate limit."""

import json
import math
import re
import time
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

Says = Callable[[str], dict[str, Any]]


class Refusal(Exception):
    """A request that the platform refuses, with this status and sentence."""

    def __init__(self, status: int, words: str, **headers: str) -> None:
        super().__init__(words)
        self.status, self.words, self.headers = status, words, headers


@dataclass(frozen=True)
class RateLimit:
    """At most so many requests of one token in so many seconds."""

    requests: int
    seconds: float


def gate(says: Says, tokens: Collection[str], guarded: re.Pattern[str], limit: RateLimit | None) -> Middleware:
    """Refuse what may not pass where the path has `guarded` in it; `token_of` tells the token of what passes."""
    seen: dict[str, deque[float]] = {}

    @web.middleware
    async def watched(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            if guarded.search(request.path):
                _within(limit, seen.setdefault(_known(request, tokens), deque()))
            return await handler(request)
        except Refusal as refusal:
            headers = {name.replace("_", "-"): text for name, text in refusal.headers.items()}
            return web.json_response(says(refusal.words), status=refusal.status, headers=headers)
        except web.HTTPException as error:
            return web.json_response(says(error.reason), status=error.status)

    return watched


async def json_object(request: web.Request, known: Collection[str]) -> dict[str, Any]:
    """The request's JSON object, which has no keys but the known ones.

    Raises:
        Refusal: with 400, where it is anything else.
    """
    if request.content_type != "application/json":
        raise Refusal(400, "Content-Type must be application/json")
    try:
        body = json.loads(await request.text())
    except ValueError:
        raise Refusal(400, "The body is not valid JSON") from None
    if not isinstance(body, dict):
        raise Refusal(400, "The body must be a JSON object")
    unknown = sorted(set(body) - set(known))
    if unknown:
        raise Refusal(400, f"Unrecognized key: {', '.join(unknown)}")
    return body


def token_of(request: web.Request) -> str:
    """The bearer token of a request, or nothing."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" else ""


def _known(request: web.Request, tokens: Collection[str]) -> str:
    token = token_of(request)
    if token not in tokens:
        raise Refusal(401, "Unauthorized: no token was provided, or the token is invalid")
    return token


def _within(limit: RateLimit | None, seen: deque[float]) -> None:
    if limit is None:
        return
    now = time.monotonic()
    while seen and seen[0] <= now - limit.seconds:
        seen.popleft()
    if len(seen) >= limit.requests:
        wait = max(1, math.ceil(seen[0] + limit.seconds - now))
        raise Refusal(429, "Rate limit exceeded", Retry_After=str(wait))
    seen.append(now)
