"""Faults that can be switched on over HTTP: what a platform, or the way to it, does to its clients on bad days.

`POST /faults {"platform": "deepnote", "fault": "429", "on": "POST /v2/runs", "times": 1, "retry_after": 2}`; `GET
/faults` tells which are on and how often each struck; `DELETE /faults` and `DELETE /faults/{id}` switch off.

| fault | what happens |
|---|---|
| a status of 400-599, `token_refused` | that answer instead of the work; nothing is started |
| `reset` | the connection breaks before anything is done |
| `slow` | the work waits for `seconds` |
| `reset_after_start` | the work is done, and the connection breaks without an answer |
| `slow_after_start` | the work is done, and the answer waits for `seconds` |
| `error_after_start` | the work is done, and the answer is a 500 |
| `garbage` | the work is done, and the answer is a page that is no JSON |
| `cut` | the work is done, and the connection breaks in the middle of the answer |
| `late_snapshot`, `no_snapshot` | Deepnote: a finished run says that its snapshot is pending; or that there is none |
| `unknown_status` | a run says a status that nobody has heard of: `message`, or `hibernating` |
| `suspended` | Deepnote: the notebook's project is suspended |
"""

import asyncio
import itertools
import json
import re
from collections.abc import Callable
from typing import Any, Final, Literal

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from pydantic import BaseModel, ConfigDict, Field, ValidationError

BEFORE: Final = frozenset({"token_refused", "reset", "slow"})
AFTER: Final = frozenset({"reset_after_start", "slow_after_start", "error_after_start", "garbage", "cut"})
WITHIN: Final = frozenset({"late_snapshot", "no_snapshot", "unknown_status", "suspended"})
_STATUS: Final = re.compile(r"[45]\d\d", re.ASCII)


class Fault(BaseModel):
    """One fault. `on`: a method, a part of the path, or both with a space between; `times` None: until switched off."""

    model_config = ConfigDict(extra="forbid")

    platform: Literal["datalore", "deepnote"]
    fault: str
    on: str = ""
    times: int | None = Field(default=None, ge=1)
    retry_after: int | str | None = None
    rate_limit_reset: int | None = None
    seconds: float = Field(default=1.0, ge=0)
    message: str | None = None
    id: int = 0
    hits: int = 0

    @property
    def spent(self) -> bool:
        """Whether it has struck as often as it was told to."""
        return self.times is not None and self.hits >= self.times

    def strikes(self, platform: str, method: str, path: str) -> bool:
        """Whether it concerns this request."""
        first, _, rest = self.on.partition(" ")
        wanted, part = (first, rest) if first.isupper() else ("", self.on)
        return self.platform == platform and wanted in {"", method} and part in path and not self.spent


class Faults:
    """The faults that are on. The earliest that fits strikes."""

    def __init__(self) -> None:
        """Start with none."""
        self._on: list[Fault] = []
        self._ids = itertools.count(1)

    def add(self, fault: Fault) -> Fault:
        """Switch a fault on.

        Raises:
            ValueError: there is no such fault.
        """
        if fault.fault not in BEFORE | AFTER | WITHIN and not _STATUS.fullmatch(fault.fault):
            raise ValueError(f"There is no fault {fault.fault!r}")
        placed = fault.model_copy(update={"id": next(self._ids), "hits": 0})
        self._on.append(placed)
        return placed

    def strike(self, platform: str, request: web.Request, *kinds: str) -> Fault | None:
        """The fault of one of these kinds that strikes this request, if any; it counts as a hit."""
        for fault in self._on:
            if fault.fault in kinds and fault.strikes(platform, request.method, request.path):
                fault.hits += 1
                return fault
        return None

    def middleware(self, platform: str, says: Callable[[str], dict[str, Any]]) -> Middleware:
        """What lets faults strike a platform's requests. `says` makes that platform's error body of a sentence."""

        @web.middleware
        async def struck(request: web.Request, handler: Handler) -> web.StreamResponse:
            statuses = [f.fault for f in self._on if _STATUS.fullmatch(f.fault)]
            before = self.strike(platform, request, *BEFORE, *statuses)
            if before is not None and before.fault == "slow":
                await asyncio.sleep(before.seconds)
            elif before is not None and before.fault == "reset":
                return _break(request)
            elif before is not None:
                return _refusal(before, says, request)
            answer = await handler(request)
            after = self.strike(platform, request, *AFTER)
            return answer if after is None else await _spoil(after, request, answer, says)

        return struck

    def add_routes(self, app: web.Application) -> None:
        """Serve `/faults`."""
        app.router.add_post("/faults", self._post)
        app.router.add_get("/faults", self._get)
        app.router.add_delete("/faults", self._delete)
        app.router.add_delete(r"/faults/{id:\d+}", self._delete)

    async def _post(self, request: web.Request) -> web.Response:
        try:
            fault = self.add(Fault.model_validate(await request.json()))
        except (ValidationError, ValueError) as error:
            return web.json_response({"error": str(error)}, status=400)
        return web.json_response(fault.model_dump(), status=201)

    async def _get(self, _: web.Request) -> web.Response:
        return web.json_response({"faults": [fault.model_dump() for fault in self._on]})

    async def _delete(self, request: web.Request) -> web.Response:
        wanted = request.match_info.get("id")
        self._on = [fault for fault in self._on if wanted is not None and fault.id != int(wanted)]
        return web.Response(status=204)


def _refusal(fault: Fault, says: Callable[[str], dict[str, Any]], request: web.Request) -> web.Response:
    status = 401 if fault.fault == "token_refused" else int(fault.fault)
    usual = {
        401: "Unauthorized",
        403: "Insufficient permissions",
        429: "Rate limit exceeded",
        500: "Internal server error",
    }
    if status == web.HTTPInternalServerError.status_code and request.method == "POST" and fault.platform == "deepnote":
        usual[status] = "Hardware unable to start"
    headers = {}
    if fault.retry_after is not None:
        headers["Retry-After"] = str(fault.retry_after)
    if fault.rate_limit_reset is not None:
        headers["RateLimit-Reset"] = str(fault.rate_limit_reset)
    words = fault.message or usual.get(status, f"Sandbox fault {status}")
    return web.json_response(says(words), status=status, headers=headers)


async def _spoil(
    fault: Fault, request: web.Request, answer: web.StreamResponse, says: Callable[[str], dict[str, Any]]
) -> web.StreamResponse:
    match fault.fault:
        case "reset_after_start":
            return _break(request)
        case "slow_after_start":
            await asyncio.sleep(fault.seconds)
            return answer
        case "error_after_start":
            return web.json_response(says(fault.message or "Internal server error"), status=500)
        case "cut":
            return await _cut(request, answer)
        case _:
            page = "<!doctype html><title>502</title><p>upstream sent too big a header</p>"
            return web.Response(status=answer.status, text=page, content_type="text/html")


async def _cut(request: web.Request, answer: web.StreamResponse) -> web.StreamResponse:
    whole = answer.body if isinstance(answer, web.Response) else b""
    content = whole if isinstance(whole, bytes) else json.dumps(str(whole)).encode()
    half = web.StreamResponse(status=answer.status, headers={"Content-Type": answer.content_type})
    half.content_length = len(content) + 1
    await half.prepare(request)
    await half.write(content[: len(content) // 2])
    _break(request)
    return half


def _break(request: web.Request) -> web.Response:
    """Drop the connection as a crashed proxy would. What is returned never leaves: there is nobody to send it to."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=499)
