"""What people do in Slack: say things, type commands, click. Each act becomes a payload, and its failure words."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.slack import payloads
from bot.sandbox.slack.actions import NoSuchActionError, chosen, find, state
from bot.sandbox.slack.args import Args
from bot.sandbox.slack.blocks import suggestions
from bot.sandbox.slack.delivery import Post
from bot.sandbox.slack.errors import ApiError
from bot.sandbox.slack.escape import Escaper
from bot.sandbox.slack.methods.conversations import enter, leave
from bot.sandbox.slack.parts import Parts
from bot.sandbox.slack.records import Channel, Json, Message, Person
from bot.sandbox.slack.responses import Responses
from bot.sandbox.slack.workspace import BOT, TEAM


@dataclass(frozen=True)
class Outcome:
    """What the person sees at once: nothing, or an error with Slack's words."""

    ok: bool = True
    error: str | None = None
    text: str | None = None

    def as_json(self) -> Json:
        """For the page."""
        shown = {"ok": self.ok, "error": self.error, "text": self.text}
        return {key: value for key, value in shown.items() if value is not None}


def refused(error: str, text: str) -> Outcome:
    """The act had no effect, and only this person is told."""
    return Outcome(ok=False, error=error, text=text)


def _visible(person: Person, channel: Channel, ts: str) -> Message | None:
    message = channel.find(ts) or channel.ephemerals.get(ts)
    if message is None or message.deleted or message.to not in (None, person.id):
        return None
    return message


@dataclass
class People:
    """The hands of everybody in the workspace."""

    parts: Parts
    post: Post
    responses: Responses
    _events: set[asyncio.Task[Any]] = field(default_factory=set)

    async def say(self, person: Person, channel: Channel, text: str, thread_ts: str | None = None) -> Outcome:
        """Type a line: a slash command if it starts with `/`, else a message."""
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
        self._events_of(message, channel)
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
            trigger_id=self.parts.triggers.issue(person.id),
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
            self._fire({"type": "member_joined_channel", "user": who.id, "channel": channel.id})
        elif who.id in channel.members:
            leave(self.parts, channel, who.id)
            self._fire({"type": "member_left_channel", "user": who.id, "channel": channel.id})
        return Outcome()

    async def act(
        self, person: Person, channel: Channel, message_ts: str, action: Json, seen: Json | None = None
    ) -> Outcome:
        """Click a button, or pick something, in a message; `seen` is what its other elements show."""
        message = _visible(person, channel, message_ts)
        if message is None:
            return refused("message_not_found", "This message is gone.")
        try:
            picked = chosen(message, action)
        except NoSuchActionError:
            return refused("no_such_action", "This message has changed. Look at it again.")
        if not self.parts.manifest.interactive:
            return refused("not_interactive", "This app isn't configured to handle interactive responses.")
        payload = payloads.block_actions(
            person,
            channel,
            message,
            picked,
            state(message, person.id, picked, seen),
            response_url=self.responses.issue(channel.id, person.id, message.ts),
            trigger_id=self.parts.triggers.issue(person.id),
        )
        ack = await self.post.deliver("interactive", payload)
        if ack.error is not None:
            return refused(ack.error, f"{self.parts.manifest.bot_name} didn't respond. Try that again.")
        return Outcome()

    async def suggest(self, person: Person, channel: Channel, message_ts: str, asked: Json) -> Json:
        """What an external select offers for what was typed: options or option_groups; none if that failed."""
        message = _visible(person, channel, message_ts)
        typed = str(asked.get("value", ""))
        nothing: Json = {"options": []}
        if message is None:
            return nothing
        try:
            element = find(message, asked)
        except NoSuchActionError:
            return nothing
        if not element["type"].endswith("external_select") or len(typed) < element.get("min_query_length", 3):
            return nothing
        payload = payloads.block_suggestion(
            person,
            channel,
            message,
            block_id=asked["block_id"],
            action_id=asked["action_id"],
            value=typed,
        )
        ack = await self.post.deliver("interactive", payload)
        wrong: list[str] = []
        suggestions(ack.payload, "", wrong)
        return nothing if ack.error or wrong else dict(ack.payload)

    def _events_of(self, message: Message, channel: Channel) -> None:
        here = BOT in channel.members
        if here and f"<@{BOT}>" in message.text:
            self._fire(payloads.said(message, channel, "app_mention"))
        if here:
            kind = {"public": "channels", "private": "groups", "im": "im"}[channel.kind]
            self._fire(payloads.said(message, channel, "message"), f"message.{kind}")

    def _fire(self, body: Json, subscription: str | None = None) -> None:
        """Send an event in the background, if the manifest subscribes to it."""
        if (subscription or body["type"]) not in self.parts.manifest.events:
            return
        task = asyncio.ensure_future(self.event(body))
        self._events.add(task)
        task.add_done_callback(self._events.discard)

    async def event(self, body: Json) -> None:
        """Send an event, whether or not the manifest subscribes to it."""
        await self.post.deliver_event(payloads.event(self.parts.workspace.next_id("Ev"), body))

    async def close(self) -> None:
        """Stop sending events."""
        for task in tuple(self._events):
            task.cancel()
        await asyncio.gather(*self._events, return_exceptions=True)
