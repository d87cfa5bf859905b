"""The other verbs: help, status, runs, rerun, untrack, and the catalogue."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from bot.grammar import VERBS

from .notebooks import asks, heading

if TYPE_CHECKING:
    from .chat import Chat

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("command", ["/notebook", "/datalore", "/deepnote"])
async def test_help_names_every_verb_under_the_command_that_was_typed(chat: Chat, room: str, command: str) -> None:
    for line in (command, f"{command} help"):
        said = await chat.types("ben", room, line)
        assert [verb.name for verb in VERBS if not re.search(rf"`(?:{command} )?{verb.name}\b", said)] == []
        assert f"`{command} help run`" in said
    assert not chat.cards(room)


async def test_help_tells_more_of_one_verb(chat: Chat, room: str) -> None:
    for line in ("/notebook help run", "/notebook run --help"):
        said = await chat.types("ben", room, line)
        for words in ("--dm", "--blocks", "--update-report", "month-start", "For example"):
            assert words in said, line
    assert "also `unfollow`" in await chat.types("ben", room, "/notebook help unfollow")


async def test_status_shows_the_run_of_that_number_to_one_person_alone(chat: Chat, room: str) -> None:
    card = await chat.runs("ana", room, "/notebook run brief")
    await card.ends()
    for line in (f"/notebook status {card.number}", f"/notebook status #{card.number}", "/notebook status"):
        said = await chat.types("ben", room, line)
        assert "Succeeded" in said
        assert f"*Brief* · run {card.number}" in said
    assert len(chat.cards(room)) == 1


async def test_status_without_a_number_is_of_the_newest_run_of_this_channel(chat: Chat, room: str) -> None:
    older = await chat.runs("ana", room, "/notebook run brief")
    newer = await chat.runs("ana", room, "/notebook run memo")
    await older.ends()
    elsewhere = await chat.runs("ana", chat.room(), "/notebook run brief")
    said = await chat.types("ben", room, "/notebook status")
    assert f"run {newer.number}" in said
    assert f"run {older.number}" not in said
    assert f"run {elsewhere.number}" not in said
    assert "There is no run in this channel yet." in await chat.types("ben", chat.room(), "/notebook status")


async def test_runs_lists_the_newest_first_and_by_platform(chat: Chat, room: str) -> None:
    first = await chat.runs("ana", room, "/notebook run brief")
    second = await chat.runs("ben", room, "/notebook run memo")
    await first.ends()
    await second.ends()
    said = await chat.types("ben", room, "/notebook runs")
    newest, older, *_ = [line for line in said.splitlines() if re.match(r"\*\d+\*", line)]
    assert newest.startswith(f"*{second.number}*")
    assert older.startswith(f"*{first.number}*")
    assert "Brief · ✅ Succeeded" in older
    assert "asked by ana" in older
    assert "asked by ben" in newest
    assert f"*{first.number}*" not in await chat.types("ben", room, "/datalore runs")
    assert f"*{second.number}*" in await chat.types("ben", room, "/datalore runs")


async def test_rerun_keeps_inputs_and_flags_but_for_those_that_are_named(chat: Chat, room: str) -> None:
    await chat.catalogues("again", asks("region", "EU"), asks("note", ""))
    first = await chat.runs("ana", room, "/notebook run again region=US note=hello --live")
    await first.tells("Queued")
    second = await chat.runs("ben", room, f"/notebook rerun {first.number} region=APAC")
    await second.tells("Queued")
    assert "region *APAC* · note *hello*" in second.words
    assert "asked by ben · Deepnote, in the shared notebook" in second.words
    assert [start["inputs"] for start in chat.starts("again")] == [
        {"region": "US", "note": "hello"},
        {"region": "APAC", "note": "hello"},
    ]


async def test_untrack_lets_go_of_a_run_that_goes_on(chat: Chat, room: str) -> None:
    gate = chat.gate()
    await chat.catalogues("let-go", gate.wait)
    card = await chat.runs("ben", room, "/notebook run let-go")
    await card.shows("Running")
    said = await chat.types("ben", room, f"/notebook unfollow {card.number}")
    assert f"Run {card.number} is no longer tracked" in said
    assert "goes on" in said
    closing = await card.ends("No longer tracked")
    assert "on deepnote the run goes on" in closing.lower()
    assert "Stop tracking" not in card.buttons
    assert len(card.pings) == 1
    again = await chat.types("ben", room, f"/notebook untrack {card.number}")
    assert f"Run {card.number} has ended already" in again
    gate.open()


async def test_a_notebook_gets_a_name_is_listed_shown_run_and_removed(chat: Chat, room: str) -> None:
    chat.shelve("kpis", asks("region", "EU"), title="KPIs of the week")
    added = await chat.types("ben", room, f"/notebook add team-kpis {chat.address('kpis')} region=US")
    assert "Added *team-kpis*" in added

    listed = await chat.types("ana", room, "/notebook list")
    assert "*team-kpis*" in listed
    assert "region *US*" in listed or "region US" in listed
    assert "*brief*" in listed
    searched = await chat.types("ana", room, "/notebook list kpis")
    assert "*team-kpis*" in searched
    assert "*brief*" not in searched
    assert "No notebook of the catalogue matches “nothing”" in await chat.types("ana", room, "/notebook list nothing")

    card = await chat.runs("ana", room, "/notebook run team-kpis")
    await card.shows("*KPIs of the week*")
    await card.tells("Queued")
    assert chat.starts("kpis")[-1]["inputs"] == {"region": "US"}
    shown = await chat.types("ana", room, "/notebook show team-kpis")
    assert chat.address("kpis") in shown
    assert f"Last run that you can see: {card.number}" in shown

    assert "Removed *team-kpis*" in await chat.types("ben", room, "/notebook remove team-kpis")
    assert "team-kpis" not in await chat.types("ana", room, "/notebook list")
    gone = await chat.types("ana", room, "/notebook run team-kpis")
    assert "The catalogue has no notebook “team-kpis”." in gone


async def test_a_name_that_is_taken_is_not_taken_again(chat: Chat, room: str) -> None:
    chat.shelve("other", heading("Other"))
    said = await chat.types("ben", room, f"/notebook add Brief {chat.address('other')}")
    assert "The catalogue has a notebook “brief” already." in said
    shown = await chat.types("ben", room, "/notebook show brief")
    assert chat.address("brief") in shown


async def test_a_name_that_is_nearly_right_is_guessed(chat: Chat, room: str) -> None:
    for line in ("/notebook run breif", "/notebook show breif", "/notebook remove breif"):
        said = await chat.types("ben", room, line)
        assert "The catalogue has no notebook “breif”." in said, line
        assert "brief`?" in said, line
    assert "*brief*" in await chat.types("ben", room, "/notebook list")


async def test_a_name_stands_for_its_own_platform_only(chat: Chat, room: str) -> None:
    said = await chat.types("ben", room, "/datalore run brief")
    assert "brief is a notebook on Deepnote, not on Datalore." in said
    said = await chat.types("ben", room, f"/deepnote run {chat.address('memo', 'datalore')}")
    assert "This notebook is on Datalore." in said
    assert not chat.cards(room)
