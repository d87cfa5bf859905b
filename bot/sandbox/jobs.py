"""Jobs: the running of one notebook's copy in a kernel, observable while it goes on.

```
queued -> running -> succeeded | failed | broken | stopped
```
`failed`: a cell raised; what it said is among its outputs. `broken`: the kernel died, or never came.
"""

import asyncio
import itertools
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat import NotebookNode

from bot.sandbox.inputs import Value
from bot.sandbox.kernels import Kernel, Kernels
from bot.sandbox.shelf import Block, Notebook

FILE_LIMIT: Final = 32 * 1024 * 1024
"""Bytes of a file that a run leaves; a larger one is not kept."""
_LOG: Final = logging.getLogger(__name__)


class State(StrEnum):
    """Where a job is."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    BROKEN = "broken"
    STOPPED = "stopped"

    @property
    def over(self) -> bool:
        """Whether it will not change any more."""
        return self not in {State.QUEUED, State.RUNNING}


@dataclass
class Step:
    """One block of a job: the cell that was made of it, and when it ran."""

    block: Block
    cell: NotebookNode
    started: datetime | None = None
    finished: datetime | None = None


@dataclass
class Job:
    """One notebook's copy being run. `steps` are in the order in which they run; `files` are those that it left."""

    notebook: Notebook
    inputs: dict[str, Value]
    steps: list[Step]
    setup: str = ""
    files_before: Mapping[str, bytes] = field(default_factory=dict)
    state: State = State.QUEUED
    started: datetime | None = None
    finished: datetime | None = None
    trouble: str | None = None
    files: dict[str, bytes] = field(default_factory=dict)
    task: asyncio.Task[None] | None = None
    kernel: Kernel | None = None
    _stopping: bool = False
    _over: asyncio.Event = field(default_factory=asyncio.Event)

    def document(self) -> NotebookNode:
        """The copy as an nbformat document, with the outputs so far."""
        return self.notebook.document(step.cell for step in self.steps)

    async def wait(self) -> None:
        """Wait until it is over."""
        await self._over.wait()

    async def stop(self) -> None:
        """Stop it as a person at the notebook would. It ends as `stopped`, within about a second."""
        if self.state is State.QUEUED and self.task is not None:
            self.task.cancel()
        elif self.kernel is not None:
            self._stopping = True
            await self.kernel.kill()

    def end(self, state: State, trouble: str | None = None) -> None:
        """It is over, with this state; where somebody stopped it, as stopped."""
        self.state = State.STOPPED if self._stopping else state
        self.trouble, self.finished, self.kernel = trouble, datetime.now(UTC), None
        self._over.set()


class Jobs:
    """Carries jobs out, as many at a time as there are kernels."""

    def __init__(self, kernels: Kernels) -> None:
        """`kernels` are started before the first job and closed after `close`."""
        self._kernels = kernels
        self._under_way: dict[asyncio.Task[None], Job] = {}

    def begin(
        self,
        notebook: Notebook,
        blocks: Iterable[Block],
        inputs: Mapping[str, Value],
        *,
        setup: str = "",
        files: Mapping[str, bytes] | None = None,
        afterwards: Callable[[Job], None] = lambda _: None,
    ) -> Job:
        """Queue these blocks of a notebook. `setup` runs first and leaves no trace; `files` lie in the directory."""
        steps = [Step(block, block.cell(inputs)) for block in blocks]
        job = Job(notebook, dict(inputs), steps, setup=setup, files_before=dict(files or {}))
        job.task = asyncio.create_task(self._carry_out(job, afterwards), name=f"run of {notebook.slug}")
        self._under_way[job.task] = job
        job.task.add_done_callback(lambda task: self._settle(task, job, afterwards))
        return job

    async def close(self) -> None:
        """Stop what runs and what waits, and wait until it is over."""
        tasks = list(self._under_way.items())
        for _, job in tasks:
            await job.stop()
        await asyncio.gather(*(task for task, _ in tasks), return_exceptions=True)

    async def _carry_out(self, job: Job, afterwards: Callable[[Job], None]) -> None:
        if not any(step.block.computes for step in job.steps):  # text and inputs alone need no kernel
            job.started = datetime.now(UTC)
            for count, step in enumerate((step for step in job.steps if step.block.runs), 1):
                step.cell.execution_count = count
                step.started = step.finished = job.started
            job.end(State.SUCCEEDED)
            afterwards(job)
            return
        async with self._kernels.borrow() as kernel:
            job.kernel = kernel
            job.end(*await _run(job, kernel))
            afterwards(job)

    def _settle(self, task: asyncio.Task[None], job: Job, afterwards: Callable[[Job], None]) -> None:
        """End a job that could not be carried out: stopped while it waited, or without a kernel."""
        self._under_way.pop(task, None)
        error = None if task.cancelled() else task.exception()
        if job.state.over:
            if error is not None:
                _LOG.error("After a run of %s", job.notebook.slug, exc_info=error)
            return
        job.end(State.STOPPED if task.cancelled() else State.BROKEN, str(error) if error else None)
        afterwards(job)


async def _run(job: Job, kernel: Kernel) -> tuple[State, str | None]:
    await asyncio.to_thread(_write, kernel.work, job.files_before)
    await kernel.prepare(job.setup)
    job.state, job.started = State.RUNNING, datetime.now(UTC)
    runner = kernel.runner(job.document())
    try:
        for place, step in enumerate(job.steps):
            if not step.block.runs:
                continue
            step.started = datetime.now(UTC)
            try:
                await runner.async_execute_cell(step.cell, place)
            finally:
                step.cell.outputs = _joined(step.cell.outputs)
                step.finished = datetime.now(UTC)
    except CellExecutionError:
        return State.FAILED, None
    except DeadKernelError:
        return State.BROKEN, "The kernel died"
    finally:
        job.files = await asyncio.to_thread(_left, kernel.work, job.files_before)
    return State.SUCCEEDED, None


def _joined(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """The outputs with neighbouring pieces of one stream made one (nbclient's own joining is quadratic in a line)."""
    joined: list[NotebookNode] = []
    for (kind, _), pieces in itertools.groupby(outputs, key=lambda o: (o.output_type, o.get("name"))):
        if kind == "stream":
            first, *others = pieces
            first.text = "".join([first.text, *(other.text for other in others)])
            joined.append(first)
        else:
            joined.extend(pieces)
    return joined


def _write(work: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        path = work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _left(work: Path, before: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files that are new or changed, by their path below the working directory."""
    found: dict[str, bytes] = {}
    for path in sorted(work.rglob("*")):
        name = path.relative_to(work)
        hidden = any(part.startswith((".", "__pycache__")) for part in name.parts)
        if hidden or path.is_symlink() or not path.is_file() or path.stat().st_size > FILE_LIMIT:
            continue
        content = path.read_bytes()
        if before.get(name.as_posix()) != content:
            found[name.as_posix()] = content
    return found
