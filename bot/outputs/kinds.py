"""One output out of the several forms in which a notebook holds it: the one that tells a reader most.

A key number before a table, a table before a picture, a picture before a chart that would have to be drawn, then
Markdown, then text. What can't be shown is named.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from bot.model import Output
from bot.outputs import charts, html
from bot.outputs.figures import figure
from bot.outputs.frames import FRAME, frame
from bot.outputs.pictures import fault
from bot.outputs.source import comment
from bot.outputs.text import MOST_TEXT, SURROGATE, joined, line, mapping, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.outputs.part import Part, Shelf

IMAGES: Final = ("image/png", "image/jpeg", "image/jpg")
REPR: Final = re.compile(r"<[\w.]+(?: object)?(?: at 0x[0-9a-f]+)?>|<[\w.]+ [^\n]{0,200}>|alt\.\w*Chart\(\.\.\.\)")
"""What Python says of a thing that has a better form: no words for a reader."""
OTHERS: Final = (
    ("application/vnd.bokehjs_load", "a script"),
    ("application/vnd.bokeh", "an interactive chart (Bokeh)"),
    ("application/vnd.holoviews_load", "a script"),
    ("application/vnd.holoviews", "an interactive chart (HoloViews)"),
    ("application/vnd.jupyter.widget", "a widget"),
    ("application/vnd.vega", "an interactive chart (Vega)"),
    ("application/vnd.plotly", "an interactive chart (Plotly)"),
    (FRAME, "a table"),
    ("application/vnd.dataresource", "a table"),
    ("application/geo+json", "a map"),
    ("application/pdf", "a PDF"),
    ("application/javascript", "a script"),
    ("text/latex", "a formula"),
    ("text/html", "an HTML view"),
    ("image/svg", "a drawing (SVG)"),
    ("image/gif", "a picture (GIF)"),
    ("image/webp", "a picture (WebP)"),
    ("image/", "a picture"),
    ("audio/", "a sound"),
    ("video/", "a film"),
)
RICH: Final = tuple(start for start, _ in OTHERS if start.startswith("application/vnd.") and start != FRAME)
"""What says more than the plain text that comes with it, and can't be shown here."""
WIDGET: Final = re.compile(r"([A-Z]\w{2,40})\(")
MODEL: Final = "application/vnd.jupyter.widget-view+json"


@dataclass(frozen=True, slots=True)
class Place:
    """Where an output stands: its part, the heading above it, and what a picture there is called."""

    part: Part
    title: str
    label: str

    def made(self, kind: Any, *, title: str = "", **more: Any) -> Output:
        """An output of this place."""
        return Output(kind=kind, block=self.part.number, title=title or self.title, **more)

    def named(self) -> str:
        """What a picture is called that doesn't say it."""
        return self.label or comment(self.part.source) or self.title


def outputs(data: Mapping[str, Any], place: Place, shelf: Shelf) -> Iterator[Output]:
    """What one display says; several outputs where it is a page with several tables."""
    if place.part.kind == "figure" and (told := figure(data, place.part.named)) is not None:
        key, words = told
        yield place.made("figure", figure=key, text=words)
        return
    table = next((data[name] for name in data if str(name).startswith(FRAME)), None)
    if table is not None and (read := frame(table, shelf.tables, place.part.number)) is not None:
        yield place.made("table", table=read)
        return
    page = joined(data.get("text/html"))
    pieces = html.pieces(page, shelf.tables, place.part.number) if page.strip() else []
    if any(piece.kind == "table" for piece in pieces):
        yield from _page(pieces, place, shelf)
        return
    for mimetype in IMAGES:
        content = joined(data.get(mimetype))
        if content:
            yield _image(content, mimetype, _called(data, place), place, shelf)
            return
    yield from _lesser(data, page, pieces, place, shelf)


def _lesser(
    data: Mapping[str, Any], page: str, pieces: list[html.Piece], place: Place, shelf: Shelf
) -> Iterator[Output]:
    """What is neither a number, a table nor a picture of its own."""
    chart = _chart(data, place, shelf)
    if chart is not None:
        yield chart
        return
    markdown = plain(joined(data.get("text/markdown"))[:MOST_TEXT])
    if markdown.strip():
        yield place.made("markdown", text=shelf.words(markdown))
        return
    words = plain(joined(data.get("text/plain"))[:MOST_TEXT])
    empty = not words.strip() or (len(data) > 1 and REPR.fullmatch(words.strip()) is not None)
    rich = any(str(name).startswith(RICH) for name in data)
    if any(piece.kind == "image" for piece in pieces) or (empty and pieces and not rich):
        yield from _page(pieces, place, shelf)
        return
    if "application/json" in data and empty:
        yield _json(data["application/json"], place, shelf)
        return
    if not empty and not rich:
        yield place.made("text", text=shelf.words(words))
        return
    latex = plain(joined(data.get("text/latex"))[:MOST_TEXT]).strip()
    if latex and empty and not rich:
        yield place.made("text", text=shelf.words(latex), note="a formula, as LaTeX")
        return
    yield _other(data, page, words, place, shelf)


def _page(pieces: list[html.Piece], place: Place, shelf: Shelf) -> Iterator[Output]:
    for piece in pieces:
        if piece.kind == "table":
            yield place.made("table", title=piece.title, table=piece.table)
        elif piece.kind == "image":
            yield _image(piece.data, "image/png", piece.text or piece.title or place.named(), place, shelf)
        else:
            text = shelf.words(piece.text)
            if text:
                yield place.made("text", title=piece.title, text=text)


def _image(content: str, mimetype: str, called: str, place: Place, shelf: Shelf) -> Output:
    """A picture, or the words for why it is none."""
    if not content.isascii():
        return place.made("other", text="a picture", mimetype=mimetype, note="the picture can't be read")
    why = fault(content)
    if not why and not shelf.takes_picture(content):
        why = "there are too many pictures"
    if why:
        return place.made("other", text="a picture", mimetype=mimetype, note=why)
    return place.made("image", text=called, data=content, mimetype=mimetype)


def _called(data: Mapping[str, Any], place: Place) -> str:
    """What a picture is called: as the chart beside it says, or as its place says."""
    for name, content in data.items():
        own = ""
        if charts.VEGA.fullmatch(str(name)):
            own = charts.chart_name(content)
        elif charts.PLOTLY.fullmatch(str(name)):
            own = charts.plotly_name(content)
        if own:
            return own
    return place.named()


def _chart(data: Mapping[str, Any], place: Place, shelf: Shelf) -> Output | None:
    """A specification or a drawing that can be made a picture, if somebody draws it."""
    for name, content in data.items():
        mimetype = str(name)
        if charts.VEGA.fullmatch(mimetype) and isinstance(content, Mapping | str):
            spec = content if isinstance(content, str) else _dumped(content)
            called = charts.chart_name(_loaded(content)) or place.named()
        elif mimetype == "image/svg+xml":
            spec, called = joined(content), charts.svg_name(joined(content)) or place.named()
        else:
            continue
        spec = SURROGATE.sub("\ufffd", spec)
        if not spec.strip():
            continue
        if len(spec) > charts.MOST_SPEC or not shelf.takes(spec):
            return place.made("other", text=called or "a chart", mimetype=mimetype[:100], note="the chart is too large")
        return place.made("chart", text=called, data=spec, mimetype=mimetype[:100])
    return None


def _json(value: object, place: Place, shelf: Shelf) -> Output:
    text = _dumped(value, indent=2)
    if len(text) > MOST_TEXT or not shelf.takes(text):
        return place.made("other", text="JSON data", mimetype="application/json", note="the data are too large")
    return place.made("data", text="JSON data", data=text, mimetype="application/json")


def _other(data: Mapping[str, Any], page: str, words: str, place: Place, shelf: Shelf) -> Output:
    """Named only."""
    for name, content in data.items():
        if charts.PLOTLY.fullmatch(str(name)):
            title = charts.plotly_name(content)
            text = "an interactive chart (Plotly)"
            return place.made("other", text=f"{text}: {title}" if title else text, mimetype=str(name)[:100])
    start, text = next(
        ((start, text) for start, text in OTHERS if any(str(name).startswith(start) for name in data)), ("", "")
    )
    kind = plain(str(next((name for name in data if str(name).startswith(start)), "")))[:100]
    if start == "text/html":
        text = html.named(page)
    elif start.startswith("application/vnd.jupyter.widget"):
        text = _widget(data, words, shelf)
    if not text and "application/json" in data:
        text = "JSON data"
    return place.made("other", text=text or f"an output of the kind {kind}", mimetype=kind)


def _widget(data: Mapping[str, Any], words: str, shelf: Shelf) -> str:
    """A widget with its own name: `a widget (IntSlider)`."""
    model = mapping(shelf.widgets.get(line(joined(mapping(data.get(MODEL)).get("model_id")))))
    name = line(joined(model.get("model_name")), 60).removesuffix("Model")
    found = WIDGET.match(words.strip())
    name = name or (found[1] if found else "")
    return f"a widget ({name})" if name else "a widget"


def _dumped(value: object, indent: int | None = None) -> str:
    try:
        return SURROGATE.sub("\ufffd", json.dumps(value, ensure_ascii=False, indent=indent))
    except (TypeError, ValueError, RecursionError):
        return ""


def _loaded(content: object) -> object:
    if not isinstance(content, str):
        return content
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return {}


def relabelled(place: Place, title: str) -> Place:
    """The same place under a heading that was shown there."""
    return replace(place, title=title, label=title)
