"""A chat workspace with Threadbook in it, and the few words in which tests speak to it.

`types`, `clicks` and `told` are what people do and see; a `Card` is a run as its channel shows it. All of it runs in
this process over real sockets: both platforms' stand-ins, Slack's, and the bot.
"""

from __future__ import annotations

import copy
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar

from bot.sandbox.faults import Fault
from bot.sandbox.slack.workspace import ANA, BEN, BOT, GUS, STRANGER

from . import notebooks, sight
from .card import Card

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import aiohttp
    from nbformat import NotebookNode

    from bot.sandbox.shelf import Notebook
    from bot.sandbox.slack import SlackStandIn
    from bot.sandbox.slack.records import Kind, Message
    from bot.sandbox.standins import PlatformStandIns
    from bot.wiring import Bot

T = TypeVar("T")
SECONDS = 20.0
"""How long anything may take that a test waits for: far more than it needs, on a machine that has other work too."""
EVERYBODY = (ANA, BEN, GUS, STRANGER, BOT)


class Chat:
    """The workspace: ana (who is an admin of Threadbook), ben, gus (a guest) and fay (of another company)."""

    def __init__(
        self,
        slack: SlackStandIn,
        platforms: PlatformStandIns,
        http: aiohttp.ClientSession,
        database: Path,
        new_bot: Callable[[], Bot],
    ) -> None:
        self.slack, self.platforms, self.http, self.database = slack, platforms, http, database
        self._new_bot = new_bot
        self.bot = new_bot()
        self._rooms = count(1)
        self._gates: list[notebooks.Gate] = []

    @property
    def url(self) -> str:
        """Where the stand-ins are."""
        return self.slack.base_url

    # What people do

    async def types(self, who: str, where: str, line: str) -> str:
        """Type a line; what only this person is told at once is given back."""
        before = set(self.slack.channel(where).ephemerals)
        outcome = await self.slack.say(who, where, line)
        assert outcome.ok, f"Slack says: {outcome.text}"
        return "\n".join(self._told(who, where, before))

    async def clicks(self, who: str, message: Message | Card, label: str, *hears: str) -> None:
        """Press a button, and wait until only this person is told all that they are to hear."""
        there = message.message if isinstance(message, Card) else message
        before = set(self.slack.channel(there.channel).ephemerals)
        outcome = await self.slack.click(who, there, label)
        assert outcome.ok, f"Slack says: {outcome.text}"

        def heard() -> bool:
            told = "\n".join(self._told(who, there.channel, before))
            return all(words in told for words in hears)

        await self.until(heard, there.channel, hears)

    async def clicks_late(self, who: str, seen: Message, label: str, *hears: str) -> None:
        """Press a button of a message as it once was: `seen` is a copy that `as_it_is` made."""
        there = self.slack.channel(seen.channel)
        message = there.find(seen.ts) or there.ephemerals[seen.ts]
        now, message.blocks = message.blocks, seen.blocks
        try:
            await self.clicks(who, message, label, *hears)
        finally:
            if message.blocks is seen.blocks:
                message.blocks = now

    async def runs(self, who: str, where: str, line: str, words: str = "") -> Card:
        """Type a line that starts a run, and wait for its card; where the same is under way, run it anyway."""
        before = {each.ts for each in self.cards(where)}
        told = await self.types(who, where, line)
        if "it hasn't ended" in told:
            await self.clicks(who, await self.told(who, where, "it hasn't ended"), "Run anyway")
        return await self.card(where, words, before, told)

    # What people see

    async def card(self, where: str, words: str = "", besides: set[str] | None = None, hint: object = "") -> Card:
        """Wait for the newest card with these words, `besides` those with these ts."""

        def found() -> Message | None:
            new = [each for each in self.cards(where) if each.ts not in (besides or ()) and words in sight.words(each)]
            return new[-1] if new else None

        message = await self.until(found, where, f"a card {words!r}; {hint}")
        assert message is not None
        return Card(self, message)

    def cards(self, where: str) -> list[Message]:
        """The bot's own root messages in a channel."""
        return [each for each in self.slack.messages(where) if each.bot_id is not None]

    async def told(self, who: str, where: str, *wanted: str) -> Message:
        """Wait for a message with all these words that only this person sees there."""

        def found() -> Message | None:
            own = [each for each in self.slack.messages(where, who) if each.to is not None]
            return next((each for each in reversed(own) if all(word in sight.words(each) for word in wanted)), None)

        message = await self.until(found, where, wanted)
        assert message is not None
        return message

    def _told(self, who: str, where: str, before: set[str]) -> list[str]:
        me = self.slack.person(who).id
        held = self.slack.channel(where).ephemerals.items()
        return [sight.words(each) for ts, each in held if ts not in before and each.to == me]

    async def until(self, found: Callable[[], T], where: object = "", wanted: object = "") -> T:
        """Wait until this is true of what the workspace shows; a failure tells what it showed instead."""
        try:
            return await self.slack.wait_for(found, SECONDS)
        except TimeoutError:
            seen = self._transcript(where) if isinstance(where, str | Card) and where else ""
            raise AssertionError(f"waited in vain for {wanted}\n{seen}") from None

    def _transcript(self, where: str | Card) -> str:
        if isinstance(where, Card):
            return "\n".join(["card:", where.words, "thread:", *where.lines])
        held = self.slack.channel(where)
        seen = [*self.slack.messages(where), *held.ephemerals.values()]
        return "\n".join(f"{each.ts} {each.user}->{each.to or 'all'}: {sight.words(each)}" for each in seen)

    @staticmethod
    def as_it_is(message: Message | Card) -> Message:
        """A copy of a message that later edits don't change."""
        return copy.deepcopy(message.message if isinstance(message, Card) else message)

    # The house

    def room(self, kind: Kind = "public", members: tuple[str, ...] = EVERYBODY) -> str:
        """A fresh channel with these members; its name is given back."""
        number = next(self._rooms)
        name = f"room-{number}"
        self.slack.workspace.add_channel(f"C0ROOM{number:04}", name, kind, list(members))
        return name

    def shelve(self, slug: str, *cells: NotebookNode, title: str = "", **more: Any) -> Notebook:
        """Put a notebook on both platforms."""
        return self.platforms.shelf.add(slug, notebooks.document(title, *cells), **more)

    def address(self, slug: str, platform: str = "deepnote") -> str:
        """A notebook's web address."""
        notebook = self.platforms.shelf[slug]
        path = notebook.deepnote_path if platform == "deepnote" else notebook.datalore_path
        return f"{self.url}/{platform}{path}"

    async def catalogues(self, slug: str, *cells: NotebookNode, on: str = "deepnote", title: str = "") -> None:
        """Put a notebook on the shelf, and under its own name into the catalogue."""
        self.shelve(slug, *cells, title=title)
        said = await self.types("ana", "general", f"/notebook add {slug} {self.address(slug, on)}")
        assert "Added" in said, said

    def gate(self) -> notebooks.Gate:
        """A gate that is shut, until the test opens it or ends."""
        self._gates.append(notebooks.Gate(self.database.parent / f"gate-{len(self._gates)}"))
        return self._gates[-1]

    def starts(self, slug: str) -> list[dict[str, Any]]:
        """Every start of a notebook that the platforms know of."""
        return [start for start in self.platforms.ledger.starts if start["notebook"] == slug]

    def breaks(self, platform: str, fault: str, on: str = "", **more: Any) -> Fault:
        """Switch a platform's fault on; what is given back counts its hits."""
        return self.platforms.faults.add(Fault.model_validate({"platform": platform, "fault": fault, "on": on} | more))

    async def stops(self) -> None:
        """Stop the bot in order."""
        await self.bot.stop()

    async def restarts(self) -> None:
        """Stop the bot in order, and start another one on the same database."""
        await self.stops()
        self.bot = self._new_bot()
        await self.bot.start()

    async def mends(self) -> None:
        """Switch all faults off, and open every gate."""
        for gate in self._gates:
            gate.open()
        self.slack.faults.clear()
        async with self.http.delete(f"{self.url}/faults") as answer:
            assert answer.status == 204
