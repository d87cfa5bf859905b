"""Answers for one person's eyes."""

from __future__ import annotations

import pytest

from bot.command import ListRuns
from bot.errors import Mistake, Refusal, UserError
from bot.grammar import parse
from bot.model import Cause, Entry, Inputs, Notebook, Platform, State
from bot.render import replies
from bot.render.replies import mistake, no_card, rejected_alone
from bot.reply import (
    CatalogueListed,
    EntryAdded,
    EntryRemoved,
    EntryShown,
    Reply,
    RunShown,
    RunsListed,
    Started,
    UntrackNoted,
)

from .said import NOON, a_run, buttons, later, read


def entry(name: str = "weekly-kpis", title: str = "Weekly KPIs", defaults: Inputs | None = None) -> Entry:
    notebook = Notebook(platform=Platform.DEEPNOTE, id="n1")
    return Entry(name=name, notebook=notebook, title=title, url="https://x.y/n?a=1&b=2", defaults=defaults or {})


def lines(said: Reply, command: str = "/notebook") -> list[str]:
    answer = replies.reply(said, command, "https://x.y")
    assert answer is not None
    return read(answer[1]).splitlines()


def typed(line: str) -> list[str]:
    with pytest.raises(UserError) as caught:
        parse(line)
    return read(mistake(caught.value)[1]).splitlines()


def test_a_mistake_is_pointed_at_and_says_what_to_type() -> None:
    assert typed("run weekly-kpis region=") == [
        '⚠️ “region=” has no value. For an empty one type "" after it.',
        "run weekly-kpis region=",
        "                ^^^^^^^",
        "Type `/notebook run weekly-kpis region=<value>`",
    ]


def test_a_hint_in_a_sentence_names_the_whole_command() -> None:
    text, blocks = mistake(
        UserError("No run 99 that you can see.", hint="`runs` lists those that you can."), "/deepnote"
    )
    assert read(blocks).splitlines() == ["⚠️ No run 99 that you can see.", "`/deepnote runs` lists those that you can."]
    assert text == "⚠️ No run 99 that you can see. `/deepnote runs` lists those that you can."
    kept = UserError("Try it.", hint="`/notebook run a` or `region=EU` or ``.")
    assert read(mistake(kept)[1]).splitlines()[1] == "`/notebook run a` or `region=EU` or ``."


def test_a_refusal_has_a_lock_and_names_who_can_help() -> None:
    shown = read(mistake(Refusal("Only admins can change the catalogue here.", hint="Ask one of them to do it."))[1])
    assert shown.splitlines() == ["🔒 Only admins can change the catalogue here.", "Ask one of them to do it."]


def test_what_was_typed_pings_nobody_and_formats_nothing() -> None:
    error = Mistake("There is no “<!channel> *x*”.", typed="<!channel> *x* ```", at=(0, 10), hint="/notebook <!here> `")
    text, blocks = mistake(error)
    assert "<!" not in text
    assert [block["type"] for block in blocks] == ["section", "rich_text", "section"]
    assert "&lt;!channel&gt; \u2217x\u2217" in blocks[0]["text"]["text"]
    assert blocks[2]["text"]["text"] == "/notebook &lt;!here&gt; `"


def test_a_long_mistake_stays_a_message() -> None:
    text, blocks = mistake(Mistake("&" * 9_000, typed="<" * 9_000, at=(8_000, 8_500), hint="/notebook " + ">" * 9_000))
    assert len(text) <= 3_900
    assert text.endswith("`")
    assert all(len(block["text"]["text"]) <= 3_000 for block in blocks if block["type"] == "section")


def test_where_no_card_can_be_posted_nothing_was_started_and_the_dm_is_a_button() -> None:
    run = a_run(State.REJECTED, cause=Cause.CARD)
    words, blocks = no_card(run, "not_in_channel")
    assert words == (
        "🚫 I can't post here, so *Weekly KPIs* was not started. "
        "Type `/invite @Threadbook` and try again, or run it in our DM."
    )
    assert buttons(blocks) == ["Run it in our DM"]
    assert (
        "This channel is archived, so *Weekly KPIs* was not started. Run it in our DM."
        in no_card(run, "is_archived")[0]
    )
    assert "was not tracked" in no_card(a_run(State.REJECTED, adopt=""), "is_archived")[0]


def test_a_run_that_ended_before_its_card_is_told_in_full() -> None:
    run = a_run(State.REJECTED, cause=Cause.PERSON, reason="No “regon”.")
    assert read(rejected_alone(run)[1]).splitlines() == ["*Weekly KPIs* · run 142", "🚫 Not started", "No “regon”."]


def test_only_a_run_in_the_dm_needs_words_at_its_start() -> None:
    assert replies.reply(Started(run=a_run(), fresh=True), "/notebook") is None
    in_dm = a_run().model_copy(update={"dm": True})
    assert lines(Started(run=in_dm, fresh=True)) == ["*Weekly KPIs* is run 142; its card comes in our DM."]
    assert replies.reply(Started(run=in_dm, fresh=False), "/notebook") is None


def test_the_status_of_a_run_is_its_card() -> None:
    assert lines(RunShown(run=a_run()))[0] == "📓 *Weekly KPIs* · run 142"


def test_runs_are_a_line_each() -> None:
    ended = a_run(State.FAILED, started_at=NOON, ended_at=later(5), reason="KeyError")
    assert lines(RunsListed(runs=(a_run(), ended)))[1:3] == [
        "*142*  Weekly KPIs · 🔄 Running since ({time}) · asked by ana",
        "*142*  Weekly KPIs · ❌ Failed after 5s · ({date_short_pretty} at {time}) · asked by ana",
    ]


def turns(asked: ListRuns) -> dict[str, ListRuns]:
    """What the buttons below a page ask for."""
    answer = replies.reply(RunsListed(runs=(a_run(),), asked=asked, more=True), "/notebook")
    assert answer is not None
    return {
        element["text"]["text"]: ListRuns.model_validate_json(element["value"])
        for block in answer[1]
        if block["type"] == "actions"
        for element in block["elements"]
    }


def test_pages_are_counted_from_the_run_that_was_the_newest_on_the_first() -> None:
    assert turns(ListRuns(mine=True)) == {"Older": ListRuns(mine=True, page=2, newest=142)}
    assert turns(ListRuns(page=3, newest=170)) == {
        "Newer": ListRuns(page=2, newest=170),
        "Older": ListRuns(page=4, newest=170),
    }
    assert turns(ListRuns(page=2, newest=170))["Newer"] == ListRuns(), "the first page shows what is new since"


def test_filters_are_named_beside_the_heading() -> None:
    asked = ListRuns(mine=True, failed=True, target="weekly-kpis", platform=Platform.DEEPNOTE)
    filters = "(yours, failed, of weekly-kpis, on Deepnote)"
    assert lines(RunsListed(runs=(a_run(),), asked=asked))[0] == f"*The newest runs that you can see* {filters}"
    assert lines(RunsListed(runs=(), asked=asked)) == [
        f"No runs that you can see {filters}. `/notebook run` starts one."
    ]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            UntrackNoted(run=a_run(), fresh=True),
            "Run 142 is no longer tracked. On Deepnote it goes on: to stop it, open",
        ),
        (UntrackNoted(run=a_run(), fresh=False), "Somebody has already asked to stop tracking run 142."),
        (
            UntrackNoted(run=a_run(State.REQUESTED, remote_id=None), fresh=True),
            "Run 142 won't be started, unless that has just happened.",
        ),
        (UntrackNoted(run=a_run(State.REQUESTED, remote_id=None, adopt=""), fresh=True), "Run 142 won't be tracked."),
        (EntryAdded(entry=entry()), "✅ Added *weekly-kpis* to the catalogue. `/notebook run weekly-kpis` runs it."),
        (
            EntryRemoved(entry=entry()),
            "✅ Removed *weekly-kpis* from the catalogue. The notebook itself is still on Deep",
        ),
        (CatalogueListed(entries=(), total=0), "The catalogue is empty. Name a notebook: `/notebook add weekly-kpis`"),
        (CatalogueListed(entries=(), total=0, asked_to_run=True), "The catalogue is empty; the form finds other"),
        (
            CatalogueListed(entries=(), total=0, may_add=False),
            "The catalogue is empty. An admin can add notebooks to it.",
        ),
        (
            CatalogueListed(entries=(), total=1, search="kpi*"),
            "No notebook of the catalogue matches “kpi\u2217”. `/notebook list` shows the only one.",
        ),
        (CatalogueListed(entries=(), total=7, search="x"), "matches “x”. `/notebook list` shows all 7."),
    ],
)
def test_each_other_answer_is_a_sentence(said: Reply, words: str) -> None:
    assert words in "\n".join(lines(said))


def test_the_catalogue_lists_names_values_and_a_button_each() -> None:
    said = CatalogueListed(entries=(entry(defaults={"region": "EU", "password": "x"}), entry("other", "")), total=2)
    assert lines(said) == [
        "*Notebooks of the catalogue*",
        "*weekly-kpis* · Weekly KPIs · Deepnote",
        "region *EU* · password *••••*",
        "*other* · Deepnote",
        "With inputs: `/notebook run weekly-kpis name=value`",
    ]
    answer = replies.reply(said, "/notebook")
    assert answer is not None
    assert buttons(answer[1]) == ["Add notebooks…", "Run", "Run"]


def test_a_large_catalogue_shows_some_and_says_how_to_find_the_others() -> None:
    said = CatalogueListed(entries=tuple(entry(f"kpi-{n}") for n in range(60)), total=60, asked_to_run=True)
    shown = lines(said)
    assert shown[0] == "*What would you like to run?*"
    assert "There are 45 more: `/notebook list` with a word of its name finds one." in shown


def test_an_entry_shows_its_address_and_its_last_run() -> None:
    run = a_run(State.SUCCEEDED, started_at=NOON, ended_at=later(5), inputs={"region": "US"})
    assert lines(EntryShown(entry=entry(), last=run)) == [
        "*weekly-kpis* · Weekly KPIs · Deepnote",
        "<https://x.y/n?a=1&b=2|Open the notebook>",
        "Last run that you can see: 142 · ✅ Succeeded in 5s · ({date_short_pretty} at {time}) · Deepnote, in a copy",
        "with region *US*",
        "`/notebook run weekly-kpis` runs it.",
    ]
