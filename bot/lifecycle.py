"""How a run's state changes (pure): one progress and one observation in, the next progress and its news out.

```mermaid
stateDiagram-v2
    [*] --> requested: saved, then acknowledged
    requested --> rejected: no card, unknown notebook, wrong input, refused token
    requested --> untracked: the person took it back
    requested --> awaiting_approval
    awaiting_approval --> requested: approved
    awaiting_approval --> rejected: declined
    awaiting_approval --> untracked
    requested --> queued: started elsewhere, only to be tracked
    requested --> running
    requested --> submitting: committed before the POST leaves
    submitting --> queued: the platform gave a run id
    submitting --> running: the platform gave a run id
    submitting --> requested: refused connection or 429, so nothing was started
    submitting --> rejected: the platform said no
    submitting --> failed: no hardware (Deepnote's 500)
    submitting --> unclear: no answer that can be trusted
    submitting --> untracked: interactive, which has no run id
    unclear --> queued: the id came after all
    unclear --> running
    queued --> running
    queued --> succeeded
    queued --> failed
    queued --> stopped
    running --> succeeded
    running --> failed
    running --> stopped
    queued --> lost: the platform no longer knows it
    running --> lost
    queued --> untracked: a person stopped tracking
    running --> untracked
    queued --> given_up: tracked for too long
    running --> given_up
    queued --> unclear: found in the platform's list, but given other inputs
    running --> unclear
    running --> queued: the id came after all, and another run had been found in the list
```
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.errors import (
    BadReply,
    Forbidden,
    HardwareUnavailable,
    NotFound,
    PlatformError,
    RateLimited,
    Unauthorized,
    Unavailable,
)
from bot.model import Cause, Frozen, Look, News, NewsKind, Progress, State, Submission, Trouble
from bot.trouble import PASSING, time_of, trouble_of, until

if TYPE_CHECKING:
    from datetime import datetime

    from bot.lost import Gone

OVERDUE: Final = 1.5
"""How many times its usual length a run may take before its card says that it takes longer."""

STARTED = frozenset({State.QUEUED, State.RUNNING})
RAN: Final = frozenset({State.SUCCEEDED, State.FAILED, State.STOPPED})
LEFT: Final = frozenset({State.LOST, State.UNTRACKED, State.GIVEN_UP, State.UNCLEAR})
NEXT: Final[dict[State, frozenset[State]]] = {
    State.REQUESTED: STARTED | {State.SUBMITTING, State.REJECTED, State.UNTRACKED, State.AWAITING_APPROVAL},
    State.AWAITING_APPROVAL: frozenset({State.REQUESTED, State.REJECTED, State.UNTRACKED}),
    State.SUBMITTING: STARTED | {State.REQUESTED, State.REJECTED, State.FAILED, State.UNCLEAR, State.UNTRACKED},
    State.QUEUED: RAN | LEFT | {State.RUNNING},
    State.RUNNING: RAN | LEFT | {State.QUEUED},
    State.UNCLEAR: STARTED,
}
"""The arrows of the diagram above; from a state that isn't named here none leads on."""
_NO_TROUBLE: Final[dict[str, object]] = {"trouble": None, "trouble_since": None, "again_at": None}
CAUSES: Final = {Unauthorized: Cause.TOKEN, Forbidden: Cause.RIGHTS, NotFound: Cause.GONE}


class Decision(Frozen):
    """What to write: nothing where `progress` equals what was there and there is no news."""

    progress: Progress
    news: tuple[News, ...] = ()


@dataclass(frozen=True, slots=True)
class Missed:
    """A look that failed.

    Attributes:
        misses: How many have now failed in a row.
        gone: Those of them, the last ones, at which the platform knew no such run.
    """

    error: PlatformError
    misses: int
    gone: Gone | None = None


def _decided(progress: Progress, changes: dict[str, object], *news: News) -> Decision:
    """The decision to change these fields.

    Raises:
        ValueError: No arrow of the diagram leads there; an end is an end.
    """
    after = progress.model_copy(update=changes)
    moves = after.state is not progress.state or progress.state.final
    if moves and after.state not in NEXT.get(progress.state, ()):
        raise ValueError(f"{progress.state} doesn't lead to {after.state}")
    return Decision(progress=after, news=news)


def begin(progress: Progress, now: datetime) -> Decision:
    """Commit to a submission: from here on a crash means that it may have started."""
    changes = {"state": State.SUBMITTING, "since": now, "attempt": progress.attempt + 1, "submitted_at": now}
    return _decided(progress, changes)


def submitted(progress: Progress, answer: Submission, now: datetime) -> Decision:
    """The platform took it."""
    if answer.run_id is None:
        text = "It was started in the notebook itself; the platform doesn't tell how it goes."
        return end(progress, State.UNTRACKED, now, reason=text)
    state = answer.state if answer.state in STARTED else State.QUEUED
    kind = NewsKind.RUNNING if state is State.RUNNING else NewsKind.QUEUED
    changes: dict[str, object] = {"state": state, "since": now, "remote_id": answer.run_id, "word": answer.word}
    changes |= {"reason": ""}
    changes |= {"cause": Cause.PLATFORM, "settled": False, "ended_at": None, **_NO_TROUBLE}
    if state is State.RUNNING:
        changes["started_at"] = answer.created_at or now
    news = [News(at=now, kind=kind, text=answer.word)]
    if progress.trouble is not None:
        news.insert(0, News(at=now, kind=NewsKind.ANSWERING, trouble=progress.trouble))
    return _decided(progress, changes, *news)


def put_back(progress: Progress, error: PlatformError, now: datetime) -> Decision:
    """Nothing was started, so the same submission may be made again; told once."""
    trouble, _ = trouble_of(error)
    if trouble not in PASSING:
        trouble = Trouble.SILENT
    changes: dict[str, object] = {"state": State.REQUESTED, "since": progress.since, "submitted_at": None}
    changes |= {"trouble": trouble, "again_at": time_of(error, now)}
    if progress.trouble is not None:
        return _decided(progress, changes)
    changes["trouble_since"] = now
    return _decided(progress, changes, News(at=now, kind=NewsKind.TROUBLE, trouble=trouble, text=str(error)))


def held_back(progress: Progress, since: datetime) -> Decision:
    """The platform answers nobody since then, so this run isn't asked for either: told once, as every trouble."""
    if progress.state.final or progress.trouble not in (None, Trouble.UNKNOWN):
        return Decision(progress=progress)
    return _troubled(progress, Trouble.SILENT, since)


def told_to_wait(progress: Progress, wait: float, now: datetime) -> Decision:
    """The platform wants to be asked for no run for so many seconds: told once, as where it said so of this run."""
    if progress.state.final or not (progress.trouble is None or progress.trouble in PASSING):
        return Decision(progress=progress)
    return _troubled(progress, Trouble.LIMITED, now, again_at=until(wait, now))


def not_ours(progress: Progress, now: datetime) -> Decision:
    """What was found in the platform's list is another's run; whether ours was started stays unknown."""
    nothing = {"remote_id": None, "adopted": False, "word": "", "started_at": None, "ended_at": None, "overdue": False}
    return end(progress.model_copy(update=nothing), State.UNCLEAR, now, cause=Cause.CRASH)


def end(
    progress: Progress,
    state: State,
    now: datetime,
    *,
    reason: str = "",
    cause: Cause = Cause.PLATFORM,
    settled: bool = True,
) -> Decision:
    """Bring it to a final state; `settled` False where results are still to be fetched."""
    changes: dict[str, object] = {
        "state": state,
        "cause": cause,
        "since": now,
        "reason": reason,
        "ended_at": progress.ended_at or now,
        **_NO_TROUBLE,
        "settled": settled,
    }
    return _decided(progress, changes, News(at=now, kind=NewsKind.ENDED, text=state.value))


def advance(progress: Progress, observation: Look | Missed, now: datetime) -> Decision:
    """What a look at a started run changes. A look that failed never ends a run, but for a lasting 404."""
    if isinstance(observation, Missed):
        return _missed(progress, observation, now)
    return _seen(progress, observation, now)


def _seen(progress: Progress, look: Look, now: datetime) -> Decision:
    news: list[News] = []
    changes: dict[str, object] = {}
    if progress.trouble is not None:
        changes |= _NO_TROUBLE
        news.append(News(at=now, kind=NewsKind.ANSWERING, trouble=progress.trouble))
    if look.started_at is not None and look.started_at != progress.started_at:
        changes["started_at"] = look.started_at
    if look.word != progress.word:
        changes["word"] = look.word
    if look.state.final:
        return _ended(progress.model_copy(update=changes), look, now, news)
    if look.state is not progress.state and not (look.state is State.QUEUED and progress.state is State.RUNNING):
        changes |= {"state": look.state, "since": now}
        if look.state is State.RUNNING:
            changes.setdefault("started_at", progress.started_at or look.started_at or now)
            news.append(News(at=now, kind=NewsKind.RUNNING, text=look.word))
        else:
            news.append(News(at=now, kind=NewsKind.QUEUED, text=look.word))
    elif "word" in changes and look.word:
        news.append(News(at=now, kind=NewsKind.WORD, text=look.word))
    if _overdue(progress, now):
        changes["overdue"] = True
    return _decided(progress, changes, *news)


def _overdue(progress: Progress, now: datetime) -> bool:
    if progress.overdue or progress.usual is None or progress.started_at is None:
        return False
    return (now - progress.started_at).total_seconds() > OVERDUE * progress.usual


def _ended(progress: Progress, look: Look, now: datetime, before: list[News]) -> Decision:
    known = progress.model_copy(update={"ended_at": look.ended_at or now})
    ended = end(known, look.state, now, reason=look.error, settled=False)
    return ended.model_copy(update={"news": (*before, *ended.news)})


def _missed(progress: Progress, missed: Missed, now: datetime) -> Decision:
    error, misses = missed.error, missed.misses
    if missed.gone is not None and missed.gone.believed:
        return end(progress, State.LOST, now, reason=str(error))
    trouble, after = trouble_of(error)
    again_at = time_of(error, now)
    if again_at is None and misses < after:
        return _decided(progress, {})
    return _troubled(progress, trouble, now, again_at=again_at, text=str(error))


def _troubled(
    progress: Progress, trouble: Trouble, since: datetime, *, again_at: datetime | None = None, text: str = ""
) -> Decision:
    """Note what keeps us from looking: told once, however it goes on."""
    changes: dict[str, object] = {"trouble": trouble, "again_at": again_at}
    if progress.trouble is trouble or (progress.trouble in PASSING and trouble in PASSING):
        if Trouble.UNKNOWN in {trouble, progress.trouble} and trouble is not progress.trouble:
            changes["trouble_since"] = since  # it answers, and hadn't, or the other way round
        return _decided(progress, changes)
    changes["trouble_since"] = since
    return _decided(progress, changes, News(at=since, kind=NewsKind.TROUBLE, trouble=trouble, text=text))


def refused_start(progress: Progress, error: PlatformError, now: datetime) -> Decision | None:
    """What a failed POST means; None where it may have started, so that only a look can tell."""
    match error:
        case Unavailable(sent=False) | RateLimited():
            return put_back(progress, error, now)
        case Unavailable() | BadReply():
            return None
        case HardwareUnavailable():
            return end(progress, State.FAILED, now, reason=str(error))
        case _:
            cause = CAUSES.get(type(error), Cause.PLATFORM)
            return end(progress, State.REJECTED, now, reason=str(error), cause=cause)
