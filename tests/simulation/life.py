"""One process from its start to its end, as the loop and the wires see it: alive, standing still, or gone."""

from __future__ import annotations

import contextvars
from typing import TYPE_CHECKING, Any

from tests.simulation.loop import OWNER

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Coroutine

    from bot.store.holding import Holding
    from tests.simulation.driver import Connection
    from tests.simulation.loop import Loop


class Life:
    """The life of one process.

    Args:
        name: Such as `b.2`: the second life of replica b.
        skew: Seconds by which its clock is ahead of the world's.
        killed: Told when it comes to its end by a step or an effect that was its last.

    Attributes:
        alive: It takes steps.
        still: It is stopped (SIGSTOP): it takes them later.
        stops: When it was stopped, or killed.
        steps_left, effects_left: How many more it takes, or has, before it is killed; None means no end.
        faints: What makes it stand still, and how: its next call to a place, that which starts a notebook, or that
            which learns that one has ended; an edit before it leaves; or having noted that a start is to leave.
        holding: Who it is in the rows, once it has entered.
        ids: All that it has been there: who is declared dead enters anew.
    """

    def __init__(self, name: str, loop: Loop, skew: float, killed: Callable[[Life], None]) -> None:
        self.name = name
        self.skew = skew
        self.alive = True
        self.still = False
        self.stops: list[float] = []
        self.steps_left: int | None = None
        self.effects_left: int | None = None
        self.connections: list[Connection] = []
        self.faints: tuple[str, Callable[[Life], None]] | None = None
        self.holding: Holding | None = None
        self.ids: set[int | None] = set()
        self._loop = loop
        self._killed = killed
        self._waiting: list[asyncio.Handle] = []
        self.context = contextvars.Context()
        self.context.run(OWNER.set, self)

    def admits(self, step: asyncio.Handle) -> bool:
        """See Owner."""
        if not self.alive or self.still:
            self._waiting.append(step)
            return False
        if self.steps_left is not None:
            self.steps_left -= 1
            if self.steps_left <= 0:
                self._waiting.append(step)
                self.kill()
                return False
        return True

    def has_effect(self) -> None:
        """Something of what it did was done to the world; may be its last."""
        if self.effects_left is None or not self.alive:
            return
        self.effects_left -= 1
        if self.effects_left <= 0:
            self.kill()

    def calls(self, place: str) -> bool:
        """It has sent a call there, or one that did this; answers with whether it stands still from now on."""
        if self.faints is not None and self.faints[0] in (place, ""):
            faints, self.faints = self.faints[1], None
            faints(self)
        return self.still

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Have the process do something."""
        return self._loop.create_task(work, context=self.context.copy())

    def kill(self) -> None:
        """SIGKILL: not one step more; what its transactions had written is undone."""
        if not self.alive:
            return
        self.alive = False
        self.stops.append(self._loop.time())
        for connection in self.connections:
            connection.break_off()
        self._killed(self)

    def stop(self) -> None:
        """SIGSTOP."""
        self.still = True
        self.stops.append(self._loop.time())

    def go_on(self) -> None:
        """SIGCONT."""
        self.still = False
        steps, self._waiting = self._waiting, []
        self._loop.again(steps)

    def bury(self) -> None:
        """When the story is over: let what was left lying be cleaned up."""
        self.alive, self.steps_left, self.effects_left = True, None, None
        self.go_on()
        for connection in self.connections:
            connection.break_off()
