"""views.*: what can be opened, pushed, updated and published, and what is refused."""

from collections.abc import AsyncIterator, Awaitable
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from bot.sandbox.slack import SlackStandIn
from bot.sandbox.slack.workspace import ANA, BEN, BOT
from tests.sandbox.slack.conftest import House, manifest_with, running
from tests.sandbox.slack.forms import field, home, modal, options, press, says

Json = dict[str, Any]


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """A sandbox whose app has a Home tab."""
    async with running(SlackStandIn(manifest_with(home=True))) as here:
        yield here


async def refusal(call: Awaitable[Any]) -> Json:
    with pytest.raises(SlackApiError) as caught:
        await call
    body: Json = dict(caught.value.response.data)
    return body


async def code(call: Awaitable[Any]) -> str:
    return str((await refusal(call))["error"])


def trigger(house: House, person: str = ANA) -> str:
    """A trigger that somebody caused in the modal they have open, or elsewhere."""
    top = house.slack.views.top(person)
    return house.slack.parts.triggers.issue(person, view=top.id if top else None)


async def opened(house: House, view: Json, person: str = ANA) -> Json:
    found: Json = (await house.client.views_open(trigger_id=trigger(house, person), view=view))["view"]
    return found


async def pushed(house: House, view: Json) -> Json:
    found: Json = (await house.client.views_push(trigger_id=trigger(house), view=view))["view"]
    return found


async def test_an_opened_view_comes_back_whole(house: House) -> None:
    view = await opened(house, modal("Run", field("Region"), says("Hello"), private_metadata="{}"))
    assert view["id"] == view["root_view_id"]
    assert (view["previous_view_id"], view["callback_id"], view["private_metadata"]) == (None, "Run", "{}")
    assert view["title"] == {"type": "plain_text", "text": "Run", "emoji": True}
    assert view["blocks"][0]["optional"] is False
    assert view["blocks"][1]["text"] == {"type": "mrkdwn", "text": "Hello", "verbatim": False}
    assert view["state"] == {"values": {}}
    assert (view["clear_on_close"], view["notify_on_close"], view["close"]) == (False, False, None)
    shown = house.slack.modal("ana")
    assert shown is not None
    assert (shown.id, shown.title) == (view["id"], "Run")
    assert house.slack.modal("ben") is None


async def test_three_views_fit_in_a_stack_and_no_more(house: House) -> None:
    first = await opened(house, modal("One"))
    second, third = await pushed(house, modal("Two")), await pushed(house, modal("Three"))
    assert second["root_view_id"] == third["root_view_id"] == first["id"]
    assert (second["previous_view_id"], third["previous_view_id"]) == (first["id"], second["id"])
    assert await code(house.client.views_push(trigger_id=trigger(house), view=modal("Four"))) == "push_limit_reached"
    await house.slack.closes("ana")
    assert house.slack.modal("ana").title == "Two"  # type: ignore[union-attr]


async def test_a_push_needs_a_trigger_from_the_modal_itself(house: House) -> None:
    assert await code(house.client.views_push(trigger_id=trigger(house), view=modal("Lost"))) == "not_found"
    await opened(house, modal("One"))
    elsewhere = house.slack.parts.triggers.issue(ANA)
    assert await code(house.client.views_push(trigger_id=elsewhere, view=modal("Two"))) == "not_found"


async def test_opening_takes_the_place_of_what_was_open(house: House) -> None:
    old = await opened(house, modal("Old"))
    await opened(house, modal("New"))
    assert [each.title for each in house.slack.views] == ["New"]
    assert await code(house.client.views_update(view_id=old["id"], view=modal("Old"))) == "not_found"


async def test_an_update_keeps_ids_and_changes_the_hash(house: House) -> None:
    old = await opened(house, modal("Loading"))
    new = (await house.client.views_update(view_id=old["id"], hash=old["hash"], view=modal("Run")))["view"]
    assert (new["id"], new["root_view_id"]) == (old["id"], old["id"])
    assert new["hash"] != old["hash"]
    late = house.client.views_update(view_id=old["id"], hash=old["hash"], view=modal("Late"))
    assert await code(late) == "hash_conflict"
    assert house.slack.modal("ana").title == "Run"  # type: ignore[union-attr]


async def test_a_view_below_the_top_can_be_updated(house: House) -> None:
    below = await opened(house, modal("One"))
    await pushed(house, modal("Two"))
    assert (await house.client.views_update(view_id=below["id"], view=modal("Uno")))["ok"]
    assert [each.title for each in house.slack.views.stacks[ANA]] == ["Uno", "Two"]


async def test_a_view_that_was_closed_is_not_found(house: House) -> None:
    view = await opened(house, modal("Run"))
    await house.slack.closes("ana")
    assert await code(house.client.views_update(view_id=view["id"], view=modal("Run"))) == "not_found"


async def test_external_ids_are_unique_while_they_are_open(house: House) -> None:
    await opened(house, modal("Run", external_id="run-1"))
    again = house.client.views_open(trigger_id=trigger(house, BEN), view=modal("Run", external_id="run-1"))
    assert await code(again) == "duplicate_external_id"
    updated = await house.client.views_update(external_id="run-1", view=modal("Rerun", external_id="run-1"))
    assert updated["view"]["title"]["text"] == "Rerun"
    sent = {"external_id": "run-1", "view_id": "V1", "view": modal("Run")}
    both = house.client.api_call("views.update", json=sent)
    assert (await refusal(both))["response_metadata"]["messages"] == [
        "[ERROR] Cannot provide both `view_id` and `external_id`"
    ]
    await house.slack.closes("ana")
    assert await opened(house, modal("Run", external_id="run-1"), BEN)
    assert await code(house.client.views_update(external_id="nobody", view=modal("Run"))) == "not_found"


async def test_a_refused_view_does_not_cost_its_trigger(house: House) -> None:
    own = trigger(house)
    assert await code(house.client.views_open(trigger_id=own, view=modal("x" * 25))) == "invalid_arguments"
    assert (await house.client.views_open(trigger_id=own, view=modal("Run")))["ok"]
    assert await code(house.client.views_open(trigger_id=own, view=modal("Run"))) == "exchanged_trigger_id"


@pytest.mark.parametrize(
    ("view", "words"),
    [
        (
            {"type": "modal", "title": {"type": "plain_text", "text": "Run"}, "blocks": [field("a")]},
            "submit is required",
        ),
        (modal("Run", field("a"), field("a")), "block_id a already exists"),
        (modal("Run", private_metadata="x" * 3001), "must be less than 3001 characters"),
        (modal("Run", {"type": "markdown", "text": "x"}), "unsupported type: markdown"),
        (home(), "unsupported type: home"),
        ("Run", "must be an object"),
    ],
)
async def test_a_bad_view_is_pointed_at(house: House, view: Any, words: str) -> None:
    sent = {"trigger_id": trigger(house), "view": view if isinstance(view, dict) else f'"{view}"'}
    body = await refusal(house.client.api_call("views.open", json=sent))
    assert body["error"] == "invalid_arguments"
    assert words in body["response_metadata"]["messages"][0]


async def test_a_view_has_at_most_250_kilobytes(house: House) -> None:
    long = [
        field(str(n), "static_select", options=options(*(f"{n} {each} ".ljust(75, "x") for each in range(100))))
        for n in range(15)
    ]
    assert await code(house.client.views_open(trigger_id=trigger(house), view=modal("Run", *long))) == "view_too_large"


async def test_a_home_tab_is_one_persons(house: House) -> None:
    first = (await house.client.views_publish(user_id=ANA, view=home(says("Hello Ana"))))["view"]
    await house.client.views_publish(user_id=BEN, view=home(says("Hello Ben")))
    assert house.slack.home("ana").words == "Hello Ana"  # type: ignore[union-attr]
    again = await house.client.views_publish(user_id=ANA, hash=first["hash"], view=home(press("Run")))
    assert again["view"]["id"] == first["id"]
    stale = house.client.views_publish(user_id=ANA, hash=first["hash"], view=home())
    assert await code(stale) == "hash_conflict"
    assert (await house.slack.sees_home("ana", "Run")).id == first["id"]
    for nobody in ("U0NOBODY00", BOT):
        body = await refusal(house.client.views_publish(user_id=nobody, view=home()))
        assert "invalid `user_id`" in body["response_metadata"]["messages"][0]
    assert await code(house.client.views_publish(user_id=ANA, view=modal("Run"))) == "invalid_arguments"


async def test_without_a_home_tab_nothing_can_be_published() -> None:
    async with running(SlackStandIn(manifest_with())) as house:
        assert await code(house.client.views_publish(user_id=ANA, view=home())) == "not_enabled"


async def test_an_expired_trigger_stays_expired() -> None:
    now = [0.0]
    async with running(SlackStandIn(manifest_with(), clock=lambda: now[0])) as house:
        own = trigger(house)
        now[0] = 3.1
        for _ in range(2):
            assert await code(house.client.views_open(trigger_id=own, view=modal("Run"))) == "expired_trigger_id"


async def test_views_have_their_minute(house: House) -> None:
    for _ in range(100):
        await house.client.views_publish(user_id=ANA, view=home())
    assert await code(house.client.views_publish(user_id=ANA, view=home())) == "ratelimited"


async def test_what_was_entered_outlives_an_update_of_the_same_field(house: House) -> None:
    region = field("Region", "static_select", options=options("eu", "us"))
    view = await opened(house, modal("Run", field("Name", initial_value="kpis"), region, field("Gone")))
    await house.slack.fills("ana", {"Region": "US", "Gone": "x"})
    narrower = field("Region", "static_select", options=options("us"))
    await house.client.views_update(
        view_id=view["id"], view=modal("Run", field("Name", initial_value="new"), narrower, field("Other"))
    )
    shown = house.slack.modal("ana")
    assert shown is not None
    # As in Slack: another initial value is only for a field with another block_id or action_id.
    assert shown.values["Name"]["in"]["value"] == "kpis"
    assert shown.values["Region"]["in"]["selected_option"]["value"] == "us"
    assert set(shown.values) == {"Name", "Region", "Other"}
    without = field("Region", "static_select", options=options("eu"))
    await house.client.views_update(view_id=view["id"], view=modal("Run", without))
    assert shown.values["Region"]["in"]["selected_option"] is None
