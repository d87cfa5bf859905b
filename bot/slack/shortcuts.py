"""The global shortcut "Run a notebook"."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from bot.desk.forms import blank
from bot.render import ids
from bot.slack.front import Payload

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncAck, AsyncApp

    from bot.slack.front import Front
    from bot.slack.views import Forms

log = logging.getLogger(__name__)


def listen(app: AsyncApp, front: Front, forms: Forms) -> None:
    """Answer the shortcut: a form with nothing chosen, for only me."""

    async def run_notebook(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        user = body["user"]
        payload = Payload(
            team=user.get("team_id") or (body.get("team") or {}).get("id") or "",
            user=user["id"],
            channel="",
            key=f"shortcut:{body['trigger_id']}",
        )
        trouble = await forms.open(body["trigger_id"], payload, lambda caller: blank(front.desk, caller))
        if trouble:
            log.warning("the shortcut's form couldn't be opened")  # a shortcut has no address to answer to

    app.shortcut(ids.RUN_SHORTCUT)(run_notebook)
