"""The slash commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.command import OpenAdding, OpenForm
from bot.desk.forms import blank
from bot.errors import UserError
from bot.grammar import parse
from bot.model import Platform
from bot.render import replies
from bot.render.answers import reopen
from bot.slack.front import Payload, spoken, whisper

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

    from bot.links import Hosts
    from bot.slack.adding import Adding
    from bot.slack.front import Front
    from bot.slack.views import Forms

PLATFORMS = {"/notebook": None, "/datalore": Platform.DATALORE, "/deepnote": Platform.DEEPNOTE}


def listen(app: AsyncApp, front: Front, forms: Forms, adding: Adding, hosts: Hosts) -> None:
    """Answer the three slash commands."""

    async def answer(ack: AsyncAck, command: dict[str, Any], respond: AsyncRespond) -> None:
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
        try:
            wanted = parse(text, platform=PLATFORMS[name], hosts=hosts, command=name)
        except UserError as error:
            await ack(**spoken(replies.mistake(error)))
            return
        if isinstance(wanted, OpenAdding):
            await ack()
            await whisper(respond, await adding.open(command["trigger_id"], payload))
            return
        if not isinstance(wanted, OpenForm):
            await ack(**spoken(await front.serve(payload, wanted)))
            return
        await ack()
        only = wanted.platform
        trouble = await forms.open(command["trigger_id"], payload, lambda caller: blank(front.desk, caller, only=only))
        if trouble:
            await whisper(respond, reopen(trouble))

    for name in PLATFORMS:
        app.command(name)(answer)
