"""Looking at a started run, and fetching what it left once it has ended."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Literal

from bot import cadence, lifecycle
from bot.circuit import silent
from bot.errors import NotFound, PlatformError, RateLimited, Unauthorized, Unavailable
from bot.lifecycle import Missed
from bot.lost import gone
from bot.model import Document, News, Results, State, Trouble
from bot.reader import Reading
from bot.tracker.comparing import compared
from bot.tracker.gathering import gathered
from bot.trouble import PASSING, TELL_WAIT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.model import Inputs, Look, Progress, Run
    from bot.platforms.base import Fetched, PlatformClient
    from bot.tracker.deps import Deps, Tracked

log = logging.getLogger(__name__)

TELL_START: Final = 10.0
"""Seconds: who has just asked for a run looks at its card, and is told of a shorter wait than who waits for its end."""
AFTER_A_START: Final = 120.0
"""Seconds that looks rest at most where a start was asked to wait."""
AWAY: Final = timedelta(hours=1)
"""How long what a run left waits for a platform that answers nothing: its end is told after that."""
FETCH_TRIES: Final = 8
"""How often results that can't be had, though the platform answers, are tried for before the thread is told so: some
four minutes."""


async def look(deps: Deps, client: PlatformClient, tracked: Tracked) -> float | None:
    """Look once, and write what changed.

    Returns:
        Seconds until the next step; None where the run is no longer ours to look at.
    """
    run = tracked.run
    try:
        seen = await client.look(run.progress.remote_id or "")
    except PlatformError as error:
        return await (_given_up(deps, tracked) if too_long(deps, run) else missed(deps, tracked, error))
    tracked.misses, tracked.gone = 0, None
    deps.shares[client.platform].answered()
    tracked.looked = True
    if run.progress.trouble is Trouble.REFUSED:
        await token_works(deps, run)
    if seen.state.final:
        tracked.wants = 0.0
        if not run.progress.adopted:
            ended = lifecycle.advance(run.progress, seen, deps.now())
            if await write(deps, tracked, ended) is None:
                return None
            if seen.ended_at is not None:
                lag = (deps.now() - seen.ended_at).total_seconds()
                deps.metrics.noticed(run.request.notebook.platform, lag)
        tracked.seen = seen  # the next step settles it
        return 0.0
    if too_long(deps, run):
        return await _given_up(deps, tracked)
    decision = lifecycle.advance(run.progress, seen, deps.now())
    if await write(deps, tracked, decision) is None:
        return None
    return await until_next(deps, tracked)


async def _given_up(deps: Deps, tracked: Tracked) -> float | None:
    """Even a last look found no end: who was down for long may find one."""
    return await write(deps, tracked, lifecycle.end(tracked.run.progress, State.GIVEN_UP, deps.now()))


async def until_next(deps: Deps, tracked: Tracked) -> float:
    """How many seconds to leave a started run alone."""
    run, share = tracked.run, deps.shares[tracked.run.request.notebook.platform]
    known = await deps.pasts.known(deps.store, run, asyncio.get_running_loop().time())
    wait = cadence.next_look(
        age_of(run, deps.now()),
        chance=deps.random.random(),
        known=known,
        stretch=share.stretch,
        queued=run.progress.state is State.QUEUED,
    )
    tracked.wants = share.stretch / wait
    return wait


def age_of(run: Run, now: datetime) -> float:
    """Seconds since a run started, by our clock.

    The platform's clock may go wrong, but the run has begun between our asking for it and our seeing it run.
    """
    progress = run.progress
    began = progress.started_at or _begun(run)
    if progress.submitted_at is not None:
        began = max(began, progress.submitted_at)
    if progress.state is State.RUNNING:
        began = min(began, progress.since)
    return max((now - began).total_seconds(), 0.0)


def quiet(deps: Deps, run: Run, error: PlatformError, *, starting: bool = False) -> None:
    """Where the platform asked for fewer calls, look at nothing with this token for as long as it says.

    What it says of starts binds starts; looks are let go again after two minutes, for people wait for ends.
    """
    if isinstance(error, RateLimited):
        wait = error.retry_after
        if starting and wait is not None:
            wait = min(wait, AFTER_A_START)
        deps.shares[run.request.notebook.platform].refused(asyncio.get_running_loop().time(), wait)


def _begun(run: Run) -> datetime:
    return run.progress.submitted_at or run.asked_at


def too_long(deps: Deps, run: Run) -> bool:
    """Whether it has been under way for longer than anything is followed."""
    return (deps.now() - _begun(run)).total_seconds() > deps.give_up_after


async def missed(deps: Deps, tracked: Tracked, error: PlatformError) -> float | None:
    """Note a look that failed, and back off."""
    tracked.misses += 1
    quiet(deps, tracked.run, error)
    tracked.gone = gone(tracked.gone, deps.now()) if isinstance(error, NotFound) else None
    decision = lifecycle.advance(tracked.run.progress, Missed(error, tracked.misses, tracked.gone), deps.now())
    log.info("run %d: look %d in a row failed: %s", tracked.run.number, tracked.misses, error)
    if await write(deps, tracked, decision) is None:
        return None
    if isinstance(error, Unauthorized):
        await token_refused(deps, tracked.run)
    retry_after = error.retry_after if isinstance(error, RateLimited | Unavailable) else None
    return cadence.back_off(tracked.misses, chance=deps.random.random(), retry_after=retry_after)


def untold(deps: Deps, tracked: Tracked, now: float) -> float:
    """Seconds of silence that the platform asked for, where they are so many that the run's card is to say so.

    Args:
        deps: Has the token's share.
        tracked: The run.
        now: The share's clock.
    """
    progress = tracked.run.progress
    left = deps.shares[tracked.run.request.notebook.platform].rests(now)
    tells = not progress.state.final and (progress.trouble is None or progress.trouble in PASSING)
    return left if tells and left > (TELL_START if progress.state is State.REQUESTED else TELL_WAIT) else 0.0


async def told_to_wait(deps: Deps, tracked: Tracked) -> float | None:
    """Have the card say until when the platform wants to be left alone; the answer is as for look()."""
    rests, tracked.rests = tracked.rests, 0.0
    decision = lifecycle.told_to_wait(tracked.run.progress, rests, deps.now())
    return None if await write(deps, tracked, decision) is None else rests


async def settle(deps: Deps, client: PlatformClient, tracked: Tracked) -> float | None:
    """Fetch what an ended run left; the answer is as for look()."""
    remote_id = tracked.run.progress.remote_id or ""
    seen, tracked.seen = tracked.seen, None
    try:
        seen = seen or await client.look(remote_id)
        if seen.document == "pending":
            wait = cadence.next_settling(tracked.tries)
            if wait is None:
                return await _settled(deps, tracked, seen, (), "the results didn't come within a minute of the end")
            tracked.tries += 1
            return wait
        fetched = await client.fetch(remote_id, seen, deps.document_limit)
    except PlatformError as error:
        return await _unfetched(deps, tracked, seen, error)
    await token_works(deps, tracked.run)
    return await _settled(deps, tracked, seen, fetched, "")


async def _unfetched(deps: Deps, tracked: Tracked, seen: Look | None, error: PlatformError) -> float | None:
    """Try again: for long where it's the token that is missing, for an hour where it's the platform."""
    quiet(deps, tracked.run, error)
    refused = isinstance(error, Unauthorized)
    if refused:
        await token_refused(deps, tracked.run)
    if seen is None and (isinstance(error, RateLimited) or silent(error)):
        tracked.away_since = tracked.away_since or deps.now()
    else:
        tracked.away_since = None
    away = tracked.away_since is not None and deps.now() - tracked.away_since < AWAY
    if away or (refused and not too_long(deps, tracked.run)):
        tracked.misses += 1
        tries = tracked.misses
    else:
        tracked.unfetched += 1
        tries = tracked.unfetched
        if tries >= FETCH_TRIES:
            return await _settled(deps, tracked, seen, (), f"the results couldn't be fetched: {error}")
    retry_after = error.retry_after if isinstance(error, RateLimited | Unavailable) else None
    return cadence.back_off(tries, chance=deps.random.random(), retry_after=retry_after)


async def _settled(
    deps: Deps, tracked: Tracked, seen: Look | None, fetched: Sequence[Fetched], missing: str
) -> float | None:
    run = tracked.run
    reading = await _read(deps, fetched)
    document = reading.document
    progress, told = run.progress, tuple[News, ...]()
    if progress.adopted:
        progress, told = _verified(deps, progress, seen, reading.inputs, run.request.inputs)
    if progress.state is State.FAILED and not progress.reason and document.failure is not None:
        why = document.failure
        progress = progress.model_copy(update={"reason": f"{why.name}: {why.message}"[:500]})
    # A run of some blocks leaves the others' outputs as they were: an old error isn't this run's.
    failure = None if progress.state is State.SUCCEEDED else document.failure
    artifacts, contents = gathered(fetched, reading.notebook, deps.file_limit)
    left_out = tuple(words for words in (*document.left_out, reading.complaint, missing) if words)
    left = Results(
        outputs=document.outputs,
        failure=failure,
        left_out=left_out,
        artifacts=artifacts,
        headline=document.headline,
        facts=document.facts,
    )
    if progress.state is State.UNCLEAR:
        left, contents = Results(), {}
    left = await compared(deps.store, run, progress, left)
    if left.quiet:
        contents = {}
    settled = progress.model_copy(update={"settled": True})
    if await deps.store.holding.settle(run, settled, told, left, contents):
        tracked.run = tracked.run.model_copy(update={"progress": settled})
        deps.ring(run.workspace)
    return None


def _verified(
    deps: Deps, progress: Progress, seen: Look | None, given: Inputs | None, asked: Inputs
) -> tuple[Progress, tuple[News, ...]]:
    """A run that was found in a list is ours only if it was given our inputs."""
    if seen is None or given != asked:
        decision = lifecycle.not_ours(progress, deps.now())
    else:
        decision = lifecycle.advance(progress.model_copy(update={"adopted": False}), seen, deps.now())
    return decision.progress, decision.news


async def _read(deps: Deps, fetched: Sequence[Fetched]) -> Reading:
    """The first document among the files, read."""
    for one in fetched:
        if one.document and one.content is not None:
            kind: Literal["ipynb", "deepnote"] = "ipynb" if one.document == "ipynb" else "deepnote"
            return await deps.reader.read(kind, one.content)
    return Reading(Document())


async def write(deps: Deps, tracked: Tracked, decision: lifecycle.Decision) -> float | None:
    """Write a decision, if it changes anything.

    Returns:
        0.0 where the run is still to be followed; None where it is done, or no longer ours.
    """
    run = tracked.run
    if decision.progress == run.progress and not decision.news:
        return 0.0
    if not await deps.store.holding.commit(run, decision.progress, decision.news):
        log.info("run %d is no longer ours, or no longer what we thought", run.number)
        return None
    tracked.run = tracked.run.model_copy(update={"progress": decision.progress})
    deps.ring(run.workspace)
    return None if decision.progress.settled else 0.0


async def token_refused(deps: Deps, run: Run) -> None:
    """Have the admins told, once."""
    platform = run.request.notebook.platform
    await deps.store.notices.tell(run.workspace, f"token:{platform.value}", platform.value, deps.now())
    deps.ring(run.workspace)


async def token_works(deps: Deps, run: Run) -> None:
    """What the admins were told is over."""
    await deps.store.notices.over(run.workspace, f"token:{run.request.notebook.platform.value}")
