"""The composite server: a free port, what others put on it, levers over HTTP, and a clean end."""

import socket

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncAck

from bot.sandbox.server import Sandbox
from bot.sandbox.slack import SlackStandIn
from tests.sandbox.slack.conftest import MANIFEST, House, running


async def test_others_can_put_their_stand_ins_on_the_same_port() -> None:
    async def hello(_request: web.Request) -> web.Response:
        return web.Response(text="a notebook")

    def put_on(app: web.Application) -> None:
        app.router.add_get("/datalore/hello", hello)

    async with (
        running(SlackStandIn(MANIFEST), extras=[put_on]) as house,
        aiohttp.ClientSession() as session,
        session.get(f"{house.slack.base_url}/datalore/hello") as reply,
    ):
        assert await reply.text() == "a notebook"


async def test_a_port_that_is_taken_is_an_error() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="address already in use"):
            await Sandbox(SlackStandIn(MANIFEST)).start(port=taken.getsockname()[1])


async def test_closing_ends_streams_and_sockets() -> None:
    slack = SlackStandIn(MANIFEST)
    sandbox = Sandbox(slack)
    base = await sandbox.start()
    async with aiohttp.ClientSession() as session:
        stream = await session.get(f"{base}/page/events")
        assert stream.status == 404  # nobody's events
        stream = await session.get(f"{base}/page/events", params={"as": "ana"})
        await slack.wait_for(lambda: slack.page._viewers)
        await sandbox.close()
        assert b"hello" in await stream.read()


async def test_sockets_have_their_levers_over_http(house: House) -> None:
    app = house.app()

    @app.command("/notebook")
    async def notebook(ack: AsyncAck) -> None:
        await ack()

    await house.connect(app)
    seen = list(house.slack.sockets.connections)

    def is_fresh() -> bool:
        return any(each not in seen for each in house.slack.sockets.connections)

    url = f"{house.slack.base_url}/slack/sockets"
    async with aiohttp.ClientSession() as session:
        for do in ("refresh", "drop"):
            async with session.post(url, json={"do": do}) as reply:
                assert await reply.json() == {"ok": True}
            await house.slack.wait_for(is_fresh, 15)
            seen += house.slack.sockets.connections
        async with session.post(url, json={"do": "explode"}) as reply:
            assert reply.status == 400
        async with session.post(url, json={"do": "duplicate"}) as reply:
            assert reply.status == 200
        assert (await house.slack.say("ana", "data", "/notebook help")).ok
        async with session.get(f"{house.slack.base_url}/slack/deliveries") as reply:
            [delivery] = (await reply.json())["deliveries"]
    assert delivery["kind"] == "slash_commands"
    assert delivery["acked_after"] < 3
    assert house.slack.sockets.connections[0].received == 2


async def test_an_eleventh_connection_is_turned_away(house: House) -> None:
    async with aiohttp.ClientSession() as session:
        sockets = []
        for _ in range(11):
            opened = await house.client.apps_connections_open(app_token="xapp-sandbox")
            sockets.append(await session.ws_connect(opened["url"]))
        last = await sockets[-1].receive_json()
        assert (last["type"], last["reason"]) == ("disconnect", "too_many_websockets")
        assert (await sockets[0].receive_json())["num_connections"] == 1
        assert (await sockets[9].receive_json())["num_connections"] == 10
