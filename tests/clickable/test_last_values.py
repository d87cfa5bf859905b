"""Values from somewhere: one's own last ones, an earlier run's, the catalogue's; and those that are kept quiet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from bot.sandbox.slack.workspace import BEN, BOT
from tests.endtoend.notebooks import asks

if TYPE_CHECKING:
    from tests.clickable.hand import Hand
    from tests.endtoend.chat import Chat

pytestmark = pytest.mark.asyncio(loop_scope="module")
LAST = "Use my last values"


@pytest_asyncio.fixture(scope="module", loop_scope="module", autouse=True)
async def shelf(chat: Chat) -> None:
    """A notebook with a secret among its inputs."""
    await chat.catalogues("guarded", asks("region", "EU"), asks("api_token", "the-notebooks-own"))


async def test_my_last_values_fill_the_form_at_a_press(chat: Chat, ana: Hand, room: str) -> None:
    await ana.opens_for(room, "sales")
    assert not ana.has(LAST), "Ana hasn't run it yet"
    await (await chat.runs("ben", room, "/notebook run sales region=APAC")).begins()
    await (await chat.runs("ana", room, "/notebook run sales region=US top=3")).begins()
    await (await chat.runs("ana", room, "/notebook run sales")).ends()
    await ana.opens_for(room, "sales")
    assert (ana.shows("region"), ana.shows("top")) == ("EU", "10")
    await ana.enters("region", "APAC")
    await chat.slack.acts_in_view("ana", LAST)
    await chat.until(lambda: not ana.has(LAST), "", "the button to be done with")
    assert (ana.shows("region"), ana.shows("top")) == ("US", "3")
    await ana.enters("top", "4")
    await ana.presses("More…", "How to run it")
    assert (ana.shows("region"), ana.shows("top")) == ("US", "4")
    await ana.runs()
    await (await chat.card(room, "top *4*")).begins()
    assert chat.starts("sales")[-1]["inputs"] == {"region": "US", "top": "4"}


async def test_my_last_values_are_mine_also_where_i_cant_see_that_run_any_more(
    chat: Chat, ben: Hand, room: str
) -> None:
    left = chat.room("private", (BEN, BOT))
    await (await chat.runs("ben", left, "/notebook run sales region=US top=9")).begins()
    del chat.slack.channel(left).members[BEN]
    await ben.opens_for(room, "sales")
    await chat.slack.acts_in_view("ben", LAST)
    await chat.until(lambda: not ben.has(LAST), "", "the button to be done with")
    assert (ben.shows("region"), ben.shows("top")) == ("US", "9")


async def test_what_was_typed_stays_while_the_form_is_drawn_anew_around_it(ana: Hand, room: str) -> None:
    await ana.opens_for(room, "sales")
    await ana.fills(region="APAC", top="77")
    await ana.presses("More…", "How to run it")
    await ana.enters("Post to", "Another channel")
    await ana.sees("Channel")
    assert (ana.shows("region"), ana.shows("top"), ana.shows("Post to")) == ("APAC", "77", "Another channel")


async def test_the_catalogues_values_are_where_the_form_starts_and_can_be_put_back(
    chat: Chat, ana: Hand, room: str
) -> None:
    await chat.types("ana", room, f"/notebook add apac {chat.address('sales')} region=APAC top=5")
    await ana.opens_for(room, "apac")
    assert (ana.shows("region"), ana.shows("top")) == ("APAC", "5")
    await ana.fills(region="EU", top="")
    await ana.runs()
    await (await chat.card(room, "Sales")).begins()
    assert chat.starts("sales")[-1]["inputs"] == {"region": "EU", "top": ""}


async def test_another_notebook_starts_from_its_own_values(ana: Hand, room: str) -> None:
    await ana.opens_for(room, "sales")
    await ana.fills(region="US")
    await ana.chooses("guarded", "api_token")
    assert ana.shows("region") == "EU"
    await ana.chooses("sales", "top")
    assert ana.shows("region") == "EU"


async def test_a_secret_is_never_shown_in_a_form_and_goes_along_unless_another_is_typed(
    chat: Chat, ana: Hand, ben: Hand, room: str
) -> None:
    await ana.opens_for(room, "guarded")
    assert "the-notebooks-own" not in ana.view.words
    assert ana.shows("api_token") is None
    assert "its value isn't shown" in ana.hint("api_token")
    await ana.fills(api_token="hunter2-of-ana")
    await ana.runs()
    card = await chat.card(room)
    await card.ends()
    assert chat.starts("guarded")[-1]["inputs"] == {"api_token": "hunter2-of-ana"}
    for hand, press in ((ben, "Edit & run…"), (ana, "Edit & run…")):
        await chat.clicks(hand.who, card, press)
        await hand.sees("api_token")
        assert hand.shows("api_token") is None
        assert "hunter2" not in str(hand.view.as_view())
        await hand.fills(region=f"US of {hand.who}")
        await hand.runs()
        await (await chat.card(room, f"US of {hand.who}")).begins()
        given = chat.starts("guarded")[-1]["inputs"]
        assert given == {"region": f"US of {hand.who}", "api_token": "hunter2-of-ana"}
    await ben.opens_for(room, "guarded")
    await ben.runs()
    await chat.until(lambda: chat.starts("guarded")[-1]["inputs"] == {}, room, "a run with the notebook's own values")


async def test_an_option_that_vanished_is_named_and_another_has_to_be_chosen(chat: Chat, ana: Hand, room: str) -> None:
    await chat.catalogues("shrinking", asks("region", "EU", "select", options=["EU", "US", "LATAM"]))
    card = await chat.runs("ana", room, "/notebook run shrinking region=LATAM")
    await card.ends()
    chat.shelve("shrinking", asks("region", "EU", "select", options=["EU", "US"]))
    await chat.restarts()  # what a notebook says is remembered for a few minutes
    await chat.clicks("ana", card, "Edit & run…")
    await ana.sees("No longer a choice: LATAM.")
    assert ana.shows("region") is None
    assert list(await ana.mistakes()) == ["region"]
    await ana.fills(region="US")
    await ana.runs()
    await (await chat.card(room, "region *US*")).begins()


async def test_an_input_that_is_gone_is_named_and_left_out(chat: Chat, ana: Hand, room: str) -> None:
    await chat.catalogues("losing", asks("region", "EU"), asks("old", "1"))
    card = await chat.runs("ana", room, "/notebook run losing region=US old=2")
    await card.ends()
    chat.shelve("losing", asks("region", "EU"))
    await chat.restarts()
    await chat.clicks("ana", card, "Edit & run…")
    await ana.sees("old is no input of this notebook any more.")
    await ana.runs()
    await (await chat.card(room, besides={card.message.ts})).begins()
    assert chat.starts("losing")[-1]["inputs"] == {"region": "US"}
