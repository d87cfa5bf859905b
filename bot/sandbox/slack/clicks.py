"""What people do to messages: click, pick, type into external selects, use the shortcuts of a message's menu."""

from dataclasses import dataclass

from bot.sandbox.slack import payloads
from bot.sandbox.slack.actions import NoSuchActionError, attachment_of, elements, find, pick, sends
from bot.sandbox.slack.delivery import Post
from bot.sandbox.slack.outcomes import Outcome, refused
from bot.sandbox.slack.parts import Parts
from bot.sandbox.slack.records import Channel, Held, Json, Message, Person
from bot.sandbox.slack.responses import Responses
from bot.sandbox.slack.suggestions import Suggested, ask
from bot.sandbox.slack.values import holds, reader_for, state

GONE = refused("message_not_found", "This message is gone.")
CHANGED = refused("no_such_action", "This message has changed. Look at it again.")


def not_interactive(parts: Parts) -> Outcome | None:
    """Why nothing can be clicked, if the manifest doesn't turn interactivity on."""
    if parts.manifest.interactive:
        return None
    return refused("not_interactive", "This app isn't configured to handle interactive responses.")


def unanswered(parts: Parts, error: str) -> Outcome:
    """The app didn't acknowledge what was clicked."""
    return refused(error, f"{parts.manifest.bot_name} didn't respond. Try that again.")


@dataclass
class Clicks:
    """The hands of everybody, on messages."""

    parts: Parts
    post: Post
    responses: Responses

    async def act(
        self,
        person: Person,
        channel: Channel,
        message_ts: str,
        action: Json,
        *,
        seen: Json | None = None,
        when: str | None = None,
    ) -> Outcome:
        """Click a button, or pick something, in a message.

        `seen` is what its other elements show, as `state.values`; `when` is what sent a text field.
        """
        message = _visible(person, channel, message_ts)
        if message is None:
            return GONE
        held = message.held.setdefault(person.id, Held())
        reader = reader_for(self.parts.workspace, person, held)
        try:
            block_id, element = find(elements(message), action)
            picked = pick(reader, block_id, element, action)
            reader.absorb(elements(message), seen or {})
        except NoSuchActionError:
            return CHANGED
        if refusal := not_interactive(self.parts):
            return refusal
        attachment = attachment_of(message, action)
        if holds(element):
            held.entries[block_id, element["action_id"]] = reader.entry(block_id, element, picked)
        if not sends(attachment["blocks"] if attachment else message.blocks, block_id, element, when):
            return refused("not_dispatched", "This field sends nothing by itself.")
        payload = payloads.block_actions(
            person,
            channel,
            message,
            picked,
            state(elements(message), held),
            response_url=self.responses.issue(channel.id, person.id, message.ts),
            trigger_id=self.parts.triggers.issue(person.id, channel.id),
            attachment=attachment,
        )
        ack = await self.post.deliver("interactive", payload)
        return unanswered(self.parts, ack.error) if ack.error is not None else Outcome()

    async def suggest(self, person: Person, channel: Channel, message_ts: str, asked: Json) -> Suggested:
        """What an external select offers for what was typed: `asked` has block_id, action_id and value."""
        message = _visible(person, channel, message_ts)
        if message is None:
            return Suggested(error=GONE.text)
        try:
            found = find(elements(message), asked)
        except NoSuchActionError:
            return Suggested(error=CHANGED.text)
        typed, held = str(asked.get("value", "")), message.held.setdefault(person.id, Held())
        return await ask(
            self.post,
            held,
            found,
            typed,
            lambda: payloads.block_suggestion(
                person, channel, message, block_id=found[0], action_id=found[1]["action_id"], value=typed
            ),
        )

    async def shortcut(self, person: Person, callback_id: str) -> Outcome:
        """Use a global shortcut."""
        if refusal := self._refuse_shortcut(callback_id, "global"):
            return refusal
        trigger = self.parts.triggers.issue(person.id)
        ack = await self.post.deliver("interactive", payloads.shortcut(person, callback_id, trigger_id=trigger))
        return unanswered(self.parts, ack.error) if ack.error is not None else Outcome()

    async def message_shortcut(self, person: Person, channel: Channel, message_ts: str, callback_id: str) -> Outcome:
        """Use a shortcut of a message's menu."""
        if refusal := self._refuse_shortcut(callback_id, "message"):
            return refusal
        message = _visible(person, channel, message_ts)
        if message is None or message.to is not None:
            return GONE
        payload = payloads.message_action(
            person,
            channel,
            message,
            callback_id,
            trigger_id=self.parts.triggers.issue(person.id, channel.id),
            response_url=self.responses.issue(channel.id, person.id),
        )
        ack = await self.post.deliver("interactive", payload)
        return unanswered(self.parts, ack.error) if ack.error is not None else Outcome()

    def _refuse_shortcut(self, callback_id: str, kind: str) -> Outcome | None:
        shortcut = self.parts.manifest.shortcuts.get(callback_id)
        if shortcut is None or shortcut.type != kind:
            return refused("no_such_shortcut", "There is no such shortcut.")
        return not_interactive(self.parts)


def _visible(person: Person, channel: Channel, ts: str) -> Message | None:
    message = channel.find(ts) or channel.ephemerals.get(ts)
    if message is None or message.deleted or message.to not in (None, person.id):
        return None
    return message
