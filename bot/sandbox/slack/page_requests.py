"""How the page's requests are read, and refused if they make no sense."""

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from bot.sandbox.slack.errors import ApiError
from bot.sandbox.slack.parts import Parts
from bot.sandbox.slack.records import Json, Person


async def read_body(request: web.Request) -> Json:
    """The request's JSON object. Raises HTTPBadRequest."""
    try:
        sent = await request.json()
    except ValueError:
        raise bad_request("not JSON") from None
    if not isinstance(sent, dict):
        raise bad_request("not an object")
    return sent


def person_in(parts: Parts, given: Mapping[str, Any]) -> Person:
    """Who the page acts `as`. Raises HTTPNotFound."""
    try:
        return parts.person(str(given.get("as", "")))
    except ApiError as error:
        raise not_found(error.code) from None


def seen_in(given: Mapping[str, Any]) -> Json | None:
    """What the page shows, as `state.values`; None if it doesn't say. Raises HTTPBadRequest."""
    state = given.get("state")
    if state is None:
        return None
    values = state.get("values") if isinstance(state, dict) else None
    if state != {} and not isinstance(values, dict):
        raise bad_request("state must have values")
    return values


def not_found(error: str) -> web.HTTPNotFound:
    """What isn't there, or not for this person."""
    return web.HTTPNotFound(text=json.dumps({"ok": False, "error": error}), content_type="application/json")


def bad_request(error: str) -> web.HTTPBadRequest:
    """What the page got wrong."""
    return web.HTTPBadRequest(text=json.dumps({"ok": False, "error": error}), content_type="application/json")
