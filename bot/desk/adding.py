"""Notebooks chosen for the catalogue from a list: which are offered, and what they are called."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from bot.command import AddEntry
from bot.desk import entries, offers
from bot.errors import UserError
from bot.form import Choice
from bot.grammar import fixed_name
from bot.grammar.verbs import RESERVED
from bot.reply import AddingOffered, EntriesAdded

if TYPE_CHECKING:
    from bot.command import AddChosen, Address
    from bot.desk.desk import Desk
    from bot.model import Caller, Entry


async def offer(desk: Desk, caller: Caller) -> AddingOffered:
    """`add` with nothing more, where no form can be opened.

    Raises:
        Refusal: Only admins change the catalogue here.
    """
    desk.admit(caller)
    entries.check_change(desk, caller)
    return AddingOffered()


async def choices(desk: Desk, caller: Caller, typed: str) -> list[Choice]:
    """The notebooks that match what is typed and have no name yet: the platforms' own, and those of recent runs.

    Raises:
        Refusal: The caller may not add any.
    """
    await offer(desk, caller)
    known = {one.notebook for one in await desk.catalogue(caller.workspace)}
    found: list[Choice] = []
    for one in await offers.theirs(desk, typed):
        if one.notebook not in known:
            known.add(one.notebook)
            group = one.project or f"On {one.notebook.platform.label}"
            found.append(Choice(key=f"id:{one.notebook}", label=one.name, group=group))
    words = typed.casefold().split()
    for run in await offers.recent(desk, caller):
        notebook, title = run.request.notebook, run.request.title
        if notebook not in known and offers.matches(words, title.casefold()):
            known.add(notebook)
            label = notebook.platform.label
            found.append(Choice(key=f"id:{notebook}", label=title, group="Recently run", about=label))
    # Slack shows each heading once: what belongs under it has to stand together.
    order = list(dict.fromkeys(one.group for one in found))
    return sorted(found, key=lambda one: order.index(one.group))


async def add(desk: Desk, command: AddChosen, caller: Caller) -> EntriesAdded:
    """Give the chosen notebooks names; those that have one keep it.

    Raises:
        UserError: The name is taken; nothing was added.
    """
    entries.check_change(desk, caller)
    added: list[Entry] = []
    known: list[tuple[str, str]] = []
    targets = {target.notebook: target for target in command.targets}.values()
    for target in targets:
        named = await desk.store.catalogue.of(caller.workspace, target.notebook)
        title = target.title or target.notebook.id
        if named:
            known.append((title, named[0].name))
        elif command.name and len(targets) == 1:
            added.append(await _named(desk, command, caller, target, command.name))
        else:
            added.append(await _after_its_title(desk, command, caller, target, title))
    return EntriesAdded(entries=tuple(added), known=tuple(known))


async def _named(desk: Desk, command: AddChosen, caller: Caller, target: Address, name: str) -> Entry:
    said = AddEntry(name=name, target=target, details=command.details)
    return (await entries.add(desk, said, caller)).entry


async def _after_its_title(desk: Desk, command: AddChosen, caller: Caller, target: Address, title: str) -> Entry:
    """`weekly-kpis`, or `weekly-kpis-2` where that is another notebook's."""
    taken = {one.name for one in await desk.catalogue(caller.workspace)}
    base = fixed_name(title, RESERVED)[:50].rstrip("-._")
    for number in count(1):
        name = base if number == 1 else f"{base}-{number}"
        if name in taken:
            continue
        try:
            return await _named(desk, command, caller, target, name)
        except UserError:
            if await desk.store.catalogue.entry(caller.workspace, name) is None:
                raise
    raise AssertionError
