"""The card: what a reader sees of a run at any time."""

from __future__ import annotations

import pytest

from bot.model import Cause, Options, Platform, Run, State, Trouble
from bot.render.card import card, how
from bot.render.states import detail, headline

from .said import BEN, NOON, a_run, buttons, later, read

LINK = "https://deepnote.com/notebook/n1"


def test_a_running_card_is_as_the_design_draws_it() -> None:
    run = a_run(started_at=NOON, usual=240, inputs={"region": "EU", "since": "2026-10-01"})
    text, blocks = card(run, LINK)
    assert [field["text"] for field in blocks[0]["fields"]] == [
        "📓 *Weekly KPIs* · run 142",
        "region *EU* · since *2026-10-01*",
        (
            "🔄 Running since <!date^1790856000^{time}|2026-10-01 12:00 UTC>"
            " · usually done by <!date^1790856240^{time}|2026-10-01 12:04 UTC>"
        ),
        "asked by ana · Deepnote, in a copy",
    ]
    assert buttons(blocks) == ["Open notebook", "Run again", "Edit & run…", "Tell me too", "Stop tracking"]
    assert len(blocks) == 2
    assert read(None, text) == "📓 Weekly KPIs · run 142: 🔄 Running since ({time}) · usually done by ({time})"


def test_many_inputs_stand_below_over_the_whole_width() -> None:
    _, blocks = card(a_run(State.SUCCEEDED, inputs={f"input{number}": str(number) for number in range(30)}), LINK)
    assert [block["type"] for block in blocks] == ["section", "section", "context", "actions"]
    assert read([blocks[0]]) == "📓 *Weekly KPIs* · run 142\nasked by ana · Deepnote, in a copy"
    assert read([blocks[1]]) == "✅ Succeeded"
    assert read([blocks[2]]).startswith("input0 *0* · input1 *1*")
    assert read([blocks[2]]).endswith("input19 *19* · and 10 more")


def test_without_inputs_it_says_so_and_an_empty_value_is_seen() -> None:
    assert "_no inputs_" in read(card(a_run(), None)[1])
    assert "note *“”*" in read(card(a_run(inputs={"note": ""}), None)[1])
    assert "fresh *yes* · channels *Web, Store*" in read(
        card(a_run(inputs={"fresh": True, "channels": ("Web", "Store")}), None)[1]
    )


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (a_run(), "Deepnote, in a copy"),
        (a_run(options=Options(readonly=True)), "Deepnote, in a copy, read-only storage"),
        (a_run(options=Options(live=True)), "Deepnote, in the shared notebook"),
        (a_run(options=Options(live=True, blocks=("a",))), "Deepnote, in the shared notebook, 1 block only"),
        (
            a_run(options=Options(live=True, blocks=("a", "b"), dependents=True)),
            "Deepnote, in the shared notebook, 2 blocks only and dependents",
        ),
        (a_run(on=Platform.DATALORE), "Datalore"),
        (
            a_run(on=Platform.DATALORE, options=Options(update_report=True, write_files=True)),
            "Datalore, updates the report, writes to the notebook's files",
        ),
        (a_run(on=Platform.DATALORE, options=Options(interactive=True)), "Datalore, in the shared notebook"),
        (a_run(adopt="r9"), "Deepnote, started elsewhere"),
    ],
)
def test_a_card_says_how_its_notebook_is_run(run: Run, words: str) -> None:
    assert how(run) == words


@pytest.mark.parametrize(
    ("run", "words", "more"),
    [
        (a_run(State.REQUESTED), "🕓 Asked for at ({time})", ""),
        (a_run(State.AWAITING_APPROVAL), "🕓 Waiting for approval since ({time})", ""),
        (a_run(State.SUBMITTING), "🕓 Being started since ({time})", ""),
        (a_run(State.QUEUED), "⏳ Queued since ({time})", ""),
        (a_run(State.QUEUED, word="warming up"), "⏳ Queued since ({time}) · Deepnote says “warming up”", ""),
        (a_run(State.RUNNING), "🔄 Running since ({time})", ""),
        (
            a_run(State.RUNNING, started_at=NOON, usual=60, overdue=True),
            "🔄 Running since ({time}) · taking longer than usual (it's usually done by ({time}))",
            "",
        ),
        (a_run(State.RUNNING, started_at=NOON, usual=float("inf")), "🔄 Running since ({time})", ""),
        (
            a_run(State.RUNNING, trouble=Trouble.SILENT, trouble_since=NOON),
            "🔄 Running since ({time})",
            "⚠️ Deepnote hasn't been answering since ({time}); I look again at least every two minutes",
        ),
        (
            a_run(State.REQUESTED, trouble=Trouble.SILENT, trouble_since=NOON),
            "🕓 Asked for at ({time})",
            (
                "⚠️ Deepnote hasn't been answering since ({time}); "
                "nothing was started yet, I try again at least every two minutes"
            ),
        ),
        (
            a_run(State.REQUESTED, trouble=Trouble.LIMITED, trouble_since=NOON, again_at=later(3600)),
            "🕓 Asked for at ({time})",
            "⚠️ Deepnote has been asking us to wait since ({time}); nothing was started yet, I try again at ({time})",
        ),
        (
            a_run(State.RUNNING, trouble=Trouble.LIMITED, trouble_since=NOON, again_at=later(24 * 3600)),
            "🔄 Running since ({time})",
            "⚠️ Deepnote has been asking us to wait since ({time}); I look again ({date_short_pretty} at {time})",
        ),
        (
            a_run(State.RUNNING, trouble=Trouble.UNKNOWN, trouble_since=NOON),
            "🔄 Running since ({time})",
            "⚠️ Deepnote hasn't known this run since ({time}); I look again at least every two minutes",
        ),
        (
            a_run(State.QUEUED, trouble=Trouble.REFUSED, trouble_since=NOON),
            "⏳ Queued since ({time})",
            "⚠️ Deepnote has been refusing our token since ({time})",
        ),
        (
            a_run(State.RUNNING, trouble=Trouble.SUSPENDED, trouble_since=NOON),
            "🔄 Running since ({time})",
            "⚠️ Deepnote has had the project suspended since ({time})",
        ),
        (
            a_run(State.SUCCEEDED, started_at=NOON, ended_at=later(192)),
            "✅ Succeeded in 3m 12s · ({date_short_pretty} at {time})",
            "",
        ),
        (
            a_run(State.FAILED, started_at=NOON, ended_at=later(41), reason="KeyError: 'region'"),
            "❌ Failed after 41s · ({date_short_pretty} at {time})",
            "KeyError: 'region'",
        ),
        (
            a_run(State.STOPPED, started_at=NOON, ended_at=later(3)),
            "⏹️ Stopped on Deepnote after 3s · ({date_short_pretty} at {time})",
            "",
        ),
        (a_run(State.REJECTED, cause=Cause.PERSON, reason="No “regon”."), "🚫 Not started", "No “regon”."),
        (a_run(State.REJECTED, cause=Cause.PERSON, adopt="r", reason="No."), "🚫 Not tracked", "No."),
        (
            a_run(State.REJECTED, cause=Cause.TOKEN, reason="The admins were told."),
            "🚫 Not started",
            "Deepnote refused our token. The admins were told.",
        ),
        (
            a_run(State.REJECTED, cause=Cause.RIGHTS, reason="View only."),
            "🚫 Not started",
            "Deepnote says that we may not run this notebook (View only).",
        ),
        (
            a_run(State.REJECTED, cause=Cause.GONE),
            "🚫 Not started",
            "Deepnote has no such notebook, or it isn't shared with us.",
        ),
        (a_run(State.REJECTED, cause=Cause.CARD), "🚫 Not started", "I can't post here."),
        (a_run(State.REJECTED, reason="too many blocks"), "🚫 Not started", "Deepnote says: too many blocks"),
        (a_run(State.REJECTED), "🚫 Not started", "Deepnote gave no reason."),
        (
            a_run(State.UNCLEAR, submitted_at=NOON),
            "❓ May have started at ({time})",
            (
                "No answer came back from Deepnote, so I won't start it a second time. "
                "Open the notebook to see; *Run again* starts it anew."
            ),
        ),
        (
            a_run(State.UNTRACKED, cause=Cause.PERSON),
            "👋 No longer tracked since ({date_short_pretty} at {time})",
            "On Deepnote the run goes on. To stop it, open the notebook.",
        ),
        (
            a_run(State.UNTRACKED, cause=Cause.PERSON, remote_id=None),
            "🚫 Taken back at ({time}), before it was started",
            "",
        ),
        (
            a_run(State.UNTRACKED, cause=Cause.PERSON, remote_id=None, adopt="r"),
            "🚫 Taken back at ({time}), before it was tracked",
            "",
        ),
        (
            a_run(State.UNTRACKED, on=Platform.DATALORE, remote_id=None),
            "▶️ Started in the notebook itself at ({time})",
            "Datalore doesn't tell how such a run goes. Open the notebook to see.",
        ),
        (
            a_run(State.LOST, ended_at=NOON),
            "❓ Deepnote no longer knows this run · ({date_short_pretty} at {time})",
            "",
        ),
        (
            a_run(State.GIVEN_UP),
            "⌛ No longer tracked since ({date_short_pretty} at {time})",
            "It hadn't ended by then. On Deepnote it may still be running: open the notebook to see.",
        ),
    ],
)
def test_each_state_has_its_words(run: Run, words: str, more: str) -> None:
    assert read(None, headline(run)) == words
    assert read(None, detail(run)) == more
    _, blocks = card(run, LINK)
    assert words in read(blocks)
    assert more in read(blocks)
    assert buttons(blocks) == [
        "Open notebook",
        "Run again",
        "Edit & run…",
        *(["Tell me too", "Stop tracking"] if run.open else []),
    ]


def test_every_state_was_looked_at() -> None:
    for state in State:
        assert read(None, headline(a_run(state)))


def test_a_card_never_mentions_anybody_whoever_stopped_the_tracking() -> None:
    _, blocks = card(a_run(State.UNTRACKED, cause=Cause.PERSON, untracked_by=BEN), LINK)
    assert "<@" not in read(blocks)


def test_before_the_link_is_known_there_is_no_button_for_it() -> None:
    for link in (None, "https://x.y/" + "z" * 3000):
        assert buttons(card(a_run(), link)[1])[0] == "Run again"


def test_a_name_from_outside_formats_nothing_and_nobody_is_nameless() -> None:
    text, blocks = card(a_run(title="*Q3* <!here>\nreport"), LINK)
    assert blocks[0]["fields"][0]["text"] == "📓 *\u2217Q3\u2217 &lt;!here&gt; report* · run 142"
    assert "<!here>" not in text
    assert "📓 *n1* · run 142" in read(card(a_run(title=" \u202e "), LINK)[1])


def test_stop_tracking_asks_first_and_says_what_goes_on() -> None:
    stop = card(a_run(on=Platform.DATALORE), LINK)[1][-1]["elements"][-1]
    assert "The run goes on: Datalore can't be told to stop it" in stop["confirm"]["text"]["text"]
