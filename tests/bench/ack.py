"""How soon Threadbook acknowledges: `/notebook help` beside a bare Bolt app, and `/notebook run` saved before its ack.

Both apps are connected to one stand-in, each in a process of its own, and take turns: in each round the same number of
payloads goes to the one and then to the other, and who is first alternates. They aren't put into one process, because
Threadbook's heartbeat and courier would then slow the bare app too, and flatter the ratio.

A time is what the stand-in sees: from handing a payload to the socket to having its ack.
"""

import asyncio
import json
import os
import sqlite3
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.sandbox.slack.payloads import slash_command
from bot.sandbox.slack.sockets import Connection
from tests.bench.deepnote import NOTEBOOK
from tests.bench.figures import Figure, at_most, measured, share
from tests.bench.stage import Stage, stage

TITLE = "Acknowledgements"
MOST_RATIO = 1.1
MOST_SAVED = 300.0


async def volley(stage: Stage, texts: Sequence[str], at_once: int) -> tuple[list[float], Any]:
    """Send a command with each of these texts, so many at once; each ack's milliseconds, and the last one's content."""
    slack = stage.slack
    ana, data = slack.person("ana"), slack.channel("data")
    left = iter(texts)
    times: list[float] = []
    last: list[Any] = []

    async def send() -> None:
        for text in left:
            payload = slash_command(
                ana,
                data,
                "/notebook",
                text,
                response_url=slack.responses.issue(data.id, ana.id),
                trigger_id=slack.parts.triggers.issue(ana.id),
            )
            begun = time.perf_counter()
            ack = await slack.post.deliver("slash_commands", payload)
            times.append((time.perf_counter() - begun) * 1000)
            assert ack.error is None, ack.error
            last[:] = [ack.payload]

    await asyncio.gather(*(send() for _ in range(at_once)))
    return times, last[0]


def only(stage: Stage, connections: Sequence[Connection]) -> None:
    """Let payloads go over these connections: the stand-in passes by those that were warned of their end."""
    for each in stage.slack.sockets.connections:
        each.warned = each not in connections


async def beside(stage: Stage, folder: Path, rounds: int, each: int, concurrency: Sequence[int]) -> list[Figure]:
    """`/notebook help`, Threadbook and the bare app by turns."""
    ours = list(stage.slack.sockets.connections)
    _, said = await volley(stage, ["help"], 1)
    answer = folder / "answer.json"
    answer.write_text(json.dumps(said))
    await stage.app("tests.bench.bare", str(answer))
    bare = [one for one in stage.slack.sockets.connections if one not in ours]
    figures = [Figure("/notebook help: size of the answer", f"{answer.stat().st_size} bytes")]
    for at_once in concurrency:
        times: dict[str, list[float]] = {"Threadbook": [], "bare Bolt app": []}
        turns = [("Threadbook", ours), ("bare Bolt app", bare)]
        for turn in range(-1, rounds):  # the round before the first warms up
            turns.reverse()
            for name, connections in turns:
                only(stage, connections)
                took, heard = await volley(stage, ["help"] * each * at_once, at_once)
                assert heard == said
                if turn >= 0:
                    times[name] += took
        figures += _compared(f"/notebook help, {at_once} at once", times["Threadbook"], times["bare Bolt app"])
    only(stage, ours)
    return figures


def _compared(what: str, ours: Sequence[float], bare: Sequence[float]) -> list[Figure]:
    figures = []
    for name, part in (("p50", 0.5), ("p99", 0.99)):
        mine, theirs = share(ours, part), share(bare, part)
        told = f"{mine / theirs:.2f}x ({mine:.1f} ms beside {theirs:.1f} ms)"
        met = mine / theirs <= MOST_RATIO
        figures.append(Figure(f"{what}: {name} beside bare Bolt", told, f"at most {MOST_RATIO}x", met))
    return figures


async def saved(stage: Stage, database: Path, runs: int, at_once: int) -> list[Figure]:
    """`/notebook run`: each ack means a row on the disk."""
    # Each asks for something else: for what is under way already, Threadbook would only point there.
    lines = [f"run deepnote:{NOTEBOOK} region=EU-{number}" for number in range(runs + at_once)]
    await volley(stage, lines[:at_once], at_once)
    begun = time.perf_counter()
    times, said = await volley(stage, lines[at_once:], at_once)
    seconds = time.perf_counter() - begun
    assert not said, said  # an answer would be a refusal
    with sqlite3.connect(database) as rows:
        [kept] = rows.execute("SELECT count(*) FROM runs").fetchone()
    rows.close()
    assert kept == runs + at_once
    what = f"/notebook run, {at_once} at once"
    return [
        Figure(f"{what}: p50", f"{share(times, 0.5):.0f} ms"),
        at_most(f"{what}: p99", share(times, 0.99), MOST_SAVED, " ms", 0),
        Figure(f"{what}: the longest", f"{max(times):.0f} ms"),
        Figure(f"{what}: runs saved a second", f"{runs / seconds:.0f}"),
    ]


def synced_write(folder: Path, times: int = 50) -> float:
    """Milliseconds that this disk takes to keep 4 kB for good (the median)."""
    took = []
    with (folder / "synced").open("wb", buffering=0) as file:
        for _ in range(times):
            begun = time.perf_counter()
            file.write(bytes(4096))
            os.fsync(file.fileno())
            took.append((time.perf_counter() - begun) * 1000)
    return share(took, 0.5)


async def measure(
    folder: Path, *, rounds: int = 100, each: int = 5, concurrency: Sequence[int] = (1, 50), runs: int = 3000
) -> list[Figure]:
    """All figures; in each round every app gets `each` payloads a place of the concurrency."""
    database = folder / "threadbook.db"
    async with stage() as here:
        await here.app("bot", "--log", "error", "serve", environment=here.environment(database))
        figures = await beside(here, folder, rounds, each, concurrency)
        figures += await saved(here, database, runs, max(concurrency))
    figures.append(Figure("a synced write of 4 kB to this disk", f"{synced_write(folder):.2f} ms"))
    return figures


def main() -> int:
    """Measure, and print the table; the answer is an exit code."""
    return measured(TITLE, measure)


if __name__ == "__main__":
    sys.exit(main())
