"""Links: told to the app, unfurled by it, and clicked in."""

from collections.abc import AsyncIterator, Awaitable
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from bot.sandbox.slack import SlackStandIn
from bot.sandbox.slack.records import Message
from bot.sandbox.slack.workspace import ANA, DATA, GENERAL
from tests.sandbox.slack.conftest import House, manifest_with, running
from tests.sandbox.slack.forms import press, says
from tests.sandbox.slack.stage import ANYTHING, Stage

Json = dict[str, Any]
LINK = "https://app.deepnote.com/w/kpis?a=1&b=2"
SCOPES = ("links:read", "links:write")


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """An app that keeps what it hears of links, and every click."""
    manifest = manifest_with(*SCOPES, events=("link_shared",), domains=("deepnote.com",))
    async with running(SlackStandIn(manifest, unfurl_domains=["127.0.0.1"])) as house:
        app = house.app()
        here = Stage(house, app)

        @app.event("link_shared")
        async def shared(event: Json) -> None:
            here.bodies.append(event)

        app.block_action(ANYTHING)(here.keep)
        await house.connect(app)
        yield here


async def posted(stage: Stage, text: str, channel: str = "data") -> Message:
    """What Ana posts; the app has been told."""
    await stage.slack.mentions("ana", channel, text)
    return stage.slack.messages(channel)[-1]


async def code(call: Awaitable[Any]) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


def preview(words: str = "Weekly KPIs") -> Json:
    return {"blocks": [says(words), press("Run")]}


async def test_a_shared_link_is_told(stage: Stage) -> None:
    message = await posted(stage, f"See {LINK}, http://127.0.0.1:8765/datalore/x and https://example.com {LINK}")
    [event] = stage.bodies
    assert event["links"] == [
        {"domain": "deepnote.com", "url": LINK},
        {"domain": "127.0.0.1", "url": "http://127.0.0.1:8765/datalore/x"},
    ]
    assert (event["channel"], event["message_ts"], event["user"]) == (DATA, message.ts, ANA)
    assert (event["source"], event["is_bot_user_member"]) == ("conversations_history", True)
    assert event["unfurl_id"].startswith(f"{DATA}.{message.ts}.")


async def test_a_link_is_told_where_the_bot_is_not_and_in_threads(stage: Stage) -> None:
    root = await posted(stage, "Morning", "general")
    await stage.slack.mentions("ana", "general", LINK, thread=root)
    [event] = stage.bodies
    assert (event["channel"], event["is_bot_user_member"], event["thread_ts"]) == (GENERAL, False, root.ts)


async def test_links_of_others_and_of_the_bot_are_not_told(stage: Stage) -> None:
    await posted(stage, "https://example.com https://notdeepnote.com/x")
    await stage.house.client.chat_postMessage(channel=DATA, text=f"<{LINK}>")
    await stage.slack.events.told()
    assert stage.bodies == []


async def test_an_unfurled_link_is_shown_under_its_message_and_can_change(stage: Stage) -> None:
    message = await posted(stage, LINK)
    client, [event] = stage.house.client, stage.bodies
    await client.chat_unfurl(channel=DATA, ts=message.ts, unfurls={LINK: preview()})
    await client.chat_unfurl(
        unfurl_id=event["unfurl_id"], source="conversations_history", unfurls={LINK: preview("Ran today")}
    )
    [attachment] = message.as_page_message()["attachments"]
    assert (attachment["id"], attachment["from_url"], attachment["is_app_unfurl"]) == (1, LINK, True)
    assert attachment["blocks"][0]["text"]["text"] == "Ran today"
    assert message.text == f"<{LINK.replace('&', '&amp;')}>"
    assert message.edited is None


async def test_a_button_in_an_unfurled_link_can_be_clicked(stage: Stage) -> None:
    message = await posted(stage, LINK)
    await stage.house.client.chat_unfurl(channel=DATA, ts=message.ts, unfurls={LINK: preview()})
    assert (await stage.slack.click("ben", message, "Run")).ok
    body = stage.last
    assert body["container"] == {
        "type": "message_attachment",
        "message_ts": message.ts,
        "attachment_id": 1,
        "channel_id": DATA,
        "is_ephemeral": False,
        "is_app_unfurl": True,
        "app_unfurl_url": LINK,
    }
    assert body["app_unfurl"]["from_url"] == LINK
    assert "message" not in body
    assert body["actions"][0]["value"] == "Run"


async def test_what_cannot_be_unfurled_is_refused(stage: Stage) -> None:
    message = await posted(stage, f"{LINK} https://example.com/x")
    call, unfurls = stage.house.client.api_call, {LINK: preview()}
    at = {"channel": DATA, "ts": message.ts, "unfurls": unfurls}

    async def refused(**changes: Any) -> str:
        sent = {key: value for key, value in (at | changes).items() if value is not None}
        return await code(call("chat.unfurl", json=sent))

    assert await refused(unfurls=None) == "missing_unfurls"
    assert await refused(unfurls=[LINK]) == "invalid_unfurls_format"
    assert await refused(unfurls="{") == "invalid_unfurls_format"
    assert await refused(channel=None) == "missing_channel"
    assert await refused(ts=None) == "missing_ts"
    assert await refused(channel="C0NOWHERE1") == "cannot_find_channel"
    assert await refused(ts="1.000001") == "cannot_find_message"
    assert await refused(unfurl_id="x") == "missing_source"
    assert await refused(source="composer") == "missing_unfurl_id"
    assert await refused(unfurl_id="x", source="elsewhere") == "invalid_source"
    assert await refused(unfurl_id="x", source="composer") == "invalid_unfurl_id"
    assert await refused(unfurls={"https://example.com/x": preview()}) == "cannot_unfurl_url"
    assert await refused(unfurls={"https://deepnote.com/other": preview()}) == "cannot_unfurl_message"
    bad: Any
    for bad in ({}, {"colour": "red"}, {"blocks": [says("x" * 3001)]}, {"blocks": []}, {"text": 5}, "text"):
        assert await refused(unfurls={LINK: bad}) == "cannot_parse_attachment", bad
    assert message.attachments == []


@pytest.mark.parametrize(
    ("manifest", "error"),
    [
        (manifest_with(without="links:write"), "missing_scope"),
        (manifest_with(*SCOPES), "cannot_find_service"),
        (manifest_with(*SCOPES, domains=("deepnote.com",)), "cannot_unfurl_url"),  # it was never told
    ],
)
async def test_an_app_without_its_grants_unfurls_nothing(manifest: Any, error: str) -> None:
    async with running(SlackStandIn(manifest)) as house:
        await house.slack.say("ana", "data", LINK)
        [message] = house.slack.messages("data")
        unfurl = house.client.chat_unfurl(channel=DATA, ts=message.ts, unfurls={LINK: preview()})
        assert await code(unfurl) == error


async def test_unfurls_have_their_minute(stage: Stage) -> None:
    message = await posted(stage, LINK)

    async def unfurl(house: House) -> None:
        await house.client.chat_unfurl(channel=DATA, ts=message.ts, unfurls={LINK: preview()})

    for _ in range(50):
        await unfurl(stage.house)
    assert await code(unfurl(stage.house)) == "ratelimited"
