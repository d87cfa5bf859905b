"""A Bolt app that opens a view, and keeps what it gets."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.async_app import AsyncAck

from bot.sandbox.slack import SlackStandIn
from bot.sandbox.slack.views import View
from tests.sandbox.slack.conftest import House, manifest_with, running

Json = dict[str, Any]
ANYTHING = re.compile("")


class Stage:
    """Ana types `/notebook`, and the app opens `view` for her; `bodies` are what it got since, oldest first."""

    def __init__(self, house: House, app: AsyncApp) -> None:
        self.house, self.slack, self.app = house, house.slack, app
        self.view: Json = {}
        self.answer: Json = {}
        self.bodies: list[Json] = []

    async def opens(self, view: Json, channel: str = "data") -> View:
        """Let Ana open this view."""
        self.view = view
        assert (await self.slack.say("ana", channel, "/notebook")).ok
        return await self.slack.sees("ana", view["title"]["text"])

    @property
    def last(self) -> Json:
        """What came last."""
        return self.bodies[-1]

    @property
    def values(self) -> Json:
        """`state.values` of what came last."""
        found: Json = self.last["view"]["state"]["values"]
        return found

    async def keep(self, ack: AsyncAck, body: Json) -> None:
        """Keep what came, and answer a submission with `answer`."""
        self.bodies.append(body)
        await ack(**(self.answer if body["type"] == "view_submission" else {}))


@asynccontextmanager
async def staged(**more: Any) -> AsyncIterator[Stage]:
    """A stage; arguments go to the stand-in."""
    slack = SlackStandIn(more.pop("manifest", manifest_with(home=True)), **more)
    async with running(slack) as house:
        app = house.app()
        stage = Stage(house, app)

        @app.command("/notebook")
        async def notebook(ack: AsyncAck, body: Json) -> None:
            await ack()
            await house.client.views_open(trigger_id=body["trigger_id"], view=stage.view)

        for listen in (app.view_submission, app.view_closed, app.block_action, app.shortcut):
            listen(ANYTHING)(stage.keep)
        await house.connect(app)
        yield stage
