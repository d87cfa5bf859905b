"""The runs of the Deepnote stand-in: how an order becomes a job, what is kept of it, and when its snapshot is there."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bot.sandbox import setups
from bot.sandbox.deepnote_order import Order
from bot.sandbox.jobs import Job, Jobs, State, Step
from bot.sandbox.ledger import stamp
from bot.sandbox.shelf import Notebook
from bot.sandbox.snapshots import snapshot
from bot.sandbox.storage import Storage

_STATUS: Final = {
    State.QUEUED: "pending",
    State.RUNNING: "running",
    State.SUCCEEDED: "success",
    State.FAILED: "error",
    State.BROKEN: "internal_error",
    State.STOPPED: "stopped",
}


@dataclass(frozen=True)
class Run:
    """One run of Deepnote; `id` is a UUID."""

    id: str
    job: Job
    created: datetime

    @property
    def snapshot_name(self) -> str:
        """The name of its snapshot in the storage."""
        return f"{self.id}.snapshot.deepnote"

    def line(self) -> dict[str, Any]:
        """What every answer about a run says."""
        return {
            "runId": self.id,
            "notebookId": self.job.notebook.deepnote_id,
            "status": _STATUS[self.job.state],
            "createdAt": stamp(self.created),
            "completedAt": stamp(self.job.finished) if self.job.finished else None,
        }


class DeepnoteRuns:
    """All runs that are remembered, the files of each project, and what each notebook itself shows."""

    def __init__(self, jobs: Jobs, storage: Storage, *, keep: int, snapshot_delay: float) -> None:
        """`keep`: how many runs to remember. `snapshot_delay`: seconds from a run's end to its snapshot."""
        self._jobs, self._storage, self._keep = jobs, storage, keep
        self._delay = timedelta(seconds=snapshot_delay)
        self._runs: dict[str, Run] = {}
        self._files: dict[str, dict[str, bytes]] = {}
        self._shown: dict[str, dict[str, Step]] = {}

    def begin(self, order: Order) -> Run:
        """Carry an order out."""
        notebook, run_id = order.notebook, str(uuid.uuid4())
        files = self._files.setdefault(notebook.project_id, {})
        shown = {} if order.detached else self._shown.setdefault(notebook.deepnote_id, {})

        def put_away(job: Job) -> None:
            files.update({} if order.read_only else job.files)
            if any(step.finished for step in job.steps):
                self._storage.put(run.snapshot_name, snapshot(job, shown, detached=order.detached))

        job = self._jobs.begin(
            notebook,
            notebook.blocks if order.blocks is None else order.blocks,
            order.inputs,
            setup=_setup(order),
            files=files,
            afterwards=put_away,
        )
        run = Run(run_id, job, datetime.now(UTC))
        shown.update({step.block.id: step for step in job.steps})
        self._forget()
        self._runs[run_id] = run
        return run

    def find(self, run_id: str) -> Run | None:
        """The run with this id, if it is remembered."""
        return self._runs.get(run_id)

    def of(self, notebook: Notebook) -> list[Run]:
        """The runs of a notebook, newest first."""
        mine = [run for run in self._runs.values() if run.job.notebook.deepnote_id == notebook.deepnote_id]
        return mine[::-1]

    def shown(self, notebook: Notebook) -> dict[str, Step]:
        """What last ran in the notebook itself, by block id."""
        return self._shown.get(notebook.deepnote_id, {})

    def snapshot_status(self, run: Run) -> str:
        """`pending`, `available`, or `unavailable` for a run that did nothing."""
        if run.job.finished is None or datetime.now(UTC) < run.job.finished + self._delay:
            return "pending"
        return "available" if self._storage.has(run.snapshot_name) else "unavailable"

    def _forget(self) -> None:
        over = [run for run in self._runs.values() if run.job.state.over]
        for run in over[: max(0, len(self._runs) - self._keep + 1)]:
            del self._runs[run.id]
            self._storage.drop(run.snapshot_name)


def _setup(order: Order) -> str:
    """What runs before the blocks: in a run of some blocks, also the inputs, as the editor's session has them."""
    parts = [setups.SHOW_TABLES]
    if order.read_only:
        parts.append(setups.READ_ONLY)
    if order.blocks is not None:
        known = order.notebook.inputs.values()
        parts += [one.assignment(order.inputs.get(one.name, one.value)) for one in known]
    return "\n".join(parts)
