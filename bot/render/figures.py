"""Key numbers: together at the top of a report, each with how it changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.render.earlier import changed_by
from bot.render.text import MOST_FIELD, Block, count, mrkdwn, plain, section

if TYPE_CHECKING:
    from bot.model import Figure, Results

MOST_FIGURES: Final = 10
"""As many as a section has fields."""
MOST_WORDS: Final = 160
SENTENCE: Final = 60
"""Characters from which a key number is rather a sentence, and takes a line of its own."""


def figures_of(results: Results) -> list[Figure]:
    """All key numbers that people can see, the marked one first, none twice."""
    told = [one.figure for one in results.outputs if one.kind == "figure" and one.figure is not None]
    if results.headline is not None:
        told.insert(0, results.headline)
    return list({(one.name, one.text): one for one in told if plain(one.text)}.values())


def key_numbers(results: Results, left_out: list[str]) -> list[Block]:
    """One alone, or a sentence, as a line; several side by side."""
    several = figures_of(results)
    lines = [one for one in several[:1] if len(one.text) > SENTENCE or len(several) == 1]
    fields = several[len(lines) :]
    blocks = [section(figure_line(one, results)) for one in lines]
    if len(fields) > MOST_FIGURES:
        left_out.append(count(len(fields) - MOST_FIGURES, "more key number"))
    if fields:
        shown = [mrkdwn(_field(one, results), MOST_FIELD) for one in fields[:MOST_FIGURES]]
        blocks.append({"type": "section", "fields": shown})
    return blocks


def figure_line(figure: Figure, results: Results) -> str:
    """`revenue *1.31M* (+9 %)`."""
    text = plain(figure.text, MOST_WORDS)
    bold = f"*{text}*" if text else ""
    return f"{plain(figure.name, 80)} {bold}{changed_by(figure, results.earlier)}".strip()


def headline_words(results: Results | None) -> str:
    """The marked key number for one line among other words: `revenue 1.31M (+9 %)`; empty where none is marked."""
    if results is None or results.headline is None:
        return ""
    figure = results.headline
    name, text = plain(figure.name, 80), plain(figure.text, MOST_WORDS)
    return f"{name} {text}{changed_by(figure, results.earlier)}".strip() if text else ""


def _field(figure: Figure, results: Results) -> str:
    name = plain(figure.name, 80)
    value = f"*{plain(figure.text, MOST_WORDS)}*{changed_by(figure, results.earlier)}"
    return f"{name}\n{value}" if name else value
