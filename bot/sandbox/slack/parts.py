"""The parts of the stand-in that its rooms share, and the questions they all ask of them."""

from collections import OrderedDict
from dataclasses import dataclass, field

from bot.sandbox.slack.errors import ApiError, missing_scope
from bot.sandbox.slack.faults import Faults
from bot.sandbox.slack.ledger import Ledger
from bot.sandbox.slack.limits import RateLimits
from bot.sandbox.slack.manifest import Manifest
from bot.sandbox.slack.records import Channel, Message, Person
from bot.sandbox.slack.triggers import Triggers
from bot.sandbox.slack.views import Views
from bot.sandbox.slack.workspace import BOT, Workspace


@dataclass(frozen=True)
class Tokens:
    """Which tokens are accepted. The plain `sandbox` is good for both, so that people can script with it."""

    bot: frozenset[str] = frozenset({"xoxb-sandbox", "sandbox"})
    app: frozenset[str] = frozenset({"xapp-sandbox", "sandbox"})


@dataclass
class Parts:
    """Everything that a call may touch. `base_url` is known once the server listens.

    `more_domains` unfurl besides those of the manifest; `shared_links` are messages by the unfurl_id of their event.
    """

    manifest: Manifest
    workspace: Workspace
    limits: RateLimits
    tokens: Tokens = field(default_factory=Tokens)
    ledger: Ledger = field(default_factory=Ledger)
    faults: Faults = field(default_factory=Faults)
    triggers: Triggers = field(default_factory=Triggers)
    views: Views = field(default_factory=Views)
    more_domains: tuple[str, ...] = ()
    shared_links: OrderedDict[str, Message] = field(default_factory=OrderedDict)
    base_url: str = ""

    @property
    def unfurl_domains(self) -> tuple[str, ...]:
        """The domains whose links the app is told of."""
        return (*self.manifest.features.unfurl_domains, *self.more_domains)

    def need_scope(self, scope: str) -> None:
        """Raise missing_scope unless the manifest grants this scope."""
        if scope not in self.manifest.scopes:
            raise missing_scope(scope, self.manifest.scopes)

    def person(self, who: str) -> Person:
        """A person by id or handle. Raises user_not_found."""
        people = self.workspace.people
        found = people.get(who) or next((each for each in people.values() if each.handle == who), None)
        if found is None:
            raise ApiError("user_not_found")
        return found

    def channel(self, where: str) -> Channel:
        """A channel by id or name, whether or not the bot is in it. Raises channel_not_found."""
        channels = self.workspace.channels
        if found := channels.get(where):
            return found
        name = where.removeprefix("#")
        for channel in channels.values():
            if channel.name == name and channel.kind != "im":
                return channel
        raise ApiError("channel_not_found")

    def known_to_bot(self, where: str) -> Channel:
        """A channel that the bot may know of: a private one without the bot is as good as not there."""
        channel = self.channel(where)
        if channel.kind != "public" and BOT not in channel.members:
            raise ApiError("channel_not_found")
        return channel

    def to_post_in(self, where: str) -> Channel:
        """The channel that a bot's message goes to; a person's id means the direct message with them.

        Raises channel_not_found, not_in_channel, is_archived.
        """
        person = self.workspace.people.get(where)
        if person is not None:
            if person.is_bot or person.deleted or person.is_stranger:
                raise ApiError("channel_not_found")
            return self.workspace.open_im(person.id)
        channel = self.known_to_bot(where)
        if channel.archived:
            raise ApiError("is_archived")
        if BOT not in channel.members and "chat:write.public" not in self.manifest.scopes:
            raise ApiError("not_in_channel")
        return channel
