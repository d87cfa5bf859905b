"""The stand-in of Slack: its parts wired together, and the handles that tests hold it by."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from aiohttp import web

from bot.sandbox.slack.actions import elements
from bot.sandbox.slack.api import Api
from bot.sandbox.slack.clicks import Clicks
from bot.sandbox.slack.control import Control
from bot.sandbox.slack.delivery import ACK_SECONDS, RETRY_AFTER, HttpMode, Post
from bot.sandbox.slack.events import Events
from bot.sandbox.slack.faults import Faults
from bot.sandbox.slack.hands import Hands
from bot.sandbox.slack.ledger import Call, Ledger
from bot.sandbox.slack.limits import RateLimits
from bot.sandbox.slack.manifest import Manifest
from bot.sandbox.slack.modals import Modals
from bot.sandbox.slack.outcomes import Outcome
from bot.sandbox.slack.page import Page
from bot.sandbox.slack.page_views import PageViews
from bot.sandbox.slack.parts import Parts, Tokens
from bot.sandbox.slack.people import People
from bot.sandbox.slack.records import Channel, Json, Message, Person
from bot.sandbox.slack.responses import Responses
from bot.sandbox.slack.sockets import Sockets
from bot.sandbox.slack.triggers import Triggers
from bot.sandbox.slack.upload import Uploads
from bot.sandbox.slack.views import Views
from bot.sandbox.slack.workspace import Workspace

T = TypeVar("T")


class SlackStandIn(Hands):
    """A Slack of one workspace and one app, in memory.

    `manifest` grants scopes and commands. `rate_scale` multiplies the rate limits, None turns them off. `http`
    delivers payloads signed to a URL instead of over Socket Mode. `ack_seconds` is how long an ack may take,
    `retry_after` the seconds before each redelivery of an event, `clock` what limits and lifetimes go by.
    `unfurl_domains` are domains whose links are shared besides those of the manifest.
    `routes` go into a server whose address is then written to `base_url`.
    """

    def __init__(
        self,
        manifest: Path | Manifest,
        *,
        tokens: Tokens | None = None,
        rate_scale: float | None = 1.0,
        http: HttpMode | None = None,
        ack_seconds: float = ACK_SECONDS,
        retry_after: Sequence[float] = RETRY_AFTER,
        clock: Callable[[], float] = time.monotonic,
        most_messages: int = 20_000,
        unfurl_domains: Sequence[str] = (),
    ) -> None:
        granted = manifest if isinstance(manifest, Manifest) else Manifest.read(manifest)
        self.parts = Parts(
            manifest=granted,
            workspace=Workspace(granted.bot_name, most_messages),
            limits=RateLimits(rate_scale, clock),
            tokens=tokens or Tokens(),
            triggers=Triggers(clock),
            more_domains=tuple(unfurl_domains),
        )
        self.sockets = Sockets(self.parts)
        self.post = Post(self.parts, self.sockets, http, ack_seconds, retry_after)
        self.responses = Responses(self.parts, clock)
        self.events = Events(self.parts, self.post)
        self.people = People(self.parts, self.post, self.responses, self.events)
        self.clicks = Clicks(self.parts, self.post, self.responses)
        self.modals = Modals(self.parts, self.post, self.responses)
        self.page = Page(self.parts, self.people, self.clicks, self.modals, self.sockets)

    def routes(self) -> list[web.RouteDef]:
        """Everything under `/slack/` and `/page/`."""
        api, uploads = Api(self.parts, self.sockets), Uploads(self.parts)
        return [
            web.get("/slack/api/{method}", api.serve, allow_head=False),
            web.post("/slack/api/{method}", api.serve),
            web.get("/slack/link/", self.sockets.serve),
            web.post("/slack/upload/{id}", uploads.serve),
            web.post("/slack/commands/{team}/{domain}/{key}", self.responses.serve),
            web.post("/slack/actions/{team}/{domain}/{key}", self.responses.serve),
            *Control(self.parts, self.sockets).routes(),
            *self.page.routes(),
            *PageViews(self.parts, self.clicks, self.modals, self.events).routes(),
        ]

    @property
    def base_url(self) -> str:
        """The server's address, without a slash at the end."""
        return self.parts.base_url

    @base_url.setter
    def base_url(self, address: str) -> None:
        self.parts.base_url = address.rstrip("/")

    @property
    def api_url(self) -> str:
        """What SLACK_API_URL should be."""
        return f"{self.base_url}/slack/api/"

    @property
    def workspace(self) -> Workspace:
        """People, channels, messages and files."""
        return self.parts.workspace

    @property
    def ledger(self) -> Ledger:
        """Every call and every delivery."""
        return self.parts.ledger

    @property
    def faults(self) -> Faults:
        """Faults to come."""
        return self.parts.faults

    @property
    def views(self) -> Views:
        """Open modals and Home tabs."""
        return self.parts.views

    def person(self, who: str) -> Person:
        """A person by id or handle."""
        return self.parts.person(who)

    def channel(self, where: str) -> Channel:
        """A channel by id or name; `@ana` is the bot's direct message with ana."""
        if where.startswith("@"):
            return self.workspace.open_im(self.person(where[1:]).id)
        return self.parts.channel(where)

    async def say(self, as_: str, channel: str, text: str, thread_ts: str | None = None) -> Outcome:
        """Type a line as this person; a command returns once it is acked or failed."""
        return await self.people.say(self.person(as_), self.channel(channel), text, thread_ts)

    async def act(self, as_: str, channel: str, message_ts: str, action: Json) -> Outcome:
        """Click: `action` needs block_id and action_id as in the message, and what was picked."""
        return await self.clicks.act(self.person(as_), self.channel(channel), message_ts, action)

    async def click(self, as_: str, message: Message, words: str) -> Outcome:
        """Click the button, or pick the option, that shows these words. Raises LookupError."""
        return await self.clicks.act(
            self.person(as_), self.channel(message.channel), message.ts, _showing(message, words)
        )

    def messages(self, channel: str, as_: str | None = None) -> list[Message]:
        """A channel's roots, oldest first; with a person also what only they see there."""
        found = self.channel(channel)
        own: list[Message] = []
        if as_ is not None:
            me = self.person(as_).id
            own = [each for each in found.ephemerals.values() if each.to == me]
        return sorted([*found.roots.values(), *own], key=lambda each: each.ts)

    def thread(self, root: Message) -> list[Message]:
        """The replies under a root, oldest first."""
        return list(root.replies.values())

    def calls(self, method: str | None = None) -> list[Call]:
        """The Web API's calls so far."""
        return self.ledger.calls(method)

    async def wait_for(self, found: Callable[[], T], seconds: float = 5) -> T:
        """Wait for something to become true of the workspace, the ledger or the connections.

        Returns what `found` returned once it is truthy. Raises TimeoutError.
        """
        return await self.workspace.wait_for(found, seconds)

    async def connected(self, connections: int = 1, seconds: float = 5) -> None:
        """Wait until the app has so many Socket Mode connections."""
        await self.wait_for(lambda: len(self.sockets.connections) >= connections, seconds)

    async def close(self) -> None:
        """End streams, connections and deliveries."""
        self.page.close()
        await self.events.close()
        await self.post.close()
        await self.sockets.close()


def _showing(message: Message, words: str) -> dict[str, Any]:
    """The action that belongs to these words."""
    for block_id, element in elements(message):
        at = {"type": element["type"], "block_id": block_id, "action_id": element["action_id"]}
        if element.get("text", {}).get("text") == words:
            return at
        for group in [element, *element.get("option_groups", [])]:
            for option in group.get("options", []):
                if option["text"]["text"] == words:
                    return at | {"selected_option": option}
    raise LookupError(f"nothing in the message shows {words!r}")
