"""Documents read, and their charts drawn, by worker processes with limits of time and memory.

A document that hangs, explodes or brings its process down costs one sentence: the process is ended and replaced. The
document goes to the worker as a file and comes back in pieces, so that neither way holds up the event loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import multiprocessing
import os
import pickle
import signal
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from bot.model import Document
from bot.reader import worker

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pebble import ProcessFuture, ProcessPool

    from bot.model import Inputs, Output

log = logging.getLogger(__name__)

WORKERS: Final = 2
TASKS: Final = 50
"""After so many documents and charts a worker is replaced: whatever it has gathered goes with it."""
MOST_CHARTS: Final = 10
"""Of one document."""
MEMORY: Final = 2 * 1024**3
"""Bytes of data that a worker may have; a browser's engine, which draws charts, takes a quarter of it."""
TRIES: Final = 3
"""So often a document is read where none of the reasons is its own."""
ORIGIN_GONE: Final = 255
"""What multiprocessing gives as the exit code of a process where the one that forked it has ended before it."""
WAITING: Final = 5
"""A document waits for a worker for at most so many times of the time that one may take."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of a document.

    Attributes:
        document: What it says; empty where it couldn't be read.
        notebook: A snapshot as an .ipynb file.
        inputs: What a snapshot says that it was run with; None for what isn't one.
        complaint: Why it couldn't be read, in words; else empty.
    """

    document: Document
    notebook: bytes | None = None
    inputs: Inputs | None = None
    complaint: str = ""


class _Trouble(Exception):
    """A task gave no answer, and why, in words."""


class Reader:
    """Reads documents. Nothing starts before the first one comes.

    Args:
        timeout: Seconds that reading a document may take.
        chart_timeout: Seconds that drawing a chart may take.
        memory: Bytes of data that a worker may have.
        workers: How many documents are read at a time.
    """

    def __init__(
        self, *, timeout: float = 20.0, chart_timeout: float = 10.0, memory: int = MEMORY, workers: int = WORKERS
    ) -> None:
        self._timeout = timeout
        self._chart_timeout = chart_timeout
        self._memory = memory
        self._workers = workers
        self._pool: ProcessPool | None = None
        self._starting = threading.Lock()  # held in threads only; a reader may outlive an event loop
        self._closed = False

    async def read(self, kind: Literal["ipynb", "deepnote"], content: bytes) -> Reading:
        """Read a document, and draw its charts. It never raises for what a document holds."""
        path = await asyncio.to_thread(_kept, content)
        try:
            told = await self._ask(worker.read, self._timeout, kind, str(path))
        except _Trouble as trouble:
            return Reading(Document(), complaint=f"the notebook's document couldn't be read: {trouble}")
        finally:
            await asyncio.to_thread(path.unlink, missing_ok=True)
        if told.complaint:
            return Reading(Document(), complaint=told.complaint)
        document = await asyncio.to_thread(_whole, told.pieces)
        outputs = await self._drawn(document.outputs)
        if outputs != document.outputs:
            document = document.model_copy(update={"outputs": outputs})
        return Reading(document, notebook=told.notebook, inputs=told.inputs)

    async def close(self) -> None:
        """End the workers, whatever they are doing."""
        self._closed = True
        threads = ThreadPoolExecutor(1)  # those of the loop may all be waiting for something
        try:
            await asyncio.get_running_loop().run_in_executor(threads, self._end)
        finally:
            threads.shutdown(wait=False)

    async def _drawn(self, outputs: tuple[Output, ...]) -> tuple[Output, ...]:
        """The outputs with pictures in the place of charts; a chart that can't be drawn says why."""
        charts = [place for place, one in enumerate(outputs) if one.kind == "chart"]
        if not charts:
            return outputs
        drawn = list(outputs)
        reason = ""  # why no chart can be drawn here at all
        for number, place in enumerate(charts):
            chart = drawn[place]
            if number >= MOST_CHARTS or reason:
                drawn[place] = chart.model_copy(update={"note": reason or "there are too many charts"})
                continue
            try:
                picture, note, for_all = await self._ask(worker.draw, self._chart_timeout, chart.data, chart.mimetype)
            except _Trouble as trouble:
                picture, note, for_all = "", f"the chart couldn't be drawn: {trouble}", False
            reason = note if for_all else ""
            changed = (
                {"kind": "image", "data": picture, "mimetype": "image/png", "text": chart.text or "A chart"}
                if picture
                else {"note": note}
            )
            drawn[place] = chart.model_copy(update=changed)
        return tuple(drawn)

    async def _ask(self, task: Callable[..., Any], seconds: float, *arguments: object) -> Any:
        """Have a worker do something, again where it ended, or the pool broke, for somebody else's reasons."""
        for left in reversed(range(TRIES)):
            pool = await asyncio.to_thread(self._started)
            try:
                future: ProcessFuture[Any] = pool.schedule(task, (seconds, *arguments), timeout=seconds)
                async with asyncio.timeout(seconds * WAITING):
                    return await asyncio.wrap_future(future)
            except TimeoutError as error:
                if pool.active:
                    raise _Trouble(f"it took longer than {seconds:g} seconds") from error
                await asyncio.to_thread(self._drop, pool)
            except MemoryError as error:
                raise _Trouble("it needs more memory than it may have") from error
            except (RuntimeError, OSError) as error:
                # Pebble's own words for a worker that died and for a pool without workers are of these kinds.
                log.warning("a worker that reads documents: %s", error)
                if not left or (pool.active and not _told_to_end(error)):
                    raise _Trouble("the process that read it died") from error
                if not pool.active:
                    await asyncio.to_thread(self._drop, pool)
        raise _Trouble("the process that read it died")

    def _started(self) -> ProcessPool:
        """The pool; a new one where there is none that works."""
        with self._starting:
            if self._closed:
                raise _Trouble("Threadbook is stopping")
            if self._pool is None or not self._pool.active:
                if self._pool is not None:
                    _ended(self._pool)
                self._pool = self._new()
            return self._pool

    def _new(self) -> ProcessPool:
        """A pool whose workers are on their way up; started here, for starting a process takes a moment."""
        from pebble import ProcessPool  # noqa: PLC0415, what never reads a document needs no pool

        pool = ProcessPool(
            max_workers=self._workers,
            max_tasks=TASKS,
            initializer=worker.begin,
            initargs=(self._memory,),
            context=_context(),
        )
        pool.schedule(worker.warm)
        return pool

    def _drop(self, pool: ProcessPool) -> None:
        """End a pool that is of no more use."""
        with self._starting:
            if self._pool is pool:
                self._pool = None
        _ended(pool)

    def _end(self) -> None:
        with self._starting:
            pool, self._pool = self._pool, None
        if pool is not None:
            _ended(pool)


def _context() -> multiprocessing.context.BaseContext:
    """Workers come from a process that has imported what reading needs, where the system can fork: there at once."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([worker.__name__, *worker.NEEDED])
    return context


def _told_to_end(error: Exception) -> bool:
    """Whether a worker died of a SIGTERM. That went to all our processes: what is too slow ends as a TimeoutError."""
    return getattr(error, "exitcode", 0) in (signal.SIGTERM, -signal.SIGTERM, ORIGIN_GONE)


def _kept(content: bytes) -> Path:
    """A document as a file that only we may read."""
    handle, name = tempfile.mkstemp(prefix="threadbook-document-")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    return Path(name)


def _whole(pieces: Sequence[bytes]) -> Document:
    """A document out of its pieces; they are unpacked one by one, so that others get their turn between them."""
    first, *others = (pickle.loads(piece) for piece in pieces)  # noqa: S301, our own worker's
    document: Document = first
    return document.model_copy(update={"outputs": tuple(one for outputs in others for one in outputs)})


def _ended(pool: ProcessPool) -> None:
    with contextlib.suppress(RuntimeError, OSError):
        pool.stop()  # type: ignore[no-untyped-call]
        pool.join()
