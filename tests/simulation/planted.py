"""Bugs that the product doesn't have, put into it for a while, to see whether the simulator finds them by their law."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from unittest import mock
from weakref import WeakKeyDictionary

from bot.errors import PlatformError
from bot.lifecycle import put_back
from bot.slack.speech import Speech
from bot.store import delivery
from bot.store.delivery import Delivery
from bot.store.holding import Holding
from bot.store.tables import runs
from bot.tracker import submit, tracker
from bot.tracker.look import write
from tests.simulation.world import play

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.model import News, Progress, Run
    from bot.platforms.base import PlatformClient
    from bot.store.rows import Story
    from bot.tracker.deps import Deps, Tracked
    from tests.simulation.world import Story as Told


@dataclass(frozen=True, slots=True)
class Bug:
    """One bug.

    Attributes:
        patches: What is put in place of what.
        law: How what it breaks is told, as a pattern.
        first: A story that finds it, or one from which on one does that soon.
    """

    patches: tuple[tuple[Any, str, Any], ...]
    law: str
    first: int


async def _start_again(deps: Deps, _client: PlatformClient, tracked: Tracked) -> float | None:
    """In place of settling a doubt: what may have started is started once more."""
    error = PlatformError("no answer")
    return await write(deps, tracked, put_back(tracked.run.progress, error, deps.now()))


def _anybodys(_self: Holding, run: Run) -> list[ColumnElement[bool]]:
    """In place of the fence: whoever thinks that the run is theirs may write."""
    return [runs.c.id == run.id]


async def _all_mine(_self: Delivery, known: list[str]) -> list[str]:
    """In place of one courier a workspace: everybody is."""
    return known


async def _mine_too(_self: Delivery, _workspace: str, _process: int | None = None) -> bool:
    """In place of asking who the courier is: whoever asks."""
    return True


async def _unasked(_self: Speech) -> None:
    """In place of asking whether this process still speaks for the workspace: it does."""


async def _left_so(_connection: AsyncConnection, _run_id: int) -> None:
    """In place of having a card redrawn that a former courier overwrote: it stays so."""


async def _by_heart(
    self: Delivery, run_id: int, *, shown: str | None = None, answered: bool = False, **far: int
) -> None:
    """In place of noting how far a thread was told: the process remembers it, and takes it along when it dies."""
    _HEARTS.setdefault(self, {}).setdefault(run_id, {}).update(far)
    if shown is not None or answered:
        await _TOLD(self, run_id, shown=shown, answered=answered)


async def _recalled(self: Delivery, run_id: int) -> Story | None:
    """In place of reading what was noted."""
    story = await _STORY(self, run_id)
    known = _HEARTS.get(self, {}).get(run_id, {})
    if story is None:
        return None
    news = tuple(one for one in story.news if one[0] > known.get("told", 0))
    return story.model_copy(update={"card": story.card.model_copy(update=known), "news": news})


async def _only_its_holder(self: Holding, run: Run, progress: Progress, told: Sequence[News]) -> bool:
    """In place of accepting an id whoever holds the run by now: one that comes late is thrown away."""
    return await self.commit(run, progress, told)


async def _not_there(*_: object) -> None:
    """In place of finding a run in its platform's list: it never is."""


async def _deaf(self: Holding) -> list[tuple[int, bool]]:
    """In place of hearing what people take back: only cards are heard of."""
    return [(run_id, taken_back) for run_id, taken_back in await _CALLS(self) if not taken_back]


async def _surely(_self: Holding, _process: int | None) -> bool:
    """In place of asking whether it was declared dead before it starts a notebook: it wasn't."""
    return True


_TOLD: Final = Delivery.told
_STORY: Final = Delivery.story
_HEARTS: Final[WeakKeyDictionary[Delivery, dict[int, dict[str, int]]]] = WeakKeyDictionary()
_CALLS: Final = Holding.calls
TWICE: Final = "says again"
BUGS: Final[dict[str, Bug]] = {
    "guard": Bug(
        ((submit, "settle_doubt", _start_again), (tracker, "settle_doubt", _start_again)), r"started .* times for", 1
    ),
    "fence": Bug(((Holding, "_still", _anybodys),), r"wrote .* late", 33),
    "couriers": Bug(((Delivery, "take_workspaces", _all_mine), (Delivery, "is_ours", _mine_too)), TWICE, 2),
    "relieved": Bug(((Speech, "still_ours", _unasked),), TWICE, 30),
    "redrawn": Bug(((delivery, "_redraw", _left_so),), "its card shows", 30),
    "noted": Bug(((Delivery, "told", _by_heart), (Delivery, "story", _recalled)), TWICE, 63),
    "late": Bug(((Holding, "accept", _only_its_holder),), "was told that it is", 111),
    "listed": Bug(((submit, "_sole_candidate", _not_there),), "the platform's list had", 161),
    "heard": Bug(((Holding, "calls", _deaf),), "tracked all the same", 58),
    "lives": Bug(((Holding, "lives", _surely),), "another's to judge", 75),
}
"""By what is missing: the guard of `submitting`, the fence, the one courier; asking before each word whether another
speaks by now, the redrawing of what was overwritten, the notes of what was told; late ids, ids out of the platform's
list, what people take back, and asking before a start whether this process was given up meanwhile."""


@contextmanager
def planted(bug: str) -> Iterator[None]:
    """Have the product with this bug for a while; none for an empty name."""
    patches = [mock.patch.object(*where) for where in BUGS[bug].patches] if bug else []
    for patch in patches:
        patch.start()
    try:
        yield
    finally:
        for patch in patches:
            patch.stop()


def played(bug: str, seed: int, *, tracing: bool = False) -> Told:
    """Play one story with this bug in the product."""
    with planted(bug):
        return play(seed, tracing=tracing)
