"""What ten thousand tracked runs cost one process, and how soon they are followed again after a `kill -9`.

The whole of Threadbook, as `threadbook serve` has it, finds a database with runs under way, claims them, and looks at
them on a Deepnote that answers `running`. The runs are of an age at which they are looked at as often as wanted; the
token's budget allows a little more. Memory and processor time are read from outside; the looks are counted by the
stand-in.
"""

import asyncio
import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from bot import cadence
from bot.cadence.share import FILL
from bot.model import Notebook, Platform, Progress, Request, State
from bot.sandbox.slack.records import Channel, Message
from bot.sandbox.slack.workspace import ANA, APP, BOT, BOT_ID, TEAM
from bot.store.rows import progress_columns
from bot.store.store import Store
from bot.store.tables import cards, runs, workspaces
from tests.bench.deepnote import NOTEBOOK
from tests.bench.figures import Figure, at_most, measured
from tests.bench.stage import Child, Stage, stage

TITLE = "Many runs at once"
MIB = 1024 * 1024
MOST_MEMORY = 250.0
MOST_PROCESSOR = 60.0
MOST_LATE = 1.0
"""Seconds by which one look in a hundred may be late."""
MOST_AWAY = 5.0
"""Seconds from the start of a process to its holding every run of one that was killed."""
JITTER = 0.95
"""What is left, on average, of the cadence's wait."""
YOUNGER = 0.96
"""So that the wanted rate is reached in spite of what waits for its turn."""
SPARE = 1.2
"""The budget, as a part of what is wanted."""


@dataclass(frozen=True)
class Load:
    """How many runs, and how often they're looked at; seconds for the measurement."""

    runs: int
    looks_a_second: float
    seconds: float

    @property
    def period(self) -> float:
        """Seconds between two looks at one run."""
        return self.runs / self.looks_a_second

    @property
    def age(self) -> float:
        """How old a run is that is looked at so often."""
        return YOUNGER * self.period / JITTER / cadence.SHARE_OF_AGE


def environment(here: Stage, database: Path, load: Load) -> dict[str, str]:
    """As always, with a budget of which that many looks can be planned."""
    return here.environment(database) | {"THREADBOOK_DEEPNOTE_LOOKS": str(SPARE * load.looks_a_second / FILL)}


@dataclass(frozen=True)
class Cost:
    """What a load cost.

    Attributes:
        taken_up: Seconds from the process's start until every run had been looked at.
        looks: A second, as the stand-in counted them.
        memory: Resident, in MiB, at the end.
        processor: Per cent of one core.
        writes: Writing transactions.
        beats: Those of them that were heartbeats.
        lag, first_lag: Seconds by which the event loop was late, at worst: then, and while the runs were taken up.
        late: Seconds by which looks were late: half of them, one in a hundred, the worst.
        claimed, looked: Seconds from the restart after a `kill -9` until every run was claimed, and looked at.
    """

    taken_up: float
    looks: float
    memory: float
    processor: float
    writes: int
    beats: int
    lag: float
    first_lag: float
    late: tuple[float, float, float]
    claimed: float
    looked: float


async def seed(here: Stage, database: Path, load: Load, *where: Channel) -> list[str]:
    """Runs under way in the rows, with their cards in channels in turn; their ids on the platform."""
    store = Store(f"sqlite+aiosqlite:///{database}")
    await store.open()
    # Two periods are for taking them up; in the middle of the measurement they are as old as they should be.
    began = datetime.now(UTC) - timedelta(seconds=load.age - 2 * load.period - load.seconds / 2)
    remote = [here.deepnote.add(began) for _ in range(load.runs)]
    channels = where or (here.slack.channel("data"),)
    shown = [here.slack.workspace.post(_card(here, channels[place % len(channels)])) for place in range(load.runs)]
    async with store.database.write() as connection:
        await connection.execute(insert(workspaces).values(id=TEAM, next_number=load.runs + 1))
        told = zip(remote, shown, strict=True)
        rows = [_row(number, run, began, card.channel) for number, (run, card) in enumerate(told, start=1)]
        await connection.execute(insert(runs), rows)
        posted = [
            {"run": run, "channel": card.channel, "ts": card.ts, "shown": "as seeded"}
            for run, card in enumerate(shown, start=1)
        ]
        await connection.execute(insert(cards), posted)
    await store.holding.leave()
    await store.close()
    return remote


def _card(here: Stage, channel: Channel) -> Message:
    return Message(here.slack.workspace.next_ts(), channel.id, BOT, "Weekly KPIs runs", TEAM, bot_id=BOT_ID, app_id=APP)


def _row(number: int, remote: str, began: datetime, channel: str) -> dict[str, Any]:
    notebook = Notebook(platform=Platform.DEEPNOTE, id=NOTEBOOK)
    request = Request(notebook=notebook, title="Weekly KPIs", inputs={"region": "EU", "week": str(number)})
    progress = Progress(
        state=State.RUNNING, since=began, remote_id=remote, attempt=1, submitted_at=began, started_at=began
    )
    return {
        "id": number,
        "workspace": TEAM,
        "number": number,
        "key": f"command:{number}",
        "platform": notebook.platform.value,
        "notebook": notebook.id,
        "request": request.model_dump(mode="json", exclude_defaults=True),
        "asker": ANA,
        "asker_name": "Ana Ruiz",
        "asker_tz": "Europe/Madrid",
        "channel": channel,
        "dm": False,
        "reply_url": "",
        "asked_at": began,
        "revision": 1,
        "shown_revision": 1,
        **progress_columns(progress),
    }


def asked(database: Path, query: str) -> int:
    """One number from the rows."""
    with closing(sqlite3.connect(database)) as rows:
        [answer] = rows.execute(query).fetchone()
    return int(answer)


async def until(true: Callable[[], bool], seconds: float) -> None:
    """Wait for something in the stand-ins or in the rows."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110, it comes true in another process
            await asyncio.sleep(0.05)


async def cost(here: Stage, database: Path, load: Load) -> Cost:
    """Seed, start, let it settle, measure."""
    remote = await seed(here, database, load)
    began = time.perf_counter()
    settings = environment(here, database, load)
    app = await here.app("tests.bench.watched", environment=settings)
    await until(lambda: here.deepnote.met.issuperset(remote), 60 + 2 * load.period)
    taken_up = time.perf_counter() - began
    await asyncio.sleep(max(0.0, 2 * load.period - taken_up))
    first = await app.ask()
    before, looks, beats = app.seen.cpu_times(), here.deepnote.looks, asked(database, BEATS)
    started = time.perf_counter()
    await asyncio.sleep(load.seconds)
    seconds = time.perf_counter() - started
    after, found, looked = app.seen.cpu_times(), await app.ask(), here.deepnote.looks - looks
    used = after.user + after.system - before.user - before.system
    memory, beaten = app.seen.memory_info().rss / MIB, asked(database, BEATS) - beats
    claimed, again = await _killed(here, database, app, settings, remote)
    return Cost(
        taken_up=taken_up,
        looks=looked / seconds,
        memory=memory,
        processor=used / seconds * 100,
        writes=found["commits"],
        beats=beaten,
        lag=found["lag"],
        first_lag=first["lag"],
        late=tuple(found["late"]),
        claimed=claimed,
        looked=again,
    )


async def _killed(
    here: Stage, database: Path, app: Child, environment: dict[str, str], remote: Sequence[str]
) -> tuple[float, float]:
    """Kill the process, start another, and see how long it takes to claim every run, and to look at each."""
    newest = asked(database, NEWEST)
    await app.kill()
    here.deepnote.met.clear()
    began = time.perf_counter()
    await here.app("tests.bench.watched", environment=environment)
    await until(lambda: asked(database, HELD.format(newest)) == len(remote), 120)
    claimed = time.perf_counter() - began
    await until(lambda: here.deepnote.met.issuperset(remote), 300)
    return claimed, time.perf_counter() - began


NEWEST = "SELECT max(id) FROM processes"
HELD = "SELECT count(*) FROM runs WHERE holder > {}"
BEATS = "SELECT sum(beats) FROM processes WHERE NOT dead"


def told(load: Load, cost: Cost) -> list[Figure]:
    """The figures of one load."""
    what = f"{load.runs} runs"
    late = f"{cost.lag * 1000:.0f} ms (while they were taken up: {cost.first_lag * 1000:.0f} ms)"
    others = cost.writes - cost.beats
    return [
        Figure(
            f"{what}: looks a second",
            f"{cost.looks:.0f}",
            f"at least {load.looks_a_second:.0f}",
            cost.looks >= load.looks_a_second,
        ),
        at_most(f"{what}: resident memory", cost.memory, MOST_MEMORY, " MiB", 0),
        at_most(f"{what}: of one core", cost.processor, MOST_PROCESSOR, " %", 1),
        Figure(f"{what}: a look is late by (half of them)", f"{cost.late[0] * 1000:.0f} ms"),
        at_most(f"{what}: a look is late by (99 of 100)", cost.late[1], MOST_LATE, " s", 3),
        Figure(f"{what}: a look is late by (at worst)", f"{cost.late[2] * 1000:.0f} ms"),
        # Each quarter of a minute a row says that somebody is there; a beat may fall on the edge of the measurement.
        at_most(f"{what}: writes beside the heartbeat's {cost.beats}", others, load.seconds // 15 + 2, "", 0),
        Figure(f"{what}: taken up and looked at once, after", f"{cost.taken_up:.1f} s"),
        Figure(f"{what}: the loop was late by at most", late),
        at_most(f"{what}: killed, and all claimed by the next process after", cost.claimed, MOST_AWAY, " s", 1),
        Figure(f"{what}: killed, and all looked at again after", f"{cost.looked:.1f} s"),
    ]


def growth(fewer: tuple[Load, Cost], more: tuple[Load, Cost]) -> list[Figure]:
    """How the costs of a larger load stand to its size."""
    times = more[0].runs / fewer[0].runs
    memory, processor = more[1].memory / fewer[1].memory, more[1].processor / fewer[1].processor
    each = (more[1].memory - fewer[1].memory) * 1024 / (more[0].runs - fewer[0].runs)
    what = f"from {fewer[0].runs} to {more[0].runs} runs ({times:g}x)"
    return [
        Figure(f"{what}: memory", f"{memory:.2f}x, {each:.1f} KiB a run", f"at most {times:g}x", memory <= times),
        Figure(f"{what}: of one core", f"{processor:.2f}x", f"at most {times:g}x", processor <= times),
    ]


async def measure(
    folder: Path, *, sizes: Sequence[int] = (1_000, 10_000), period: float = 10_000 / 300
) -> list[Figure]:
    """All figures: each size with the same wait between two looks at a run."""
    found: list[tuple[Load, Cost]] = []
    for runs_ in sizes:
        load = Load(runs_, runs_ / period, 2 * period)
        async with stage() as here:
            found.append((load, await cost(here, folder / f"{runs_}.db", load)))
    figures = [figure for one in found for figure in told(*one)]
    return figures + growth(found[0], found[-1]) if len(found) > 1 else figures


def main() -> int:
    """Measure, and print the table; the answer is an exit code."""
    return measured(TITLE, measure)


if __name__ == "__main__":
    sys.exit(main())
