"""What the browser page asks of the stand-in: state, messages, acts, and news as server-sent events."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.sandbox.slack.errors import ApiError
from bot.sandbox.slack.parts import Parts
from bot.sandbox.slack.people import People
from bot.sandbox.slack.records import Channel, Json, Message, Person
from bot.sandbox.slack.sockets import Sockets
from bot.sandbox.slack.workspace import ANA, BOT, NAME, TEAM

_MOST_NEWS = 2_000  # events that wait for a slow page before it has to connect afresh
_KEEP_ALIVE = 15.0  # seconds

News = asyncio.Queue[Json | None]


@dataclass(eq=False)
class _Viewer:
    person: Person
    news: News = field(default_factory=lambda: asyncio.Queue(_MOST_NEWS))

    def tell(self, news: Json | None) -> None:
        """Queue news; a page that fell behind is cut off (None) and fetches everything again."""
        if self.news.full():
            while not self.news.empty():
                self.news.get_nowait()
            news = None
        self.news.put_nowait(news)


@dataclass
class Page:
    """Serves everything under `/page/`."""

    parts: Parts
    people: People
    sockets: Sockets
    _viewers: set[_Viewer] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Watch the workspace for news."""
        self.parts.workspace.watch(self._news)

    def routes(self) -> list[web.RouteDef]:
        """The routes, to be mounted at the root of the server."""
        return [
            web.get("/page/state", self._state),
            web.get("/page/messages", self._messages),
            web.get("/page/thread", self._thread),
            web.get("/page/events", self._events),
            web.get("/page/files/{id}", self._file),
            web.post("/page/say", self._say),
            web.post("/page/act", self._act),
            web.post("/page/suggest", self._suggest),
        ]

    async def _state(self, request: web.Request) -> web.Response:
        person = self._person(request.query.get("as") or ANA)
        workspace = self.parts.workspace
        seen = [each for each in workspace.channels.values() if workspace.sees(person.id, each)]
        team = [each for each in workspace.people.values() if each.team == TEAM and not each.is_bot]
        return web.json_response(
            {
                "workspace": {"id": TEAM, "name": NAME},
                "me": person.id,
                "people": [_shown(each) for each in team],
                "bot": self._bot() | {"user_id": BOT, "name": self.parts.manifest.bot_name},
                "channels": [self._channel(person, each) for each in seen if not each.archived],
                "commands": [
                    each.model_dump(include={"command", "description", "usage_hint"})
                    for each in self.parts.manifest.commands.values()
                ],
            }
        )

    def _bot(self) -> Json:
        count = len(self.sockets.connections)
        return {"connected": count > 0 or self.people.post.http is not None, "connections": count}

    def _channel(self, person: Person, channel: Channel) -> Json:
        shown = {
            "id": channel.id,
            "name": self.parts.manifest.bot_name if channel.kind == "im" else channel.name,
            "kind": channel.kind,
            "topic": channel.topic,
            "bot_in": BOT in channel.members,
            "unread": self.parts.workspace.unread.get((person.id, channel.id), 0),
        }
        return shown | ({"with": BOT} if channel.kind == "im" else {})

    async def _messages(self, request: web.Request) -> web.Response:
        person, channel = self._place(request.query)
        self.parts.workspace.unread.pop((person.id, channel.id), None)
        own = [each for each in channel.ephemerals.values() if each.to == person.id and not each.is_reply]
        return _listed([*channel.roots.values(), *own])

    async def _thread(self, request: web.Request) -> web.Response:
        person, channel = self._place(request.query)
        root = channel.roots.get(request.query.get("ts", ""))
        if root is None:
            raise _not_found("thread_not_found")
        own = [each for each in channel.ephemerals.values() if each.to == person.id and each.thread_ts == root.ts]
        return _listed([root, *root.replies.values(), *own])

    async def _file(self, request: web.Request) -> web.Response:
        file = self.parts.workspace.files.get(request.match_info["id"])
        if file is None or file.data is None:
            raise _not_found("file_not_found")
        # Whatever the bot uploads is shown as data: a page that it brought along must not run here.
        headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
        return web.Response(body=file.data, content_type=file.mimetype, headers=headers)

    async def _say(self, request: web.Request) -> web.Response:
        sent = await _body(request)
        person, channel = self._place(sent)
        thread = sent.get("thread_ts")
        outcome = await self.people.say(person, channel, str(sent.get("text", "")), thread or None)
        return web.json_response(outcome.as_json())

    async def _act(self, request: web.Request) -> web.Response:
        sent = await _body(request)
        person, channel = self._place(sent)
        action = sent.get("action")
        if not isinstance(action, dict):
            raise _bad("action must be an object")
        state = sent.get("state")
        seen = state.get("values") if isinstance(state, dict) else None
        ts = str(sent.get("message_ts", ""))
        outcome = await self.people.act(person, channel, ts, action, seen if isinstance(seen, dict) else None)
        return web.json_response(outcome.as_json())

    async def _suggest(self, request: web.Request) -> web.Response:
        sent = await _body(request)
        person, channel = self._place(sent)
        ts = str(sent.get("message_ts", ""))
        return web.json_response(await self.people.suggest(person, channel, ts, sent))

    def _person(self, who: str) -> Person:
        try:
            return self.parts.person(who)
        except ApiError as error:
            raise _not_found(error.code) from None

    def _place(self, given: Any) -> tuple[Person, Channel]:
        person = self._person(str(given.get("as", "")))
        channel = self.parts.workspace.channels.get(str(given.get("channel", "")))
        if channel is None or not self.parts.workspace.sees(person.id, channel):
            raise _not_found("channel_not_found")
        return person, channel

    async def _events(self, request: web.Request) -> web.StreamResponse:
        person = self._person(request.query.get("as", ""))
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"})
        await stream.prepare(request)
        await stream.write(b": hello\n\n")
        try:
            async with self._viewing(person) as viewer:
                await self._tell(stream, viewer)
        except ConnectionError:  # the browser went away
            pass
        return stream

    async def _tell(self, stream: web.StreamResponse, viewer: _Viewer) -> None:
        """Write a viewer's news to its stream, until there will be no more."""
        while True:
            try:
                news = await asyncio.wait_for(viewer.news.get(), _KEEP_ALIVE)
            except TimeoutError:
                await stream.write(b": still here\n\n")
                continue
            if news is None:
                return
            await stream.write(f"data: {json.dumps(news)}\n\n".encode())

    @asynccontextmanager
    async def _viewing(self, person: Person) -> AsyncIterator[_Viewer]:
        viewer = _Viewer(person)
        self._viewers.add(viewer)
        try:
            yield viewer
        finally:
            self._viewers.discard(viewer)

    def _news(self, what: str, message: Message | None, channel: Channel | None) -> None:
        if not self._viewers:
            return
        news: Json | None = None
        if what == "bot":
            news = {"type": "bot", **self._bot()}
        elif what == "channels":
            news = {"type": "channels"}
        elif message is not None and what == "deleted":
            news = {"type": "deleted", "channel": message.channel, "ts": message.ts}
        elif message is not None:
            news = {"type": what, "message": message.as_page_message()}
        if news is None:
            return
        for viewer in tuple(self._viewers):
            if self._concerns(viewer.person, message, channel):
                viewer.tell(news)

    def _concerns(self, person: Person, message: Message | None, channel: Channel | None) -> bool:
        if message is None or channel is None:
            return True
        return message.to in (None, person.id) and self.parts.workspace.sees(person.id, channel)

    def close(self) -> None:
        """End every stream: the server stops."""
        for viewer in self._viewers:
            viewer.tell(None)


def _shown(person: Person) -> Json:
    return {
        "id": person.id,
        "name": person.name,
        "handle": person.handle,
        "color": f"#{person.color}",
        "role": person.role,
    }


def _listed(messages: list[Message]) -> web.Response:
    ordered = sorted(messages, key=lambda each: each.ts)
    return web.json_response({"messages": [each.as_page_message() for each in ordered]})


async def _body(request: web.Request) -> Json:
    try:
        sent = await request.json()
    except ValueError:
        raise _bad("not JSON") from None
    if not isinstance(sent, dict):
        raise _bad("not an object")
    return sent


def _not_found(error: str) -> web.HTTPNotFound:
    return web.HTTPNotFound(text=json.dumps({"ok": False, "error": error}), content_type="application/json")


def _bad(error: str) -> web.HTTPBadRequest:
    return web.HTTPBadRequest(text=json.dumps({"ok": False, "error": error}), content_type="application/json")
