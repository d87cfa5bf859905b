"""Speaking to Slack: one call, within the budget, and what its answer means for who calls."""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any, Final

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.errors import ThreadbookError
from bot.patience import patience

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.slack.budget import Budget

log = logging.getLogger(__name__)

STALE: Final = 2.0
"""Seconds after which an answer to whether this process still speaks says nothing: another may have followed it."""
PASSING: Final = frozenset(
    {
        "ratelimited",
        "rate_limited",
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
        "team_added_to_org",
        # Our token: nobody's message is at fault, and a new one lets all of them out.
        "not_authed",
        "invalid_auth",
        "token_expired",
        "token_revoked",
        "account_inactive",
    }
)
OK: Final = 200
SLACK_DOWN: Final = 500
LONGEST_WAIT: Final = 900.0


class SlackLater(ThreadbookError):
    """Slack can't be told now; whether it heard may be unknown."""


class SlackNo(ThreadbookError):
    """Slack refuses for good.

    Args:
        word: Slack's own word, such as `not_in_channel`.
    """

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


@dataclass(frozen=True, slots=True)
class Sent:
    """A file on its way.

    Attributes:
        title: What stands above it, if not its name.
        alt: For pictures, what is read out in their place.
    """

    name: str
    content: bytes
    title: str = ""
    alt: str = ""


speaks_as: ContextVar[int | None] = ContextVar("speaks_as", default=None)
"""As which process a delivery began: one that was declared dead enters anew as another, and its old stories end."""


class Relieved(ThreadbookError):
    """Another process speaks for the workspace by now; nothing was said."""


async def _always() -> bool:
    return True


class Speech:
    """One workspace's Slack, for whoever writes to it.

    Args:
        client: With a session, and no retry handlers: a retry after a lost reply would post twice.
        budget: The workspace's.
        patience: Seconds that one call may take, and a file's bytes. The SDK's own limit is void where the client
            shares a session.
        ours: Whether this process still speaks for the workspace, asked before each call: it may have stood still.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        budget: Budget,
        *,
        patience: tuple[float, float] = (30.0, 180.0),
        ours: Callable[[], Awaitable[bool]] = _always,
    ) -> None:
        self.client = client
        self.budget = budget
        self._patience = patience
        self._ours = ours

    async def say(self, method: str, **arguments: Any) -> dict[str, Any]:
        """Make one call; who calls has taken it from the budget.

        Raises:
            SlackLater: Not now.
            SlackNo: Never.
            Relieved: Not this process.
        """
        channel = str(arguments.get("channel", ""))
        if method != "chat.delete":  # what this process posted too much it takes back, whoever speaks by now
            await self._may_leave(method, channel)
        try:
            with self.budget.made(method, channel):
                async with patience(self._patience[0]):
                    answer = await self.client.api_call(method, json=arguments)
        except SlackApiError as error:
            raise self._meaning(method, error) from error
        except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise SlackLater(f"{method}: {type(error).__name__}") from error
        return dict(answer.data) if isinstance(answer.data, dict) else {}

    async def upload(self, channel: str, thread: str, files: Sequence[Sent], urgency: int) -> None:
        """Post files into a thread as one message, in Slack's three steps.

        Args:
            channel: Where; the bot has to be in it.
            thread: The ts of the thread's root.
            files: An empty file is none to Slack, and isn't posted.
            urgency: As in Budget.

        Raises:
            SlackLater: Not now.
            SlackNo: Never.
            Relieved: Not this process.
        """
        full = [one for one in files if one.content]
        if not full:
            return
        try:
            sent: list[dict[str, str | None]] = [
                {"id": await self._sent(one, urgency), "title": one.title or one.name} for one in full
            ]
            # Large files take long, and only this last step shows them.
            async with self._turn("files.completeUploadExternal", urgency), patience(self._patience[0]):
                await self.client.files_completeUploadExternal(files=sent, channel_id=channel, thread_ts=thread)
        except SlackApiError as error:
            raise self._meaning(_method(error), error) from error
        except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise SlackLater(f"upload: {type(error).__name__}") from error

    async def answers(self, urgency: int) -> bool:
        """Whether Slack answers at all, after a call that it didn't answer: where it's away, no call is at fault.

        Raises:
            Relieved: Not this process.
        """
        await self.budget.take("auth.test", urgency)
        try:
            await self.say("auth.test")
        except (SlackLater, SlackNo):
            return False
        return True

    @asynccontextmanager
    async def _turn(self, method: str, urgency: int) -> AsyncIterator[None]:
        """Take one call from the budget, to be made within."""
        await self.budget.take(method, urgency)
        await self._may_leave(method)
        with self.budget.made(method):
            yield

    async def _may_leave(self, method: str, channel: str = "") -> None:
        with self.budget.kept(method, channel):
            await self.still_ours()
            if self.budget.closed(method):
                raise SlackLater(f"{method}: rate limited")

    async def _sent(self, file: Sent, urgency: int) -> str:
        """Send the bytes of a file, which nobody sees yet; answers with Slack's id for it."""
        client, length, alt = self.client, len(file.content), file.alt or None
        if client.session is None:
            raise TypeError("Speech takes a client with a session")
        async with self._turn("files.getUploadURLExternal", urgency), patience(self._patience[0]):
            told = await client.files_getUploadURLExternal(filename=file.name, length=length, alt_txt=alt)
        # The address is good for this one file, and takes no token.
        put = client.session.post(
            str(told["upload_url"]), data=file.content, proxy=client.proxy, ssl=client.ssl or True
        )
        async with patience(self._patience[1]), put as taken:
            if taken.status != OK:
                raise SlackLater(f"upload: {taken.status}")
        return str(told["file_id"])

    async def still_ours(self) -> None:
        """Pass where this process still speaks for the workspace; asked before anything is said.

        Raises:
            Relieved: Not this process.
        """
        clock = asyncio.get_running_loop().time
        asked = -inf
        while clock() - asked > STALE:  # it may have stood still again, while the answer was on its way
            asked = clock()
            if not await self._ours():
                raise Relieved("another process delivers for this workspace")

    def _meaning(self, method: str, error: SlackApiError) -> ThreadbookError:
        response = error.response
        status, word = response.status_code, str(response.get("error") or "")
        if status == 429 or word in ("ratelimited", "rate_limited"):  # noqa: PLR2004
            seconds = _seconds(response)
            self.budget.refused(method, seconds)
            log.warning("%s: 429, again in %.0f s", method, seconds)
            return SlackLater(f"{method}: rate limited")
        if status >= SLACK_DOWN or word in PASSING or not word:
            return SlackLater(f"{method}: {word or status}")
        if word == "invalid_blocks":
            log.error("%s: %s %s", method, word, response.get("response_metadata"))
        return SlackNo(word)


def _method(error: SlackApiError) -> str:
    """Which of an upload's calls was refused."""
    url = str(getattr(error.response, "api_url", ""))
    return url.rpartition("/")[2] or "files.getUploadURLExternal"


def _seconds(response: Any) -> float:
    """How long Slack asks to wait, within reason."""
    headers = getattr(response, "headers", None) or {}
    value = headers.get("Retry-After") or headers.get("retry-after") or "30"
    if isinstance(value, list):
        value = value[0]
    try:
        return min(max(1.0, float(value)), LONGEST_WAIT)
    except ValueError:
        return 30.0
