"""The thread: changes of status as they come, and the closing line with its mention."""

from __future__ import annotations

import pytest

from bot.model import Cause, Failure, News, NewsKind, Output, Platform, Results, Run, State, Trouble
from bot.render.thread import closing, news_line, news_message, no_files, not_a_member

from .said import ANA, BEN, NOON, a_run, later, read


def told(run: Run, results: Results | None = None, now: float = 10) -> str:
    return read(None, closing(run, results, later(now)))


@pytest.mark.parametrize(
    ("news", "words"),
    [
        (News(at=NOON, kind=NewsKind.QUEUED), "⏳ Queued on Deepnote at ({time})"),
        (
            News(at=NOON, kind=NewsKind.RUNNING, text="warm"),
            "🔄 Running on Deepnote since ({time}) · Deepnote says “warm”",
        ),
        (News(at=NOON, kind=NewsKind.WORD, text="thawing"), "🔄 Deepnote says “thawing” at ({time})"),
        (
            News(at=NOON, kind=NewsKind.TROUBLE, trouble=Trouble.SILENT),
            "⚠️ Deepnote hasn't been answering since ({time}); the run isn't touched by that.",
        ),
        (
            News(at=NOON, kind=NewsKind.TROUBLE, trouble=Trouble.UNKNOWN),
            "⚠️ Deepnote hasn't known this run since ({time}); I keep looking.",
        ),
        (News(at=NOON, kind=NewsKind.ANSWERING), "👍 Deepnote answers again at ({time})"),
        (News(at=NOON, kind=NewsKind.NOTE, text="Found it again."), "Found it again."),
        (News(at=NOON, kind=NewsKind.ENDED, text="succeeded"), ""),
        (News(at=NOON, kind=NewsKind.TROUBLE), ""),
    ],
)
def test_each_change_is_one_short_line(news: News, words: str) -> None:
    line = news_line(a_run(), news)
    assert read(None, line.replace(f" · Deepnote says “{news.text}”", "") if "warm" not in words else line) == words


def test_trouble_before_the_start_says_that_nothing_was_started() -> None:
    silent = News(at=NOON, kind=NewsKind.TROUBLE, trouble=Trouble.SILENT)
    assert news_line(a_run(State.REQUESTED), silent).endswith("; nothing was started yet; I keep trying.")
    assert news_line(a_run(State.REQUESTED, adopt="r"), silent).endswith("; I keep trying.")


def test_all_news_since_the_last_time_is_one_message_and_an_end_alone_is_none() -> None:
    queued, running = News(at=NOON, kind=NewsKind.QUEUED), News(at=NOON, kind=NewsKind.RUNNING)
    said = news_message(a_run(), [queued, running])
    assert said is not None
    assert len(said.text.splitlines()) == 2
    assert news_message(a_run(), [News(at=NOON, kind=NewsKind.ENDED)]) is None
    assert news_message(a_run(), []) is None


def test_a_success_is_closed_with_its_answer() -> None:
    run = a_run(State.SUCCEEDED, started_at=NOON, ended_at=later(192))
    number = Output(kind="text", block=9, text="revenue 1.31M\n")
    assert told(run, Results(outputs=(number,)), 200) == f"✅ <@{ANA}> *Weekly KPIs* succeeded in 3m 12s: revenue 1.31M"
    log = Output(kind="text", block=9, text="one\ntwo")
    assert told(run, Results(outputs=(number, log)), 200) == f"✅ <@{ANA}> *Weekly KPIs* succeeded in 3m 12s"
    assert told(run, None, 200) == f"✅ <@{ANA}> *Weekly KPIs* succeeded in 3m 12s"


def test_a_failure_is_closed_with_its_place_and_cause() -> None:
    run = a_run(State.FAILED, started_at=NOON, ended_at=later(41), reason="KeyError: 'region'")
    failure = Failure(block=4, title="Orders", line="# Load orders", name="KeyError", message="'region'")
    who = f"❌ <@{ANA}> *Weekly KPIs* failed after 41s"
    assert told(run, Results(failure=failure), 50) == f"{who} in block 4 “Load orders”: KeyError: 'region'"
    elsewhere = failure.model_copy(update={"line": "orders = load()"})
    assert told(run, Results(failure=elsewhere), 50) == f"{who} in block 4 “Orders”: KeyError: 'region'"
    nameless = Failure(block=2, line="load()", message="no disk")
    assert told(run, Results(failure=nameless), 50) == f"{who} in block 2 “load()”: Error: no disk"
    assert told(run, Results(failure=Failure(name="KernelDied")), 50) == f"{who}: KernelDied"
    assert told(run, None, 50) == f"{who}: KeyError: 'region'"


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (
            a_run(State.STOPPED, started_at=NOON, ended_at=later(3)),
            "⏹️ @ana *Weekly KPIs* was stopped on Deepnote after 3s",
        ),
        (
            a_run(State.REJECTED, cause=Cause.PERSON, reason="No “regon”."),
            "🚫 @ana *Weekly KPIs* was not started: No “regon”.",
        ),
        (
            a_run(State.REJECTED, cause=Cause.PERSON, adopt="", reason="No run."),
            "🚫 @ana *Weekly KPIs* was not tracked: No run.",
        ),
        (
            a_run(State.UNCLEAR),
            (
                "❓ @ana *Weekly KPIs* may have started. No answer came back from Deepnote, so I won't start it a "
                "second time. Open the notebook to see; *Run again* starts it anew."
            ),
        ),
        (
            a_run(State.LOST),
            "❓ @ana Deepnote no longer knows this run of *Weekly KPIs*, so I can't tell how it ended.",
        ),
        (
            a_run(State.GIVEN_UP),
            (
                "⌛ @ana *Weekly KPIs* is no longer tracked: it hadn't ended by ({date_short_pretty} at {time}). "
                "On Deepnote it may still be running."
            ),
        ),
        (
            a_run(State.UNTRACKED, cause=Cause.PERSON, untracked_by=ANA),
            "👋 @ana *Weekly KPIs* is no longer tracked. On Deepnote the run goes on; to stop it, open the notebook.",
        ),
        (
            a_run(State.UNTRACKED, cause=Cause.PERSON, untracked_by=BEN),
            (
                "👋 @ana *Weekly KPIs* is no longer tracked: @ben stopped that. On Deepnote the run goes on; to stop "
                "it, open the notebook."
            ),
        ),
        (
            a_run(State.UNTRACKED, cause=Cause.PERSON),
            "👋 @ana *Weekly KPIs* is no longer tracked. On Deepnote the run goes on; to stop it, open the notebook.",
        ),
        (
            a_run(State.UNTRACKED, cause=Cause.PERSON, remote_id=None, untracked_by=ANA),
            "🚫 @ana *Weekly KPIs* was taken back before it was started",
        ),
        (
            a_run(State.UNTRACKED, cause=Cause.PERSON, remote_id=None, untracked_by=BEN, adopt="r"),
            "🚫 @ana *Weekly KPIs* was taken back by @ben before it was tracked",
        ),
        (
            a_run(State.UNTRACKED, on=Platform.DATALORE, remote_id=None),
            (
                "▶️ @ana *Weekly KPIs* was started in the notebook itself. Datalore doesn't tell how such a run goes. "
                "Open the notebook to see."
            ),
        ),
    ],
)
def test_each_other_end_is_closed_in_its_own_words(run: Run, words: str) -> None:
    assert told(run).replace(f"<@{ANA}>", "@ana").replace(f"<@{BEN}>", "@ben") == words


def test_who_asked_is_mentioned_once_whatever_the_end() -> None:
    for state in State:
        for by in (None, ANA, BEN):
            line = closing(a_run(state, cause=Cause.PERSON, untracked_by=by), None, NOON)
            assert line.count(f"<@{ANA}>") == 1
            assert line.count("<@") == (2 if state is State.UNTRACKED and by == BEN else 1)


def test_late_news_says_so_and_only_of_what_has_finished() -> None:
    run = a_run(State.SUCCEEDED, started_at=NOON, ended_at=later(60))
    day = "({date_short_pretty} at {time})"
    late = f"\nFinished {day}, told {day}: I couldn't look or post earlier."
    assert told(run, now=60 + 301).endswith(late)
    assert "told" not in told(run, now=60 + 299)
    assert "Finished" not in told(a_run(State.GIVEN_UP, ended_at=NOON), now=9_000)


def test_where_files_can_not_come_they_are_named_with_what_to_do() -> None:
    assert not_a_member(["KPIs.ipynb", "a.csv"]) == (
        "📎 I can't post KPIs.ipynb, a.csv here, because I'm not in this channel. After `/invite @Threadbook` I can."
    )
    assert no_files("storage_limit_reached", [f"{n}.csv" for n in range(8)]) == (
        "📎 Slack doesn't let me post 0.csv, 1.csv, 2.csv, 3.csv, 4.csv and 3 more here "
        "(it says “storage_limit_reached”)."
    )
    assert no_files("", []) == "📎 Slack doesn't let me post files here."
