"""One story from its seed to its end."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import logging
import re
import sqlite3
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final
from unittest import mock

from bot.errors import StoreUnavailable
from bot.model import Platform
from bot.slack import courier, posting
from bot.store import holding
from bot.tracker import claim
from tests.simulation import driver, slack
from tests.simulation.laws import Laws
from tests.simulation.loop import DAWN, Loop, Stuck
from tests.simulation.people import Town
from tests.simulation.platforms import Client, Ledger
from tests.simulation.replica import Replica
from tests.simulation.rest import at_rest
from tests.simulation.rows import Monitor, template
from tests.simulation.slack import Slack, Webhook
from tests.simulation.weather import Weather
from tests.simulation.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.simulation.life import Life

MORNING: Final = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
PATIENCE: Final = 240.0
"""Seconds after the last fault within which everything must have come to rest."""
THEMES: Final = (
    (),
    ("kill", "steps", "effects", "effects", "effects"),
    ("stop", "faint", "faint", "faint"),
    ("faint",),
    ("kill", "steps", "effects", "stop", "faint", "terminate"),
)
"""What befalls processes in one story: killed at once, after so many steps, or after so many effects on the world;
stopped (SIGSTOP) at once or with a call under way; told to stop (SIGTERM)."""
MEMORY: Final = Path("/dev/shm")
"""Where files cost no disk, on systems that have it."""
SLOWER: Final = 3.0
"""How much slower hearts beat and couriers look of their own accord than they really do: most of what they do is
nothing, and costs as much as the rest. All else is quicker by that much."""
CODE: Final = re.compile(r"\[[0-9a-f]{8}\]")
"""What a log gives an error to be found by; drawn by the operating system, and so never the same."""
TRUTH: Final = frozenset({"runs", "cards", "listeners", "processes", "workspaces"})


@dataclass(frozen=True, slots=True)
class Story:
    """How a seed went.

    Attributes:
        broken: The laws that were broken, in words; none where all is well.
        trace: What happened, where that was asked for.
        seconds: How long it took by its own clock.
    """

    seed: int
    broken: tuple[str, ...]
    trace: tuple[str, ...]
    seconds: float
    runs: int


class World:
    """Everything there is in one story."""

    def __init__(self, seed: int, database: str, *, tracing: bool) -> None:
        self.seed, self.database, self.tracing = seed, database, tracing
        self.trace: list[str] = []
        self.chance = Random(seed)
        self.loop = Loop()  # type: ignore[abstract]  # only what is needed is there
        self.nobody = contextvars.Context()
        self.over = False
        self.lives: list[Life] = []
        chance = self.chance
        self.peace = DAWN + chance.uniform(6, 18)
        self.no_hardware = chance.choice((0.0, 0.0, 0.1))
        self._disk = Weather.of(chance, DAWN, self.peace)
        self.laws = Laws(self)
        self.slack = Slack(self, Wire(self, "slack", Weather.of(chance, DAWN, self.peace)))
        self.slack.scale = chance.choice((1.0, 0.6, 0.4))
        self.hooks = f"https://hooks.simulated/{seed}"
        longest = chance.choice((2.0, 6.0, 12.0))
        self.ledgers = {
            platform: Ledger(self, Wire(self, platform.value, Weather.of(chance, DAWN, self.peace)), platform, longest)
            for platform in Platform
        }
        self.links = {platform: Client(ledger) for platform, ledger in self.ledgers.items()}
        names = "abc"[: chance.choice((1, 2, 2, 3, 3))]
        self.replicas = [Replica(self, name, chance.choice((0.0, chance.uniform(-0.5, 0.5)))) for name in names]
        self.town = Town(self)
        self.monitor = Monitor(database)

    def tell(self, who: str, words: str) -> None:
        """Note what happened, if somebody wants to read it."""
        if self.tracing:
            self.trace.append(f"{self.loop.time() - DAWN:9.3f} {who:10} {words}")

    def when(self, seconds: float) -> datetime:
        """The time of day at a time of the loop."""
        return MORNING + timedelta(seconds=seconds)

    # The database

    def begins(self, life: Life, *, writing: bool) -> float:
        """See Disk."""
        now = self.loop.time()
        if self.over:
            raise sqlite3.OperationalError("it is over")
        if now < self.peace and self._disk.down[0] <= now < self._disk.down[1]:
            raise sqlite3.OperationalError("the database is away")
        if writing or self.chance.random() < 0.3:
            return self.chance.uniform(0.0005, 0.004)
        return 0.0

    def commits(self, life: Life) -> tuple[float, float, bool]:
        """See Disk."""
        now, chance = self.loop.time(), self.chance
        if self.over:
            raise sqlite3.OperationalError("it is over")
        drawn = chance.random() if now < self.peace and self._disk.rates else 1.0
        if drawn < 0.005:
            raise sqlite3.OperationalError("the disk is full for a moment")
        lost = drawn < 0.01
        slow = now < self.peace and chance.random() < self._disk.slow
        before = chance.uniform(0.1, 1.5) if slow else chance.uniform(0.0005, 0.006)
        return before, chance.uniform(0.0005, 0.003), lost

    def committed(self, life: Life, written: Sequence[str]) -> None:
        """See Disk."""
        if not TRUTH.isdisjoint(written):
            self.laws.committed(life, self.monitor.read())
            life.has_effect()

    # The story

    async def play(self) -> None:
        """From the first process to rest."""
        for replica in self.replicas:
            replica.start()
        self.town.plan(self.loop.time() + 0.5, self.peace)
        self._troubles()
        await asyncio.sleep(self.peace - self.loop.time())
        self.tell("world", "peace")
        for life in self.lives:
            life.steps_left = life.effects_left = life.faints = None
        until = self.loop.time() + PATIENCE
        calm = 0
        while calm < 3:
            await asyncio.sleep(1.0)
            awake = not any(life.still and life.alive for life in self.lives)
            resting = awake and self.town.under_way == 0 and self.monitor.resting()
            calm = calm + 1 if resting else 0
            if self.loop.time() > until:
                self.laws.broken("it doesn't come to rest")
                break
        at_rest(self, self.monitor.everything())

    def _troubles(self) -> None:
        chance = self.chance
        kinds = chance.choice(THEMES)
        for _ in range(chance.choice((1, 2, 3)) if kinds else 0):
            at = chance.uniform(0.2, self.peace - DAWN)
            kind = chance.choice(kinds)
            self.loop.call_later(at, self._trouble, chance.choice(self.replicas), kind, context=self.nobody)

    def _trouble(self, replica: Replica, kind: str) -> None:
        life, chance = replica.life, self.chance
        if life is None or not life.alive:
            return
        match kind:
            case "kill":
                self.tell("world", f"kills {life.name}")
                life.kill()
            case "steps":
                life.steps_left = chance.randint(1, 400)
            case "effects":
                life.effects_left = chance.randint(1, 12)
            case "stop":
                self._stop(life, chance.choice((1.0, 6.0, 30.0)))
            case "faint":
                # Whoever comes first to it.
                place = chance.choice(("", "slack", "start", "end", "edit", "edit", "submitting"))
                for one in self.lives:
                    one.faints = (place, self._faint)
            case "terminate" if replica.parts is not None and replica.parts.ready and not life.still:
                life.spawn(replica.parts.stop())

    def _faint(self, life: Life) -> None:
        for one in self.lives:
            one.faints = None
        self._stop(life, self.chance.choice((6.0, 30.0, 30.0)))

    def _stop(self, life: Life, longest: float) -> None:
        if life.still or not life.alive:
            return
        wait = longest * self.chance.uniform(0.5, 1.0)
        self.tell("world", f"stops {life.name} for {wait:.3f} s")
        life.stop()
        self.loop.call_later(wait, self._go_on, life, context=self.nobody)

    def _go_on(self, life: Life) -> None:
        if life.still and life.alive:
            self.tell("world", f"lets {life.name} go on")
            life.go_on()

    def end(self) -> None:
        """Let everybody go, so that nothing of this story is left for the next."""
        self.over = True
        self.loop.wind(100_000)
        for life in self.lives:
            life.bury()
        self.loop.run_until_complete(self._last())
        for task in self.loop.tasks:
            if not task.done():
                task._log_destroy_pending = False  # type: ignore[attr-defined]  # asyncio keeps it so
        self.monitor.close()

    async def _last(self) -> None:
        me = asyncio.current_task()
        for _ in range(30):
            left = [task for task in self.loop.tasks if not task.done() and task is not me]
            if not left:
                return
            for task in left:
                task.cancel()
            await asyncio.sleep(0)
            await asyncio.sleep(0)


class _Log(logging.Handler):
    """Reads along: what the product calls an exception is one that it didn't expect."""

    def __init__(self, world: World) -> None:
        super().__init__(logging.DEBUG if world.tracing else logging.ERROR)
        self._world = world

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        words = CODE.sub("[…]", record.getMessage())
        self._world.tell("log", f"{record.levelname.lower()}: {words}" + (f" ({error!r})" if error else ""))
        if self._world.over or record.levelno < logging.ERROR or isinstance(error, StoreUnavailable):
            return
        self._world.laws.broken(f"nobody expected this: {words}: {error!r}")


def play(seed: int, *, tracing: bool = False) -> Story:
    """Play one story.

    Args:
        seed: Decides everything.
        tracing: Note what happens.
    """
    with ExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory(prefix="threadbook-", dir=MEMORY if MEMORY.is_dir() else None))
        path = str(Path(folder) / "threadbook.db")
        Path(path).write_bytes(template())
        world = World(seed, path, tracing=tracing)
        driver.DISKS[path] = world
        slack.SLACKS[world.hooks] = world.slack
        stack.callback(driver.DISKS.pop, path)
        stack.callback(slack.SLACKS.pop, world.hooks)
        stack.enter_context(mock.patch.object(posting, "AsyncWebhookClient", Webhook))
        for where, name in ((claim, "BEAT_EVERY"), (courier, "LOOK_EVERY"), (holding, "SURELY_ALIVE")):
            stack.enter_context(mock.patch.object(where, name, getattr(where, name) * SLOWER))
        stack.enter_context(_logging(world))
        collecting = gc.isenabled()
        gc.disable()
        try:
            try:
                world.loop.run_until_complete(world.play())
            except Stuck as stuck:
                world.laws.broken(str(stuck))
            for words in world.loop.stumbled:
                world.laws.broken(words)
            seconds = world.loop.time() - DAWN
            world.end()
        finally:
            if collecting:
                gc.enable()
        runs = len(world.laws.rows.runs) if world.laws.rows else 0
        return Story(seed, tuple(world.laws.found), tuple(world.trace), seconds, runs)


class _logging:  # noqa: N801, used as a statement
    """The product's log goes to the story, and nowhere else."""

    def __init__(self, world: World) -> None:
        self._handler = _Log(world)
        self._log = logging.getLogger("bot")
        self._pool = logging.getLogger("sqlalchemy.pool")

    def __enter__(self) -> None:
        log = self._log
        self._before = (log.level, log.propagate, self._pool.disabled)
        log.addHandler(self._handler)
        log.setLevel(self._handler.level)
        log.propagate, self._pool.disabled = False, True

    def __exit__(self, *_: object) -> None:
        self._log.removeHandler(self._handler)
        self._log.level, self._log.propagate, self._pool.disabled = self._before
