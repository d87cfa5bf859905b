"""Every type of input is the widget that fits it, with the notebook's own value in it, and arrives as it was set."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from tests.endtoend.notebooks import asks

if TYPE_CHECKING:
    from tests.clickable.hand import Hand
    from tests.endtoend.chat import Chat

pytestmark = pytest.mark.asyncio(loop_scope="module")

CITIES = [f"City {number:03}" for number in range(250)]
TWO_DAYS = ["2026-05-04", "2026-07-26"]
EVERY = (
    asks("who", "Ana"),
    asks("note", "two\nlines", "textarea"),
    asks("region", "US", "select", options=["EU", "US", "Asia, Pacific"]),
    asks("channels", ["Web"], "select", options=["Web", "Store", "Partner"], multiple=True),
    asks("net", value=True, kind="checkbox"),
    asks("first_day", "2026-08-03", "date"),
    asks("period", "past7days", "date-range"),
    asks("against", TWO_DAYS, "date-range"),
    asks("weeks", "8", "slider", low=4, high=26, step=2),
    asks("ratio", "0.5", "slider", low=-1, high=1, step=0.1),
    asks("targets", "/datasets/targets.csv", "file"),
    asks("city", "City 007", "select", options=CITIES),
    asks("cities", ["City 007", "City 249"], "select", options=CITIES, multiple=True),
)


@pytest_asyncio.fixture(scope="module", loop_scope="module", autouse=True)
async def shelf(chat: Chat) -> None:
    """A notebook with every type of input."""
    await chat.catalogues("every", *EVERY, title="Every input")


async def sent(chat: Chat, hand: Hand, room: str, **values: Any) -> dict[str, Any]:
    """What the platform is given once the form for `every` was filled in like this."""
    before = len(chat.starts("every"))
    await hand.opens_for(room, "every")
    for label, value in values.items():
        await hand.enters(label, value)
    await hand.runs()
    await chat.until(lambda: len(chat.starts("every")) > before, room, "a start")
    given: dict[str, Any] = chat.starts("every")[-1]["inputs"]
    return given


async def test_the_fields_stand_in_the_notebooks_order_with_its_own_values(ana: Hand, room: str) -> None:
    await ana.opens_for(room, "every")
    labels = [block["label"]["text"] for block in ana.view.blocks if "label" in block]
    assert labels == [
        "Notebook",
        "who",
        "note",
        "region",
        "channels",
        "net",
        "first_day",
        "period",
        "against",
        "against: first day",
        "against: last day",
        "weeks",
        "ratio",
        "targets",
        "city",
        "cities",
        "Post to",
    ]
    kinds = {label: ana.element(label)["type"] for label in labels[1:-1]}
    assert kinds == {
        "who": "plain_text_input",
        "note": "plain_text_input",
        "region": "static_select",
        "channels": "multi_static_select",
        "net": "checkboxes",
        "first_day": "plain_text_input",
        "period": "static_select",
        "against": "static_select",
        "against: first day": "plain_text_input",
        "against: last day": "plain_text_input",
        "weeks": "number_input",
        "ratio": "number_input",
        "targets": "plain_text_input",
        "city": "external_select",
        "cities": "multi_external_select",
    }
    assert {label: ana.shows(label) for label in kinds} == {
        "who": "Ana",
        "note": "two\nlines",
        "region": "US",
        "channels": ["Web"],
        "net": ["Yes"],
        "first_day": "2026-08-03",
        "period": "Past 7 days",
        "against": "Two dates…",
        "against: first day": "2026-05-04",
        "against: last day": "2026-07-26",
        "weeks": "8",
        "ratio": "0.5",
        "targets": "/datasets/targets.csv",
        "city": "City 007",
        "cities": ["City 007", "City 249"],
    }
    assert ana.element("note")["multiline"]
    assert not ana.has("Other inputs")


async def test_what_is_left_alone_is_the_notebooks_own(chat: Chat, ana: Hand, room: str) -> None:
    assert await sent(chat, ana, room) == {}


async def test_what_is_changed_arrives_in_its_own_type(chat: Chat, ana: Hand, room: str) -> None:
    given = await sent(
        chat,
        ana,
        room,
        who="today",
        note="one\ntwo\nthree",
        region="Asia, Pacific",
        channels=["Store", "Partner"],
        net=[],
        first_day="2026-09-01",
        period="Past 3 months",
        against="Past year",
        weeks="10",
        ratio="-0.3",
        targets="/datasets/other.csv",
        city="City 199",
        cities=["City 001"],
    )
    assert given == {
        "who": "today",
        "note": "one\ntwo\nthree",
        "region": "Asia, Pacific",
        "channels": ["Store", "Partner"],
        "net": False,
        "first_day": "2026-09-01",
        "period": "past3months",
        "against": "pastYear",
        "weeks": "10",
        "ratio": "-0.3",
        "targets": "/datasets/other.csv",
        "city": "City 199",
        "cities": ["City 001"],
    }


async def test_what_is_emptied_arrives_empty(chat: Chat, ana: Hand, room: str) -> None:
    given = await sent(chat, ana, room, who="", note="", channels=[], first_day="", targets="")
    assert given == {"who": "", "note": "", "channels": [], "first_day": "", "targets": ""}


async def test_what_must_have_a_value_cant_be_left_out(ana: Hand, room: str) -> None:
    await ana.opens_for(room, "every")
    assert {label for label in ("region", "weeks", "city", "who", "net", "channels") if not ana.optional(label)} == {
        "region",
        "weeks",
        "city",
    }
    await ana.fills(weeks=None)
    assert list(await ana.mistakes()) == ["weeks"]


async def test_words_for_dates_say_what_they_become_and_are_run_as_that(chat: Chat, ben: Hand, room: str) -> None:
    there = datetime.now(ZoneInfo(chat.slack.person("ben").tz)).date()
    yesterday, month_start = there - timedelta(days=1), there.replace(day=1)
    await ben.opens_for(room, "every")
    assert "yesterday" in ben.hint("first_day")
    await ben.enters("first_day", "yesterday")
    await ben.sees(f"yesterday is {yesterday}")
    assert ben.hint("first_day") == f"yesterday is {yesterday}"
    await ben.enters("against: first day", "month-start")
    await ben.sees(f"month-start is {month_start}", f"yesterday is {yesterday}")
    await ben.enters("against: last day", "today")
    await ben.sees(f"today is {there}")
    await ben.runs()
    card = await chat.card(room)
    await card.tells("Queued")
    assert chat.starts("every")[-1]["inputs"] == {
        "first_day": str(yesterday),
        "against": [str(month_start), str(there)],
    }
    assert str(yesterday) in card.words


async def test_words_for_dates_in_the_catalogue_are_explained_at_once(chat: Chat, ana: Hand, room: str) -> None:
    await chat.types(
        "ana", room, f"/notebook add dated {chat.address('every')} first_day=today against=week-start..today"
    )
    today = datetime.now(ZoneInfo(chat.slack.person("ana").tz)).date()
    await ana.opens_for(room, "dated")
    assert (ana.shows("first_day"), ana.hint("first_day")) == ("today", f"today is {today}")
    assert (ana.shows("against: first day"), ana.hint("against: last day")) == ("week-start", f"today is {today}")
    await ana.runs()
    await (await chat.card(room)).tells("Queued")
    assert chat.starts("every")[-1]["inputs"]["first_day"] == str(today)


async def test_a_period_asks_for_two_dates_only_where_it_says_so(chat: Chat, ana: Hand, room: str) -> None:
    await ana.opens_for(room, "every")
    assert not ana.has("period: first day")
    await ana.enters("period", "Two dates…")
    await ana.sees("period: first day")
    await ana.enters("period: first day", "2026-01-01")
    assert await ana.mistakes() == {"period: last day": "Give both dates, or choose a period."}
    await ana.enters("period: last day", "soon")
    assert "“soon” is no date." in (await ana.mistakes())["period: last day"]
    await ana.enters("period: last day", "2025-12-31")
    assert await ana.mistakes() == {"period: last day": "The last day (2025-12-31) lies before the first (2026-01-01)."}
    await ana.enters("period: last day", "2026-01-31")
    await ana.runs()
    await (await chat.card(room)).tells("Queued")
    assert chat.starts("every")[-1]["inputs"] == {"period": ["2026-01-01", "2026-01-31"]}


async def test_a_slider_keeps_to_its_range_and_its_steps(ana: Hand, room: str) -> None:
    await ana.opens_for(room, "every")
    assert ana.hint("weeks") == "From 4 to 26, in steps of 2."
    weeks, ratio = ana.element("weeks"), ana.element("ratio")
    assert (weeks["min_value"], weeks["max_value"], weeks["is_decimal_allowed"]) == ("4", "26", False)
    assert (ratio["min_value"], ratio["max_value"], ratio["is_decimal_allowed"]) == ("-1", "1", True)
    await ana.fills(weeks="28")
    assert list(await ana.mistakes()) == ["weeks"], "Slack itself says that it's out of range"
    await ana.fills(weeks="9")
    assert await ana.mistakes() == {"weeks": "9 is between two steps of its slider. Try 8 or 10."}
    await ana.fills(weeks="10")
    await ana.runs()


async def test_a_slider_of_large_numbers_is_written_without_exponents(chat: Chat, ana: Hand, room: str) -> None:
    large = asks("budget", "2500000", "slider", low=1_000_000, high=30_000_000, step=500_000)
    await chat.catalogues("budget", large)
    await ana.opens_for(room, "budget")
    assert ana.hint("budget") == "From 1000000 to 30000000, in steps of 500000."
    assert ana.shows("budget") == "2500000"
    await ana.fills(budget="3000000")
    await ana.runs()
    await (await chat.card(room)).tells("Queued")
    assert chat.starts("budget")[-1]["inputs"] == {"budget": "3000000"}


async def test_a_long_select_offers_its_options_as_letters_are_typed(ana: Hand, room: str) -> None:
    await ana.opens_for(room, "every")
    assert await ana.offered("city 01", "city") == [f"City 01{digit}" for digit in range(10)]
    assert len(await ana.offered("", "cities")) == 100
    assert await ana.offered("CITY 249", "cities") == ["City 249"]
    assert await ana.offered("Ghost", "city") == []


async def test_more_inputs_than_a_form_has_room_for_are_typed_as_lines(chat: Chat, ana: Hand, room: str) -> None:
    many = [asks(f"x{number}", str(number)) for number in range(70)]
    await chat.catalogues("many", *many)
    await chat.types("ana", room, "/notebook edit many x69=last")
    await ana.opens_for(room, "many")
    assert ana.has("x59")
    assert not ana.has("x60")
    assert ana.shows("Other inputs") == "x69=last"
    await ana.enters("Other inputs", "x69=later\nx68=new")
    await ana.runs()
    await (await chat.card(room)).tells("Queued")
    assert chat.starts("many")[-1]["inputs"] == {"x69": "later", "x68": "new"}


async def test_many_date_ranges_and_large_selects_still_make_a_form_that_slack_takes(
    chat: Chat, ana: Hand, room: str
) -> None:
    ranges = [asks(f"range{number}", TWO_DAYS, "date-range") for number in range(40)]
    await chat.catalogues("ranges", *ranges)
    await ana.opens_for(room, "ranges")
    assert len(ana.view.blocks) <= 100
    words = [f"A choice whose words are rather long, the one of number {number}" for number in range(100)]
    await chat.catalogues("wide", *(asks(f"s{number}", "", "select", options=words) for number in range(50)))
    await ana.opens_for(room, "wide")
    await ana.enters("s0", words[3])
    await ana.enters("s49", words[99])
    await ana.runs()
    await (await chat.card(room)).tells("Queued")
    assert chat.starts("wide")[-1]["inputs"] == {"s0": words[3], "s49": words[99]}


async def test_a_value_too_long_for_a_field_stays_as_it_is_until_it_is_changed(
    chat: Chat, ana: Hand, room: str
) -> None:
    await chat.catalogues("lengthy", asks("query", "select 1 -- " + "x" * 4000, "textarea"), asks("top", "10"))
    await ana.opens_for(room, "lengthy")
    assert ana.shows("query") is None
    assert "too long to be shown" in ana.hint("query")
    await ana.fills(top="5")
    await ana.runs()
    await (await chat.card(room)).tells("Queued")
    assert chat.starts("lengthy")[-1]["inputs"] == {"top": "5"}
