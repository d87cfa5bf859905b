"""A notebook is run: its card stays true, its thread tells what happened and what it left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.sandbox.slack.workspace import ANA

from . import sight
from .notebooks import asks, code, heading

if TYPE_CHECKING:
    from .chat import Chat

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_ana_runs_the_weekly_kpis_on_deepnote_by_name(chat: Chat, room: str) -> None:
    await chat.types("ana", room, f"/notebook add weekly-kpis {chat.address('weekly-kpis')}")
    card = await chat.runs("ana", room, "/notebook run weekly-kpis region=US")
    closing = await card.ends()

    assert len(chat.cards(room)) == 1
    assert card.message.versions > 1
    for words in ("*Weekly KPIs* · run", "region *US*", "asked by ana · Deepnote, in a copy"):
        assert words in card.words
    assert (card.count("Queued on Deepnote"), card.count("Running on Deepnote")) == (1, 1)
    assert "orders in US" in card.said
    assert "revenue 1.66M" in card.said
    assert b"region: US" in card.files["Weekly KPIs.snapshot.deepnote"]
    assert "*Weekly KPIs* succeeded in " in closing
    (start,) = chat.starts("weekly-kpis")
    assert (start["platform"], start["inputs"], start["how"]) == ("deepnote", {"region": "US"}, "detached")

    await chat.types("ana", room, "/notebook status")
    assert card.lines[-1] == closing
    assert card.pings == [f"@{ANA}"]


async def test_the_results_come_in_their_order_summary_then_files_then_the_closing_line(chat: Chat, room: str) -> None:
    await chat.catalogues(
        "sales",
        heading("Regions"),
        asks("region", "EU"),
        code("print(f'{region} sold well')"),
        code("open('sales by day.csv', 'w').write('day,sold\\n1,2\\n')"),
        on="datalore",
    )
    card = await chat.runs("ben", room, "/datalore run sales region=US")
    await card.ends()

    told = [each for each in card.thread if "Queued" not in sight.words(each) and "Running" not in sight.words(each)]
    summary, *files, closing = told
    assert "US sold well" in sight.words(summary)
    assert "*Regions*" in sight.words(summary)
    assert [file.name for each in files for file in each.files] == ["sales.ipynb", "sales by day.csv"]
    assert "succeeded" in sight.words(closing)
    assert chat.starts("sales")[0]["inputs"] == {"region": "US"}

    leading_to = {address.rsplit("/", 1)[1]: address for address in sight.links(summary)}
    assert set(leading_to) == {"sales.ipynb", "sales%20by%20day.csv"}
    bearer = {"Authorization": "Bearer sandbox"}
    async with chat.http.get(leading_to["sales%20by%20day.csv"], headers=bearer) as answer:
        assert await answer.read() == card.files["sales by day.csv"] == b"day,sold\n1,2\n"


@pytest.mark.parametrize(
    ("line", "platform"),
    [
        ("/notebook run {on deepnote}", "deepnote"),
        ("/notebook run {on datalore}", "datalore"),
        ("/deepnote run {on deepnote}?secondary-sidebar=runs#a-block", "deepnote"),
        ("/notebook {on datalore}/", "datalore"),
        ("/notebook run {without scheme}", "deepnote"),
        ("/datalore run ana/named", "datalore"),
        ("/deepnote run {id}", "deepnote"),
        ("/notebook run datalore:ana/named", "datalore"),
        ("/notebook run deepnote:{id}", "deepnote"),
        ("/notebook run NAMED", "deepnote"),
    ],
)
async def test_a_notebook_is_named_by_address_by_id_or_by_name(chat: Chat, room: str, line: str, platform: str) -> None:
    if line.endswith("NAMED"):
        await chat.catalogues("named", heading("Named"))
    chat.shelve("named", heading("Named"))
    addresses = {
        "on deepnote": chat.address("named"),
        "on datalore": chat.address("named", "datalore"),
        "without scheme": chat.address("named").removeprefix("http://"),
        "id": chat.platforms.shelf["named"].deepnote_id,
    }
    before = len(chat.starts("named"))
    card = await chat.runs("ben", room, line.format_map(addresses))
    await card.tells(f"Queued on {platform.capitalize()}")
    (start,) = chat.starts("named")[before:]
    assert start["platform"] == platform


async def test_a_result_says_what_changed_since_the_last_one_in_the_same_channel(chat: Chat, room: str) -> None:
    await chat.catalogues("sold", code("# threadbook:headline\nprint('revenue 1.20M')"))
    first = await chat.runs("ana", room, "/notebook run sold")
    assert (await first.ends()).endswith(": revenue 1.20M")
    assert "Since" not in first.said
    chat.shelve("sold", code("# threadbook:headline\nprint('revenue 1.31M')"))
    elsewhere = await chat.runs("ana", chat.room(), "/notebook run sold")
    await elsewhere.ends()
    assert "Since" not in elsewhere.said  # another channel's runs are none of its business
    second = await chat.runs("ana", room, "/notebook run sold", "sold")
    assert (await second.ends()).endswith(": revenue 1.31M (+9.2 %)")
    assert "*revenue 1.31M (+9.2 %)*" in second.words
    channel, ts = first.message.channel, first.message.ts.replace(".", "")
    assert f"<{chat.url}/archives/{channel}/p{ts}|run {first.number}>" in second.said
    assert "• revenue 1.20M → 1.31M, +9.2 %" in second.said


async def test_where_only_changes_are_wanted_the_same_again_posts_nothing(chat: Chat, room: str) -> None:
    chat.shelve("quiet", code("# threadbook:headline\nprint('revenue 1.20M')"))
    await chat.types("ana", room, f"/notebook add quiet {chat.address('quiet')} --when-changed")
    first = await chat.runs("ana", room, "/notebook run quiet")
    await first.ends()
    assert len(first.files) == 2
    before = {each.ts for each in chat.cards(room)}
    await chat.types("ana", room, "/notebook run quiet")
    second = await chat.card(room, besides=before)
    closing = await second.ends()
    assert f"nothing changed since <{chat.url}/archives/" in closing
    assert "Nothing changed since" in second.words
    assert (second.files, "revenue" in second.said) == ({}, False)
    before = {each.ts for each in chat.cards(room)}
    await chat.types("ana", room, f"/notebook rerun {second.number}")
    third = await chat.card(room, besides=before)
    await third.ends()
    assert len(third.files) == 2  # who asks again wants to see it


async def test_a_notebook_that_breaks_says_where_and_of_what(chat: Chat, room: str) -> None:
    card = await chat.runs("ana", room, f"/notebook run {chat.address('broken')}")
    closing = await card.ends("Failed")
    assert "KeyError: 'region'" in card.words
    assert "Read 4 orders" in card.said  # what it said before it broke
    assert "in block 4 " in closing
    assert closing.endswith("KeyError: 'region'")
    failure = next(reply for reply in card.thread if "❌ *KeyError: 'region'* in block 4" in sight.words(reply))
    assert 'if row["region"] == wanted' in sight.words(failure)
    assert sight.buttons(failure) == ["Run again", "Edit & run…"]
    assert "Broken orders.snapshot.deepnote" in card.files
    assert b"KeyError" in card.files["Broken orders.ipynb"]
    assert card.pings == [f"@{ANA}"]

    before = {each.ts for each in chat.cards(room)}
    await chat.clicks("ben", failure, "Run again")
    again = await chat.card(room, besides=before)
    assert again.number == card.number + 1
    await again.ends("Failed")


async def test_a_run_that_somebody_stops_on_the_platform_is_stopped(chat: Chat, room: str) -> None:
    gate = chat.gate()
    await chat.catalogues("stopped", gate.wait)
    card = await chat.runs("ana", room, "/notebook run stopped")
    await card.shows("Running")
    (start,) = chat.starts("stopped")
    async with chat.http.post(f"{chat.address('stopped')}?stop={start['runId']}") as answer:
        assert answer.status == 200
    closing = await card.ends("Stopped on Deepnote")
    assert "was stopped on Deepnote" in closing


async def test_a_status_that_nobody_has_heard_of_is_told_in_the_platforms_own_word(chat: Chat, room: str) -> None:
    gate = chat.gate()
    await chat.catalogues("strange", gate.wait, code("print('awake')"))
    fault = chat.breaks("deepnote", "unknown_status", message="defrosting", times=1)
    card = await chat.runs("ana", room, "/notebook run strange")
    await card.tells("Deepnote says “defrosting”")
    assert fault.hits == 1
    gate.open()
    await card.ends()
    assert "awake" in card.said


async def test_a_snapshot_that_comes_late_is_waited_for(chat: Chat, room: str) -> None:
    await chat.catalogues("late", code("print('worth waiting for')"))
    fault = chat.breaks("deepnote", "late_snapshot", times=2)
    card = await chat.runs("ana", room, "/notebook run late")
    await card.ends()
    assert fault.hits == 2
    assert "worth waiting for" in card.said
    assert "late.snapshot.deepnote" in card.files


async def test_a_fourth_run_says_when_it_is_usually_done(chat: Chat, room: str) -> None:
    await chat.catalogues("usual", heading("Usual"))
    for card in [await chat.runs("ana", room, f"/notebook run usual {flag}") for flag in ("", "--live", "--readonly")]:
        await card.ends()
        assert "usually" not in card.words
    gate = chat.gate()
    chat.shelve("usual", gate.wait)
    card = await chat.runs("ana", room, "/notebook run usual")
    await card.shows("Running since", "usually done by")
    gate.open()
    await card.ends()
