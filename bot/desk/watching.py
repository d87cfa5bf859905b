"""Finding runs that the caller can see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import UserError
from bot.reply import RunShown, RunsListed

if TYPE_CHECKING:
    from bot.command import ListRuns, ShowStatus
    from bot.desk.desk import Desk
    from bot.model import Caller, Run

NEWEST = 200
FEW = 10
LISTED = 15


async def visible(desk: Desk, caller: Caller, number: int | None) -> Run:
    """The run of that number, or the newest of the caller's channel.

    Raises:
        UserError: There is none that the caller can see; whether there is one at all isn't told.
    """
    if number is None:
        for run in await desk.store.requests.newest(caller.workspace, FEW, channel=caller.channel):
            if await _sees(desk, caller, run, await desk.store.requests.card_channel(run.id)):
                return run
        raise UserError("There is no run in this channel yet.", hint="Name one by its number: `status 142`.")
    found = await desk.store.requests.by_number(caller.workspace, number)
    if found is None or not await _sees(desk, caller, found, await desk.store.requests.card_channel(found.id)):
        raise UserError(f"No run {number} that you can see.", hint="`runs` lists those that you can.")
    return found


async def _sees(desk: Desk, caller: Caller, run: Run, channel: str | None) -> bool:
    """Whether the caller can see the run's card; before there is one, whether they asked for it."""
    if channel is None:
        return run.asker == caller.person.id
    return channel == caller.channel or await desk.audience.sees(caller, channel)


async def status(desk: Desk, command: ShowStatus, caller: Caller) -> RunShown:
    """`status`."""
    return RunShown(run=await visible(desk, caller, command.run))


async def runs(desk: Desk, command: ListRuns, caller: Caller) -> RunsListed:
    """`runs`."""
    return RunsListed(runs=tuple(await seen(desk, command, caller)), platform=command.platform)


async def seen(desk: Desk, command: ListRuns, caller: Caller) -> list[Run]:
    """The newest runs whose cards the caller can see."""
    newest = await desk.store.requests.newest(caller.workspace, NEWEST)
    channels = await desk.store.requests.card_channels([run.id for run in newest])
    found: list[Run] = []
    for run in newest:
        if command.platform is not None and run.request.notebook.platform is not command.platform:
            continue
        if await _sees(desk, caller, run, channels.get(run.id)):
            found.append(run)
        if len(found) == LISTED:
            break
    return found
