"""The handles by which tests use shortcuts, modals and the Home tab as people do."""

from typing import Any

from bot.sandbox.slack.actions import elements, sends
from bot.sandbox.slack.clicks import Clicks
from bot.sandbox.slack.events import Events
from bot.sandbox.slack.filling import element_named, entry_for, is_offered
from bot.sandbox.slack.modals import Modals
from bot.sandbox.slack.outcomes import Outcome, Submitted
from bot.sandbox.slack.parts import Parts
from bot.sandbox.slack.people import People
from bot.sandbox.slack.records import Json, Message, Person
from bot.sandbox.slack.suggestions import Suggested
from bot.sandbox.slack.views import View


class Hands:
    """What people do besides typing lines and clicking in messages. People are given by id or handle."""

    parts: Parts
    people: People
    clicks: Clicks
    modals: Modals
    events: Events

    def modal(self, as_: str) -> View | None:
        """The topmost modal that this person has open."""
        return self.parts.views.top(self.parts.person(as_).id)

    def home(self, as_: str) -> View | None:
        """This person's Home tab as it was last published."""
        return self.parts.views.homes.get(self.parts.person(as_).id)

    async def sees(self, as_: str, *words: str, seconds: float = 5) -> View:
        """Wait until the person's topmost modal shows all these words, and return it. Raises TimeoutError."""

        def found() -> View | None:
            view = self.modal(as_)
            return view if view is not None and all(each in view.words for each in words) else None

        view = await self.parts.workspace.wait_for(found, seconds)
        assert view is not None  # noqa: S101 - wait_for returns what is truthy
        return view

    async def sees_home(self, as_: str, *words: str, seconds: float = 5) -> View:
        """Wait until the person's Home tab shows all these words, and return it. Raises TimeoutError."""

        def found() -> View | None:
            view = self.home(as_)
            return view if view is not None and all(each in view.words for each in words) else None

        view = await self.parts.workspace.wait_for(found, seconds)
        assert view is not None  # noqa: S101 - wait_for returns what is truthy
        return view

    async def shortcut(self, as_: str, callback_id: str) -> Outcome:
        """Use a global shortcut."""
        return await self.clicks.shortcut(self.parts.person(as_), callback_id)

    async def message_shortcut(self, as_: str, message: Message, callback_id: str) -> Outcome:
        """Use a shortcut in a message's menu."""
        channel = self.parts.channel(message.channel)
        return await self.clicks.message_shortcut(self.parts.person(as_), channel, message.ts, callback_id)

    async def opens_home(self, as_: str, tab: str = "home") -> None:
        """Look at the App Home; returns once the app was told, if it subscribed to that."""
        self.events.home_opened(self.parts.person(as_), tab)
        await self.events.told()

    async def mentions(self, as_: str, channel: str, text: str, thread: Message | None = None) -> Outcome:
        """Say something that mentions the bot; returns once the app was told, if it subscribed to that."""
        where = self.parts.channel(channel)
        outcome = await self.people.say(self.parts.person(as_), where, text, thread.ts if thread else None)
        await self.events.told()
        return outcome

    async def fills(self, as_: str, values: dict[str, Any]) -> Outcome:
        """Fill in fields of the topmost modal, as people do.

        Fields go by label, action_id or block_id, values by what is shown: text, an option's words, "2026-10-01",
        "@ben", "#data", lists of those, None for nothing. Where the block sends what is entered, it is sent; where
        an external select hasn't offered the option yet, its words are typed. Stops at the first that is refused.
        """
        for name, value in values.items():
            outcome = await self._enter(self._open(as_), name, value)
            if not outcome.ok:
                return outcome
        return Outcome()

    async def submits(self, as_: str, values: dict[str, Any] | None = None) -> Submitted:
        """Fill in fields of the topmost modal and submit it."""
        filled = await self.fills(as_, values or {})
        if not filled.ok:
            return Submitted(ok=False, error=filled.error, text=filled.text)
        return await self.modals.submit(self.parts.person(as_), self._open(as_).id)

    async def closes(self, as_: str, *, everything: bool = False) -> Outcome:
        """Press the topmost modal's close button, or leave the whole stack."""
        return await self.modals.close(self.parts.person(as_), self._open(as_).id, everything=everything)

    async def suggests(self, as_: str, name: str, typed: str, message: Message | None = None) -> Suggested:
        """Type into an external select of the topmost modal (by label or action_id), or of a message (by action_id)."""
        person = self.parts.person(as_)
        if message is None:
            view = self._open(as_)
            block_id, element = element_named(view, name)
            return await self.modals.suggest(
                person, view.id, {"block_id": block_id, "action_id": element["action_id"], "value": typed}
            )
        block_id = next(block for block, element in elements(message) if element["action_id"] == name)
        asked = {"block_id": block_id, "action_id": name, "value": typed}
        return await self.clicks.suggest(person, self.parts.channel(message.channel), message.ts, asked)

    async def acts_in_view(self, as_: str, name: str, value: Any = None) -> Outcome:
        """Click the button with these words in the topmost modal, or pick `value` in the element of this name."""
        return await self.acts_in(self._open(as_), name, value)

    async def acts_in_home(self, as_: str, name: str, value: Any = None) -> Outcome:
        """Click or pick on the person's Home tab."""
        view = self.home(as_)
        if view is None:
            raise LookupError(f"{as_} has no Home tab")
        return await self.acts_in(view, name, value)

    async def acts_in(self, view: View, name: str, value: Any = None) -> Outcome:
        """Click or pick in this view, whether or not it is still open. Raises LookupError if it shows no such thing."""
        block_id, element = element_named(view, name)
        action = await self._action(view, block_id, element, value)
        return await self.modals.act(self._person_of(view), view.id, action)

    async def _enter(self, view: View, name: str, value: Any) -> Outcome:
        block_id, element = element_named(view, name)
        action = await self._action(view, block_id, element, value)
        if sends(view.blocks, block_id, element, None):
            return await self.modals.act(self._person_of(view), view.id, action)
        return self.modals.enter(self._person_of(view), view.id, {block_id: {element["action_id"]: action}})

    async def _action(self, view: View, block_id: str, element: Json, value: Any) -> Json:
        action = {"type": element["type"], "block_id": block_id, "action_id": element["action_id"]}
        if element["type"] == "button":
            return action
        if element["type"].endswith("external_select"):
            await self._look_up(view, block_id, element, value)
        return action | entry_for(self.parts, view.held, block_id, element, value)

    async def _look_up(self, view: View, block_id: str, element: Json, value: Any) -> None:
        """Type what wasn't offered yet."""
        wanted = value if isinstance(value, list) else [value]
        for words in wanted:
            if words is not None and not is_offered(view.held, block_id, element, words):
                asked = {"block_id": block_id, "action_id": element["action_id"], "value": words}
                await self.modals.suggest(self._person_of(view), view.id, asked)

    def _open(self, as_: str) -> View:
        view = self.modal(as_)
        if view is None:
            raise LookupError(f"{as_} has no modal open")
        return view

    def _person_of(self, view: View) -> Person:
        return self.parts.workspace.people[view.person]
