"""Posting a run's files into its thread: together where Slack takes them all, else one by one."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.outputs.pictures import picture
from bot.render.files import Made, Picture
from bot.slack.speech import Sent, SlackLater, SlackNo

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.render.files import File, Files
    from bot.slack.speech import Speech
    from bot.store.rows import Story
    from bot.store.store import Store

log = logging.getLogger(__name__)

NOT_MEMBER: Final = frozenset({"not_in_channel", "channel_not_found"})
NO_ANSWER: Final = "no answer"
FILE_TRIES: Final = 6
"""Deliveries in a row that files may hold up; then the thread goes on without them."""
MOST_SILENT: Final = 2
"""Files without an answer; then no more are tried."""

Refused = dict[str, list[str]]
"""The names of files that aren't there, by Slack's word for it."""


@dataclass(frozen=True, slots=True)
class Attaching:
    """Posts files.

    Attributes:
        store: Has the contents of artifacts.
        speech: The workspace's Slack.
    """

    store: Store
    speech: Speech

    async def attach(self, story: Story, part: Files, urgency: int, refused: Refused) -> None:
        """Post these as one message; those that Slack refuses keep no other away, and are added to `refused`.

        Raises:
            SlackLater: Not now; none of them is posted.
        """
        sent = [one for one in [await self._sent(story, file) for file in part.files] if one is not None]
        if not sent:
            return
        enough = story.card.misses >= FILE_TRIES
        if len(sent) > 1 and not enough and not _hopeless(refused):
            word = await self._post(story, sent, urgency, last=False)
            if not word:
                return
            if word in NOT_MEMBER:
                refused.setdefault(word, [])
        for one in sent:
            word = _hopeless(refused) or await self._post(story, [one], urgency, last=enough or len(sent) > 1)
            if word:
                refused.setdefault(word, []).append(one.name)

    async def _post(self, story: Story, sent: Sequence[Sent], urgency: int, *, last: bool) -> str:
        """Post them; answers with Slack's word where it doesn't take them. A `last` try isn't made again."""
        try:
            await self.speech.upload(story.card.channel or "", story.card.ts or "", sent, urgency)
        except SlackNo as refusal:
            log.info("run %d: no file: %s", story.run.number, refusal.word)
            return refusal.word
        except SlackLater as error:
            if not last:
                raise
            log.warning("run %d: %d files are given up: %s", story.run.number, len(sent), error)
            return NO_ANSWER
        return ""

    async def _sent(self, story: Story, file: File) -> Sent | None:
        """The file with its content; None where that is gone."""
        if isinstance(file, Made):
            return Sent(file.name, file.content.encode("utf-8", "replace"))
        if isinstance(file, Picture):
            outputs = story.results.outputs if story.results is not None else ()
            drawn = await asyncio.to_thread(picture, outputs[file.position])
            return None if drawn is None else Sent(file.name, drawn.content, file.title, file.alt)
        content = await self.store.delivery.file(story.run.id, file.position)
        return None if content is None else Sent(file.name, content)


def _hopeless(refused: Refused) -> str:
    """What one file was refused with that holds for all others."""
    if len(refused.get(NO_ANSWER, ())) >= MOST_SILENT:
        return NO_ANSWER
    return next((word for word in refused if word in NOT_MEMBER), "")
