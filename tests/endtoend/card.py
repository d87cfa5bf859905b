"""A run as its channel shows it: the card, and the thread under it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from . import sight

if TYPE_CHECKING:
    from bot.sandbox.slack.records import Message

    from .chat import Chat


class Card:
    """A run's card, and its thread."""

    def __init__(self, chat: Chat, message: Message) -> None:
        self.chat, self.message = chat, message

    @property
    def words(self) -> str:
        """What it shows now."""
        return sight.words(self.message)

    @property
    def buttons(self) -> list[str]:
        """Its buttons' labels."""
        return sight.buttons(self.message)

    @property
    def number(self) -> int:
        """The number of its run."""
        found = re.search(r"run (\d+)", self.message.text)
        assert found, self.message.text
        return int(found[1])

    @property
    def thread(self) -> list[Message]:
        """The replies, oldest first."""
        return self.chat.slack.thread(self.message)

    @property
    def lines(self) -> list[str]:
        """What the replies say, oldest first; of a file its name."""
        return [sight.words(each) or " ".join(file.name for file in each.files) for each in self.thread]

    @property
    def said(self) -> str:
        """The whole thread."""
        return "\n".join(self.lines)

    @property
    def files(self) -> dict[str, bytes]:
        """The files in the thread by their names."""
        return {file.name: file.data or b"" for each in self.thread for file in each.files}

    @property
    def pings(self) -> list[str]:
        """Whom card and thread notify."""
        return [ping for each in (self.message, *self.thread) for ping in sight.pings(each)]

    def count(self, words: str) -> int:
        """How many lines of the thread have these words in them."""
        return sum(words in line for reply in self.lines for line in reply.splitlines())

    async def shows(self, *wanted: str) -> None:
        """Wait until the card has all these words."""
        await self.chat.until(lambda: all(each in self.words for each in wanted), self, wanted)

    async def tells(self, *wanted: str) -> None:
        """Wait until the thread has all these words."""
        await self.chat.until(lambda: all(each in self.said for each in wanted), self, wanted)

    async def begins(self) -> None:
        """Wait until the platform has the run: for tests that are about how it was asked for, not how it ends."""
        begun = ("Queued", "Running", "Succeeded")
        await self.chat.until(lambda: any(each in self.words for each in begun), self, begun)

    async def closes(self) -> str:
        """Wait for the closing line, the thread's only one with a mention, and for the card to be as true."""
        await self.chat.until(lambda: any(sight.pings(each) for each in self.thread), self, "the closing line")
        return self.lines[-1]

    async def ends(self, word: str = "Succeeded") -> str:
        """Wait until the card shows this end, and for the closing line, which is given back."""
        await self.shows(word)
        return await self.closes()
