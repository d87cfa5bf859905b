"""Markdown as Slack's rich text, in which words are only words: nothing in them can mention, link or format.

Contract: the rich_text block of Slack's Block Kit reference.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from markdown_it import MarkdownIt

from bot.render.text import Block, clean, is_web

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token

Style = dict[str, bool]

NUMBER: Final = re.compile(r"\s*|[-+\u2212]?[\d.,\u00a0 ]*\d\s?[%€$£]?")
STYLES: Final = {"strong": "bold", "em": "italic", "s": "strike"}
DEEPEST: Final = 5
"""Lists deeper than that are drawn as deep as that."""

_reader = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).enable(["table", "strikethrough"])


def rich_text(markdown: str) -> Block | None:
    """One rich_text block of a Markdown text; None where there is nothing to show."""
    writer = _Writer()
    for element in _reader.parse(clean(markdown)):
        writer.take(element)
    writer.flush()
    return {"type": "rich_text", "elements": writer.elements} if writer.elements else None


class _Writer:
    """Takes the tokens in their order, and gathers the elements of a rich_text block."""

    def __init__(self) -> None:
        self.elements: list[Block] = []
        self._line: list[Block] = []  # the paragraphs under way
        self._lists: list[tuple[str, int]] = []  # style, and the number of its next item from 0
        self._quotes = 0
        self._rows: list[list[str]] | None = None  # of the table under way
        self._heading = False

    def take(self, token: Token) -> None:
        match token.type:
            case "heading_open" | "heading_close":
                self._heading = token.nesting > 0
            case "inline" if self._rows is not None:
                self._rows[-1].append("".join(part["text"] for part in _inline(token.children or [], {})))
            case "inline":
                self._write(list(_inline(token.children or [], {"bold": True} if self._heading else {})))
            case "fence" | "code_block":
                self._write_code(token.content)
            case "bullet_list_open":
                self.flush()
                self._lists.append(("bullet", 0))
            case "ordered_list_open":
                self.flush()
                self._lists.append(("ordered", max(0, int(token.attrs.get("start", 1)) - 1)))
            case "bullet_list_close" | "ordered_list_close":
                self.flush()
                self._lists.pop()
            case "blockquote_open" | "blockquote_close":
                self.flush()
                self._quotes += token.nesting
            case "list_item_open" | "list_item_close" | "hr":
                self.flush()
            case "table_open":
                self._rows = []
            case "tr_open" if self._rows is not None:
                self._rows.append([])
            case "table_close" if self._rows is not None:
                self._write_code(columns_of(self._rows))
                self._rows = None

    def _write(self, parts: list[Block]) -> None:
        """Add a paragraph; one line stands between two of them, none below a heading or inside a list."""
        if self._line and not self._heading_before():
            self._line.append(_text("\n" if self._lists else "\n\n", {}))
        self._line += parts
        if self._heading:
            self._line.append(_text("\n", {}))

    def _heading_before(self) -> bool:
        return self._line[-1] == _text("\n", {})

    def flush(self) -> None:
        """Close the paragraphs under way, as that in which they stand wants it."""
        parts, self._line = _merged(self._line), []
        if not parts:
            return
        if self._lists:
            self._add_item({"type": "rich_text_section", "elements": parts})
        else:
            kind = "rich_text_quote" if self._quotes else "rich_text_section"
            self.elements.append({"type": kind, "elements": parts})

    def _add_item(self, item: Block) -> None:
        (style, number), indent = self._lists[-1], min(len(self._lists) - 1, DEEPEST)
        self._lists[-1] = (style, number + 1)
        last = self.elements[-1] if self.elements else {}
        if last.get("type") == "rich_text_list" and (last["style"], last["indent"]) == (style, indent):
            last["elements"].append(item)
            return
        begun: Block = {"type": "rich_text_list", "style": style, "indent": indent, "elements": [item]}
        self.elements.append(begun | {"offset": number} if style == "ordered" and number else begun)

    def _write_code(self, words: str) -> None:
        self.flush()
        words = words.rstrip("\n")
        if words.strip():
            self.elements.append({"type": "rich_text_preformatted", "elements": [_text(words, {})]})


def _inline(tokens: Sequence[Token], style: Style) -> Iterator[Block]:
    """The parts of a line: texts with their style, and links."""
    address: str | None = None
    label = ""
    for token in tokens:
        kind, _, end = token.type.rpartition("_")
        if kind in STYLES:
            styled = {**style, STYLES[kind]: True}
            style = styled if end == "open" else {one: on for one, on in style.items() if one != STYLES[kind]}
        elif token.type == "link_open":
            address, label = str(token.attrs.get("href", "")), ""
        elif token.type == "link_close":
            yield from _link(address or "", label, style)
            address = None
        elif address is not None:
            label += _said(token)
        elif token.type == "image":
            yield from _link(str(token.attrs.get("src", "")), token.content or "picture", style)
        else:
            yield _text(_said(token), {**style, "code": True} if token.type == "code_inline" else style)


def _said(token: Token) -> str:
    if token.type == "softbreak":
        return " "
    return "\n" if token.type == "hardbreak" else token.content


def _link(address: str, label: str, style: Style) -> Iterator[Block]:
    if is_web(address):
        styled: dict[str, Any] = {"style": style} if style else {}
        yield {"type": "link", "url": address, "text": label or address, **styled}
    else:
        yield _text(label, style)


def _text(words: str, style: Style) -> Block:
    return {"type": "text", "text": words, "style": style} if style else {"type": "text", "text": words}


def _merged(parts: Sequence[Block]) -> list[Block]:
    """The parts without empty ones, neighbours of one style as one, and no line break at the end."""
    found: list[Block] = []
    for part in parts:
        if not part["text"]:
            continue
        last = found[-1] if found else {}
        if part["type"] == last.get("type") == "text" and part.get("style") == last.get("style"):
            found[-1] = last | {"text": last["text"] + part["text"]}
        else:
            found.append(part)
    while found and not found[-1]["text"].strip():
        found.pop()
    if found:
        found[-1] = found[-1] | {"text": found[-1]["text"].rstrip()}
    return found


def columns_of(rows: list[list[str]]) -> str:
    """A table's cells under one another; columns of numbers to the right."""
    wide = max((len(row) for row in rows), default=0)
    columns = [[*column] for column in zip(*([*row, *[""] * (wide - len(row))] for row in rows), strict=True)]
    for place, column in enumerate(columns):
        width = max(map(len, column))
        right = len(column) > 1 and all(NUMBER.fullmatch(cell) for cell in column[1:])
        columns[place] = [cell.rjust(width) if right else cell.ljust(width) for cell in column]
    return "\n".join("  ".join(row).rstrip() for row in zip(*columns, strict=True))
