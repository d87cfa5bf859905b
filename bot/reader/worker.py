"""What a worker process does. Its imports are late: the process that sends it here needs none of them."""

# ruff: noqa: PLC0415

from __future__ import annotations

import contextlib
import importlib
import multiprocessing
import multiprocessing.connection
import os
import pickle
import signal
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from bot.model import Document, Inputs

NEEDED: Final = ("bot.outputs.convert", "bot.outputs.ipynb", "bot.outputs.snapshot", "bot.outputs.yaml12")
"""Modules that reading needs."""
AT_A_TIME: Final = 20
"""Outputs in one piece; a table is a piece of its own."""
GRACE: Final = 10.0
"""Seconds after which a task ends its own process, should nobody else have done so."""


@dataclass(frozen=True, slots=True)
class Told:
    """A document in pieces: first itself without outputs, then those."""

    pieces: list[bytes]
    notebook: bytes | None = None
    inputs: Inputs | None = None
    complaint: str = ""


def begin(memory: int) -> None:
    """Set a worker's limits, have it end as soon as it is told to, and when the process that started it ends.

    Args:
        memory: Bytes of data that it may have.
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # what Python handles must wait for a drawing that hangs
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_outlive_nobody, args=(parent.sentinel,), daemon=True).start()
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError):
        # Where the machine runs out of memory, it is this process that should go.
        Path("/proc/self/oom_score_adj").write_text("1000")


def warm() -> None:
    """Import what reading needs."""
    for name in NEEDED:
        importlib.import_module(name)


def read(seconds: float, kind: str, path: str) -> Told:
    """Read the document in this file.

    Args:
        seconds: What it may take.
        kind: `ipynb` or `deepnote`.
        path: Of the file.
    """
    _at_most(seconds)
    from bot.outputs import convert, ipynb, snapshot, yaml12

    content = Path(path).read_bytes()
    try:
        if kind == "ipynb":
            return Told(_pieces(ipynb.read(content)))
        raw = yaml12.load(content)
        del content
        return Told(_pieces(snapshot.read_loaded(raw)), convert.notebook_loaded(raw), snapshot.inputs_loaded(raw))
    except ValueError as error:
        return Told([], complaint=str(error))
    finally:
        _at_most(0)


def draw(seconds: float, data: str, mimetype: str) -> tuple[str, str, bool]:
    """Draw a chart.

    Returns:
        The PNG in Base64; why there is none, in words; whether that holds for all charts.
    """
    _at_most(seconds)
    from bot.reader import drawing

    try:
        return drawing.png(data, mimetype), "", False
    except drawing.Undrawable as error:
        return "", str(error), error.always
    finally:
        _at_most(0)


def _at_most(seconds: float) -> None:
    """Have the system end this process some time after it should have been ended by its parent; 0 takes that back."""
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, seconds + GRACE if seconds else 0)


def _pieces(document: Document) -> list[bytes]:
    groups: list[list[Any]] = []
    for one in document.outputs:
        if one.table is not None or not groups or len(groups[-1]) >= AT_A_TIME or groups[-1][-1].table is not None:
            groups.append([])
        groups[-1].append(one)
    first = document.model_copy(update={"outputs": ()})
    return [pickle.dumps(one, pickle.HIGHEST_PROTOCOL) for one in (first, *groups)]


def _outlive_nobody(parent: int) -> None:
    multiprocessing.connection.wait([parent])
    os._exit(1)
