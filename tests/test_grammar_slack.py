"""What Slack and phones make of typed words."""

from __future__ import annotations

import pytest

from bot.command import Command, Help, Rerun, RunNotebook, ShowStatus, Untrack
from bot.errors import Mistake
from bot.grammar import parse, without_mention
from bot.model import InputValue, Options

BOT = "U0THREADBK"


def run(text: str) -> RunNotebook:
    command = parse(text)
    assert isinstance(command, RunNotebook)
    return command


def value(typed: str) -> InputValue:
    return run(f"run x a={typed}").inputs["a"]


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("R&amp;D", "R&D"),
        ("&amp;lt;", "&lt;"),
        ("&lt;3", "<3"),
        ("&copy;", "&copy;"),
        ("&lt;!channel&gt;", "<!channel>"),
        ("<https://example.com/?a=1&amp;copy=2>", "https://example.com/?a=1&copy=2"),
        ("<https://example.com/a|a label>", "https://example.com/a"),
        ("<http://report.py|report.py>", "report.py"),
        ("<https://example.com/|example.com>", "example.com"),
        ("<mailto:ana@example.com|ana@example.com>", "ana@example.com"),
        ("<mailto:ana@example.com>", "ana@example.com"),
        ("<tel:+4912345|+49 12345>", None),
        ('"<tel:+4912345|+49 12345>"', "+49 12345"),
        ("<@U123|ana>", "@ana"),
        ("<@U123>", "@U123"),
        ("<#C123|data>", "#data"),
        ("<#C123|>", "#C123"),
        ("<!channel>", "@channel"),
        ("<!here|here>", "@here"),
        ("<!subteam^S1|@oncall>", "@oncall"),
        ("<!subteam^S1>", "@S1"),
        ("<!date^1700000000^{date}|yesterday>", "yesterday"),
        ("<b>", "<b>"),
        ("a<b", "a<b"),
    ],
)
def test_slacks_markup_is_taken_off_once(sent: str, read: str | None) -> None:
    if read is None:
        with pytest.raises(Mistake, match="needs quotes"):
            value(sent)
    else:
        assert value(sent) == read


@pytest.mark.parametrize(
    "quoted",
    [
        '"two words"',
        "'two words'",
        "“two words”",
        "”two words”",
        "„two words“",
        "„two words”",
        "«two words»",
        "»two words«",
        "\u2018two words\u2019",
        "\u201atwo words\u2018",
        '“two words"',
        '"two words”',
        "\u2018two words'",
    ],
)
def test_any_pair_of_quotes_will_do(quoted: str) -> None:
    command = run(f"run x a={quoted} b=1")
    assert command.inputs == {"a": "two words", "b": "1"}
    assert command.literal == {"a"}


@pytest.mark.parametrize("word", ["O\u2019Brien", "don't", '5"', "C:\\new", "a=b=c", "rock'n'roll", "x”"])
def test_a_mark_inside_a_word_opens_nothing(word: str) -> None:
    command = run(f"run x a={word} b=1")
    assert command.inputs == {"a": word, "b": "1"}
    assert not command.literal


@pytest.mark.parametrize(
    ("quoted", "read"),
    [
        ("'it's O\u2019Brien's'", "it's O\u2019Brien's"),
        ("\u2018it\u2019s\u2019", "it\u2019s"),
        ('"it\'s “fine”"', "it's “fine”"),
        ('"C:\\new\\\\"', "C:\\new\\"),
        ("'C:\\new'", "C:\\new"),
        ('"two\nlines"', "two\nlines"),
        ('"two\r\nlines"', "two\nlines"),
        ('"--live region=EU"', "--live region=EU"),
        ('""', ""),
        ("''", ""),
    ],
)
def test_inside_quotes_nearly_everything_is_kept(quoted: str, read: str) -> None:
    assert value(quoted) == read


@pytest.mark.parametrize("dash", ["--", "-", "\u2014", "\u2013", "\u2015", "\u2212", "-\u2013", "\u2014-"])
def test_any_dash_begins_a_flag(dash: str) -> None:
    assert run(f"run x {dash}live").options == Options(live=True)
    assert run(f"run x {dash}update\u2011report").options == Options(update_report=True)


@pytest.mark.parametrize("number", ["-5", "\u22125", "-7d"])
def test_a_dash_before_a_digit_is_a_minus(number: str) -> None:
    assert value(number) == number
    with pytest.raises(Mistake, match="number"):
        parse(f"status {number}")


@pytest.mark.parametrize("space", ["\u00a0", "\u2003", "\u3000", "\u202f", "\t", "\n", "\r\n", " \n "])
def test_any_space_stands_between_words(space: str) -> None:
    text = f"run{space}x{space}region=EU{space}--live"
    assert run(text) == RunNotebook(target="x", inputs={"region": "EU"}, options=Options(live=True))


@pytest.mark.parametrize(
    "unseen", ["\u200b", "\ufeff", "\u2060", "\u200e", "\u202a", "\u00ad", "\u200d", "\x00", "\ud800"]
)
def test_what_nobody_sees_is_dropped(unseen: str) -> None:
    text = f"{unseen}run weekly{unseen}-kpis region=E{unseen}U{unseen}"
    assert run(text) == RunNotebook(target="weekly-kpis", inputs={"region": "EU"})


def test_joiners_that_shape_words_and_emoji_are_kept() -> None:
    assert value("\u0645\u06cc\u200c\u062e\u0648") == "\u0645\u06cc\u200c\u062e\u0648"
    assert value("👩\u200d🔬") == "👩\u200d🔬"


def test_full_width_equals_signs_are_equals_signs() -> None:
    assert run("run x 地域\uff1dEU").inputs == {"地域": "EU"}


def test_a_line_in_backticks_is_read_without_them() -> None:
    assert parse("`status 142`") == ShowStatus(run=142)
    assert value("`EU`") == "`EU`"


def test_a_catalogue_name_may_hold_a_phones_dash() -> None:
    assert run("run weekly\u2013kpis").target == "weekly-kpis"


def test_a_mistake_shows_what_the_person_typed_not_what_slack_sent() -> None:
    with pytest.raises(Mistake) as mistake:
        parse("run x a=R&amp;D <https://example.com|example.com> b=")
    assert mistake.value.typed == "run x a=R&D example.com b="


def told(message: str) -> Command:
    """What a mention in the thread of run 142 says."""
    return parse(without_mention(message, BOT), run=142, command="@Threadbook")


@pytest.mark.parametrize(
    ("message", "command"),
    [
        ("<@U0THREADBK> rerun region=US", Rerun(run=142, inputs={"region": "US"})),
        ("<@U0THREADBK|threadbook> rerun region=US", Rerun(run=142, inputs={"region": "US"})),
        ("<@U0THREADBK>, status", ShowStatus(run=142)),
        ("<@U0THREADBK>:status", ShowStatus(run=142)),
        ("hey <@U0THREADBK> untrack", Untrack(run=142)),
        ("untrack <@U0THREADBK>", Untrack(run=142)),
        ("<@U0THREADBK> rerun who=<@U0THREADBK|threadbook>", Rerun(run=142, inputs={"who": "@threadbook"})),
        ("<@U0THREADBK> unfollow 7", Untrack(run=7)),
        ("<@U0THREADBK> help", Help()),
        ("<@U0THREADBK>", Help()),
        ("@Threadbook status", ShowStatus(run=142)),
    ],
)
def test_a_mention_in_a_thread_is_the_same_grammar_and_means_the_threads_run(message: str, command: Command) -> None:
    assert told(message) == command


@pytest.mark.parametrize(
    ("message", "said", "instead"),
    [
        ("<@U0THREADBK> region=US", "Say first what to do", "rerun region=US"),
        ("<@U0THREADBK> rerun region=", "has no value", "rerun region=<value>"),
        ("<@U0THREADBK> stop", "the run goes on", "untrack"),
        ("<@U0THREADBK> rerun --live", "keeps the flags", "rerun"),
        ("<@U0THREADBK> staus", "Did you mean “status”?", "status"),
    ],
)
def test_hints_for_a_mention_begin_with_it(message: str, said: str, instead: str) -> None:
    with pytest.raises(Mistake) as mistake:
        told(message)
    assert said in mistake.value.text
    assert mistake.value.hint == f"@Threadbook {instead}"


def test_only_that_mention_is_taken_off() -> None:
    assert without_mention("<@U1> <@U0THREADBK> run x who=<@U2>", BOT) == "run x who=<@U2>"
    assert without_mention("run x who=<@U2>", BOT) == "run x who=<@U2>"
    assert without_mention("<@U0THREADBK2> status", BOT) == "<@U0THREADBK2> status"
