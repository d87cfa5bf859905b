"""The slash commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.grammar import parse
from bot.model import Platform
from bot.slack.front import Payload, spoken

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncAck, AsyncApp

    from bot.links import Hosts
    from bot.slack.front import Front

PLATFORMS = {"/notebook": None, "/datalore": Platform.DATALORE, "/deepnote": Platform.DEEPNOTE}


def listen(app: AsyncApp, front: Front, hosts: Hosts) -> None:
    """Answer the three slash commands."""

    async def answer(ack: AsyncAck, command: dict[str, Any]) -> None:
        name = command["command"]
        payload = Payload(
            team=command["team_id"],
            user=command["user_id"],
            channel=command["channel_id"],
            key=f"command:{command['trigger_id']}",
            reply_url=command.get("response_url", ""),
            command=name,
        )
        text = command.get("text") or ""
        said = await front.serve(payload, lambda: parse(text, platform=PLATFORMS[name], hosts=hosts, command=name))
        await ack(**spoken(said))

    for name in PLATFORMS:
        app.command(name)(answer)
