"""Cells and blocks read alike: titles from headings, outputs in order, the failure with its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from bot.model import Document, Failure, Output

ANSI: Final = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
SURROGATE: Final = re.compile(r"[\ud800-\udfff]")
HEADING: Final = re.compile(r"^[ ]{0,3}(#{1,6})[ \t]+(\S.*?)[ \t]*#*[ \t]*$", re.MULTILINE)
RULE: Final = re.compile(r"^-{20,}\n", re.MULTILINE)
HEADER: Final = re.compile(r"^\S+[ ]{2,}Traceback \(most recent call last\):?", re.MULTILINE)
IMAGES: Final = ("image/png", "image/jpeg")
KINDS: Final = (
    ("application/vnd.vega", "an interactive chart"),
    ("application/vnd.plotly", "an interactive chart"),
    ("application/vnd.bokeh", "an interactive chart"),
    ("image/svg", "a drawing (SVG)"),
)
"""What says more than the plain text that comes with it, and can't be shown here."""
OTHERS: Final = (
    ("text/html", "an HTML view"),
    ("text/latex", "a formula"),
    ("application/vnd.jupyter.widget", "a widget"),
    ("application/json", "JSON data"),
    ("application/vnd.deepnote.dataframe", "a table"),
    ("application/javascript", "a script"),
    ("image/", "a picture"),
    ("audio/", "a sound"),
    ("video/", "a film"),
)
REPR: Final = re.compile(r"<[\w.]+(?: object)?(?: at 0x[0-9a-f]+)?>")
"""What Python says of a thing that has a better form: no words for a reader."""
MOST_OUTPUTS: Final = 2_000
MOST_TEXT: Final = 200_000


@dataclass(frozen=True, slots=True)
class Part:
    """A cell or a block, as far as outputs need it: `kind` is `code`, `text` or `input`."""

    number: int
    kind: str
    source: str
    outputs: tuple[Mapping[str, Any], ...] = ()


def document(title: str, parts: Iterable[Part]) -> Document:
    """Everything that these parts said."""
    heading, own_title = "", None
    said: list[Output] = []
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
        if len(said) <= MOST_OUTPUTS:
            said += _said(part, heading, "" if heading == own_title else heading)
    left_out = (f"outputs after the first {MOST_OUTPUTS:,}",) if len(said) > MOST_OUTPUTS else ()
    return Document(title=plain(title)[:300], outputs=tuple(said[:MOST_OUTPUTS]), failure=failure, left_out=left_out)


def last_heading(markdown: str) -> str:
    """The last heading of a Markdown text, without its marks; empty where there is none."""
    found = HEADING.findall(markdown[:MOST_TEXT])
    return plain(found[-1][1])[:150] if found else ""


def first_heading(markdown: str) -> str | None:
    """The first heading if it's of the highest level, as a document's title is; None where there is no heading."""
    found = HEADING.search(markdown[:MOST_TEXT])
    if found is None:
        return None
    return plain(found[2])[:150] if found[1] == "#" else ""


def plain(text: str) -> str:
    """Text without terminal colours, carriage-return overwrites and control characters."""
    text = SURROGATE.sub("\ufffd", ANSI.sub("", text))
    if "\r" in text:
        text = "\n".join(line.rstrip("\r").rsplit("\r", 1)[-1] for line in text.split("\n"))
    return CONTROL.sub("", text)


def joined(value: object) -> str:
    """A string, or the list of strings that nbformat allows in its place; anything else is nothing."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join(item for item in value if isinstance(item, str))
    return ""


def mappings(value: object) -> tuple[Mapping[str, Any], ...]:
    """Those items of a list that are mappings."""
    return tuple(item for item in value if isinstance(item, Mapping)) if isinstance(value, list) else ()


def traceback(lines: object) -> str:
    """A traceback's text, without the line of dashes and the wide header with which IPython begins it."""
    text = "\n".join(line for line in lines if isinstance(line, str)) if isinstance(lines, list) else joined(lines)
    text = RULE.sub("", plain(text).lstrip("\n"))
    return HEADER.sub("Traceback (most recent call last):", text)[-MOST_TEXT:]


def _said(part: Part, title: str, label: str) -> Iterable[Output]:
    """A part's outputs in their order; what it prints piece by piece is one output.

    Args:
        part: The cell or block.
        title: The heading above it.
        label: That heading, unless it is the whole document's title: what a picture is called.
    """
    for is_stream, group in groupby(part.outputs, key=lambda raw: raw.get("output_type") == "stream"):
        if is_stream:
            text = plain("".join(joined(raw.get("text")) for raw in group)[:MOST_TEXT])
            if text.strip():
                yield Output(kind="text", block=part.number, title=title, text=text)
            continue
        for raw in group:
            data = raw.get("data")
            if isinstance(data, Mapping) and data:
                one = _richest(data, part, title, label)
                yield one
                if one.kind == "markdown" and (shown := last_heading(one.text)):
                    title = label = shown  # of what the block shows below it


def _richest(data: Mapping[str, Any], part: Part, title: str, label: str) -> Output:
    """One output from its alternatives: the image, else Markdown, else plain text, else its kind's name."""
    for mimetype in IMAGES:
        content = joined(data.get(mimetype))
        if content and content.isascii():
            text = label or comment(part.source) or title
            return Output(kind="image", block=part.number, title=title, text=text, data=content, mimetype=mimetype)
    markdown = plain(joined(data.get("text/markdown"))[:MOST_TEXT])
    if markdown.strip():
        return Output(kind="markdown", block=part.number, title=title, text=markdown)
    named = _named(data, KINDS)
    words = plain(joined(data.get("text/plain"))[:MOST_TEXT])
    if words.strip() and not named and not (len(data) > 1 and REPR.fullmatch(words.strip())):
        return Output(kind="text", block=part.number, title=title, text=words)
    kind = plain(str(next(iter(data))))[:100]
    words = named or _named(data, OTHERS) or f"an output of the kind {kind}"
    return Output(kind="other", block=part.number, title=title, text=words, mimetype=kind)


def _named(data: Mapping[str, Any], names: tuple[tuple[str, str], ...]) -> str:
    return next((words for start, words in names if any(str(kind).startswith(start) for kind in data)), "")


def comment(source: str) -> str:
    """The comment with which a block of code begins, if it does: its author's name for it."""
    first = first_line(source)
    return plain(first.lstrip("#% "))[:150] if first.startswith("#") and not first.startswith("#!") else ""


def first_line(source: str) -> str:
    """The first line of code that isn't empty."""
    return next((line.strip() for line in source.splitlines() if line.strip()), "")


def _failure(raw: Mapping[str, Any], part: Part, heading: str) -> Failure:
    return Failure(
        block=part.number,
        title=heading,
        line=plain(first_line(part.source))[:200],
        name=plain(joined(raw.get("ename")))[:200],
        message=plain(joined(raw.get("evalue")))[:2_000],
        traceback=traceback(raw.get("traceback")),
    )
