"""Payloads on their way to the app: over Socket Mode, or signed over HTTP; acks, and redelivery of events."""

import asyncio
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import aiohttp

from bot.sandbox.slack.ledger import Delivery
from bot.sandbox.slack.parts import Parts
from bot.sandbox.slack.records import Json
from bot.sandbox.slack.sockets import Sockets

ACK_SECONDS = 3.0
RETRY_AFTER = (0.0, 60.0, 300.0)  # seconds before the first, second and third redelivery of an event

_HTTP_OK = 200


@dataclass(frozen=True)
class Ack:
    """How the app took a payload. `error` is None, `dispatch_failed` or, over HTTP, `http_service_error`."""

    payload: Any = None
    error: str | None = None
    delivery: Delivery | None = None

    def blame(self, what: str) -> None:
        """Write into the ledger that the ack came, and what in it Slack can't take."""
        if self.delivery is not None and what:
            self.delivery.error = what


@dataclass(frozen=True)
class HttpMode:
    """Where signed requests go instead of over Socket Mode."""

    url: str
    signing_secret: str


@dataclass
class Post:
    """Delivers payloads and waits for their acks."""

    parts: Parts
    sockets: Sockets
    http: HttpMode | None = None
    ack_seconds: float = ACK_SECONDS
    retry_after: Sequence[float] = RETRY_AFTER
    _session: aiohttp.ClientSession | None = None
    _redeliveries: set[asyncio.Task[Any]] = field(default_factory=set)

    async def deliver(self, kind: str, payload: Json) -> Ack:
        """Deliver a slash command or an interaction, once; Slack never tries those again."""
        return await self._attempt(kind, str(uuid.uuid4()), payload)

    async def deliver_event(self, payload: Json) -> Ack:
        """Deliver an event; without an ack it comes again, in the background. Returns the first attempt's ack."""
        envelope_id = str(uuid.uuid4())
        ack = await self._attempt("events_api", envelope_id, payload)
        if ack.error is not None:
            task = asyncio.ensure_future(self._redeliver(payload, ack.error))
            self._redeliveries.add(task)
            task.add_done_callback(self._redeliveries.discard)
        return ack

    async def _redeliver(self, payload: Json, reason: str) -> None:
        for attempt, seconds in enumerate(self.retry_after, start=1):
            await asyncio.sleep(seconds)
            ack = await self._attempt("events_api", str(uuid.uuid4()), payload, attempt, reason)
            if ack.error is None:
                return

    async def _attempt(self, kind: str, envelope_id: str, payload: Json, attempt: int = 0, reason: str = "") -> Ack:
        delivery = self.parts.ledger.sent(kind, envelope_id, attempt)
        started = time.perf_counter()
        why = _reason(reason)
        try:
            if self.http is not None:
                response = await self._over_http(self.http, kind, payload, attempt, why)
            else:
                envelope = _envelope(kind, envelope_id, payload, attempt, why)
                response = await self.sockets.send(envelope, self.ack_seconds)
        except TimeoutError:
            return self._failed(delivery, "timeout" if kind == "events_api" else "dispatch_failed")
        except (OSError, aiohttp.ClientError):
            return self._failed(delivery, "connection_failed" if kind == "events_api" else "dispatch_failed")
        delivery.acked_after = time.perf_counter() - started
        delivery.response = response
        if isinstance(response, _HttpError):
            return self._failed(delivery, "http_service_error")
        self.parts.workspace.tell("acked")
        return Ack(response, delivery=delivery)

    def _failed(self, delivery: Delivery, error: str) -> Ack:
        delivery.error = error
        self.parts.workspace.tell("not acked")
        return Ack(error=error, delivery=delivery)

    async def _over_http(self, mode: HttpMode, kind: str, payload: Json, attempt: int, why: str) -> Any:
        body, content_type = _body(kind, payload)
        headers = sign(mode.signing_secret, body) | {"Content-Type": content_type}
        if attempt:
            headers |= {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": why}
        if self._session is None:
            self._session = aiohttp.ClientSession()
        timeout = aiohttp.ClientTimeout(total=self.ack_seconds)
        async with self._session.post(mode.url, data=body, headers=headers, timeout=timeout) as reply:
            text = await reply.text()
            if reply.status != _HTTP_OK:
                return _HttpError(reply.status)
            if reply.content_type == "application/json":
                return json.loads(text) if text else None
            return {"text": text} if text else None

    async def close(self) -> None:
        """Stop redelivering, and close the HTTP session."""
        for task in tuple(self._redeliveries):
            task.cancel()
        await asyncio.gather(*self._redeliveries, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
            self._session = None


@dataclass(frozen=True)
class _HttpError:
    status: int


def _reason(error: str) -> str:
    return {"timeout": "timeout", "connection_failed": "connection_failed"}.get(error, "http_error")


def _envelope(kind: str, envelope_id: str, payload: Json, attempt: int, why: str) -> Json:
    envelope = {
        "envelope_id": envelope_id,
        "type": kind,
        "accepts_response_payload": kind != "events_api",
        "payload": payload,
    }
    if kind == "events_api":
        envelope |= {"retry_attempt": attempt, "retry_reason": why if attempt else ""}
    return envelope


def _body(kind: str, payload: Json) -> tuple[bytes, str]:
    form = "application/x-www-form-urlencoded"
    if kind == "slash_commands":
        return urlencode(payload).encode(), form
    if kind == "interactive":
        return urlencode({"payload": json.dumps(payload)}).encode(), form
    return json.dumps(payload).encode(), "application/json"


def sign(secret: str, body: bytes, timestamp: int | None = None) -> dict[str, str]:
    """The two headers with which Slack signs a request: HMAC-SHA256 of `v0:timestamp:body`."""
    at = str(int(time.time()) if timestamp is None else timestamp)
    digest = hmac.new(secret.encode(), b"v0:" + at.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": f"v0={digest}"}
