"""The form: which notebooks it offers, and what its fields start from."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

from bot.desk.running import allowed, unknown_name
from bot.desk.watching import visible
from bot.errors import NotFound, PlatformError, Unauthorized, UserError
from bot.form import Choice, Form, Place
from bot.model import Notebook, Options, Platform

if TYPE_CHECKING:
    from bot.command import Address
    from bot.desk.desk import Desk
    from bot.model import Caller, Entry, Inputs, InputSpec, Run

log = logging.getLogger(__name__)

PATIENCE: Final = 8.0
"""Seconds that a form waits for its notebook's inputs; then it says that they can't be had."""
OFFER_PATIENCE: Final = 1.5
"""Seconds that offering notebooks waits for a platform's: Slack wants options within three."""
RECENT: Final = 30
FEW: Final = 10


async def blank(desk: Desk, caller: Caller, *, platform: Platform | None = None) -> Form:  # noqa: ARG001, as all of them
    """A form with nothing chosen."""
    return Form(origin=caller.channel, place=Place.HERE if caller.channel else Place.DM)


async def of_run(desk: Desk, caller: Caller, number: int) -> Form:
    """A form with an earlier run's notebook, values and options.

    Raises:
        UserError: No such run that the caller can see.
    """
    run = await visible(desk, caller, number)
    key = f"name:{run.request.name}" if run.request.name else f"id:{run.request.notebook}"
    try:
        form = await of_key(desk, caller, key)
    except UserError:
        form = await of_key(desk, caller, f"id:{run.request.notebook}")
    filled = _with(form, run.request.inputs, run.request.literal)
    return filled if form.fixed else filled.model_copy(update={"options": run.request.options})


async def of_key(desk: Desk, caller: Caller, key: str, *, last: bool = False) -> Form:
    """A form for a chosen notebook, `key` being as Form.key.

    With `last`, it starts from what this person used last, not from the catalogue's and the notebook's own values.

    Raises:
        UserError: It's no longer in the catalogue, or may not be run.
    """
    entry, notebook = await _chosen(desk, caller, key)
    specs, note, title, url = await _inputs(desk, notebook, entry)
    mine = await desk.store.requests.of_notebook(caller.workspace, notebook, 1, asker=caller.person.id)
    form = Form(
        origin=caller.channel,
        notebook=notebook,
        name=entry.name if entry else None,
        title=(entry.title or entry.name) if entry else title or notebook.id,
        url=(entry.url if entry else None) or url,
        specs=specs,
        options=(entry.fixed if entry else None) or Options(),
        fixed=entry is not None and entry.fixed is not None,
        place=Place.HERE if caller.channel else Place.DM,
        has_last=bool(mine),
        note=note,
    )
    form = _with(form, await _used(desk, caller, notebook) if specs is None else {}, frozenset())
    if entry:
        form = _with(form, entry.defaults, entry.literal)
    if last and mine:
        form = _with(form, mine[0].request.inputs, mine[0].request.literal)
    return form


async def unfolded(desk: Desk, caller: Caller, address: Address) -> tuple[Form, Run | None]:
    """A notebook's form for its address, and its newest run whose card is in the caller's channel.

    Raises:
        UserError: It may not be run here.
    """
    named = await desk.store.catalogue.of(caller.workspace, address.notebook)
    form = await of_key(desk, caller, f"name:{named[0].name}" if named else f"id:{address.notebook}")
    if not named and address.title and form.title == address.notebook.id:
        form = form.model_copy(update={"title": address.title})
    recent = await desk.store.requests.of_notebook(caller.workspace, address.notebook, FEW)
    channels = await desk.store.requests.card_channels([run.id for run in recent])
    here = (run for run in recent if channels.get(run.id) == caller.channel)
    return form, next(here, None)


async def choices(desk: Desk, caller: Caller, typed: str) -> list[Choice]:
    """The notebooks that match what is typed: the catalogue's, those of recent runs, and Deepnote's."""
    words = typed.casefold().split()
    entries = await desk.catalogue(caller.workspace)
    found = [
        Choice(key=f"name:{entry.name}", label=_label(entry), group="Catalogue")
        for entry in entries
        if _matches(words, entry.name, entry.title, entry.describe)
    ]
    if desk.rules.catalogue_only:
        return found
    known = {entry.notebook for entry in entries}
    for run in await _recent(desk, caller):
        notebook = run.request.notebook
        if notebook not in known and _matches(words, run.request.title):
            known.add(notebook)
            label = f"{run.request.title} · {notebook.platform.label}"
            found.append(Choice(key=f"id:{notebook}", label=label, group="Recent"))
    for notebook, label in await _theirs(desk, typed):
        if notebook not in known:
            known.add(notebook)
            found.append(Choice(key=f"id:{notebook}", label=label, group=f"On {notebook.platform.label}"))
    return found


async def _chosen(desk: Desk, caller: Caller, key: str) -> tuple[Entry | None, Notebook]:
    kind, _, rest = key.partition(":")
    if kind == "name":
        entry = await desk.store.catalogue.entry(caller.workspace, rest)
        if entry is None:
            raise await unknown_name(desk, caller, rest)
        return entry, entry.notebook
    platform, _, notebook_id = rest.partition(":")
    if platform not in list(Platform) or not notebook_id:
        raise UserError("I can't tell which notebook that is.", hint="Choose it again.")
    notebook = Notebook(platform=Platform(platform), id=notebook_id)
    await allowed(desk, notebook, caller)
    return None, notebook


async def _inputs(
    desk: Desk, notebook: Notebook, entry: Entry | None
) -> tuple[tuple[InputSpec, ...] | None, str, str, str | None]:
    """The notebook's inputs, a note where they can't be had, its name and its address."""
    declared = entry.specs if entry and entry.specs else None
    client = desk.platforms.get(notebook.platform)
    label = notebook.platform.label
    if client is None:
        return declared, f"No {label} token is set here, so this notebook can't be run.", "", None
    try:
        async with asyncio.timeout(PATIENCE):
            info = await client.describe(notebook)
    except NotFound:
        return declared, f"{label} has no such notebook, or it isn't shared with us.", "", None
    except Unauthorized:
        return declared, f"{label} refuses our token, so nothing can be run there now.", "", None
    except (PlatformError, TimeoutError) as error:
        log.info("a form couldn't read %s: %s", notebook, error)
        note = f"{label} isn't answering, so I can't show this notebook's inputs. Type them by name."
        return declared, note, "", None
    return (info.inputs if info.inputs is not None else declared), "", info.name, info.url


def _with(form: Form, values: Inputs, literal: frozenset[str]) -> Form:
    """The form with these values on top; those without a field are other inputs."""
    fields = {spec.name for spec in form.specs or ()}
    return form.model_copy(
        update={
            "values": {**form.values, **{name: value for name, value in values.items() if name in fields}},
            "extra": {**form.extra, **{name: value for name, value in values.items() if name not in fields}},
            "literal": (form.literal - frozenset(values)) | literal,
        }
    )


async def _used(desk: Desk, caller: Caller, notebook: Notebook) -> Inputs:
    """What the newest run of a notebook was given, as far as the caller can see it."""
    for run in await desk.store.requests.of_notebook(caller.workspace, notebook, 5):
        if await desk.can_see(caller, run):
            return run.request.inputs
    return {}


async def _recent(desk: Desk, caller: Caller) -> list[Run]:
    """The newest runs whose cards are where the caller is, or that they asked for."""
    mine = await desk.store.requests.newest(caller.workspace, RECENT, asker=caller.person.id)
    here = await desk.store.requests.newest(caller.workspace, RECENT, channel=caller.channel) if caller.channel else []
    return sorted([*mine, *here], key=lambda run: -run.id)


async def _theirs(desk: Desk, typed: str) -> list[tuple[Notebook, str]]:
    """The platforms' own notebooks of that name, as far as they tell in time."""
    found: list[tuple[Notebook, str]] = []
    for platform, client in desk.platforms.items():
        try:
            async with asyncio.timeout(OFFER_PATIENCE):
                named = await client.find(typed)
        except (PlatformError, TimeoutError) as error:
            log.info("%s couldn't be asked for its notebooks: %s", platform.label, error)
            continue
        found += [(one.notebook, f"{one.name} · {one.project}" if one.project else one.name) for one in named]
    return found


def _label(entry: Entry) -> str:
    title = entry.title if entry.title and entry.title != entry.name else entry.describe
    return f"{entry.name} · {title}" if title else entry.name


def _matches(words: list[str], *texts: str) -> bool:
    text = " ".join(texts).casefold()
    return all(word in text for word in words)
