"""Who is told what: one more person at a run's end, a notebook's owner, a channel's links, one's own Home."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.desk import entries
from bot.desk.watching import visible
from bot.errors import UserError
from bot.model import State
from bot.reply import HomeShown, OwnerAsked, ToldToo, UnfurlSet

if TYPE_CHECKING:
    from bot.command import AskOwner, SetUnfurl, TellMeToo
    from bot.desk.desk import Desk
    from bot.model import Caller

MINE = 40
LAST = 10
LISTED = 15


async def tell_me_too(desk: Desk, command: TellMeToo, caller: Caller) -> ToldToo:
    """A click on a card: mention me as well at the end."""
    run = await visible(desk, caller, command.run)
    if run.asker == caller.person.id:
        raise UserError(f"You asked for run {run.number}, so you are told anyway.")
    fresh = await desk.store.acts.listen(run.id, caller.person.id) if run.open else None
    if fresh is None:
        raise UserError(f"Run {run.number} has ended already; its thread tells how.")
    return ToldToo(run=run, fresh=fresh)


async def ask_owner(desk: Desk, command: AskOwner, caller: Caller) -> OwnerAsked:
    """A click in a failed run's thread: mention the notebook's owner there, once."""
    run = await visible(desk, caller, command.run)
    if run.request.owner is None:
        raise UserError("Nobody is named as this notebook's owner.", hint="`edit <name> --owner @person` names one.")
    if run.progress.state in (State.SUCCEEDED, State.UNTRACKED) or run.open:
        raise UserError(f"Run {run.number} hasn't failed, so there is nothing to ask about.")
    fresh = await desk.store.acts.ask_owner(run.id, caller.person.id, run.request.owner, desk.now())
    desk.ring(caller.workspace)
    return OwnerAsked(run=run, fresh=fresh)


async def set_unfurl(desk: Desk, command: SetUnfurl, caller: Caller) -> UnfurlSet:
    """`unfurl on` and `unfurl off`, for this channel."""
    return UnfurlSet(
        on=command.on, fresh=await desk.store.acts.set_unfurl(caller.workspace, caller.channel, on=command.on)
    )


async def home(desk: Desk, caller: Caller) -> HomeShown:
    """What somebody's Home tab shows."""
    mine = await desk.store.requests.newest(caller.workspace, MINE, asker=caller.person.id)
    first = await desk.store.catalogue.all(caller.workspace, LISTED)
    return HomeShown(
        running=tuple(run for run in mine if run.open),
        ended=tuple(run for run in mine if not run.open)[:LAST],
        entries=tuple(first),
        may_add=entries.may_change(desk, caller),
        more=max(0, len(await desk.catalogue(caller.workspace)) - len(first)),
    )
