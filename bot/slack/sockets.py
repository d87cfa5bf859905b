"""Socket Mode: several connections to Slack, each replaced by a new one before it goes.

The SDK's own client isn't used: it closes a connection before it opens the next, looks only every ten seconds whether
one has been dropped, doesn't miss Slack's pings while its own are answered, and tries a spent address for ever.
"""

from __future__ import annotations

import asyncio
import json
import logging
from random import Random
from typing import TYPE_CHECKING, Any, Final

import aiohttp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.metrics import Metrics
from bot.slack.links import Link, Pace, Place, expect_hello, quietly

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp
    from slack_bolt.response import BoltResponse

log = logging.getLogger(__name__)

CONNECTIONS: Final = 2
"""While one is replaced, or silent and not yet found to be, the other one listens."""
CLOSING: Final = 1.0
"""Seconds for the closing handshake; a silent connection never answers it."""
REFUSED: Final = frozenset(
    {"invalid_auth", "not_authed", "not_allowed_token_type", "token_revoked", "account_inactive", "missing_scope"}
)
"""What Slack says to a token that won't do, now or later."""
OPENING = (SlackClientError, aiohttp.ClientError, TimeoutError, OSError, ValueError, KeyError)


class Sockets:
    """Socket Mode over several connections; each payload comes over one of them.

    Args:
        app: Answers the payloads.
        app_token: xapp-…
        pace: How soon what is noticed.
        metrics: Where replaced connections are counted.
    """

    def __init__(self, app: AsyncApp, app_token: str, pace: Pace | None = None, metrics: Metrics | None = None) -> None:
        self._app = app
        self._token = app_token
        self._pace = pace or Pace()
        self._metrics = metrics or Metrics()
        self._random = Random()  # noqa: S311, jitter
        self._session: aiohttp.ClientSession | None = None
        self._places: list[Place] = []
        self._opened = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    async def connect(self) -> None:
        """Open all connections, and keep them open from now on.

        Raises:
            SlackApiError: Slack refuses the token.
        """
        self._session = aiohttp.ClientSession()
        for number in range(CONNECTIONS):
            place = Place(number, _now(), self._pace.silent)
            self._places.append(place)
            try:
                await self._open(place)
            except OPENING as error:
                if isinstance(error, SlackApiError) and error.response.get("error") in REFUSED:
                    raise
                log.warning("a connection to Slack can't be opened yet: %s", _words(error))
            self._spawn(self._keep(place))

    async def connected(self) -> bool:
        """Whether at least one connection hears Slack."""
        return self.count() > 0

    def count(self) -> int:
        """How many connections hear Slack."""
        return sum(place.hears() for place in self._places)

    def state(self) -> list[dict[str, Any]]:
        """Each connection: whether it hears Slack, and for how many seconds it has been away, or silent."""
        now = _now()
        return [
            {"connected": True, "silent": round(now - place.link.heard, 1)}
            if place.hears() and place.link is not None
            else {"connected": False, "away": round(now - place.away, 1)}
            for place in self._places
        ]

    async def close(self, seconds: float = 2.0) -> None:
        """Answer what has been heard, for so many seconds at most, and close all connections."""
        keepers, links = list(self._tasks), [place.link for place in self._places if place.link is not None]
        for task in keepers:
            task.cancel()
        await asyncio.gather(*keepers, return_exceptions=True)
        await asyncio.gather(*(self._shut(link, seconds) for link in links))
        if self._session is not None:
            await self._session.close()

    def _spawn(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _keep(self, place: Place) -> None:
        """Have a connection in this place, for ever."""
        while True:
            old = place.link
            if old is not None:
                why = await asyncio.shield(old.over)  # who is called back must not take the link's word with it
                place.away = _now()
                self._metrics.socket_replaced(why)
                log.info("connection %d to Slack is replaced: %s", place.number + 1, why)
                if why == "silent":  # one that's never pinged mustn't be replaced twice a minute for ever
                    place.patience = min(place.patience * 2, self._pace.silent * 8)
            await self._reopen(place)
            if old is not None:
                self._spawn(self._retire(old))

    async def _reopen(self, place: Place) -> None:
        tries = 0
        while True:
            try:
                await self._open(place)
            except Exception as error:  # noqa: BLE001, whatever it is: nobody else opens it
                wait = self._pace.retries[min(tries, len(self._pace.retries) - 1)] * (0.5 + self._random.random())
                wait = max(wait, _retry_after(error))
                tries += 1
                log.warning("connection %d to Slack: %s; again in %.1f s", place.number + 1, _words(error), wait)
                await asyncio.sleep(wait)
            else:
                return

    async def _open(self, place: Place) -> None:
        """Open one, on an address of its own, and wait for its hello."""
        assert self._session is not None  # noqa: S101, connect has made it
        client = self._app.client
        async with asyncio.timeout(self._pace.hello):
            answer = await client.apps_connections_open(app_token=self._token)
            ws = await self._session.ws_connect(
                str(answer["url"]),
                autoping=False,  # Slack's pings are what is listened for
                heartbeat=self._pace.ping,
                timeout=aiohttp.ClientWSTimeout(ws_close=CLOSING),
                proxy=client.proxy,
                ssl=client.ssl if client.ssl is not None else True,
            )
            try:
                await expect_hello(ws)
            except BaseException:
                await ws.close()
                raise
        link = Link(ws, _now(), asyncio.get_running_loop().create_future())
        link.reader = asyncio.create_task(self._read(link, place))
        place.link = link
        self._opened.set()  # wakes who waits for it now
        self._opened.clear()

    async def _read(self, link: Link, place: Place) -> None:
        """Hear what comes over a connection until it's closed."""
        try:
            while not link.ws.closed:
                await self._hear(link, place)
        finally:  # whatever went wrong here: a connection to which nobody listens is replaced
            link.end("dropped")

    async def _hear(self, link: Link, place: Place) -> None:
        rest = link.heard + place.patience - _now()
        try:
            message = await link.ws.receive(timeout=None if link.over.done() else max(rest, 0.01))
        except TimeoutError:
            if _now() - link.heard >= place.patience:
                link.end("silent")
            return
        if message.type is aiohttp.WSMsgType.PONG:
            return  # our own ping's echo: that a machine on the way lives, not that Slack speaks
        link.heard = _now()
        if message.type is aiohttp.WSMsgType.PING:
            place.patience = self._pace.silent
            await quietly(link.ws.pong(message.data))
        elif message.type is aiohttp.WSMsgType.TEXT:
            self._take(link, message.data)

    def _take(self, link: Link, text: str) -> None:
        try:
            said = json.loads(text)
        except ValueError:
            return
        if not isinstance(said, dict):
            return
        if said.get("type") == "disconnect":
            link.end("warned")
        elif said.get("envelope_id"):
            task = asyncio.create_task(self._answer(link, said))
            link.answering.add(task)
            task.add_done_callback(link.answering.discard)

    async def _answer(self, link: Link, envelope: dict[str, Any]) -> None:
        headers = {
            f"x-slack-retry-{name}": str(envelope[f"retry_{key}"])
            for name, key in (("num", "attempt"), ("reason", "reason"))
            if envelope.get(f"retry_{key}") is not None
        }
        request = AsyncBoltRequest(mode="socket_mode", body=envelope.get("payload") or {}, headers=dict(headers))
        answer = await self._app.async_dispatch(request)
        if answer.status != 200:  # noqa: PLR2004
            log.info("a payload wasn't taken: %d %s", answer.status, answer.body)
            return
        await self._say(link, json.dumps({"envelope_id": envelope["envelope_id"], **_payload(answer)}))

    async def _say(self, link: Link, text: str) -> None:
        """Send an answer the way its question came; if that's closed by now, over another connection, or the next."""
        try:
            async with asyncio.timeout(self._pace.linger):
                while not await self._said(link, text):
                    await self._opened.wait()
        except TimeoutError:
            log.warning("an answer to Slack got lost with its connection")

    async def _said(self, link: Link, text: str) -> bool:
        others = [place.link for place in self._places if place.link is not None and place.link is not link]
        for each in (link, *others):
            if each.ws.closed:
                continue
            try:
                await each.ws.send_str(text)
            except (aiohttp.ClientError, ConnectionError, RuntimeError):
                continue
            return True
        return False

    async def _retire(self, link: Link) -> None:
        """Let a replaced connection go, once what comes late has been answered."""
        if not link.ws.closed and link.over.result() == "warned":
            await asyncio.sleep(self._pace.linger)
        await self._shut(link, self._pace.linger)

    async def _shut(self, link: Link, seconds: float) -> None:
        if link.answering:
            await asyncio.wait(set(link.answering), timeout=seconds)
        if link.reader is not None:
            link.reader.cancel()
            await asyncio.gather(link.reader, return_exceptions=True)
        await quietly(link.ws.close())
        late = list(link.answering)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)


def _now() -> float:
    return asyncio.get_running_loop().time()


def _payload(answer: BoltResponse) -> dict[str, Any]:
    if not answer.body:
        return {}
    if answer.first_headers().get("content-type", "").startswith("application/json"):
        return {"payload": json.loads(answer.body)}
    return {"payload": {"text": answer.body}}


def _words(error: BaseException) -> str:
    """What went wrong, without addresses: they hold tickets."""
    if isinstance(error, SlackApiError):
        return str(error.response.get("error") or f"what answered {error.response.status_code} isn't Slack")
    if isinstance(error, aiohttp.WSServerHandshakeError):
        return f"the address was refused ({error.status})"
    return str(error) if isinstance(error, ValueError) else type(error).__name__


def _retry_after(error: BaseException) -> float:
    """Seconds that Slack asks to wait."""
    if not isinstance(error, SlackApiError):
        return 0.0
    try:
        return min(float(error.response.headers.get("Retry-After", 0)), 300.0)
    except (TypeError, ValueError):
        return 0.0
