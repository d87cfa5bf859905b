"""The card's thread: changes of status as they come, and the closing line."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from bot.model import Cause, NewsKind, State, Trouble
from bot.render import ids
from bot.render.card import inputs_line
from bot.render.earlier import run_link
from bot.render.failure import where
from bot.render.masks import briefly, discreet, hiding
from bot.render.report import Said, answer
from bot.render.states import (
    detail,
    elsewhere,
    headline,
    next_try,
    platform,
    rejected_words,
    title,
    took,
    trouble_words,
    unstarted,
)
from bot.render.text import MOST_SECTION, button, day, fitted, lasted, lines_within, mention, plain, section, when
from bot.trouble import PASSING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from bot.model import News, Results, Run

LATE: Final = timedelta(minutes=5)
MOST_NAMED: Final = 5
MOST_TOLD: Final = 50
ASKABLE: Final = frozenset({State.FAILED, State.LOST, State.UNCLEAR, State.REJECTED})
ENDED: Final = frozenset({State.SUCCEEDED, State.FAILED, State.STOPPED})


def news_line(run: Run, news: News) -> str:
    """One change of status; nothing for an end, which the closing line tells."""
    name, said = platform(run), plain(hiding(run)(news.text), 100)
    word = f" · {name} says “{said}”" if said else ""
    match news.kind:
        case NewsKind.QUEUED:
            return f"⏳ Queued on {name} at {when(news.at)}{word}"
        case NewsKind.RUNNING:
            return f"🔄 Running on {name} since {when(news.at)}{word}"
        case NewsKind.WORD:
            return f"🔄 {name} says “{said}” at {when(news.at)}"
        case NewsKind.TROUBLE if news.trouble is Trouble.UNKNOWN:
            return f"⚠️ {trouble_words(name, news.trouble)} since {when(news.at)}; I keep looking."
        case NewsKind.TROUBLE if news.trouble is not None:
            return f"⚠️ {trouble_words(name, news.trouble)} since {when(news.at)}; {_meanwhile(run)}."
        case NewsKind.ANSWERING:
            return f"👍 {name} answers again at {when(news.at)}"
        case NewsKind.OWNER_ASKED:
            return _owner_asked(run, news)
        case NewsKind.NOTE:
            return plain(hiding(run)(news.text), 500)
        case _:
            return ""


def _meanwhile(run: Run) -> str:
    later = run.progress.trouble in PASSING and run.progress.again_at is not None
    if run.progress.state is State.SUBMITTING:  # tried again at this moment
        return "I keep trying"
    if not unstarted(run):
        return f"the run isn't touched by that; {next_try(run)}" if later else "the run isn't touched by that"
    if later:
        return next_try(run)
    return "I keep trying" if elsewhere(run) else "nothing was started yet; I keep trying"


def news_message(run: Run, news: Iterable[News]) -> Said | None:
    """All news that the thread hasn't told, as one message."""
    lines = [line for line in (news_line(run, one) for one in news) if line]
    return Said(text=lines_within(lines, MOST_SECTION)) if lines else None


def not_a_member(names: Iterable[str] = ()) -> str:
    """Why the files aren't here."""
    return f"📎 I can't post {_files(names)} here, because I'm not in this channel. After `/invite @Threadbook` I can."


def no_files(word: str, names: Iterable[str] = ()) -> str:
    """Slack doesn't take files here for another reason."""
    said = plain(word, 60)
    return f"📎 Slack doesn't let me post {_files(names)} here" + (f" (it says “{said}”)." if said else ".")


def _files(names: Iterable[str]) -> str:
    known = [plain(name, 100) for name in names]
    if not known:
        return "files"
    more = len(known) - MOST_NAMED
    return ", ".join(known[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def closing(run: Run, results: Results | None, now: datetime, owner: str = "", home: str = "") -> str:
    """The last line of the thread: it mentions who asked, and an admin who stopped the tracking for them."""
    run = discreet(run)
    line = _closing(run, None if results is None else briefly(run, results), owner, home)
    ended = run.progress.ended_at
    if ended is not None and now - ended > LATE and run.progress.state in ENDED:
        line += f"\nFinished {day(ended)}, told {day(now)}: I couldn't look or post earlier."
    return fitted(line, MOST_SECTION)


def farewell(
    run: Run, results: Results | None, now: datetime, *, listeners: Iterable[str] = (), owner: str = "", home: str = ""
) -> Said:
    """The closing line, with those who asked to be told too, and a way to ask the notebook's owner.

    Args:
        run: The run, ended.
        results: What it left.
        now: When it's told.
        listeners: Slack's user ids.
        owner: The owner's name, where there is one to be asked.
        home: The workspace's web address, for links to other cards.
    """
    line = closing(run, results, now, owner, home)
    others = [mention(user) for user in listeners if user not in (run.asker, run.untracked_by)]
    if others:
        line = fitted(f"{line}\nTold too: {' '.join(others[:MOST_TOLD])}", MOST_SECTION)
    if not owner or run.progress.state not in ASKABLE:
        return Said(text=line)
    ask = button(f"Ask {plain(owner, 40)}", ids.ASK_OWNER, str(run.number))
    return Said(text=line, blocks=[section(line), {"type": "actions", "elements": [ask]}])


def _owner_asked(run: Run, news: News) -> str:
    """The one mention of the owner, with the run and its inputs."""
    run = discreet(run)
    asked = f"🙋 {mention(news.text)}, {mention(news.by)} asks you about *{title(run)}*, run {run.number}, with "
    reason = plain(run.progress.reason, 300)
    return asked + inputs_line(run).replace("_no inputs_", "no inputs") + (f": {reason}" if reason else "")


def _closing(run: Run, results: Results | None, owner: str, home: str) -> str:
    progress = run.progress
    who, name = mention(run.asker), f"*{title(run)}*"
    match progress.state:
        case State.SUCCEEDED:
            said = _answer(results, home) if results is not None else ""
            return f"✅ {who} {name} succeeded{_lasting(run, 'in')}" + (f": {said}" if said else "")
        case State.FAILED:
            return f"❌ {who} {name} failed{_lasting(run, 'after')}{_cause(run, results)}"
        case State.STOPPED:
            return f"⏹️ {who} {name} was stopped on {platform(run)}{_lasting(run, 'after')}"
        case State.REJECTED:
            return f"🚫 {who} {name} was not {'tracked' if elsewhere(run) else 'started'}: {rejected_words(run, owner)}"
        case State.UNCLEAR:
            return f"❓ {who} {name} may have started. {detail(run)}"
        case State.LOST:
            return f"❓ {who} {platform(run)} no longer knows this run of {name}, so I can't tell how it ended."
        case State.GIVEN_UP:
            return f"⌛ {who} {name} is no longer tracked: it hadn't ended by {day(progress.since)}. {_goes_on(run)}"
        case State.UNTRACKED if progress.cause is Cause.PERSON:
            return _let_go(run, who, name)
        case State.UNTRACKED:
            return f"▶️ {who} {name} was started in the notebook itself. {detail(run)}"
        case _:
            return f"{headline(run)} · {who}"


def _answer(results: Results, home: str) -> str:
    if results.quiet and results.earlier is not None:
        return f"nothing changed since {run_link(results.earlier, home)}"
    return answer(results)


def _lasting(run: Run, word: str) -> str:
    seconds = took(run.progress)
    return "" if seconds is None else f" {word} {lasted(seconds)}"


def _goes_on(run: Run) -> str:
    return f"On {platform(run)} it may still be running."


def _let_go(run: Run, who: str, name: str) -> str:
    """Somebody stopped the tracking; where it wasn't the one who asked, both are named."""
    by = run.untracked_by
    other = mention(by) if by is not None and by != run.asker else ""
    if run.progress.remote_id is None:
        before = f"before it was {'tracked' if elsewhere(run) else 'started'}"
        return f"🚫 {who} {name} was taken back{f' by {other}' if other else ''} {before}"
    goes_on = f"On {platform(run)} the run goes on; to stop it, open the notebook."
    return f"👋 {who} {name} is no longer tracked{f': {other} stopped that' if other else ''}. {goes_on}"


def _cause(run: Run, results: Results | None) -> str:
    """` in block 4 “Load orders”: KeyError: 'region'`."""
    failure = results.failure if results is not None else None
    if failure is None:
        reason = plain(run.progress.reason, 300)
        return f": {reason}" if reason else ""
    place, name, message = where(failure), plain(failure.name), plain(failure.message, 300)
    words = ": ".join(word for word in (name or "Error", message) if word)
    return f" in {place}: {words}" if place else f": {words}"
