"""The card's thread: changes of status, what the notebook said, and the closing line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from bot.model import Cause, NewsKind, State
from bot.render.card import end_line, platform, rejected_words, title, took, trouble_words
from bot.render.text import Block, code, context, cut, day, escape, head, lasted, plain, section, tail, when

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from bot.model import Artifact, Failure, News, Output, Results, Run

LATE: Final = timedelta(minutes=5)
SAID: Final = 2_800
"""Characters of one output; together with TOTAL well under Slack's 13,000 a message."""
TOTAL: Final = 8_000
TRACEBACK: Final = 2_000
MOST_ARTIFACTS: Final = 20


@dataclass(frozen=True, slots=True)
class Said:
    """A message of the thread."""

    text: str
    blocks: list[Block] | None = None


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of the thread: the artifact at this position."""

    position: int
    name: str


Part = Said | Upload


def news_line(run: Run, news: News) -> str:
    """One change of status; nothing for an end, which the closing line tells."""
    name = platform(run)
    word = f" · {name} says “{plain(news.text, 100)}”" if news.text else ""
    match news.kind:
        case NewsKind.QUEUED:
            return f"⏳ Queued on {name} at {when(news.at)}{word}"
        case NewsKind.RUNNING:
            return f"🔄 Running on {name} since {when(news.at)}{word}"
        case NewsKind.WORD:
            return f"🔄 {name} says “{plain(news.text, 100)}” at {when(news.at)}"
        case NewsKind.TROUBLE if news.trouble is not None:
            goes_on = "nothing was started yet; I keep trying" if _unstarted(run) else "the run isn't touched by that"
            return f"⚠️ {trouble_words(name, news.trouble)} since {when(news.at)}; {goes_on}."
        case NewsKind.ANSWERING:
            return f"👍 {name} answers again at {when(news.at)}"
        case NewsKind.NOTE:
            return plain(news.text, 500)
        case _:
            return ""


def _unstarted(run: Run) -> bool:
    return run.progress.state in (State.REQUESTED, State.AWAITING_APPROVAL)


def news_message(run: Run, news: Iterable[News]) -> Said | None:
    """All news that the thread hasn't told, as one message."""
    lines = [line for line in (news_line(run, one) for one in news) if line]
    return Said(text=cut("\n".join(lines), 3000)) if lines else None


def parts(results: Results) -> list[Part]:
    """What the thread tells of the results, in its order: always the same for the same results."""
    blocks: list[Block] = []
    left_out = list(results.left_out)
    blocks += _outputs(results.outputs, left_out)
    if results.failure is not None:
        blocks += _failure(results.failure)
    if results.artifacts:
        blocks.append(section(_artifacts(results.artifacts)))
    if left_out:
        blocks.append(context("Not shown here: " + "; ".join(plain(words, 200) for words in left_out[:12]) + "."))
    uploads = [
        Upload(position, artifact.name)
        for position, artifact in enumerate(results.artifacts)
        if not artifact.note and artifact.size is not None
    ]
    if not blocks:
        return list(uploads)
    return [Said(text=_fallback(results), blocks=blocks), *uploads]


def _fallback(results: Results) -> str:
    if results.failure is not None:
        return cut(f"{plain(results.failure.name)}: {plain(results.failure.message, 300)}", 1000)
    said = next((one.text for one in results.outputs if one.kind in ("text", "markdown")), "")
    return plain(said, 300) or "What the notebook left"


def _outputs(outputs: tuple[Output, ...], left_out: list[str]) -> list[Block]:
    blocks: list[Block] = []
    room, heading, pictures, unshown = TOTAL, "", 0, 0
    for one in outputs:
        if one.kind == "image":
            pictures += 1
            continue
        if one.kind == "other":
            left_out.append(f"an output of type {one.text}")
            continue
        words = head(one.text.strip("\n"), min(SAID, max(room, 0)))
        if room < 200 or len(blocks) > 30:  # noqa: PLR2004, less than this says nothing
            unshown += 1
            continue
        if one.title and one.title != heading:
            heading = one.title
            blocks.append(section(f"*{plain(heading)}*"))
        blocks.append(code(words) if one.kind == "text" else section(escape(words)))
        room -= len(words)
        if len(words) < len(one.text.strip("\n")):
            left_out.append(f"the rest of a long output of block {one.block}")
    if pictures:
        left_out.append(f"{pictures} picture{'s' if pictures != 1 else ''}, in the notebook file")
    if unshown:
        left_out.append(f"{unshown} more output{'s' if unshown != 1 else ''}, in the notebook file")
    return blocks


def where(failure: Failure) -> str:
    """`block 4 "Load orders"`, as far as it is known."""
    if failure.block is None:
        return ""
    name = failure.title or failure.line
    return f"block {failure.block}" + (f" “{plain(name, 80)}”" if name else "")


def _failure(failure: Failure) -> list[Block]:
    place = where(failure)
    blocks = [section(f"❌ *{plain(failure.name) or 'Error'}* {'in ' + place if place else ''}")]
    if failure.traceback.strip():
        blocks.append(code(tail(failure.traceback.strip("\n"), TRACEBACK)))
    elif failure.message:
        blocks.append(code(cut(failure.message, TRACEBACK)))
    return blocks


def _artifacts(artifacts: tuple[Artifact, ...]) -> str:
    lines = []
    for one in artifacts[:MOST_ARTIFACTS]:
        name = plain(one.name, 100)
        usable = one.url.startswith(("https://", "http://")) and not set(one.url) & set("<>| ")
        line = f"📎 <{escape(one.url)}|{name}>" if usable else f"📎 {name}"
        if one.size is not None:
            line += f" · {size(one.size)}"
        lines.append(line + (f" · {plain(one.note)}" if one.note else ""))
    more = len(artifacts) - MOST_ARTIFACTS
    return cut("\n".join(lines) + (f"\nand {more} more" if more > 0 else ""), 3000)


def size(count: int) -> str:
    """`812 B`, `14 KB`, `3.2 MB`."""
    if count < 1000:  # noqa: PLR2004
        return f"{count} B"
    kilo = count / 1000
    return f"{kilo:.0f} KB" if kilo < 1000 else f"{kilo / 1000:.1f} MB"  # noqa: PLR2004


def not_a_member() -> str:
    """Why the files aren't here."""
    return (
        "📎 I can't post files here, because I'm not in this channel. "
        "Type `/invite @Threadbook`, then press *Run again* and they come."
    )


def no_files(word: str) -> str:
    """Slack doesn't take files here for another reason."""
    return f"📎 Slack doesn't let me post files here (it says `{plain(word)}`). Their links are above."


def closing(run: Run, results: Results | None, now: datetime) -> str:
    """The last line of the thread, and its only mention."""
    progress = run.progress
    seconds = took(progress)
    who, name = f"<@{run.asker}>", f"*{title(run)}*"
    match progress.state:
        case State.SUCCEEDED:
            line = f"✅ {who} {name} succeeded" + (f" in {lasted(seconds)}" if seconds is not None else "")
        case State.FAILED:
            line = f"❌ {who} {name} failed" + (f" after {lasted(seconds)}" if seconds is not None else "")
            line += _cause(run, results)
        case State.STOPPED:
            line = f"⏹️ {who} {name} was stopped on {platform(run)}"
        case State.REJECTED:
            line = f"🚫 {who} {name} was not started: {rejected_words(run)}"
        case State.UNCLEAR:
            line = (
                f"❓ {who} {name} may have started: no answer came back from {platform(run)}. "
                "I won't start it a second time. Open the notebook to see; *Run again* starts it anew."
            )
        case State.UNTRACKED if progress.cause is Cause.PERSON and run.untracked_by != run.asker:
            line = f"{end_line(run)} · by <@{run.untracked_by}>, for {who}"
        case _:
            line = f"{end_line(run)} · {who}"
    if progress.ended_at is not None and now - progress.ended_at > LATE and progress.state is not State.UNTRACKED:
        line += f"\nFinished {day(progress.ended_at)}, told {day(now)}: I couldn't look or post earlier."
    return cut(line, 3000)


def _cause(run: Run, results: Results | None) -> str:
    failure = results.failure if results is not None else None
    if failure is None:
        return f": {plain(run.progress.reason, 300)}" if run.progress.reason else ""
    place = where(failure)
    words = f"{plain(failure.name)}: {plain(failure.message, 200)}" if failure.message else plain(failure.name)
    return (f" in {place}" if place else "") + f": {words}"
