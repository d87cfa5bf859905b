"""Cells and blocks read alike: titles from headings, outputs in order, the failure with its place, the answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any, Final

from bot.model import Document, Failure, Figure, Output
from bot.outputs.facts import facts
from bot.outputs.figures import answer
from bot.outputs.kinds import Place, outputs, relabelled
from bot.outputs.part import Part, Shelf
from bot.outputs.source import first_line, is_marked
from bot.outputs.streams import printed
from bot.outputs.text import first_heading, joined, last_heading, plain, traceback

MOST_OUTPUTS: Final = 2_000


def document(title: str, parts: Iterable[Part], widgets: Mapping[str, Any] | None = None) -> Document:
    """Everything that these parts said.

    Args:
        title: The document's own.
        parts: In the order in which people see them.
        widgets: The kinds of its widgets, by their ids.
    """
    shelf = Shelf(widgets=widgets or {})
    heading, own_title = "", None
    said: list[tuple[Part, list[Output]]] = []
    count = 0
    failure: Failure | None = None
    for part in parts:
        if part.kind == "text":
            if own_title is None:
                own_title = first_heading(part.source)
            heading = last_heading(part.source) or heading
            continue
        if failure is None:
            error = next((raw for raw in part.outputs if raw.get("output_type") == "error"), None)
            failure = None if error is None else _failure(error, part, heading)
        if count <= MOST_OUTPUTS:
            place = Place(part, heading, "" if heading == own_title else heading)
            own = _some(_said(place, shelf), MOST_OUTPUTS + 1 - count)
            count += len(own)
            said.append((part, own))
    everything = [one for _, own in said for one in own]
    left_out = list(shelf.left_out())
    if len(everything) > MOST_OUTPUTS:
        left_out.append(f"outputs after the first {MOST_OUTPUTS:,}")
    headline = _headline(said)
    return Document(
        title=plain(title)[:300],
        outputs=tuple(everything[:MOST_OUTPUTS]),
        failure=failure,
        left_out=tuple(left_out[:MOST_LEFT_OUT]),
        headline=headline,
        facts=facts(said, headline),
    )


MOST_LEFT_OUT: Final = 50


def _some(every: Iterable[Output], most: int) -> list[Output]:
    return [one for _, one in zip(range(most), every, strict=False)]


def _headline(said: list[tuple[Part, list[Output]]]) -> Figure | None:
    """The answer: of the cell that is marked as such, else the first key number's block."""
    for part, own in said:
        if (part.marked or is_marked(part.source)) and (found := answer(part, own)) is not None:
            return found
    return next((one.figure for _, own in said for one in own if one.figure is not None), None)


def _said(place: Place, shelf: Shelf) -> Iterable[Output]:
    """A part's outputs in their order; what it prints piece by piece is one output."""
    for is_stream, group in groupby(place.part.outputs, key=lambda raw: raw.get("output_type") == "stream"):
        if is_stream:
            text = shelf.words(printed(group, shelf.quiet)) if shelf.text > 0 else ""
            if text.strip():
                yield place.made("text", text=text)
            continue
        for raw in group:
            data = raw.get("data")
            if isinstance(data, Mapping) and data:
                for one in outputs(data, place, shelf):
                    yield one
                    if one.kind == "markdown" and (shown := last_heading(one.text)):
                        place = relabelled(place, shown)  # of what the block shows below it


def _failure(raw: Mapping[str, Any], part: Part, heading: str) -> Failure:
    return Failure(
        block=part.number,
        title=heading,
        line=plain(first_line(part.source))[:200],
        name=plain(joined(raw.get("ename")))[:200],
        message=plain(joined(raw.get("evalue"))[:100_000])[:2_000],
        traceback=traceback(raw.get("traceback")),
    )


__all__ = ["MOST_OUTPUTS", "Part", "document", "last_heading"]
