"""The catalogue: list, add, show, remove."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.command import ListCatalogue, ListRuns
from bot.desk.naming import unknown_name
from bot.desk.watching import seen
from bot.errors import Refusal, UserError
from bot.grammar import check_options, folded
from bot.inputs import faults
from bot.model import Entry, Options
from bot.reply import CatalogueListed, EntryAdded, EntryChanged, EntryRemoved, EntryShown

if TYPE_CHECKING:
    from bot.command import AddEntry, EditEntry, OpenForm, RemoveEntry, ShowEntry
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
        if all(word in f"{entry.name} {entry.title} {entry.describe}".casefold() for word in search.split())
        and platform in (None, entry.notebook.platform)
    ]
    return CatalogueListed(
        entries=tuple(found),
        total=len(known),
        search=search,
        platform=platform,
        asked_to_run=not isinstance(command, ListCatalogue),
        may_add=may_change(desk, caller),
    )


async def add(desk: Desk, command: AddEntry, caller: Caller) -> EntryAdded:
    """`add`."""
    check_change(desk, caller)
    target, details = command.target, command.details
    entry = Entry(
        name=command.name,
        notebook=target.notebook,
        url=target.url,
        title=target.title,
        defaults=command.defaults,
        literal=command.literal,
        specs=details.specs,
        describe=details.describe or "",
        owner=details.owner or None,
        channels=details.channels or (),
        fixed=details.fixed,
        one_at_a_time=bool(details.one_at_a_time),
        when_changed=bool(details.when_changed),
        added_by=caller.person.id,
    )
    _check(desk, entry)
    if not await desk.store.catalogue.add(caller.workspace, entry, desk.now()):
        raise UserError(
            f"The catalogue has a notebook “{entry.name}” already.",
            hint=f"Choose another name, or `remove {entry.name}` first. `show {entry.name}` tells what it is.",
        )
    desk.names.pop(caller.workspace, None)
    return EntryAdded(entry=entry)


async def edit(desk: Desk, command: EditEntry, caller: Caller) -> EntryChanged:
    """`edit`: what isn't named stays as it was; a new link keeps name, defaults and history."""
    check_change(desk, caller)
    before = await desk.store.catalogue.entry(caller.workspace, folded(command.name))
    if before is None:
        raise await unknown_name(desk, caller, command.name, "edit ")
    entry = edited(before, command)
    _check(desk, entry)
    if not await desk.store.catalogue.change(caller.workspace, entry):
        raise await unknown_name(desk, caller, command.name, "edit ")
    desk.names.pop(caller.workspace, None)
    return EntryChanged(entry=entry)


def _check(desk: Desk, entry: Entry) -> None:
    """Whether flags and values go with the notebook and with what is declared; raises UserError."""
    check_options(entry.fixed or Options(), entry.notebook.platform, entry.defaults)
    named = {spec.name for spec in entry.specs}
    declared = {name: value for name, value in entry.defaults.items() if name in named}
    for fault in faults(declared, entry.specs, desk.now().date()).values():
        raise fault


def edited(before: Entry, command: EditEntry) -> Entry:
    """An entry after an edit."""
    details, gone = command.details, command.unset
    kept = {name: value for name, value in before.defaults.items() if name not in gone}
    named = {spec.name for spec in details.specs} | gone
    target = command.target
    return before.model_copy(
        update={
            "notebook": target.notebook if target else before.notebook,
            "url": target.url if target else before.url,
            "title": (target.title or before.title) if target else before.title,
            "gone_since": None if target else before.gone_since,
            "defaults": {**kept, **command.defaults},
            "literal": (before.literal - frozenset(command.defaults) - gone) | command.literal,
            "specs": (*(spec for spec in before.specs if spec.name not in named), *details.specs),
            "describe": before.describe if details.describe is None else details.describe,
            "owner": before.owner if details.owner is None else details.owner or None,
            "channels": before.channels if details.channels is None else details.channels,
            "fixed": None if details.any_options else details.fixed or before.fixed,
            "when_changed": before.when_changed if details.when_changed is None else details.when_changed,
            "one_at_a_time": before.one_at_a_time if details.one_at_a_time is None else details.one_at_a_time,
        }
    )


async def show(desk: Desk, command: ShowEntry, caller: Caller) -> EntryShown:
    """`show`."""
    entry = await desk.store.catalogue.entry(caller.workspace, folded(command.name))
    if entry is None:
        raise await unknown_name(desk, caller, command.name, "show ")
    runs = await seen(desk, ListRuns(), caller, entry.notebook, 1)
    return EntryShown(entry=entry, last=runs[0] if runs else None)


async def remove(desk: Desk, command: RemoveEntry, caller: Caller) -> EntryRemoved:
    """`remove`."""
    check_change(desk, caller)
    entry = await desk.store.catalogue.entry(caller.workspace, folded(command.name))
    if entry is None or not await desk.store.catalogue.remove(caller.workspace, entry.name):
        raise await unknown_name(desk, caller, command.name, "remove ")
    desk.names.pop(caller.workspace, None)
    return EntryRemoved(entry=entry)


def may_change(desk: Desk, caller: Caller) -> bool:
    """Whether the caller may add, edit and remove entries."""
    return caller.admin or not desk.rules.catalogue_only


def check_change(desk: Desk, caller: Caller) -> None:
    """Refuse those who may not.

    Raises:
        Refusal: Only admins change the catalogue here.
    """
    if not may_change(desk, caller):
        raise Refusal("Only admins can change the catalogue here.", hint="Ask one of them to do it.")
