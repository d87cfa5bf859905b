"""Starting a run: never twice.

The row says `submitting` before the POST leaves. What is then not known to have been refused is never sent again.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot import cadence, lifecycle
from bot.errors import (
    NotFound,
    PlatformError,
    RateLimited,
    StoreUnavailable,
    Unauthorized,
    Unavailable,
    UserError,
)
from bot.model import Cause, Run, State, Submission
from bot.store.surely import surely
from bot.tracker.look import missed, quiet, token_refused, token_works, told_to_wait, until_next, write

if TYPE_CHECKING:
    from datetime import datetime

    from bot.lifecycle import Decision
    from bot.model import Request
    from bot.platforms.base import PlatformClient
    from bot.tracker.deps import Deps, Tracked

log = logging.getLogger(__name__)

PATIENCE: Final = timedelta(hours=1)
"""How long a start is tried for while the platform can't be reached, or asks to wait: who asked can take it back."""
BEFORE, AFTER = timedelta(seconds=5), timedelta(seconds=60)
"""Around a submission: a run created in this window may be the one whose answer was lost."""
DOUBT_TRIES: Final = 4
KNOWN_RUNS: Final = 3
"""Fewer past runs than this say nothing of how long one usually takes."""


async def submit(deps: Deps, client: PlatformClient, tracked: Tracked) -> float | None:
    """Check the request with its platform, then start it; the answer is as for look()."""
    run = tracked.run
    try:
        request = await client.prepare(run.request, run.request.literal, _local(deps.now(), tracked.tz))
        request = request.model_copy(update={"literal": frozenset(request.inputs)})
    except UserError as error:
        reason = f"{error.text} {error.hint}".strip()
        return await write(
            deps, tracked, lifecycle.end(run.progress, State.REJECTED, deps.now(), reason=reason, cause=Cause.PERSON)
        )
    except PlatformError as error:
        return await _refused(deps, tracked, error)
    if request.adopt is not None:
        return await _adopt_asked(deps, client, tracked, request)
    durations = await deps.store.earlier.durations(run.workspace, request.notebook, 20)
    begun = lifecycle.begin(run.progress.model_copy(update={"usual": _usual(durations)}), deps.now())
    changed = request.model_dump(mode="json", exclude_defaults=True)
    holding = deps.store.holding
    me = holding.process_id
    if not await holding.commit(run, begun.progress, begun.news, request=changed):
        return None
    tracked.run = tracked.run.model_copy(update={"progress": begun.progress, "request": request})
    deps.ring(run.workspace)
    # Surely: who can't tell has sent nothing, but what says `submitting` would be taken for a start without an answer.
    if not await surely(partial(holding.lives, me), f"whether run {run.number} is still ours to start"):
        return None  # this process stood still, and the run is another's to judge
    return await _post(deps, client, tracked)


async def put_off(deps: Deps, tracked: Tracked) -> float | None:
    """The platform wants to be left alone: a start waits for that as well, if it isn't for too long."""
    run, now = tracked.run, deps.now()
    if _too_long(run, now, tracked.rests):
        tracked.rests = 0.0
        return await write(deps, tracked, _too_late(run, now))
    return await told_to_wait(deps, tracked)


async def _post(deps: Deps, client: PlatformClient, tracked: Tracked) -> float | None:
    run = tracked.run
    try:
        answer = await client.submit(run.request)
    except PlatformError as error:
        log.warning("run %d: start: %s: %s", run.number, type(error).__name__, error)
        decision = lifecycle.refused_start(run.progress, error, deps.now())
        if decision is None:
            tracked.tries = 0
            return await settle_doubt(deps, client, tracked)
        return await _refused(deps, tracked, error)
    decision = lifecycle.submitted(run.progress, answer, deps.now())
    return await _accept(deps, tracked, decision)


async def _accept(deps: Deps, tracked: Tracked, decision: Decision) -> float | None:
    """Write the platform's run id."""
    accept = partial(deps.store.holding.accept, tracked.run, decision.progress, decision.news)
    if not await surely(accept, f"the id {decision.progress.remote_id} of run {tracked.run.number}"):
        return None
    tracked.run = tracked.run.model_copy(update={"progress": decision.progress})
    tracked.misses = tracked.tries = 0
    deps.ring(tracked.run.workspace)
    await token_works(deps, tracked.run)
    await _gone(deps, tracked.run, None)
    return None if decision.progress.settled else await until_next(deps, tracked)


async def _again(deps: Deps, tracked: Tracked, error: PlatformError) -> float | None:
    """Nothing was started: try again, for a while."""
    run, now = tracked.run, deps.now()
    retry_after = error.retry_after if isinstance(error, RateLimited | Unavailable) else None
    if _too_long(run, now, retry_after or 0.0):
        tired = lifecycle.end(run.progress, State.REJECTED, now, reason=str(error))
        return await _write_refusal(deps, tracked, _too_late(run, now) if retry_after else tired)
    tracked.misses += 1
    quiet(deps, run, error, starting=True)
    if await _write_refusal(deps, tracked, lifecycle.put_back(run.progress, error, now)) is None:
        return None
    return cadence.back_off(tracked.misses, chance=deps.random.random(), retry_after=retry_after)


def _too_long(run: Run, now: datetime, wait: float) -> bool:
    """Whether a start that is put off once more, for so many seconds, outlasts our patience."""
    return now + timedelta(seconds=wait) - (run.progress.trouble_since or now) > PATIENCE


def _too_late(run: Run, now: datetime) -> Decision:
    """What would start later than anybody expects isn't started at all."""
    name = run.request.notebook.platform.label
    reason = f"{name} asks us to wait for more than an hour, so nothing was started. Run it again later."
    return lifecycle.end(run.progress, State.REJECTED, now, reason=reason, cause=Cause.PERSON)


async def _refused(deps: Deps, tracked: Tracked, error: PlatformError) -> float | None:
    """Nothing was started, for now or for good."""
    run = tracked.run
    decision = lifecycle.refused_start(run.progress, error, deps.now())
    if decision is None or decision.progress.state is State.REQUESTED:
        return await _again(deps, tracked, error)
    if isinstance(error, Unauthorized):
        await surely(partial(token_refused, deps, run), "that a token was refused")
        words = "The admins were told." if deps.admins else "Whoever runs Threadbook has to renew it."
        decision = decision.model_copy(update={"progress": decision.progress.model_copy(update={"reason": words})})
    if isinstance(error, NotFound) and run.request.adopt is None:
        gone = decision.progress.model_copy(update={"gone_since": await _gone(deps, run, deps.now())})
        decision = decision.model_copy(update={"progress": gone})
    return await _write_refusal(deps, tracked, decision)


async def _write_refusal(deps: Deps, tracked: Tracked, decision: Decision) -> float | None:
    """Nobody else knows of it: unwritten, it would be taken for a start whose answer was lost."""
    return await surely(partial(write, deps, tracked, decision), f"the refusal of run {tracked.run.number}")


async def _gone(deps: Deps, run: Run, since: datetime | None) -> datetime | None:
    """Have the catalogue note that the notebook is gone, or isn't; what the run comes to doesn't wait for that."""
    try:
        return await deps.store.catalogue.gone(run.workspace, run.request.notebook, since)
    except StoreUnavailable as error:
        log.warning("run %d: the catalogue can't be told about its notebook: %s", run.number, error)
        return None


async def settle_doubt(deps: Deps, client: PlatformClient, tracked: Tracked) -> float | None:
    """A start whose answer was lost: find it in the platform's list, or say that it may have started.

    While the platform doesn't answer, its list may still tell later: that is waited for, with a word on the card.
    """
    run = tracked.run
    begun = run.progress.submitted_at or deps.now()
    try:
        found = await _sole_candidate(deps, client, run, begun)
    except PlatformError as error:
        log.info("run %d: couldn't list the notebook's runs: %s", run.number, error)
        if isinstance(error, RateLimited | Unavailable) and deps.now() - begun < PATIENCE:
            return await missed(deps, tracked, error)
        found = None
    if found is not None:
        adopted = lifecycle.submitted(run.progress.model_copy(update={"adopted": True}), found, deps.now())
        return await _accept(deps, tracked, adopted)
    tracked.tries += 1
    if tracked.tries < DOUBT_TRIES and has_list(run):
        return cadence.back_off(tracked.tries, chance=deps.random.random())
    return await write(deps, tracked, lifecycle.end(run.progress, State.UNCLEAR, deps.now(), cause=Cause.CRASH))


def has_list(run: Run) -> bool:
    """Whether the run's platform lists a notebook's runs."""
    return run.request.notebook.platform.value == "deepnote"


async def _sole_candidate(deps: Deps, client: PlatformClient, run: Run, begun: datetime) -> Submission | None:
    """The only run of the notebook in the window that no row has, if no other submission could be its origin."""
    listed = await client.listed(run.request.notebook, begun - BEFORE)
    if listed is None:
        return None
    window = [one for one in listed if begun - BEFORE <= one.created_at <= begun + AFTER]
    # In this order: a rival that gets its answer in between has claimed what is its own.
    if await deps.store.holding.rivals(run, begun - AFTER):
        return None
    claimed = await deps.store.holding.claimed_ids([one.run_id for one in window])
    free = [one for one in window if one.run_id not in claimed]
    if len(free) != 1:
        return None
    return Submission(run_id=free[0].run_id, state=free[0].state, created_at=free[0].created_at)


async def _adopt_asked(deps: Deps, client: PlatformClient, tracked: Tracked, request: Request) -> float | None:
    """Watch a run that was started elsewhere: the one that was named, or the notebook's newest."""
    run = tracked.run
    remote_id = request.adopt or ""
    try:
        if not remote_id:
            listed = await client.listed(request.notebook, deps.now() - timedelta(days=7))
            if not listed:
                reason = "That notebook has had no run in the last seven days, so there is nothing to track."
                ended = lifecycle.end(run.progress, State.REJECTED, deps.now(), reason=reason, cause=Cause.PERSON)
                return await write(deps, tracked, ended)
            remote_id = listed[0].run_id
        seen = await client.look(remote_id)
    except PlatformError as error:
        return await _refused(deps, tracked, error)
    state = seen.state if not seen.state.final else State.RUNNING
    answer = Submission(run_id=remote_id, state=state, word=seen.word, created_at=seen.started_at)
    decision = lifecycle.submitted(run.progress, answer, deps.now())
    changed = request.model_dump(mode="json", exclude_defaults=True)
    if not await deps.store.holding.commit(run, decision.progress, decision.news, request=changed):
        return None
    tracked.run = tracked.run.model_copy(update={"progress": decision.progress, "request": request})
    tracked.misses = 0
    deps.ring(run.workspace)
    return 0.0


def _usual(durations: list[float]) -> float | None:
    """What four runs in five stay under."""
    if len(durations) < KNOWN_RUNS:
        return None
    return sorted(durations)[int(0.8 * (len(durations) - 1) + 0.5)]


def _local(now: datetime, tz: str) -> datetime:
    try:
        return now.astimezone(ZoneInfo(tz))
    except (ZoneInfoNotFoundError, ValueError):
        return now
