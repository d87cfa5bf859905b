"""How a person uses forms: open one, choose, see what stands in it, change something, press Run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.sandbox.slack.filling import element_named
from bot.sandbox.slack.values import value_in
from tests.endtoend.chat import SECONDS

if TYPE_CHECKING:
    from bot.sandbox.slack.outcomes import Submitted
    from bot.sandbox.slack.views import View
    from tests.endtoend.chat import Chat


class Hand:
    """One person's hand on forms."""

    def __init__(self, chat: Chat, who: str) -> None:
        self.chat, self.who = chat, who

    @property
    def view(self) -> View:
        """The form as it is now."""
        view = self.chat.slack.modal(self.who)
        assert view is not None, f"{self.who} has no form open"
        return view

    async def opens(self, room: str, line: str = "/notebook run") -> None:
        """Open the form in a channel."""
        assert await self.chat.types(self.who, room, line) == ""
        await self.sees("Type a few letters")

    async def sees(self, *wanted: str) -> View:
        """Wait until the form shows all these words."""

        def found() -> bool:
            view = self.chat.slack.modal(self.who)
            return view is not None and all(each in view.words for each in wanted)

        try:
            await self.chat.slack.wait_for(found, SECONDS)
        except TimeoutError:
            view = self.chat.slack.modal(self.who)
            raise AssertionError(f"waited in vain for {wanted}\n{view.words if view else 'no form'}") from None
        return self.view

    async def chooses(self, name: str, *wanted: str) -> View:
        """Choose a notebook by how the menu's line begins, and wait for its fields."""
        found = [
            words
            for words in await self.offered(name.split(" · ", maxsplit=1)[0])
            if f"{words} · ".startswith(f"{name} · ")
        ]
        assert found, f"no notebook {name!r} is offered"
        outcome = await self.chat.slack.fills(self.who, {"Notebook": found[0]})
        assert outcome.ok, outcome
        return await self.sees("Post to", *wanted)

    async def opens_for(self, room: str, name: str) -> View:
        """Open the form in a channel, with this notebook chosen."""
        await self.opens(room)
        return await self.chooses(name)

    async def offered(self, typed: str = "", field: str = "Notebook") -> list[str]:
        """What a menu of the form offers for these letters."""
        found = await self.chat.slack.suggests(self.who, field, typed)
        assert found.error is None, found.error
        return found.words

    def shows(self, label: str) -> Any:
        """What stands in a field: its text, or the words of what is chosen."""
        block_id, element = element_named(self.view, label)
        value = value_in(self.view.values[block_id][element["action_id"]])
        if isinstance(value, list):
            return [each["text"]["text"] for each in value]
        return value["text"]["text"] if isinstance(value, dict) else value

    def hint(self, label: str) -> str:
        """The small print under a field."""
        return str(self._block(label).get("hint", {}).get("text", ""))

    def element(self, label: str) -> dict[str, Any]:
        """The field itself."""
        element: dict[str, Any] = element_named(self.view, label)[1]
        return element

    def optional(self, label: str) -> bool:
        """Whether a field may be left empty."""
        return bool(self._block(label)["optional"])

    def has(self, label: str) -> bool:
        """Whether there is a field, or a button, of this name."""
        try:
            element_named(self.view, label)
        except LookupError:
            return False
        return True

    async def fills(self, **values: Any) -> None:
        """Fill in fields by their labels."""
        outcome = await self.chat.slack.fills(self.who, values)
        assert outcome.ok, outcome

    async def enters(self, label: str, value: Any) -> None:
        """Fill in one field."""
        outcome = await self.chat.slack.fills(self.who, {label: value})
        assert outcome.ok, outcome

    async def presses(self, label: str, *wanted: str) -> None:
        """Press a button of the form, and wait for what it shows."""
        outcome = await self.chat.slack.acts_in_view(self.who, label)
        assert outcome.ok, outcome
        await self.sees(*wanted)

    async def submits(self) -> Submitted:
        """Press Run, whatever comes of it."""
        return await self.chat.slack.submits(self.who)

    async def runs(self) -> None:
        """Press Run, and see the form close."""
        sent = await self.submits()
        assert sent.ok, sent
        assert sent.response_action in ("close", "clear"), sent

    async def mistakes(self) -> dict[str, str]:
        """Press Run, and get told what is wrong, by label."""
        sent = await self.submits()
        assert sent.ok, sent
        assert sent.response_action == "errors", sent
        labels = {block["block_id"]: block["label"]["text"] for block in self.view.blocks if "label" in block}
        return {labels[block]: words for block, words in sent.errors.items()}

    def _block(self, label: str) -> dict[str, Any]:
        block_id, _ = element_named(self.view, label)
        found: dict[str, Any] = next(each for each in self.view.blocks if each["block_id"] == block_id)
        return found
