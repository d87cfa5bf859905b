"""Events: mentions, which are commands where slash commands don't reach; the Home tab; links that unfold."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, Final

from bot import links
from bot.desk import forms as desk_forms
from bot.desk import telling
from bot.errors import StoreUnavailable, UserError
from bot.grammar import parse, without_mention
from bot.render import home
from bot.render.unfurl import unfurl
from bot.slack.front import Payload, spoken
from bot.slack.speech import SlackLater, SlackNo, Speech

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_bolt.async_app import AsyncApp, AsyncBoltContext
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.command import Command
    from bot.links import Hosts
    from bot.render.text import Answer
    from bot.slack.budget import Budget
    from bot.slack.front import Front

log = logging.getLogger(__name__)

MENTION: Final = "@Threadbook"
ANSWER: Final = "threadbook_answer"
"""Where Bolt's context of a mention has its payload, and what to tell."""
HOME_EVERY: Final = 0.5
MOST_LINKS: Final = 5
"""Addresses of one message that unfold."""
NEXT: Final = 2
"""The urgency of what answers somebody who is waiting: after ends and cards."""


class Events:
    """Answers what Slack tells by events.

    Args:
        front: Who asks, and the desk.
        client: Slack.
        budget: The workspace's.
        hosts: Whose addresses are notebooks'.
    """

    def __init__(self, front: Front, client: AsyncWebClient, budget: Budget, hosts: Hosts) -> None:
        self._front = front
        self._speech = Speech(client, budget)
        self._hosts = hosts

    def listen(self, app: AsyncApp) -> None:
        """Answer mentions, opened Homes and shared links."""
        app.event("app_mention", middleware=[self._mentioned])(self._answer)
        app.event("app_home_opened")(self._home_opened)
        app.event("link_shared")(self._link_shared)

    async def _mentioned(
        self,
        body: dict[str, Any],
        event: dict[str, Any],
        context: AsyncBoltContext,
        next: Callable[[], Awaitable[None]],  # noqa: A002, Bolt's name for it
    ) -> None:
        """Carry it out. Bolt acknowledges an event before its listener runs, but after this: that means saved."""
        if event.get("user") and not event.get("bot_id"):
            payload = _payload(body, event)
            said = await self._front.serve(payload, self._read(event, str(context.bot_user_id or "")))
            context[ANSWER] = payload, said
        await next()

    async def _answer(self, event: dict[str, Any], context: AsyncBoltContext) -> None:
        # A mention brings no trigger that could open a form; what it offers instead has a button that does.
        payload, said = context.get(ANSWER, (None, None))
        if payload is not None:
            await self._whisper(payload, event.get("thread_ts"), said)

    async def _read(self, event: dict[str, Any], bot_user: str) -> Command:
        run = None
        if event.get("thread_ts"):
            found = await self._front.desk.store.requests.by_card(
                self._front.workspace, event["channel"], event["thread_ts"]
            )
            run = found.number if found else None
        text = without_mention(event.get("text") or "", bot_user)
        return parse(text, hosts=self._hosts, run=run, command=MENTION)

    async def _whisper(self, payload: Payload, thread: str | None, said: Answer | None) -> None:
        """Tell the person alone, where they asked."""
        if said is None:
            return
        arguments: dict[str, Any] = {"channel": payload.channel, "user": payload.user, **spoken(said)}
        if thread:
            arguments["thread_ts"] = thread
        await self._say("chat.postEphemeral", **arguments)

    async def tell(self, user: str, said: Answer) -> None:
        """Tell somebody a thing in our DM."""
        await self._say("chat.postMessage", channel=user, **spoken(said))

    async def _say(self, method: str, **arguments: Any) -> None:
        """Say it once its turn comes; it isn't said again where that fails, for who waited has seen no answer."""
        await self._speech.budget.take(method, NEXT, str(arguments.get("channel", "")))
        try:
            await self._speech.say(method, **arguments)
        except SlackNo as refusal:
            log.warning("%s: %s", method, refusal.word)
        except SlackLater as error:
            log.warning("%s", error)

    async def _home_opened(self, body: dict[str, Any], event: dict[str, Any]) -> None:
        if event.get("tab") != "home":
            return
        payload = _payload(body, event, channel="")
        try:
            await self._front.desk.store.acts.home_opened(self._front.workspace, payload.user, self._front.desk.now())
        except StoreUnavailable as error:
            log.warning("the database isn't available: %s", error)
        await self.draw_home(payload.user, payload)

    async def draw_home(self, user: str, payload: Payload | None = None) -> None:
        """Publish somebody's Home as it is now."""
        payload = payload or Payload(team=self._front.workspace, user=user, channel="", key="")
        try:
            caller = await self._front.caller(payload)
            if caller.person.guest or caller.person.foreign:
                view = home.refused(guest=caller.person.guest)
            else:
                view = home.home(await telling.home(self._front.desk, caller))
        except (UserError, StoreUnavailable) as error:
            log.warning("a Home couldn't be drawn: %s", error)
            return
        await self._say("views.publish", user_id=user, view=view)

    async def keep_homes(self, ended: asyncio.Queue[str]) -> None:
        """Draw the Home anew of those whose runs have ended, if they look at it; until cancelled."""
        while True:
            await asyncio.sleep(HOME_EVERY)  # what ends together is drawn once
            users = {await ended.get()}
            while not ended.empty():
                users.add(ended.get_nowait())
            for user in users:
                try:
                    if await self._front.desk.store.acts.has_home(self._front.workspace, user, self._front.desk.now()):
                        await self.draw_home(user)
                except StoreUnavailable as error:
                    log.warning("the database isn't available: %s", error)
                except Exception:
                    # A Home that can't be drawn must not take the bot with it.
                    log.exception("a Home couldn't be drawn")

    async def _link_shared(self, body: dict[str, Any], event: dict[str, Any]) -> None:
        channel = str(event.get("channel") or "")
        desk = self._front.desk
        try:
            if not channel or not await desk.store.acts.unfurls(self._front.workspace, channel):
                return
            caller = await self._front.caller(_payload(body, event))
        except (UserError, StoreUnavailable) as error:
            log.info("links don't unfold: %s", error)
            return
        shown = {}
        for link in (event.get("links") or [])[:MOST_LINKS]:
            url = str(link.get("url") or "")
            try:
                address = links.read(url, self._hosts)
                if address is not None:
                    shown[url] = unfurl(*await desk_forms.unfolded(desk, caller, address))
            except (UserError, StoreUnavailable) as error:
                log.info("a link doesn't unfold: %s", error)
        if not shown:
            return
        await self._say("chat.unfurl", channel=channel, ts=event["message_ts"], unfurls=shown)


def _payload(body: dict[str, Any], event: dict[str, Any], channel: str | None = None) -> Payload:
    return Payload(
        team=str(event.get("user_team") or event.get("team") or body.get("team_id") or ""),
        user=str(event["user"]),
        channel=str(event.get("channel") or "") if channel is None else channel,
        key=f"event:{body.get('event_id', '')}",
        command=MENTION,
    )
