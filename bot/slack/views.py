"""The form: opened at once, filled once its notebook is known, read back when it's submitted."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot import dates, inputs
from bot.command import Address, RunNotebook
from bot.desk import forms as desk_forms
from bot.errors import StoreUnavailable, UserError
from bot.form import Form, Place, digest
from bot.render import forms, ids, replies
from bot.slack import filled
from bot.slack.front import IN_TIME, Payload

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from slack_bolt.async_app import AsyncAck, AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.model import Caller
    from bot.slack.front import Front

log = logging.getLogger(__name__)

TROUBLE: Final = (SlackClientError, aiohttp.ClientError, TimeoutError, OSError)
OFFER_IN_TIME: Final = 2.5
REDRAWN: Final = (ids.FORM_NOTEBOOK, ids.FORM_LAST, ids.FORM_MORE, ids.FORM_PLACE, ids.FORM_VALUE)
CHANGED: Final = "This notebook's inputs have changed since the form was opened. Look them through again."


class Forms:
    """Opens forms, and answers what is done in them.

    Args:
        front: Who asks, and the desk.
        client: Slack.
    """

    def __init__(self, front: Front, client: AsyncWebClient) -> None:
        self._front = front
        self._client = client

    def listen(self, app: AsyncApp) -> None:
        """Answer clicks, typed letters and submissions of the form."""
        for action in (
            ids.FORM_NOTEBOOK,
            ids.FORM_LAST,
            ids.FORM_MORE,
            ids.FORM_PLACE,
            ids.FORM_VALUE,
            ids.FORM_OPTION,
        ):
            app.action(action)(self._changed)
        app.options(ids.FORM_NOTEBOOK)(self._offer_notebooks)
        app.options(ids.FORM_OPTION)(self._offer_options)
        app.view(ids.FORM)(self._submitted)

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
        await self._show(opened["view"]["id"], "", await self._drawn(payload, make))
        return ""

    async def _drawn(self, payload: Payload, make: Callable[[Caller], Awaitable[Form]]) -> dict[str, Any]:
        """The view of the form, or of why there is none."""
        try:
            return forms.form(await make(await self._front.caller(payload)))
        except UserError as error:
            return forms.trouble(replies.mistake(error)[0])
        except StoreUnavailable as error:
            log.warning("the database isn't available: %s", error)
            return forms.trouble(replies.not_saved())
        except Exception:
            code = token_hex(4)
            log.exception("a form failed [%s]", code)
            return forms.trouble(replies.trouble(code))

    async def _show(self, view_id: str, seen: str, view: dict[str, Any]) -> None:
        """Put a view in the place of the one that's open; one that was closed meanwhile stays closed."""
        try:
            await self._client.views_update(view_id=view_id, view=view, **({"hash": seen} if seen else {}))
        except SlackApiError as error:
            word = error.response.get("error")
            log.log(
                logging.INFO if word in ("not_found", "hash_conflict") else logging.WARNING, "views.update: %s", word
            )
        except TROUBLE as error:
            log.warning("views.update: %s", type(error).__name__)

    async def _changed(self, ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        """Something in the form was chosen or pressed: draw it again around what is typed."""
        await ack()
        view = body.get("view") or {}
        if view.get("type") == "home":
            await self._chosen_at_home(body, action)
            return
        if view.get("callback_id") != ids.FORM:
            return
        carried, values = filled.carried(view), filled.state_of(view)
        pressed = action.get("action_id")
        if pressed == ids.FORM_OPTION:
            return
        key = filled.chosen(values) or carried.key
        anew = key != carried.key or pressed == ids.FORM_LAST

        async def make(caller: Caller) -> Form:
            if not key:
                return await desk_forms.blank(self._front.desk, caller)
            form = await desk_forms.of_key(self._front.desk, caller, key, last=pressed == ids.FORM_LAST)
            more = (action.get("value") == "more") if pressed == ids.FORM_MORE else carried.more
            generation = carried.generation + 1 if anew else carried.generation
            form = form.model_copy(
                update={"more": more, "generation": generation, "place": filled.place_of(values, form.place)}
            )
            return form if anew else form.model_copy(update={"hints": _hints(form, values, caller)})

        view_now = await self._drawn(_payload(body, view, carried.origin), make)
        await self._show(view["id"], view.get("hash", ""), view_now)

    async def _chosen_at_home(self, body: dict[str, Any], action: dict[str, Any]) -> None:
        key = str((action.get("selected_option") or {}).get("value") or "")
        payload = _payload(body, {}, "")
        trouble = await self.open(
            body["trigger_id"], payload, lambda caller: desk_forms.of_key(self._front.desk, caller, key)
        )
        if trouble:
            log.warning("the Home's form couldn't be opened")  # a Home has no address to answer to

    async def _offer_notebooks(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        view = body.get("view") or {}
        try:
            async with asyncio.timeout(OFFER_IN_TIME):
                caller = await self._front.caller(_payload(body, view, filled.carried(view).origin))
                found = await desk_forms.choices(self._front.desk, caller, str(body.get("value") or ""))
            await ack(**forms.choices(found))
        except (UserError, StoreUnavailable, TimeoutError) as error:
            log.info("no notebooks could be offered: %s", error)
            await ack(options=[])

    async def _offer_options(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """A select of more than a hundred options offers them as letters are typed."""
        view = body.get("view") or {}
        carried = filled.carried(view)
        place = str(body.get("block_id") or "").rsplit(":", 1)[-1]
        try:
            async with asyncio.timeout(OFFER_IN_TIME):
                caller = await self._front.caller(_payload(body, view, carried.origin))
                form = await desk_forms.of_key(
                    self._front.desk, caller, filled.chosen(filled.state_of(view)) or carried.key
                )
        except (UserError, StoreUnavailable, TimeoutError) as error:
            log.info("no options could be offered: %s", error)
            await ack(options=[])
            return
        specs = form.specs or ()
        known = place.isdecimal() and int(place) < len(specs)
        await ack(**forms.option_choices(specs[int(place)], str(body.get("value") or "")) if known else {"options": []})

    async def _submitted(self, ack: AsyncAck, body: dict[str, Any], view: dict[str, Any]) -> None:
        """Errors appear on their field; a form that is in order closes, and its card appears."""
        try:
            async with asyncio.timeout(IN_TIME):
                answer = await self._carried_out(body, view)
        except UserError as error:
            answer = _errors({"notebook": _sentence(error)})
        except StoreUnavailable as error:
            log.warning("the database isn't available: %s", error)
            answer = _errors({"notebook": replies.not_saved()})
        except TimeoutError:
            answer = _errors({"notebook": replies.too_slow("/notebook").replace("`", "")})
        except Exception:
            code = token_hex(4)
            log.exception("a form failed [%s]", code)
            answer = _errors({"notebook": replies.trouble(code).replace("`", "")})
        await ack(**answer)

    async def _carried_out(self, body: dict[str, Any], view: dict[str, Any]) -> dict[str, Any]:
        desk = self._front.desk
        carried, values = filled.carried(view), filled.state_of(view)
        caller = await self._front.caller(_payload(body, view, carried.origin))
        key = filled.chosen(values) or carried.key
        if not key:
            return _errors({"notebook": "Choose a notebook first."})
        form = await desk_forms.of_key(desk, caller, key)
        form = form.model_copy(update={"generation": carried.generation, "more": carried.more})
        if key != carried.key or digest(form.specs) != carried.inputs:
            anew = {"generation": carried.generation + 1, "note": CHANGED, "place": filled.place_of(values, form.place)}
            return {"response_action": "update", "view": forms.form(form.model_copy(update=anew))}
        said = filled.read(form, values)
        wrong = _faults(form, said, caller)
        if wrong:
            return _errors(wrong)
        if said.place is Place.CHANNEL and not said.channel:
            return _errors({"place_channel": "Choose a channel."})
        await desk.carry_out(_command(form, said), caller)
        return {}


def _command(form: Form, said: filled.Filled) -> RunNotebook:
    target: Address | str = form.name or ""
    if form.name is None and form.notebook is not None:
        target = Address(notebook=form.notebook, url=form.url, title=form.title)
    return RunNotebook(
        target=target,
        inputs=said.inputs,
        options=form.options if said.options is None else said.options,
        dm=said.place is Place.DM,
        channel=said.channel if said.place is Place.CHANNEL else None,
    )


def _faults(form: Form, said: filled.Filled, caller: Caller) -> dict[str, str]:
    """What is wrong, by block id."""
    named = {spec.name for spec in form.specs or ()}
    closed = form.specs is not None and form.notebook is not None and form.notebook.platform.value == "deepnote"
    checked = said.inputs if closed else {name: value for name, value in said.inputs.items() if name in named}
    found = inputs.faults(checked, form.specs, _today(caller))
    wrong = {filled.block_of(form, name): _sentence(error) for name, error in found.items()}
    if said.unread:
        wrong[f"extra:{form.generation}"] = f"This line isn't name=value: {said.unread[0][:100]}"
    return wrong


def _hints(form: Form, values: Mapping[str, Mapping[str, Any]], caller: Caller) -> dict[str, str]:
    """What the words that are typed for dates become."""
    found = {}
    for name, value in filled.read(form, values).inputs.items():
        kind = next((spec.type for spec in form.specs or () if spec.name == name), "")
        if kind == "date" and isinstance(value, str):
            day = dates.resolve(value, _today(caller))
            if day is not None and day != value:
                found[name] = f"{value} is {day}"
    return found


def _today(caller: Caller) -> Any:
    try:
        return datetime.now(ZoneInfo(caller.person.tz)).date()
    except (ZoneInfoNotFoundError, ValueError):
        return datetime.now(UTC).date()


def _payload(body: Mapping[str, Any], view: Mapping[str, Any], origin: str) -> Payload:
    user = body["user"]
    return Payload(
        team=user.get("team_id") or (body.get("team") or {}).get("id") or "",
        user=user["id"],
        channel=origin,
        key=f"view:{view.get('id', '')}",
    )


def _errors(found: Mapping[str, str]) -> dict[str, Any]:
    return {"response_action": "errors", "errors": {block: words[:2000] for block, words in found.items()}}


def _sentence(error: UserError) -> str:
    return f"{error.text} {error.hint}".strip().replace("`", "")
