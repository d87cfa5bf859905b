"""Slack, both platforms, a database, and any number of Threadbook's processes, each of which can be killed."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import false, func, or_, select

from bot.errors import StoreUnavailable
from bot.playground import manifest
from bot.sandbox.server import Sandbox
from bot.sandbox.slack import SlackStandIn
from bot.sandbox.slack.workspace import ANA, BEN, BOT
from bot.sandbox.standins import PlatformStandIns
from bot.store.database import Database
from bot.store.tables import cards, processes, runs, workspaces
from tests.endtoend import sight
from tests.environment import connecting
from tests.faults.gate import Gate
from tests.faults.kernels import Played
from tests.sandbox.standins.house import notebook

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from pathlib import Path

    from sqlalchemy import Row, Select

    from bot.sandbox.shelf import Notebook
    from bot.sandbox.slack.outcomes import Outcome
    from bot.sandbox.slack.records import Message
    from tests.faults.children import Child, Nursery

T = TypeVar("T")
ROOMS = tuple(f"room-{number}" for number in range(6))
"""Channels: a second may bring only one post to each."""
BARRED = "barred"
"""A channel that the bot isn't in."""
PATIENCE = 90.0
"""Seconds for anything that a test waits for: far more than it needs."""
SOCKETS = 2
"""Connections to Slack that a process opens."""


class Town:
    """Where processes live and die.

    Attributes:
        gate: Sees every call that a process makes.
        ending: Notebooks that are run end once this is set.
        living: The processes that were born and aren't known to be gone, in the order of their birth.
    """

    def __init__(self, folder: Path, database: str, nursery: Nursery) -> None:
        self.database, self._folder, self._nursery = database, folder, nursery
        self.slack = SlackStandIn(manifest(), rate_scale=None)
        self.platforms = PlatformStandIns(spare_kernel=False)
        self.gate, self.ending = Gate(), asyncio.Event()
        for room in ROOMS:
            self.slack.workspace.add_channel(f"C0{room.upper()}", room, "public", [ANA, BEN, BOT])
        self.slack.workspace.add_channel(f"C0{BARRED.upper()}", BARRED, "private", [ANA, BEN])
        kernels = Played(self.ending)
        self.platforms._kernels = self.platforms._jobs._kernels = kernels
        self.url = ""
        self.rows = Database(database)
        self.children: list[Child] = []
        self.log = folder / "log"

    # Threadbook's processes

    @property
    def living(self) -> list[Child]:
        return [child for child in self.children if not child.gone.is_set()]

    async def start(self, dies: dict[str, str] | None = None) -> Child:
        """One process more, as soon as it hears Slack."""
        before = len(self.slack.sockets.connections)
        child = await self._nursery.bear(connecting(self.slack, self.url, self.database), self.log, dies)
        self.children.append(child)

        def up() -> bool:
            assert not child.gone.is_set(), f"it ended at once: {self.said()}"
            return len(self.slack.sockets.connections) >= before + SOCKETS

        await self.until(up, "a process to come up")
        child.row = max(await self.living_rows())
        return child

    async def kill(self, child: Child) -> None:
        """`kill -9`, and wait until Slack has seen the connections end."""
        child.kill()
        await child.gone.wait()
        await self.until(lambda: len(self.slack.sockets.connections) <= SOCKETS * len(self.living), "Slack to notice")

    async def caller(self, port: int) -> Child:
        """Whose connection this is."""
        return next(child for child in self.living if child.speaks_from(port))

    # What people do

    def shelve(self, slug: str, *sources: str) -> Notebook:
        """Put a notebook on both platforms."""
        return self.platforms.shelf.add(slug, notebook(*(sources or ("answer()",))))

    async def ask(self, found: Notebook, platform: str, room: str = ROOMS[0]) -> Outcome:
        """Ana runs a notebook by its address."""
        return await self.slack.say("ana", room, f"/notebook run {self._address(found, platform)}")

    async def untrack(self, room: str = ROOMS[0]) -> Outcome:
        """Ana no longer wants the first run tracked."""
        return await self.slack.say("ana", room, "/notebook untrack 1")

    async def mention(self, found: Notebook, platform: str, room: str = ROOMS[0]) -> None:
        """Ana runs it by a mention."""
        await self.slack.mentions("ana", room, f"@Threadbook run {self._address(found, platform)}")

    def _address(self, found: Notebook, platform: str) -> str:
        return f"{self.url}/{platform}{found.deepnote_path if platform == 'deepnote' else found.datalore_path}"

    # What people see

    @property
    def cards(self) -> list[Message]:
        """The bot's root messages."""
        return [each for room in ROOMS for each in self.slack.messages(room) if each.bot_id is not None]

    @property
    def alone(self) -> list[str]:
        """What Ana alone was told in the channel that the bot isn't in."""
        return [sight.words(each) for each in self.slack.channel(BARRED).ephemerals.values()]

    def starts(self, found: Notebook) -> int:
        """How often the platforms were asked to start a notebook, and did."""
        return sum(start["notebook"] == found.slug for start in self.platforms.ledger.starts)

    async def until(self, found: Callable[[], T | None], wanted: str, seconds: float = PATIENCE) -> T:
        """Wait until something is to be seen."""
        try:
            async with asyncio.timeout(seconds):
                while not (seen := found()):  # noqa: ASYNC110 - not everything here sets an event
                    await asyncio.sleep(0.02)
                return seen
        except TimeoutError:
            raise AssertionError(f"waited in vain for {wanted}\n{self.said()}") from None

    def said(self) -> str:
        """What the channel shows and what the processes logged: for whoever looks for the cause of a failure."""
        shown = [self.alone, *([sight.words(card), *map(sight.words, self.slack.thread(card))] for card in self.cards)]
        log = self.log.read_text() if self.log.exists() else ""
        return "\n".join([*(line for card in shown for line in card), log])

    # What the rows say

    async def ask_rows(self, query: Select[Any]) -> Sequence[Row[Any]]:
        """Read."""
        async with self.rows.read() as connection:
            found: Sequence[Row[Any]] = (await connection.execute(query)).all()
        return found

    async def row_until(self, query: Select[Any], good: Callable[[Sequence[Row[Any]]], bool], wanted: str) -> None:
        """Wait until the rows are good; a database that isn't there has none yet."""
        seen: Sequence[Row[Any]] = ()
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    try:
                        seen = await self.ask_rows(query)
                    except StoreUnavailable:
                        await asyncio.sleep(0.2)
                        continue
                    if good(seen):
                        return
                    await asyncio.sleep(0.03)
        except TimeoutError:
            raise AssertionError(f"waited in vain for {wanted}: {seen}\n{self.said()}") from None

    async def at_rest(self, runs_asked: int) -> None:
        """Wait until so many runs are saved, and everything about them is settled, told and noted."""
        untold = or_(runs.c.settled == false(), runs.c.shown_revision < runs.c.revision, cards.c.closed == false())
        left = select(func.count()).select_from(runs.join(cards, cards.c.run == runs.c.id)).where(untold)
        query = select(select(func.count()).select_from(runs).scalar_subquery(), left.scalar_subquery())
        await self.row_until(query, lambda seen: tuple(seen[0]) == (runs_asked, 0), "everything to be at rest")

    async def running(self) -> None:
        """Wait until the run is known to be running, and nothing is left to be told."""
        query = select(runs.c.state).where(runs.c.state == "running", runs.c.shown_revision == runs.c.revision)
        await self.row_until(query, bool, "a run that is running, and told to be")

    async def living_rows(self) -> dict[int, int]:
        """The processes that the rows call alive, and their beats."""
        rows = await self.ask_rows(select(processes.c.id, processes.c.beats).where(processes.c.dead == false()))
        return {row.id: row.beats for row in rows}

    async def courier(self) -> int | None:
        """The process that delivers for the workspace."""
        found: int | None = (await self.ask_rows(select(workspaces.c.courier)))[0][0]
        return found


@asynccontextmanager
async def town(folder: Path, database: str, nursery: Nursery) -> AsyncIterator[Town]:
    """The stand-ins while the block runs; afterwards no process is left."""
    here = Town(folder, database, nursery)
    server = Sandbox(here.slack, extras=[here.gate.mount, here.platforms.mount])
    async with AsyncExitStack() as stack:
        stack.push_async_callback(server.close)
        stack.push_async_callback(here.rows.close)
        here.url = await server.start()
        try:
            yield here
        finally:
            here.ending.set()
            for child in here.living:
                child.kill()
                await child.gone.wait()
