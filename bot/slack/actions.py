"""The buttons."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import aiohttp
from slack_sdk.errors import SlackClientError

from bot.command import Rerun, RunNotebook, Untrack
from bot.errors import UserError
from bot.render import ids
from bot.slack.front import Payload, spoken

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

    from bot.command import Command
    from bot.slack.front import Front

log = logging.getLogger(__name__)

STALE = "That button is from another time; I can't tell what it belongs to."


def listen(app: AsyncApp, front: Front) -> None:
    """Answer the buttons of cards and ephemeral messages."""

    async def only_acknowledge(ack: AsyncAck) -> None:
        await ack()  # the button is a link; Slack opens it

    def on(action_id: str, read: Callable[[str], Command]) -> None:
        async def answer(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any], respond: AsyncRespond) -> None:
            value = str(action.get("value") or "")
            container = body.get("container") or {}
            user = body["user"]["id"]
            payload = Payload(
                team=body["user"].get("team_id") or (body.get("team") or {}).get("id") or "",
                user=user,
                channel=(body.get("channel") or {}).get("id") or container.get("channel_id") or "",
                key=f"click:{container.get('message_ts', '')}:{action_id}:{value}:{user}",
                reply_url=body.get("response_url", ""),
            )
            said = await front.serve(payload, lambda: read(value))
            await ack()
            if said is not None:
                try:
                    await respond(response_type="ephemeral", replace_original=False, **spoken(said))
                except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
                    log.warning("a click's answer couldn't be told: %s", type(error).__name__)

        app.action(action_id)(answer)

    app.action(ids.OPEN_NOTEBOOK)(only_acknowledge)
    on(ids.RUN_AGAIN, lambda value: Rerun(run=_number(value)))
    on(ids.RUN_IN_DM, lambda value: Rerun(run=_number(value), dm=True))
    on(ids.UNTRACK, lambda value: Untrack(run=_number(value)))
    on(ids.RUN_ENTRY, lambda value: RunNotebook(target=value))


def _number(value: str) -> int:
    if not value.isdecimal():
        raise UserError(STALE, hint="Type `/notebook runs` to see where things stand.")
    return int(value)
