"""What people say in Slack: messages, commands, invitations. Each becomes a payload, and its failure words."""

from dataclasses import dataclass
from typing import Any

from bot.sandbox.slack import payloads
from bot.sandbox.slack.args import Args
from bot.sandbox.slack.delivery import Post
from bot.sandbox.slack.errors import ApiError
from bot.sandbox.slack.escape import Escaper
from bot.sandbox.slack.events import Events
from bot.sandbox.slack.methods.conversations import enter, leave
from bot.sandbox.slack.outcomes import Outcome, refused
from bot.sandbox.slack.parts import Parts
from bot.sandbox.slack.records import Channel, Message, Person
from bot.sandbox.slack.responses import Responses
from bot.sandbox.slack.workspace import TEAM

__all__ = ["Outcome", "People", "refused"]


@dataclass
class People:
    """The voice of everybody in the workspace."""

    parts: Parts
    post: Post
    responses: Responses
    events: Events

    async def say(self, person: Person, channel: Channel, text: str, thread_ts: str | None = None) -> Outcome:
        """Type a line: a slash command if it starts with `/`, else a message."""
        if channel.kind == "im" and not self.parts.manifest.takes_messages:
            return refused("messages_tab_disabled", "Sending messages to this app has been turned off.")
        if text.startswith("/"):
            return await self._command(person, channel, text, thread_ts)
        if person.id not in channel.members:
            return refused("not_in_channel", f"You aren't in #{channel.name}.")
        if channel.archived:
            return refused("is_archived", f"#{channel.name} is archived.")
        if thread_ts is not None and thread_ts not in channel.roots:
            return refused("thread_not_found", "This thread is gone.")
        if not text.strip():
            return refused("no_text", "There is nothing to send.")
        escaped = Escaper(self.parts.workspace, person, labels=False)(text)
        message = Message(self.parts.workspace.next_ts(), channel.id, person.id, escaped, TEAM, thread_ts=thread_ts)
        self.parts.workspace.post(message)
        return Outcome()

    async def _command(self, person: Person, channel: Channel, line: str, thread_ts: str | None) -> Outcome:
        name, *rest = line.split(maxsplit=1)
        text = rest[0] if rest else ""
        if thread_ts is not None:
            return refused("not_in_threads", f"{name} is not supported in threads. Sorry!")
        if name in ("/invite", "/remove", "/kick"):
            return self._membership(person, channel, name, text)
        command = self.parts.manifest.commands.get(name)
        if command is None:
            return refused("unknown_command", f"`{name}` is not a valid command.")
        sent = text.strip()
        payload = payloads.slash_command(
            person,
            channel,
            name,
            Escaper(self.parts.workspace, person)(sent) if command.should_escape else sent,
            response_url=self.responses.issue(channel.id, person.id),
            trigger_id=self.parts.triggers.issue(person.id, channel.id),
        )
        ack = await self.post.deliver("slash_commands", payload)
        if ack.error == "dispatch_failed":
            return refused(ack.error, f"{name} failed because the app did not respond.")
        if ack.error is not None:
            return refused(ack.error, f'{name} failed with the error "{ack.error}"')
        return self._show_reply(name, ack.payload, channel, person)

    def _show_reply(self, name: str, reply: Any, channel: Channel, person: Person) -> Outcome:
        if not reply:
            return Outcome()
        sent = reply if isinstance(reply, dict) else {"text": str(reply)}
        try:
            self.responses.show(Args(sent), channel.id, person.id)
        except ApiError as error:
            return refused(error.code, f'{name} failed with the error "{error.code}"')
        return Outcome()

    def _membership(self, person: Person, channel: Channel, name: str, text: str) -> Outcome:
        handle = text.strip().removeprefix("@").lower()
        found = [
            each for each in self.parts.workspace.people.values() if handle in (each.handle.lower(), each.name.lower())
        ]
        if not found:
            return refused("user_not_found", f"Nobody is called {text.strip() or 'that'}.")
        if channel.kind == "im" or person.id not in channel.members:
            return refused("not_in_channel", f"{name} doesn't work here.")
        who = found[0]
        if name == "/invite":
            if who.id in channel.members:
                return refused("already_in_channel", f"{who.name} is already in this channel.")
            enter(self.parts, channel, who.id)
            self.events.fire({"type": "member_joined_channel", "user": who.id, "channel": channel.id})
        elif who.id in channel.members:
            leave(self.parts, channel, who.id)
            self.events.fire({"type": "member_left_channel", "user": who.id, "channel": channel.id})
        return Outcome()
