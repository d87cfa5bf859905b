"""What can't be shown as itself: charts come as files of what they are made from, all else is named."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from bot.render.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.model import Output
    from bot.render.files import Maker

SUFFIXES: Final = (
    ("application/vnd.vegalite", "vl.json"),
    ("application/vnd.vega-lite", "vl.json"),
    ("application/vnd.vega", "vg.json"),
    ("application/vnd.plotly", "plotly.json"),
    ("application/vnd.bokeh", "bokeh.json"),
    ("image/svg", "svg"),
    ("text/html", "html"),
)


def chart_files(outputs: Iterable[Output], maker: Maker, left_out: list[str]) -> None:
    """Attach the specification of each chart that is no picture, and say why it's none."""
    for one in outputs:
        if one.kind != "chart":
            continue
        called = plain(one.text or one.title, 80) or f"a chart of block {one.block}"
        name = maker.make(one.text or one.title or "chart", suffix_of(one.mimetype), one.data)
        why = plain(one.note, 160) or "it couldn't be drawn"
        left_out.append(f"{called} as a picture: {why}" + (f" (see {plain(name, 170)})" if name else ""))


def others(outputs: Iterable[Output], left_out: list[str]) -> None:
    """Name what is of a kind that can't be shown at all."""
    named = Counter(_other(one) for one in outputs if one.kind == "other")
    left_out += [words if number == 1 else f"{words} ({number} times)" for words, number in named.items()]


def _other(one: Output) -> str:
    note = plain(one.note, 160)
    return (plain(one.text, 60) or "an output") + (f": {note}" if note else "")


def suffix_of(mimetype: str) -> str:
    """How files of this kind end."""
    return next((suffix for kind, suffix in SUFFIXES if mimetype.startswith(kind)), "json")
