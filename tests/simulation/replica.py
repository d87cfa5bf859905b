"""One replica of Threadbook: what `bot.wiring` makes of its parts, on simulated wires; killed, stopped, restarted."""

from __future__ import annotations

import asyncio
import math
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any, Final, Literal, cast

from bot.desk import Desk, Rules
from bot.errors import StoreUnavailable
from bot.model import Document
from bot.outputs import ipynb, snapshot
from bot.reader import Reading
from bot.slack.app import whose
from bot.slack.budget import A_MINUTE, Budget
from bot.slack.courier import Courier
from bot.slack.delivery import Deliverer
from bot.slack.front import Front
from bot.slack.people import People
from bot.slack.speech import Speech, speaks_as
from bot.store.store import Store
from bot.tracker.claim import Heart
from bot.tracker.deps import Deps
from bot.tracker.tracker import Tracker
from tests.simulation.driver import COMPILED
from tests.simulation.life import Life
from tests.simulation.platforms import Client as PlatformSide
from tests.simulation.slack import ADMIN, MINUTE, WORKSPACE
from tests.simulation.slack import Client as SlackSide

if TYPE_CHECKING:
    from bot.command import Command
    from bot.model import Caller, Platform, Run
    from bot.platforms.base import PlatformClient
    from bot.reader import Reader
    from bot.reply import Reply
    from bot.slack.front import Payload
    from tests.simulation.world import World

DRAIN: Final = 8.0
"""Seconds that work under way gets when a process is told to stop, as in `bot.wiring`."""
LATE: Final = 1.0
"""Seconds by which the budget's minute is longer than Slack's, as `bot.slack.budget` has it."""
SUPERVISOR: Final = 1.0
"""Seconds after which whoever looks after a process starts it again."""


class _Desk:
    """The desk, whose replies are noted by payload."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.replies: dict[str, Reply] = {}

    async def carry_out(self, command: Command, caller: Caller) -> Reply:
        said = await self._desk.carry_out(command, caller)
        self.replies[caller.key] = said
        return said


class _Reader:
    """Reads where it stands: simulated time knows no other processes."""

    async def read(self, kind: Literal["ipynb", "deepnote"], content: bytes) -> Reading:
        try:
            document = ipynb.read(content) if kind == "ipynb" else snapshot.read(content)
        except ValueError as error:
            return Reading(Document(), complaint=str(error))
        return Reading(document=document, inputs=None if kind == "ipynb" else snapshot.inputs(content))


class Parts:
    """The parts of one process."""

    def __init__(self, world: World, life: Life, place: int) -> None:
        self.world, self.life = world, life
        self.store = Store(f"sqlite+simulated:///{world.database}")
        self.store.database.engine.sync_engine._compiled_cache = COMPILED
        slack = SlackSide(world.slack)
        self._slack = slack
        platforms: dict[Platform, PlatformClient] = {name: PlatformSide(it) for name, it in world.ledgers.items()}
        people = People(slack, WORKSPACE)
        for_courier, for_heart = asyncio.Event(), asyncio.Event()

        def link(run: Run) -> str | None:
            return platforms[run.request.notebook.platform].link(run.request.notebook, run.request.url)

        share = world.slack.scale * MINUTE / 60
        limits = {method: max(3, math.floor(most * share)) for method, most in A_MINUTE.items()}
        self.budget = Budget(limits, minute=MINUTE + LATE)
        deliverer = Deliverer(
            self.store,
            Speech(slack, self.budget, ours=self._ours),
            link,
            self.now,
            for_heart.set,
            people.name,
            asyncio.Queue(),
            "https://simulated.slack.com/",
        )
        self.courier = Courier(deliverer, WORKSPACE, [ADMIN], for_courier)
        deps = Deps(
            store=self.store,
            platforms=platforms,
            now=self.now,
            random=Random(f"{world.seed} {life.name} {place}"),
            ring=lambda _workspace: for_courier.set(),
            admins=True,
            give_up_after=7 * 86_400.0,
            file_limit=1_000_000,
            document_limit=4_000_000,
            reader=cast("Reader", _Reader()),
        )
        self.tracker = Tracker(deps)
        self.heart = Heart(self.store.holding, self.tracker, for_heart)

        def ring(_workspace: str) -> None:
            for_courier.set()
            for_heart.set()

        desk = Desk(self.store, people, platforms, Rules(catalogue_only=False), self.now, ring)
        self._desk = _Desk(desk)
        self.front = Front(cast("Desk", self._desk), people, WORKSPACE, [ADMIN], link)
        self.ready = False
        self._tasks: list[asyncio.Task[None]] = []

    async def _ours(self) -> bool:
        return await self.store.delivery.is_ours(WORKSPACE, speaks_as.get())

    def now(self) -> datetime:
        """What this process's clock says."""
        return self.world.when(self.world.loop.time()) + timedelta(seconds=self.life.skew)

    async def run(self) -> None:
        """From the start of the process until it ends of its own accord."""
        try:
            await self.store.holding.register()  # the database is migrated already
            await whose(self._slack)
            await self.store.delivery.enter_workspace(WORKSPACE)
        except Exception as error:  # noqa: BLE001, a process that can't start ends, whatever it was
            self.world.tell(self.life.name, f"can't start: {error}")
            self.life.kill()
            return
        self.life.holding = self.store.holding
        work = (self.heart.run(), self.tracker.run(), self.courier.run())
        self._tasks = [asyncio.create_task(one) for one in work]
        self.ready = True
        self.world.tell(self.life.name, f"is up as process {self.store.holding.process_id}")
        try:
            await asyncio.gather(*self._tasks)
        except Exception as error:  # noqa: BLE001, as above
            self.world.laws.broken(f"{self.life.name}: something that must not end has ended: {error!r}")

    async def stop(self) -> None:
        """End in order, as `Bot.stop` does."""
        self.ready = False
        self.world.tell(self.life.name, "is told to stop")
        await self.tracker.stop(DRAIN / 2)
        await self.courier.stop(DRAIN / 2)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        try:
            await self.store.holding.leave()
            await self.store.close()
        except StoreUnavailable as error:
            self.world.tell(self.life.name, f"can't hand over: {error}")
        self.life.kill()

    async def serve(self, payload: Payload, wanted: Command) -> tuple[Reply | None, Any]:
        """Answer a payload: the desk's reply where it had one, and the words for the person."""
        self._desk.replies.pop(payload.key, None)
        answer = await self.front.serve(payload, wanted)
        return self._desk.replies.get(payload.key), answer


class Replica:
    """A place where one process after the other lives.

    Args:
        name: A letter.
    """

    def __init__(self, world: World, name: str, skew: float) -> None:
        self.world, self.name, self.skew = world, name, skew
        self.lives = 0
        self.life: Life | None = None
        self.parts: Parts | None = None

    @property
    def serves(self) -> bool:
        """Whether payloads come to it."""
        return self.parts is not None and self.parts.ready and self.life is not None and self.life.alive

    def start(self) -> None:
        """Start a process, unless one lives."""
        if self.world.over or (self.life is not None and self.life.alive):
            return
        self.lives += 1
        self.life = Life(f"{self.name}.{self.lives}", self.world.loop, self.skew, self._killed)
        self.world.lives.append(self.life)
        self.parts = self.life.context.run(Parts, self.world, self.life, self.lives)
        self.life.spawn(self.parts.run())

    def _killed(self, life: Life) -> None:
        self.world.tell(life.name, "has ended")
        wait = SUPERVISOR + self.world.chance.choice((0.0, 0.0, 6.0)) * self.world.chance.random()
        self.world.loop.call_later(wait, self.start, context=self.world.nobody)


__all__ = ["Parts", "Replica"]
