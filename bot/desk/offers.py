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
    from bot.model import Caller, Notebook, Platform, Run
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
    matching = (one for one in named if only in (None, one.notebook.platform) and _matches(words, one.words))
    # Who sees as many as that types on.
    found = [Choice(key=f"name:{one.name}", label=_label(one), group="Catalogue") for one in islice(matching, MOST)]
    if desk.rules.catalogue_only or len(found) == MOST:
        return found
    known = {one.notebook for one in named}
    for run in await _recent(desk, caller):
        notebook, title = run.request.notebook, run.request.title
        if notebook not in known and only in (None, notebook.platform) and _matches(words, title.casefold()):
            known.add(notebook)
            found.append(Choice(key=f"id:{notebook}", label=f"{title} · {notebook.platform.label}", group="Recent"))
    for notebook, label in await _theirs(desk, typed, only):
        if notebook not in known:
            known.add(notebook)
            found.append(Choice(key=f"id:{notebook}", label=label, group=f"On {notebook.platform.label}"))
    return found


async def _recent(desk: Desk, caller: Caller) -> list[Run]:
    """The newest runs whose cards are where the caller is, or that they asked for."""
    mine = await desk.store.requests.newest(caller.workspace, RECENT, asker=caller.person.id)
    here = await desk.store.requests.newest(caller.workspace, RECENT, channel=caller.channel) if caller.channel else []
    return sorted([*mine, *here], key=lambda run: -run.id)


async def _theirs(desk: Desk, typed: str, only: Platform | None) -> list[tuple[Notebook, str]]:
    """The platforms' own notebooks of that name, as far as they tell in time."""
    found: list[tuple[Notebook, str]] = []
    for platform, client in desk.platforms.items():
        if only not in (None, platform):
            continue
        try:
            async with asyncio.timeout(PATIENCE):
                named = await client.find(typed)
        except (PlatformError, TimeoutError) as error:
            log.info("%s couldn't be asked for its notebooks: %s", platform.label, error)
            continue
        found += [(one.notebook, f"{one.name} · {one.project}" if one.project else one.name) for one in named]
    return found


def _label(one: Named) -> str:
    title = one.title if one.title and one.title != one.name else one.describe
    return f"{one.name} · {title}" if title else one.name


def _matches(words: list[str], text: str) -> bool:
    return all(word in text for word in words)
