"""The Web API says no as Slack does: tokens, scopes, channels, contents, limits, faults."""

from collections.abc import Awaitable
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import SlackStandIn
from bot.sandbox.slack.methods import METHODS
from bot.sandbox.slack.workspace import ANA, BEN, BOT, DATA, FINANCE, GENERAL, GUS, LEADERS, OLD, STRANGER
from tests.sandbox.slack.conftest import APP_TOKEN, MANIFEST, House, manifest_with, running, section


async def refusal(call: Awaitable[Any]) -> dict[str, Any]:
    """The body of the refusal that this call gets."""
    with pytest.raises(SlackApiError) as caught:
        await call
    body: dict[str, Any] = dict(caught.value.response.data)
    return body


async def code(call: Awaitable[Any]) -> str:
    """The error's code."""
    found: str = (await refusal(call))["error"]
    return found


async def test_the_bot_learns_who_it_is(house: House) -> None:
    me = await house.client.auth_test()
    assert (me["user_id"], me["team"], me["user"]) == (BOT, "Northwind", "threadbook")
    assert "chat:write" in me.headers["X-OAuth-Scopes"].split(",")


@pytest.mark.parametrize(
    ("token", "error"), [("", "not_authed"), ("xoxb-other", "invalid_auth"), (APP_TOKEN, "not_allowed_token_type")]
)
async def test_other_tokens_are_refused(house: House, token: str, error: str) -> None:
    stranger = AsyncWebClient(token, base_url=house.slack.api_url)
    assert await code(stranger.auth_test()) == error


async def test_the_plain_word_sandbox_is_good_for_both(house: House) -> None:
    anybody = AsyncWebClient("sandbox", base_url=house.slack.api_url)
    assert (await anybody.auth_test())["ok"]
    assert (await anybody.apps_connections_open(app_token="sandbox"))["ok"]


async def test_a_socket_needs_an_app_token(house: House) -> None:
    assert await code(house.client.apps_connections_open(app_token="xoxb-sandbox")) == "not_allowed_token_type"
    opened = await house.client.apps_connections_open(app_token=APP_TOKEN)
    assert opened["url"].startswith("ws://127.0.0.1:")
    async with aiohttp.ClientSession() as session, session.ws_connect(opened["url"]) as socket:
        hello = await socket.receive_json()
        assert (hello["type"], hello["num_connections"]) == ("hello", 1)
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(opened["url"])


async def test_a_method_that_is_not_there(house: House) -> None:
    assert await code(house.client.api_call("chat.shout")) == "unknown_method"


async def test_form_json_and_query_are_all_understood(house: House) -> None:
    url, headers = f"{house.slack.api_url}chat.postMessage", {"Authorization": "Bearer xoxb-sandbox"}
    blocks = '[{"type": "divider"}]'
    async with aiohttp.ClientSession() as session:
        for sent in (
            session.post(url, data={"token": "xoxb-sandbox", "channel": DATA, "text": "a", "blocks": blocks}),
            session.post(url, json={"channel": DATA, "text": "b", "blocks": blocks}, headers=headers),
            session.post(url, params={"channel": DATA, "text": "c", "blocks": blocks}, headers=headers),
        ):
            async with sent as reply:
                assert (await reply.json())["ok"]
        async with session.post(url, data=b"{", headers=headers | {"Content-Type": "application/json"}) as reply:
            assert (await reply.json())["error"] == "invalid_json"
    shown = house.slack.messages("data")
    assert [each.text for each in shown] == ["a", "b", "c"]
    assert all(each.blocks[0]["type"] == "divider" for each in shown)


ODD: list[Any] = ["", "x", -1, True, [], {}, [1], {"a": 1}, [{"id": 1}], "[", "1e999", "\x00"]
NAMES = [
    *("channel", "user", "users", "ts", "text", "blocks", "attachments", "metadata", "limit", "cursor", "types"),
    *("files", "length", "view", "oldest", "thread_ts", "message_ts", "external_id", "return_im", "channels"),
    *("unfurls", "unfurl_id", "source", "name", "timestamp", "usergroup", "hash", "trigger_id", "view_id"),
]


@pytest.mark.parametrize("method", sorted(METHODS))
async def test_odd_arguments_are_refused_and_break_nothing(method: str) -> None:
    every = ("im:read", "channels:join", "channels:history", "groups:history", "im:history", "links:read")
    more = ("links:write", "reactions:write", "usergroups:read", "team:read")
    sane = {"channel": DATA, "user": ANA, "text": "x", "filename": "a", "users": ANA, "user_id": ANA}
    async with (
        running(SlackStandIn(manifest_with(*every, *more, home=True), rate_scale=None)) as house,
        aiohttp.ClientSession(headers={"Authorization": "Bearer sandbox"}) as session,
    ):
        turn = sorted(METHODS).index(method)
        for place, name in enumerate(NAMES, start=turn):
            for odd in ODD[place % 4 :: 4]:  # each of them meets each name at some methods
                sane["ts"] = (await house.client.chat_postMessage(channel=DATA, text="x"))["ts"]
                async with session.post(house.slack.api_url + method, json=sane | {name: odd}) as reply:
                    body = await reply.json()
                    assert (reply.status, body["ok"] is not bool(body.get("error"))) == (200, True), (name, odd)


async def test_a_missing_scope_is_named() -> None:
    async with running(SlackStandIn(manifest_with(without="files:write"))) as house:
        body = await refusal(house.client.files_getUploadURLExternal(filename="a.txt", length=3))
        assert (body["error"], body["needed"]) == ("missing_scope", "files:write")
        assert "chat:write" in body["provided"].split(",")


async def test_scopes_follow_the_kind_of_channel(house: House) -> None:
    assert (await house.client.conversations_info(channel=FINANCE))["channel"]["is_private"]
    im = house.slack.channel("@ana").id
    assert (await refusal(house.client.conversations_info(channel=im)))["needed"] == "im:read"
    assert (await refusal(house.client.conversations_join(channel=GENERAL)))["needed"] == "channels:join"
    assert (await refusal(house.client.conversations_list(types="im")))["needed"] == "im:read"


async def test_private_channels_without_the_bot_do_not_exist_for_it(house: House) -> None:
    assert await code(house.client.conversations_info(channel=LEADERS)) == "channel_not_found"
    assert await code(house.client.conversations_members(channel=LEADERS)) == "channel_not_found"
    assert await code(house.client.chat_postMessage(channel=LEADERS, text="hi")) == "channel_not_found"
    listed = await house.client.conversations_list(types="public_channel,private_channel")
    assert [each["name"] for each in listed["channels"]] == ["general", "data", "finance", "old-reports"]


async def test_members_come_in_pages(house: House) -> None:
    first = await house.client.conversations_members(channel=DATA, limit=3)
    then = await house.client.conversations_members(
        channel=DATA, limit=3, cursor=first["response_metadata"]["next_cursor"]
    )
    assert [*first["members"], *then["members"]] == [ANA, BEN, GUS, BOT]
    assert then["response_metadata"]["next_cursor"] == ""


async def test_posting_where_the_bot_is_not(house: House) -> None:
    assert (await house.client.chat_postMessage(channel=GENERAL, text="chat:write.public"))["ok"]
    assert await code(house.client.chat_postMessage(channel=OLD, text="hi")) == "is_archived"
    assert await code(house.client.chat_postMessage(channel="C0NOWHERE1", text="hi")) == "channel_not_found"
    async with running(SlackStandIn(manifest_with(without="chat:write.public"))) as narrow:
        assert await code(narrow.client.chat_postMessage(channel=GENERAL, text="hi")) == "not_in_channel"


async def test_files_need_the_bot_in_the_channel(house: House) -> None:
    upload = house.client.files_upload_v2(channel=GENERAL, filename="a.txt", content="abc")
    assert await code(upload) == "not_in_channel"
    await house.slack.say("ana", "general", "/invite @Threadbook")
    assert (await house.client.files_upload_v2(channel=GENERAL, filename="a.txt", content="abc"))["ok"]
    await house.slack.say("ana", "general", "/remove @Threadbook")
    upload = house.client.files_upload_v2(channel=GENERAL, filename="a.txt", content="abc")
    assert await code(upload) == "not_in_channel"


async def test_an_upload_must_be_what_was_announced(house: House) -> None:
    ticket = await house.client.files_getUploadURLExternal(filename="a.txt", length=3)
    async with aiohttp.ClientSession() as session:
        async with session.post(ticket["upload_url"], data=b"abcd") as reply:
            assert reply.status == 400
        files = [{"id": ticket["file_id"]}]
        assert await code(house.client.files_completeUploadExternal(files=files)) == "file_not_found"
        async with session.post(ticket["upload_url"], data=b"abc") as reply:
            assert await reply.text() == "OK - 3"
    assert (await house.client.files_completeUploadExternal(files=files))["ok"]


async def test_direct_messages_open_and_take_posts_by_person(house: House) -> None:
    opened = await house.client.conversations_open(users=ANA)
    posted = await house.client.chat_postMessage(channel=ANA, text="Only for you")
    assert posted["channel"] == opened["channel"]["id"] == house.slack.channel("@ana").id
    assert await code(house.client.conversations_open(users="U0NOBODY00")) == "user_not_found"
    assert await code(house.client.chat_postMessage(channel=STRANGER, text="hi")) == "channel_not_found"


async def test_an_ephemeral_message_needs_both_in_the_channel(house: House) -> None:
    await house.client.chat_postEphemeral(channel=DATA, user=GUS, text="psst")
    assert [each.text for each in house.slack.messages("data", as_="gus")] == ["psst"]
    assert await code(house.client.chat_postEphemeral(channel=GENERAL, user=ANA, text="x")) == "not_in_channel"
    assert await code(house.client.chat_postEphemeral(channel=FINANCE, user=BEN, text="x")) == "user_not_in_channel"


async def test_texts_have_their_limits(house: House) -> None:
    post, update = house.client.chat_postMessage, house.client.chat_update
    assert await code(house.client.api_call("chat.postMessage", json={"channel": DATA})) == "no_text"
    assert await code(post(channel=DATA, text="x" * 40_001)) == "msg_too_long"
    ts = (await post(channel=DATA, text="x" * 40_000))["ts"]
    assert (await update(channel=DATA, ts=ts, text="x" * 4_000))["ok"]
    assert await code(update(channel=DATA, ts=ts, text="x" * 4_001)) == "msg_too_long"


async def test_bad_blocks_are_pointed_at(house: House) -> None:
    body = await refusal(house.client.chat_postMessage(channel=DATA, text="x", blocks=[section("x" * 3001)]))
    assert body["error"] == "invalid_blocks"
    assert body["response_metadata"]["messages"] == [
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    ]
    long = [section("x" * 2_900) for _ in range(5)]
    assert await code(house.client.chat_postMessage(channel=DATA, text="x", blocks=long)) == "msg_blocks_too_long"
    table = {"type": "table", "rows": [[{"type": "raw_text", "text": "1"}]]}
    assert (
        await code(house.client.chat_postMessage(channel=DATA, text="x", blocks=[table, table]))
        == "invalid_attachments"
    )
    near = {"type": "image", "alt_text": "a plot", "image_url": "http://localhost:8765/plot.png"}
    body = await refusal(house.client.chat_postMessage(channel=DATA, text="x", blocks=[near]))
    assert "downloading image failed" in body["response_metadata"]["messages"][0]
    picture = {"type": "image", "alt_text": "a plot", "slack_file": {"id": "F0NOTHERE1"}}
    assert await code(house.client.chat_postMessage(channel=DATA, text="x", blocks=[picture])) == "invalid_blocks"


async def test_only_own_messages_can_be_edited_or_deleted(house: House) -> None:
    await house.slack.say("ana", "data", "mine")
    [hers] = house.slack.messages("data")
    client = house.client
    assert await code(client.chat_update(channel=DATA, ts=hers.ts, text="x")) == "cant_update_message"
    assert await code(client.chat_delete(channel=DATA, ts=hers.ts)) == "cant_delete_message"
    assert await code(client.chat_update(channel=DATA, ts="1.000001", text="x")) == "message_not_found"
    assert await code(client.chat_postMessage(channel=DATA, thread_ts="1.000001", text="x")) == "thread_not_found"


async def test_an_edit_without_blocks_keeps_them_and_an_empty_list_takes_them_away(house: House) -> None:
    ts = (await house.client.chat_postMessage(channel=DATA, text="a", blocks=[section("a")]))["ts"]
    kept = await house.client.chat_update(channel=DATA, ts=ts, text="b")
    assert kept["message"]["blocks"][0]["text"]["text"] == "a"
    gone = await house.client.chat_update(channel=DATA, ts=ts, text="c", blocks=[])
    assert "blocks" not in gone["message"]
    assert gone["message"]["edited"]["user"] == BOT


async def test_a_deleted_root_with_replies_leaves_a_tombstone(house: House) -> None:
    ts = (await house.client.chat_postMessage(channel=DATA, text="root"))["ts"]
    reply = (await house.client.chat_postMessage(channel=DATA, text="reply", thread_ts=ts))["ts"]
    assert (
        await code(house.client.chat_postMessage(channel=DATA, text="x", thread_ts=reply)) == "cannot_reply_to_message"
    )
    await house.client.chat_delete(channel=DATA, ts=ts)
    [root] = house.slack.messages("data")
    assert (root.subtype, len(root.replies)) == ("tombstone", 1)
    await house.client.chat_delete(channel=DATA, ts=reply)
    assert len(root.replies) == 0


async def test_people_look_as_slack_shows_them(house: House) -> None:
    gus = (await house.client.users_info(user=GUS))["user"]
    assert (gus["real_name"], gus["profile"]["display_name"], gus["is_restricted"]) == ("Gus Lind", "gus", True)
    ben = (await house.client.users_info(user=BEN))["user"]
    assert (ben["tz"], ben["tz_offset"], ben["is_restricted"]) == ("America/New_York", -18_000, False)
    fay = (await house.client.users_info(user=STRANGER))["user"]
    assert fay["is_stranger"]
    assert fay["team_id"] != ben["team_id"]
    assert await code(house.client.users_info(user="U0NOBODY00")) == "user_not_found"
    everybody = await house.client.users_list()
    assert STRANGER not in [each["id"] for each in everybody["members"]]


async def test_a_permalink_names_the_message(house: House) -> None:
    ts = (await house.client.chat_postMessage(channel=DATA, text="root"))["ts"]
    link = await house.client.chat_getPermalink(channel=DATA, message_ts=ts)
    assert link["permalink"].endswith(f"/archives/{DATA}/p{ts.replace('.', '')}")


async def test_modals_need_a_fresh_trigger(house: House) -> None:
    title = {"type": "plain_text", "text": "Run"}
    view = {"type": "modal", "title": title, "blocks": [section("hi")]}
    trigger = house.slack.parts.triggers.issue(ANA)
    opened = await house.client.views_open(trigger_id=trigger, view=view)
    assert await code(house.client.views_open(trigger_id=trigger, view=view)) == "exchanged_trigger_id"
    assert await code(house.client.views_open(trigger_id="1.2.x", view=view)) == "invalid_trigger_id"
    long = view | {"title": {"type": "plain_text", "text": "x" * 25}}
    updated = await house.client.views_update(view_id=opened["view"]["id"], view=view | {"callback_id": "run"})
    assert updated["view"]["callback_id"] == "run"
    stale = house.client.views_update(view_id=opened["view"]["id"], hash=opened["view"]["hash"], view=view)
    assert await code(stale) == "hash_conflict"
    body = await refusal(house.client.views_open(trigger_id="1.2.x", view=long))
    assert body["error"] == "invalid_arguments"
    assert "/view/title/text" in body["response_metadata"]["messages"][0]


async def test_a_trigger_is_too_old_after_three_seconds() -> None:
    now = [0.0]
    slack = SlackStandIn(MANIFEST, clock=lambda: now[0])
    async with running(slack) as house:
        view = {"type": "modal", "title": {"type": "plain_text", "text": "Run"}, "blocks": []}
        early, late = slack.parts.triggers.issue(ANA), slack.parts.triggers.issue(ANA)
        now[0] = 3.0
        assert (await house.client.views_open(trigger_id=early, view=view))["ok"]
        now[0] = 3.1
        assert await code(house.client.views_open(trigger_id=late, view=view)) == "expired_trigger_id"
