"""The report: what a run left, as one message that reads like a page, its pictures and its files.

Whatever the results hold, Slack's limits hold too: what doesn't fit is named in one line at the end.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.outputs.read import last_heading
from bot.render.failure import failed
from bot.render.files import Picture, Upload, listed, pictures, uploads
from bot.render.markdown import rich_text
from bot.render.masks import discreet_results
from bot.render.states import title
from bot.render.text import Block, clean, code, context, count, head, plain, section
from bot.render.wide import narrowed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.model import Output, Results, Run

MOST_WEIGHT: Final = 11_000
"""Of all blocks, as JSON: under the 13,000 characters at which Slack refuses a message."""
BLOCK_WEIGHT: Final = 60
"""What Slack may count for a block beside its JSON."""
MOST_OUTPUTS: Final = 30
MOST_SENTENCES: Final = 3
"""Lines; more of them are a log."""
MADE_FOR_CODE: Final = re.compile(r"\S[ ]{2,}\S|\t|^[ ]|^[\[({<'\"|+>$%#-]|[\\{}]|\w\(|^\w+:\S+:")
MOST_SAID: Final = 2_800
"""Characters of one output."""
MOST_LINES: Final = 40
MOST_NAMED: Final = 5
LEAST_SAID: Final = 200
"""Fewer say nothing."""
MOST_LEFT_OUT: Final = 12
SUMMARY: Final = 160
"""Characters that a last line may have to be the closing line's answer."""


@dataclass(frozen=True, slots=True)
class Said:
    """A message of the thread."""

    text: str
    blocks: list[Block] | None = None


Part = Said | Picture | Upload


def parts(run: Run, results: Results) -> list[Part]:
    """What the thread tells of the results, in its order: always the same for the same results."""
    results = discreet_results(run, results)
    left_out = [plain(words, 200) for words in results.left_out]
    drawn = pictures(run, results.outputs, left_out)
    files = uploads(results.artifacts, left_out)
    blocks = _report(run, results, left_out)
    said = [Said(text=_fallback(run, results), blocks=blocks)] if blocks else []
    return [*said, *drawn, *files]


def _report(run: Run, results: Results, left_out: list[str]) -> list[Block]:
    """The message's blocks; none where there is nothing to tell."""
    below: list[Block] = []
    if results.failure is not None:
        below += failed(results.failure)
    files = listed(results.artifacts)
    if files:
        below.append(section(files))
    top = section(f"*{title(run)}*")
    room = MOST_WEIGHT - _weight([top, *below]) - MOST_LEFT_OUT * 220
    said = _outputs(results.outputs, title(run), room, left_out)
    if left_out:
        below.append(context(_not_shown(left_out)))
    return [top, *said, *below] if said or below else []


def _not_shown(left_out: list[str]) -> str:
    kept = [words.rstrip(".") for words in left_out[:MOST_LEFT_OUT] if words]
    more = len(left_out) - MOST_LEFT_OUT
    return f"Not shown here: {'; '.join([*kept, *([f'and {more} more'] if more > 0 else [])])}."


def _outputs(outputs: Iterable[Output], named: str, room: int, left_out: list[str]) -> list[Block]:
    """The texts under their headings, as many as fit: the last one first of all, for it is most often the answer."""
    told = [(place, one) for place, one in enumerate(outputs) if one.kind in ("text", "markdown") and one.text.strip()]
    others = Counter(plain(one.text, 60) or "an output" for one in outputs if one.kind == "other")
    shown: dict[int, Block] = {}
    cut_short = set[int]()
    for place, one in [*told[-1:], *told[:-1]]:
        heading = BLOCK_WEIGHT + 100 + len(one.title)
        block, whole = _output(one, room - heading) if len(shown) < MOST_OUTPUTS else (None, True)
        if block is None:
            continue
        shown[place] = block
        room -= _weight([block]) + heading
        if not whole:
            cut_short.add(one.block)
    blocks: list[Block] = []
    heading_now = named
    for place, one in told:
        if place not in shown:
            continue
        own = plain(one.title, 150)
        if own and own != heading_now:
            heading_now = own
            if own.casefold() != named.casefold():
                blocks.append(section(f"*{own}*"))
        blocks.append(shown[place])
        if one.kind == "markdown":
            heading_now = plain(last_heading(one.text), 150) or heading_now
    if cut_short:
        left_out.append(_the_rest(sorted(cut_short)))
    if len(told) > len(shown):
        left_out.append(count(len(told) - len(shown), "more output"))
    left_out += [words if number == 1 else f"{words} ({number} times)" for words, number in others.items()]
    return blocks


def _the_rest(blocks: list[int]) -> str:
    """`the rest of blocks 3, 5 and 7 more`."""
    if len(blocks) == 1:
        return f"the rest of block {blocks[0]}"
    more = f" and {len(blocks) - MOST_NAMED} more" if len(blocks) > MOST_NAMED else ""
    return f"the rest of blocks {', '.join(map(str, blocks[:MOST_NAMED]))}{more}"


def _output(output: Output, room: int) -> tuple[Block | None, bool]:
    """The block of one output, and whether all of it is there; None where there is no room."""
    text = clean(output.text[: 4 * MOST_SAID]).strip("\n")
    lines = text.split("\n")
    whole = "\n".join(lines[:MOST_LINES]) + ("\n…" if len(lines) > MOST_LINES else "")
    most = min(MOST_SAID, room)
    while most >= LEAST_SAID:
        words, narrow = narrowed(head(whole, most)) if output.kind == "text" else (head(whole, most), False)
        block = rich_text(words) if output.kind == "markdown" else prose(words) or code(words)
        if block is None:
            return None, True
        if _weight([block]) <= room:
            return block, len(text) <= most and len(lines) <= MOST_LINES and not narrow
        most = min(most * 2 // 3, len(whole) - 1)
    return None, False


def prose(words: str) -> Block | None:
    """A sentence or a few, as plain text; None for what is made for a fixed width: tables, logs, values of code."""
    lines = words.split("\n")
    if len(lines) > MOST_SENTENCES or any(MADE_FOR_CODE.search(line) for line in lines) or not words.strip():
        return None
    element = {"type": "rich_text_section", "elements": [{"type": "text", "text": words}]}
    return {"type": "rich_text", "elements": [element]}


def _weight(blocks: list[Block]) -> int:
    return sum(BLOCK_WEIGHT + len(json.dumps(block, ensure_ascii=False)) for block in blocks)


def _fallback(run: Run, results: Results) -> str:
    """What a notification says."""
    if results.failure is not None:
        words = f"{plain(results.failure.name) or 'Error'}: {plain(results.failure.message, 300)}".rstrip(": ")
    else:
        words = plain(next((one.text for one in results.outputs if one.kind in ("text", "markdown")), ""), 300)
    return words or f"What {title(run)} left"


def answer(results: Results) -> str:
    """The last thing that the notebook said, where that is one short line; else nothing."""
    told = [one.text.strip() for one in results.outputs if one.kind == "text" and one.text.strip()]
    if not told or "\n" in told[-1] or len(told[-1]) > SUMMARY:
        return ""
    return plain(told[-1], SUMMARY)
