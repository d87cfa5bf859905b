"""A real Bolt app finds a true Slack: commands, threads, files, clicks, trouble."""

import asyncio
from typing import Any

from aiohttp.test_utils import TestServer
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.async_app import AsyncAck, AsyncRespond

from bot.sandbox.slack import HttpMode, SlackStandIn
from bot.sandbox.slack.workspace import ANA, BOT, DATA
from tests.sandbox.slack.conftest import MANIFEST, SECRET, House, buttons, manifest_with, running, section


async def test_a_command_is_acked_and_its_reply_is_seen_by_one_person(house: House) -> None:
    app, seen = house.app(), []

    @app.command("/notebook")
    async def notebook(ack: AsyncAck, body: dict[str, Any]) -> None:
        seen.append(body)
        await ack("Started.")

    await house.connect(app)
    outcome = await house.slack.say("ana", "data", "/notebook run weekly-kpis by @ben in #data <now> & here")

    assert outcome.ok
    [body] = seen
    assert body["text"] == f"run weekly-kpis by <@U0BENOKAFR|ben> in <#{DATA}|data> &lt;now&gt; &amp; here"
    assert (body["command"], body["channel_name"], body["user_id"]) == ("/notebook", "data", ANA)
    assert [each.text for each in house.slack.messages("data", as_="ana")] == ["Started."]
    assert house.slack.messages("data", as_="ben") == []


async def test_a_message_is_posted_edited_and_answered_in_its_thread(house: House) -> None:
    posted = await house.client.chat_postMessage(channel=DATA, text="Queued", blocks=[section("Queued")])
    await house.client.chat_update(channel=DATA, ts=posted["ts"], text="Running", blocks=[section("Running")])
    await house.client.chat_postMessage(channel=DATA, thread_ts=posted["ts"], text="It runs.")

    [card] = house.slack.messages("data")
    assert (card.text, card.user) == ("Running", BOT)
    assert card.edited is not None
    assert card.as_message()["reply_count"] == 1
    assert [reply.text for reply in house.slack.thread(card)] == ["It runs."]
    assert [call.method for call in house.slack.calls()] == ["chat.postMessage", "chat.update", "chat.postMessage"]


async def test_a_file_goes_into_the_thread_and_can_be_fetched(house: House) -> None:
    root = await house.client.chat_postMessage(channel=DATA, text="Card")
    uploaded = await house.client.files_upload_v2(
        channel=DATA,
        thread_ts=root["ts"],
        filename="kpis.csv",
        content="a,b\n1,2\n",
        title="KPIs",
        initial_comment="Here",
    )

    [card] = house.slack.messages("data")
    [reply] = house.slack.thread(card)
    assert (reply.text, reply.files[0].title, reply.files[0].data) == ("Here", "KPIs", b"a,b\n1,2\n")
    assert uploaded["files"][0]["id"] == reply.files[0].id


async def test_a_click_reaches_the_app_and_its_answer_replaces_the_message(house: House) -> None:
    app, clicks = house.app(), []

    @app.action("stop")
    async def stop(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
        await ack()
        clicks.append(body)
        await respond(text="Stopped", replace_original=True)

    await house.connect(app)
    await house.client.chat_postMessage(channel=DATA, text="Card", blocks=[section("Card"), buttons("stop")])
    [card] = house.slack.messages("data")
    assert (await house.slack.click("ben", card, "stop")).ok

    await house.slack.wait_for(lambda: card.text == "Stopped")
    [click] = clicks
    assert click["actions"][0]["value"] == "stop"
    assert click["message"]["ts"] == click["container"]["message_ts"] == card.ts
    assert click["user"]["id"] == house.slack.person("ben").id
    assert card.blocks == []


async def test_an_app_that_is_silent_fails_the_command_after_its_time() -> None:
    async with running(SlackStandIn(MANIFEST, ack_seconds=0.2)) as house:
        await house.connect(house.app())  # it knows no command
        outcome = await house.slack.say("ana", "data", "/notebook help")
        assert (outcome.error, outcome.text) == (
            "dispatch_failed",
            "/notebook failed because the app did not respond.",
        )


async def test_an_app_that_is_not_there_fails_the_command_at_once(house: House) -> None:
    outcome = await asyncio.wait_for(house.slack.say("ana", "data", "/notebook help"), 1)
    assert outcome.error == "dispatch_failed"


async def test_two_connections_share_the_payloads(house: House) -> None:
    app = house.app()

    @app.command("/notebook")
    async def notebook(ack: AsyncAck) -> None:
        await ack()

    await house.connect(app, times=2)
    outcomes = await asyncio.gather(*(house.slack.say("ana", "data", f"/notebook run n{i}") for i in range(10)))
    assert all(outcome.ok for outcome in outcomes)
    assert [each.received for each in house.slack.sockets.connections] == [5, 5]


async def test_the_same_envelope_can_come_twice(house: House) -> None:
    app = house.app()
    seen: asyncio.Queue[str] = asyncio.Queue()

    @app.command("/notebook")
    async def notebook(ack: AsyncAck, body: dict[str, Any]) -> None:
        seen.put_nowait(body["trigger_id"])
        await ack()

    await house.connect(app, times=2)
    house.slack.sockets.duplicates = 1
    await house.slack.say("ana", "data", "/notebook run it")
    async with asyncio.timeout(5):
        assert await seen.get() == await seen.get()
    assert [each.received for each in house.slack.sockets.connections] == [1, 1]


async def test_a_dropped_connection_comes_back(house: House) -> None:
    app = house.app()

    @app.command("/notebook")
    async def notebook(ack: AsyncAck) -> None:
        await ack("again")

    await house.connect(app)
    house.slack.sockets.drop()
    await house.slack.wait_for(lambda: not house.slack.sockets.connections)
    await house.slack.connected(seconds=15)
    assert (await house.slack.say("ana", "data", "/notebook help")).ok


async def test_a_warned_connection_is_replaced_before_it_closes(house: House) -> None:
    await house.connect(house.app())
    [old] = house.slack.sockets.connections
    await house.slack.sockets.warn(seconds=5)
    await house.slack.wait_for(lambda: house.slack.sockets.connections and old not in house.slack.sockets.connections)


async def test_signed_http_takes_the_place_of_sockets() -> None:
    slack = SlackStandIn(MANIFEST)
    async with running(slack) as house:
        app, clicks = house.app(), []

        @app.command("/notebook")
        async def notebook(ack: AsyncAck, command: dict[str, Any]) -> None:
            await ack(f"You said {command['text']}")

        @app.action("go")
        async def go(ack: AsyncAck, body: dict[str, Any]) -> None:
            clicks.append(body["actions"][0]["action_id"])
            await ack()

        await _serve_bolt(house, app)
        assert (await slack.say("ana", "data", "/notebook help")).ok
        assert [each.text for each in slack.messages("data", as_="ana")] == ["You said help"]
        posted = await house.client.chat_postMessage(channel=DATA, text="Card", blocks=[buttons("go")])
        card = slack.channel("data").roots[posted["ts"]]
        assert (await slack.click("ana", card, "go")).ok
        assert clicks == ["go"]

        slack.post.http = HttpMode(slack.post.http.url if slack.post.http else "", "another secret")
        refused = await slack.say("ana", "data", "/notebook help")
        assert refused.error == "http_service_error"


async def _serve_bolt(house: House, app: AsyncApp) -> None:
    server = TestServer(app.web_app("/slack/events"))
    await server.start_server()
    house.open.push_async_callback(server.close)
    house.slack.post.http = HttpMode(str(server.make_url("/slack/events")), SECRET)


async def test_a_mention_comes_again_until_its_ack_arrives() -> None:
    manifest = manifest_with("app_mentions:read", events=("app_mention",))
    slack = SlackStandIn(manifest, ack_seconds=0.2, retry_after=(0, 0, 0))
    async with running(slack) as house:
        app, heard = house.app(), []

        @app.event("app_mention")
        async def mention(event: dict[str, Any], body: dict[str, Any]) -> None:
            heard.append((event["text"], body["event_id"]))

        await house.connect(app)
        slack.sockets.withheld = 2  # the first two acks get lost
        await slack.say("ana", "data", "@Threadbook rerun region=US")
        await slack.wait_for(lambda: [each for each in slack.ledger.deliveries() if each.acked_after], 10)
        tries = slack.ledger.deliveries("events_api")
        assert [(each.attempt, each.error) for each in tries] == [(0, "timeout"), (1, "timeout"), (2, None)]
        assert len(heard) == 3
        assert {text for text, _ in heard} == {f"<@{BOT}> rerun region=US"}
        assert len({event for _, event in heard}) == 1


async def test_an_app_that_subscribed_to_nothing_hears_nothing() -> None:
    async with running(SlackStandIn(manifest_with())) as house:
        await house.connect(house.app())
        assert (await house.slack.mentions("ana", "data", "@Threadbook rerun")).ok
        assert house.slack.ledger.deliveries() == []
