"""Names that the catalogue doesn't have, and the nearest that it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import UserError
from bot.grammar import folded, suggest

if TYPE_CHECKING:
    from bot.desk.desk import Desk
    from bot.model import Caller


async def unknown_name(desk: Desk, caller: Caller, name: str, before: str = "") -> UserError:
    """No such entry; the nearest names are offered."""
    names = [entry.name for entry in await desk.catalogue(caller.workspace)]
    near = suggest(folded(name), names)
    hint = f"Did you mean `{before}{near}`?" if near is not None else "`list` shows what there is."
    if near is None and before == "run ":
        hint += " A notebook's web address works too."
    return UserError(f"The catalogue has no notebook “{name}”.", hint=hint)
