"""Why a notebook failed: the place, the exception, its own lines of code, the last success, and what to press."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.model import State
from bot.render import ids
from bot.render.earlier import last_success
from bot.render.frames import shortened
from bot.render.text import Block, button, clean, code, cut, plain, section

if TYPE_CHECKING:
    from bot.model import Failure, Results, Run
    from bot.render.files import Maker

MOST_TRACEBACK: Final = 1_800
"""Characters."""
MOST_MESSAGE: Final = 240


def where(failure: Failure) -> str:
    """`block 4 “Load orders”`, as far as it is known: named by its first line's comment, a heading, or that line."""
    comment = failure.line.lstrip("#% ") if failure.line.startswith("#") else ""
    name = plain(comment, 80) or plain(failure.title, 80) or plain(failure.line, 80)
    if failure.block is None:
        return ""
    return f"block {failure.block}" + (f" “{name}”" if name else "")


def failed(run: Run, results: Results, maker: Maker, home: str) -> list[Block]:
    """The blocks that tell it; none for a run that didn't fail."""
    if results.failure is None and run.progress.state is not State.FAILED:
        return []
    blocks = _why(results.failure, maker) if results.failure is not None else [section(_platforms_words(run))]
    before = last_success(results.earlier, home)
    if before:
        blocks.append(section(before))
    value = str(run.number)
    buttons = [button("Run again", ids.RUN_AGAIN, value), button("Edit & run…", ids.EDIT_AND_RUN, value)]
    return [*blocks, {"type": "actions", "elements": buttons}]


def _platforms_words(run: Run) -> str:
    reason = plain(run.progress.reason, 600)
    return "❌ *Failed*" + (f": {reason}" if reason else "; the notebook doesn't say why")


def _why(failure: Failure, maker: Maker) -> list[Block]:
    place, name = where(failure), plain(failure.name) or "Error"
    message = plain(failure.message.strip().split("\n")[0], MOST_MESSAGE)
    what = f"*{name}: {message}*" if message else f"*{name}*"
    blocks = [section(f"❌ {what}{' in ' + place if place else ''}")]
    if not failure.traceback.strip():
        lines = clean(failure.message).strip()
        return [*blocks, code(cut(lines, MOST_TRACEBACK))] if "\n" in lines or len(lines) > MOST_MESSAGE else blocks
    trace = shortened(failure.traceback, failure.name, MOST_TRACEBACK)
    if trace.text.strip():
        blocks.append(code(trace.text))
    if not trace.whole:
        maker.make("traceback", "txt", clean(failure.traceback).strip("\n") + "\n")
    return blocks
