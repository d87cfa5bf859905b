"""What happens to replicas, as stories that the tests tell in short and `python -m tests.faults --replicas` at length.

Each leaves everything at rest, has checked that nothing was lost or doubled, and answers with what it measured.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from statistics import median
from typing import TYPE_CHECKING

from sqlalchemy import false, select

from bot.store.tables import runs
from bot.tracker.claim import BEAT_EVERY
from tests.endtoend import sight
from tests.faults.gate import Catch
from tests.faults.kernels import ANSWER
from tests.faults.town import ROOMS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.sandbox.shelf import Notebook
    from bot.sandbox.slack.records import Message
    from tests.faults.gate import Call
    from tests.faults.town import Town
    from tests.store.postgres import Postgres

PLATFORMS = ("deepnote", "datalore")
CLAIMED_WITHIN = 5.0
"""Seconds from a replica's death to when all of its runs are the others', told by the others' beats: a machine that has
other work slows both down."""
BEATS_UNSEEN = 6
"""Twice as many as it takes to be declared dead."""


# The stories


async def one_of_three_is_killed(here: Town, asked: int = 6) -> str:
    """Three share the runs; one that holds some, and delivers for the workspace, is killed.

    Slack sends the first half of the commands twice, over two connections, as it may.
    """
    children = [await here.start() for _ in range(3)]
    here.slack.sockets.duplicates = asked // 2
    notebooks = await _ask_for(here, asked)
    await _all_running(here, asked)
    shares = Counter(await _holders(here))
    assert len(shares) > 1, "the commands came to one replica alone"
    courier = await here.courier()
    victim = next(child for child in children if child.row == courier)
    orphans = shares[victim.row]
    assert orphans, "the one that is killed held no runs"
    before, begun = await here.living_rows(), time.monotonic()
    await here.kill(victim)
    others = {child.row for child in here.living}
    held = select(runs.c.holder).where(runs.c.settled == false())
    await here.row_until(held, lambda rows: {row.holder for row in rows} <= others, "all runs to be claimed")
    claimed, now = time.monotonic() - begun, await here.living_rows()
    assert max(now[row] - before[row] for row in others) * BEAT_EVERY <= CLAIMED_WITHIN
    here.ending.set()
    await here.at_rest(asked)
    assert await here.courier() in others
    all_told_once(here, notebooks)
    return f"{orphans} of {asked} runs claimed {claimed:.1f} s after the kill"


async def hearts_beat_through_slow_calls(here: Town, beats: int = BEATS_UNSEEN) -> str:
    """A look and an upload are held up for longer than it takes to be declared dead: nobody is."""
    children = [await here.start() for _ in range(2)]
    look, upload = Held(here, _is_look("datalore")), Held(here, _is_upload)
    here.ending.set()
    notebooks = await _ask_for(here, 2)
    await look.caught()
    await upload.caught()
    before = await here.living_rows()
    assert before.keys() == {child.row for child in children}
    later = before
    while any(later.get(row, 0) < before[row] + beats for row in before):
        later = await here.living_rows()
        assert later.keys() == before.keys(), "a replica was declared dead over a slow call"
        await asyncio.sleep(0.1)
    look.release()
    upload.release()
    await here.at_rest(2)
    all_told_once(here, notebooks)
    return f"{beats} beats of both while a look and an upload were under way"


async def one_is_stopped_and_wakes(here: Town) -> str:
    """A replica stops in the middle of an edit and of a look; the run ends with another; then the first one wakes.

    What it knows is old. Its edit reaches Slack last of all, and its write reaches the rows.
    """
    edit = Held(here, lambda call: call.does.endswith("/chat.update") and "Queued since" in call.body)
    look = Held(here, _is_look("deepnote"), answered=True)
    sleeper = await here.start()
    await here.start()
    here.slack.sockets._turn = -1  # the first connection is next: whoever delivers for the workspace holds the run too
    notebooks = await _ask_for(here, 1, "deepnote")
    await edit.caught()
    await look.caught()
    sleeper.pause()
    here.ending.set()
    await here.at_rest(1)
    (card,) = here.cards
    assert "Succeeded" in sight.words(card)
    before = (await here.ask_rows(select(runs.c.state, runs.c.progress, runs.c.holder)))[0]
    edit.release()
    await here.until(lambda: "Queued since" in sight.words(card), "the late edit to overwrite the card")
    look.release()
    sleeper.wake()
    await here.until(lambda: "it enters anew" in here.log.read_text(), "the one that woke to see that it was given up")
    await here.until(lambda: "is no longer ours" in here.log.read_text(), "its write to be refused")
    await here.until(lambda: "Succeeded" in sight.words(card), "the card to be drawn anew")
    await here.at_rest(1)
    assert (await here.ask_rows(select(runs.c.state, runs.c.progress, runs.c.holder)))[0] == before
    all_told_once(here, notebooks)
    return "the late write was refused, the late edit drawn over"


async def one_is_stopped_while_it_tells(here: Town) -> str:
    """A replica stops between posting the results and hearing that they are posted; another one tells the rest.

    The results may come twice, as nobody can know. When the first one wakes it says nothing more.
    """
    results = Held(here, lambda call: call.does.endswith("/chat.postMessage") and ANSWER in call.body, answered=True)
    sleeper = await here.start()
    await here.start()
    here.ending.set()
    notebooks = await _ask_for(here, 1, "datalore")
    await results.caught()
    assert await here.courier() == sleeper.row
    sleeper.pause()
    await here.at_rest(1)
    (card,) = here.cards
    before = _thread(here, card)
    results.release()
    sleeper.wake()
    await here.until(lambda: "another process delivers" in here.log.read_text(), "the one that woke to give way")
    await here.at_rest(1)
    after = _thread(here, card)
    assert after == before, "the one that woke told it all again"
    all_told_once(here, notebooks)
    return f"{len(after)} messages, {len(after) - len(set(after))} of them twice"


async def the_database_goes_away(here: Town, server: Postgres, seconds: float, *, frozen: bool = False) -> str:
    """PostgreSQL is stopped, or stands still, while runs end and one is being started; then it is there again.

    Whoever types meanwhile is told so before Slack loses patience.
    """
    for _ in range(2):
        await here.start()
    notebooks = await _ask_for(here, 2)
    await _all_running(here, 2)
    start = Held(here, _is_start, answered=True)
    late = here.shelve("late")
    await here.ask(late, "datalore")  # which has no list: were the answer not kept, nobody would ever know the run
    await start.caught()
    cut_off = here.log.read_text().count("database isn't available")
    begun = time.monotonic()
    await asyncio.to_thread(server.freeze if frozen else server.stop)
    start.release()
    here.ending.set()
    unheard = here.shelve("unheard")
    typed = ["list", "status 1", f"run {here.url}/deepnote{unheard.deepnote_path}"]
    answers = await asyncio.gather(*(here.slack.say("ana", ROOMS[0], f"/notebook {words}") for words in typed))
    await here.until(lambda: time.monotonic() > begun + seconds, "the time to pass", seconds + 5)
    if not frozen:
        noticed = cut_off + len(typed) + 2  # each of what was typed says so as well
        await here.until(
            lambda: here.log.read_text().count("database isn't available") >= noticed, "both to notice", 60
        )
    await asyncio.to_thread(server.thaw if frozen else server.start)
    away = time.monotonic() - begun
    await here.at_rest(3)
    assert all(answer.ok for answer in answers), "Slack had to tell that there was no answer"
    told = "can't say whether it was saved" if frozen else "nothing was saved"
    assert [told in words for words in told_alone(here)] == [True] * len(typed), told_alone(here)
    assert here.starts(unheard) == 0
    all_told_once(here, [*notebooks, late])
    return f"{'standing still' if frozen else 'away'} for {away:.0f} s, three runs told once, a start's answer kept"


async def peers_wake_each_other(here: Town, replicas: int, rounds: int = 10) -> str:
    """How long a start takes after its ack, where the one that holds the run and the one that posts are two."""
    for _ in range(replicas):
        await here.start()
    here.ending.set()
    waits = []
    for number in range(rounds):
        found = here.shelve(f"quick-{number}")
        await here.ask(found, PLATFORMS[number % 2], ROOMS[number % len(ROOMS)])
        acked = time.monotonic()
        await here.until(lambda found=found: here.starts(found), "a start")  # type: ignore[misc]  # mypy knows no default here
        waits.append(time.monotonic() - acked)
    await here.at_rest(rounds)
    return f"{replicas} replicas: from ack to start {median(waits):.2f} s (median), {max(waits):.2f} s (longest)"


# What is true at the end of each


def all_told_once(here: Town, notebooks: Sequence[Notebook]) -> None:
    """Each was started once, has one card that shows its end, and one closing line."""
    assert [here.starts(each) for each in notebooks] == [1] * len(notebooks)
    assert len(here.cards) == len(notebooks)
    for card in here.cards:
        assert "Succeeded" in sight.words(card), here.said()
        assert _closings(here, card) == 1, here.said()


def told_alone(here: Town) -> list[str]:
    """What Ana alone was told."""
    return [sight.words(each) for each in here.slack.messages(ROOMS[0], "ana") if each.to is not None]


def _thread(here: Town, card: Message) -> list[str]:
    """What stands in a card's thread; of a message with a file, the file's name."""
    return ["".join(file.name for file in each.files) or sight.words(each) for each in here.slack.thread(card)]


def _closings(here: Town, card: Message) -> int:
    return sum(bool(sight.pings(reply)) for reply in here.slack.thread(card))


# On the way


class Held:
    """A call that waits at the gate until it's released: before it is done, or before its answer leaves."""

    def __init__(self, here: Town, wanted: Callable[[Call], bool], *, answered: bool = False) -> None:
        self._here, self._released = here, asyncio.Event()

        self._catch = here.gate.catch(Catch(wanted, None if answered else self._wait, self._wait if answered else None))

    async def caught(self) -> None:
        """Wait until it is there."""
        await self._here.until(self._catch.caught.is_set, "a call to be held")

    def release(self) -> None:
        """Let it pass."""
        self._released.set()

    async def _wait(self, _call: Call) -> bool:
        return await self._released.wait()


def _is_look(platform: str) -> Callable[[Call], bool]:
    path = "/deepnote/v2/runs/" if platform == "deepnote" else "/datalore/api/run/v1/"
    return lambda call: call.does.startswith(f"GET {path}")


def _is_upload(call: Call) -> bool:
    return call.does.startswith("POST /slack/upload/")


def _is_start(call: Call) -> bool:
    return call.does == "POST /datalore/api/run/v1/notebook"


async def _ask_for(here: Town, number: int, *platforms: str) -> list[Notebook]:
    """So many people run a notebook each, on both platforms in turn unless it's said which."""
    found = [here.shelve(f"notebook-{each}") for each in range(number)]
    where = platforms or PLATFORMS
    for place, each in enumerate(found):
        outcome = await here.ask(each, where[place % len(where)], ROOMS[place % len(ROOMS)])
        assert outcome.ok, outcome.text
    return found


async def _all_running(here: Town, number: int) -> None:
    query = select(runs.c.id).where(runs.c.state == "running")
    await here.row_until(query, lambda rows: len(rows) == number, "all to be running")


async def _holders(here: Town) -> list[int]:
    return [row.holder for row in await here.ask_rows(select(runs.c.holder))]
