"""Three bugs that the product doesn't have, put into it for a while, to see whether the simulator finds them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final
from unittest import mock

from bot.errors import PlatformError
from bot.lifecycle import put_back
from bot.store.delivery import Delivery
from bot.store.holding import Holding
from bot.store.tables import runs
from bot.tracker import submit, tracker
from bot.tracker.look import write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ColumnElement

    from bot.model import Run
    from bot.platforms.base import PlatformClient
    from bot.tracker.deps import Deps, Tracked


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


BUGS: Final[dict[str, tuple[tuple[Any, str, Any], ...]]] = {
    "guard": ((submit, "settle_doubt", _start_again), (tracker, "settle_doubt", _start_again)),
    "fence": ((Holding, "_still", _anybodys),),
    "couriers": ((Delivery, "take_workspaces", _all_mine),),
}
"""Dropping the guard of `submitting`, skipping the fence, and letting every process be the courier."""


@contextmanager
def planted(bug: str) -> Iterator[None]:
    """Have the product with this bug for a while; none for an empty name."""
    patches = [mock.patch.object(*where) for where in BUGS[bug]] if bug else []
    for patch in patches:
        patch.start()
    try:
        yield
    finally:
        for patch in patches:
            patch.stop()
