"""The report: what a run left, as a few messages that read like a page, its pictures and its files.

Whatever the results hold, Slack's limits hold too: what doesn't fit is named in one list at the end, and comes as a
file where it can.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.render.charts import chart_files, others
from bot.render.earlier import since
from bot.render.failure import failed
from bot.render.figures import headline_words, key_numbers
from bot.render.files import Files, Made, Maker, Picture, Upload, listed, named, pictures, uploads
from bot.render.masks import discreet_results
from bot.render.pages import pages
from bot.render.states import title
from bot.render.text import Block, context, lines_within, plain, section
from bot.render.units import Units
from bot.render.words import bare

if TYPE_CHECKING:
    from bot.model import Output, Results, Run

MOST_LEFT_OUT: Final = 12
LEFT_OUT: Final = 1_600
"""Characters of the list of what was left out."""
FEW: Final = 2
SHORT: Final = 240
"""Characters of such a list that is one line."""
SUMMARY: Final = 160
"""Characters that a last line may have to be the closing line's answer."""


@dataclass(frozen=True, slots=True)
class Said:
    """A message of the thread."""

    text: str
    blocks: list[Block] | None = None


Part = Said | Files


def parts(run: Run, results: Results, home: str = "") -> list[Part]:
    """What the thread tells of the results, in its order: always the same for the same results.

    Args:
        run: The run, ended.
        results: What it left.
        home: The workspace's web address, for links to other cards.
    """
    if results.quiet:
        return []
    results = discreet_results(run, results)
    left_out = [plain(words, 200) for words in results.left_out]
    images = pictures(run, results.outputs, left_out)
    files = uploads(results.artifacts, left_out)
    maker = Maker(named(run))
    messages = _messages(run, results, home, maker, left_out)
    text = _fallback(run, results)
    said = [Said(text=text, blocks=blocks) for blocks in messages]
    together: list[tuple[Picture | Made | Upload, ...]] = [tuple(images), (*maker.files, *files)]
    return [*said, *(Files(some) for some in together if some)]


def _messages(run: Run, results: Results, home: str, maker: Maker, left_out: list[str]) -> list[list[Block]]:
    """The messages' blocks; none where there is nothing to tell."""
    named_so = title(run)
    end = failed(run, results, maker, home)
    files = listed(results.artifacts)
    if files:
        end.append(section(files))
    top = [section(f"*{named_so}*"), *key_numbers(results, left_out)]
    change = since(run, results, home)
    if change:
        top.append(context(change))
    units = Units(named_so, top, end, maker).of(_told(results), left_out)
    chart_files(results.outputs, maker, left_out)
    others(results.outputs, left_out)
    if left_out:
        end.append(context(_not_shown(left_out)))
    return pages(named_so, top, units, end) if units or end or len(top) > 1 else []


def _told(results: Results) -> list[tuple[int, Output]]:
    """The outputs that are words or tables, with their places; the key number at the top isn't said again."""
    marked = results.headline
    answer = _bare(f"{marked.name} {marked.text}") if marked is not None else ""
    return [
        (place, one)
        for place, one in enumerate(results.outputs)
        if (one.kind in ("table", "data") or (one.kind in ("text", "markdown") and one.text.strip()))
        and (one.kind != "text" or len(one.text) > 2 * SUMMARY or _bare(one.text) != answer)
    ]


def _bare(words: str) -> str:
    """Words alone: `revenue: 1.31M` and `revenue 1.31M` are the same."""
    return " ".join(re.split(r"[\s:=]+", words.casefold())).strip()


def _not_shown(left_out: list[str]) -> str:
    """One line where it's short, else a list."""
    several = [words.rstrip(".") for words in left_out if words]
    more = len(several) - MOST_LEFT_OUT
    kept = [*several[:MOST_LEFT_OUT], *([f"and {more} more"] if more > 0 else [])]
    line = f"Not shown here: {'; '.join(kept)}."
    if len(kept) <= FEW and len(line) <= SHORT:
        return line
    return "Not shown here:\n" + lines_within([f"• {words}" for words in kept], LEFT_OUT)


def _fallback(run: Run, results: Results) -> str:
    """What a notification says."""
    if results.failure is not None:
        words = f"{plain(results.failure.name) or 'Error'}: {plain(results.failure.message, 300)}".rstrip(": ")
    else:
        told = (one.text for one in results.outputs if one.kind in ("text", "markdown") and one.text.strip())
        words = headline_words(results) or plain(next(told, ""), 300)
    return words or f"What {title(run)} left"


def answer(results: Results) -> str:
    """The key number that the notebook marks; else the last thing that it said, where that is one short line."""
    marked = headline_words(results)
    if marked:
        return marked
    told = [one.text.strip() for one in results.outputs if one.kind == "text" and one.text.strip()]
    if not told or "\n" in told[-1] or len(told[-1]) > SUMMARY:
        return ""
    return plain(bare(told[-1]), SUMMARY)
