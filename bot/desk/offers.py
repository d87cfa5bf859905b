"""Which notebooks a form offers, as letters are typed."""

from __future__ import annotations

import asyncio
import logging
from itertools import islice
from typing import TYPE_CHECKING, Final

from bot.errors import PlatformError
from bot.form import Choice

if TYPE_CHECKING:
    from bot.desk.desk import Desk
    from bot.model import Caller, Platform, Run
    from bot.platforms.base import NamedNotebook
    from bot.store.catalogue import Named

log = logging.getLogger(__name__)

PATIENCE: Final = 1.5
"""Seconds that offering waits for a platform's own notebooks: Slack wants options within three."""
RECENT: Final = 30
MOST: Final = 100
"""Options that Slack shows."""


async def choices(desk: Desk, caller: Caller, typed: str, *, only: Platform | None = None) -> list[Choice]:
    """The notebooks that match what is typed: the catalogue's, those of recent runs, and Deepnote's.

    Raises:
        Refusal: The caller may not use Threadbook.
    """
    desk.admit(caller)
    words = [word for word in typed.casefold().split() if word != "·"]  # a label may have been copied
    named = await desk.catalogue(caller.workspace)
    matching = (one for one in named if only in (None, one.notebook.platform) and matches(words, one.words))
    # Who sees as many as that types on.
    found = [Choice(key=f"name:{one.name}", label=_label(one), group="Catalogue") for one in islice(matching, MOST)]
    if desk.rules.catalogue_only or len(found) == MOST:
        return found
    known = {one.notebook for one in named}
    for run in await recent(desk, caller):
        notebook, title = run.request.notebook, run.request.title
        if notebook not in known and only in (None, notebook.platform) and matches(words, title.casefold()):
            known.add(notebook)
            found.append(Choice(key=f"id:{notebook}", label=f"{title} · {notebook.platform.label}", group="Recent"))
    for one in await theirs(desk, typed, only):
        if one.notebook not in known:
            known.add(one.notebook)
            label = f"{one.name} · {one.project}" if one.project else one.name
            found.append(Choice(key=f"id:{one.notebook}", label=label, group=f"On {one.notebook.platform.label}"))
    return found


async def recent(desk: Desk, caller: Caller) -> list[Run]:
    """The newest runs whose cards are where the caller is, or that they asked for."""
    mine = await desk.store.requests.newest(caller.workspace, RECENT, asker=caller.person.id)
    here = await desk.store.requests.newest(caller.workspace, RECENT, channel=caller.channel) if caller.channel else []
    return sorted([*mine, *here], key=lambda run: -run.id)


async def theirs(desk: Desk, typed: str, only: Platform | None = None) -> list[NamedNotebook]:
    """The platforms' own notebooks of that name, as far as they tell in time."""
    found: list[NamedNotebook] = []
    for platform, client in desk.platforms.items():
        if only not in (None, platform):
            continue
        try:
            async with asyncio.timeout(PATIENCE):
                found += await client.find(typed)
        except (PlatformError, TimeoutError) as error:
            log.info("%s couldn't be asked for its notebooks: %s", platform.label, error)
    return found


def _label(one: Named) -> str:
    title = one.title if one.title and one.title != one.name else one.describe
    return f"{one.name} · {title}" if title else one.name


def matches(words: list[str], text: str) -> bool:
    """Whether a text has all of these in it."""
    return all(word in text for word in words)
