"""What a test does to calls on their way: kill whoever made one, or hold it, before it is done or before the answer.

It stands before all stand-ins as a middleware of their server, so it sees every call that a process makes.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp.typedefs import Handler


@dataclass(frozen=True)
class Call:
    """A call that came.

    Attributes:
        does: Method and path, as in `POST /slack/api/chat.update`.
        body: Its JSON or form, as text; empty where it is neither.
        port: The caller's own.
    """

    does: str
    body: str
    port: int

    @property
    def given(self) -> dict[str, Any]:
        """The JSON object in its body; an empty one where it has none."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


@dataclass(eq=False)
class Catch:
    """A call to be caught, once.

    Attributes:
        wanted: Which one.
        before: What is done before it is carried out; answers whether it may be.
        after: What is done when it has been, before its answer leaves.
        caught: Set as soon as it came.
    """

    wanted: Callable[[Call], bool]
    before: Callable[[Call], Awaitable[bool]] | None = None
    after: Callable[[Call], Awaitable[object]] | None = None
    caught: asyncio.Event = field(default_factory=asyncio.Event)


class Gate:
    """Stands before the stand-ins."""

    def __init__(self) -> None:
        self._catches: list[Catch] = []

    def catch(self, catch: Catch) -> Catch:
        """Wait for a call."""
        self._catches.append(catch)
        return catch

    def mount(self, app: web.Application) -> None:
        """Stand before an application, which hasn't started yet."""
        app.middlewares.append(self._pass)

    @web.middleware
    async def _pass(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        found = await self._caught(request) if self._catches else None
        if found is None:
            return await handler(request)
        catch, call = found
        if catch.before is not None and not await catch.before(call):
            return _dropped(request)
        answer = await handler(request)
        if catch.after is not None:
            await catch.after(call)
        return answer

    async def _caught(self, request: web.Request) -> tuple[Catch, Call] | None:
        peer = request.transport.get_extra_info("peername") if request.transport is not None else None
        if peer is None or "websocket" in request.headers.get("Upgrade", ""):
            return None
        kind = request.content_type
        text = await request.text() if kind.endswith(("json", "urlencoded")) else ""
        call = Call(f"{request.method} {request.path}", text, peer[1])
        for catch in self._catches:
            if not catch.caught.is_set() and catch.wanted(call):
                catch.caught.set()
                return catch, call
        return None


def _dropped(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=499)
