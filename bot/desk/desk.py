"""The desk: carries out a Command for a caller, and answers with a Reply."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bot.command import (
    AddEntry,
    Command,
    Help,
    ListCatalogue,
    ListRuns,
    OpenForm,
    RemoveEntry,
    Rerun,
    RunNotebook,
    ShowEntry,
    ShowStatus,
    Track,
    Untrack,
)
from bot.desk import entries, running, watching
from bot.errors import Refusal
from bot.reply import Helped

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from bot.model import Caller, Platform
    from bot.reply import Reply
    from bot.store.store import Store


class Audience(Protocol):
    """Who can see what is posted where."""

    async def sees(self, caller: Caller, channel: str) -> bool:
        """Whether the caller can see this channel.

        Raises:
            UserError: That can't be found out now.
        """


@dataclass(frozen=True, slots=True)
class Rules:
    """What the settings allow.

    Attributes:
        catalogue_only: Only notebooks of the catalogue may be run, and only admins change it.
        platforms: Those with a token.
    """

    catalogue_only: bool
    platforms: Collection[Platform]


@dataclass(frozen=True, slots=True)
class Desk:
    """What it works with.

    Attributes:
        store: The rows.
        audience: Who can see what.
        rules: What is allowed.
        now: The time, in UTC.
        ring: Tells courier and tracker that something was written for this workspace.
    """

    store: Store
    audience: Audience
    rules: Rules
    now: Callable[[], datetime]
    ring: Callable[[str], None]

    async def carry_out(self, command: Command, caller: Caller) -> Reply:
        """Do what was asked, as far as it needs no platform: what was answered is saved.

        Raises:
            UserError: It can't be done, in words for the caller; nothing was written.
            StoreUnavailable: Nothing was written.
        """
        _admit(caller)
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
            case ShowEntry():
                return await entries.show(self, command, caller)
            case RemoveEntry():
                return await entries.remove(self, command, caller)
            case Help(verb=verb):
                return Helped(verb=verb)


def _admit(caller: Caller) -> None:
    person = caller.person
    if person.guest or person.foreign:
        who = "Guests" if person.guest else "People of other organisations"
        raise Refusal(f"{who} can't use Threadbook here.", hint="Ask a member of this workspace to run it for you.")
