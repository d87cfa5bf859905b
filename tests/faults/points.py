"""Points inside Threadbook at which a process kills itself: around the commits that nobody outside can see.

The product knows nothing of this: a process that is to die has one method of its store wrapped before it begins.
`before` is the last moment at which the transaction isn't committed: all its statements are carried out, and COMMIT
hasn't been sent; where one statement is a transaction of its own, it hasn't been sent. `after` is when COMMIT, or that
statement, was answered, and nobody has been told.
"""

from __future__ import annotations

import os
import signal
import time
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import event
from sqlalchemy.engine import Engine

from bot.model import State
from bot.store.delivery import Delivery
from bot.store.holding import Holding
from bot.store.requests import Requests
from bot.store.saving import Saving

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.engine import Connection


class Point(NamedTuple):
    """A method that commits, and which of its calls is meant."""

    owner: type
    method: str
    fits: Callable[[tuple[Any, ...], dict[str, Any]], bool] = lambda _given, _named: True


def _becomes(*states: State) -> Callable[[tuple[Any, ...], dict[str, Any]], bool]:
    return lambda given, _named: given[1].state in states


def _notes(what: str, number: int | None = None) -> Callable[[tuple[Any, ...], dict[str, Any]], bool]:
    """A note of what was told; of the parts, the one with this number."""
    return lambda _given, named: what in named and number in (None, named[what])


POINTS: Final[dict[str, Point]] = {
    "request": Point(Saving, "_save"),
    "carded": Point(Delivery, "carded"),
    "refused": Point(Delivery, "refused"),
    "rejected": Point(Holding, "commit", _becomes(State.REJECTED)),
    "untracking": Point(Requests, "untrack"),
    "untracked": Point(Holding, "commit", _becomes(State.UNTRACKED)),
    "submitting": Point(Holding, "commit", _becomes(State.SUBMITTING)),
    "id": Point(Holding, "accept", lambda given, _: given[1].remote_id is not None),
    "adopted": Point(Holding, "accept", lambda given, _: given[1].adopted),
    "unclear": Point(Holding, "commit", _becomes(State.UNCLEAR)),
    "running": Point(Holding, "commit", _becomes(State.RUNNING)),
    "ended": Point(Holding, "commit", _becomes(State.SUCCEEDED)),
    "settled": Point(Holding, "settle"),
    "news": Point(Delivery, "told", _notes("told")),
    "report": Point(Delivery, "told", _notes("parts", 1)),
    "file": Point(Delivery, "told", _notes("parts", 2)),
    "alone": Point(Delivery, "attach"),
    "closed": Point(Delivery, "closed"),
    "shown running": Point(Delivery, "shown", lambda given, _: given[0].run.progress.state is State.RUNNING),
    "shown ended": Point(Delivery, "shown", lambda given, _: given[0].run.progress.settled),
    "beat": Point(Holding, "beat"),
    "declared": Point(Holding, "declare_dead"),
    "claimed": Point(Holding, "claim"),
}
_doomed: ContextVar[bool] = ContextVar("doomed", default=False)


def plant(point: str, when: str, once: str, armed: str) -> None:
    """Have this process die at a point.

    Args:
        point: One of POINTS.
        when: `before` or `after`.
        once: A file that is made by whoever dies: where it is there, nobody else does.
        armed: A file: where it isn't there yet, nobody dies yet.
    """
    owner, method, fits = POINTS[point]
    plain = getattr(owner, method)
    ready = Path(armed).exists

    async def wrapped(self: object, *given: Any, **named: Any) -> Any:
        if not ready() or not fits(given, named):
            return await plain(self, *given, **named)
        before = _doomed.set(when == "before")
        try:
            answer = await plain(self, *given, **named)
        finally:
            _doomed.reset(before)
        if when == "after" and answer is not False and answer != []:  # these say that nothing was written
            _die(once)
        return answer

    def committing(connection: Connection) -> None:
        if _doomed.get() and connection.get_execution_options().get("threadbook_write", False):
            _die(once)

    def executing(connection: Connection, *_: object) -> None:
        if _doomed.get() and connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT":
            _die(once)

    setattr(owner, method, wrapped)
    event.listen(Engine, "commit", committing)
    event.listen(Engine, "before_cursor_execute", executing)


def _die(once: str) -> None:
    try:
        os.close(os.open(once, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(60)  # nothing more happens here
