"""What people do: ask for runs, take them back, want to be told too; and Slack, which may bring a payload twice."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from bot.command import Address, Rerun, RunNotebook, TellMeToo, Untrack
from bot.model import Notebook, Platform
from bot.reply import Started, ToldToo, UntrackNoted
from bot.slack.front import Payload
from tests.simulation.slack import ADMIN, CLOSED, PERSONS, ROOMS, WORKSPACE

if TYPE_CHECKING:
    from bot.command import Command
    from bot.model import Run
    from tests.simulation.replica import Replica
    from tests.simulation.world import World

NOTEBOOKS: Final = ("sales", "stock", "churn")
ACK: Final = 3.0
"""Seconds after which Slack tells a person that there was no answer."""


@dataclass(slots=True)
class Act:
    """Something that a person does.

    Attributes:
        name: Unlike all others'; a request carries it, so that the platform's ledger can tell whose it is.
        again: Seconds after which the same payload comes once more.
        then: What somebody does once they have been told the run's number.
    """

    name: str
    person: str
    channel: str
    command: Command
    key: str
    again: tuple[float, ...] = ()
    then: tuple[str, ...] = ()


@dataclass(slots=True)
class Town:
    """The people, and what they were promised.

    Attributes:
        saved: Runs whose request was acknowledged, by act.
        taken_back: Runs that somebody no longer wants tracked, acknowledged: when.
        told_too: (run, person) that was promised to be mentioned.
        lasting: Acts whose runs take long; all of them are taken back.
        under_way: Acts that haven't come to anything yet.
    """

    world: World
    saved: dict[str, Run] = field(default_factory=dict)
    taken_back: dict[int, float] = field(default_factory=dict)
    told_too: list[tuple[int, str]] = field(default_factory=list)
    lasting: set[str] = field(default_factory=set)
    under_way: int = 0

    def plan(self, began: float, until: float) -> None:
        """Have people do things between these times."""
        chance = self.world.chance
        for number in range(chance.randint(1, 4)):
            at = chance.uniform(began, until)
            self.later(at - self.world.loop.time(), self._request(f"act-{number + 1}"))
        if chance.random() < 0.2:
            platform = chance.choice(list(Platform))
            notebook = chance.choice(NOTEBOOKS)
            when = chance.uniform(began, until)
            ledger = self.world.ledgers[platform]
            self.world.loop.call_later(when - began, ledger.start, notebook, "", {"by": "hand"})

    def later(self, wait: float, act: Act) -> None:
        """Have it done after so many seconds."""
        self.under_way += 1
        self.world.loop.call_later(max(wait, 0.0), self._send, act, context=self.world.nobody)

    def _request(self, name: str) -> Act:
        chance = self.world.chance
        notebook = Notebook(platform=chance.choice(list(Platform)), id=chance.choice(NOTEBOOKS))
        channel = CLOSED if chance.random() < 0.05 else chance.choice(ROOMS)
        inputs = {"region": chance.choice(("EU", "US"))} if chance.random() < 0.5 else {}
        command: Command = RunNotebook(
            target=Address(notebook=notebook, title=name),
            inputs=inputs,
            anyway=chance.random() < 0.5,
            dm=chance.random() < 0.05,
        )
        then = tuple(what for what in ("untrack", "tell", "rerun") if chance.random() < 0.2)
        if "untrack" in then and chance.random() < 0.5:
            self.lasting.add(name)
        again = (chance.uniform(0.1, 8.0),) if chance.random() < 0.25 else ()
        return Act(name, chance.choice(PERSONS), channel, command, f"command:{name}", again, then)

    def _send(self, act: Act) -> None:
        """Slack brings the payload to one of those that listen; where nobody does, the person tries again."""
        world = self.world
        listening = [one for one in world.replicas if one.serves]
        if not listening:
            world.loop.call_later(2.0, self._send, act, context=world.nobody)
            return
        self._serve(world.chance.choice(listening), act)
        for wait in act.again:
            self.under_way += 1
            world.loop.call_later(wait, self._once_more, act, context=world.nobody)
        world.loop.call_later(ACK + 0.5, self._over, context=world.nobody)

    def _once_more(self, act: Act) -> None:
        listening = [one for one in self.world.replicas if one.serves]
        if listening:
            self._serve(self.world.chance.choice(listening), act)
        self.world.loop.call_later(ACK + 0.5, self._over, context=self.world.nobody)

    def _over(self) -> None:
        self.under_way -= 1

    def _serve(self, replica: Replica, act: Act) -> None:
        life = replica.life
        assert life is not None
        self.world.tell(act.person, f"{act.name} to {life.name}: {type(act.command).__name__} {act.key}")
        life.spawn(self._answered(replica, act, self.world.loop.time()))

    async def _answered(self, replica: Replica, act: Act, sent: float) -> None:
        parts = replica.parts
        assert parts is not None
        url = f"{self.world.hooks}/{act.name}"
        payload = Payload(WORKSPACE, act.person, act.channel, act.key, url)
        said, words = await parts.serve(payload, act.command)
        if self.world.loop.time() - sent > ACK:
            return
        self.world.tell(act.person, f"{act.name} is told: {type(said).__name__} {words[0] if words else ''}")
        match said:
            case Started(run=run):
                self._promised(act, run)
            case UntrackNoted(run=run):
                self.taken_back.setdefault(run.id, self.world.loop.time())
            case ToldToo(run=run):
                self.told_too.append((run.id, act.person))
            case _:
                pass

    def _promised(self, act: Act, run: Run) -> None:
        known = self.saved.setdefault(act.name, run)
        if known.id != run.id:
            self.world.laws.broken(f"{act.name} was saved as run {known.number}, and again as run {run.number}")
            return
        rows = self.world.laws.rows
        if rows is None or run.id not in rows.runs:
            self.world.laws.broken(f"{act.name} was acknowledged, but isn't saved")
        chance, then = self.world.chance, act.then
        act.then = ()
        for what in then:
            name = f"{act.name}-{what}"
            other = chance.choice([person for person in PERSONS if person != act.person])
            command: Command
            match what:
                case "untrack":
                    who, command = chance.choice((act.person, ADMIN)), Untrack(run=run.number)
                case "tell":
                    who, command = other, TellMeToo(run=run.number)
                case _:
                    who, command = other, Rerun(run=run.number, inputs={"again": name})
            key = f"click:{run.number}:{what}:{who}"
            self.later(chance.uniform(0.0, 6.0), Act(name, who, act.channel, command, key))
