"""Who there is, what a team is called, emoji under messages, and ephemeral replies in threads."""

from collections.abc import AsyncIterator, Awaitable
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from bot.sandbox.slack import SlackStandIn
from bot.sandbox.slack.workspace import ANA, ANALYSTS, BEN, BOT, DATA, FINANCE, GENERAL, OLD
from tests.sandbox.slack.conftest import House, manifest_with, running

SCOPES = ("usergroups:read", "team:read", "reactions:write", "channels:join")


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """A sandbox whose app may ask all this."""
    async with running(SlackStandIn(manifest_with(*SCOPES))) as here:
        yield here


async def code(call: Awaitable[Any]) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


async def test_groups_and_their_people(house: House) -> None:
    [group] = (await house.client.usergroups_list(include_users=True, include_count=True))["usergroups"]
    assert (group["id"], group["handle"], group["users"], group["user_count"]) == (ANALYSTS, "analysts", [ANA, BEN], 2)
    [bare] = (await house.client.usergroups_list())["usergroups"]
    assert not {"users", "user_count"} & bare.keys()
    assert (await house.client.usergroups_users_list(usergroup=ANALYSTS))["users"] == [ANA, BEN]
    assert await code(house.client.usergroups_users_list(usergroup="S0NOBODY00")) == "no_such_subteam"
    house.slack.workspace.groups[ANALYSTS].disabled = True
    assert (await house.client.usergroups_list())["usergroups"] == []


async def test_a_group_can_be_mentioned(house: House) -> None:
    await house.slack.say("ana", "data", "@analysts look")
    assert [each.text for each in house.slack.messages("data")] == [f"<!subteam^{ANALYSTS}> look"]


async def test_the_team_has_a_name(house: House) -> None:
    assert (await house.client.team_info())["team"]["domain"] == "northwind"
    assert await code(house.client.team_info(team="T0SOUTHWND")) == "team_not_found"


@pytest.mark.parametrize(
    ("method", "scope"),
    [
        ("usergroups.list", "usergroups:read"),
        ("usergroups.users.list", "usergroups:read"),
        ("team.info", "team:read"),
        ("reactions.add", "reactions:write"),
        ("users.list", "users:read"),
        ("chat.unfurl", "links:write"),
    ],
)
async def test_each_needs_its_scope(method: str, scope: str) -> None:
    async with running(SlackStandIn(manifest_with(without=scope))) as house:
        assert await code(house.client.api_call(method)) == "missing_scope"


async def test_emoji_under_a_message(house: House) -> None:
    ts = (await house.client.chat_postMessage(channel=DATA, text="Card"))["ts"]
    add, remove = house.client.reactions_add, house.client.reactions_remove
    await add(channel=DATA, timestamp=ts, name="eyes")
    [card] = house.slack.messages("data")
    assert card.as_message()["reactions"] == [{"name": "eyes", "users": [BOT], "count": 1}]
    assert await code(add(channel=DATA, timestamp=ts, name="eyes")) == "already_reacted"
    assert await code(add(channel=DATA, timestamp="1.000001", name="eyes")) == "message_not_found"
    assert await code(add(channel=DATA, timestamp=ts, name="not an emoji")) == "invalid_name"
    assert await code(house.client.api_call("reactions.add", json={"name": "eyes"})) == "no_item_specified"
    await remove(channel=DATA, timestamp=ts, name="eyes")
    assert await code(remove(channel=DATA, timestamp=ts, name="eyes")) == "no_reaction"
    assert card.edited is None


async def test_channels_come_by_kind_and_in_pages(house: House) -> None:
    found, cursor = [], None
    for _ in range(3):
        page = await house.client.conversations_list(
            types="public_channel,private_channel", limit=2, exclude_archived=True, cursor=cursor
        )
        found += [each["id"] for each in page["channels"]]
        cursor = page["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert found == [GENERAL, DATA, FINANCE]
    assert [each["id"] for each in (await house.client.conversations_list())["channels"]] == [GENERAL, DATA, OLD]
    assert await code(house.client.conversations_list(types="secret")) == "invalid_types"
    assert await code(house.client.conversations_list(cursor="x")) == "invalid_cursor"


async def test_an_ephemeral_reply_is_seen_only_in_a_thread_that_has_begun(house: House) -> None:
    root = (await house.client.chat_postMessage(channel=DATA, text="Card"))["ts"]

    async def whisper() -> list[str]:
        sent = await house.client.chat_postEphemeral(channel=DATA, user=ANA, thread_ts=root, text="psst")
        assert sent["message_ts"]
        return [each.text for each in house.slack.messages("data", as_="ana") if each.to == ANA]

    assert await whisper() == []
    reply = (await house.client.chat_postMessage(channel=DATA, thread_ts=root, text="It runs."))["ts"]
    assert await whisper() == ["psst"]
    nested = house.client.chat_postEphemeral(channel=DATA, user=ANA, thread_ts=reply, text="psst")
    assert await code(nested) == "cannot_reply_to_message"
