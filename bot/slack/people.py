"""Who people are, and who can see which channel: asked of Slack, kept for a while."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, Final

import aiohttp
from cachetools import TTLCache
from slack_sdk.errors import SlackApiError

from bot.errors import UserError
from bot.model import Person

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.model import Caller

log = logging.getLogger(__name__)

HOUR: Final = 3600.0
MINUTES: Final = 300.0
PATIENCE: Final = 1.2
"""Seconds that an acknowledgement may wait for Slack's own answer: it must come within three."""
TROUBLE = (SlackApiError, aiohttp.ClientError, TimeoutError, OSError)


class SlackSilent(UserError):
    """Slack doesn't tell what a rule needs, so nothing is done."""


class People:
    """The people and channels of one workspace.

    Args:
        client: Slack.
        workspace: The workspace's team id; whoever belongs to another is foreign.
    """

    def __init__(self, client: AsyncWebClient, workspace: str) -> None:
        self._client = client
        self._workspace = workspace
        self._people: TTLCache[tuple[str, str], Person] = TTLCache(maxsize=20_000, ttl=HOUR)
        self._public: TTLCache[tuple[str, str], bool] = TTLCache(maxsize=20_000, ttl=MINUTES)
        self._members: TTLCache[tuple[str, str], frozenset[str]] = TTLCache(maxsize=500, ttl=MINUTES)

    async def person(self, user: str) -> Person:
        """Who this is.

        Raises:
            SlackSilent: Slack didn't say in time.
        """
        known = self._people.get((self._workspace, user))
        if known is not None:
            return known
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await self._client.users_info(user=user)
        except TROUBLE as error:
            log.warning("users.info: %s", error)
            raise SlackSilent("Slack isn't telling me who you are just now, so I did nothing.", hint=AGAIN) from error
        person = _person(answer["user"], self._workspace)
        self._people[self._workspace, user] = person
        return person

    async def name(self, user: str) -> str:
        """What to call somebody; where Slack doesn't say, nobody's name."""
        try:
            return (await self.person(user)).name
        except SlackSilent:
            return "the owner"

    async def sees(self, caller: Caller, channel: str, *, asker: str) -> bool:
        """Whether the caller can see a channel: a public one, or one that they're in.

        Raises:
            SlackSilent: Slack didn't say in time.
        """
        if channel == caller.channel:
            return True
        if channel.startswith("D"):
            return caller.person.id == asker
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._is_public(channel) or caller.person.id in await self._members_of(channel)
        except SlackApiError as error:
            if error.response.get("error") in {"channel_not_found", "not_in_channel"}:
                return False
            log.warning("conversations.info: %s", error)
            raise SlackSilent("Slack isn't telling me who is in that channel just now.", hint=AGAIN) from error
        except TROUBLE as error:
            log.warning("conversations.info: %s", error)
            raise SlackSilent("Slack isn't telling me who is in that channel just now.", hint=AGAIN) from error

    async def _is_public(self, channel: str) -> bool:
        known = self._public.get((self._workspace, channel))
        if known is None:
            answer = await self._client.conversations_info(channel=channel)
            about: dict[str, Any] = answer["channel"]
            known = not about.get("is_private") and not about.get("is_im") and not about.get("is_mpim")
            self._public[self._workspace, channel] = known
        return known

    async def _members_of(self, channel: str) -> frozenset[str]:
        known = self._members.get((self._workspace, channel))
        if known is None:
            found: list[str] = []
            cursor = ""
            while True:
                page = await self._client.conversations_members(channel=channel, limit=1000, cursor=cursor or None)
                found += page["members"]
                cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
                if not cursor:
                    break
            known = frozenset(found)
            self._members[self._workspace, channel] = known
        return known


AGAIN: Final = "Try again in a minute."


def _person(user: dict[str, Any], workspace: str) -> Person:
    profile = user.get("profile") or {}
    name = profile.get("display_name") or profile.get("real_name") or user.get("real_name") or user.get("name")
    team = user.get("team_id") or workspace
    teams = (user.get("enterprise_user") or {}).get("teams") or []
    return Person(
        id=user["id"],
        name=name or user["id"],
        tz=user.get("tz") or "UTC",
        guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        foreign=bool(user.get("is_stranger") or (team != workspace and workspace not in teams)),
    )
