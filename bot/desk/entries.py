"""The catalogue: list, add, show, remove."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.command import ListCatalogue, ListRuns
from bot.desk.running import unknown_name
from bot.desk.watching import seen
from bot.errors import Refusal, UserError
from bot.grammar import folded
from bot.model import Entry
from bot.reply import CatalogueListed, EntryAdded, EntryRemoved, EntryShown

if TYPE_CHECKING:
    from bot.command import AddEntry, OpenForm, RemoveEntry, ShowEntry
    from bot.desk.desk import Desk
    from bot.model import Caller


async def listed(desk: Desk, command: ListCatalogue | OpenForm, caller: Caller) -> CatalogueListed:
    """`list`, and what `run` alone offers."""
    known = await desk.store.catalogue.all(caller.workspace)
    search = command.search.casefold() if isinstance(command, ListCatalogue) else ""
    platform = None if isinstance(command, ListCatalogue) else command.platform
    found = [
        entry
        for entry in known
        if all(word in f"{entry.name} {entry.title}".casefold() for word in search.split())
        and platform in (None, entry.notebook.platform)
    ]
    return CatalogueListed(
        entries=tuple(found),
        total=len(known),
        search=search,
        platform=platform,
        asked_to_run=not isinstance(command, ListCatalogue),
        may_add=_may_change(desk, caller),
    )


async def add(desk: Desk, command: AddEntry, caller: Caller) -> EntryAdded:
    """`add`."""
    _check_change(desk, caller)
    target = command.target
    entry = Entry(
        name=command.name,
        notebook=target.notebook,
        url=target.url,
        title=target.title,
        defaults=command.defaults,
        literal=command.literal,
        added_by=caller.person.id,
    )
    if not await desk.store.catalogue.add(caller.workspace, entry, desk.now()):
        raise UserError(
            f"The catalogue has a notebook “{entry.name}” already.",
            hint=f"Choose another name, or `remove {entry.name}` first. `show {entry.name}` tells what it is.",
        )
    return EntryAdded(entry=entry)


async def show(desk: Desk, command: ShowEntry, caller: Caller) -> EntryShown:
    """`show`."""
    entry = await desk.store.catalogue.entry(caller.workspace, folded(command.name))
    if entry is None:
        raise await unknown_name(desk, caller, command.name, "show ")
    runs = await seen(desk, ListRuns(platform=entry.notebook.platform), caller)
    last = next((run for run in runs if run.request.notebook == entry.notebook), None)
    return EntryShown(entry=entry, last=last)


async def remove(desk: Desk, command: RemoveEntry, caller: Caller) -> EntryRemoved:
    """`remove`."""
    _check_change(desk, caller)
    entry = await desk.store.catalogue.entry(caller.workspace, folded(command.name))
    if entry is None or not await desk.store.catalogue.remove(caller.workspace, entry.name):
        raise await unknown_name(desk, caller, command.name, "remove ")
    return EntryRemoved(entry=entry)


def _may_change(desk: Desk, caller: Caller) -> bool:
    return caller.admin or not desk.rules.catalogue_only


def _check_change(desk: Desk, caller: Caller) -> None:
    if not _may_change(desk, caller):
        raise Refusal("Only admins can change the catalogue here.", hint="Ask one of them to do it.")
