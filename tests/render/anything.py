"""Anything that the model's types allow, with a taste for what does harm."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from itertools import accumulate
from typing import Any

from hypothesis import strategies as st

from bot.command import Address, ListRuns
from bot.errors import Mistake, Refusal, UserError
from bot.model import (
    Artifact,
    Cause,
    Change,
    Column,
    Earlier,
    Entry,
    Facts,
    Failure,
    Figure,
    InputSpec,
    News,
    NewsKind,
    Notebook,
    Options,
    Output,
    Platform,
    Progress,
    Request,
    Results,
    Run,
    State,
    Table,
    Trouble,
)

from .said import JPEG, PNG

HARM = [
    *("<!channel>", "<!here|x>", "<!everyone>", "<@U0EVIL>", "<#C0EVIL|x>", "<!subteam^S1>", "<!date^1^{time}|x>"),
    *(
        "<https://evil.example|safe>",
        "https://x.y/?a=1&b=2",
        "&amp;",
        "&lt;!channel&gt;",
        "&",
        "<",
        ">",
        "|",
        "@channel",
    ),
    *(
        "*",
        "_",
        "~",
        "`",
        "```",
        "> ",
        "# ",
        "- ",
        "|-|",
        "**b**",
        "[a](https://x.y)",
        ":tada:",
        "\n",
        "\r\n",
        "\t",
        " ",
    ),
    *(
        "\x00",
        "\x1b[31m",
        "\u202e",
        "\u200b",
        "\u2066",
        "\ufeff",
        "\u2028",
        "👩‍👩‍👧",
        "\U0001d54f",
        "日本",
        "x" * 90,
        "&" * 700,
    ),
]
words = st.lists(st.sampled_from(HARM) | st.text(max_size=8), max_size=6).map("".join)
long_words = st.builds(lambda one, times: one * times, words, st.sampled_from([1, 1, 40, 1_500]))
ids = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=3, max_size=11).map("U".__add__)
"""Slack's own user ids."""
moments = st.datetimes(datetime(1971, 1, 1), datetime(9998, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001, given a zone
urls = st.sampled_from(
    ["", "https://x.y/a b", "javascript:x", "https://x.y/?a=1&b=<>", "http://[", "https://x.y/" + "z" * 5_000]
)
urls |= st.sampled_from(["https://x.y/?a=1&b=2", "http://localhost:1/x|y"]) | words
values = long_words | st.booleans() | st.lists(words, max_size=4).map(tuple)


def several(one: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    """None, a few or hundreds."""
    return st.builds(lambda few, times: tuple(few * times), st.lists(one, max_size=4), st.sampled_from([1, 1, 1, 100]))


@st.composite
def inputs(draw: st.DrawFn) -> dict[str, Any]:
    """None, a few or hundreds, some of them secret."""
    some = draw(st.dictionaries(words | st.sampled_from(["password", "apiKey"]), values, max_size=4))
    times = draw(st.sampled_from([1, 1, 60]))
    return {f"{name}{n or ''}": value for n in range(times) for name, value in some.items()}


platforms = st.sampled_from(Platform)
notebooks = st.builds(Notebook, platform=platforms, id=long_words)
requests = st.builds(
    Request,
    notebook=notebooks,
    name=st.none() | words,
    title=long_words,
    url=st.none() | urls,
    inputs=inputs(),
    options=st.builds(Options, blocks=several(words)),
    adopt=st.none() | words,
)
progresses = st.builds(
    Progress,
    state=st.sampled_from(State),
    since=moments,
    word=long_words,
    remote_id=st.none() | words,
    submitted_at=st.none() | moments,
    started_at=st.none() | moments,
    ended_at=st.none() | moments,
    reason=long_words,
    cause=st.sampled_from(Cause),
    trouble=st.none() | st.sampled_from(Trouble),
    trouble_since=st.none() | moments,
    usual=st.none() | st.floats(),
)
runs = st.builds(
    Run,
    id=st.integers(),
    workspace=words,
    number=st.integers(1, 10**9),
    request=requests,
    asker=ids,
    asker_name=long_words,
    channel=words,
    dm=st.booleans(),
    asked_at=moments,
    progress=progresses,
    untracked_by=st.none() | ids,
    untracked_at=st.none() | moments,
)
data = st.sampled_from([PNG, JPEG, "", "%%%", "é", base64.b64encode(b"GIF89a").decode()]) | words
kinds = st.sampled_from(["text", "markdown", "table", "figure", "image", "chart", "data", "other"])
numbers = st.sampled_from(["1", "-5", "1,204.50", "1e400", "9" * 40, "NaN", "", "٣", "1_000", "=1+1", ".", "-", "2e5"])
cells = words | numbers | long_words.map(lambda words: words[:2_000])
MOST_IN_A_TABLE, MOST_IN_ALL = 2_000_000, 12_000_000
"""Characters that may come from a notebook: what is read of one has such limits."""


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Narrow or wide, short or long, with cells of any length."""
    names = draw(st.lists(words, max_size=4)) * draw(st.sampled_from([1, 1, 30]))
    kinds = draw(st.sampled_from([["number"], ["text"], ["number", "text", "date", "boolean"]])) * len(names)
    columns = tuple(Column(name=name, kind=kind) for name, kind in zip(names, kinds, strict=False))
    width = len(columns)
    few = draw(st.lists(st.lists(cells, min_size=1, max_size=3), max_size=3)) if width else []
    rows = [tuple((row * (width + 1))[:width]) for row in few] * draw(st.sampled_from([1, 1, 20, 200]))
    longest = max((sum(map(len, row)) for row in rows), default=0)
    rows = rows[: MOST_IN_A_TABLE // longest] if longest else rows
    more = draw(st.sampled_from([0, 10**6]))
    return Table(columns=columns, rows=tuple(rows), rows_in_all=more, columns_in_all=more)


figures = st.builds(Figure, name=words, text=long_words, value=st.none() | st.floats())
outputs = st.builds(
    Output,
    kind=kinds,
    block=st.integers(0, 10**6),
    text=long_words,
    title=words,
    data=data | long_words | st.sampled_from(['{"a": [1, {"b": "<!channel>"}]}', "[" * 2_000]),
    mimetype=st.sampled_from(["application/vnd.vegalite.v5+json", "image/svg+xml", ""]) | words,
    table=st.none() | tables(),
    figure=st.none() | figures,
    note=words,
)


def as_much_as_is_read(some: tuple[Output, ...]) -> tuple[Output, ...]:
    """The outputs until they are as long as those of one notebook can be."""
    sizes = accumulate(
        len(one.text) + len(one.data) + sum(len(cell) for row in (one.table.rows if one.table else ()) for cell in row)
        for one in some
    )
    return tuple(one for one, size in zip(some, sizes, strict=True) if size <= MOST_IN_ALL)


changes = st.builds(Change, name=words, before=words, now=words, by=words)
earlier = st.builds(
    Earlier,
    number=st.integers(1, 10**9),
    ended_at=moments,
    channel=ids,
    ts=st.just("1759320000.000100"),
    inputs=several(st.tuples(words, st.none() | values, st.none() | values)),
    changes=several(changes),
)
failures = st.builds(
    Failure,
    block=st.none() | st.integers(),
    title=words,
    line=words,
    name=long_words,
    message=long_words,
    traceback=long_words,
)
artifacts = st.builds(
    Artifact, name=long_words, url=urls, size=st.none() | st.integers(0, 10**15), note=st.just("") | words
)
results = st.builds(
    Results,
    headline=st.none() | figures,
    facts=st.sampled_from([Facts(), Facts(figures=(Figure(name="a", text="1"),))]),
    earlier=st.none() | earlier,
    quiet=st.sampled_from([False, False, False, True]),
    outputs=several(outputs).map(as_much_as_is_read),
    failure=st.none() | failures,
    left_out=several(words),
    artifacts=several(artifacts),
)


def holding(said: str) -> Results:
    """Results with these words in every place that has words."""
    table = Table(columns=(Column(name=said),), rows=((said,),) * 60)
    figure = Figure(name=said, text=said)
    change = Change(name=said, before=said, now=said, by=said)
    told: list[dict[str, Any]] = [
        {"kind": "table", "table": table},
        {"kind": "figure", "figure": figure},
        *({"kind": kind} for kind in ("text", "markdown", "chart", "data", "other")),
    ]
    return Results(
        outputs=tuple(Output(block=1, title=said, text=said, data=said, note=said, **one) for one in told),
        failure=Failure(title=said, line=said, name=said, message=said, traceback=said),
        left_out=(said,),
        artifacts=(Artifact(name=said, url=f"https://x.y/{said}", note=said),),
        headline=figure,
        earlier=Earlier(number=1, ended_at=datetime.now(UTC), channel="C1", ts="1.2", changes=(change,)),
    )


news = st.builds(
    News,
    at=moments,
    kind=st.sampled_from([kind for kind in NewsKind if kind is not NewsKind.OWNER_ASKED]),
    text=long_words,
    trouble=st.none() | st.sampled_from(Trouble),
)
specs = st.builds(InputSpec, name=words, type=words, label=words)
channels = ids.map(lambda user: f"C{user}")
entries = st.builds(
    Entry,
    name=words.filter(bool),
    notebook=notebooks,
    url=st.none() | urls,
    title=long_words,
    defaults=inputs(),
    specs=several(specs),
    describe=long_words,
    owner=st.none() | ids,
    channels=several(channels),
    fixed=st.none() | st.builds(Options, blocks=several(words)),
    one_at_a_time=st.booleans(),
    when_changed=st.booleans(),
    gone_since=st.none() | moments,
)
addresses = st.builds(Address, notebook=notebooks, url=st.none() | urls, title=long_words)
asked = st.builds(
    ListRuns,
    platform=st.none() | platforms,
    mine=st.booleans(),
    failed=st.booleans(),
    target=st.none() | words | addresses,
    page=st.integers(1, 10**6),
)


@st.composite
def mistakes(draw: st.DrawFn) -> UserError:
    """Anything that a person can do wrong."""
    text, hint = draw(long_words), draw(long_words | words.map("/notebook ".__add__))
    kind = draw(st.sampled_from([UserError, Refusal, Mistake]))
    if kind is not Mistake:
        return kind(text, hint=hint)
    typed = draw(long_words)
    start, end = sorted((draw(st.integers(0, len(typed) + 3)), draw(st.integers(0, len(typed) + 3))))
    return Mistake(text, typed=typed, at=(start, end), hint=hint)
