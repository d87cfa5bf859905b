"""A tracker for each test, in a time that runs faster."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot import cadence
from bot.store import database, holding
from bot.tracker import claim, tracker
from tests.store.conftest import postgres
from tests.store.ready import ready
from tests.tracker.house import Life, Process, living

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

__all__ = ["postgres"]


@pytest.fixture(autouse=True)
def faster(monkeypatch: pytest.MonkeyPatch) -> None:
    """The waits between looks, tries and beats are a small part of what they are; what is decided is the same."""
    monkeypatch.setattr(cadence, "FIRST", 0.03)
    monkeypatch.setattr(cadence, "SOON", 0.03)
    monkeypatch.setattr(cadence, "LONGEST", 0.3)
    monkeypatch.setattr(cadence, "BACK_OFF_FIRST", 0.03)
    monkeypatch.setattr(cadence, "BACK_OFF_LONGEST", 0.15)
    monkeypatch.setattr(cadence, "SETTLE_EVERY", tuple(wait / 150 for wait in cadence.SETTLE_EVERY))
    monkeypatch.setattr(claim, "BEAT_EVERY", 0.1)
    monkeypatch.setattr(claim, "STRAYS_EVERY", 3)
    monkeypatch.setattr(holding, "SURELY_ALIVE", 0.2)
    monkeypatch.setattr(tracker, "AFTER_TROUBLE", 0.1)
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.2)


@pytest.fixture
async def life(tmp_path: Path) -> AsyncIterator[Life]:
    """Stand-ins and an empty database on SQLite."""
    async with living(ready(tmp_path)) as here:
        yield here


@pytest.fixture
async def busy(tmp_path: Path) -> AsyncIterator[Life]:
    """The same, but all machines of the platforms are taken: blocks of code wait, until somebody stops the run."""
    async with living(ready(tmp_path), at_once=0) as here:
        yield here


@pytest.fixture
async def process(life: Life) -> Process:
    """A process that has just started."""
    return await life.process()
