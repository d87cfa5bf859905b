"""A short report: key numbers first, tables as tables, what changed, why it failed, and the answer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.model import (
    Artifact,
    Change,
    Column,
    Earlier,
    Facts,
    Failure,
    Figure,
    Output,
    Results,
    Run,
    Shape,
    State,
    Table,
)
from bot.render.card import card
from bot.render.files import File, Files, Made
from bot.render.report import Said, parts
from bot.render.thread import closing
from bot.sandbox.slack import problems
from bot.sandbox.slack.blocks import too_long

from .said import ANA, NOON, PNG, a_run, buttons, later, read

HOME = "https://acme.slack.com/"
RUN = a_run(State.SUCCEEDED, started_at=NOON, ended_at=later(192))
LINK = f"<{HOME}archives/C1/p1759320000000100|run 140>"
REVENUE = Figure(name="revenue", text="1.31M", value=1.31e6)
FACTS = Facts(figures=(REVENUE,), shapes=(Shape(name="Orders", rows=131, columns=2),))
GREW = Change(name="revenue", before="1.20M", now="1.31M", by="+9 %")
CHANGES = (GREW, Change(name="Orders", before="120 rows", now="131 rows"))


def before(**more: Any) -> Earlier:
    return Earlier(number=140, ended_at=NOON, channel="C1", ts="1759320000.000100", **more)


def table(rows: int, columns: int = 2, title: str = "", block: int = 1) -> Output:
    known = tuple(Column(name=f"c{n}", kind="number" if n else "text") for n in range(columns))
    cells = tuple(tuple(f"{row}" for _ in range(columns)) for row in range(rows))
    made = Table(columns=known, rows=cells, rows_in_all=rows, columns_in_all=columns)
    return Output(kind="table", block=block, title=title, table=made)


def text(words: str, block: int = 1, title: str = "") -> Output:
    return Output(kind="text", block=block, title=title, text=words)


def figure(name: str, words: str) -> Output:
    return Output(kind="figure", block=1, text=f"{name}: {words}", figure=Figure(name=name, text=words))


def messages(results: Results, run: Run = RUN) -> list[list[dict[str, Any]]]:
    """The report's messages, each of which Slack would take."""
    told = [part.blocks or [] for part in parts(run, results, HOME) if isinstance(part, Said)]
    for blocks in told:
        assert problems(blocks) == []
        assert not too_long(blocks)
    return told


def files(results: Results, run: Run = RUN) -> list[File]:
    return [file for part in parts(run, results, HOME) if isinstance(part, Files) for file in part.files]


def lines(results: Results, run: Run = RUN) -> list[str]:
    return [line for blocks in messages(results, run) for line in read(blocks).splitlines()]


def kinds(blocks: list[dict[str, Any]]) -> list[str]:
    return [block["type"] for block in blocks]


def test_key_numbers_stand_together_at_the_top_with_their_change() -> None:
    results = Results(
        outputs=(text("Some words", 1), figure("orders", "24,310"), figure("returns", "3.1 %")),
        headline=REVENUE,
        facts=FACTS,
        earlier=before(changes=CHANGES),
    )
    [blocks] = messages(results)
    assert [field["text"] for field in blocks[1]["fields"]] == [
        "revenue\n*1.31M* (+9 %)",
        "orders\n*24,310*",
        "returns\n*3.1 %*",
    ]
    assert lines(results)[-4:] == [
        f"Since {LINK}, ({{date_short_pretty}} at {{time}}):",
        "• revenue 1.20M → 1.31M, +9 %",
        "• Orders 120 → 131 rows",
        "Some words",
    ]


def test_one_key_number_is_a_line_and_is_not_said_twice() -> None:
    results = Results(outputs=(text("revenue 1.31M", 9),), headline=Figure(text="revenue 1.31M"))
    assert lines(results) == ["*Weekly KPIs*", "*revenue 1.31M*"]
    assert lines(Results(outputs=(figure("orders", "5"),))) == ["*Weekly KPIs*", "orders *5*"]


def test_where_nothing_changed_it_says_so() -> None:
    same = Results(outputs=(text("x"),), facts=FACTS, earlier=before())
    assert f"Nothing changed since {LINK}, ({{date_short_pretty}} at {{time}})" in lines(same)
    assert lines(same, a_run(State.FAILED))[:2] == ["*Weekly KPIs*", "x"]
    unknown = Results(outputs=(text("x"),), earlier=before())
    assert lines(unknown) == ["*Weekly KPIs*", "x"]


def test_a_message_has_one_table_and_a_heading_is_said_again_on_the_next() -> None:
    results = Results(outputs=(table(3, title="By week"), table(4, title="By week"), text("Done", 3, "End")))
    first, second = messages(results)
    assert (kinds(first), kinds(second)) == (
        ["section", "section", "table"],
        ["section", "table", "section", "rich_text"],
    )
    assert second[0]["text"]["text"] == "*By week*"


def test_a_small_table_more_than_messages_have_room_for_is_text() -> None:
    results = Results(outputs=tuple(table(2, title=f"T{n}", block=n) for n in range(5)))
    told = messages(results)
    assert [block["type"] for blocks in told for block in blocks].count("table") == 3
    assert {"c0  c1", " 0   0", " 1   1"} < set(lines(results))
    assert files(results) == []


def test_a_first_column_that_only_counts_is_not_shown() -> None:
    columns = (Column(name=""), Column(name="city"))
    cells = (("0", "Rome"), ("1", "Oslo"), ("...", "..."), ("99", "Bern"))
    counted = Table(columns=columns, labels=1, rows=cells, rows_in_all=100, columns_in_all=2)
    results = Results(outputs=(Output(kind="table", block=1, table=counted),))
    assert lines(results)[1:] == ["city", "Rome", "Oslo", "...", "Bern", "4 of 100 rows"]
    years = counted.model_copy(update={"rows": (("2025", "Rome"), ("2026", "Oslo"))})
    assert "2025" in lines(Results(outputs=(Output(kind="table", block=1, table=years),)))


def test_a_large_fourth_table_comes_as_a_file_and_so_does_a_long_one() -> None:
    long = table(200, title="All orders", block=2)
    results = Results(outputs=(long, *(table(20, title=f"T{n}", block=n) for n in range(3, 7))))
    told = messages(results)
    assert len(told) == 3
    shown = lines(results)
    assert "First 15 of 200 rows · the whole table: Weekly KPIs - All orders.csv" in shown
    assert [one.name for one in files(results)] == [f"Weekly KPIs - {n}.csv" for n in ("All orders", "T4", "T5")]
    assert shown[-1] == (
        "Not shown here: a table of “T4” of block 4, which is in Weekly KPIs - T4.csv; "
        "a table of “T5” of block 5, which is in Weekly KPIs - T5.csv."
    )


def test_short_json_is_written_out_and_long_json_is_a_file() -> None:
    short = Output(kind="data", block=2, data='{"date":"2026-09-28","rates":{"USD":1.1021,"GBP":0.8391,"SEK":11.23}}')
    assert lines(Results(outputs=(short,)))[1:] == [
        "{",
        '  "date": "2026-09-28",',
        '  "rates": {"USD": 1.1021, "GBP": 0.8391, "SEK": 11.23}',
        "}",
    ]
    many = json.dumps([{"day": n} for n in range(500)])
    long = Results(outputs=(Output(kind="data", block=2, title="Rates", data=many),))
    assert lines(long)[-1] == "All of it: Weekly KPIs - Rates.json"
    [made] = files(long)
    assert isinstance(made, Made)
    assert json.loads(made.content) == json.loads(many)


def test_a_chart_that_is_no_picture_comes_as_its_specification_with_the_reason() -> None:
    chart = Output(
        kind="chart",
        block=3,
        text="Revenue by week",
        data='{"mark": "bar"}',
        mimetype="application/vnd.vegalite.v5+json",
        note="its data lies elsewhere",
    )
    drawing = Output(kind="chart", block=4, data="<svg/>", mimetype="image/svg+xml", note="it's too large")
    results = Results(outputs=(chart, drawing))
    assert [one.name for one in files(results)] == [
        "Weekly KPIs - Revenue by week.vl.json",
        "Weekly KPIs - chart.svg",
    ]
    assert lines(results)[1] == (
        "Not shown here: Revenue by week as a picture: its data lies elsewhere "
        "(see Weekly KPIs - Revenue by week.vl.json); "
        "a chart of block 4 as a picture: it's too large (see Weekly KPIs - chart.svg)."
    )


def test_a_result_is_a_handful_of_messages_whatever_it_is() -> None:
    picture = Output(kind="image", block=1, text="A", data=PNG)
    outputs = [one for n in range(200) for one in (text("word " * 500, n), table(60, 9, f"T{n}", n), picture)]
    artifacts = tuple(Artifact(name=f"{n}.csv", size=5) for n in range(50))
    results = Results(outputs=tuple(outputs), artifacts=artifacts, failure=Failure(name="E", message="x"))
    assert len(parts(a_run(State.FAILED), results, HOME)) == 5
    assert sum(isinstance(one, Made) for one in files(results)) == 10


def test_the_list_of_what_is_missing_needs_no_message_of_its_own() -> None:
    data = json.dumps([{"a": n} for n in range(20_000)])
    results = Results(outputs=tuple(Output(kind="data", block=n, data=data) for n in range(30)))
    told = messages(results)
    assert len(told) == 3
    assert "Not shown here" in read(told[-1])


TRACE = "Cell In[4], line 3\n      1 x = 1\n----> 3 orders['region']\n\n" + "\n\n".join(
    f"File /opt/lib/python3.11/site-packages/pandas/core/f{n}.py:{n}, in f{n}(x)\n--> {n} raise" for n in range(6)
)
FAILURE = Failure(
    block=4, line="# Load orders", name="KeyError", message="'region'", traceback=f"{TRACE}\n\nKeyError: 'region'"
)


def test_a_failure_says_what_is_needed_to_mend_it() -> None:
    run = a_run(State.FAILED, inputs={"region": "US", "api_key": "sesame-123"})
    inputs = (("region", "EU", "US"), ("api_key", "old-123", "sesame-123"), ("fresh", None, True))
    results = Results(outputs=(text("Read 4 orders", 2),), failure=FAILURE, earlier=before(inputs=inputs))
    [blocks] = messages(results, run)
    assert read(blocks).splitlines() == [
        "*Weekly KPIs*",
        "Read 4 orders",
        "❌ *KeyError: 'region'* in block 4 “Load orders”",
        "Cell In[4], line 3",
        "      1 x = 1",
        "----> 3 orders['region']",
        "… 6 frames in pandas …",
        "KeyError: 'region'",
        f"It last succeeded as {LINK}, ({{date_short_pretty}} at {{time}}), with other inputs:",
        "• region: *EU* then, *US* now",
        "• api_key: *••••* then, *••••* now",
        "• fresh: nothing then, *yes* now",
    ]
    assert buttons(blocks) == ["Run again", "Edit & run…"]
    [whole] = files(results, run)
    assert isinstance(whole, Made)
    assert whole == Made("Weekly KPIs - traceback.txt", FAILURE.traceback + "\n")


def test_a_failure_names_the_success_with_the_same_inputs() -> None:
    results = Results(failure=FAILURE, earlier=before())
    said = f"It last succeeded with these inputs as {LINK}, ({{date_short_pretty}} at {{time}})."
    assert said in lines(results, a_run(State.FAILED))


def test_a_failure_of_which_only_the_platform_speaks_has_its_buttons_too() -> None:
    [blocks] = messages(Results(), a_run(State.FAILED, reason="The machine ran out of memory"))
    assert read(blocks).splitlines() == ["*Weekly KPIs*", "❌ *Failed*: The machine ran out of memory"]
    assert buttons(blocks) == ["Run again", "Edit & run…"]


def test_the_answer_stands_on_the_card_and_in_the_closing_line() -> None:
    results = Results(outputs=(text("bye"),), headline=REVENUE, facts=FACTS, earlier=before(changes=CHANGES))
    assert closing(RUN, results, later(192)) == f"✅ <@{ANA}> *Weekly KPIs* succeeded in 3m 12s: revenue 1.31M (+9 %)"
    words, blocks = card(RUN, None, results=results)
    assert read(blocks).splitlines()[-1] == "*revenue 1.31M (+9 %)*"
    assert words.endswith("revenue 1.31M (+9 %)*")
    plain = Results(outputs=(text("bye"),))
    assert card(RUN, None, results=plain) == card(RUN, None)
    assert closing(RUN, plain, later(192)).endswith(": bye")


def test_a_sentence_is_an_answer_too() -> None:
    said = "The campaign paid for itself in all regions but one"
    results = Results(headline=Figure(text=said))
    assert closing(RUN, results, later(192)).endswith(f": {said}")
    assert lines(results) == ["*Weekly KPIs*", f"*{said}*"]


@pytest.mark.parametrize("nothing", ["", " \n", "\x00", "\u200b"])
def test_a_key_number_that_nobody_can_see_is_none(nothing: str) -> None:
    assert parts(RUN, Results(headline=Figure(text=nothing)), HOME) == []
    several = Results(outputs=(text("bye"),), headline=Figure(name="revenue", text=nothing))
    assert lines(several) == ["*Weekly KPIs*", "bye"]


def test_a_quiet_result_says_only_that_nothing_changed() -> None:
    results = Results(
        outputs=(text("x"), table(3)),
        artifacts=(Artifact(name="a.csv", size=5),),
        headline=REVENUE,
        facts=FACTS,
        earlier=before(),
        quiet=True,
    )
    assert parts(RUN, results, HOME) == []
    assert closing(RUN, results, later(192), home=HOME).endswith(f"succeeded in 3m 12s: nothing changed since {LINK}")
    assert read(card(RUN, None, results=results, home=HOME)[1]).splitlines()[-1] == f"Nothing changed since {LINK}"


def test_other_values_in_a_table_of_the_same_size_are_a_change() -> None:
    change = Change(name="Orders", before="131 rows", now="131 rows", by="other values")
    results = Results(outputs=(text("x"),), facts=FACTS, earlier=before(changes=(change,)))
    assert "• Orders: other values in its 131 rows" in lines(results)


def test_what_is_new_or_gone_is_said_to_be() -> None:
    changes = (Change(name="refunds", now="12"), Change(name="orders", before="5"))
    assert lines(Results(outputs=(text("x"),), earlier=before(changes=changes)))[2:4] == [
        "• refunds 12 (new)",
        "• orders 5 (gone)",
    ]
