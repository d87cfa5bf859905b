"""Posting words: in a channel, in somebody's DM, or for the asker's eyes alone."""

from __future__ import annotations

import contextlib
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import aiohttp
from slack_sdk.errors import SlackClientError
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.render.tables import as_code
from bot.slack.budget import CARDS_NEXT, FINAL_FIRST
from bot.slack.speech import SlackNo

if TYPE_CHECKING:
    from bot.model import Run
    from bot.render.text import Block
    from bot.slack.speech import Speech

log = logging.getLogger(__name__)

WHISPER_SECONDS: Final = 10
"""How long a reply address may take."""
PLAIN: Final = {"unfurl_links": False, "unfurl_media": False, "parse": "none"}
"""Nothing unfurls, and words that merely look like a mention are none: chat.update would read them otherwise."""


@dataclass(frozen=True, slots=True)
class Posting:
    """Posts messages.

    Attributes:
        speech: The workspace's Slack.
    """

    speech: Speech

    async def post(self, channel: str, text: str, blocks: list[Block] | None, **more: Any) -> dict[str, Any]:
        """Post a message; one whose blocks Slack doesn't take goes as plain text, rather than not at all.

        Who calls has taken it from the budget; `more` is as chat.postMessage takes it.

        Raises:
            SlackLater: Not now.
            SlackNo: Never.
        """
        arguments: dict[str, Any] = {"channel": channel, "text": text, **PLAIN, **more}
        if blocks is None:
            return await self.speech.say("chat.postMessage", **arguments)
        try:
            return await self.speech.say("chat.postMessage", blocks=blocks, **arguments)
        except SlackNo as refusal:
            if not refused_blocks(refusal):
                raise
        with contextlib.suppress(SlackNo):
            if any(block["type"] == "table" for block in blocks):
                return await self._instead(blocks=as_code(blocks), **arguments)
        return await self._instead(**arguments)

    async def edit(self, channel: str, ts: str, text: str, blocks: list[Block]) -> None:
        """Edit a message; who calls has taken it from the budget. Blocks that aren't given stay as they were.

        Raises:
            SlackLater: Not now.
            SlackNo: Never.
        """
        await self.speech.say("chat.update", channel=channel, ts=ts, text=text, blocks=blocks, **PLAIN)

    async def _instead(self, **arguments: Any) -> dict[str, Any]:
        """Post once more, in place of what Slack refused and has counted."""
        await self.speech.budget.take("chat.postMessage", FINAL_FIRST, arguments["channel"])
        return await self.speech.say("chat.postMessage", **arguments)

    async def tell(self, user: str, text: str) -> None:
        """Say one line in somebody's DM.

        Raises:
            SlackLater: Not now.
            SlackNo: Never.
        """
        channel = await self.dm(user)
        await self.speech.budget.take("chat.postMessage", CARDS_NEXT, channel)
        await self.post(channel, text, None)

    async def dm(self, user: str) -> str:
        """The channel in which somebody is spoken to alone.

        Raises:
            SlackLater: Not now.
            SlackNo: Never.
        """
        await self.speech.budget.take("conversations.open", CARDS_NEXT)
        answer = await self.speech.say("conversations.open", users=user)
        return str(answer["channel"]["id"])

    async def whisper(self, run: Run, reply_url: str, text: str, blocks: list[Block]) -> bool:
        """Tell the asker through the address that came with the command; False where it may not have come about.

        Raises:
            Relieved: Not this process.
        """
        await self.speech.still_ours()
        try:
            # A retry of its own could say it twice.
            answer = await AsyncWebhookClient(reply_url, timeout=WHISPER_SECONDS, retry_handlers=[]).send(
                text=text, blocks=blocks, response_type="ephemeral", replace_original=False
            )
        except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
            log.info("run %d: its reply address: %s", run.number, type(error).__name__)
            return False
        return bool(answer.status_code == 200)  # noqa: PLR2004


def refused_blocks(refusal: SlackNo) -> bool:
    """Whether Slack refuses a message for its blocks alone, which then is our fault."""
    if refusal.word not in ("invalid_blocks", "msg_blocks_too_long", "invalid_blocks_format"):
        return False
    log.error("Slack refuses our blocks: %s", refusal.word)
    return True
