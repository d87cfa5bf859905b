"""Posting a run's files into its thread: together where Slack takes them all, else one by one."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.outputs.pictures import picture
from bot.render import thread
from bot.render.files import Made, Picture
from bot.slack.speech import Sent, SlackLater, SlackNo
from bot.store.rows import Attached
from bot.store.surely import surely

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.render.files import File, Files
    from bot.slack.speech import Speech
    from bot.store.rows import Story
    from bot.store.store import Store

log = logging.getLogger(__name__)

NOT_MEMBER: Final = frozenset({"not_in_channel", "channel_not_found"})
NO_ANSWER: Final = "no answer"
FILE_TRIES: Final = 6
"""Uploads in a row that may fail while Slack answers other calls; whatever fails then isn't tried again."""
MOST_SILENT: Final = 2
"""Files without an answer; then no more are tried."""

Known = dict[tuple[int, int], Attached]
"""What became of a run's files that went one by one, by their part and their place in it."""


@dataclass(frozen=True, slots=True)
class Attaching:
    """Posts files.

    Attributes:
        store: Has the contents of artifacts, and is told what was posted.
        speech: The workspace's Slack.
    """

    store: Store
    speech: Speech

    async def attach(self, story: Story, number: int, part: Files, urgency: int, known: Known) -> None:
        """Post the thread's part of this number as one message; where Slack refuses that, its files one by one.

        What is answered is noted at once, of files that go alone also in `known`, whose files aren't posted again.

        Raises:
            SlackLater: Not now.
        """
        left = {place: file for place, file in enumerate(part.files) if (number, place) not in known}
        sent = {place: one for place, file in left.items() if (one := await self._sent(story, file)) is not None}
        lost = _hopeless(known)
        if len(sent) > 1 and not lost:
            word = await self._post(story, sent.values(), urgency)
            if not word:
                await surely(lambda: self.store.delivery.told(story.run.id, answered=True, parts=number))
                return
            lost = word if word in NOT_MEMBER else ""
        for place, one in sent.items():
            if not lost:
                word = await self._post(story, [one], urgency)
                await self._note(story, number, {place: Attached(one.name, word)}, known)
                lost = _hopeless(known)
        rest = {place: Attached(one.name, lost) for place, one in sent.items() if (number, place) not in known}
        if rest:
            await self._note(story, number, rest, known)
        await surely(lambda: self.store.delivery.told(story.run.id, parts=number))

    async def _note(self, story: Story, number: int, files: Mapping[int, Attached], known: Known) -> None:
        """Note what became of files of this part, by their places."""
        answered = all(one.word != NO_ANSWER for one in files.values())
        await surely(lambda: self.store.delivery.attach(story.run.id, number, files, answered=answered))
        known.update({(number, place): one for place, one in files.items()})

    async def _post(self, story: Story, files: Iterable[Sent], urgency: int) -> str:
        """Post them as one message; answers with a word where they aren't to be tried again so.

        Raises:
            SlackLater: Not now. Where Slack doesn't answer for anything else either, that says nothing of them.
        """
        try:
            await self.speech.upload(story.card.channel or "", story.card.ts or "", list(files), urgency)
        except SlackNo as refusal:
            log.info("run %d: no file: %s", story.run.number, refusal.word)
            return refusal.word
        except SlackLater as error:
            if not await self.speech.answers(urgency) or await self.store.delivery.missed(story.run.id) <= FILE_TRIES:
                raise
            log.warning("run %d: files are given up: %s", story.run.number, error)
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


def missing(known: Known) -> list[str]:
    """The lines of the thread that name the files that aren't there, one for each word of Slack's."""
    by_word: dict[str, list[str]] = {}
    for one in known.values():
        if one.word:
            by_word.setdefault(one.word, []).append(one.name)
    return [
        thread.not_a_member(names) if word in NOT_MEMBER else thread.no_files(word, names)
        for word, names in by_word.items()
    ]


def _hopeless(known: Known) -> str:
    """What one file was refused with that holds for all others."""
    words = [one.word for one in known.values()]
    if words.count(NO_ANSWER) >= MOST_SILENT:
        return NO_ANSWER
    return next((word for word in words if word in NOT_MEMBER), "")
