"""A call from a process to a place outside: it arrives later, has its effect or not, and its answer comes or not."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from math import inf
from typing import TYPE_CHECKING, Any, Final

from tests.simulation.life import Life
from tests.simulation.loop import OWNER
from tests.simulation.weather import Fate

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.simulation.weather import Weather
    from tests.simulation.world import World

CONNECTING: Final = 0.02
"""Seconds."""
NO_EFFECT: Final = frozenset({Fate.REFUSED, Fate.NEVER_ARRIVED, Fate.FAILED, Fate.LIMITED})


class Broken(Exception):
    """No answer, or one of the server's troubles."""

    def __init__(self, fate: Fate) -> None:
        super().__init__(fate.value)
        self.fate = fate


class Call:
    """One call on its way.

    Attributes:
        life: Whose it is.
        sent: When it left.
        fate: What becomes of it.
        answered: When its answer came to a process that waited for it, and told what `effect` gave.
        noted: When it was noted in the rows that it was made.
        in_office: Whether it left from the workspace's courier.
    """

    def __init__(self, life: Life, sent: float, fate: Fate, *, in_office: bool) -> None:
        self.life = life
        self.sent = sent
        self.fate = fate
        self.answered = self.noted = inf
        self.in_office = in_office


class Wire:
    """The line to one place.

    Args:
        place: Its name, for the trace.

    Attributes:
        calls: All that there were, by what they were.
    """

    def __init__(self, world: World, place: str, weather: Weather) -> None:
        self.world, self.place, self.weather = world, place, weather
        self.calls: dict[str, list[Call]] = defaultdict(list)

    async def connects(self, what: str) -> None:
        """Before a call leaves, a connection is made: who stands still meanwhile makes the call when it goes on."""
        life = OWNER.get()
        assert isinstance(life, Life)
        if life.calls(what):
            await asyncio.sleep(CONNECTING)

    async def call(self, what: str, effect: Callable[[Call], Any], *, safe: bool = False) -> Any:
        """Make one call.

        Args:
            what: For the trace.
            effect: Done when it arrives, in nobody's context; answers with what is sent back.
            safe: It changes nothing, so nothing is counted as an effect.

        Raises:
            Broken: The answer isn't what `effect` gave.
        """
        world = self.world
        life = OWNER.get()
        assert isinstance(life, Life)
        if world.over:
            raise asyncio.CancelledError
        now, chance = world.loop.time(), world.chance
        fate = self.weather.fate(chance, now, world.peace)
        there, back = (self.weather.lag(chance, now, world.peace) for _ in range(2))
        reply: asyncio.Future[Any] = world.loop.create_future()
        call = Call(life, now, fate, in_office=world.laws.in_office(life))
        self.calls[what].append(call)

        def settle(answer: Any, error: Exception | None) -> None:
            if reply.done():
                return
            if error is None:
                reply.set_result(answer)
            else:
                reply.set_exception(error)

        def arrive() -> None:
            answer: Any = None
            if fate not in NO_EFFECT:
                answer = effect(call)
            if world.tracing:
                world.tell(life.name, f"{self.place}: {what}: {fate.value}")
            if fate is not Fate.SILENT:
                error = None if fate is Fate.ANSWERED else Broken(fate)
                world.loop.call_later(back, settle, answer, error, context=world.nobody)
            if not safe and fate not in NO_EFFECT:
                life.has_effect()

        world.loop.call_later(there, arrive, context=world.nobody)
        life.calls(self.place)
        answer = await reply
        call.answered = world.loop.time()
        return answer
