"""Socket Mode that is cut and warned in the middle of commands: what was acknowledged is one run, nothing is two.

Slack never repeats a command of its own accord; a mention comes again until it's acknowledged, and any envelope may.
"""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import asynccontextmanager, closing
from typing import TYPE_CHECKING, Literal, get_args

import pytest
import pytest_asyncio

from bot.sandbox.slack.delivery import ACK_SECONDS
from bot.slack.links import Pace
from bot.slack.sockets import CONNECTIONS
from tests.endtoend import sight
from tests.endtoend.notebooks import heading
from tests.storms.house import Storm, storming, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from bot.sandbox.slack.outcomes import Outcome
    from bot.sandbox.slack.sockets import Connection, Sockets

pytestmark = pytest.mark.asyncio(loop_scope="module")

Moment = Literal["before it is read", "while it is answered", "before its answer is read"]
MOMENTS: tuple[Moment, ...] = get_args(Moment)
PEOPLE = ("ana", "ben")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def storm(faster: None, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Storm]:
    """A workspace that Slack speaks to over sockets."""
    pace = Pace(linger=1.0, retries=(0.05, 0.1, 0.2))
    async with storming(tmp_path_factory.mktemp("storm"), over_http=False, pace=pace) as storm:
        storm.chat.slack.post.retry_after = (0.0, 0.5, 0.5)
        yield storm


@pytest.fixture
def sockets(storm: Storm) -> Iterator[Sockets]:
    """Slack's ends of the connections; whatever a test has them do ends with it."""
    slack = storm.chat.slack
    yield slack.sockets
    slack.sockets.resends, slack.post.ack_seconds = False, ACK_SECONDS


class Crowd:
    """People who each ask for a notebook of their own, by a command, and one by a mention."""

    def __init__(self, storm: Storm, room: str, name: str) -> None:
        self.storm, self.room, self.name = storm, room, name
        self.typed: dict[str, asyncio.Task[Outcome]] = {}
        self.mentioned = ""

    def types(self, many: int) -> None:
        """Everybody types so many commands, all at once."""
        for number in range(len(self.typed), len(self.typed) + many * len(PEOPLE)):
            slug = f"{self.name}-{number}"
            line = f"/datalore run {self._shelved(slug)}"
            said = self.storm.chat.slack.say(PEOPLE[number % len(PEOPLE)], self.room, line)
            self.typed[slug] = asyncio.create_task(said)

    def mentions(self) -> None:
        """And one is asked for by a mention."""
        self.mentioned = f"{self.name}-mentioned"
        line = f"@Threadbook run datalore:{self._shelved(self.mentioned)}"
        self._mention = asyncio.create_task(self.storm.chat.slack.mentions("ana", self.room, line))

    def _shelved(self, slug: str) -> str:
        return self.storm.chat.shelve(slug, heading("Typed"), title=slug).datalore_id

    async def acknowledged(self) -> set[str]:
        """Which commands Slack called well; of each other one the person saw that it failed."""
        said = dict(zip(self.typed, await asyncio.gather(*self.typed.values()), strict=True))
        for outcome in said.values():
            assert outcome.ok or (outcome.error == "dispatch_failed" and "did not respond" in (outcome.text or ""))
        return {slug for slug, outcome in said.items() if outcome.ok}

    def starts(self, slug: str) -> int:
        """How often a notebook was started."""
        return len(self.storm.chat.starts(slug))

    async def rest(self, runs: int) -> None:
        """Wait until so many runs have ended, each with a card of its own; there are no more, and none was twice."""

        def ended() -> bool:
            cards = self.storm.chat.cards(self.room)
            return len(cards) >= runs and all("Succeeded" in sight.words(each) for each in cards)

        await self.storm.chat.until(ended, self.room, f"{runs} ends")
        assert len(self.storm.chat.cards(self.room)) == runs
        asked_twice = [each for who in PEOPLE for each in self.storm.chat.slack.messages(self.room, who) if each.to]
        assert not asked_twice, "what came again was taken for a wish of its own"
        every = [*self.typed, *([self.mentioned] if self.mentioned else [])]
        assert sum(self.starts(slug) for slug in every) == runs
        assert max(self.starts(slug) for slug in every) == 1


def answering(storm: Storm) -> int:
    """How many payloads Threadbook is answering."""
    web = storm.chat.bot.web
    assert web is not None
    assert web._sockets is not None
    return sum(len(place.link.answering) for place in web._sockets._places if place.link is not None)


async def arrived(connections: list[Connection], payloads: int = 1) -> None:
    """Wait until Slack has sent so many payloads over these from now on."""
    before = sum(each.received for each in connections)
    await until(lambda: sum(each.received for each in connections) >= before + payloads)


async def replaced(storm: Storm, old: list[Connection]) -> None:
    """Wait until there are new connections, and none of the old ones is left."""
    now = storm.chat.slack.sockets.connections
    await storm.chat.until(lambda: len(now) == CONNECTIONS and not set(old) & set(now), "", "new connections")


@asynccontextmanager
async def locked(database: Path) -> AsyncIterator[None]:
    """Somebody else writes into the database: whoever wants to save has to wait."""
    other = await asyncio.to_thread(sqlite3.connect, database, isolation_level=None, check_same_thread=False)
    await asyncio.to_thread(other.execute, "BEGIN IMMEDIATE")
    try:
        yield
    finally:
        await asyncio.to_thread(other.execute, "ROLLBACK")
        other.close()


async def cut(storm: Storm, crowd: Crowd, moment: Moment) -> None:
    """Have the crowd speak, and reset all connections at this moment of its payloads' lives; wait for new ones."""
    sockets, old = storm.chat.slack.sockets, list(storm.chat.slack.sockets.connections)
    if moment == "before it is read":
        sockets.mute()  # what is sent from now on is lost on its way
    elif moment == "before its answer is read":
        sockets.withheld = 3
    if moment == "while it is answered":
        async with locked(storm.chat.database):
            crowd.types(1)
            await until(lambda: answering(storm) == 2)
            crowd.mentions()
            sockets.drop()
            await replaced(storm, old)
        return
    crowd.types(1)
    crowd.mentions()
    await arrived(old, 3)
    await until(lambda: not sockets.withheld)
    sockets.drop()
    await replaced(storm, old)


@pytest.mark.parametrize("resends", [False, True], ids=["it comes once", "it comes again"])
@pytest.mark.parametrize("moment", MOMENTS)
async def test_what_is_cut_off_is_one_run_or_none_and_the_person_sees_which(
    storm: Storm, room: str, sockets: Sockets, *, moment: Moment, resends: bool
) -> None:
    """A command that nobody acknowledged is seen as failed; a mention comes again."""
    comes_through = resends or moment == "while it is answered"
    storm.chat.slack.post.ack_seconds = ACK_SECONDS if comes_through else 1.0
    sockets.resends = resends
    crowd = Crowd(storm, room, f"{MOMENTS.index(moment)}-{int(resends)}")
    await cut(storm, crowd, moment)
    assert await crowd.acknowledged() == (set(crowd.typed) if comes_through else set())
    lost = not resends and moment == "before it is read"
    await crowd.rest(1 if lost else 3)
    assert crowd.starts(crowd.mentioned) == 1


async def test_what_is_answered_while_no_connection_is_there_is_acknowledged_over_the_next(
    storm: Storm, room: str, sockets: Sockets
) -> None:
    crowd, slack = Crowd(storm, room, "between"), storm.chat.slack
    async with locked(storm.chat.database):
        crowd.types(1)
        await until(lambda: answering(storm) == 2)
        slack.faults.set("apps.connections.open", "500", times=1_000)  # there will be none for a while
        sockets.drop()
        await until(lambda: not sockets.connections)
    await until(lambda: saved(storm, crowd) == 2)
    slack.faults.clear()
    assert await crowd.acknowledged() == set(crowd.typed)
    await crowd.rest(2)


async def test_what_is_being_answered_while_slack_warns_and_closes_is_acknowledged_over_the_new_ones(
    storm: Storm, room: str, sockets: Sockets
) -> None:
    crowd, old = Crowd(storm, room, "warned"), list(sockets.connections)
    async with locked(storm.chat.database):
        crowd.types(1)
        await until(lambda: answering(storm) == 2)
        await sockets.warn(0.1)
        await replaced(storm, old)
    assert await crowd.acknowledged() == set(crowd.typed)
    await crowd.rest(2)


async def test_a_crowd_that_types_while_sockets_are_warned_and_cut_has_each_of_its_runs_once(
    storm: Storm, room: str, sockets: Sockets
) -> None:
    crowd = Crowd(storm, room, "crowd")
    sockets.resends = True
    for way in ("cut", "warned", "refreshed", "cut"):
        old = list(sockets.connections)
        sockets.duplicates = 2
        crowd.types(2)
        await arrived(old)
        match way:
            case "cut":
                sockets.drop()
            case "warned":
                await sockets.warn(0.1)
            case _:
                await sockets.refresh()
        await replaced(storm, old)
    acked = await crowd.acknowledged()
    assert len(acked) >= len(crowd.typed) / 2
    await until(lambda: not answering(storm))
    await crowd.rest(saved(storm, crowd))
    assert all(crowd.starts(slug) == 1 for slug in acked)


def saved(storm: Storm, crowd: Crowd) -> int:
    """How many runs of this crowd are in the rows."""
    with closing(sqlite3.connect(storm.chat.database)) as rows:
        found = rows.execute("SELECT count(*) FROM runs WHERE channel = ?", [storm.chat.slack.channel(crowd.room).id])
        return int(found.fetchone()[0])
