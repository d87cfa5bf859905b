"""What a notebook said, and what a run left."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from bot.model.frozen import Frozen
from bot.model.notebook import InputValue


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


class Column(Frozen):
    """A table's column; `kind` tells what its cells hold."""

    name: str
    kind: Literal["number", "date", "boolean", "text"] = "text"


class Table(Frozen):
    """A table as far as the notebook's document holds it.

    Attributes:
        columns: From the left, those that name the rows first.
        labels: How many columns name the rows: a data frame's index.
        rows: The cells' texts, just as the document has them; every row as long as `columns`.
        rows_in_all: Rows that the notebook's own table has; more than are here where it showed a part.
        columns_in_all: The same of columns.
    """

    columns: tuple[Column, ...]
    labels: int = 0
    rows: tuple[tuple[str, ...], ...] = ()
    rows_in_all: int = 0
    columns_in_all: int = 0


class Figure(Frozen):
    """A key number.

    Attributes:
        name: What it counts; empty where the notebook doesn't say.
        text: As the notebook wrote it: `1.31M`, `€ 4,200`, `87 %`; or a whole sentence.
        value: The number in it, for comparing; None where there is none, or several.
    """

    name: str = ""
    text: str
    value: float | None = None


class Shape(Frozen):
    """How large a table was; `cells` is a digest of what stood in it, empty where that isn't known."""

    name: str
    rows: int
    columns: int
    cells: str = ""


class Output(Frozen):
    """Something a notebook said, in the order in which it said it.

    Attributes:
        kind: `text` (plain), `markdown`, `table`, `figure` (a key number), `image` (a base64 PNG or JPEG in `data`),
            `chart` (a specification or a drawing in `data` that couldn't be made an image; `note` says why),
            `data` (JSON in `data`), `other` (named only).
        block: The number of the cell or block that said it, from 1.
        title: The nearest heading above.
        text: The words; for an image or a chart its alternative text; for `other` the kind's own name.
        data: Base64 for images, else text.
        mimetype: Of `data`, or of what was left out.
        table: Of the kind `table`.
        figure: Of the kind `figure`.
        note: Why it isn't shown as people would expect, in words; else empty.
    """

    kind: Literal["text", "markdown", "table", "figure", "image", "chart", "data", "other"]
    block: int
    title: str = ""
    text: str = ""
    data: str = ""
    mimetype: str = ""
    table: Table | None = None
    figure: Figure | None = None
    note: str = ""


class Facts(Frozen):
    """What of a document is compared with an earlier one: its key numbers, and its tables' shapes, by name."""

    figures: tuple[Figure, ...] = ()
    shapes: tuple[Shape, ...] = ()


class Document(Frozen):
    """A notebook's document after a run, read.

    Attributes:
        headline: The key number or sentence that the notebook marks as its answer.
    """

    title: str = ""
    outputs: tuple[Output, ...] = ()
    failure: Failure | None = None
    left_out: tuple[str, ...] = ()
    headline: Figure | None = None
    facts: Facts = Facts()


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


class Change(Frozen):
    """One fact that differs from an earlier run's.

    Attributes:
        name: What differs: `revenue`, `Orders by region`.
        before: As it was told then; empty where it's new.
        now: As it is; empty where it is gone.
        by: The difference in words: `+9 %`, `3 rows more`; empty where there are none to say.
    """

    name: str
    before: str = ""
    now: str = ""
    by: str = ""


class Earlier(Frozen):
    """The last success of the same notebook, in the same place: what a result is compared with.

    Attributes:
        number: The run's, as people type it.
        ended_at: When it ended.
        channel: Of its card.
        ts: Of its card.
        inputs: Inputs that differ: name, that run's value and this one's; None where a run had no such input.
        changes: What differs in the facts, where the inputs are the same.
    """

    number: int
    ended_at: datetime
    channel: str
    ts: str
    inputs: tuple[tuple[str, InputValue | None, InputValue | None], ...] = ()
    changes: tuple[Change, ...] = ()


class Results(Frozen):
    """What a run left: the words for its thread, its artifacts, and what it is compared with.

    Attributes:
        quiet: Nothing differs from the last success, and the request wanted results only where something does.
    """

    outputs: tuple[Output, ...] = ()
    failure: Failure | None = None
    left_out: tuple[str, ...] = ()
    artifacts: tuple[Artifact, ...] = ()
    headline: Figure | None = None
    facts: Facts = Facts()
    earlier: Earlier | None = None
    quiet: bool = False
