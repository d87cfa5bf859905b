"""Datalore and Deepnote, as the tracker sees them through their clients: what they run, list and tell."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from bot.errors import HardwareUnavailable, NotFound, PlatformError, RateLimited, Unavailable
from bot.model import Artifact, Look, Platform, State, Submission
from bot.platforms.base import Fetched, ListedRun, NamedNotebook, NotebookInfo
from tests.simulation.loop import OWNER
from tests.simulation.weather import Fate
from tests.simulation.wire import Broken, Wire

if TYPE_CHECKING:
    from datetime import datetime

    from bot.model import Inputs, Notebook, Request
    from tests.simulation.wire import Call
    from tests.simulation.world import World

PATIENCE: Final = 20.0
"""Seconds that a call may take, as the real clients have it."""
LONG: Final = 200.0
"""Seconds that some runs take which somebody takes back: it is seen whether they are followed all the same."""
FINAL_STATES: Final = (State.SUCCEEDED, State.SUCCEEDED, State.SUCCEEDED, State.FAILED, State.STOPPED)


@dataclass(slots=True)
class Job:
    """One run on a platform.

    Attributes:
        act: Whose request it is by its name; empty where somebody else started it.
        begins, ends, written: When it runs, has ended, and its document is there.
        call: What started it; none where somebody did it by hand.
    """

    id: str
    notebook: str
    act: str
    inputs: Inputs
    created: float
    begins: float
    ends: float
    written: float
    outcome: State
    call: Call | None = None


@dataclass(slots=True)
class Ledger:
    """All that a platform has run, and how it behaves."""

    world: World
    wire: Wire
    platform: Platform
    longest: float
    jobs: dict[str, Job] = field(default_factory=dict)

    def start(self, notebook: str, act: str, inputs: Inputs) -> Job:
        """Run a notebook."""
        chance, now = self.world.chance, self.world.loop.time()
        begins = now + chance.choice((0.0, 0.0, chance.uniform(0, 3)))
        ends = begins + chance.uniform(0.3, LONG if act in self.world.town.lasting else self.longest)
        job = Job(
            id=f"{self.platform.value}-{len(self.jobs) + 1}",
            notebook=notebook,
            act=act,
            inputs=inputs,
            created=now,
            begins=begins,
            ends=ends,
            written=ends + chance.choice((0.0, 0.0, chance.uniform(0, 4))),
            outcome=chance.choice(FINAL_STATES),
        )
        self.jobs[job.id] = job
        return job

    def stands(self, job: Job) -> State:
        """Where a run is now."""
        now = self.world.loop.time()
        if now < job.begins:
            return State.QUEUED
        return State.RUNNING if now < job.ends else job.outcome


def act_of(request: Request) -> str:
    """Whose request it is: the simulation's people give each of theirs a name."""
    return str(request.inputs.get("again") or request.title)


class Client:
    """See PlatformClient: one process's client of a simulated platform."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._world = ledger.world
        self.platform = ledger.platform

    async def describe(self, notebook: Notebook) -> NotebookInfo:
        """See the Protocol."""
        return NotebookInfo(name=notebook.id)

    async def prepare(self, request: Request, literal: frozenset[str], today: datetime) -> Request:
        """See the Protocol."""
        await self._call(f"describe {request.notebook.id}", lambda _call: None, safe=True)
        return request

    async def submit(self, request: Request) -> Submission:
        """See the Protocol."""
        ledger, act = self._ledger, act_of(request)

        def start(call: Call) -> Submission:
            if self._world.chance.random() < self._world.no_hardware:
                raise HardwareUnavailable("No machine could be started", status=500)
            job = ledger.start(request.notebook.id, act, request.inputs)
            job.call = call
            self._world.laws.started(call, job)
            call.life.calls("start")
            return Submission(run_id=job.id, state=ledger.stands(job), created_at=self._world.when(job.created))

        self._world.laws.starting(OWNER.get(), act)
        answer = await self._call(f"start {act}", start)
        assert isinstance(answer, Submission)
        return answer

    async def look(self, run_id: str) -> Look:
        """See the Protocol."""
        ledger, world = self._ledger, self._world

        def see(call: Call) -> Look:
            job = ledger.jobs.get(run_id)
            if job is None:
                raise NotFound("No such run", status=404)
            state, now = ledger.stands(job), world.loop.time()
            if state.final:
                call.life.calls("end")
            return Look(
                state=state,
                started_at=world.when(job.begins) if now >= job.begins else None,
                ended_at=world.when(job.ends) if state.final else None,
                document="pending" if state.final and now < job.written else "ready" if state.final else "none",
                notebook_id=job.notebook,
            )

        seen = await self._call(f"look {run_id}", see, safe=True)
        assert isinstance(seen, Look)
        return seen

    async def fetch(self, run_id: str, seen: Look, limit: int) -> tuple[Fetched, ...]:
        """See the Protocol."""
        job = self._ledger.jobs[run_id]
        await self._call(f"fetch {run_id}", lambda _call: None, safe=True)
        document = Fetched(artifact=Artifact(name=f"{run_id}.txt"), content=_document(job), document="snapshot")
        return (document,)

    async def listed(self, notebook: Notebook, since: datetime) -> tuple[ListedRun, ...] | None:
        """See the Protocol."""
        ledger, world = self._ledger, self._world
        if self.platform is Platform.DATALORE:
            return None

        def tell(_call: Call) -> tuple[ListedRun, ...]:
            return tuple(
                ListedRun(run_id=job.id, state=ledger.stands(job), created_at=world.when(job.created))
                for job in reversed(ledger.jobs.values())
                if job.notebook == notebook.id and world.when(job.created) >= since
            )

        found: tuple[ListedRun, ...] = await self._call(f"list {notebook.id}", tell, safe=True)
        return found

    async def find(self, words: str) -> tuple[NamedNotebook, ...]:
        """See the Protocol."""
        return ()

    def link(self, notebook: Notebook, url: str | None) -> str | None:
        """See the Protocol."""
        return url or f"https://{self.platform.value}.simulated/{notebook.id}"

    async def check(self) -> str:
        """See the Protocol."""
        return self.platform.label

    async def close(self) -> None:
        """See the Protocol."""

    async def _call(self, what: str, effect: Any, *, safe: bool = False) -> Any:
        """Make a call; what the platform refuses comes back as its error, what breaks as the client names it."""

        def answer(call: Call) -> Any:
            try:
                return effect(call)
            except PlatformError as error:
                return error

        try:
            async with asyncio.timeout(PATIENCE):
                said = await self._ledger.wire.call(what, answer, safe=safe)
        except TimeoutError:
            raise Unavailable(f"{self.platform.label} didn't answer in time", sent=True) from None
        except Broken as broken:
            raise _meaning(self.platform.label, broken.fate) from None
        if isinstance(said, PlatformError):
            raise said
        return said


def _meaning(whose: str, fate: Fate) -> PlatformError:
    match fate:
        case Fate.REFUSED:
            return Unavailable(f"{whose} can't be reached", sent=False)
        case Fate.LIMITED:
            return RateLimited("Too many requests", retry_after=1.0)
        case Fate.FAILED | Fate.DONE_AND_FAILED:
            return Unavailable(f"{whose} has trouble", sent=True, status=502)
        case _:
            return Unavailable(f"{whose} broke off the connection", sent=True)


def _document(job: Job) -> bytes:
    """What the run left: JSON is YAML too."""
    said: list[dict[str, Any]] = [{"output_type": "stream", "name": "stdout", "text": f"{job.id} says hello"}]
    if job.outcome is State.FAILED:
        said.append({"output_type": "error", "ename": "KeyError", "evalue": "'region'", "traceback": ["KeyError"]})
    block = {"id": "b1", "type": "code", "sortingKey": "a", "content": "hello()", "outputs": said}
    notebook = {"id": "n1", "name": job.notebook, "blocks": [block]}
    execution = {"inputs": {name: list(v) if isinstance(v, tuple) else v for name, v in job.inputs.items()}}
    whole = {"version": "1.0.0", "execution": execution, "project": {"notebooks": [notebook]}}
    return json.dumps(whole).encode()
