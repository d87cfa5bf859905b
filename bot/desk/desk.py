"""The desk: carries out a Command for a caller, and answers with a Reply."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from cachetools import TTLCache

from bot.command import (
    AddChosen,
    AddEntry,
    AskOwner,
    Command,
    EditEntry,
    Help,
    ListCatalogue,
    ListRuns,
    OpenAdding,
    OpenForm,
    RemoveEntry,
    Rerun,
    RunNotebook,
    SetUnfurl,
    ShowEntry,
    ShowStatus,
    TellMeToo,
    Track,
    Untrack,
)
from bot.desk import adding, entries, running, telling, watching
from bot.errors import Refusal, StoreUnavailable
from bot.reply import Helped

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from bot.model import Caller, InputSpec, Notebook, Platform, Run
    from bot.platforms.base import PlatformClient
    from bot.reply import Reply
    from bot.store.catalogue import Named
    from bot.store.store import Store


FRESH = 5.0
"""Seconds for which the catalogue is offered from memory; what this process changes shows at once."""
OPEN_FORMS = 3600.0
"""Seconds for which the inputs that a form shows are remembered: it must outlast a platform that falls silent."""


class Audience(Protocol):
    """Who can see what is posted where."""

    async def sees(self, caller: Caller, channel: str, *, asker: str) -> bool:
        """Whether the caller can see this channel; a DM belongs to the one who asked there.

        Raises:
            UserError: That can't be found out now.
        """


@dataclass(frozen=True, slots=True)
class Rules:
    """What the settings allow.

    Attributes:
        catalogue_only: Only notebooks of the catalogue may be run, and only admins change it.
    """

    catalogue_only: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """What it works with.

    Attributes:
        store: The rows.
        audience: Who can see what.
        platforms: Those with a token.
        rules: What is allowed.
        now: The time, in UTC.
        ring: Tells courier and tracker that something was written for this workspace.
        names: The catalogue's names by workspace, read or being read.
        shapes: The inputs that forms show, by notebook and digest.
    """

    store: Store
    audience: Audience
    platforms: Mapping[Platform, PlatformClient]
    rules: Rules
    now: Callable[[], datetime]
    ring: Callable[[str], None]
    names: TTLCache[str, asyncio.Task[list[Named]]] = field(default_factory=lambda: TTLCache(maxsize=256, ttl=FRESH))
    shapes: TTLCache[tuple[Notebook, str], tuple[InputSpec, ...]] = field(
        default_factory=lambda: TTLCache(maxsize=2_000, ttl=OPEN_FORMS)
    )

    async def catalogue(self, workspace: str) -> list[Named]:
        """What can be looked for by name, as it was a few seconds ago at most: for offering, not for running.

        Raises:
            StoreUnavailable: It can't be read.
        """
        reading = self.names.get(workspace)
        if reading is None:
            # Read once, however many type letters at the same time, and however many of them give up.
            reading = asyncio.create_task(self.store.catalogue.names(workspace))
            reading.add_done_callback(lambda done: done.cancelled() or done.exception())
            self.names[workspace] = reading
        try:
            return await asyncio.shield(reading)
        except StoreUnavailable:
            self.names.pop(workspace, None)
            raise

    def admit(self, caller: Caller) -> None:
        """Refuse guests, and people of other organisations.

        Raises:
            Refusal: The caller is one of them.
        """
        person = caller.person
        if person.guest or person.foreign:
            who = "Guests" if person.guest else "People of other organisations"
            raise Refusal(f"{who} can't use Threadbook here.", hint="Ask a member of this workspace to run it for you.")

    async def can_see(self, caller: Caller, run: Run) -> bool:
        """Whether the caller can see the run's card.

        Raises:
            UserError: That can't be found out now.
        """
        return await watching.sees(self, caller, run, await self.store.requests.card_channel(run.id))

    async def carry_out(  # noqa: C901, PLR0911, PLR0912, one case a command
        self, command: Command, caller: Caller
    ) -> Reply:
        """Do what was asked, as far as it needs no platform: what was answered is saved.

        Raises:
            UserError: It can't be done, in words for the caller; nothing was written.
            StoreUnavailable: Nothing was written.
        """
        self.admit(caller)
        match command:
            case RunNotebook():
                return await running.run(self, command, caller)
            case Rerun():
                return await running.rerun(self, command, caller)
            case Track():
                return await running.track(self, command, caller)
            case Untrack():
                return await running.untrack(self, command, caller)
            case ShowStatus():
                return await watching.status(self, command, caller)
            case ListRuns():
                return await watching.runs(self, command, caller)
            case OpenForm() | ListCatalogue():
                return await entries.listed(self, command, caller)
            case AddEntry():
                return await entries.add(self, command, caller)
            case AddChosen():
                return await adding.add(self, command, caller)
            case OpenAdding():
                return await adding.offer(self, caller)
            case ShowEntry():
                return await entries.show(self, command, caller)
            case RemoveEntry():
                return await entries.remove(self, command, caller)
            case EditEntry():
                return await entries.edit(self, command, caller)
            case TellMeToo():
                return await telling.tell_me_too(self, command, caller)
            case AskOwner():
                return await telling.ask_owner(self, command, caller)
            case SetUnfurl():
                return await telling.set_unfurl(self, command, caller)
            case Help(verb=verb):
                return Helped(verb=verb)
