"""What a notebook said, and what a run left."""

from __future__ import annotations

from typing import Literal

from bot.model.frozen import Frozen


class Failure(Frozen):
    """Why a notebook failed, as its own outputs say.

    Attributes:
        block: The number of the cell or block, counted from 1 as people see it; None where unknown.
        title: The nearest heading above it.
        line: Its first line of code.
        name: The exception's class.
        message: The exception's words.
        traceback: All of it, without terminal colours.
    """

    block: int | None = None
    title: str = ""
    line: str = ""
    name: str = ""
    message: str = ""
    traceback: str = ""


class Output(Frozen):
    """Something a notebook said, in the order in which it said it.

    Attributes:
        kind: `text` (plain), `markdown`, `image` (a base64 PNG or JPEG in `data`), `other` (named only).
        block: The number of the cell or block that said it, from 1.
        title: The nearest heading above.
        text: The words; for an image its alternative text; for `other` the kind's own name.
        data: Base64, for images.
        mimetype: Of `data`, or of what was left out.
    """

    kind: Literal["text", "markdown", "image", "other"]
    block: int
    title: str = ""
    text: str = ""
    data: str = ""
    mimetype: str = ""


class Document(Frozen):
    """A notebook's document after a run, read."""

    title: str = ""
    outputs: tuple[Output, ...] = ()
    failure: Failure | None = None
    left_out: tuple[str, ...] = ()


class Artifact(Frozen):
    """A file that a run left.

    Attributes:
        name: Its file name; plain text from outside.
        path: Datalore: the path under the host, unquoted.
        url: A link for people, where the platform has one.
        size: In bytes, where it is known.
        note: Why it isn't here as a file, in words; empty where it is.
    """

    name: str
    path: str = ""
    url: str = ""
    size: int | None = None
    note: str = ""


class Results(Frozen):
    """What a run left: the words for its thread, and its artifacts."""

    outputs: tuple[Output, ...] = ()
    failure: Failure | None = None
    left_out: tuple[str, ...] = ()
    artifacts: tuple[Artifact, ...] = ()
