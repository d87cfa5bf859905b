"""The global shortcut "Run a notebook"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.desk.forms import blank
from bot.render import ids
from bot.render.answers import reopen
from bot.slack.front import Payload

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

    from bot.slack.front import Front
    from bot.slack.views import Forms


def listen(app: AsyncApp, front: Front, forms: Forms) -> None:
    """Answer the shortcut: a form with nothing chosen, for only me."""

    async def run_notebook(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
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
            await forms.tell(body, respond, reopen(trouble))

    app.shortcut(ids.RUN_SHORTCUT)(run_notebook)
