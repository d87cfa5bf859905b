"""Requests: run, rerun, track; and taking one back."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.command import Address
from bot.desk.naming import unknown_name
from bot.desk.watching import visible, will_see
from bot.errors import Refusal, UserError
from bot.grammar import check_options, folded
from bot.model import Options, Platform, Request
from bot.reply import Started, UnderWay, UntrackNoted
from bot.store.saving import Guard

if TYPE_CHECKING:
    from bot.command import Rerun, RunNotebook, Target, Track, Untrack
    from bot.desk.desk import Desk
    from bot.model import Caller, Entry, Notebook


class Resolved(NamedTuple):
    """A request, and the catalogue's entry whose rules it is under."""

    request: Request
    entry: Entry | None


async def run(desk: Desk, command: RunNotebook, caller: Caller) -> Started | UnderWay:
    """`run`: resolve the notebook, check what needs no platform, save."""
    if command.channel is not None:
        await _check_place(desk, caller, command.channel)
        caller = caller.model_copy(update={"channel": command.channel})
    request, entry = await _resolved(desk, command.target, command.platform, caller)
    if command.whole:
        request = request.model_copy(update={"inputs": {}, "literal": frozenset()})
    request = request.model_copy(
        update={
            "inputs": {**request.inputs, **command.inputs},
            "literal": (request.literal - frozenset(command.inputs)) | command.literal,
            "options": _options(command.options, entry),
        }
    )
    check_options(request.options, request.notebook.platform, request.inputs)
    return await _save(desk, Resolved(request, entry), caller, dm=command.dm, anyway=command.anyway)


async def rerun(desk: Desk, command: Rerun, caller: Caller) -> Started | UnderWay:
    """`rerun`: the same notebook, inputs and options, but for the inputs that are named anew."""
    before = (await visible(desk, caller, command.run)).request
    ruling = await allowed(desk, before.notebook, caller)
    entry = await desk.store.catalogue.entry(caller.workspace, before.name) if before.name else None
    if entry is None or entry.notebook != before.notebook:
        entry = ruling  # the name means another notebook by now
    inputs = {**before.inputs, **command.inputs}
    literal = (before.literal - frozenset(command.inputs)) | command.literal
    # What the catalogue has fixed since then holds for old cards too.
    options = entry.fixed if entry is not None and entry.fixed is not None else before.options
    # Who asks again wants to see it, changed or not.
    again = {"inputs": inputs, "literal": literal, "options": options, "adopt": None, "when_changed": False}
    request = before.model_copy(update=again)
    return await _save(desk, Resolved(request, entry), caller, dm=command.dm, anyway=command.anyway)


async def track(desk: Desk, command: Track, caller: Caller) -> Started | UnderWay:
    """`track`: watch a run that was started elsewhere."""
    request, _ = await _resolved(desk, command.target, command.platform, caller)
    if request.notebook.platform is Platform.DATALORE and not command.remote_id:
        raise UserError(
            "Datalore doesn't list a notebook's runs, so I need the run's own id.",
            hint=f"`track {request.name or request.notebook} <run id>`",
        )
    request = request.model_copy(update={"inputs": {}, "options": Options(), "adopt": command.remote_id})
    return await _save(desk, Resolved(request, None), caller, dm=False, anyway=True)


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


async def _save(desk: Desk, resolved: Resolved, caller: Caller, *, dm: bool, anyway: bool) -> Started | UnderWay:
    request, entry = resolved
    platform = request.notebook.platform
    if platform not in desk.platforms:
        raise UserError(
            f"No {platform.label} token is set here, so nothing can be run on {platform.label}.",
            hint=f"Whoever runs Threadbook can set {platform.value.upper()}_TOKEN.",
        )
    if entry is not None and entry.channels and (dm or caller.channel not in entry.channels):
        raise Refusal(f"{entry.name} may be run only in these channels:", channels=entry.channels)
    alone = entry is not None and entry.one_at_a_time
    guard = Guard.NOTEBOOK if alone else Guard.NOTHING if anyway else Guard.SAME
    saved = await desk.store.requests.save(request, caller, desk.now(), dm=dm, guard=guard)
    if saved.in_the_way:
        # Two people who ask in the same moment ask before there is a card.
        if await will_see(desk, caller, saved.run):
            return UnderWay(run=saved.run, alone=alone, dm=dm)
        if alone:
            raise UserError(
                f"{request.name or request.title} is being run already, and only one at a time may be.",
                hint="Try again later.",
            )
        # What the caller can't see isn't told, and so isn't in the way.
        saved = await desk.store.requests.save(request, caller, desk.now(), dm=dm)
    desk.ring(caller.workspace)
    return Started(run=saved.run, fresh=saved.fresh)


async def _check_place(desk: Desk, caller: Caller, channel: str) -> None:
    if channel != caller.channel and not await desk.audience.sees(caller, channel, asker=""):
        raise Refusal(
            "I can't post there for you: one of us isn't in that channel.",
            hint="Invite Threadbook to it, or choose another.",
            channels=(channel,),
        )


def _options(asked: Options, entry: Entry | None) -> Options:
    if entry is None or entry.fixed is None:
        return asked
    if asked not in (Options(), entry.fixed):
        raise Refusal(
            f"The catalogue fixes how {entry.name} is run, so no flags can be given.",
            hint=f"`show {entry.name}` tells how.",
        )
    return entry.fixed


async def _resolved(desk: Desk, target: Target, platform: Platform | None, caller: Caller) -> Resolved:
    """The notebook that was named, with the catalogue's values to start from."""
    if isinstance(target, Address):
        ruling = await allowed(desk, target.notebook, caller)
        title = target.title or target.notebook.id
        return Resolved(Request(notebook=target.notebook, title=title, url=target.url), ruling)
    entry = await desk.store.catalogue.entry(caller.workspace, folded(target))
    if entry is None:
        raise await unknown_name(desk, caller, target, "run ")
    if platform is not None and entry.notebook.platform is not platform:
        label = entry.notebook.platform.label
        raise UserError(
            f"{entry.name} is a notebook on {label}, not on {platform.label}.", hint=f"`/notebook run {entry.name}`"
        )
    return Resolved(_of(entry), entry)


def _of(entry: Entry) -> Request:
    return Request(
        notebook=entry.notebook,
        name=entry.name,
        title=entry.title or entry.name,
        url=entry.url,
        inputs=entry.defaults,
        literal=entry.literal,
        owner=entry.owner,
        when_changed=entry.when_changed,
    )


async def allowed(desk: Desk, notebook: Notebook, caller: Caller) -> Entry | None:
    """Whose rules a notebook is under that wasn't asked for by name; None where anything may be run.

    Raises:
        Refusal: Only the catalogue may be run, and this isn't in it.
    """
    if not desk.rules.catalogue_only:
        return None
    named = await desk.store.catalogue.of(caller.workspace, notebook)
    if not named:
        raise Refusal(
            "Only notebooks of the catalogue may be run here, and this one isn't in it.",
            hint="`list` shows those that are. An admin can `add` this one.",
        )
    return next((entry for entry in named if not entry.channels or caller.channel in entry.channels), named[0])
