"""500 runs that end within one second in one workspace: what Slack is asked for, in which order, and until when.

Threadbook, Slack and Deepnote share one process and one clock, which skips what everybody only waits for: so Slack's
limits and Threadbook's budget are the real ones, and eleven minutes are over in one. While the ends wait for their
turn, other runs say a new word, and want their cards edited too. The bound is what the budget allows to that many
calls, whoever orders them; what Slack's own tier allows to `chat.update` is printed beside.
"""

import asyncio
import selectors
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path

from bot.sandbox.slack.ledger import Call
from bot.sandbox.slack.workspace import ANA, BEN, BOT
from bot.settings import Settings
from bot.slack.allowance import BURST
from bot.slack.budget import A_MINUTE, MINUTE
from bot.wiring import Bot
from tests.bench.figures import Figure, measured
from tests.bench.scale import Load, asked, seed, until
from tests.bench.stage import Stage, stage

TITLE = "Runs that end at one moment"
CHANNELS = 20
EDIT = "chat.update"
SETTLED = "SELECT count(*) FROM runs WHERE settled"
CLOSED = "SELECT count(*) FROM cards WHERE closed"
UNSHOWN = "SELECT count(*) FROM runs WHERE shown_revision < revision"
PATIENCE = 3_600.0
QUIET = 2
"""So often in a row no thread may be at work."""
TIER, TIERS_MINUTE = 50, 60.0
"""Edits that Slack lets pass in so many seconds (tier 3)."""
SPARE = 15.0
"""Seconds beside the bound: for noticing the ends, fetching results, and what the calls themselves take."""
REAL = 0.005
"""Seconds that are really waited before the rest of a wait is skipped, and for as long as a thread is at work."""


class _Selector(selectors.DefaultSelector):
    """Skips waits in which nothing comes."""

    skipped = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout <= REAL:
            return super().select(timeout)
        until, quiet = time.monotonic() + timeout, 0
        while not (ready := super().select(REAL)) and (left := until - time.monotonic()) > 0:
            # A thread that waits for this one to let go of the interpreter looks idle: it gets its turn in between.
            quiet = 0 if _threads_work() else quiet + 1
            if quiet == QUIET:
                self.skipped += left
                break
        return ready


def _threads_work() -> bool:
    """Whether a thread of ours besides this one runs, wants to, or waits for a disk; where the system tells."""
    mine = str(threading.get_native_id())
    others = (task for task in Path("/proc/self/task").glob("*/stat") if task.parent.name != mine)
    return any(_state(task) in "RD" for task in others)


def _state(task: Path) -> str:
    try:
        return task.read_text().rpartition(") ")[2][0]
    except OSError:
        return "X"  # it has just ended


class Loop(asyncio.SelectorEventLoop):
    """A loop whose clock goes as the real one does, but for the waits that it skips."""

    def __init__(self) -> None:
        self._watch = _Selector()
        super().__init__(self._watch)

    def time(self) -> float:
        return time.monotonic() + self._watch.skipped


@dataclass(frozen=True)
class Told:
    """What Slack was asked for.

    Attributes:
        calls: Each with its seconds since the runs ended, in order.
        ended: The cards (by ts) of the runs that ended.
        settled: Seconds until every result was in the rows.
    """

    calls: list[tuple[float, Call]]
    ended: frozenset[str]
    settled: float

    def edits(self) -> list[tuple[float, str]]:
        """When which card was edited."""
        return [(at, call.ts or "") for at, call in self.calls if call.method == EDIT and call.ok]


def _now() -> float:
    return asyncio.get_running_loop().time()


def heard(here: Stage) -> list[tuple[float, Call]]:
    """A list that every call to Slack is written to, with the loop's time."""
    calls: list[tuple[float, Call]] = []
    note = here.slack.ledger.note

    def noted(call: Call) -> None:
        calls.append((_now(), call))
        note(call)

    here.slack.ledger.__dict__["note"] = noted
    return calls


async def endings(here: Stage, database: Path, many: int, others: int) -> Told:
    """Have many runs end at one moment, and then others change."""
    rooms = [f"endings-{number}" for number in range(CHANNELS)]
    for number, room in enumerate(rooms):
        here.slack.workspace.add_channel(f"C0END{number:05}", room, "public", [ANA, BEN, BOT])
    # Each is looked at once a second, or thereabouts, so that all ends are noticed within one.
    load = Load(many + others, float(many + others), 0.0)
    remote = await seed(here, database, load, *(here.slack.channel(room) for room in rooms))
    cards = sorted(each.ts for room in rooms for each in here.slack.messages(room))  # in the order of the runs
    bot = Bot(Settings.model_validate(here.environment(database, load.looks_a_second)))
    await bot.start()
    try:
        await until(lambda: here.deepnote.met.issuperset(remote), PATIENCE)
        calls, ended = heard(here), _now()
        here.deepnote.end(remote[:many])
        await until(lambda: asked(database, SETTLED) == many, PATIENCE)
        settled = _now() - ended
        # What comes while nobody waits goes at once; so the others come when the first minute's edits are used up.
        await until(lambda: sum(call.method == EDIT for _, call in calls) >= min(many, A_MINUTE[EDIT]), PATIENCE)
        here.deepnote.says.update(dict.fromkeys(remote[many:], "warming_up"))
        async with asyncio.timeout(PATIENCE):
            while asked(database, CLOSED) < many or asked(database, UNSHOWN):  # noqa: ASYNC110, rows set no event
                await asyncio.sleep(5.0)
    finally:
        await bot.stop()
    return Told([(at - ended, call) for at, call in calls], frozenset(cards[:many]), settled)


def bound(calls: Sequence[Call]) -> dict[str, float]:
    """By method, the seconds that its calls take at least, as the budget lets them go."""
    made = Counter(call.method for call in calls)
    least = {method: (number - 1) // A_MINUTE[method] * MINUTE for method, number in made.items() if method in A_MINUTE}
    posts = Counter(call.channel for call in calls if call.method == "chat.postMessage")
    busiest = float(max(posts.values(), default=BURST) - BURST)
    least["chat.postMessage"] = max(least.get("chat.postMessage", 0.0), busiest)
    return least


def figures(told: Told, many: int) -> list[Figure]:
    """What is to be known of it."""
    finals = [(at, ts) for at, ts in told.edits() if ts in told.ended]
    shown, last = len({ts for _, ts in finals}), finals[-1][0]
    last_least = (many - 1) // A_MINUTE[EDIT] * MINUTE
    between = [ts for at, ts in told.edits() if ts not in told.ended and at < last]
    refused = [call for _, call in told.calls if call.error == "ratelimited"]
    calls = [call for _, call in told.calls]
    least = bound(calls)
    what = f"{many} runs end at once"
    found = [
        Figure(f"{what}: all results in the rows after", f"{told.settled:.1f} s"),
        Figure(f"{what}: calls that Slack refused (429)", f"{len(refused)}", "none", not refused),
        Figure(f"{what}: cards that show their end", f"{shown}", f"{many}", shown == many),
        Figure(f"{what}: edits of those cards", f"{len(finals)}", f"{many}", len(finals) == many),
        Figure(f"{what}: other cards edited before the last of them", f"{len(between)}", "none", not between),
        _in_time(f"{what}: the last end stands on its card after", last, last_least),
        _within_tiers(f"{what}: the same beside what Slack's tiers allow", last, many),
        _in_time(f"{what}: the last word of all is said after", told.calls[-1][0], max(least.values())),
    ]
    counted = Counter(call.method for call in calls)
    return found + [
        Figure(f"calls of {method}", f"{number}", f"{least[method]:.0f} s at least")
        for method, number in counted.most_common()
        if method in least
    ]


def _within_tiers(what: str, last: float, many: int) -> Figure:
    """That many edits take so many of Slack's minutes; where each minute's went at once, the last came one sooner."""
    soonest, minutes = (many - 1) // TIER * TIERS_MINUTE, ceil(many / TIER) * TIERS_MINUTE
    return Figure(what, f"{last:.0f} s", f"{soonest:.0f} to {minutes:.0f} s", last <= minutes)


def _in_time(what: str, seconds: float, least: float) -> Figure:
    return Figure(what, f"{seconds:.0f} s", f"bound {least:.0f} s", seconds <= least + SPARE)


async def measure(folder: Path, *, many: int = 500, others: int = 50) -> list[Figure]:
    """All figures; in a Loop of this module's, else it takes its minutes."""
    async with stage(_now) as here:
        return figures(await endings(here, folder / "endings.db", many, others), many)


def main() -> int:
    """Measure, and print the table; the answer is an exit code."""
    return measured(TITLE, measure, Loop, "waits are skipped")


if __name__ == "__main__":
    sys.exit(main())
