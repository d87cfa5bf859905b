"""How long it takes to read a notebook's document off the event loop and to render it, and how long the loop waits.

The notebook is a realistic mix: printed lines, data frames as HTML, and pictures. Blocked means the longest time
between two turns of a loop that wants one each millisecond; beside it stands the same for a loop that reads nothing
while another process is busy.
"""

import asyncio
import base64
import json
import random
import struct
import sys
import time
import zlib
from collections.abc import Awaitable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from bot.model import Notebook, Platform, Progress, Request, Results, Run, State
from bot.outputs.pictures import PNG
from bot.reader import Reader, Reading
from bot.render.report import parts
from tests.bench.figures import Figure, at_most, machine, share, show

TITLE = "Reading"
MOST_READ = 300.0
MOST_BLOCKED = 50.0
MB = 1_000_000
TICK = 0.001


def notebook(size: int) -> bytes:
    """A notebook of about so many bytes."""
    chance = random.Random(size)
    cells: list[dict[str, Any]] = []
    weight = 0
    while weight < size:
        number = len(cells) // 2 + 1
        cells.append({"cell_type": "markdown", "metadata": {}, "source": [f"## Part {number}\n", "\n", "words " * 40]})
        outputs = [
            {"output_type": "stream", "name": "stdout", "text": [f"read page {n}\n" for n in range(100)]},
            {"output_type": "execute_result", "execution_count": number, "metadata": {}, "data": _frame(chance)},
            {"output_type": "display_data", "metadata": {}, "data": {"image/png": _picture(chance)}},
        ]
        cells.append(
            {"cell_type": "code", "metadata": {}, "execution_count": number, "source": "# Chart\n", "outputs": outputs}
        )
        weight += len(json.dumps(outputs))
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def _frame(chance: random.Random) -> dict[str, list[str]]:
    head = "".join(f"<th>column {n}</th>" for n in range(10))
    rows = [
        f"<tr><th>{row}</th>{''.join(f'<td>{chance.random() * 1000:.2f}</td>' for _ in range(10))}</tr>\n"
        for row in range(40)
    ]
    html = [f'<table border="1" class="dataframe"><thead><tr><th></th>{head}</tr></thead><tbody>\n', *rows, "</table>"]
    return {"text/html": html, "text/plain": ["the same in letters\n"] * 40}


def _picture(chance: random.Random) -> str:
    header = struct.pack(">IIBBBBB", 800, 600, 8, 2, 0, 0, 0)
    whole = PNG + b"".join(
        struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        for name, content in ((b"IHDR", header), (b"IDAT", chance.randbytes(90_000)), (b"IEND", b""))
    )
    return base64.b64encode(whole).decode()


def run() -> Run:
    """A run whose results these are."""
    asked = Request(notebook=Notebook(platform=Platform.DEEPNOTE, id="0" * 32), title="Weekly KPIs")
    return Run(
        id=1,
        workspace="T1",
        request=asked,
        number=1,
        asker="U1",
        asker_name="Ana",
        channel="C1",
        asked_at=datetime.now(UTC),
        progress=Progress(state=State.SUCCEEDED, since=datetime.now(UTC)),
    )


async def waited(work: Awaitable[Any]) -> tuple[Any, float]:
    """What this work gives, and the longest time in milliseconds that the loop waited meanwhile."""
    longest = 0.0

    async def tick() -> None:
        nonlocal longest
        while True:
            before = time.perf_counter()
            await asyncio.sleep(TICK)
            longest = max(longest, time.perf_counter() - before - TICK)

    ticker = asyncio.create_task(tick())
    await asyncio.sleep(0)
    try:
        return await work, longest * 1000
    finally:
        ticker.cancel()
        with suppress(asyncio.CancelledError):
            await ticker


async def _busy(seconds: float) -> None:
    """Another process that keeps one core busy."""
    spin = f"import time; end = time.time() + {seconds}\nwhile time.time() < end: pass"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", spin)
    await process.wait()


async def told(reader: Reader, content: bytes) -> tuple[Reading, float, float]:
    """A document read and rendered, and the milliseconds that each took."""
    begun = time.perf_counter()
    read = await reader.read("ipynb", content)
    assert not read.complaint, read.complaint
    then = time.perf_counter()
    document = read.document
    results = Results(
        outputs=document.outputs,
        left_out=document.left_out,
        headline=document.headline,
        facts=document.facts,
    )
    said = await asyncio.to_thread(parts, run(), results)
    assert said, "nothing was rendered"
    return read, (then - begun) * 1000, (time.perf_counter() - then) * 1000


async def measure(*, small: int = 5 * MB, large: int = 60 * MB, rounds: int = 10) -> list[Figure]:
    """All figures."""
    usual, heavy = notebook(small), notebook(large)
    _, beside = await waited(_busy(2.0))
    reader = Reader(timeout=60)
    try:
        (_, cold, _), _ = await waited(told(reader, usual))
        reads: list[float] = []
        renders: list[float] = []
        blocked: list[float] = []
        for _ in range(rounds):
            (_, reading, rendering), longest = await waited(told(reader, usual))
            reads.append(reading)
            renders.append(rendering)
            blocked.append(longest)
        # What our own code blocks it does each time; what a busy machine adds, it adds by chance.
        heavily: list[float] = []
        pauses: list[float] = []
        for _ in range(3):
            (_, reading, _), blocking = await waited(told(reader, heavy))
            heavily.append(reading)
            pauses.append(blocking)
    finally:
        await reader.close()
    both = [one + other for one, other in zip(reads, renders, strict=True)]
    size = f"{small / MB:g} MB"
    return [
        Figure("the loop waited beside another busy process, reading nothing: longest", f"{beside:.0f} ms"),
        Figure(f"{size} read, with the first worker: once", f"{cold:.0f} ms"),
        Figure(f"{size} read: p50", f"{share(reads, 0.5):.0f} ms"),
        Figure(f"{size} rendered: p50", f"{share(renders, 0.5):.0f} ms"),
        at_most(f"{size} read and rendered: p50", share(both, 0.5), MOST_READ, " ms", 0),
        at_most(f"the loop waited during {size}: longest", max(blocked), MOST_BLOCKED, " ms", 0),
        Figure(f"{large / MB:g} MB read: best of three", f"{min(heavily):.0f} ms"),
        at_most(
            f"the loop waited during {large / MB:g} MB: longest, best of three", min(pauses), MOST_BLOCKED, " ms", 0
        ),
    ]


def main() -> int:
    """Measure, and print the table; the answer is an exit code."""
    where = machine()
    return show(TITLE, where, asyncio.run(measure()))


if __name__ == "__main__":
    sys.exit(main())
