"""The Home tab and shortcuts, with a real Bolt app."""

from typing import Any

import pytest
from slack_bolt.async_app import AsyncAck

from bot.sandbox.slack import SlackStandIn
from bot.sandbox.slack.workspace import ANA, DATA
from tests.sandbox.slack.conftest import House, manifest_with, running
from tests.sandbox.slack.forms import choose, field, home, modal, press, says
from tests.sandbox.slack.stage import staged

Json = dict[str, Any]
SHORTCUTS = (("run_notebook", "global"), ("run_this", "message"))


async def test_a_global_shortcut_opens_a_form_and_knows_no_channel() -> None:
    async with staged(manifest=manifest_with(shortcuts=SHORTCUTS)) as stage:
        assert (await stage.slack.shortcut("ana", "run_notebook")).ok
        body = stage.last
        assert (body["type"], body["callback_id"], body["user"]["id"]) == ("shortcut", "run_notebook", ANA)
        assert not {"channel", "message", "response_url"} & body.keys()
        view = modal("Run", field("Post to", "conversations_select", default_to_current_conversation=True))
        await stage.house.client.views_open(trigger_id=body["trigger_id"], view=view)
        shown = await stage.slack.sees("ana", "Run")
        assert shown.values["Post to"]["in"]["selected_conversation"] is None


async def test_a_message_shortcut_brings_its_message() -> None:
    async with staged(manifest=manifest_with(shortcuts=SHORTCUTS)) as stage:
        await stage.slack.say("ben", "data", "Look at this")
        [message] = stage.slack.messages("data")
        assert (await stage.slack.message_shortcut("ana", message, "run_this")).ok
        body = stage.last
        assert (body["type"], body["callback_id"], body["channel"]["id"]) == ("message_action", "run_this", DATA)
        assert (body["message_ts"], body["message"]["text"]) == (message.ts, "Look at this")
        assert body["response_url"].startswith("http")


async def test_shortcuts_are_those_of_the_manifest_and_of_their_kind() -> None:
    async with staged(manifest=manifest_with(shortcuts=SHORTCUTS)) as stage:
        for name in ("run_this", "unknown"):
            assert (await stage.slack.shortcut("ana", name)).error == "no_such_shortcut"
        assert stage.slack.ledger.deliveries() == []


async def test_an_app_that_is_not_there_leaves_a_shortcut_without_answer() -> None:
    async with running(SlackStandIn(manifest_with(shortcuts=SHORTCUTS))) as house:
        outcome = await house.slack.shortcut("ana", "run_notebook")
        assert (outcome.error, outcome.text) == ("dispatch_failed", "Threadbook didn't respond. Try that again.")


async def publishing(house: House) -> list[Json]:
    """An app that draws the Home tab when somebody looks at it."""
    app, events = house.app(), []

    @app.event("app_home_opened")
    async def opened(event: Json) -> None:
        events.append(event)
        if event["tab"] == "home":
            await house.client.views_publish(user_id=event["user"], view=home(says(f"Hello <@{event['user']}>")))

    await house.connect(app)
    return events


async def test_the_home_tab_is_drawn_when_it_is_opened() -> None:
    manifest = manifest_with(home=True, events=("app_home_opened",))
    async with running(SlackStandIn(manifest)) as house:
        events = await publishing(house)
        await house.slack.opens_home("ana")
        view = await house.slack.sees_home("ana", f"Hello <@{ANA}>")
        assert house.slack.home("ben") is None
        await house.slack.opens_home("ana")
        await house.slack.opens_home("ana", tab="messages")
        first, second, third = events
        assert (first["tab"], first["channel"]) == ("home", house.slack.channel("@ana").id)
        assert "view" not in first
        assert second["view"]["id"] == view.id
        assert second["view"]["root_view_id"] == view.id
        assert (third["tab"], "view" in third) == ("messages", False)


async def test_without_a_subscription_nobody_is_told_of_the_home_tab() -> None:
    async with running(SlackStandIn(manifest_with(home=True))) as house:
        assert await publishing(house) == []
        await house.slack.opens_home("ana")
        assert house.slack.ledger.deliveries() == []


async def test_clicks_on_the_home_tab_know_the_view_and_can_open_a_modal() -> None:
    async with staged() as stage:
        tab = home(press("Run a notebook"), choose("datepicker", "day", initial_date="2026-10-01"))
        await stage.house.client.views_publish(user_id=ANA, view=tab)
        assert (await stage.slack.acts_in_home("ana", "day", "2026-11-02")).ok
        assert (await stage.slack.acts_in_home("ana", "Run a notebook")).ok
        body = stage.last
        assert (body["view"]["type"], body["container"]["type"]) == ("home", "view")
        assert body["view"]["state"]["values"] == {
            "row of day": {"day": {"type": "datepicker", "selected_date": "2026-11-02"}}
        }
        await stage.house.client.views_open(trigger_id=body["trigger_id"], view=modal("Run"))
        assert (await stage.slack.sees("ana", "Run")).root != body["view"]["id"]
        with pytest.raises(LookupError, match="ben has no Home tab"):
            await stage.slack.acts_in_home("ben", "Run a notebook")


async def test_a_field_on_the_home_tab_sends_what_is_entered() -> None:
    async with staged() as stage:
        search = field("Search", block={"dispatch_action": True, "optional": True}, initial_value="kpi")
        await stage.house.client.views_publish(user_id=ANA, view=home(search))
        await stage.slack.acts_in_home("ana", "Search", "churn")
        assert stage.last["actions"][0]["value"] == "churn"


async def test_where_interactivity_is_off_nothing_is_sent() -> None:
    real = manifest_with(shortcuts=SHORTCUTS).model_dump()
    real["settings"]["interactivity"]["is_enabled"] = False
    slack = SlackStandIn(type(manifest_with()).model_validate(real))
    async with running(slack) as house:
        app = house.app()

        @app.shortcut("run_notebook")
        async def run(ack: AsyncAck) -> None:
            await ack()

        await house.connect(app)
        assert (await slack.shortcut("ana", "run_notebook")).error == "not_interactive"
