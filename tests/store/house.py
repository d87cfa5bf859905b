"""Requests as people make them, and processes that share one database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot import lifecycle
from bot.model import Caller, Cause, Inputs, Notebook, Person, Platform, Request, Run, State, Submission
from bot.store.store import Store

if TYPE_CHECKING:
    from contextlib import AsyncExitStack

    from bot.model import Progress

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)
HERE, THERE = "T0HERE", "T0THERE"
KPIS = Notebook(platform=Platform.DEEPNOTE, id="a" * 32)
TRAIN = Notebook(platform=Platform.DATALORE, id="ana/slow-train")


def after(seconds: float) -> datetime:
    """So many seconds after noon."""
    return NOON + timedelta(seconds=seconds)


def request(notebook: Notebook = KPIS, **inputs: Any) -> Request:
    """What somebody asked for."""
    given: Inputs = inputs
    return Request(notebook=notebook, title="Weekly KPIs", inputs=given)


def caller(key: str, workspace: str = HERE, *, who: str = "U0ANA", channel: str = "C0DATA") -> Caller:
    """Who asks, with the key of their payload."""
    person = Person(id=who, name=who.removeprefix("U0").title(), tz="Europe/Berlin")
    return Caller(workspace=workspace, person=person, channel=channel, key=key, reply_url=f"https://hooks/{key}")


class House:
    """One database, and the processes that work with it."""

    def __init__(self, url: str, stack: AsyncExitStack) -> None:
        self.url = url
        self._stack = stack
        self._asked = 0

    async def process(self) -> Store:
        """A process that has just started."""
        store = Store(self.url)
        self._stack.push_async_callback(store.close)
        await store.open()
        return store

    async def courier(self, workspace: str = HERE) -> Store:
        """A process that has just become the courier of a workspace."""
        store = await self.process()
        await store.delivery.enter_workspace(workspace)
        await store.delivery.take_workspaces([workspace])
        return store

    async def asked(self, store: Store, workspace: str = HERE, notebook: Notebook = KPIS, **inputs: Any) -> Run:
        """A request saved by this process, under a key of its own."""
        self._asked += 1
        found = caller(f"command:{self._asked}", workspace)
        return (await store.requests.save(request(notebook, **inputs), found, NOON)).run

    async def carded(self, store: Store, workspace: str = HERE, notebook: Notebook = KPIS) -> Run:
        """A request whose card is posted."""
        run = await self.asked(store, workspace, notebook)
        assert await store.delivery.carded(run.id, "C0DATA", f"17000.{run.id:06}")
        return run

    async def submitting(self, store: Store, *, notebook: Notebook = KPIS) -> Run:
        """A run whose POST may be on its way."""
        run = await self.carded(store, notebook=notebook)
        return await moved(store, run, lifecycle.begin(run.progress, NOON))

    async def queued(self, store: Store, remote_id: str = "r1") -> Run:
        """A run that the platform has taken."""
        run = await self.submitting(store)
        decision = submitted(run, remote_id)
        assert await store.holding.accept(run, decision.progress, decision.news)
        return now_is(run, decision.progress)


def submitted(run: Run, remote_id: str) -> lifecycle.Decision:
    """What the answer to its submission makes of a run."""
    return lifecycle.submitted(run.progress, Submission(run_id=remote_id), NOON)


def unclear(run: Run) -> lifecycle.Decision:
    """What no answer makes of a run."""
    return lifecycle.end(run.progress, State.UNCLEAR, NOON, cause=Cause.CRASH)


def now_is(run: Run, progress: Progress) -> Run:
    """The run with this progress."""
    return run.model_copy(update={"progress": progress})


async def moved(store: Store, run: Run, decision: lifecycle.Decision) -> Run:
    """The run after a decision that this process may write."""
    assert await store.holding.commit(run, decision.progress, decision.news)
    return now_is(run, decision.progress)


async def row(store: Store, run: Run) -> Run:
    """The run as the rows have it."""
    found = await store.requests.by_number(run.workspace, run.number)
    assert found is not None
    return found


async def die(store: Store, witness: Store) -> None:
    """This process stops beating, and another one notices."""
    process = store.holding.process_id
    assert process is not None
    assert await witness.holding.declare_dead(process, (await witness.holding.beats())[process])


async def moved_to_doubt(house: House, store: Store) -> Run:
    """A run of which nobody knows whether it was started."""
    run = await house.submitting(store)
    return await moved(store, run, unclear(run))
