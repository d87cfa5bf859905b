"""What must hold once everything has come to rest."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Final

from bot.model import FINAL, Platform, State
from bot.render.card import card
from tests.simulation.laws import ENDS
from tests.simulation.weather import Fate

if TYPE_CHECKING:
    from bot.model import Run
    from tests.simulation.platforms import Job
    from tests.simulation.rows import RunRow
    from tests.simulation.slack import Message
    from tests.simulation.wire import Call
    from tests.simulation.world import World

MARK: Final = {
    State.SUCCEEDED: "✅",
    State.FAILED: "❌",
    State.STOPPED: "⏹️",
    State.REJECTED: "🚫",
    State.UNCLEAR: "❓",
    State.LOST: "❓",
    State.GIVEN_UP: "⌛",
}
"""How the closing line begins."""
SOON: Final = 60.0
"""Seconds within which a run that was taken back is let go, whoever stood still meanwhile."""
STANDSTILL: Final = 9.0
"""Seconds; a process that stood still for less isn't declared dead."""
CLEAR: Final = frozenset({Fate.ANSWERED, Fate.REFUSED, Fate.LIMITED})
"""What became of a start that tells whether it came about."""


def at_rest(world: World, runs: list[Run]) -> None:
    """Say what is wrong."""
    rows = world.laws.rows
    assert rows is not None
    for run in runs:
        row = rows.runs[run.id]
        job = next(
            (
                ledger.jobs[run.progress.remote_id or ""]
                for ledger in world.ledgers.values()
                if run.progress.remote_id in ledger.jobs
            ),
            None,
        )
        wrong = _ended(run) + _accepted(world, run, row) + _true(world, run, row, job)
        if run.progress.state is State.UNCLEAR:
            wrong += _unclear(world, run, row, runs)
        for words in wrong + _shown(world, run, row) + _acts(world, run, row, job):
            world.laws.broken(f"at rest, run {run.number} ({row.act}): {words}")
    for act, saved in world.town.saved.items():
        if saved.id not in rows.runs:
            world.laws.broken(f"at rest: {act} was acknowledged, and isn't there")
    adopted = [run.progress.remote_id for run in runs if run.progress.remote_id and run.request.adopt is None]
    for remote_id in {one for one in adopted if adopted.count(one) > 1}:
        world.laws.broken(f"at rest: several runs call {remote_id} theirs")


def _ended(run: Run) -> list[str]:
    progress = run.progress
    if progress.state not in FINAL or not progress.settled:
        return [f"it is {progress.state}, and hasn't ended"]
    return []


def _true(world: World, run: Run, row: RunRow, job: Job | None) -> list[str]:
    """Whether the row says what the platform knows."""
    state, starts = run.progress.state, world.laws.starts(row.act)
    if run.request.adopt is not None:
        return []
    if state in (State.SUCCEEDED, State.FAILED, State.STOPPED):
        if job is None:
            unstarted = state is State.FAILED and not starts  # no hardware
            return [] if unstarted else [f"it is {state}, but the platform knows no such run"]
        if job.act != row.act:
            return [f"it follows {job.id}, which is the run of {job.act or 'somebody else'}"]
        if job.outcome is not state:
            return [f"it is {state}, but {job.id} is {job.outcome}"]
    if state in (State.LOST, State.GIVEN_UP):
        return [f"it is {state}, but the platform loses nothing, and nobody waited for long"]
    if state is State.REJECTED and starts:
        return ["it says that nothing was started, but something was"]
    if state is State.UNTRACKED and row.untracked_at is None:
        return ["it is untracked, and nobody asked for that"]
    return []


def _accepted(world: World, run: Run, row: RunRow) -> list[str]:
    """Whether an id that the platform returned, to a process that lives to this day, was kept."""
    jobs = world.ledgers[run.request.notebook.platform].jobs.values()
    started = ((job.id, job.call) for job in jobs if job.act == row.act and job.id != row.remote_id)
    return [
        f"{call.life.name} was told that it is {name}, but its row says {row.remote_id}"
        for name, call in started
        if call is not None and call.answered < inf and call.life.alive
    ]


def _unclear(world: World, run: Run, row: RunRow, runs: list[Run]) -> list[str]:
    """Whether nobody could know what became of its start."""
    notebook = run.request.notebook
    ledger = world.ledgers[notebook.platform]
    starts = ledger.wire.calls[f"start {row.act}"]
    since = world.laws.unclear_since[row.number]
    if len(starts) >= row.attempt and not any(_doubtful(start, since) for start in starts):
        return ["it is unclear, but each answer to its start came"]
    jobs = [job for job in ledger.jobs.values() if job.notebook == notebook.id]
    same = [one for one in runs if one.request.notebook == notebook]
    alone = [job.act for job in jobs] == [row.act] and len(same) == 1
    if notebook.platform is Platform.DEEPNOTE and alone and jobs[0].created < since:
        return [f"it is unclear, but the platform's list had {jobs[0].id} alone"]
    return []


def _doubtful(start: Call, until: float) -> bool:
    """Whether who made it couldn't learn, or not note any more, what it came to until then."""
    known = start.fate in CLEAR and (start.answered - start.sent < STANDSTILL or start.fate is not Fate.ANSWERED)
    return not known or any(start.sent <= at <= until for at in start.life.stops)


def _shown(world: World, run: Run, row: RunRow) -> list[str]:
    """Whether card and thread show how it ended."""
    slack = world.slack
    if row.ts is None:
        if row.closed and _told_alone(world, run, row):
            return []
        return ["it has no card, and nobody was told"]
    message = slack.messages[row.channel or "", row.ts]
    client = world.links[run.request.notebook.platform]
    expected = card(run, client.link(run.request.notebook, run.request.url))
    wrong = []
    if message.gone:
        wrong.append("its card was taken away")
    elif (message.text, message.blocks) != expected and (message.call.in_office or message.call.life.alive):
        # Excused: who stood still with an edit in its hand, and died between letting it go and having the card redrawn.
        wrong.append(f"its card shows “{message.text}” instead of “{expected[0]}”")
    ends = [one for one in thread_of(world, row) if one.text.startswith(ENDS) and f"<@{run.asker}>" in one.text]
    if row.closed and not ends and _told_alone(world, run, row):
        return wrong  # its card came to light after whoever asked had been told
    if not row.closed or not ends:
        wrong.append("its end isn't told")
    elif not ends[-1].text.startswith(MARK.get(run.progress.state, ("🚫", "👋", "▶️"))):
        wrong.append(f"its thread ends with “{ends[-1].text}”, but it is {run.progress.state}")
    if len({one.text[:1] for one in ends}) > 1 + world.laws.reopened[run.number]:
        wrong.append(f"its thread tells several ends: {[one.text for one in ends]}")
    return wrong


def thread_of(world: World, row: RunRow) -> list[Message]:
    """The replies to a card, in their order."""
    return [one for one in world.slack.messages.values() if (one.channel, one.thread) == (row.channel, row.ts)]


def _told_alone(world: World, run: Run, row: RunRow) -> bool:
    whispers = world.slack.whispers.get(f"{world.hooks}/{row.act}", [])
    direct = [one.text for one in world.slack.messages.values() if one.channel == "D" + run.asker[1:]]
    return any(run.request.title in text for text in (*whispers, *direct))


def _acts(world: World, run: Run, row: RunRow, job: Job | None) -> list[str]:
    """Whether what people asked for was done."""
    wrong = []
    at = world.town.taken_back.get(run.id)
    if at is not None:
        if row.untracked_at is None:
            wrong.append("somebody took it back, and that is forgotten")
        elif (
            run.progress.state in (State.SUCCEEDED, State.FAILED, State.STOPPED)
            and job is not None
            and job.ends > max(at, world.peace) + SOON
        ):
            wrong.append("somebody took it back long before it ended, and it was tracked all the same")
    for run_id, person in world.town.told_too:
        if run_id == run.id and row.ts is not None:
            told = [one for one in thread_of(world, row) if f"<@{person}>" in one.text]
            if not told:
                wrong.append(f"{person} was to be told too, and wasn't mentioned")
    return wrong
