"""Making Slack show what is true of one run: its card, its thread, its files, its closing line."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bot.errors import StoreUnavailable, ThreadbookError
from bot.logs import concerning
from bot.model import Cause, State
from bot.render import replies, thread
from bot.render.card import card
from bot.render.report import Said, parts
from bot.slack.attaching import Attaching, missing
from bot.slack.posting import Posting, refused_blocks
from bot.slack.speech import SlackNo
from bot.store.surely import surely

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


@dataclass(slots=True)
class Parcel:
    """One run on its way to Slack.

    Attributes:
        urgency: How soon its next call is wanted.
        ticket: The call that it waits for.
        number: What people call the run, once it's read.
    """

    run_id: int
    urgency: int
    ticket: Ticket | None = None
    number: int | None = None

    def __str__(self) -> str:
        return f"run {self.number}" if self.number is not None else f"the run of row {self.run_id}"


@dataclass(frozen=True, slots=True)
class Deliverer:
    """Delivers runs of one workspace.

    Attributes:
        link: Where people can open a run's notebook.
        name_of: A person's name by their id.
        ended: Who asked for what has just been told to its end.
        ring_tracker: Tells the tracker that a card is posted, or can't be.
        home: The workspace's web address, for links to other cards.
    """

    store: Store
    speech: Speech
    link: Callable[[Run], str | None]
    now: Callable[[], datetime]
    ring_tracker: Callable[[], None]
    name_of: Callable[[str], Awaitable[str]]
    ended: asyncio.Queue[str]
    home: str = ""

    @property
    def attaching(self) -> Attaching:
        """What posts files."""
        return Attaching(self.store, self.speech)

    @property
    def posting(self) -> Posting:
        """What posts words."""
        return Posting(self.speech)

    async def deliver(self, parcel: Parcel) -> None:
        """Show everything that isn't shown yet.

        Raises:
            SlackLater: Slack couldn't be told; what was told is noted.
        """
        story = await self._story(parcel)
        if story is None:
            return
        if story.card.ts is None:
            story = await self._first(parcel, story)
            if story is None:
                return
        story, digest = await self._edit(parcel, story)
        await self._news(parcel, story)
        if story.run.progress.settled and not story.card.closed:
            await self._end(parcel, story)
        # Surely, for it may be another's by now, over whose words this wrote: then only this has them shown again.
        await surely(lambda: self.store.delivery.shown(story, digest))

    async def _story(self, parcel: Parcel) -> Story | None:
        story = await self.store.delivery.story(parcel.run_id)
        if story is not None:
            concerning(story.run)
            parcel.number = story.run.number
        return story

    async def _told(self, run_id: int, **changes: Any) -> None:
        await surely(lambda: self.store.delivery.told(run_id, **changes))

    async def _take(self, parcel: Parcel, method: str, channel: str = "") -> None:
        parcel.ticket = self.speech.budget.ticket(method, parcel.urgency, channel)
        try:
            await self.speech.budget.turn(parcel.ticket)
        finally:
            parcel.ticket = None

    async def _first(self, parcel: Parcel, story: Story) -> Story | None:
        """Post the card, for without it nothing starts; None where there is none to post."""
        run = story.run
        if run.progress.state.final:
            await self._told_alone(parcel, story)
            return None
        try:
            channel = await self.posting.dm(run.asker) if run.dm else run.channel
            await self._take(parcel, "chat.postMessage", channel)
            with self.speech.budget.kept("chat.postMessage", channel):
                text, blocks = await self._card(story)
            posted = await self.posting.post(channel, text, blocks)
        except SlackNo as refusal:
            log.info("run %d: no card: %s", run.number, refusal.word)
            await self.store.delivery.refused(run.id, refusal.word)
            self.ring_tracker()
            return None
        noted = self.store.delivery.carded
        if await surely(lambda: noted(run.id, posted["channel"], posted["ts"])):
            self.ring_tracker()
            await self._told(run.id, shown=_digest(text, blocks))
        else:
            log.warning("run %d: a second card was posted; it's taken away", run.number)
            await self.speech.say("chat.delete", channel=posted["channel"], ts=posted["ts"])
        return await self._story(parcel)

    async def _edit(self, parcel: Parcel, story: Story) -> tuple[Story, str]:
        """Edit the card, if it doesn't show what is true; answers with what it shows, and its digest."""
        text, blocks = await self._card(story)
        if _digest(text, blocks) == story.card.shown:
            return story, story.card.shown
        try:
            return await self._edited(parcel, story)
        except SlackNo as refusal:
            if refused_blocks(refusal):
                with contextlib.suppress(SlackNo):
                    return await self._edited(parcel, story, plain=True)
            log.warning("run %d: its card can't be edited: %s", story.run.number, refusal.word)
            return story, _digest(text, blocks)

    async def _edited(self, parcel: Parcel, story: Story, *, plain: bool = False) -> tuple[Story, str]:
        """Edit the card, with plain text alone where Slack doesn't take its blocks.

        Raises:
            SlackLater: Not now.
            SlackNo: Never.
        """
        await self._take(parcel, "chat.update")
        with self.speech.budget.kept("chat.update"):
            # Waiting may have taken long: what is shown is what is true now.
            story = await self._story(parcel) or story
            text, blocks = await self._card(story)
            # Before it leaves: whoever is the courier after us has to reckon with it.
            edit = await self.store.edits.begin(story.run.workspace, self.now())
        try:
            await self.posting.edit(story.card.channel or "", story.card.ts or "", text, [] if plain else blocks)
        except ThreadbookError:
            await self._answered(edit)
            raise
        await self._answered(edit)
        return story, _digest(text, blocks)

    async def _answered(self, edit: int) -> None:
        try:
            await self.store.edits.answered(edit, self.now())
        except StoreUnavailable as error:
            log.info("an edit stays noted as under way: %s", error)

    async def _card(self, story: Story) -> tuple[str, list[Block]]:
        """The card as it should be; it names the owner only of a notebook that is gone."""
        run = story.run
        owner = await self._owner(run) if run.progress.gone_since else ""
        return card(run, self.link(run), owner, story.results, self.home)

    async def _owner(self, run: Run) -> str:
        return await self.name_of(run.request.owner) if run.request.owner else ""

    async def _news(self, parcel: Parcel, story: Story) -> None:
        """Tell the changes of status since the last time, as one message."""
        if not story.news:
            return
        said = thread.news_message(story.run, (news for _, news in story.news))
        if said is not None:
            await self._reply(parcel, story, said)
        await self._told(story.run.id, told=story.news[-1][0])

    async def _end(self, parcel: Parcel, story: Story) -> None:
        """Tell the results, each part noted as it's posted, and last the closing line."""
        # Reading pictures and Markdown is work for a processor, and the loop has others waiting.
        told = [] if story.results is None else await asyncio.to_thread(parts, story.run, story.results, self.home)
        known = await self.store.delivery.attached(story.run.id)
        for number, part in enumerate(told, start=1):
            if number <= story.card.parts:
                continue
            if isinstance(part, Said):
                await self._reply(parcel, story, part)
                await self._told(story.run.id, parts=number)
            else:
                await self.attaching.attach(story, number, part, parcel.urgency, known)
        for number, why in enumerate(missing(known), start=len(told) + 1):
            if number > story.card.parts:
                await self._reply(parcel, story, Said(text=why))
                await self._told(story.run.id, parts=number)
        owner = await self._owner(story.run)
        last = thread.farewell(
            story.run, story.results, self.now(), listeners=story.listeners, owner=owner, home=self.home
        )
        await self._reply(parcel, story, last)
        await surely(lambda: self.store.delivery.closed(story.run, len(told)))
        self.ended.put_nowait(story.run.asker)

    async def _reply(self, parcel: Parcel, story: Story, said: Said) -> None:
        """Post into the card's thread; where the card is gone, into the asker's DM."""
        channel = story.card.channel or ""
        await self._take(parcel, "chat.postMessage", channel)
        try:
            await self.posting.post(channel, said.text, said.blocks, thread_ts=story.card.ts)
        except SlackNo as refusal:
            log.warning("run %d: its thread refuses: %s", story.run.number, refusal.word)
            if refusal.word not in CARD_GONE or story.run.dm:
                return
            try:
                alone = await self.posting.dm(story.run.asker)
                await self._take(parcel, "chat.postMessage", alone)
                await self.posting.post(alone, said.text, said.blocks)
            except SlackNo as again:
                log.warning("run %d: and so does the DM: %s", story.run.number, again.word)

    async def _told_alone(self, parcel: Parcel, story: Story) -> None:
        """A run that ended before it had a card: a word to the asker alone, once."""
        run = story.run
        if not story.card.closed:
            await self._alone(parcel, story)
            await surely(lambda: self.store.delivery.closed(run))
            self.ended.put_nowait(run.asker)
        await self.store.delivery.shown(story, "")

    async def _alone(self, parcel: Parcel, story: Story) -> None:
        run = story.run
        if run.progress.state is State.REJECTED and run.progress.cause is Cause.CARD:
            text, blocks = replies.no_card(run, run.progress.reason)
        else:
            text, blocks = replies.rejected_alone(run)
        if await self._whispered(story, text, blocks):
            return
        try:
            channel = await self.posting.dm(run.asker)
            await self._take(parcel, "chat.postMessage", channel)
            await self.posting.post(channel, text, blocks)
        except SlackNo as refusal:
            log.warning("run %d: the asker can't be told: %s", run.number, refusal.word)

    async def _whispered(self, story: Story, text: str, blocks: list[Block]) -> bool:
        age = (self.now() - story.run.asked_at).total_seconds()
        if not story.reply_url or age > REPLY_URL_SECONDS:
            return False
        return await self.posting.whisper(story.run, story.reply_url, text, blocks)


def _digest(text: str, blocks: list[Block]) -> str:
    return hashlib.sha256(json.dumps([text, blocks], sort_keys=True).encode()).hexdigest()[:32]
