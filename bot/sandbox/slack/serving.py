"""How every address that the app calls is served: the fault that waits for it, the ledger, the reply."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web

from bot.sandbox.slack.errors import ApiError, BrokenError, RateLimitedError
from bot.sandbox.slack.faults import Fault
from bot.sandbox.slack.ledger import Call, Stopwatch
from bot.sandbox.slack.parts import Parts
from bot.sandbox.slack.records import Json


@dataclass
class Result:
    """What goes back to the app, and what the ledger says of it."""

    body: Json | str
    status: int = 200
    error: str | None = None
    channel: str | None = None
    ts: str | None = None
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def refusal(cls, error: ApiError, channel: str | None = None) -> "Result":
        """The reply to what can't be done."""
        wait = {"Retry-After": str(error.retry_after)} if isinstance(error, RateLimitedError) else {}
        return cls(error.body(), error.status, error.code, channel, headers=wait)

    def response(self) -> web.Response:
        """As HTTP."""
        if isinstance(self.body, str):
            return web.Response(text=self.body, status=self.status, headers=self.headers)
        return web.json_response(self.body, status=self.status, headers=self.headers)


# Gets the error that a fault puts in the place of the real work, if it does.
Work = Callable[[ApiError | None], Awaitable[Result]]


async def serve(parts: Parts, name: str, request: web.Request, work: Work) -> web.StreamResponse:
    """Serve one call, with the fault that waits for it, and note it in the ledger under this name."""
    watch, fault = Stopwatch(), parts.faults.take(name)
    kind = fault.fault if fault is not None else ""
    if kind == "refuse":
        _note(parts, name, watch, Result("", 0, "refused"), kind)
        return _cut(request)
    if fault is not None and kind == "slow":
        await request.read()  # now, because it must be done even if the app doesn't wait
        await asyncio.sleep(fault.seconds)
    result = await work(_planned(fault))
    _note(parts, name, watch, result, kind)
    return _cut(request) if kind == "lost_reply" else result.response()


def _planned(fault: Fault | None) -> ApiError | None:
    if fault is None:
        return None
    if fault.fault == "429":
        return RateLimitedError(fault.retry_after)
    if fault.fault == "500":
        return BrokenError()
    if fault.fault.startswith("error:"):
        return ApiError(fault.fault.removeprefix("error:"))
    return None


def _note(parts: Parts, name: str, watch: Stopwatch, result: Result, fault: str) -> None:
    parts.ledger.note(
        Call(
            method=name,
            at=watch.at,
            took=watch.took(),
            channel=result.channel,
            ts=result.ts,
            ok=result.error is None,
            error=result.error,
            status=result.status,
            fault=fault or None,
        )
    )
    parts.workspace.tell("call")


def _cut(request: web.Request) -> web.Response:
    """Drop the connection; nobody reads what is returned."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
