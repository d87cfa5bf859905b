"""Finding runs that the caller can see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.command import Address
from bot.desk.naming import unknown_name
from bot.errors import UserError
from bot.grammar import folded
from bot.model import State
from bot.reply import RunShown, RunsListed
from bot.store.requests import Sought

if TYPE_CHECKING:
    from bot.command import ListRuns, ShowStatus
    from bot.desk.desk import Desk
    from bot.model import Caller, Notebook, Run

NEWEST = 200
FEW = 10
LISTED = 10
FAILURES = frozenset({State.FAILED, State.REJECTED, State.UNCLEAR, State.LOST})


async def visible(desk: Desk, caller: Caller, number: int | None) -> Run:
    """The run of that number, or the newest of the caller's channel.

    Raises:
        UserError: There is none that the caller can see; whether there is one at all isn't told.
    """
    if number is None:
        for run in await desk.store.requests.newest(caller.workspace, FEW, channel=caller.channel):
            if await sees(desk, caller, run, await desk.store.requests.card_channel(run.id)):
                return run
        raise UserError("There is no run in this channel yet.", hint="Name one by its number: `status 142`.")
    found = await desk.store.requests.by_number(caller.workspace, number)
    if found is None or not await sees(desk, caller, found, await desk.store.requests.card_channel(found.id)):
        raise UserError(f"No run {number} that you can see.", hint="`runs` lists those that you can.")
    return found


async def sees(desk: Desk, caller: Caller, run: Run, channel: str | None) -> bool:
    """Whether the caller can see the run's card; before there is one, or in a DM, whether they asked for it."""
    if channel is None or run.dm:
        return run.asker == caller.person.id
    return channel == caller.channel or await desk.audience.sees(caller, channel, asker=run.asker)


async def will_see(desk: Desk, caller: Caller, run: Run) -> bool:
    """Whether the caller can see the run's card, or will as soon as it's posted.

    Raises:
        UserError: That can't be found out now.
    """
    channel = await desk.store.requests.card_channel(run.id)
    return await sees(desk, caller, run, run.channel if channel is None else channel)


async def status(desk: Desk, command: ShowStatus, caller: Caller) -> RunShown:
    """`status`."""
    return RunShown(run=await visible(desk, caller, command.run))


async def runs(desk: Desk, command: ListRuns, caller: Caller) -> RunsListed:
    """`runs`: a page of those that the caller can see."""
    notebook = await _notebook(desk, command, caller)
    found = await seen(desk, command, caller, notebook, command.page * LISTED + 1)
    start = (command.page - 1) * LISTED
    return RunsListed(runs=tuple(found[start : start + LISTED]), asked=command, more=len(found) > start + LISTED)


async def seen(desk: Desk, command: ListRuns, caller: Caller, notebook: Notebook | None, most: int) -> list[Run]:
    """The newest runs that fit the command and whose cards the caller can see."""
    wanted = Sought(
        asker=caller.person.id if command.mine else None,
        before=None if command.newest is None else command.newest + 1,
        platform=command.platform,
        notebook=notebook,
        states=FAILURES if command.failed else None,
    )
    found: list[Run] = []
    while len(found) < most:
        newest = await desk.store.requests.sought(caller.workspace, NEWEST, wanted)
        channels = await desk.store.requests.card_channels([run.id for run in newest])
        found += [run for run in newest if await sees(desk, caller, run, channels.get(run.id))]
        if len(newest) < NEWEST:
            break
        wanted = wanted._replace(before=newest[-1].number)
    return found[:most]


async def _notebook(desk: Desk, command: ListRuns, caller: Caller) -> Notebook | None:
    if command.target is None or isinstance(command.target, Address):
        return command.target.notebook if command.target else None
    entry = await desk.store.catalogue.entry(caller.workspace, folded(command.target))
    if entry is None:
        raise await unknown_name(desk, caller, command.target, "runs ")
    return entry.notebook
