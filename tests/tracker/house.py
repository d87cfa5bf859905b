"""The real tracker on real rows, with the real clients of both stand-ins; the test itself is the courier.

Time runs faster here: see `conftest`. Nothing else is changed.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import TYPE_CHECKING, Any

import aiohttp
import nbformat
import pytest

from bot.model import Caller, Inputs, NewsKind, Notebook, Person, Platform, Request, Run, State
from bot.platforms.datalore import Datalore
from bot.platforms.deepnote import Deepnote
from bot.platforms.http import Limits
from bot.sandbox.faults import Fault
from bot.sandbox.standins import PlatformStandIns
from bot.store.store import Store
from bot.tracker.claim import Heart
from bot.tracker.deps import Deps
from bot.tracker.tracker import Tracker
from tests.reading import reader

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from nbformat import NotebookNode

    from bot.platforms.base import PlatformClient
    from bot.sandbox.shelf import Notebook as Shelved
    from bot.store.rows import Story

WORKSPACE = "T0HERE"
DATALORE, DEEPNOTE = Platform.DATALORE, Platform.DEEPNOTE
BOTH = pytest.mark.parametrize("on", [DATALORE, DEEPNOTE])
LOOK = {DATALORE: "GET /api/run/v1/", DEEPNOTE: "GET /v2/runs/"}
START = {DATALORE: "POST /api/run/v1/notebook", DEEPNOTE: "POST /v2/runs"}
PATIENCE = 20.0
"""Seconds for anything that a test waits for: far more than it needs."""


class Clock:
    """The time of day, which a test can put forward."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class Process:
    """One process: what `bot.wiring` makes of the store, the clients, the tracker and the heart."""

    def __init__(self, life: Life, **settings: Any) -> None:
        self.store = Store(life.database)
        self.platforms = life.clients()
        self.bell = asyncio.Event()
        usual: dict[str, Any] = {
            "admins": True,
            "give_up_after": 7 * 24 * 3600.0,
            "file_limit": 1_000_000,
            "document_limit": 4_000_000,
        }
        self.rings: list[Callable[[], None]] = [life.rung.set]
        self.tracker = Tracker(
            Deps(
                store=self.store,
                platforms=self.platforms,
                now=life.clock,
                random=Random(1),
                ring=self._ring,
                reader=reader(),
                **(usual | settings),
            )
        )
        self.living: list[int] = []
        self.heart: asyncio.Task[None] | None = None
        self._loop: asyncio.Task[None] | None = None

    def _ring(self, _workspace: str) -> None:
        for ring in self.rings:
            ring()

    async def start(self) -> None:
        """Come up."""
        await self.store.open()
        self.heart = asyncio.create_task(Heart(self.store.holding, self.tracker, self.bell, self.living.append).run())
        self._loop = asyncio.create_task(self.tracker.run())

    async def stop(self) -> None:
        """End in order: let the steps under way end, and hand over."""
        await self.tracker.stop(PATIENCE)
        await self._end()
        await self.store.holding.leave()

    async def crash(self) -> None:
        """End as `kill -9` does it: in the middle of whatever it is, and without a word to anybody."""
        await self.tracker.stop(0)
        await self._end()

    async def faint(self) -> None:
        """Stop beating, while the steps under way go on: to the others it looks like a crash."""
        assert self.heart is not None
        self.heart.cancel()
        await asyncio.wait([self.heart])

    async def close(self) -> None:
        """Whatever it has done before: leave nothing open."""
        await self.crash()
        for client in self.platforms.values():
            await client.close()
        await self.store.close()

    async def _end(self) -> None:
        tasks = [task for task in (self.heart, self._loop) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class Life:
    """Stand-ins on a port, a database, and processes that work with both."""

    def __init__(self, database: str, standins: PlatformStandIns, stack: AsyncExitStack) -> None:
        self.database, self.standins = database, standins
        self.url = ""
        self.clock = Clock()
        self.rung = asyncio.Event()
        self.limits = Limits(total=5.0, connect=2.0)
        self._stack = stack
        self._keys = count(1)

    def clients(self) -> dict[Platform, PlatformClient]:
        """The clients of both platforms."""
        return {
            DATALORE: Datalore(f"{self.url}/datalore", lambda: "sandbox", self.limits),
            DEEPNOTE: Deepnote(f"{self.url}/deepnote", "https://deepnote.example", lambda: "sandbox", self.limits),
        }

    async def process(self, **settings: Any) -> Process:
        """A process that has just started."""
        process = Process(self, **settings)
        self._stack.push_async_callback(process.close)
        await process.start()
        return process

    # What is there to run

    def shelve(self, slug: str, *sources: str | NotebookNode) -> Shelved:
        """Put a notebook on both platforms: blocks of code, or of text where they start with `# `."""
        cells = [_cell(source) if isinstance(source, str) else source for source in sources]
        return self.standins.shelf.add(slug, nbformat.v4.new_notebook(cells=cells))  # type: ignore[no-untyped-call]

    def breaks(self, platform: Platform, fault: str, on: str = "", **more: Any) -> Fault:
        """Switch a fault on; what is given back counts its hits."""
        asked = {"platform": platform.value, "fault": fault, "on": on} | more
        return self.standins.faults.add(Fault.model_validate(asked))

    def starts(self, notebook: Shelved) -> list[dict[str, Any]]:
        """Every start of a notebook that the platforms know of."""
        return [start for start in self.standins.ledger.starts if start["notebook"] == notebook.slug]

    async def stops(self, notebook: Shelved, on: Platform, remote_id: str | None) -> None:
        """Somebody stops a run on its platform."""
        path = notebook.datalore_path if on is DATALORE else notebook.deepnote_path
        async with (
            aiohttp.ClientSession() as http,
            http.post(f"{self.url}/{on.value}{path}?stop={remote_id}", allow_redirects=False) as answer,
        ):
            assert answer.status == 303

    # What people and the courier do

    async def asks(
        self,
        process: Process,
        notebook: Shelved,
        on: Platform,
        *,
        carded: bool = True,
        adopt: str | None = None,
        **inputs: Any,
    ) -> Run:
        """Ask for a run; its card is posted, as long as nothing else is said."""
        given: Inputs = inputs
        name = notebook.datalore_id if on is DATALORE else notebook.deepnote_id
        wanted = Request(notebook=Notebook(platform=on, id=name), title=notebook.slug, inputs=given, adopt=adopt)
        person = Person(id="U0ANA", name="Ana")
        caller = Caller(workspace=WORKSPACE, person=person, channel="C0DATA", key=f"command:{next(self._keys)}")
        run = (await process.store.requests.save(wanted, caller, self.clock())).run
        if carded:
            await self.card(process, run)
        return run

    async def card(self, process: Process, run: Run) -> None:
        """Post the run's card."""
        assert await process.store.delivery.carded(run.id, "C0DATA", f"1.{run.id:06}")
        process.bell.set()

    # What is seen

    async def row(self, process: Process, run: Run) -> Run:
        """The run as the rows have it."""
        found = await process.store.requests.by_id(run.id)
        assert found is not None
        return found

    async def until(self, process: Process, run: Run, good: Callable[[Run], bool]) -> Run:
        """The run as soon as it is good."""
        seen = run
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    self.rung.clear()
                    seen = await self.row(process, run)
                    if good(seen):
                        return seen
                    await self.rung.wait()
        except TimeoutError:
            raise AssertionError(f"waited in vain; it is {seen.progress!r}") from None

    async def ends(self, process: Process, run: Run) -> Run:
        """The run once nothing more will become of it."""
        return await self.until(process, run, lambda seen: seen.progress.settled)

    async def comes_to(self, process: Process, run: Run, *states: State) -> Run:
        """The run as soon as it is in one of these states."""
        return await self.until(process, run, lambda seen: seen.progress.state in states)

    async def story(self, process: Process, run: Run) -> Story:
        """All that its card and thread would tell."""
        story = await process.store.delivery.story(run.id)
        assert story is not None
        return story

    async def told(self, process: Process, run: Run) -> list[NewsKind]:
        """What happened to it, as its thread tells."""
        return [news.kind for _, news in (await self.story(process, run)).news]


async def happens(fault: Fault, hits: int = 1) -> None:
    """Wait until a fault has struck."""
    async with asyncio.timeout(PATIENCE):
        while fault.hits < hits:  # noqa: ASYNC110 - the stand-in sets no event
            await asyncio.sleep(0.01)


def _cell(source: str) -> NotebookNode:
    make = nbformat.v4.new_markdown_cell if source.startswith("# ") else nbformat.v4.new_code_cell
    return make(source)  # type: ignore[no-untyped-call, no-any-return]


def asks_for(name: str, value: str) -> NotebookNode:
    """An input block for text."""
    cell = _cell("")
    cell.metadata.update(deepnote_cell_type="input-text", deepnote_variable_name=name, deepnote_variable_value=value)
    return cell


@asynccontextmanager
async def living(database: str, at_once: int = 3) -> AsyncIterator[Life]:
    """Stand-ins and a database while the block runs."""
    standins = PlatformStandIns(at_once=at_once, spare_kernel=False)
    async with standins.serve() as url, AsyncExitStack() as stack:
        life = Life(database, standins, stack)
        life.url = url
        yield life
