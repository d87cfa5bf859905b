"""What an app hears of by itself: mentions, messages, links; only what it subscribed to, and where it may."""

from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp

from bot.sandbox.slack import SlackStandIn
from bot.sandbox.slack.workspace import ANA, BOT, BOT_ID, DATA, GENERAL, TEAM
from tests.sandbox.slack.conftest import House, manifest_with, running
from tests.sandbox.slack.stage import ANYTHING

Json = dict[str, Any]
MENTIONS = manifest_with("app_mentions:read", events=("app_mention",))
MESSAGES = manifest_with(
    "im:history", "channels:history", "groups:history", events=("message.im", "message.channels", "message.groups")
)


async def hearing(house: House, app: AsyncApp | None = None) -> list[Json]:
    """An app that keeps the body of every event."""
    app, heard = app or house.app(), []

    @app.event(ANYTHING)
    async def keep(body: Json) -> None:
        heard.append(body)

    @app.event("message")
    async def keep_message(body: Json) -> None:
        heard.append(body)

    await house.connect(app)
    return heard


async def test_a_mention_is_told_with_everything_around_it() -> None:
    async with running(SlackStandIn(MENTIONS)) as house:
        heard = await hearing(house)
        assert (await house.slack.mentions("ana", "data", "@Threadbook status please")).ok
        [body] = heard
        event = body["event"]
        assert (event["type"], event["user"], event["channel"]) == ("app_mention", ANA, DATA)
        assert event["text"] == f"<@{BOT}> status please"
        assert "thread_ts" not in event
        assert (body["type"], body["team_id"]) == ("event_callback", TEAM)
        assert body["event_id"].startswith("Ev")
        assert abs(body["event_time"] - float(event["ts"])) < 5
        [grant] = body["authorizations"]
        assert (grant["user_id"], grant["is_bot"]) == (BOT, True)
        [delivery] = house.slack.ledger.deliveries()
        assert delivery.kind == "events_api"


async def test_a_mention_in_a_thread_names_the_thread() -> None:
    async with running(SlackStandIn(MENTIONS)) as house:
        heard = await hearing(house)
        root = (await house.client.chat_postMessage(channel=DATA, text="Card"))["ts"]
        [card] = house.slack.messages("data")
        await house.slack.mentions("ana", "data", f"<@{BOT}> rerun region=US", thread=card)
        assert heard[0]["event"]["thread_ts"] == root
        assert heard[0]["event"]["text"] == f"<@{BOT}> rerun region=US"
        assert [each.text for each in house.slack.thread(card)] == [f"<@{BOT}> rerun region=US"]


@pytest.mark.parametrize(
    ("channel", "text"),
    [
        ("general", "@Threadbook status"),  # the bot isn't there
        ("@ana", "@Threadbook status"),  # a direct message is no place for a mention
        ("data", "Threadbook status"),
        ("data", "@ben status"),
        ("data", "<@U0NOBODY00> status"),
    ],
)
async def test_what_is_no_mention_is_not_told(channel: str, text: str) -> None:
    async with running(SlackStandIn(MENTIONS)) as house:
        heard = await hearing(house)
        assert (await house.slack.mentions("ana", house.slack.channel(channel).id, text)).ok
        assert heard == []


async def test_an_invited_bot_hears_its_mentions() -> None:
    async with running(SlackStandIn(MENTIONS)) as house:
        heard = await hearing(house)
        await house.slack.say("ana", "general", "/invite @Threadbook")
        await house.slack.mentions("ana", "general", "@Threadbook status")
        assert [each["event"]["channel"] for each in heard] == [GENERAL]


async def test_messages_are_told_by_the_kind_of_their_channel_the_bots_own_too() -> None:
    async with running(SlackStandIn(MESSAGES)) as house:
        # By default Bolt keeps what a bot did itself from its listeners.
        heard = await hearing(house, AsyncApp(client=house.client, ignoring_self_events_enabled=False))
        for where in ("@ana", "data", "finance"):
            await house.slack.mentions("ana", house.slack.channel(where).id, "Morning")
        assert [each["event"]["channel_type"] for each in heard] == ["im", "channel", "group"]
        assert heard[0]["event"]["client_msg_id"]

        posted = await house.client.chat_postMessage(channel=ANA, text="Card")
        await house.client.chat_update(channel=posted["channel"], ts=posted["ts"], text="Card, edited")
        await house.client.chat_delete(channel=posted["channel"], ts=posted["ts"])
        await house.slack.events.told()
        own, changed, gone = (each["event"] for each in heard[3:])
        assert (own["bot_id"], own["text"]) == (BOT_ID, "Card")
        assert (changed["subtype"], changed["message"]["text"]) == ("message_changed", "Card, edited")
        assert changed["previous_message"]["text"] == "Card"
        assert (gone["subtype"], gone["deleted_ts"]) == ("message_deleted", posted["ts"])


async def test_ephemeral_messages_and_those_elsewhere_are_not_told() -> None:
    async with running(SlackStandIn(MESSAGES)) as house:
        heard = await hearing(house)
        await house.slack.say("ana", "general", "Morning")
        await house.client.chat_postEphemeral(channel=DATA, user=ANA, text="psst")
        await house.slack.events.told()
        assert heard == []


async def test_a_reply_that_changes_its_root_is_no_edit() -> None:
    async with running(SlackStandIn(MESSAGES)) as house:
        heard = await hearing(house)
        await house.slack.mentions("ana", "data", "Morning")
        [root] = house.slack.messages("data")
        await house.slack.mentions("ben", "data", "Morning!", thread=root)
        assert [each["event"].get("subtype") for each in heard] == [None, None]


async def test_an_event_without_ack_comes_again_with_the_same_id() -> None:
    slack = SlackStandIn(MESSAGES, ack_seconds=0.2, retry_after=(0, 0, 0))
    async with running(slack) as house:
        heard = await hearing(house)
        slack.sockets.withheld = 1
        await slack.mentions("ana", slack.channel("@ana").id, "Morning")
        await slack.wait_for(lambda: any(each.acked_after for each in slack.ledger.deliveries()))
        assert [each.attempt for each in slack.ledger.deliveries()] == [0, 1]
        assert len({each["event_id"] for each in heard}) == 1


async def test_where_the_messages_tab_is_off_nobody_can_write_to_the_bot() -> None:
    real = manifest_with().model_dump()
    real["features"]["app_home"]["messages_tab_read_only_enabled"] = True
    async with running(SlackStandIn(type(manifest_with()).model_validate(real))) as house:
        outcome = await house.slack.say("ana", "@ana", "Morning")
        assert outcome.text == "Sending messages to this app has been turned off."
