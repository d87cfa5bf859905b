"""The form that adds notebooks to the catalogue: opened, offered to, submitted."""

from __future__ import annotations

import asyncio
import logging
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Final

import aiohttp
from slack_sdk.errors import SlackClientError

from bot import links
from bot.command import AddChosen, Address, EntryDetails
from bot.desk import adding as desk_adding
from bot.errors import StoreUnavailable, UserError
from bot.grammar import fixed_name, folded, name_fault
from bot.grammar.verbs import RESERVED
from bot.model import Notebook, Platform
from bot.render import adding, forms, ids, replies
from bot.reply import EntriesAdded
from bot.slack.filled import state_of
from bot.slack.front import IN_TIME, Payload

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slack_bolt.async_app import AsyncAck, AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.links import Hosts
    from bot.render.text import Answer
    from bot.slack.filled import Values
    from bot.slack.front import Front

log = logging.getLogger(__name__)

TROUBLE: Final = (SlackClientError, aiohttp.ClientError, TimeoutError, OSError)
OFFER_IN_TIME: Final = 2.5


class Adding:
    """Adds what is chosen from a list.

    Args:
        front: Who asks, and the desk.
        client: Slack.
        hosts: Whose addresses can be added.
    """

    def __init__(self, front: Front, client: AsyncWebClient, hosts: Hosts) -> None:
        self._front = front
        self._client = client
        self._hosts = hosts

    def listen(self, app: AsyncApp) -> None:
        """Answer typed letters and submissions of the form."""
        app.options(ids.ADD_NOTEBOOKS)(self._offer)
        app.view(ids.ADDING)(self._submitted)

    async def open(self, trigger_id: str, payload: Payload) -> Answer | None:
        """Open the form; what can't be done is said instead."""
        try:
            caller = await self._front.caller(payload)
            await desk_adding.offer(self._front.desk, caller)
            await self._client.views_open(trigger_id=trigger_id, view=adding.form(payload.channel))
        except UserError as error:
            return replies.mistake(error)
        except TROUBLE as error:
            log.warning("views.open: %s", type(error).__name__)
            return replies.no_form(), []
        return None

    async def _offer(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        try:
            async with asyncio.timeout(OFFER_IN_TIME):
                caller = await self._front.caller(_payload(body))
                found = await desk_adding.choices(self._front.desk, caller, str(body.get("value") or ""))
            await ack(**forms.choices(found))
        except (UserError, StoreUnavailable, TimeoutError) as error:
            log.info("no notebooks could be offered: %s", error)
            await ack(options=[])

    async def _submitted(self, ack: AsyncAck, body: dict[str, Any], view: dict[str, Any]) -> None:
        """Errors appear on their field; else what was added takes the form's place."""
        await ack(**await self._carried_out(body, state_of(view)))

    async def _carried_out(self, body: Mapping[str, Any], values: Values) -> dict[str, Any]:
        try:
            async with asyncio.timeout(IN_TIME):
                command, wrong = self._read(values)
                if command is None:
                    return {"response_action": "errors", "errors": wrong}
                said = await self._front.desk.carry_out(command, await self._front.caller(_payload(body)))
        except UserError as error:
            field = adding.NAME if _text(values, adding.NAME) else adding.NOTEBOOKS
            words = f"{error.text} {error.hint}".strip()
        except StoreUnavailable as error:
            log.warning("the database isn't available: %s", error)
            field, words = adding.NOTEBOOKS, replies.not_saved(error)
        except TimeoutError:
            field, words = adding.NOTEBOOKS, "That took too long. /notebook list shows what was added."
        except Exception:
            code = token_hex(4)
            log.exception("adding failed [%s]", code)
            field, words = adding.NOTEBOOKS, replies.trouble(code)
        else:
            if isinstance(said, EntriesAdded):
                return {"response_action": "update", "view": adding.done(said, "/notebook")}
            return {}
        return {"response_action": "errors", "errors": {field: words.replace("`", "")[:2_000]}}

    def _read(self, values: Values) -> tuple[AddChosen | None, dict[str, str]]:
        """What was filled in; or what is wrong with it, by block id."""
        wrong: dict[str, str] = {}
        targets = [
            target
            for each in _value(values, adding.NOTEBOOKS).get("selected_options") or ()
            if (target := _target(each))
        ]
        if link := _text(values, adding.LINK):
            try:
                address = links.read(link, self._hosts)
            except UserError as error:
                wrong[adding.LINK] = f"{error.text} {error.hint}".strip()
            else:
                if address is None:
                    wrong[adding.LINK] = "This isn't the address of a notebook."
                else:
                    targets.append(address)
        elif not targets:
            wrong[adding.NOTEBOOKS] = "Choose a notebook, or paste the address of one below."
        name = folded(_text(values, adding.NAME))
        if name and (fault := name_fault(name, RESERVED)):
            wrong[adding.NAME] = f"{fault} How about {fixed_name(name, RESERVED)}?"
        elif name and len(targets) > 1:
            wrong[adding.NAME] = "One name can't be that of several notebooks: leave this empty, or choose one of them."
        if wrong:
            return None, wrong
        details = EntryDetails(
            describe=" ".join(_text(values, adding.DESCRIBE).split()) or None,
            owner=_value(values, adding.OWNER).get("selected_user") or None,
            channels=tuple(_value(values, adding.CHANNELS).get("selected_conversations") or ()) or None,
            one_at_a_time=bool(_value(values, adding.ALONE).get("selected_options")),
        )
        return AddChosen(targets=tuple(targets), name=name, details=details), {}


def _target(chosen: Mapping[str, Any]) -> Address | None:
    kind, _, rest = str(chosen.get("value") or "").partition(":")
    platform, _, notebook = rest.partition(":")
    if kind != "id" or platform not in list(Platform) or not notebook:
        return None
    title = str((chosen.get("text") or {}).get("text") or "")
    return Address(notebook=Notebook(platform=Platform(platform), id=notebook), title=title)


def _value(values: Values, block: str) -> Mapping[str, Any]:
    found = values.get(block, {})
    return next((value for value in found.values() if isinstance(value, dict)), {})


def _text(values: Values, block: str) -> str:
    return str(_value(values, block).get("value") or "").strip()


def _payload(body: Mapping[str, Any]) -> Payload:
    user, view = body["user"], body.get("view") or {}
    team = user.get("team_id") or (body.get("team") or {}).get("id") or ""
    return Payload(team=team, user=user["id"], channel=view.get("private_metadata") or "", key=f"view:{view.get('id')}")
