"""The card: a run's root message, true whenever it is read."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from bot.model import Cause, Platform, State, Trouble
from bot.render import ids
from bot.render.text import Block, button, cut, day, lasted, plain, shown, when

if TYPE_CHECKING:
    from bot.model import Options, Progress, Run

MOST_INPUTS: Final = 12
MOST_REASON: Final = 400


def title(run: Run) -> str:
    """The run's name, escaped."""
    return plain(run.request.title or run.request.name or run.request.notebook.id, 120)


def card(run: Run, link: str | None) -> tuple[str, list[Block]]:
    """The card's fallback text and blocks.

    Args:
        run: The run, as it stands.
        link: Where people can open the notebook.
    """
    name = f"📓 *{title(run)}* · run {run.number}"
    state = state_line(run)
    fields = [name, inputs_line(run), state, f"asked by {plain(run.asker_name, 80)} · {how(run)}"]
    blocks: list[Block] = [
        {"type": "section", "fields": [{"type": "mrkdwn", "text": cut(words, 2000)} for words in fields]},
        {"type": "actions", "block_id": f"run:{run.number}", "elements": _buttons(run, link)},
    ]
    return cut(f"📓 {title(run)} · run {run.number}: {state}", 3000), blocks


def _buttons(run: Run, link: str | None) -> list[Block]:
    value = str(run.number)
    buttons = [button("Open notebook", ids.OPEN_NOTEBOOK, value, url=link)] if link and len(link) <= 3000 else []  # noqa: PLR2004, Slack's limit of a URL
    buttons.append(button("Run again", ids.RUN_AGAIN, value))
    if run.open:
        confirm = {
            "title": {"type": "plain_text", "text": "Stop tracking?"},
            "text": {
                "type": "plain_text",
                "text": f"The run goes on: {platform(run)} can't be told to stop it from here. "
                "To stop it, open the notebook. Its results won't be posted.",
            },
            "confirm": {"type": "plain_text", "text": "Stop tracking"},
            "deny": {"type": "plain_text", "text": "Keep tracking"},
        }
        buttons.append(button("Stop tracking", ids.UNTRACK, value, confirm=confirm))
    return buttons


def platform(run: Run) -> str:
    """The platform as people write it."""
    return run.request.notebook.platform.label


def inputs_line(run: Run) -> str:
    """`region *EU* · since *2026-10-01*`; the values whose names look secret are masked."""
    inputs = run.request.inputs
    if not inputs:
        return "_no inputs_"
    words = [f"{plain(name, 60)} *{plain(shown(name, value), 120) or '“”'}*" for name, value in inputs.items()]
    more = len(words) - MOST_INPUTS
    return " · ".join(words[:MOST_INPUTS]) + (f" · and {more} more" if more > 0 else "")


def how(run: Run) -> str:
    """`Deepnote, in a copy, read-only storage`."""
    name, options = platform(run), run.request.options
    if run.request.adopt is not None:
        return f"{name}, started elsewhere"
    if run.request.notebook.platform is Platform.DATALORE:
        return ", ".join([name, *_datalore_words(options)])
    return ", ".join([name, *_deepnote_words(options)])


def _datalore_words(options: Options) -> list[str]:
    words = []
    if options.interactive:
        words.append("in the shared notebook")
    if options.update_report:
        words.append("updates the report")
    if options.write_files:
        words.append("writes to the notebook's files")
    return words


def _deepnote_words(options: Options) -> list[str]:
    words = ["in the shared notebook" if options.live or options.blocks else "in a copy"]
    if options.readonly:
        words.append("read-only storage")
    if options.blocks:
        count = len(options.blocks)
        words.append(
            f"{count} block{'s' if count != 1 else ''} only" + (" and dependents" if options.dependents else "")
        )
    return words


def state_line(run: Run) -> str:
    """How the run stands, in words that stay true."""
    progress = run.progress
    words = _state_words(run, progress)
    if progress.trouble is not None and progress.trouble_since is not None and not progress.state.final:
        words += f"\n⚠️ {trouble_words(platform(run), progress.trouble)} since {when(progress.trouble_since)}"
    return words


def trouble_words(name: str, trouble: Trouble) -> str:
    """What keeps us from looking."""
    match trouble:
        case Trouble.SILENT:
            return f"{name} hasn't been answering"
        case Trouble.REFUSED:
            return f"{name} has been refusing our token"
        case Trouble.SUSPENDED:
            return f"{name} has suspended the project"


def took(progress: Progress) -> float | None:
    """How many seconds the run took, where both ends are known."""
    if progress.started_at is None or progress.ended_at is None:
        return None
    return max(0.0, (progress.ended_at - progress.started_at).total_seconds())


def _state_words(run: Run, progress: Progress) -> str:
    match progress.state:
        case State.REQUESTED:
            return f"🕓 Asked for at {when(run.asked_at)}"
        case State.AWAITING_APPROVAL:
            return f"🕓 Waiting for approval since {when(progress.since)}"
        case State.SUBMITTING:
            return f"🕓 Being started since {when(progress.since)}"
        case State.QUEUED:
            return f"⏳ Queued since {when(progress.since)}{_word(run)}"
        case State.RUNNING:
            return f"🔄 Running since {when(progress.started_at or progress.since)}{_word(run)}{_expected(progress)}"
        case _:
            return end_line(run)


def _word(run: Run) -> str:
    return f" · {platform(run)} says “{plain(run.progress.word, 60)}”" if run.progress.word else ""


def _expected(progress: Progress) -> str:
    if progress.usual is None or progress.started_at is None:
        return ""
    by = progress.started_at + timedelta(seconds=progress.usual)
    if progress.overdue:
        return f" · taking longer than usual (it's usually done by {when(by)})"
    return f" · usually done by {when(by)}"


def end_line(run: Run) -> str:
    """How the run ended."""
    progress = run.progress
    seconds, name = took(progress), platform(run)
    lasting = "" if seconds is None else f" after {lasted(seconds)}"
    at = f" · {day(progress.ended_at)}" if progress.ended_at else ""
    reason = plain(progress.reason, MOST_REASON)
    match progress.state:
        case State.SUCCEEDED:
            return f"✅ Succeeded{'' if seconds is None else f' in {lasted(seconds)}'}{at}"
        case State.FAILED:
            return f"❌ Failed{lasting}{at}" + (f"\n{reason}" if reason else "")
        case State.STOPPED:
            return f"⏹️ Stopped on {name}{lasting}{at}"
        case State.REJECTED:
            return f"🚫 Not started: {rejected_words(run)}"
        case State.UNCLEAR:
            return f"❓ May have started: no answer came back from {name}. Open the notebook to see."
        case State.LOST:
            return f"❓ {name} no longer knows this run{at}"
        case State.GIVEN_UP:
            return f"⌛ No longer tracked: it hadn't ended by {day(progress.since)}"
        case _:
            return _untracked(progress, name)


def _untracked(progress: Progress, name: str) -> str:
    if progress.cause is not Cause.PERSON:
        return f"▶️ Started in the notebook itself at {when(progress.since)}; {name} doesn't tell how it goes"
    if progress.remote_id is None:
        return f"🚫 Taken back at {when(progress.since)}, before it was started"
    return (
        f"👋 No longer tracked since {day(progress.since)}; on {name} the run goes on. To stop it, open the notebook."
    )


def rejected_words(run: Run) -> str:
    """Why nothing was started."""
    progress, name = run.progress, platform(run)
    reason = plain(progress.reason, MOST_REASON)
    match progress.cause:
        case Cause.TOKEN:
            return f"{name} refused our token. {reason}".rstrip()
        case Cause.RIGHTS:
            return f"{name} says that we may not run this notebook ({reason})."
        case Cause.GONE:
            return f"{name} has no such notebook, or it isn't shared with us ({reason})."
        case Cause.CARD:
            return "I can't post here."
        case Cause.PERSON:
            return reason
        case _:
            return f"{name} says: {reason or 'no reason given'}"
