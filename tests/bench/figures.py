"""What a benchmark found, as a plain table."""

import asyncio
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil


@dataclass(frozen=True)
class Figure:
    """One thing that was measured, as it's printed; `met` is None where nothing is to be reached."""

    what: str
    measured: str
    reach: str = ""
    met: bool | None = None


def at_most(what: str, value: float, most: float, unit: str = "", digits: int = 2) -> Figure:
    """A figure that should stay under a limit."""
    return Figure(what, f"{value:.{digits}f}{unit}", f"at most {most:g}{unit}", value <= most)


def share(values: Sequence[float], part: float) -> float:
    """The value that this part of the values (0.5, 0.99) doesn't exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def machine(folder: Path | None = None) -> str:
    """Where it was measured; with a folder, also on what kind of disk that lies."""
    words = [
        f"{os.cpu_count()} cores ({platform.machine()}, {platform.system()})",
        f"Python {platform.python_version()}",
    ]
    load = os.getloadavg()[0]
    words.append(f"load {load:.1f} when it began")
    if folder is not None:
        words.append(f"database on {_disk(folder.resolve())}")
    return ", ".join(words)


def _disk(folder: Path) -> str:
    mounts = [each for each in psutil.disk_partitions(all=True) if folder.is_relative_to(each.mountpoint)]
    return max(mounts, key=lambda each: len(each.mountpoint)).fstype if mounts else "an unknown disk"


def measured(
    title: str,
    measure: Callable[[Path], Coroutine[Any, Any, list[Figure]]],
    loop: Callable[[], asyncio.AbstractEventLoop] | None = None,
    remark: str = "",
) -> int:
    """Measure in a folder of its own, and print the table; the answer is an exit code.

    Args:
        title: Above the table.
        measure: Is given the folder.
        loop: Makes the event loop, where it isn't asyncio's own.
        remark: What is to be known of how it was measured.
    """
    with (
        tempfile.TemporaryDirectory(prefix="threadbook-bench-") as folder,
        asyncio.Runner(loop_factory=loop) as runner,
    ):
        where = machine(Path(folder))
        figures = runner.run(measure(Path(folder)))
    return show(title, f"{where}; {remark}" if remark else where, figures)


def show(title: str, where: str, figures: Sequence[Figure]) -> int:
    """Print a table; the answer is an exit code: 1 where something wasn't reached, so that nobody overlooks it."""
    rows = [("measured", "", "to reach", "")]
    words = {True: "reached", False: "NOT REACHED", None: ""}
    rows += [(each.what, each.measured, each.reach, words[each.met]) for each in figures]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    sys.stdout.write("\n".join(["", title, where, "", lines[0], "-" * (sum(widths) + 6), *lines[1:], ""]))
    sys.stdout.flush()
    return int(any(each.met is False for each in figures))
