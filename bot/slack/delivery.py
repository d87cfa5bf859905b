"""Making Slack show what is true of one run: its card, its thread, its files, its closing line."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import aiohttp
from slack_sdk.errors import SlackClientError
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.errors import ThreadbookError
from bot.model import Cause, State
from bot.outputs.pictures import picture
from bot.render import replies, thread
from bot.render.card import card
from bot.render.files import Picture, Upload
from bot.render.report import Said, parts
from bot.slack.speech import SlackLater, SlackNo

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from bot.model import Run
    from bot.render.text import Block
    from bot.slack.budget import Ticket
    from bot.slack.speech import Speech
    from bot.store.rows import Story
    from bot.store.store import Store

log = logging.getLogger(__name__)

FINAL_FIRST, CARDS_NEXT, CHANGES_LAST = 0, 1, 2
NOT_MEMBER: Final = frozenset({"not_in_channel", "channel_not_found"})
CARD_GONE: Final = frozenset(
    {
        "message_not_found",
        "cant_update_message",
        "edit_window_closed",
        "channel_not_found",
        "not_in_channel",
        "is_archived",
        "thread_not_found",
        "cannot_reply_to_message",
        "restricted_action_thread_locked",
    }
)
REPLY_URL_SECONDS: Final = 1_700
FILE_TRIES: Final = 6
"""Deliveries in a row that a file may hold up; then the thread goes on without it."""
NO_ANSWER: Final = "no answer"
NO_FILES: Final = NOT_MEMBER | {NO_ANSWER}
"""What one file is refused with holds for the others."""


class NotOurs(ThreadbookError):
    """Another process delivers for this workspace by now."""


@dataclass(slots=True)
class Parcel:
    """One run on its way to Slack.

    Attributes:
        urgency: How soon its next call is wanted.
        ticket: The call that it waits for.
        process: Which process it was that began to deliver it, by its number in the rows.
    """

    run_id: int
    urgency: int
    ticket: Ticket | None = None
    process: int | None = None


@dataclass(frozen=True, slots=True)
class Deliverer:
    """Delivers runs of one workspace.

    Attributes:
        link: Where people can open a run's notebook.
        name_of: A person's name by their id.
        ended: Who asked for what has just been told to its end.
        ring_tracker: Tells the tracker that a card is posted, or can't be.
    """

    store: Store
    speech: Speech
    link: Callable[[Run], str | None]
    now: Callable[[], datetime]
    ring_tracker: Callable[[], None]
    name_of: Callable[[str], Awaitable[str]]
    ended: asyncio.Queue[str]

    async def deliver(self, parcel: Parcel) -> None:
        """Show everything that isn't shown yet.

        Raises:
            SlackLater: Slack couldn't be told; what was told is noted.
            NotOurs: It's another's to tell.
        """
        if parcel.process is None:
            parcel.process = self.store.holding.process_id
        story = await self._story(parcel)
        if story is None:
            return
        if story.card.ts is None:
            story = await self._first(parcel, story)
            if story is None:
                return
        try:
            story, digest = await self._edit(parcel, story)
            await self._news(parcel, story)
            if story.run.progress.settled and not story.card.closed:
                await self._end(parcel, story)
        except (NotOurs, SlackLater):
            if not await self._is_ours(parcel):  # it may have been edited over what another had shown meanwhile
                await self.store.delivery.redraw(parcel.run_id)
            raise
        await self.store.delivery.shown(story, digest)

    async def _story(self, parcel: Parcel) -> Story | None:
        return await self.store.delivery.story(parcel.run_id)

    async def _take(self, parcel: Parcel, method: str, channel: str = "") -> None:
        parcel.ticket = self.speech.budget.ticket(method, parcel.urgency, channel)
        try:
            await parcel.ticket.ready
        finally:
            parcel.ticket.ready.cancel()
            parcel.ticket = None
        await self._still_ours(parcel)

    async def _still_ours(self, parcel: Parcel) -> None:
        """Whoever stood still may have lost its workspace meanwhile: what it wanted to say, another has said.

        Raises:
            NotOurs: This process was declared dead; it may have entered anew since, but not as this one's courier.
        """
        if not await self._is_ours(parcel):
            raise NotOurs("this process stood still, and another delivers by now")

    async def _is_ours(self, parcel: Parcel) -> bool:
        holding = self.store.holding
        return await holding.lives() and holding.process_id == parcel.process

    async def _first(self, parcel: Parcel, story: Story) -> Story | None:
        """Post the card, for without it nothing starts; None where there is none to post."""
        run = story.run
        if run.progress.state.final:
            await self._told_alone(parcel, story)
            return None
        try:
            channel = await self._dm(run.asker) if run.dm else run.channel
            await self._take(parcel, "chat.postMessage", channel)
            text, blocks = await self._card(run)
            posted = await self._post(channel, text, blocks)
        except SlackNo as refusal:
            log.info("run %d: no card: %s", run.id, refusal.word)
            await self.store.delivery.refused(run.id, refusal.word)
            self.ring_tracker()
            return None
        if not await self.store.delivery.carded(run.id, posted["channel"], posted["ts"]):
            log.warning("run %d: a second card was posted; it's taken away", run.id)
            await self.speech.say("chat.delete", channel=posted["channel"], ts=posted["ts"])
        self.ring_tracker()
        await self.store.delivery.told(run.id, shown=_digest(text, blocks))
        return await self._story(parcel)

    async def _edit(self, parcel: Parcel, story: Story) -> tuple[Story, str]:
        """Edit the card, if it doesn't show what is true; answers with what it shows, and its digest."""
        text, blocks = await self._card(story.run)
        if _digest(text, blocks) == story.card.shown:
            return story, story.card.shown
        await self._take(parcel, "chat.update")
        # Waiting may have taken long: what is shown is what is true now.
        story = await self._story(parcel) or story
        text, blocks = await self._card(story.run)
        try:
            await self.speech.say(
                "chat.update", channel=story.card.channel, ts=story.card.ts, text=text, blocks=blocks, **_PLAIN
            )
        except SlackNo as refusal:
            log.warning("run %d: its card can't be edited: %s", story.run.id, refusal.word)
        return story, _digest(text, blocks)

    async def _card(self, run: Run) -> tuple[str, list[Block]]:
        """The card as it should be; it names the owner only of a notebook that is gone."""
        return card(run, self.link(run), await self._owner(run) if run.progress.gone_since else "")

    async def _owner(self, run: Run) -> str:
        return await self.name_of(run.request.owner) if run.request.owner else ""

    async def _news(self, parcel: Parcel, story: Story) -> None:
        """Tell the changes of status since the last time, as one message."""
        if not story.news:
            return
        said = thread.news_message(story.run, (news for _, news in story.news))
        if said is not None:
            await self._reply(parcel, story, said)
        await self.store.delivery.told(story.run.id, told=story.news[-1][0])

    async def _end(self, parcel: Parcel, story: Story) -> None:
        """Tell the results, each part noted as it's posted, and last the closing line."""
        # Reading pictures and Markdown is work for a processor, and the loop has others waiting.
        told = [] if story.results is None else await asyncio.to_thread(parts, story.run, story.results)
        refused: dict[str, list[str]] = {}
        for number, part in enumerate(told[story.card.parts :], start=story.card.parts + 1):
            if isinstance(part, Said):
                await self._reply(parcel, story, part)
            elif word := await self._file(parcel, story, part):
                refused.setdefault(word, []).append(part.name)
                if word in NO_FILES:
                    refused[word] += [later.name for later in told[number:] if not isinstance(later, Said)]
                    break
            await self.store.delivery.told(story.run.id, parts=number)
        for word, names in refused.items():
            why = thread.not_a_member(names) if word in NOT_MEMBER else thread.no_files(word, names)
            await self._reply(parcel, story, Said(text=why))
        owner = await self._owner(story.run)
        await self._reply(
            parcel,
            story,
            thread.farewell(story.run, story.results, self.now(), listeners=story.listeners, owner=owner),
        )
        await self.store.delivery.told(story.run.id, parts=len(told), closed=True)
        self.ended.put_nowait(story.run.asker)

    async def _file(self, parcel: Parcel, story: Story, part: Picture | Upload) -> str:
        """Post a file into the thread; answers with Slack's word where it isn't taken, else with nothing."""
        content = await self._content(story, part)
        if content is None:
            return ""
        title, alt = (part.title, part.alt) if isinstance(part, Picture) else (part.name, "")
        channel, ts = story.card.channel or "", story.card.ts or ""
        await self._still_ours(parcel)
        try:
            await self.speech.upload(channel, ts, part.name, content, parcel.urgency, title=title, alt=alt)
        except SlackNo as refusal:
            log.info("run %d: no file: %s", story.run.id, refusal.word)
            return refusal.word
        except SlackLater as error:
            if story.card.misses < FILE_TRIES:
                raise
            log.warning("run %d: a file is given up: %s", story.run.id, error)
            return NO_ANSWER
        return ""

    async def _content(self, story: Story, part: Picture | Upload) -> bytes | None:
        if isinstance(part, Upload):
            return await self.store.delivery.file(story.run.id, part.position)
        if story.results is None:
            return None
        drawn = await asyncio.to_thread(picture, story.results.outputs[part.position])
        return None if drawn is None else drawn.content

    async def _reply(self, parcel: Parcel, story: Story, said: Said) -> None:
        """Post into the card's thread; where the card is gone, into the asker's DM."""
        channel = story.card.channel or ""
        await self._take(parcel, "chat.postMessage", channel)
        try:
            await self._post(channel, said.text, said.blocks, thread_ts=story.card.ts)
        except SlackNo as refusal:
            log.warning("run %d: its thread refuses: %s", story.run.id, refusal.word)
            if refusal.word not in CARD_GONE or story.run.dm:
                return
            try:
                await self._post(await self._dm(story.run.asker), said.text, said.blocks)
            except SlackNo as again:
                log.warning("run %d: and so does the DM: %s", story.run.id, again.word)

    async def _post(self, channel: str, text: str, blocks: list[Block] | None, **more: Any) -> dict[str, Any]:
        """Post a message; one whose blocks Slack doesn't take goes as plain text, rather than not at all."""
        arguments: dict[str, Any] = {"channel": channel, "text": text, **_PLAIN, **more}
        if blocks is None:
            return await self.speech.say("chat.postMessage", **arguments)
        try:
            return await self.speech.say("chat.postMessage", blocks=blocks, **arguments)
        except SlackNo as refusal:
            if refusal.word not in ("invalid_blocks", "msg_blocks_too_long", "invalid_blocks_format"):
                raise
            log.error("Slack refuses our blocks: %s", refusal.word)  # noqa: TRY400, Slack's word says it all
            return await self.speech.say("chat.postMessage", **arguments)

    async def tell(self, user: str, text: str) -> None:
        """Say one line in somebody's DM.

        Raises:
            SlackLater: Not now.
            SlackNo: Never.
        """
        channel = await self._dm(user)
        await self.speech.budget.take("chat.postMessage", CARDS_NEXT, channel)
        await self._post(channel, text, None)

    async def _dm(self, user: str) -> str:
        await self.speech.budget.take("conversations.open", CARDS_NEXT)
        answer = await self.speech.say("conversations.open", users=user)
        return str(answer["channel"]["id"])

    async def _told_alone(self, parcel: Parcel, story: Story) -> None:
        """A run that ended before it had a card: a word to the asker alone."""
        run = story.run
        if run.progress.state is State.REJECTED and run.progress.cause is Cause.CARD:
            text, blocks = replies.no_card(run, run.progress.reason)
        else:
            text, blocks = replies.rejected_alone(run)
        if not await self._whisper(parcel, story, text, blocks):
            try:
                channel = await self._dm(run.asker)
                await self._take(parcel, "chat.postMessage", channel)
                await self._post(channel, text, blocks)
            except SlackNo as refusal:
                log.warning("run %d: the asker can't be told: %s", run.id, refusal.word)
        await self.store.delivery.told(run.id, closed=True)
        await self.store.delivery.shown(story, "")
        self.ended.put_nowait(run.asker)

    async def _whisper(self, parcel: Parcel, story: Story, text: str, blocks: list[Block]) -> bool:
        """Tell the asker through the address that came with the command, while it's good."""
        age = (self.now() - story.run.asked_at).total_seconds()
        if not story.reply_url or age > REPLY_URL_SECONDS:
            return False
        await self._still_ours(parcel)
        try:
            # A retry of its own could say it twice.
            answer = await AsyncWebhookClient(story.reply_url, timeout=10, retry_handlers=[]).send(
                text=text, blocks=blocks, response_type="ephemeral", replace_original=False
            )
        except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
            log.info("run %d: its reply address: %s", story.run.id, type(error).__name__)
            return False
        return bool(answer.status_code == 200)  # noqa: PLR2004


_PLAIN: Final = {"unfurl_links": False, "unfurl_media": False, "parse": "none"}
"""Nothing unfurls, and words that merely look like a mention are none: chat.update would read them otherwise."""


def _digest(text: str, blocks: list[Block]) -> str:
    return hashlib.sha256(json.dumps([text, blocks], sort_keys=True).encode()).hexdigest()[:32]


__all__ = ["CARDS_NEXT", "CHANGES_LAST", "FINAL_FIRST", "Deliverer", "NotOurs", "Parcel", "SlackLater"]
