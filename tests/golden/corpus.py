"""The corpus: notebooks as runs that have ended, with what they left, read by the real reader."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.model import Artifact, Earlier, Inputs, Results, Run, State
from bot.outputs.changes import compare, with_cells
from tests.reading import reader
from tests.render.said import NOON, a_run, later

if TYPE_CHECKING:
    from bot.reader import Reading

NOTEBOOKS = Path(__file__).parent / "notebooks"
SNAPSHOT = ".snapshot.deepnote"
BEFORE = ".before"
HOME = "https://acme.slack.com/"
INPUTS: dict[str, Inputs] = {
    "secrets": {"shop": "main", "api_key": "sk-live-4711-geheim"},
    "sales-kpis": {"week": "2026-09-21"},
    "key-error": {"region": "EU"},
}


@dataclass(frozen=True, slots=True)
class Left:
    """A run that has ended, and what it left."""

    run: Run
    results: Results


def names() -> list[str]:
    """Every notebook of the corpus that stands for itself."""
    found = {path.name.removesuffix(SNAPSHOT).removesuffix(".ipynb") for path in NOTEBOOKS.iterdir()}
    return sorted(name for name in found if not name.endswith(BEFORE))


def _path(name: str) -> Path:
    snapshot = NOTEBOOKS / f"{name}{SNAPSHOT}"
    return snapshot if snapshot.exists() else NOTEBOOKS / f"{name}.ipynb"


async def _reading(path: Path) -> Reading:
    content = await asyncio.to_thread(path.read_bytes)
    return await reader().read("ipynb" if path.suffix == ".ipynb" else "deepnote", content)


async def left(name: str) -> Left:
    """The run of a notebook as its settling leaves it, compared with its run before where the corpus has that."""
    path = _path(name)
    reading = await _reading(path)
    document = reading.document
    results = Results(
        outputs=document.outputs,
        failure=document.failure,
        left_out=(*document.left_out, *([reading.complaint] if reading.complaint else [])),
        artifacts=(Artifact(name=path.name, size=path.stat().st_size),),
        headline=document.headline,
        facts=with_cells(document.facts, document.outputs),
    )
    before = _path(f"{name}{BEFORE}")
    if before.exists():
        then = (await _reading(before)).document
        changes = compare(with_cells(then.facts, then.outputs), results.facts)
        earlier = Earlier(number=140, ended_at=NOON, channel="C1", ts="1759320000.000100", changes=changes)
        results = results.model_copy(update={"earlier": earlier})
    elif document.failure is not None and name in INPUTS:
        inputs = (("region", "US", "EU"),) if name == "key-error" else ()
        earlier = Earlier(number=139, ended_at=NOON, channel="C1", ts="1759320000.000100", inputs=inputs)
        results = results.model_copy(update={"earlier": earlier})
    state = State.SUCCEEDED if document.failure is None else State.FAILED
    ended: dict[str, Any] = {"started_at": NOON, "ended_at": later(68)}
    if document.failure is not None:
        ended["reason"] = f"{document.failure.name}: {document.failure.message}"[:500]
    title = document.title or name.replace("-", " ").capitalize()
    return Left(a_run(state, title=title, inputs=INPUTS.get(name, {}), **ended), results)
