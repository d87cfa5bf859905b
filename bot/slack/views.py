"""The form: opened at once, filled once its notebook is known, drawn again around what is typed."""

from __future__ import annotations

import asyncio
import logging
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Final

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.desk import forms as desk_forms
from bot.desk import offers
from bot.errors import StoreUnavailable, UserError
from bot.form import digest
from bot.render import fields, forms, ids, replies
from bot.render.answers import reopen
from bot.slack import filled
from bot.slack.front import Payload, whisper
from bot.slack.submitted import changed, of_carried, submitted

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.form import Form
    from bot.model import Caller
    from bot.render.text import Answer
    from bot.slack.front import Front

    Tell = Callable[[str, Answer], Awaitable[None]]

log = logging.getLogger(__name__)

TROUBLE: Final = (SlackClientError, aiohttp.ClientError, TimeoutError, OSError)
OFFER_IN_TIME: Final = 2.5
CLOSED: Final = frozenset({"not_found", "hash_conflict", "view_not_found"})
"""Slack's words for a form that was closed meanwhile, or drawn again."""
REDRAW: Final = (ids.FORM_NOTEBOOK, ids.FORM_LAST, ids.FORM_MORE, ids.FORM_PLACE, ids.FORM_VALUE)


class Forms:
    """Opens forms, and answers what is done in them.

    Args:
        front: Who asks, and the desk.
        client: Slack.
        tell: Tells somebody a thing in our DM, where there is no better place.
    """

    def __init__(self, front: Front, client: AsyncWebClient, tell: Tell) -> None:
        self._front = front
        self._client = client
        self._tell = tell

    def listen(self, app: AsyncApp) -> None:
        """Answer clicks, typed letters and submissions of the form."""
        for action in REDRAW:
            app.action(action)(self._changed)
        app.action(ids.FORM_OPTION)(_only_acknowledge)
        app.options(ids.FORM_NOTEBOOK)(self._offer_notebooks)
        app.options(ids.FORM_OPTION)(self._offer_options)
        app.view(ids.FORM)(self._submitted)
        app.view(ids.FORM_ANYWAY)(self._submitted)

    async def open(self, trigger_id: str, payload: Payload, make: Callable[[Caller], Awaitable[Form]]) -> str:
        """Open the form: a loading view at once, within the trigger's three seconds; then what the desk makes.

        Returns:
            What to tell the person where no form could be opened; else nothing.
        """
        try:
            opened = await self._client.views_open(trigger_id=trigger_id, view=forms.loading())
        except SlackApiError as error:
            log.warning("views.open: %s", error.response.get("error"))
            return replies.no_form()
        except TROUBLE as error:
            log.warning("views.open: %s", type(error).__name__)
            return replies.no_form()
        view_id = opened["view"]["id"]
        if not await self._show(view_id, "", await self._drawn(payload, make)):
            # What says "One moment" must not stand there for ever.
            await self._show(view_id, "", forms.words((replies.form_refused(), [])))
        return ""

    async def tell(
        self, body: Mapping[str, Any], respond: AsyncRespond, said: Answer | None, *, replace: bool = False
    ) -> None:
        """Answer a click where it was made: beside the message, in the form, or for want of a place in our DM."""
        view = body.get("view") or {}
        if said is None:
            return
        if body.get("response_url"):
            await whisper(respond, said, replace=replace)
        elif view.get("type") == "modal":
            await self._show(view["id"], view.get("hash", ""), forms.words(said))
        else:
            await self._tell(body["user"]["id"], said)

    async def _drawn(self, payload: Payload, make: Callable[[Caller], Awaitable[Form]]) -> dict[str, Any]:
        """The view of the form, or of why there is none."""
        try:
            caller = await self._front.caller(payload)
            return forms.form(desk_forms.with_hints(self._front.desk, caller, await make(caller)))
        except UserError as error:
            return forms.words(replies.mistake(error))
        except StoreUnavailable as error:
            log.warning("the database isn't available: %s", error)
            return forms.words((replies.not_saved(error), []))
        except Exception:
            code = token_hex(4)
            log.exception("a form failed [%s]", code)
            return forms.words((replies.trouble(code), []))

    async def _show(self, view_id: str, seen: str, view: dict[str, Any]) -> bool:
        """Put a view in the place of the one that's open; one that was closed meanwhile stays closed.

        Returns:
            False where Slack should have shown it and didn't.
        """
        try:
            await self._client.views_update(view_id=view_id, view=view, **({"hash": seen} if seen else {}))
        except SlackApiError as error:
            word = error.response.get("error")
            log.log(logging.INFO if word in CLOSED else logging.WARNING, "views.update: %s", word)
            return word in CLOSED
        except TROUBLE as error:
            log.warning("views.update: %s", type(error).__name__)
            return False
        return True

    async def _changed(
        self, ack: AsyncAck, body: dict[str, Any], action: dict[str, Any], respond: AsyncRespond
    ) -> None:
        """Something in the form was chosen or pressed: draw it again around what is typed."""
        await ack()
        view = body.get("view") or {}
        if view.get("type") == "home":
            await self._chosen_at_home(body, action, respond)
        elif view.get("callback_id") == ids.FORM:
            payload = of_view(body, filled.carried(view).origin)
            redrawn = await self._drawn(payload, lambda caller: self._again(caller, view, action))
            await self._show(view["id"], view.get("hash", ""), redrawn)

    async def _again(self, caller: Caller, view: Mapping[str, Any], action: Mapping[str, Any]) -> Form:
        """The form after something was done in it."""
        desk, carried, values = self._front.desk, filled.carried(view), filled.state_of(view)
        pressed, key = action.get("action_id"), filled.chosen(values) or carried.key
        if not key:
            return await desk_forms.blank(desk, caller, only=carried.only)
        if key != carried.key:
            form = await desk_forms.of_key(desk, caller, key)
            return form.model_copy(update={"generation": carried.generation + 1, "only": carried.only})
        if pressed == ids.FORM_LAST:
            last = str(action.get("value") or "")
            run = int(last) if last.isdecimal() else None
            form = await desk_forms.of_key(desk, caller, key, run=run, drawn=carried.inputs)
            place = filled.place_of(values, form.place)
            anew = {"generation": carried.generation + 1, "place": place, "only": carried.only}
            return form.model_copy(update={**anew, "more": form.more or carried.more})
        form = await of_carried(desk, caller, carried)
        if digest(form.specs) != carried.inputs:
            return changed(desk, form, carried, values)
        form = form.model_copy(update={"place": filled.place_of(values, form.place)})
        if pressed == ids.FORM_MORE:
            form = form.model_copy(update={"more": True})
        return filled.shown(form, values)

    async def _chosen_at_home(self, body: dict[str, Any], action: dict[str, Any], respond: AsyncRespond) -> None:
        key = str((action.get("selected_option") or {}).get("value") or "")
        if not key:
            return
        desk = self._front.desk
        trouble = await self.open(
            body["trigger_id"], of_view(body, ""), lambda caller: desk_forms.of_key(desk, caller, key)
        )
        if trouble:
            await self.tell(body, respond, reopen(trouble))

    async def _offer_notebooks(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        carried = filled.carried(body.get("view") or {})
        try:
            async with asyncio.timeout(OFFER_IN_TIME):
                caller = await self._front.caller(of_view(body, carried.origin))
                typed = str(body.get("value") or "")
                found = await offers.choices(self._front.desk, caller, typed, only=carried.only)
            await ack(**forms.choices(found))
        except (UserError, StoreUnavailable, TimeoutError) as error:
            log.info("no notebooks could be offered: %s", error)
            await ack(options=[])

    async def _offer_options(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """A select of more than a hundred options offers them as letters are typed."""
        carried = filled.carried(body.get("view") or {})
        place = str(body.get("block_id") or "").rsplit(":", 1)[-1]
        try:
            async with asyncio.timeout(OFFER_IN_TIME):
                caller = await self._front.caller(of_view(body, carried.origin))
                form = await of_carried(self._front.desk, caller, carried)
        except (UserError, StoreUnavailable, TimeoutError) as error:
            log.info("no options could be offered: %s", error)
            await ack(options=[])
            return
        known = digest(form.specs) == carried.inputs and place.isdecimal() and int(place) < len(form.fields)
        typed = str(body.get("value") or "")
        await ack(**(fields.option_choices(form.fields[int(place)], typed) if known else {"options": []}))

    async def _submitted(self, ack: AsyncAck, body: dict[str, Any], view: dict[str, Any]) -> None:
        """Errors appear on their field; a form that is in order closes, and its card appears."""
        await ack(**await submitted(self._front, body, view))


async def _only_acknowledge(ack: AsyncAck) -> None:
    await ack()  # what is chosen comes with the submission


def of_view(body: Mapping[str, Any], origin: str) -> Payload:
    """Who did something in a view that was opened in this channel."""
    user = body["user"]
    return Payload(
        team=user.get("team_id") or (body.get("team") or {}).get("id") or "", user=user["id"], channel=origin, key=""
    )
