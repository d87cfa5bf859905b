"""The buttons."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bot.command import AskOwner, ListRuns, Rerun, RunNotebook, TellMeToo, Untrack
from bot.desk.forms import blank, of_key, of_run
from bot.errors import UserError
from bot.render import ids, replies
from bot.render.answers import reopen
from bot.slack.front import Payload

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

    from bot.command import Command
    from bot.render.text import Answer
    from bot.slack.adding import Adding
    from bot.slack.front import Front
    from bot.slack.views import Forms

STALE = "That button is from another time; I can't tell what it belongs to."


def listen(app: AsyncApp, front: Front, forms: Forms, adding: Adding) -> None:
    """Answer the buttons of cards, threads and ephemeral messages."""

    async def only_acknowledge(ack: AsyncAck) -> None:
        await ack()  # the button is a link; Slack opens it

    def on(action_id: str, read: Callable[[str], Command], *, replace: bool = False) -> None:
        async def answer(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any], respond: AsyncRespond) -> None:
            try:
                wanted = read(str(action.get("value") or ""))
            except UserError as error:
                said: Answer | None = replies.mistake(error)
            else:
                said = await front.serve(clicked(body, action), wanted)
            await ack()
            await forms.tell(body, respond, said, replace=replace)

        app.action(action_id)(answer)

    async def edit_and_run(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any], respond: AsyncRespond) -> None:
        await ack()
        value = str(action.get("value") or "")
        trouble = await forms.open(
            body["trigger_id"],
            clicked(body, action),
            lambda caller: (
                of_run(front.desk, caller, number(value)) if value.isdecimal() else blank(front.desk, caller)
            ),
        )
        if trouble:
            await forms.tell(body, respond, reopen(trouble))

    async def open_chosen(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any], respond: AsyncRespond) -> None:
        """The form for a notebook that a link or the catalogue names."""
        await ack()
        value = str(action.get("value") or "")
        key = f"name:{value}" if action.get("action_id") == ids.RUN_FORM else value
        payload = clicked(body, action)
        trouble = await forms.open(body["trigger_id"], payload, lambda caller: of_key(front.desk, caller, key))
        if trouble:
            await forms.tell(body, respond, reopen(trouble))

    async def open_adding(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any], respond: AsyncRespond) -> None:
        await ack()
        await forms.tell(body, respond, await adding.open(body["trigger_id"], clicked(body, action)))

    app.action(ids.OPEN_ADDING)(open_adding)
    app.action(ids.OPEN_NOTEBOOK)(only_acknowledge)
    app.action(ids.RUN_FORM)(open_chosen)
    app.action(ids.RUN_KEY)(open_chosen)
    app.action(ids.EDIT_AND_RUN)(edit_and_run)
    app.action(ids.OPEN_FORM)(edit_and_run)
    on(ids.RUN_AGAIN, lambda value: Rerun(run=number(value)))
    on(
        ids.RUN_ANYWAY,
        lambda value: Rerun(run=number(value.removesuffix(ids.IN_DM)), anyway=True, dm=value.endswith(ids.IN_DM)),
    )
    on(ids.RUN_IN_DM, lambda value: Rerun(run=number(value), dm=True))
    on(ids.UNTRACK, lambda value: Untrack(run=number(value)))
    on(ids.TELL_ME_TOO, lambda value: TellMeToo(run=number(value)))
    on(ids.ASK_OWNER, lambda value: AskOwner(run=number(value)))
    on(ids.RUN_ENTRY, lambda value: RunNotebook(target=value))
    on(ids.OLDER_RUNS, page, replace=True)
    on(ids.NEWER_RUNS, page, replace=True)


def listen_to_the_rest(app: AsyncApp, forms: Forms) -> None:
    """Tell whoever presses a button that nobody listens to any more; must listen last."""

    async def stale(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
        await ack()
        await forms.tell(body, respond, replies.mistake(UserError(STALE, hint="Type `/notebook runs`.")))

    app.action(re.compile(".*"))(stale)


def clicked(body: dict[str, Any], action: dict[str, Any]) -> Payload:
    """Who clicked what, where; the same click within a few seconds has the same key."""
    container, user = body.get("container") or {}, body["user"]
    place = container.get("message_ts") or container.get("view_id") or ""
    return Payload(
        team=user.get("team_id") or (body.get("team") or {}).get("id") or "",
        user=user["id"],
        channel=(body.get("channel") or {}).get("id") or container.get("channel_id") or "",
        key=f"click:{place}:{action.get('action_id')}:{action.get('value') or ''}:{user['id']}",
        reply_url=body.get("response_url", ""),
    )


def page(value: str) -> ListRuns:
    """A page of runs from its button.

    Raises:
        UserError: The button is from another time.
    """
    try:
        return ListRuns.model_validate_json(value)
    except ValueError:
        raise UserError(STALE, hint="Type `/notebook runs`.") from None


def number(value: str) -> int:
    """A run's number from a button.

    Raises:
        UserError: The button is from another time.
    """
    if not value.isdecimal():
        raise UserError(STALE, hint="Type `/notebook runs` to see where things stand.")
    return int(value)
