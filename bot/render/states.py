"""How a run stands, in words that stay true without being edited."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from bot.model import Cause, State, Trouble
from bot.render.text import day, lasted, plain, when
from bot.trouble import PASSING

if TYPE_CHECKING:
    from datetime import datetime

    from bot.model import Progress, Run

MOST_REASON: Final = 600
LONGEST_USUAL: Final = 30 * 86_400
"""Seconds; what takes longer has no usual time of day."""


def title(run: Run) -> str:
    """The run's name, escaped."""
    request = run.request
    return plain(request.title, 120) or plain(request.name or "", 120) or plain(request.notebook.id, 120) or "Notebook"


def platform(run: Run) -> str:
    """The platform as people write it."""
    return run.request.notebook.platform.label


def elsewhere(run: Run) -> bool:
    """Whether it was started elsewhere, and is only tracked."""
    return run.request.adopt is not None


def took(progress: Progress) -> float | None:
    """How many seconds the run took, where both ends are known."""
    if progress.started_at is None or progress.ended_at is None:
        return None
    return max(0.0, (progress.ended_at - progress.started_at).total_seconds())


def headline(run: Run) -> str:
    """How the run stands, in one line."""
    progress = run.progress
    match progress.state:
        case State.REQUESTED:
            return f"🕓 Asked for at {when(run.asked_at)}"
        case State.SUBMITTING:
            return f"🕓 Being started since {when(progress.since)}"
        case State.QUEUED:
            return f"⏳ Queued since {when(progress.since)}{_word(run)}"
        case State.RUNNING:
            return f"🔄 Running since {when(progress.started_at or progress.since)}{_word(run)}{_expected(progress)}"
        case State.AWAITING_APPROVAL:
            return f"🕓 Waiting for approval since {when(progress.since)}"
        case _:
            return _ended(run)


def _ended(run: Run) -> str:
    progress, name = run.progress, platform(run)
    match progress.state:
        case State.SUCCEEDED:
            return f"✅ Succeeded{_in(progress)}{_at(progress)}"
        case State.FAILED:
            return f"❌ Failed{_after(progress)}{_at(progress)}"
        case State.STOPPED:
            return f"⏹️ Stopped on {name}{_after(progress)}{_at(progress)}"
        case State.REJECTED:
            return "🚫 Not tracked" if elsewhere(run) else "🚫 Not started"
        case State.UNCLEAR:
            return f"❓ May have started at {when(progress.submitted_at or progress.since)}"
        case State.LOST:
            return f"❓ {name} no longer knows this run{_at(progress)}"
        case State.GIVEN_UP:
            return f"⌛ No longer tracked since {day(progress.since)}"
        case _:
            return _untracked(run)


def detail(run: Run, owner: str = "") -> str:
    """What there is to say besides; empty where the headline says it all. `owner`: as for rejected_words."""
    progress, name = run.progress, platform(run)
    if not progress.state.final:
        if progress.trouble is None or progress.trouble_since is None:
            return ""
        since = f"⚠️ {trouble_words(name, progress.trouble)} since {when(progress.trouble_since)}"
        return f"{since}; {next_try(run)}" if progress.trouble in PASSING else since
    match progress.state:
        case State.FAILED:
            return plain(progress.reason, MOST_REASON)
        case State.REJECTED:
            return rejected_words(run, owner)
        case State.UNCLEAR:
            return (
                f"No answer came back from {name}, so I won't start it a second time. "
                "Open the notebook to see; *Run again* starts it anew."
            )
        case State.GIVEN_UP:
            return f"It hadn't ended by then. On {name} it may still be running: open the notebook to see."
        case State.UNTRACKED if progress.cause is not Cause.PERSON:
            return f"{name} doesn't tell how such a run goes. Open the notebook to see."
        case State.UNTRACKED if progress.remote_id is not None:
            return f"On {name} the run goes on. To stop it, open the notebook."
        case _:
            return ""


def trouble_words(name: str, trouble: Trouble) -> str:
    """What keeps us from looking."""
    match trouble:
        case Trouble.SILENT:
            return f"{name} hasn't been answering"
        case Trouble.UNKNOWN:
            return f"{name} hasn't known this run"
        case Trouble.LIMITED:
            return f"{name} has been asking us to wait"
        case Trouble.REFUSED:
            return f"{name} has been refusing our token"
        case Trouble.SUSPENDED:
            return f"{name} has had the project suspended"


def unstarted(run: Run) -> bool:
    """Whether nothing was sent to the platform yet."""
    return run.progress.state in (State.REQUESTED, State.AWAITING_APPROVAL)


def next_try(run: Run) -> str:
    """When the platform is asked again, in words that stay true until it has been."""
    verb, at = "try" if unstarted(run) else "look", run.progress.again_at
    again = f"I {verb} again at least every two minutes" if at is None else f"I {verb} again {_at_time(run, at)}"
    return f"nothing was started yet, {again}" if unstarted(run) and not elsewhere(run) else again


def _at_time(run: Run, at: datetime) -> str:
    """`at 15:03`, with its day where that isn't the trouble's."""
    since = run.progress.trouble_since or at
    return f"at {when(at)}" if at - since < timedelta(hours=12) else day(at)


def rejected_words(run: Run, owner: str = "") -> str:
    """Why nothing was started; `owner` is the name of whom to ask about a notebook that is gone."""
    progress, name = run.progress, platform(run)
    reason = plain(progress.reason, MOST_REASON)
    said = f" ({reason.rstrip('.')})" if reason else ""
    match progress.cause:
        case Cause.TOKEN:
            return f"{name} refused our token. {reason}".rstrip()
        case Cause.RIGHTS:
            return f"{name} says that we may not run this notebook{said}."
        case Cause.GONE if progress.gone_since is not None:
            called = plain(run.request.name or run.request.title, 120)
            ask = f" Ask {plain(owner, 80)}, who owns it." if owner else ""
            gone = f"{name} has had no notebook “{called}” since {day(progress.gone_since)}"
            return f"{gone}, or it isn't shared with us{said}.{ask}"
        case Cause.GONE:
            return f"{name} has no such notebook, or it isn't shared with us{said}."
        case Cause.CARD:
            return "I can't post here."
        case Cause.PERSON:
            return reason or "It was declined."
        case _:
            return f"{name} says: {reason}" if reason else f"{name} gave no reason."


def _untracked(run: Run) -> str:
    progress = run.progress
    if progress.cause is not Cause.PERSON:
        return f"▶️ Started in the notebook itself at {when(progress.since)}"
    if progress.remote_id is not None:
        return f"👋 No longer tracked since {day(progress.since)}"
    return f"🚫 Taken back at {when(progress.since)}, before it was {'tracked' if elsewhere(run) else 'started'}"


def _in(progress: Progress) -> str:
    seconds = took(progress)
    return "" if seconds is None else f" in {lasted(seconds)}"


def _after(progress: Progress) -> str:
    seconds = took(progress)
    return "" if seconds is None else f" after {lasted(seconds)}"


def _at(progress: Progress) -> str:
    return f" · {day(progress.ended_at)}" if progress.ended_at else ""


def _word(run: Run) -> str:
    word = plain(run.progress.word, 60)
    return f" · {platform(run)} says “{word}”" if word else ""


def _expected(progress: Progress) -> str:
    by = usually_by(progress)
    if by is None:
        return ""
    if progress.overdue:
        return f" · taking longer than usual (it's usually done by {when(by)})"
    return f" · usually done by {when(by)}"


def usually_by(progress: Progress) -> datetime | None:
    """When such a run is usually done, where that is known."""
    if progress.started_at is None or progress.usual is None or not 0 <= progress.usual <= LONGEST_USUAL:
        return None
    try:
        return progress.started_at + timedelta(seconds=progress.usual)
    except OverflowError:
        return None
