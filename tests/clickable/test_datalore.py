"""Datalore tells nobody its inputs: the catalogue declares them, earlier runs show them, and names can be added."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from tests.endtoend.notebooks import asks, heading

if TYPE_CHECKING:
    from tests.clickable.hand import Hand
    from tests.endtoend.chat import Chat

pytestmark = pytest.mark.asyncio(loop_scope="module")
TAG = asks("tag", [], "select", options=["x", "y"], multiple=True)
CONTROLS = (asks("region", "EU"), asks("sum"), TAG, asks("word"), asks("api_key"), asks("quiet"))


async def test_without_any_knowledge_names_and_values_are_typed(chat: Chat, ana: Hand, ben: Hand, room: str) -> None:
    await chat.catalogues("ledger", *CONTROLS, on="datalore")
    await ana.opens_for(room, "ledger")
    assert "Datalore doesn't tell a notebook's inputs" in ana.hint("Inputs")
    await ana.enters("Inputs", 'region=EU\nsum = a=b \n\ntag=x\ntag=y\nword="today"')
    await ana.runs()
    card = await chat.card(room)
    await card.ends()
    given = {"region": "EU", "sum": "a=b", "tag": ["x", "y"], "word": "today"}
    assert chat.starts("ledger")[-1]["inputs"] == given
    await chat.clicks("ben", card, "Edit & run…")
    await ben.sees("Post to")
    assert "sum=a=b" in str(ben.shows("Inputs"))
    await ben.enters("Inputs", str(ben.shows("Inputs")).replace("region=EU\n", ""))
    await ben.runs()
    await (await chat.card(room, besides={card.message.ts})).begins()
    del given["region"]
    assert chat.starts("ledger")[-1]["inputs"] == given, "what was taken out is out"


async def test_a_line_that_is_no_name_and_value_is_pointed_at(chat: Chat, ana: Hand, room: str) -> None:
    await ana.opens_for(room, "memo")
    await ana.enters("Inputs", "region=EU\nfast please")
    assert await ana.mistakes() == {"Inputs": "This line isn't name=value: fast please"}
    assert ana.shows("Inputs") == "region=EU\nfast please"


async def test_inputs_of_an_earlier_run_are_offered_again_just_as_they_were(
    chat: Chat, ana: Hand, ben: Hand, room: str
) -> None:
    await chat.catalogues("again", *CONTROLS, on="datalore")
    await (
        await chat.runs("ana", room, '/notebook run again region=EU tag=x tag=y word="today" api_key=hunter2')
    ).ends()
    await ana.opens_for(room, "again")
    assert ana.shows("Inputs") == 'region=EU\ntag=x\ntag=y\nword="today"'
    assert "Not shown, but as they were: api_key." in ana.hint("Inputs")
    await ana.runs()
    await (await chat.card(room)).begins()
    given = {"region": "EU", "tag": ["x", "y"], "word": "today", "api_key": "hunter2"}
    await chat.until(lambda: len(chat.starts("again")) == 2, room, "a second run")
    assert [start["inputs"] for start in chat.starts("again")] == [given] * 2
    await ben.opens_for(room, "again")
    assert "api_key" not in ben.view.words, "a secret is nobody else's"
    assert ben.shows("Inputs") == 'region=EU\ntag=x\ntag=y\nword="today"'
    elsewhere = chat.room("private", ("U0BENOKAFR", "U0THREADBK"))
    await (await chat.runs("ben", elsewhere, "/notebook run again quiet=1")).ends()
    await ana.opens_for(room, "again")
    assert "quiet" not in str(ana.shows("Inputs")), "what was run where Ana can't see it isn't shown to her"


async def test_a_words_day_is_worked_out_where_the_asker_is(chat: Chat, ben: Hand, room: str) -> None:
    there = datetime.now(ZoneInfo(chat.slack.person("ben").tz)).date()
    await chat.catalogues("words", asks("day", ""), on="datalore")
    await ben.opens_for(room, "words")
    await ben.enters("Inputs", "day=yesterday")
    await ben.runs()
    await (await chat.card(room, str(there - timedelta(days=1)))).begins()
    assert chat.starts("words")[-1]["inputs"] == {"day": str(there - timedelta(days=1))}


async def test_what_the_catalogue_declares_are_fields_and_more_can_be_named(chat: Chat, ana: Hand, room: str) -> None:
    there = datetime.now(ZoneInfo(chat.slack.person("ana").tz)).date()
    controls = (asks("net", value=False, kind="checkbox"), asks("span", "", "date-range"))
    chat.shelve("declared", *controls, *map(asks, ("region", "since", "note", "limit")))
    said = await chat.types(
        "ana",
        room,
        f"/notebook add declared {chat.address('declared', 'datalore')} region=US "
        "--input region:select=EU,US --input since:date --input span:date-range --input net:checkbox "
        '--input note:text --describe "What was sold"',
    )
    assert "Added" in said, said
    await ana.opens_for(room, "declared")
    assert "What was sold" in ana.view.words
    assert (ana.element("region")["type"], ana.shows("region")) == ("static_select", "US")
    assert ana.element("net")["type"] == "checkboxes"
    await ana.fills(region="EU", since="yesterday", net=["Yes"], note="today")
    await ana.enters("span", "Two dates…")
    await ana.sees("span: first day")
    await ana.enters("span: first day", "month-start")
    await ana.enters("span: last day", "today")
    await ana.enters("Other inputs", "limit=5")
    await ana.runs()
    await (await chat.card(room, "declared")).begins()
    assert chat.starts("declared")[-1]["inputs"] == {
        "region": "EU",
        "since": str(there - timedelta(days=1)),
        "span": [str(there.replace(day=1)), str(there)],
        "net": True,
        "note": "today",
        "limit": "5",
    }


async def test_mistakes_in_declared_inputs_stand_on_their_field(chat: Chat, ana: Hand, room: str) -> None:
    chat.shelve("strict", heading("Strict"))
    await chat.types(
        "ana",
        room,
        f"/notebook add strict {chat.address('strict', 'datalore')} --input since:date --input weeks:slider=4..26/2",
    )
    await ana.opens_for(room, "strict")
    await ana.fills(since="someday")
    wrong = await ana.mistakes()
    assert "someday" in wrong["since"]
    assert "since=" not in wrong["since"]


async def test_its_own_options_are_under_more(chat: Chat, ana: Hand, room: str) -> None:
    await ana.opens_for(room, "memo")
    await ana.presses("More…", "Update the report", "Write to the notebook's files", "In the notebook itself")
    assert not ana.has("Only these blocks")
    await ana.enters("How to run it", ["Update the report", "In the notebook itself"])
    assert "can't be had with “In the notebook itself”" in (await ana.mistakes())["How to run it"]
    await ana.enters("How to run it", ["Update the report"])
    await ana.runs()
    await (await chat.card(room, "updates the report")).begins()


async def test_a_notebook_with_inputs_cant_be_run_in_itself(ana: Hand, room: str) -> None:
    await ana.opens_for(room, "memo")
    await ana.presses("More…", "In the notebook itself")
    await ana.enters("Inputs", "region=EU")
    await ana.enters("How to run it", ["In the notebook itself"])
    assert "takes no inputs" in (await ana.mistakes())["How to run it"]
