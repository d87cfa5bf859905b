"""The way in for typed words and clicks: payload -> Command -> desk -> Reply, within Slack's three seconds."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from dataclasses import dataclass
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Final

import aiohttp
from slack_sdk.errors import SlackClientError

from bot.errors import Refusal, StoreUnavailable, UserError
from bot.model import Caller
from bot.render import replies
from bot.reply import RunShown

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from slack_bolt.async_app import AsyncRespond

    from bot.command import Command
    from bot.desk import Desk
    from bot.model import Run
    from bot.render.text import Answer
    from bot.slack.people import People

log = logging.getLogger(__name__)

IN_TIME: Final = 2.6
"""Seconds after which a person is told that it took too long: Slack gives up after three."""


@dataclass(frozen=True, slots=True)
class Payload:
    """What Slack sent, as far as every kind of it has it.

    Attributes:
        team: The team id that it names.
        key: What makes it one and the same however often it comes.
        command: The slash command that hints name.
    """

    team: str
    user: str
    channel: str
    key: str
    reply_url: str = ""
    command: str = "/notebook"


@dataclass(frozen=True, slots=True)
class Front:
    """What listeners work with.

    Attributes:
        workspace: The one team that is served.
        admins: Slack ids of the admins.
        link: Where people can open a run's notebook.
    """

    desk: Desk
    people: People
    workspace: str
    admins: Collection[str]
    link: Callable[[Run], str | None]

    async def serve(self, payload: Payload, wanted: Command | Awaitable[Command]) -> Answer | None:
        """Carry out one payload for whoever sent it.

        Args:
            payload: Who, where, when.
            wanted: What they want, or the reading of it.

        Returns:
            What to tell the person alone; None where the card tells it.
        """
        try:
            async with asyncio.timeout(IN_TIME):
                return await self._served(payload, await wanted if isinstance(wanted, Awaitable) else wanted)
        except UserError as error:
            return replies.mistake(error, payload.command)
        except StoreUnavailable as error:
            log.warning("the database isn't available: %s", error)
            return replies.not_saved(error, payload.command), []
        except TimeoutError:
            log.warning("a payload took more than %.1f s", IN_TIME)
            return replies.too_slow(payload.command), []
        except Exception:
            code = token_hex(4)
            log.exception("a payload failed [%s]", code)
            return replies.trouble(code), []

    async def _served(self, payload: Payload, wanted: Command) -> Answer | None:
        said = await self.desk.carry_out(wanted, await self.caller(payload))
        if not isinstance(said, RunShown):
            return replies.reply(said, payload.command)
        run = said.run
        gone = run.progress.gone_since is not None and run.request.owner
        owner = await self.people.name(run.request.owner or "") if gone else ""
        return replies.reply(said, payload.command, self.link(run), owner)

    async def caller(self, payload: Payload) -> Caller:
        """Who sent this.

        Raises:
            UserError: They belong to another organisation, or Slack doesn't say who they are.
        """
        if payload.team != self.workspace:
            raise Refusal(
                "People of other organisations can't use Threadbook here.",
                hint="Ask a member of this workspace to run it for you.",
            )
        return Caller(
            workspace=self.workspace,
            person=await self.people.person(payload.user),
            channel=payload.channel,
            admin=payload.user in self.admins,
            reply_url=payload.reply_url,
            key=payload.key,
        )


def spoken(answer: Answer | None) -> dict[str, Any]:
    """An answer as arguments of ack() or respond(); nothing where there is nothing to tell."""
    if answer is None:
        return {}
    text, blocks = answer
    return {"text": text, "blocks": blocks} if blocks else {"text": text}


async def whisper(respond: AsyncRespond, answer: Answer | None, *, replace: bool = False) -> None:
    """Tell the person alone, in place of what they clicked if that's wanted; what fails is logged."""
    if answer is None:
        return
    try:
        await respond(response_type="ephemeral", replace_original=replace, **spoken(answer))
    except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
        log.warning("an answer couldn't be told: %s", type(error).__name__)
