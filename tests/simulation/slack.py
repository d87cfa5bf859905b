"""Slack, below its own client: messages, edits, files, and the limits that it sets."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict, deque
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final, cast

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook import WebhookResponse

from tests.simulation.weather import Fate
from tests.simulation.wire import Broken, Wire

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiohttp import ClientSession

    from tests.simulation.wire import Call
    from tests.simulation.world import World

WORKSPACE: Final = "T0SIM"
ROOMS: Final = ("C0DATA", "C0OPS")
CLOSED: Final = "C0CLOSED"
"""A channel that Threadbook isn't in."""
PERSONS: Final = ("U0ANA", "U0BEN", "U0CEM")
ADMIN: Final = "U0ADA"
A_MINUTE: Final = {
    "auth.test": 1_000,
    "chat.update": 50,
    "chat.postMessage": 300,
    "conversations.open": 50,
    "conversations.info": 50,
    "conversations.members": 100,
    "files.getUploadURLExternal": 100,
    "files.completeUploadExternal": 100,
    "users.info": 100,
}
MINUTE: Final = 15.0
"""Seconds over which Slack counts: its minute is shorter here, and takes as many calls less."""
CHANNEL_BURST: Final = 5.0
"""Posts that one channel takes at once; it regains one a second."""


@dataclass(slots=True)
class Message:
    """A message as it stands."""

    ts: str
    channel: str
    thread: str
    text: str
    blocks: Any
    call: Call
    at: float
    gone: bool = False


@dataclass(slots=True)
class Share:
    """What a channel still takes."""

    left: float = CHANNEL_BURST
    at: float = 0.0


@dataclass(slots=True)
class Slack:
    """What Slack has and does.

    Attributes:
        scale: By how much its limits are smaller than the real ones, so that few runs meet them.
        refused: Times at which a limit was reached, with the method.
    """

    world: World
    wire: Wire
    scale: float = 1.0
    messages: dict[tuple[str, str], Message] = field(default_factory=dict)
    files: list[tuple[str, str, Call]] = field(default_factory=list)
    whispers: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    refused: list[tuple[float, str]] = field(default_factory=list)
    passed: dict[str, deque[tuple[float, Call]]] = field(default_factory=lambda: defaultdict(deque))
    shares: dict[str, Share] = field(default_factory=lambda: defaultdict(Share))
    stamps: int = 0

    def limit(self, call: Call, method: str, channel: str) -> float:
        """Count a call; answers with how many seconds to wait where it's one too many."""
        now = self.world.loop.time()
        passed = self.passed[method]
        while passed and now - passed[0][0] >= MINUTE:
            passed.popleft()
        if len(passed) >= self.most(method):
            return passed[0][0] + MINUTE - now
        if method == "chat.postMessage":
            share = self.shares[channel]
            share.left = min(CHANNEL_BURST, share.left + now - share.at)
            share.at = now
            if share.left < 1:
                return 1 - share.left
            share.left -= 1
        passed.append((now, call))
        return 0.0

    def most(self, method: str) -> int:
        """How many calls it takes in its minute."""
        return max(4, int(A_MINUTE.get(method, 20) * self.scale * MINUTE / 60))

    def answer(self, call: Call, method: str, given: dict[str, Any]) -> dict[str, Any]:
        """Do it; answers as Slack does."""
        wait = self.limit(call, method, str(given.get("channel", "")))
        if wait > 0:
            self.refused.append((self.world.loop.time(), method))
            self.world.laws.limited(call, method, [one for _, one in self.passed[method]])
            return {"ok": False, "error": "ratelimited", "retry_after": wait}
        handler = getattr(self, "_" + method.replace(".", "_"), None)
        if handler is None:
            return {"ok": False, "error": "unknown_method"}
        done: dict[str, Any] = handler(call, given)
        return {"ok": True, **done} if "error" not in done else {"ok": False, **done}

    def _auth_test(self, _call: Call, _given: dict[str, Any]) -> dict[str, Any]:
        return {"team_id": WORKSPACE, "user_id": "U0BOT"}

    def _users_info(self, _call: Call, given: dict[str, Any]) -> dict[str, Any]:
        user = given["user"]
        return {"user": {"id": user, "team_id": WORKSPACE, "tz": "Europe/Berlin", "profile": {"display_name": user}}}

    def _conversations_info(self, _call: Call, given: dict[str, Any]) -> dict[str, Any]:
        return {"channel": {"id": given["channel"], "is_private": False}}

    def _conversations_open(self, _call: Call, given: dict[str, Any]) -> dict[str, Any]:
        return {"channel": {"id": "D" + given["users"][1:]}}

    def _chat_postMessage(self, call: Call, given: dict[str, Any]) -> dict[str, Any]:  # noqa: N802, Slack's own word
        channel, thread = given["channel"], given.get("thread_ts") or ""
        if channel == CLOSED:
            return {"error": "not_in_channel"}
        if thread and ((channel, thread) not in self.messages or self.messages[channel, thread].gone):
            return {"error": "thread_not_found"}
        self.stamps += 1
        now = self.world.loop.time()
        ts = f"{1_760_000_000 + int(now)}.{self.stamps:06}"
        message = Message(ts, channel, thread, given["text"], given.get("blocks"), call, now)
        self.messages[channel, ts] = message
        self.world.laws.posted(message)
        return {"channel": channel, "ts": ts}

    def _chat_update(self, call: Call, given: dict[str, Any]) -> dict[str, Any]:
        message = self.messages.get((given["channel"], given["ts"]))
        if message is None or message.gone:
            return {"error": "message_not_found"}
        message.text, message.blocks, message.call = given["text"], given.get("blocks"), call
        self.world.laws.edited(message)
        return {"channel": message.channel, "ts": message.ts}

    def _chat_delete(self, _call: Call, given: dict[str, Any]) -> dict[str, Any]:
        message = self.messages.get((given["channel"], given["ts"]))
        if message is None or message.gone:
            return {"error": "message_not_found"}
        message.gone = True
        return {}

    def _files_getUploadURLExternal(self, _call: Call, given: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        return {"file_id": given["filename"], "upload_url": "https://files.simulated/" + given["filename"]}

    def _files_completeUploadExternal(self, call: Call, given: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        for one in json.loads(given["files"]):
            self.files.append((str(given["thread_ts"]), str(one["id"]), call))
            self.world.laws.uploaded(str(given["channel_id"]), str(given["thread_ts"]), str(one["id"]), call)
        return {"files": [{"id": "F0"}]}


class Client(AsyncWebClient):
    """Slack's own client with the wire in place of its sockets."""

    def __init__(self, slack: Slack) -> None:
        super().__init__(token="xoxb-simulated", retry_handlers=[])
        self.session = cast("ClientSession", Bytes(slack.wire))
        self._slack = slack

    async def _request(self, *, http_verb: str, api_url: str, req_args: dict[str, Any]) -> dict[str, Any]:
        method = api_url.rpartition("/")[2]
        given = {**(req_args.get("json") or {}), **(req_args.get("params") or {})}
        given |= req_args["data"] if isinstance(req_args.get("data"), dict) else {}
        told = f"{method} {given.get('text') or given.get('filename') or ''}".replace("\n", " / ")
        return await self._exchange(told, method, given)

    async def _exchange(self, told: str, method: str, given: dict[str, Any]) -> dict[str, Any]:
        slack = self._slack
        safe = method in ("auth.test", "users.info", "conversations.info", "conversations.open")
        if method == "chat.update":
            await slack.wire.connects("edit")
        try:
            data = await slack.wire.call(told, lambda call: slack.answer(call, method, given), safe=safe)
        except Broken as broken:
            return _trouble(broken)
        headers = {"Retry-After": f"{data['retry_after']:.3f}"} if "retry_after" in data else {}
        return {"data": data, "headers": headers, "status_code": 429 if headers else 200}


class Bytes:
    """In place of the session, for the bytes of files; each file is sent to an address of its own."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    @asynccontextmanager
    async def post(self, url: str, **_more: Any) -> AsyncIterator[SimpleNamespace]:
        """See aiohttp."""
        try:
            await self._wire.call(f"upload {url}", lambda _call: None, safe=True)
        except Broken as broken:
            yield SimpleNamespace(status=_trouble(broken)["status_code"])
        else:
            yield SimpleNamespace(status=200)


def _trouble(broken: Broken) -> dict[str, Any]:
    """What Slack's client makes of a line that breaks, or of Slack's own troubles."""
    if broken.fate is Fate.REFUSED:
        raise aiohttp.ClientConnectionError("no connection")
    if broken.fate in (Fate.LOST, Fate.NEVER_ARRIVED):
        raise aiohttp.ServerDisconnectedError
    if broken.fate is Fate.LIMITED:
        return {"data": {"ok": False, "error": "ratelimited"}, "headers": {"Retry-After": "1"}, "status_code": 429}
    return {"data": {"ok": False, "error": "internal_error"}, "headers": {}, "status_code": 500}


class Webhook:
    """In place of the client for addresses that came with a command."""

    def __init__(self, url: str, *, timeout: int, **_more: Any) -> None:
        self._url = url
        self._timeout = timeout

    async def send(self, *, text: str, **_more: Any) -> WebhookResponse:
        """See slack_sdk."""
        slack = SLACKS[self._url.rpartition("/")[0]]

        def effect(call: Call) -> None:
            slack.whispers[self._url].append(text)
            slack.world.laws.whispered(call, self._url)

        try:
            async with asyncio.timeout(self._timeout):
                await slack.wire.call(f"whisper {text}".replace("\n", " / "), effect)
        except Broken as broken:
            return WebhookResponse(url=self._url, status_code=_trouble(broken)["status_code"], body="", headers={})
        return WebhookResponse(url=self._url, status_code=200, body="ok", headers={})


SLACKS: dict[str, Slack] = {}
"""By the beginning of their reply addresses."""
