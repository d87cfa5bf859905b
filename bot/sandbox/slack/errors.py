"""How a call to Slack's API can fail, in Slack's words."""

from collections.abc import Iterable
from typing import Any


class ApiError(Exception):
    """A reply with `ok: false`; `extra` goes beside the error's code. `status` is HTTP's."""

    status = 200

    def __init__(self, code: str, messages: Iterable[str] = (), **extra: Any) -> None:
        super().__init__(code)
        self.code = code
        self.extra = extra
        if listed := list(messages):
            self.extra["response_metadata"] = {"messages": listed}

    def body(self) -> dict[str, Any]:
        """The reply's JSON."""
        return {"ok": False, "error": self.code, **self.extra}


class RateLimitedError(ApiError):
    """HTTP 429 with Retry-After in whole seconds."""

    status = 429

    def __init__(self, retry_after: int) -> None:
        super().__init__("ratelimited")
        self.retry_after = retry_after


class BrokenError(ApiError):
    """HTTP 500: Slack itself has trouble."""

    status = 500

    def __init__(self) -> None:
        super().__init__("internal_error")


def missing_scope(needed: str, provided: Iterable[str]) -> ApiError:
    """The token lacks a scope; Slack names both."""
    return ApiError("missing_scope", needed=needed, provided=",".join(sorted(provided)))


def invalid_arguments(*messages: str) -> ApiError:
    """An argument is missing or malformed."""
    return ApiError("invalid_arguments", [f"[ERROR] {each}" for each in messages])
