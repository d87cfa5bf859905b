"""The arguments of a call: query, form or JSON, as Slack takes them all."""

import json
from typing import Any

from aiohttp import web

from bot.sandbox.slack.errors import ApiError, invalid_arguments

_TRUE, _FALSE = frozenset({"1", "true", "True", 1}), frozenset({"0", "false", "False", 0, ""})


class Args:
    """Arguments by name; strings in a form may hold JSON."""

    def __init__(self, values: dict[str, Any]) -> None:
        self._values = {key: value for key, value in values.items() if value is not None}

    def __contains__(self, name: str) -> bool:
        """Whether the argument was given at all."""
        return name in self._values

    def raw(self, name: str) -> str:
        """The argument in words, whatever it is; for the ledger."""
        return str(self._values.get(name, ""))

    def text(self, name: str) -> str:
        """A string, empty if it wasn't given."""
        value = self._values.get(name, "")
        if isinstance(value, dict | list):
            raise invalid_arguments(f"must be a string [json-pointer:/{name}]")
        return value if isinstance(value, str) else str(value)

    def need(self, name: str) -> str:
        """A string that must be there."""
        value = self.text(name)
        if not value:
            raise invalid_arguments(f"missing required field: {name}")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A boolean, in any of the ways that Slack takes."""
        value = self._values.get(name, default)
        if isinstance(value, dict | list) or value not in _TRUE | _FALSE:
            raise invalid_arguments(f"must be a boolean [json-pointer:/{name}]")
        return value in _TRUE

    def number(self, name: str, default: int) -> int:
        """A whole number."""
        value = self._values.get(name, default)
        try:
            return int(value)
        except (TypeError, ValueError):
            raise invalid_arguments(f"must be an integer [json-pointer:/{name}]") from None

    def structure(self, name: str, error: str = "invalid_arguments") -> Any:
        """An object or list, or a string that holds it as JSON; None if it wasn't given."""
        value = self._values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise ApiError(error, [f"[ERROR] must be valid JSON [json-pointer:/{name}]"]) from None


async def read_args(request: web.Request) -> Args:
    """Read query, form or JSON. Raises invalid_json, json_not_object or invalid_form_data."""
    values: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        try:
            sent = await request.json()
        except ValueError:
            raise ApiError("invalid_json") from None
        if not isinstance(sent, dict):
            raise ApiError("json_not_object")
        values.update(sent)
    elif request.can_read_body:
        try:
            values.update(await request.post())
        except ValueError:
            raise ApiError("invalid_form_data") from None
    return Args(values)
