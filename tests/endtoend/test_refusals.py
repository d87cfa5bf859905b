"""What can't be done: said clearly to the one who typed it, with nothing started and the bot alive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from bot.sandbox.slack.workspace import BEN

from .notebooks import asks, heading

if TYPE_CHECKING:
    from .chat import Chat

pytestmark = pytest.mark.asyncio(loop_scope="module")


def started(chat: Chat) -> int:
    """How many runs the platforms know of."""
    return len(chat.platforms.ledger.starts)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("/notebook frobnicate", ("“frobnicate” is nothing that Threadbook can do", "^^^^^^^^^^")),
        ("/notebook runn brief", ("There is no “runn”", "Did you mean “run”", "/notebook run brief")),
        ("/notebook cancel 3", ("Neither platform lets Threadbook stop a run", "/notebook untrack 3")),
        ('/notebook run brief note="abc', ("The quote that opens before “abc” isn't closed.",)),
        ("/notebook run brief note=“abc", ("isn't closed.",)),
        ("/notebook run brief region=", ("has no value", "/notebook run brief region=&lt;value&gt;")),
        ("/notebook run brief region = EU", ("Leave no spaces around “=”.", "/notebook run brief region=EU")),
        ("/notebook run brief --lvie", ("There is no flag “--lvie”", "Did you mean --live?")),
        ("/notebook run brief --live --readonly", ("--readonly is for a copy",)),
        ("/notebook run memo --live", ("--live is a flag for Deepnote, and this notebook is on Datalore.",)),
        ("/notebook run memo --interactive x=1", ("--interactive runs the notebook as it stands",)),
        ("/notebook run Weekly KPIs", ("A notebook's name has no spaces", "/notebook run weekly-kpis")),
        (
            "/notebook run https://example.com/a/notebook",
            ("This isn't the address of a notebook that Threadbook can run",),
        ),
        ("/notebook run datalore:ana", ("A Datalore notebook is named by owner and id",)),
        ("/notebook run deepnote:123", ("An id of a Deepnote notebook has 32 digits",)),
        ("/notebook status seven", ("“seven” is not the number of a run",)),
        ("/notebook status 99999999999", ("There is no run “99999999999”",)),
        ("/notebook untrack", ("Which run?",)),
        ("/notebook add 142 deepnote:0123456789abcdef0123456789abcdef", ("A number alone is a run",)),
        ("/notebook show nothing-of-the-kind", ("The catalogue has no notebook “nothing-of-the-kind”.",)),
        ("/notebook rerun 1 --live", ("A rerun keeps the flags of its run",)),
    ],
)
async def test_a_mistake_is_pointed_at(chat: Chat, room: str, line: str, words: tuple[str, ...]) -> None:
    before = started(chat)
    said = await chat.types("ben", room, line)
    assert [each for each in words if each not in said] == []
    assert chat.cards(room) == []
    assert started(chat) == before


async def test_a_report_cant_be_run_and_the_answer_says_so(chat: Chat, room: str) -> None:
    for page in ("report/abc", "view/notebook/abc"):
        said = await chat.types("ben", room, f"/notebook run {chat.url}/datalore/{page}")
        assert "can't be run" in said, said
    assert chat.cards(room) == []


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def asking(chat: Chat) -> str:
    """The name of a notebook with an input of every kind that can be wrong."""
    await chat.catalogues(
        "asking",
        asks("region", "EU", "select", options=["EU", "US"]),
        asks("channels", ["Web"], "select", options=["Web", "Store"], multiple=True),
        asks("weeks", "8", "slider", low=4, high=26, step=1),
        asks("returns", True, "checkbox"),
        asks("since", "2026-01-01", "date"),
        asks("span", "past7days", "date-range"),
    )
    return "asking"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("regoin=EU", ("no input “regoin”", "Did you mean “region”?")),
        ("region=EY", ("“EY” is no choice of region.", "EU, US")),
        ("weeks=99", ("weeks=99 is out of its range.", "from 4 to 26")),
        ("weeks=4.5", ("weeks=4.5 is between two steps", "weeks=4 or weeks=5")),
        ("weeks=many", ("weeks takes a number, not “many”.",)),
        ("returns=perhaps", ("returns is a checkbox: yes or no, not “perhaps”.",)),
        ("since=sometime", ("since takes a date, not “sometime”.",)),
        ("span=2026-02-01..2026-01-01", ("before it begins",)),
        ("region=EU region=US", ("region takes one value, not 2.",)),
        ("channels=Web,Strore", ("“Strore” is no choice of channels.", "Did you mean “Store”?")),
        ("--blocks nosuchblock", ("nosuchblock",)),
    ],
)
async def test_what_the_notebook_does_not_take_is_told_and_nothing_starts(
    chat: Chat, room: str, asking: str, value: str, words: tuple[str, ...]
) -> None:
    card = await chat.runs("ben", room, f"/notebook run {asking} {value}")
    closing = await card.ends("Not started")
    assert [each for each in words if each not in card.words or each not in closing] == []
    assert card.pings == [f"@{BEN}"]
    assert chat.starts(asking) == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("/datalore run ana/nowhere", "Datalore has no such notebook, or it isn't shared with us"),
        ("/deepnote run 00000000000000000000000000000000", "Deepnote has no such notebook, or it isn't shared with us"),
        ("/datalore run ana/looked-at", "Datalore says that we may not run this notebook"),
        ("/notebook run memo nothing=1", "no interactive control with the variable"),
    ],
)
async def test_what_the_platform_refuses_is_told_in_its_words(chat: Chat, room: str, line: str, words: str) -> None:
    chat.shelve("looked-at", heading("Look, don't run"), view_only=True)
    before = started(chat)
    card = await chat.runs("ben", room, line)
    closing = await card.ends("Not started")
    assert words in card.words
    assert words in closing
    assert started(chat) == before
    assert "Run again" in card.buttons
    assert "Stop tracking" not in card.buttons


async def test_hardware_that_does_not_start_fails_the_run_once(chat: Chat, room: str) -> None:
    fault = chat.breaks("deepnote", "500", on="POST /deepnote/v2/runs")
    card = await chat.runs("ben", room, "/notebook run brief")
    closing = await card.ends("Failed")
    assert "Hardware unable to start" in closing
    assert fault.hits == 1


async def test_a_suspended_project_is_told(chat: Chat, room: str) -> None:
    await chat.catalogues("suspended", heading("Suspended"))
    chat.breaks("deepnote", "suspended")
    card = await chat.runs("ben", room, "/notebook run suspended")
    await card.ends("Not started")
    assert "suspended" in card.words.lower()
    assert chat.starts("suspended") == []


@pytest.mark.parametrize("who", ["gus", "fay"])
async def test_guests_and_people_of_other_companies_are_refused_everywhere(chat: Chat, room: str, who: str) -> None:
    card = await chat.runs("ana", room, "/notebook run brief")
    await card.tells("Queued")
    before = started(chat)
    rule = "Guests can't use Threadbook here." if who == "gus" else "People of other organisations can't use Threadbook"
    for line in (
        "/notebook",
        "/notebook help",
        "/notebook list",
        "/notebook show brief",
        "/notebook runs",
        f"/notebook status {card.number}",
        "/notebook run brief",
        "/notebook run memo --dm",
        f"/notebook rerun {card.number}",
        f"/notebook untrack {card.number}",
        "/notebook track brief",
        f"/notebook add mine {chat.address('brief')}",
        "/notebook remove brief",
    ):
        assert rule in await chat.types(who, room, line), line
    await chat.clicks(who, card, "Run again", rule)
    assert len(chat.cards(room)) == 1
    assert started(chat) == before
    assert "*brief*" in await chat.types("ben", room, "/notebook list")


async def test_three_thousand_characters_of_anything_are_answered(chat: Chat, room: str) -> None:
    long = "x" * 3000
    lines = (
        f"/notebook {long}",
        f"/notebook run {long}",
        f"/notebook run brief {long}",
        f"/notebook run brief --{long}",
        f'/notebook run brief note="{long}',
        "/notebook run " + "a=1 " * 750,
        f"/notebook status {long}",
        f"/notebook help {long}",
        f"/notebook list {long}",
        f"/notebook add {long} {chat.address('brief')}",
        "/notebook " + "<>&*_~`" * 430,
    )
    for line in lines:
        assert await chat.types("ben", room, line), line[:60]
    assert "too long to read" in await chat.types("ben", room, f"/notebook run brief note={long * 3}")
    assert chat.cards(room) == []


async def test_three_thousand_characters_are_a_value_like_any_other(chat: Chat, room: str) -> None:
    await chat.catalogues("long", asks("note"))
    note = "very & <long> *words* " * 130
    card = await chat.runs("ben", room, f'/notebook run long note="{note}"')
    await card.tells("Queued")
    assert chat.starts("long")[0]["inputs"] == {"note": note}
    assert "very &amp; &lt;long&gt;" in card.words
    assert "…" in card.words


async def test_what_phones_type_is_read_as_it_was_meant(chat: Chat, room: str) -> None:
    await chat.catalogues("phone", asks("note"), asks("region"), on="datalore")
    line = "/notebook run phone\u00a0note=“two words” region=\u2018EU\u2019 —write-files"
    card = await chat.runs("ben", room, line)
    await card.tells("Queued")
    assert chat.starts("phone")[0]["inputs"] == {"note": "two words", "region": "EU"}
    assert "writes to the notebook's files" in card.words
