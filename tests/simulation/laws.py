"""What must hold after every step: of the rows at each commit, of Slack and the platforms at each effect."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from bot.lifecycle import NEXT
from bot.model import State
from tests.simulation.life import Life
from tests.simulation.loop import DAWN
from tests.simulation.said import Said
from tests.simulation.slack import A_MINUTE, MINUTE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.simulation.loop import Owner
    from tests.simulation.platforms import Job
    from tests.simulation.rows import Rows, RunRow
    from tests.simulation.slack import Message
    from tests.simulation.wire import Call
    from tests.simulation.world import World

NUMBER: Final = re.compile(r"run (\d+)")
CARD: Final = "📓"
UNCLEAR: Final = "❓"
ENDS: Final = ("✅", "❌", "⏹️", "🚫", UNCLEAR, "⌛", "👋", "▶️")
"""How closing lines begin."""


class Laws:
    """Finds what was broken, and says so; the story ends there."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.found: list[str] = []
        self.rows: Rows | None = None
        self.said = Said(world)
        self.reopened: Counter[int] = Counter()
        self.unclear_since: dict[int, float] = {}
        self._number_of: dict[tuple[str, str], int] = {}
        self._starts: Counter[str] = Counter()

    def broken(self, words: str) -> None:
        """A law is broken."""
        self.world.tell("LAW", words)
        self.found.append(f"at {self.world.loop.time() - DAWN:.3f}: {words}")
        self.world.loop.halted = True

    def in_office(self, life: Life) -> bool:
        """Whether this process is the workspace's courier."""
        return self.rows is not None and self.rows.courier in life.ids

    # The rows

    def committed(self, life: Life, rows: Rows) -> None:
        """A process has written."""
        before, self.rows = self.rows, rows
        if life.holding is not None:
            life.ids.add(life.holding.process_id)
        if before is None:
            return
        if before.courier != rows.courier:
            self.said.handed_over.append(self.world.loop.time())
        for run_id, after in rows.runs.items():
            was = before.runs.get(run_id)
            if was is None:
                if after.state != State.REQUESTED:
                    self.broken(f"run {after.number} begins as {after.state}")
            elif was != after:
                if before.courier in life.ids:
                    self.said.noted(life, was, after)
                self._changed(life, before, was, after)

    def _changed(self, life: Life, before: Rows, was: RunRow, after: RunRow) -> None:
        mine = life.holding.process_id if life.holding is not None else None
        name = f"run {after.number}: {life.name} (process {mine})"
        if was.truth != after.truth:
            self._truth_changed(name, life, before, was, after)
        elif was.holder != after.holder:
            self._claimed(name, mine, before, was, after)
        if was.untracked_at is not None and after.untracked_at != was.untracked_at:
            self.broken(f"{name} undid what a person asked for")
        if not set(filter(None, was.listeners.split(","))) <= set(filter(None, after.listeners.split(","))):
            self.broken(f"{name} forgot who wanted to be told too")
        if after.shown_revision != was.shown_revision and before.courier not in life.ids:
            self.broken(f"{name} noted as shown what isn't its own to show")
        if after.revision < was.revision or after.shown_revision > after.revision:
            self.broken(f"{name} set the revisions back: {was.revision}/{was.shown_revision} to {after.revision}")
        if was.ts is not None and after.ts != was.ts:
            self.broken(f"{name} put another card in place of the one that was posted")
        if after.closed and not after.settled:
            self.broken(f"{name} closed a thread whose run goes on")
        again = was.closed and not after.closed
        if again or (was.state == State.UNCLEAR and after.state != State.UNCLEAR):  # its end may be told, and not noted
            self.reopened[after.number] += 1
        if again:
            if was.state != State.UNCLEAR:
                self.broken(f"{name} opened the thread of a run that is {was.state}")
        elif after.told < was.told or (after.parts < was.parts and was.state != State.UNCLEAR):
            self.broken(f"{name} forgot what the thread was told")

    def _truth_changed(self, name: str, life: Life, before: Rows, was: RunRow, after: RunRow) -> None:
        mine = life.holding.process_id if life.holding is not None else None
        state, then = State(was.state), State(after.state)
        if then is not state and then not in NEXT.get(state, ()):
            self.broken(f"{name} made {then} of {state}")
        accepted = after.remote_id is not None and (was.remote_id is None or was.adopted) and after.holder != was.holder
        fenced = mine not in before.living or was.holder != mine
        if fenced and not (accepted or (after.remote_id is not None and state in (State.SUBMITTING, State.UNCLEAR))):
            self.broken(f"{name} wrote {then} late: the run is {was.holder}'s, and it is {state}")
        if was.settled and not (state is State.UNCLEAR and after.remote_id is not None):
            self.broken(f"{name} wrote {then} to a run that was settled as {state}")
        if was.remote_id not in (None, after.remote_id) and not was.adopted:
            self.broken(f"{name} put {after.remote_id} in place of {was.remote_id}")
        if after.attempt != was.attempt and (then is not State.SUBMITTING or after.attempt != was.attempt + 1):
            self.broken(f"{name} counted attempt {after.attempt} after {was.attempt}")
        if then is State.UNCLEAR:
            self.unclear_since[after.number] = self.world.loop.time()
        if then is State.SUBMITTING and state is not then:
            if was.untracked_at is not None:
                self.broken(f"{name} starts what a person had taken back")
            life.calls("submitting")

    def _claimed(self, name: str, mine: int | None, before: Rows, was: RunRow, after: RunRow) -> None:
        if was.holder in before.living:
            self.broken(f"{name} took it from process {was.holder}, which lives")
        if after.holder is not None and after.holder != mine:
            self.broken(f"{name} gave it to process {after.holder}")

    # The platforms

    def starting(self, life: Owner | None, act: str) -> None:
        """A call that starts a notebook leaves."""
        rows = [] if self.rows is None else [run for run in self.rows.runs.values() if run.act == act]
        if isinstance(life, Life) and not any(run.holder in life.ids for run in rows):
            self.broken(f"{life.name} starts {act}, which is another's to judge by now")

    def started(self, call: Call, job: Job) -> None:
        """A notebook was started."""
        self._starts[job.act] += 1
        rows = [] if self.rows is None else [run for run in self.rows.runs.values() if run.act == job.act]
        if self._starts[job.act] > len(rows):
            self.broken(f"{call.life.name} started {job.act} {self._starts[job.act]} times for {len(rows)} requests")
        if rows and all(run.state in (State.REQUESTED, State.REJECTED) for run in rows):
            self.broken(f"{call.life.name} started {job.act}, although its row says {rows[0].state}")

    def starts(self, act: str) -> int:
        """How often the notebook was started for this request."""
        return self._starts[act]

    # Slack

    def posted(self, message: Message) -> None:
        """A message appeared."""
        if not message.thread:
            if not message.text.startswith(CARD):  # what somebody is told alone: an admin, or whose run has no card
                alone = f"“{message.text}” in {message.channel}"
                self._once(alone, (), message.call, alone)
                return
            found = NUMBER.search(message.text)
            number = int(found[1]) if found else 0
            self._number_of[message.channel, message.ts] = number
            self._once(number, ("card",), message.call, f"the card of run {number}")
            return
        number = self._number_of.get((message.channel, message.thread), 0)
        again = self.reopened[number]
        if message.text.startswith(ENDS) and "<@" in message.text:
            # An answer that comes after all opens the thread again, perhaps while its end as unclear is on its way.
            unclear = message.text.startswith(UNCLEAR)
            self._once(number, (again, "end", unclear), message.call, f"the end of run {number}")
            return
        for line in message.text.splitlines():
            self._once(number, (again, line), message.call, f"run {number}: “{line}”")

    def edited(self, message: Message) -> None:
        """A message was edited."""
        self.said.edited(self._number_of.get((message.channel, message.ts)), message.call)

    def uploaded(self, channel: str, thread: str, name: str, call: Call) -> None:
        """A file appeared."""
        number = self._number_of.get((channel, thread), 0)
        self._once(number, (self.reopened[number], "file", name), call, f"file {name} of run {number}")

    def whispered(self, call: Call, url: str) -> None:
        """Somebody was told something alone."""
        self._once(url, (), call, f"the whisper to {url}")

    def _once(self, run: object, key: tuple[object, ...], call: Call, what: str) -> None:
        if wrong := self.said.say(run, key, call, what):
            self.broken(wrong)

    def limited(self, call: Call, method: str, passed: Iterable[Call]) -> None:
        """Slack refused a call as one too many, after those that passed in its minute."""
        if method not in A_MINUTE or method.startswith(("users.", "conversations.")):
            return
        # A new courier knows when the one before it edited, for that is noted; but not what else it called, nor when an
        # edit got there that was noted and then held up: together they may exceed a limit, and Slack's 429 is obeyed.
        if method == "chat.update":
            if not all(one.in_office for one in (*passed, call)):
                return
        elif any(call.sent - MINUTE <= at for at in self.said.handed_over):
            return
        self.broken(f"{call.life.name} called {method} too often")
