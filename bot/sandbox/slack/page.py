"""What the browser page asks of the stand-in: state, messages, acts, and news as server-sent events."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from bot.sandbox.slack.clicks import Clicks
from bot.sandbox.slack.modals import Modals
from bot.sandbox.slack.page_requests import bad_request, not_found, person_in, read_body, seen_in
from bot.sandbox.slack.parts import Parts
from bot.sandbox.slack.people import People
from bot.sandbox.slack.records import Channel, Json, Message, Person
from bot.sandbox.slack.sockets import Sockets
from bot.sandbox.slack.views import View
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
    """Serves everything under `/page/`, and messages' own addresses."""

    parts: Parts
    people: People
    clicks: Clicks
    modals: Modals
    sockets: Sockets
    _viewers: set[_Viewer] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Watch the workspace and the views for news."""
        self.parts.workspace.watch(self._news)
        self.parts.views.watch(self._view_news)

    def routes(self) -> list[web.RouteDef]:
        """The routes, to be mounted at the root of the server."""
        return [
            web.get("/page/state", self._state),
            web.get("/page/messages", self._messages),
            web.get("/page/thread", self._thread),
            web.get("/page/events", self._events),
            web.get(r"/archives/{channel:\w+}/p{ts:\d{16}}", self._permalink),
            web.get("/page/files/{id}", self._file),
            web.post("/page/say", self._say),
            web.post("/page/act", self._act),
            web.post("/page/suggest", self._suggest),
        ]

    async def _permalink(self, request: web.Request) -> web.Response:
        """A message's own address leads to its thread on the page."""
        ts = request.match_info["ts"]
        place = {"channel": request.match_info["channel"], "thread": f"{ts[:10]}.{ts[10:]}"}
        raise web.HTTPFound(f"/?{urlencode(place)}")

    async def _state(self, request: web.Request) -> web.Response:
        person = person_in(self.parts, {"as": request.query.get("as") or ANA})
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
                "shortcuts": [each.model_dump() for each in self.parts.manifest.shortcuts.values()],
                "home": self.parts.manifest.home_enabled,
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
            raise not_found("thread_not_found")
        own = [each for each in channel.ephemerals.values() if each.to == person.id and each.thread_ts == root.ts]
        return _listed([root, *root.replies.values(), *own])

    async def _file(self, request: web.Request) -> web.Response:
        file = self.parts.workspace.files.get(request.match_info["id"])
        if file is None or file.data is None:
            raise not_found("file_not_found")
        # Whatever the bot uploads is shown as data: a page that it brought along must not run here.
        headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
        return web.Response(body=file.data, content_type=file.mimetype, headers=headers)

    async def _say(self, request: web.Request) -> web.Response:
        sent = await read_body(request)
        person, channel = self._place(sent)
        thread = sent.get("thread_ts")
        outcome = await self.people.say(person, channel, str(sent.get("text", "")), thread or None)
        return web.json_response(outcome.as_json())

    async def _act(self, request: web.Request) -> web.Response:
        sent = await read_body(request)
        action, seen, when = sent.get("action"), seen_in(sent), sent.get("when")
        if not isinstance(action, dict):
            raise bad_request("action must be an object")
        if "view_id" in sent:
            who = person_in(self.parts, sent)
            outcome = await self.modals.act(who, str(sent["view_id"]), action, seen=seen, when=when)
        else:
            who, channel = self._place(sent)
            outcome = await self.clicks.act(who, channel, str(sent.get("message_ts", "")), action, seen=seen, when=when)
        return web.json_response(outcome.as_json())

    async def _suggest(self, request: web.Request) -> web.Response:
        sent = await read_body(request)
        if "view_id" in sent:
            offered = await self.modals.suggest(person_in(self.parts, sent), str(sent["view_id"]), sent)
        else:
            person, channel = self._place(sent)
            offered = await self.clicks.suggest(person, channel, str(sent.get("message_ts", "")), sent)
        return web.json_response(offered.as_json())

    def _place(self, given: Any) -> tuple[Person, Channel]:
        person = person_in(self.parts, given)
        channel = self.parts.workspace.channels.get(str(given.get("channel", "")))
        if channel is None or not self.parts.workspace.sees(person.id, channel):
            raise not_found("channel_not_found")
        return person, channel

    async def _events(self, request: web.Request) -> web.StreamResponse:
        person = person_in(self.parts, request.query)
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

    def _view_news(self, what: str, view: View) -> None:
        kind = {"type": "home"} if what == "home" else {"type": "view", "do": what}
        for viewer in tuple(self._viewers):
            if viewer.person.id == view.person:
                viewer.tell({**kind, "view": view.as_view()})

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
