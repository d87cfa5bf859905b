"""The Events API: what the app hears of by itself, if its manifest subscribes to it."""

import asyncio
import html
import re
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from bot.sandbox.slack import payloads
from bot.sandbox.slack.delivery import Post
from bot.sandbox.slack.parts import Parts
from bot.sandbox.slack.records import Channel, Json, Message, Person
from bot.sandbox.slack.workspace import BOT

_LINK = re.compile(r"<(https?://[^|>\s]+)(?:\|[^>]*)?>")
_SUBSCRIPTIONS = {"public": "message.channels", "private": "message.groups", "im": "message.im"}
_MOST_SHARED = 5_000  # messages with links that can still be unfurled


@dataclass
class Events:
    """Turns what happens in the workspace into events, and sends them in the background."""

    parts: Parts
    post: Post
    _tasks: set[asyncio.Task[Any]] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Watch the workspace."""
        self.parts.workspace.watch(self._happened)

    def fire(self, body: Json, subscription: str | None = None) -> None:
        """Send an event in the background, if the manifest subscribes to it."""
        if (subscription or body["type"]) not in self.parts.manifest.events:
            return
        task = asyncio.ensure_future(self.send(body))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def send(self, body: Json) -> None:
        """Send an event, whether or not the manifest subscribes to it; redelivery goes on in the background."""
        await self.post.deliver_event(payloads.event(self.parts.workspace.next_id("Ev"), body))

    async def told(self) -> None:
        """Wait until every event so far has had its first attempt: it was acked, or it failed."""
        await asyncio.gather(*self._tasks)

    def home_opened(self, person: Person, tab: str) -> None:
        """Somebody looks at the App Home's `home` or `messages` tab."""
        view = self.parts.views.homes.get(person.id) if tab == "home" else None
        shown = view.as_view() if view is not None else None
        self.fire(payloads.home_opened(person, self.parts.workspace.open_im(person.id), tab, shown))

    def _happened(self, what: str, message: Message | None, channel: Channel | None) -> None:
        if message is None or channel is None or message.to is not None:
            return
        if what == "message":
            self._said(message, channel)
        elif what == "changed" and message.previous is not None:
            self._to_members(payloads.edited(message, channel, self.parts.workspace.next_ts()), channel)
            message.previous = None
        elif what == "deleted":
            self._to_members(payloads.deleted(message, channel, self.parts.workspace.next_ts()), channel)

    def _said(self, message: Message, channel: Channel) -> None:
        by_person = message.bot_id is None and message.subtype is None
        # In a direct message nobody has to mention the bot, and Slack sends no app_mention there.
        if by_person and channel.kind != "im" and BOT in channel.members and f"<@{BOT}>" in message.text:
            self.fire(payloads.said(message, channel, "app_mention"))
        self._to_members(payloads.said(message, channel, "message"), channel)
        if by_person:
            self._links(message, channel)

    def _to_members(self, body: Json, channel: Channel) -> None:
        if BOT in channel.members:
            self.fire(body, _SUBSCRIPTIONS[channel.kind])

    def _links(self, message: Message, channel: Channel) -> None:
        found = list(dict.fromkeys(html.unescape(each) for each in _LINK.findall(message.text)))
        links = [{"domain": domain, "url": url} for url in found if (domain := self._domain(url))]
        if not links or "link_shared" not in self.parts.manifest.events:
            return
        message.links = tuple(each["url"] for each in links)
        unfurl_id = f"{channel.id}.{message.ts}.{secrets.token_hex(32)}"
        self.parts.shared_links[unfurl_id] = message
        while len(self.parts.shared_links) > _MOST_SHARED:
            self.parts.shared_links.popitem(last=False)
        is_member = BOT in channel.members
        self.fire(payloads.link_shared(message, channel, links, unfurl_id=unfurl_id, is_member=is_member))

    def _domain(self, url: str) -> str | None:
        """The registered domain that this address belongs to; subdomains count."""
        host = urlsplit(url).hostname or ""
        return next((each for each in self.parts.unfurl_domains if host == each or host.endswith(f".{each}")), None)

    async def close(self) -> None:
        """Stop sending events."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
