"""The report: what a notebook said, as one message that reads like a page."""

from __future__ import annotations

from bot.model import Artifact, Failure, Output, Results, Run, State
from bot.render.files import File, Files, Made, Picture, Upload
from bot.render.report import Said, answer, parts
from bot.sandbox.slack import problems
from bot.sandbox.slack.blocks import too_long

from .said import JPEG, PNG, a_run, read

RUN = a_run(State.SUCCEEDED)
TABLE = "        orders  revenue\n03 Aug    2977   161188\n10 Aug    3166   165118"


def text(words: str, block: int = 1, title: str = "") -> Output:
    return Output(kind="text", block=block, title=title, text=words)


def markdown(words: str, block: int = 1, title: str = "") -> Output:
    return Output(kind="markdown", block=block, title=title, text=words)


def image(block: int = 1, text: str = "", data: str = PNG) -> Output:
    return Output(kind="image", block=block, text=text, data=data, mimetype="image/png")


def report(results: Results, run: Run = RUN) -> Said:
    first = parts(run, results)[0]
    assert isinstance(first, Said)
    assert first.blocks is not None
    assert problems(first.blocks) == []
    assert not too_long(first.blocks)
    return first


def messages(results: Results, run: Run = RUN) -> list[str]:
    """What each message of the report says."""
    told = [part for part in parts(run, results) if isinstance(part, Said)]
    for one in told:
        assert problems(one.blocks or []) == []
        assert not too_long(one.blocks or [])
    return [read(one.blocks) for one in told]


def files(results: Results, run: Run = RUN) -> list[File]:
    return [file for part in parts(run, results) if isinstance(part, Files) for file in part.files]


def lines(results: Results, run: Run = RUN) -> list[str]:
    return read(report(results, run).blocks).splitlines()


def test_it_reads_like_a_page_title_words_tables_and_what_is_missing() -> None:
    results = Results(
        outputs=(
            text("24,310 orders in EU", 3, "Weekly KPIs"),
            markdown("### EU by week", 5, "Weekly KPIs"),
            text(TABLE, 5, "EU by week"),
            text("revenue 1.31M", 9, "The number"),
        ),
        left_out=("outputs after the first 2,000",),
    )
    said = report(results)
    assert read(said.blocks).splitlines() == [
        "*Weekly KPIs*",
        "24,310 orders in EU",
        "EU by week",
        *TABLE.splitlines(),
        "*The number*",
        "revenue 1.31M",
        "Not shown here: outputs after the first 2,000.",
    ]
    assert said.text == "24,310 orders in EU"


def test_a_heading_stands_once_above_all_that_follows_under_it() -> None:
    results = Results(outputs=(text("one", 1, "Regions"), text("two", 2, "Regions"), text("three", 3, "Channels")))
    assert lines(results) == ["*Weekly KPIs*", "*Regions*", "one", "two", "*Channels*", "three"]


def test_sentences_are_plain_and_tables_logs_and_values_are_code() -> None:
    def drawn(words: str) -> str:
        blocks = report(Results(outputs=(text(words),))).blocks
        assert blocks is not None
        return str(blocks[1]["elements"][0]["type"]).removeprefix("rich_text_")

    assert drawn("revenue 1.31M (+3.8% against May)") == "section"
    assert drawn("two sentences.\nAnd another one.") == "section"
    for code in (TABLE, "epoch 1\nepoch 2\nepoch 3\nepoch 4", "{'a': 1}", "[1, 2]", "array([1, 2])", "INFO:root:x"):
        assert drawn(code) == "preformatted"


def test_a_failure_shows_its_place_and_the_end_of_its_traceback() -> None:
    trace = "\n".join(["Traceback (most recent call last):", *(f"frame {n}" for n in range(60)), "KeyError: 'region'"])
    failure = Failure(block=4, line="# Load orders", name="KeyError", message="'region'", traceback=trace)
    said = report(Results(outputs=(text("Read 4 orders", 2),), failure=failure), a_run(State.FAILED))
    shown = read(said.blocks).splitlines()
    assert shown[:4] == ["*Weekly KPIs*", "Read 4 orders", "❌ *KeyError: 'region'* in block 4 “Load orders”", "…"]
    assert shown[-2:] == ["frame 59", "KeyError: 'region'"]
    assert len(shown) < 40
    assert said.text == "KeyError: 'region'"


def test_a_failure_without_a_traceback_shows_its_message() -> None:
    failure = Failure(name="KernelDied", message="out of memory")
    assert lines(Results(failure=failure)) == ["*Weekly KPIs*", "❌ *KernelDied: out of memory*"]


def test_files_with_a_link_are_listed_the_others_come_by_themselves() -> None:
    results = Results(
        artifacts=(
            Artifact(name="KPIs.ipynb", url="https://d.x/KPIs.ipynb?a=1&b=2", size=49_000),
            Artifact(name="snapshot.deepnote", size=68_000),
            Artifact(name="big.csv", url="https://d.x/big.csv", size=90_000_000, note="too large to post here"),
            Artifact(name="nothing.csv", size=0),
            Artifact(name="odd.csv", url="javascript:alert(1)", note="Datalore named no path for it"),
        )
    )
    assert lines(results) == [
        "*Weekly KPIs*",
        "📎 <https://d.x/KPIs.ipynb?a=1&b=2|KPIs.ipynb> · 49 KB",
        "📎 <https://d.x/big.csv|big.csv> · 90 MB · too large to post here",
        "📎 nothing.csv · empty",
        "📎 odd.csv · Datalore named no path for it",
    ]
    assert files(results) == [Upload(0, "KPIs.ipynb"), Upload(1, "snapshot.deepnote")]


def test_hundreds_of_files_are_a_few_and_a_number() -> None:
    many = tuple(Artifact(name=f"{n}.csv", url=f"https://d.x/{'y' * 100}/{n}.csv", size=5) for n in range(300))
    assert len(files(Results(artifacts=many))) == 20
    shown = lines(Results(artifacts=many))
    assert shown[-2:] == ["and 280 files besides", "Not shown here: 280 more files."]


def test_pictures_come_as_files_that_are_named_and_described() -> None:
    outputs = (text("x"), image(2, "Revenue by channel"), image(3, "Revenue by channel", JPEG), image(4, "Weekly KPIs"))
    assert files(Results(outputs=outputs)) == [
        Picture(1, "Weekly KPIs - Revenue by channel.png", "Weekly KPIs - Revenue by channel", "Revenue by channel"),
        Picture(
            2, "Weekly KPIs - Revenue by channel 2.jpg", "Weekly KPIs - Revenue by channel 2", "Revenue by channel"
        ),
        Picture(3, "Weekly KPIs.png", "Weekly KPIs", "A picture from block 4"),
    ]


def test_more_than_five_pictures_and_false_ones_are_only_named() -> None:
    outputs = (*(image(n) for n in range(8)), image(9, data="bm8gcGljdHVyZQ=="), image(10, data="%%%"))
    assert len(files(Results(outputs=(image(0, data="%%%"), *outputs)))) == 5
    shown = lines(Results(outputs=(image(0, data="%%%"), *outputs)))
    assert shown[-1] == "Not shown here: 5 more pictures; 1 picture that can't be read or is too large."


def test_what_can_not_be_drawn_is_named() -> None:
    chart = Output(kind="other", block=3, text="an interactive chart")
    assert lines(Results(outputs=(chart, chart, chart.model_copy(update={"text": "a widget"})))) == [
        "*Weekly KPIs*",
        "Not shown here: an interactive chart (2 times); a widget.",
    ]


def test_a_wide_table_is_cut_between_columns_and_said_to_be() -> None:
    row = "  ".join(f"column{n:02}" for n in range(20))
    shown = lines(Results(outputs=(text("\n".join([row] * 4), 7),)))
    assert shown[1].endswith("column07  column08 …")
    assert shown[-1] == "Not shown here: the rest of block 7, which is in Weekly KPIs - in full.txt."


def test_a_log_shows_its_first_lines_and_says_that_there_are_more() -> None:
    log = "\n".join(f"line {n}" for n in range(400))
    results = Results(outputs=(text(log, 9, "Training"),))
    shown = lines(results)
    assert shown[2:4] == ["line 0", "line 1"]
    assert shown[-3:] == [
        "line 39",
        "…",
        "Not shown here: the rest of block 9, which is in Weekly KPIs - in full.txt.",
    ]
    assert files(results) == [Made("Weekly KPIs - in full.txt", f"# Training\n\n[block 9]\n\n{log}\n")]


def test_the_last_words_are_kept_when_there_are_too_many() -> None:
    outputs = (*(text(f"log {n}\n" * 200, n) for n in range(100)), text("revenue 1.31M", 100))
    several = messages(Results(outputs=outputs))
    assert 1 < len(several) <= 3
    assert "log 0" in several[0]
    missing = several[-1].splitlines()[-1]
    assert missing.startswith("Not shown here: the rest of blocks 0, 1, 2, 3, 4 and ")
    assert missing.endswith(" more outputs, which are in Weekly KPIs - in full.txt.")
    assert "revenue 1.31M" in several[-1]


def test_many_short_outputs_stay_a_message() -> None:
    several = messages(Results(outputs=tuple(text(f"line {n}", n, f"Part {n}") for n in range(400))))
    assert len(several) <= 2
    assert "line 399" in several[-1]
    assert several[-1].endswith("370 more outputs, which are in Weekly KPIs - in full.txt.")


def test_nothing_said_is_no_message() -> None:
    assert parts(RUN, Results()) == []
    assert parts(RUN, Results(outputs=(text(" \n"),))) == []
    picture = Picture(0, "Weekly KPIs.png", "Weekly KPIs", "A picture from block 1")
    assert parts(RUN, Results(outputs=(image(),))) == [Files((picture,))]


def test_the_answer_is_the_last_short_line() -> None:
    assert answer(Results(outputs=(text("a"), text("revenue *1.31M*\n"), image()))) == "revenue \u22171.31M\u2217"
    assert answer(Results(outputs=(text("one\ntwo"),))) == ""
    assert answer(Results(outputs=(text("x" * 161),))) == ""
    assert answer(Results()) == ""
