"""Threadbook in a process of its own, which a test can kill; what it talks to lives on in the test's process."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
import time
from contextlib import AsyncExitStack, asynccontextmanager, closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from bot.playground import manifest
from bot.sandbox.faults import Fault
from bot.sandbox.server import Sandbox
from bot.sandbox.slack import SlackStandIn
from bot.sandbox.standins import PlatformStandIns
from tests.endtoend import sight
from tests.environment import connecting
from tests.sandbox.standins.house import notebook

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from bot.sandbox.shelf import Notebook
    from bot.sandbox.slack.records import Message

T = TypeVar("T")
ROOT = Path(__file__).parents[2]
ROOM = "data"
PATIENCE = 30.0
"""Seconds for anything that a test waits for: far more than it needs."""


class Town:
    """Slack, Datalore and Deepnote, and Threadbook's processes one after the other on one database."""

    def __init__(self, folder: Path, slack: SlackStandIn, platforms: PlatformStandIns, url: str) -> None:
        self.slack, self.platforms, self.url = slack, platforms, url
        self.database, self._log = folder / "threadbook.db", folder / "log"
        self._process: asyncio.subprocess.Process | None = None

    # Threadbook's life

    async def start(self, **more: str) -> None:
        """Start `python -m bot serve`, with more variables, and wait until it is connected."""
        environment = connecting(self.slack, self.url, f"sqlite+aiosqlite:///{self.database}") | more
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", "serve"),
                cwd=ROOT,
                env=os.environ | environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        await self.until(lambda: self.slack.sockets.connections, "Threadbook to come up")

    async def kill(self) -> None:
        """`kill -9`."""
        await self._end(signal.SIGKILL)

    async def terminate(self, times: int = 1) -> tuple[int, float]:
        """Ask it to stop, as a supervisor does; its exit code, and how many seconds it took."""
        begun = time.monotonic()
        for _ in range(times - 1):
            assert self._process is not None
            said = self._log.read_text()
            self._process.send_signal(signal.SIGTERM)
            await self.until(partial(self._says_more, said), "it to hear")
        return await self._end(signal.SIGTERM), time.monotonic() - begun

    def _says_more(self, than: str) -> bool:
        return len(self._log.read_text()) > len(than)

    async def close(self) -> None:
        """Leave nothing running."""
        if self._process is not None and self._process.returncode is None:
            await self.kill()

    async def _end(self, how: signal.Signals) -> int:
        assert self._process is not None
        self._process.send_signal(how)
        code = await self._process.wait()
        await self.until(lambda: not self.slack.sockets.connections, "Slack to notice")
        return code

    # What people do

    def shelve(self, slug: str, *sources: str) -> Notebook:
        """Put a notebook on both platforms."""
        return self.platforms.shelf.add(slug, notebook(*sources))

    def breaks(self, platform: str, fault: str, on: str, **more: Any) -> Fault:
        """Switch a platform's fault on."""
        return self.platforms.faults.add(Fault.model_validate({"platform": platform, "fault": fault, "on": on} | more))

    async def runs(self, notebook: Notebook, platform: str) -> Message:
        """Ana runs a notebook by its address; its card."""
        path = notebook.deepnote_path if platform == "deepnote" else notebook.datalore_path
        before = {card.ts for card in self.cards}
        outcome = await self.slack.say("ana", ROOM, f"/notebook run {self.url}/{platform}{path}")
        assert outcome.ok, outcome.text
        return await self.until(lambda: next((c for c in self.cards if c.ts not in before), None), "a card")

    # What is seen

    @property
    def cards(self) -> list[Message]:
        """The bot's root messages, oldest first."""
        return [message for message in self.slack.messages(ROOM) if message.bot_id is not None]

    def starts(self, notebook: Notebook) -> int:
        """How often the platforms were asked to start a notebook, and did."""
        return sum(start["notebook"] == notebook.slug for start in self.platforms.ledger.starts)

    def lines(self, card: Message) -> list[str]:
        """The card's thread, line by line."""
        return [line for reply in self.slack.thread(card) for line in sight.words(reply).splitlines()]

    def closings(self, card: Message) -> int:
        """How many lines of the thread mention somebody."""
        return sum(bool(sight.pings(reply)) for reply in self.slack.thread(card))

    async def shows(self, card: Message, *words: str) -> None:
        """Wait until the card has all these words."""
        await self.until(lambda: all(word in sight.words(card) for word in words), words, card)

    async def closes(self, card: Message) -> None:
        """Wait for the closing line."""
        await self.until(lambda: self.closings(card), "the closing line", card)

    async def until(self, found: Callable[[], T | None], wanted: object, card: Message | None = None) -> T:
        """Wait until something is to be seen; a failure tells what was seen instead, and what Threadbook logged."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not (seen := found()):  # noqa: ASYNC110 - not everything here sets an event
                    await asyncio.sleep(0.02)
                return seen
        except TimeoutError:
            said = [] if card is None else [sight.words(card), *self.lines(card)]
            log = self._log.read_text() if self._log.exists() else ""
            raise AssertionError("\n".join([f"waited in vain for {wanted}", *said, log])) from None

    async def told(self) -> None:
        """Wait until Threadbook has noted all that it told: what it is killed before noting, it tells again."""
        await self.until(lambda: not self._count("runs WHERE shown_revision < revision"), "everything to be told")

    def logged(self, words: str) -> bool:
        """Whether any of the processes said so."""
        return words in self._log.read_text()

    def living(self) -> int:
        """How many processes the rows call alive."""
        return self._count("processes WHERE NOT dead")

    def _count(self, what: str) -> int:
        with closing(sqlite3.connect(self.database)) as rows:
            return int(rows.execute(f"SELECT count(*) FROM {what}").fetchone()[0])


@asynccontextmanager
async def town(folder: Path) -> AsyncIterator[Town]:
    """The stand-ins while the block runs."""
    slack, platforms = SlackStandIn(manifest(), rate_scale=None), PlatformStandIns(spare_kernel=False)
    server = Sandbox(slack, extras=[platforms.mount])
    async with AsyncExitStack() as stack:
        stack.push_async_callback(server.close)
        here = Town(folder, slack, platforms, await server.start())
        stack.push_async_callback(here.close)
        yield here
