"""Cells and blocks read alike: titles from headings, outputs in order, the failure with its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.model import Document, Failure, Output

ANSI: Final = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
HEADING: Final = re.compile(r"^\s{0,3}#{1,6}\s+(.+?)\s*#*\s*$", re.MULTILINE)
IMAGES: Final = ("image/png", "image/jpeg")
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
    heading = ""
    said: list[Output] = []
    failure: Failure | None = None
    left_out: list[str] = []
    for part in parts:
        if part.kind == "text":
            found = HEADING.findall(part.source[:MOST_TEXT])
            if found:
                heading = plain(found[-1])[:150]
            continue
        for raw in part.outputs:
            if len(said) >= MOST_OUTPUTS:
                left_out.append(f"outputs after the first {MOST_OUTPUTS:,}")
                return Document(title=title, outputs=tuple(said), failure=failure, left_out=tuple(left_out))
            if raw.get("output_type") == "error":
                failure = failure or _failure(raw, part, heading)
            else:
                said.extend(_outputs(raw, part.number, heading))
    return Document(title=title, outputs=tuple(_joined(said)), failure=failure, left_out=tuple(left_out))


def plain(text: str) -> str:
    """Text without terminal colours, carriage-return overwrites and control characters."""
    text = ANSI.sub("", text)
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


def _outputs(raw: Mapping[str, Any], number: int, heading: str) -> list[Output]:
    if raw.get("output_type") == "stream":
        text = plain(joined(raw.get("text"))[:MOST_TEXT])
        return [Output(kind="text", block=number, title=heading, text=text)] if text.strip() else []
    data = raw.get("data")
    if not isinstance(data, Mapping) or not data:
        return []
    return [_richest(data, number, heading)]


def _richest(data: Mapping[str, Any], number: int, heading: str) -> Output:
    """One output from its alternatives: the image, else Markdown, else plain text, else its kind's name."""
    words = plain(joined(data.get("text/plain"))[:MOST_TEXT])
    for mimetype in IMAGES:
        content = joined(data.get(mimetype))
        if content:
            return Output(kind="image", block=number, title=heading, text=heading, data=content, mimetype=mimetype)
    markdown = plain(joined(data.get("text/markdown"))[:MOST_TEXT])
    if markdown.strip():
        return Output(kind="markdown", block=number, title=heading, text=markdown)
    if words.strip():
        return Output(kind="text", block=number, title=heading, text=words)
    kind = plain(str(next(iter(data))))[:100]
    return Output(kind="other", block=number, title=heading, text=kind, mimetype=kind)


def _joined(said: list[Output]) -> Iterable[Output]:
    """Streams come in pieces; pieces of one cell that follow one another are one output."""
    last: Output | None = None
    for one in said:
        if last is not None and last.kind == one.kind == "text" and last.block == one.block and last.text[-1:] == "\n":
            last = last.model_copy(update={"text": (last.text + one.text)[:MOST_TEXT]})
            continue
        if last is not None:
            yield last
        last = one
    if last is not None:
        yield last


def _failure(raw: Mapping[str, Any], part: Part, heading: str) -> Failure:
    lines = raw.get("traceback")
    trace = "\n".join(line for line in lines if isinstance(line, str)) if isinstance(lines, list) else joined(lines)
    source = next((line.strip() for line in part.source.splitlines() if line.strip()), "")
    return Failure(
        block=part.number,
        title=heading,
        line=plain(source)[:200],
        name=plain(joined(raw.get("ename")))[:200],
        message=plain(joined(raw.get("evalue")))[:2_000],
        traceback=plain(trace)[-MOST_TEXT:],
    )
