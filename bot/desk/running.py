"""Requests: run, rerun, track; and taking one back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.command import Address
from bot.desk.watching import visible
from bot.errors import Refusal, UserError
from bot.grammar import check_options, folded, suggest
from bot.model import Entry, Options, Request
from bot.reply import Started, UntrackNoted

if TYPE_CHECKING:
    from bot.command import Rerun, RunNotebook, Target, Track, Untrack
    from bot.desk.desk import Desk
    from bot.model import Caller, Notebook, Platform


async def run(desk: Desk, command: RunNotebook, caller: Caller) -> Started:
    """`run`: resolve the notebook, check what needs no platform, save."""
    request = await _resolved(desk, command.target, command.platform, caller)
    request = request.model_copy(
        update={
            "inputs": {**request.inputs, **command.inputs},
            "literal": (request.literal - frozenset(command.inputs)) | command.literal,
            "options": command.options,
            "adopt": None,
        }
    )
    check_options(request.options, request.notebook.platform, request.inputs)
    return await _save(desk, request, caller, dm=command.dm)


async def rerun(desk: Desk, command: Rerun, caller: Caller) -> Started:
    """`rerun`: the same notebook, inputs and options, but for the inputs that are named anew."""
    before = (await visible(desk, caller, command.run)).request
    await _allowed(desk, before.notebook, caller)
    inputs = {**before.inputs, **command.inputs}
    literal = (before.literal - frozenset(command.inputs)) | command.literal
    request = before.model_copy(update={"inputs": inputs, "literal": literal, "adopt": None})
    return await _save(desk, request, caller, dm=command.dm)


async def track(desk: Desk, command: Track, caller: Caller) -> Started:
    """`track`: watch a run that was started elsewhere."""
    request = await _resolved(desk, command.target, command.platform, caller)
    if request.notebook.platform.value == "datalore" and not command.remote_id:
        raise UserError(
            "Datalore doesn't list a notebook's runs, so I need the run's own id.",
            hint=f"`track {request.name or request.notebook} <run id>`",
        )
    request = request.model_copy(update={"inputs": {}, "options": Options(), "adopt": command.remote_id})
    return await _save(desk, request, caller, dm=False)


async def untrack(desk: Desk, command: Untrack, caller: Caller) -> UntrackNoted:
    """`untrack`: for the one who asked, and admins."""
    found = await visible(desk, caller, command.run)
    if not found.open:
        raise UserError(f"Run {found.number} has ended already, so there is nothing to stop tracking.")
    if caller.person.id != found.asker and not caller.admin:
        raise Refusal(
            f"Only {found.asker_name}, who asked for run {found.number}, and admins can stop tracking it.",
            hint=f"Ask {found.asker_name}, or an admin.",
        )
    fresh = await desk.store.requests.untrack(found.id, caller.person.id, desk.now())
    desk.ring(caller.workspace)
    return UntrackNoted(run=found, fresh=fresh)


async def _save(desk: Desk, request: Request, caller: Caller, *, dm: bool) -> Started:
    platform = request.notebook.platform
    if platform not in desk.rules.platforms:
        raise UserError(
            f"No {platform.label} token is set here, so nothing can be run on {platform.label}.",
            hint=f"Whoever runs Threadbook can set {platform.value.upper()}_TOKEN.",
        )
    saved = await desk.store.requests.save(request, caller, desk.now(), dm=dm)
    desk.ring(caller.workspace)
    return Started(run=saved.run, fresh=saved.fresh)


async def _resolved(desk: Desk, target: Target, platform: Platform | None, caller: Caller) -> Request:
    """The notebook that was named, with the catalogue's values to start from."""
    if isinstance(target, Address):
        await _allowed(desk, target.notebook, caller)
        return Request(notebook=target.notebook, title=target.title or target.notebook.id, url=target.url)
    entry = await desk.store.catalogue.entry(caller.workspace, folded(target))
    if entry is None:
        raise await unknown_name(desk, caller, target, "run ")
    if platform is not None and entry.notebook.platform is not platform:
        label = entry.notebook.platform.label
        raise UserError(
            f"{entry.name} is a notebook on {label}, not on {platform.label}.", hint=f"`/notebook run {entry.name}`"
        )
    return _of(entry)


def _of(entry: Entry) -> Request:
    return Request(
        notebook=entry.notebook,
        name=entry.name,
        title=entry.title or entry.name,
        url=entry.url,
        inputs=entry.defaults,
        literal=entry.literal,
    )


async def unknown_name(desk: Desk, caller: Caller, name: str, before: str = "") -> UserError:
    """No such entry; the nearest names are offered."""
    names = [entry.name for entry in await desk.store.catalogue.all(caller.workspace)]
    near = suggest(folded(name), names)
    if near is not None:
        return UserError(f"The catalogue has no notebook “{name}”.", hint=f"Did you mean `{before}{near}`?")
    return UserError(
        f"The catalogue has no notebook “{name}”.",
        hint="`list` shows what there is. A notebook's web address works too.",
    )


async def _allowed(desk: Desk, notebook: Notebook, caller: Caller) -> None:
    if not desk.rules.catalogue_only or await desk.store.catalogue.of(caller.workspace, notebook):
        return
    raise Refusal(
        "Only notebooks of the catalogue may be run here, and this one isn't in it.",
        hint="`list` shows those that are. An admin can `add` this one.",
    )
