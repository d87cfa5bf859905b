"""Nothing is said twice in Slack, but for what whoever says it again couldn't know."""

from __future__ import annotations

from collections import defaultdict
from math import inf
from typing import TYPE_CHECKING, Final

from tests.simulation.weather import Fate

AT_ONCE: Final = 12.0
"""Seconds within which what was said is noted, even where the database is away for as long as it ever is here."""

if TYPE_CHECKING:
    from tests.simulation.life import Life
    from tests.simulation.rows import RunRow
    from tests.simulation.wire import Call
    from tests.simulation.world import World


class Said:
    """All that was said, by what it was.

    A telling may come once more where its answer was lost; or where its process died or stood still, so that another
    became the courier, before it could note it. Whatever the rows say, it could where it has said something else of the
    same run since the answer came, or edited its card, for the note comes first; or where it had the time.

    Attributes:
        handed_over: When the workspace came to another courier.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._tellings: dict[tuple[object, ...], list[Call]] = defaultdict(list)
        self._unnoted: dict[tuple[Life, object], list[Call]] = defaultdict(list)
        self.handed_over: list[float] = []

    def say(self, run: object, key: tuple[object, ...], call: Call, what: str) -> str:
        """It is said; answers with what is wrong with that, if anything is.

        Args:
            run: What it is about: a run's number, or an address.
            key: The same for the same words, file or end.
            call: The call that says it.
            what: It, in words.
        """
        self._note(call.life, run, call.sent)
        self._unnoted[call.life, run].append(call)
        before = self._tellings[run, *key]
        known = next((one for one in before if one is not call and not self._excused(one, call)), None)
        before.append(call)
        if known is None:
            return ""
        return f"{call.life.name} says again what {known.life.name} had said at {known.sent:.3f}: {what}"

    def edited(self, run: object, call: Call) -> None:
        """The run's card is edited."""
        self._note(call.life, run, call.sent)

    def noted(self, life: Life, was: RunRow, after: RunRow) -> None:
        """A process in office has written to a run's row; perhaps that something was said."""
        grown = (after.ts, after.closed) != (was.ts, was.closed) or after.told > was.told or after.parts > was.parts
        if grown and after.closed >= was.closed:
            self._note(life, after.number, self._world.loop.time())

    def _note(self, life: Life, run: object, at: float) -> None:
        """All of it whose answer has come is noted."""
        unnoted = self._unnoted[life, run]
        for call in unnoted:
            if call.answered <= at:
                call.noted = at
        unnoted[:] = [call for call in unnoted if call.noted == inf]

    def _excused(self, one: Call, other: Call) -> bool:
        first, second = (one, other) if one.sent <= other.sent else (other, one)
        if first.noted <= second.sent:
            return False
        lost = first.fate is not Fate.ANSWERED or (first.life is second.life and first.answered > second.sent)
        if lost:
            return True
        relieved = next((at for at in self.handed_over if first.sent <= at <= second.sent), inf)
        last = min((at for at in first.life.stops if at >= first.sent), default=relieved)
        return relieved < inf and min(last, relieved) <= first.answered + AT_ONCE
