"""The page's contract: what the browser asks, and the news it gets."""

import json
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncAck, AsyncRespond

from bot.sandbox.slack.workspace import ANA, BEN, BOT, DATA, FINANCE, GUS, LEADERS
from tests.sandbox.slack.conftest import House, buttons, section


class Browser:
    """Somebody's browser, by its requests."""

    def __init__(self, session: aiohttp.ClientSession, me: str) -> None:
        self.session, self.me = session, me

    async def get(self, path: str, **params: str) -> Any:
        async with self.session.get(f"/page/{path}", params={"as": self.me, **params}) as reply:
            return await reply.json()

    async def post(self, path: str, **body: Any) -> Any:
        async with self.session.post(f"/page/{path}", json={"as": self.me, **body}) as reply:
            return await reply.json()

    async def texts(self, channel: str = DATA) -> list[str]:
        found = await self.get("messages", channel=channel)
        return [each["text"] for each in found["messages"]]


async def browser(house: House, me: str) -> Browser:
    """A browser that acts as this person."""
    session = await house.open.enter_async_context(aiohttp.ClientSession(house.slack.base_url))
    return Browser(session, me)


async def test_the_state_is_one_persons_view(house: House) -> None:
    ana, gus = await browser(house, ANA), await browser(house, GUS)
    state = await ana.get("state")
    assert state["workspace"] == {"id": "T0NORTHWND", "name": "Northwind"}
    assert [(each["handle"], each["role"]) for each in state["people"]] == [
        ("ana", "admin"),
        ("ben", "member"),
        ("gus", "guest"),
    ]
    assert state["bot"] == {"user_id": BOT, "name": "Threadbook", "connected": False, "connections": 0}
    kinds = {each["name"]: (each["kind"], each["bot_in"]) for each in state["channels"]}
    assert kinds == {
        "general": ("public", False),
        "data": ("public", True),
        "finance": ("private", True),
        "leaders": ("private", False),
        "Threadbook": ("im", True),
    }
    assert {each["command"] for each in state["commands"]} == {"/notebook", "/datalore", "/deepnote"}
    assert [each["name"] for each in (await gus.get("state"))["channels"]] == ["data", "Threadbook"]


async def test_nobody_in_particular_is_ana(house: House) -> None:
    nobody = await browser(house, "")
    assert (await nobody.get("state"))["me"] == ANA


async def test_messages_are_counted_until_they_are_read(house: House) -> None:
    ana, ben = await browser(house, ANA), await browser(house, BEN)
    assert await ana.post("say", channel=DATA, text="Morning @ben") == {"ok": True}
    unread = {each["id"]: each["unread"] for each in (await ben.get("state"))["channels"]}
    assert unread[DATA] == 1
    assert await ben.texts() == ["Morning <@U0BENOKAFR>"]
    unread = {each["id"]: each["unread"] for each in (await ben.get("state"))["channels"]}
    assert unread[DATA] == 0


async def test_a_thread_is_read_on_its_own(house: House) -> None:
    ana = await browser(house, ANA)
    root = (await house.client.chat_postMessage(channel=DATA, text="Card"))["ts"]
    await house.client.chat_postMessage(channel=DATA, text="Queued", thread_ts=root)
    await ana.post("say", channel=DATA, text="Thanks", thread_ts=root)
    assert await ana.texts() == ["Card"]
    messages = (await ana.get("thread", channel=DATA, ts=root))["messages"]
    assert [each["text"] for each in messages] == ["Card", "Queued", "Thanks"]
    assert messages[0]["reply_count"] == 2
    assert messages[0]["reply_users"] == [BOT, ANA]
    assert messages[0]["latest_reply"] == messages[2]["ts"]


@pytest.mark.parametrize(
    ("text", "thread", "words"),
    [
        ("/foo", None, "`/foo` is not a valid command."),
        ("/notebook help", None, "/notebook failed because the app did not respond."),
        ("hello", "1.000001", "This thread is gone."),
        ("/notebook help", "1.000001", "/notebook is not supported in threads. Sorry!"),
        ("/invite @Threadbook", None, "Threadbook is already in this channel."),
        ("/invite @mia", None, "Nobody is called @mia."),
    ],
)
async def test_what_cannot_be_said_is_told_in_slacks_words(
    house: House, text: str, thread: str | None, words: str
) -> None:
    ana = await browser(house, ANA)
    answer = await ana.post("say", channel=DATA, text=text, thread_ts=thread)
    assert (answer["ok"], answer["text"]) == (False, words)


async def test_channels_that_one_cannot_see_are_not_there(house: House) -> None:
    ben, gus = await browser(house, BEN), await browser(house, GUS)
    assert (await ben.get("messages", channel=FINANCE))["error"] == "channel_not_found"
    assert (await gus.post("say", channel=LEADERS, text="hi"))["error"] == "channel_not_found"


async def test_a_button_on_an_ephemeral_message_can_be_clicked(house: House) -> None:
    app, bodies = house.app(), []

    @app.action("dm")
    async def dm(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
        await ack()
        bodies.append(body)
        await respond(delete_original=True)

    await house.connect(app)
    ana, ben = await browser(house, ANA), await browser(house, BEN)
    await house.client.chat_postEphemeral(channel=DATA, user=ANA, text="Here?", blocks=[buttons("dm")])
    [shown] = (await ana.get("messages", channel=DATA))["messages"]
    assert shown["ephemeral"]
    action = {"type": "button", "block_id": "row", "action_id": "dm"}
    mistaken = await ben.post("act", channel=DATA, message_ts=shown["ts"], action=action)
    assert mistaken["ok"] is False
    assert await ana.post("act", channel=DATA, message_ts=shown["ts"], action=action) == {"ok": True}
    await house.slack.wait_for(lambda: house.slack.messages("data", as_="ana") == [])
    assert "message" not in bodies[0]
    assert bodies[0]["container"]["is_ephemeral"]


async def test_a_menu_sends_only_what_it_offers(house: House) -> None:
    app, picked = house.app(), []

    @app.action("more")
    async def more(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        picked.append(body["actions"][0]["selected_option"]["value"])

    await house.connect(app)
    options = [{"text": {"type": "plain_text", "text": word}, "value": word} for word in ("stop", "show")]
    menu = {"type": "overflow", "action_id": "more", "options": options}
    card = section("Card") | {"block_id": "head", "accessory": menu}
    ts = (await house.client.chat_postMessage(channel=DATA, text="Card", blocks=[card]))["ts"]
    ana = await browser(house, ANA)
    action = {"type": "overflow", "block_id": "head", "action_id": "more"}
    for value, ok in (("show", True), ("delete everything", False)):
        chosen = action | {"selected_option": {"value": value}}
        assert (await ana.post("act", channel=DATA, message_ts=ts, action=chosen))["ok"] is ok
    assert picked == ["show"]


async def test_an_external_menu_asks_the_app(house: House) -> None:
    app, picked = house.app(), []

    @app.options("which")
    async def which(ack: AsyncAck, payload: dict[str, Any]) -> None:
        words = [f"{payload['value']} {number}" for number in (1, 2)]
        await ack(options=[{"text": {"type": "plain_text", "text": each}, "value": each} for each in words])

    @app.action("which")
    async def chosen(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        picked.append(body)

    await house.connect(app)
    menu = {"type": "external_select", "action_id": "which", "min_query_length": 2}
    day = {"type": "datepicker", "action_id": "day", "initial_date": "2026-10-01"}
    row = {"type": "actions", "block_id": "row", "elements": [menu, day]}
    ts = (await house.client.chat_postMessage(channel=DATA, text="Card", blocks=[row]))["ts"]
    ana = await browser(house, ANA)
    asked = {"channel": DATA, "message_ts": ts, "block_id": "row", "action_id": "which"}
    assert await ana.post("suggest", **asked, value="k") == {"options": []}
    offered = (await ana.post("suggest", **asked, value="kpi"))["options"]
    assert [each["value"] for each in offered] == ["kpi 1", "kpi 2"]
    action = {"type": "external_select", "block_id": "row", "action_id": "which", "selected_option": offered[1]}
    seen = {"row": {"day": {"type": "datepicker", "selected_date": "2026-11-02"}}}
    for state, date in (({}, "2026-10-01"), ({"values": seen}, "2026-11-02")):
        await ana.post("act", channel=DATA, message_ts=ts, action=action, state=state)
        values = picked[-1]["state"]["values"]["row"]
        assert values["which"]["selected_option"]["value"] == "kpi 2"
        assert values["day"] == {"type": "datepicker", "selected_date": date}


async def test_files_come_with_their_type(house: House) -> None:
    await house.client.files_upload_v2(channel=DATA, filename="plot.png", file=b"\x89PNG")
    ana = await browser(house, ANA)
    [message] = (await ana.get("messages", channel=DATA))["messages"]
    [file] = message["files"]
    assert (file["name"], file["mimetype"], file["size"]) == ("plot.png", "image/png", 4)
    async with ana.session.get(file["url"]) as reply:
        assert (await reply.read(), reply.content_type) == (b"\x89PNG", "image/png")


async def test_news_reach_those_whom_they_concern(house: House) -> None:
    ana, ben = await browser(house, ANA), await browser(house, BEN)
    async with (
        ana.session.get("/page/events", params={"as": ANA}) as hers,
        ben.session.get("/page/events", params={"as": BEN}) as his,
    ):
        await house.slack.wait_for(lambda: len(house.slack.page._viewers) == 2)
        await house.client.chat_postMessage(channel=FINANCE, text="Only in finance")
        await house.client.chat_postEphemeral(channel=DATA, user=ANA, text="Only for Ana")
        ts = (await house.client.chat_postMessage(channel=DATA, text="For all"))["ts"]
        await house.client.chat_update(channel=DATA, ts=ts, text="For all, edited")
        await house.client.chat_delete(channel=DATA, ts=ts)
        handlers = await house.connect(house.app())
        await handlers[0].close_async()  # type: ignore[no-untyped-call]
        assert await _heard(his, 5) == ["message For all", "changed For all, edited", "deleted", "bot", "bot"]
        assert (await _heard(hers, 3))[:2] == ["message Only in finance", "message Only for Ana"]


async def _heard(stream: aiohttp.ClientResponse, count: int) -> list[str]:
    found: list[str] = []
    async for line in stream.content:
        if line.startswith(b"data: "):
            news = json.loads(line[6:])
            found.append(f"{news['type']} {news.get('message', {}).get('text', '')}".strip())
        if len(found) == count:
            break
    return found


async def test_the_page_itself_is_served(house: House) -> None:
    ana = await browser(house, ANA)
    async with ana.session.get("/") as reply:
        assert (reply.status, reply.content_type) == (200, "text/html")


async def test_a_messages_own_address_leads_to_its_thread(house: House) -> None:
    ts = (await house.client.chat_postMessage(channel=DATA, text="Card"))["ts"]
    address = (await house.client.chat_getPermalink(channel=DATA, message_ts=ts))["permalink"]
    ana = await browser(house, ANA)
    async with ana.session.get(str(address), allow_redirects=False) as reply:
        assert reply.headers["Location"] == f"/?channel={DATA}&thread={ts}"
