"""How long the notebooks of the runs under way took before, kept in memory for as long as they're asked for."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.cadence import NOTHING, Known
from bot.errors import StoreUnavailable
from bot.model import State

if TYPE_CHECKING:
    from bot.model import Run
    from bot.store.store import Store

log = logging.getLogger(__name__)

RUNS: Final = 20
"""So many of a notebook's last runs say how long the next will take."""
ENDED: Final = (State.SUCCEEDED, State.FAILED)
"""What fails has an end to be noticed, too; what people stopped says nothing."""
READ_EVERY: Final = 60.0
AFTER_TROUBLE: Final = 5.0
MOST: Final = 2_000
"""Notebooks to remember, of some ten kibibytes each."""
UNASKED: Final = 1_200.0
"""Seconds after which one that nobody has asked for makes room: no run is left alone for so long."""


@dataclass(slots=True)
class _Past:
    durations: list[float]
    known: Known
    read_again: float
    asked: float


class Pasts:
    """What is known of each notebook; read from the rows once a minute while a run of it is looked at."""

    def __init__(self) -> None:
        self._pasts: dict[tuple[str, str, str], _Past] = {}

    async def known(self, store: Store, run: Run, now: float) -> Known:
        """How long a run will take, as far as its notebook's last runs can tell.

        With more notebooks under way than are remembered, the rest are looked at as if nothing was known of them: to
        learn and forget each in turn would be more work than the looks that it saves.

        Args:
            store: The rows.
            run: Any run of the notebook.
            now: Seconds, by a clock that only goes forward.
        """
        notebook = run.request.notebook
        key = (run.workspace, notebook.platform.value, notebook.id)
        past = self._pasts.pop(key, None)
        if past is None and not self._room(now):
            return NOTHING
        past = past or _Past([], NOTHING, now, now)
        past.asked = now
        self._pasts[key] = past  # the last asked for are the last in the dictionary
        if now >= past.read_again:
            past.read_again = now + READ_EVERY
            await self._read(past, store, run)
        return past.known

    def _room(self, now: float) -> bool:
        """Whether one more can be remembered."""
        if len(self._pasts) < MOST:
            return True
        longest = next(iter(self._pasts))
        if now - self._pasts[longest].asked < UNASKED:
            return False
        del self._pasts[longest]
        return True

    @staticmethod
    async def _read(past: _Past, store: Store, run: Run) -> None:
        try:
            durations = await store.earlier.durations(run.workspace, run.request.notebook, RUNS, ENDED)
        except StoreUnavailable as error:
            # Looks go on without the rows; what is known already is good enough.
            log.info("run %d: how long its notebook takes isn't known: %s", run.number, error)
            past.read_again += AFTER_TROUBLE - READ_EVERY
            return
        if durations != past.durations:
            past.durations, past.known = durations, Known(durations)
