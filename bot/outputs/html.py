"""HTML that notebooks show, read as people see it: words, tables, pictures that it holds itself, and their headings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from selectolax.lexbor import LexborHTMLParser

from bot.outputs.grid import grid
from bot.outputs.text import MOST_TEXT, line, plain

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

    from bot.model import Table
    from bot.outputs.tables import Room

MOST_HTML: Final = 20_000_000
"""Characters; what follows isn't looked at."""
MOST_NODES: Final = 400_000
MOST_PIECES: Final = 100
MOST_LAYOUTS: Final = 20
DEEPEST: Final = 500
NESTING: Final = re.compile(
    r"<(/?)(?!(?:td|th|tr|p|li|dt|dd|br|hr|img|input|meta|link|col|option|tbody|thead|tfoot|source|wbr|area|base|param)\b)[a-z]",
    re.IGNORECASE,
)
"""Elements that lie in each other; the others end by themselves."""
LONG_TAG: Final = re.compile(r"<[a-z][^<>]{4000,}", re.IGNORECASE)
MOST_WORDS: Final = 1_000
"""Of one tag: a parser compares its attributes with each other."""
UNSEEN: Final = frozenset(
    {
        "style",
        "script",
        "head",
        "template",
        "noscript",
        "-comment",
        "svg",
        "math",
        "object",
        "iframe",
        "select",
        "title",
    }
)
HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
BROKEN: Final = frozenset(
    {"p", "div", "br", "li", "ul", "ol", "tr", "section", "article", "header", "footer", "pre", "details", "summary"}
    | {"dl", "dt", "dd", "blockquote", "figure", "figcaption", "table", "hr", "main", "nav", "caption"}
    | HEADINGS
)
"""What begins and ends a line."""
SHAPE: Final = re.compile(r"([\d_,]+)\s+rows\s+[\u00d7x]\s+([\d_,]+)\s+columns")
POLARS: Final = re.compile(r"shape:\s*\(([\d_,]+)(?:,\s*([\d_]+))?,?\)")
INLINE: Final = re.compile(r"data:image/(?:png|jpe?g);base64,(.*)", re.DOTALL)
KNOWN: Final = (
    (re.compile(r"\bPlotly\.(?:newPlot|react)|plotly-graph-div|cdn\.plot\.ly"), "an interactive chart (Plotly)"),
    (re.compile(r"\bBokeh\b|bk-root|bokehjs", re.IGNORECASE), "an interactive chart (Bokeh)"),
    (re.compile(r"\bvegaEmbed\b|vega-embed"), "an interactive chart (Vega)"),
    (re.compile(r"leaflet|folium", re.IGNORECASE), "an interactive map"),
    (re.compile(r"highcharts|echarts|d3\.js|d3\.min", re.IGNORECASE), "an interactive chart"),
    (re.compile(r"<audio\b", re.IGNORECASE), "a sound"),
    (re.compile(r"<video\b", re.IGNORECASE), "a film"),
    (re.compile(r"<iframe\b", re.IGNORECASE), "an embedded page"),
    (re.compile(r"<svg\b", re.IGNORECASE), "a drawing (SVG)"),
    (re.compile(r"<img\b", re.IGNORECASE), "a picture from elsewhere"),
    (re.compile(r"<(?:form|input|button|select)\b", re.IGNORECASE), "a form"),
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a page.

    Attributes:
        kind: Text, a table, or a picture (base64, in `data`).
        title: Its caption or the heading above it; empty where there is none.
        text: The words; of a picture what it is called.
    """

    kind: Literal["text", "table", "image"]
    title: str = ""
    text: str = ""
    data: str = ""
    table: Table | None = None


def pieces(html: str, room: Room, block: int) -> list[Piece]:
    """What a reader sees of a page, in its order; nothing where it is all script and style.

    Args:
        html: The page, or a part of one.
        room: What tables may take.
        block: Where it stands, for words about what was cut.
    """
    html = html[:MOST_HTML]
    if _deep(html) or any(len(tag[0].split()) > MOST_WORDS for tag in LONG_TAG.finditer(html)):
        return []
    body = LexborHTMLParser(html).body
    if body is None:
        return []
    reader = _Reader(room, block)
    reader.walk(body)
    return reader.found


def _deep(html: str) -> bool:
    """Whether elements lie in each other so deep that a parser would take minutes, as nobody's page has them."""
    depth = 0
    for found in NESTING.finditer(html):
        depth += -1 if found[1] else 1
        if depth > DEEPEST:
            return True
        depth = max(depth, 0)
    return False


def named(html: str) -> str:
    """What a page without words is, as far as its scripts tell."""
    start = html[:100_000] + html[-20_000:]
    return next((words for pattern, words in KNOWN if pattern.search(start)), "an HTML view")


class _Reader:
    """Goes down a page without recursion, for pages may be nested ten thousand deep."""

    def __init__(self, room: Room, block: int) -> None:
        self.found: list[Piece] = []
        self._room = room
        self._block = block
        self._words: list[str] = []
        self._length = 0
        self._title = ""
        self._layouts = 0

    def walk(self, top: LexborNode) -> None:
        node: LexborNode | None = top.child
        inside: list[LexborNode] = []
        for _ in range(MOST_NODES):
            while node is None and inside:
                left = inside.pop()
                self._leave(left)
                node = left.next
            if node is None or len(self.found) >= MOST_PIECES:
                break
            if self._enter(node):
                inside.append(node)
                node = node.child
            else:
                node = node.next
        self._say()

    def _enter(self, node: LexborNode) -> bool:
        """Take a node in; answers whether to go into it."""
        tag = node.tag or ""
        if tag == "-text":
            self._add(node.text_content or "")
            return False
        if tag in UNSEEN or _hidden(node):
            return False
        if tag == "table":
            if not self._is_layout(node):
                self._table(node)
                return False
            self._layouts += 1
        if tag == "img":
            self._picture(node)
            return False
        if tag in HEADINGS:
            self._say()
        elif tag == "li":
            self._words.append("\n• ")
        elif tag in BROKEN:
            self._words.append("\n")
        elif tag in ("td", "th"):
            self._words.append("  ")
        return True

    def _leave(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag in HEADINGS:
            self._title = line("".join(self._words))
            self._words, self._length = [], 0
        elif tag in BROKEN:
            self._words.append("\n")

    def _is_layout(self, table: LexborNode) -> bool:
        """Whether it holds tables: then it only places them. Looked for a few levels deep, for looking takes time."""
        return self._layouts < MOST_LAYOUTS and len(table.css("table")) > 1

    def _add(self, text: str) -> None:
        if self._length < MOST_TEXT:
            self._words.append(re.sub(r"[ \t\r\n\f]+", " ", text[:MOST_TEXT]))
            self._length += len(text)

    def _say(self) -> None:
        """The words so far are one piece, without what a table below or above says of its own size."""
        text = "".join(self._words)
        self._words, self._length = [], 0
        lines = [" ".join(one.split()) for one in plain(text).split("\n")]
        text = re.sub(r"\n{2,}", "\n", "\n".join(lines)).strip("\n")
        if (size := SHAPE.fullmatch(text)) is not None and self.found and self.found[-1].table is not None:
            self._resize(self.found[-1], size)
        elif text:
            self.found.append(Piece("text", title=self._title, text=text[:MOST_TEXT]))

    def _resize(self, last: Piece, size: re.Match[str]) -> None:
        table = last.table
        if table is None:
            return
        rows, columns = (_count(digits) for digits in size.groups())
        larger = table.model_copy(
            update={
                "rows_in_all": max(rows, table.rows_in_all),
                "columns_in_all": max(columns + table.labels, table.columns_in_all),
            }
        )
        self.found[-1] = Piece("table", title=last.title, table=larger)

    def _table(self, node: LexborNode) -> None:
        before = "".join(self._words).strip()
        size = POLARS.fullmatch(before)
        if size is None:
            self._say()
        self._words, self._length = [], 0
        read = grid(node, self._room, self._block)
        if read is None:
            return
        caption, table = read
        piece = Piece("table", title=caption or self._title, table=table)
        self.found.append(piece)
        if size is not None:
            self._resize(piece, size)

    def _picture(self, node: LexborNode) -> None:
        attributes = node.attributes
        alt = line(attributes.get("alt") or attributes.get("title") or "")
        inline = INLINE.match(attributes.get("src") or "")
        if inline is None:
            self._add(f" {alt} ")
            return
        self._say()
        self.found.append(Piece("image", title=self._title, text=alt, data=inline[1]))


def _hidden(node: LexborNode) -> bool:
    attributes = node.attributes
    return bool(attributes) and (
        "hidden" in attributes or "display:none" in (attributes.get("style") or "").replace(" ", "").lower()
    )


def _count(digits: str | None) -> int:
    plain_digits = re.sub(r"\D", "", digits or "")
    return int(plain_digits) if plain_digits and len(plain_digits) <= 15 else 0  # noqa: PLR2004, more is no count
