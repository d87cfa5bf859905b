"""The form: for which notebook, and what its fields start from."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC
from typing import TYPE_CHECKING, Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot import dates
from bot.desk.naming import unknown_name
from bot.desk.running import allowed
from bot.desk.watching import visible
from bot.errors import NotFound, PlatformError, Unauthorized, UserError
from bot.form import Form, Place, digest, ends
from bot.inputs import settled
from bot.model import Notebook, Options, Platform
from bot.render.masks import secret

if TYPE_CHECKING:
    from datetime import date

    from bot.command import Address
    from bot.desk.desk import Desk
    from bot.model import Caller, Entry, Inputs, InputSpec, Run

log = logging.getLogger(__name__)

PATIENCE: Final = 8.0
"""Seconds that a form waits for its notebook's inputs; then it says that they can't be had."""
REDRAWN: Final = 1.0
"""The same for a form that shows them already: it goes on with those."""
FEW: Final = 10


async def blank(desk: Desk, caller: Caller, *, only: Platform | None = None) -> Form:
    """A form with nothing chosen, for the notebooks of one platform if `only` says so.

    Raises:
        Refusal: The caller may not use Threadbook.
    """
    desk.admit(caller)
    return Form(origin=caller.channel, place=_place(caller, ()), only=only)


async def of_run(desk: Desk, caller: Caller, number: int) -> Form:
    """A form with an earlier run's notebook, values and options.

    Raises:
        UserError: No such run that the caller can see.
    """
    desk.admit(caller)
    run = await visible(desk, caller, number)
    key = f"id:{run.request.notebook}"
    if run.request.name is None:
        return await of_key(desk, caller, key, run=number)
    try:
        return await of_key(desk, caller, f"name:{run.request.name}", run=number)
    except UserError:
        return await of_key(desk, caller, key, run=number)


async def of_key(desk: Desk, caller: Caller, key: str, *, run: int | None = None, drawn: str = "") -> Form:
    """A form for a chosen notebook.

    Args:
        desk: What it works with.
        caller: Who fills it in, and where.
        key: As Form.key.
        run: The earlier run whose values and options it starts from, not from the catalogue's and the notebook's own.
        drawn: The digest of the inputs that it shows already; those will do where the platform doesn't answer at once.

    Raises:
        UserError: It's no longer in the catalogue, or may not be run.
    """
    desk.admit(caller)
    entry, notebook = await _chosen(desk, caller, key)
    told = await _told(desk, caller, notebook, entry, drawn)
    last = await _last(desk, caller, notebook)
    form = Form(
        origin=caller.channel,
        notebook=notebook,
        name=entry.name if entry else None,
        title=told.name or (entry.title or entry.name if entry else notebook.id),
        about=entry.describe if entry else "",
        url=(entry.url if entry else None) or told.url,
        owner=entry.owner if entry else None,
        specs=told.specs,
        options=(entry.fixed if entry else None) or Options(),
        fixed=entry is not None and entry.fixed is not None,
        place=_place(caller, entry.channels if entry else ()),
        channels=entry.channels if entry else (),
        last=last.number if last else None,
        note=told.note,
        stop=told.stop,
    )
    if told.specs is None or notebook.platform is Platform.DATALORE:
        form = _with(form, *await _used(desk, caller, notebook))
    if entry:
        form = _with(form, entry.defaults, entry.literal)
    return form if run is None else await _as_run(desk, caller, form, run)


async def unfolded(desk: Desk, caller: Caller, address: Address) -> tuple[Form, Run | None]:
    """A notebook's form for its address, and its newest run whose card is in the caller's channel.

    Raises:
        UserError: It may not be run here, or can't be.
    """
    named = await desk.store.catalogue.of(caller.workspace, address.notebook)
    form = await of_key(desk, caller, f"name:{named[0].name}" if named else f"id:{address.notebook}")
    if form.stop:
        raise UserError(form.stop)
    if not named and address.title and form.title == address.notebook.id:
        form = form.model_copy(update={"title": address.title})
    recent = await desk.store.requests.of_notebook(caller.workspace, address.notebook, FEW)
    channels = await desk.store.requests.card_channels([run.id for run in recent])
    here = (run for run in recent if channels.get(run.id) == caller.channel and not run.dm)
    return form, next(here, None)


def with_hints(desk: Desk, caller: Caller, form: Form) -> Form:
    """The form, saying of each word for a date what it becomes today, where the caller is."""
    found = {}
    for spec in form.fields:
        value = form.start(spec)
        if spec.type == "date" and isinstance(value, str):
            found[spec.name] = _meaning(value, today(desk, caller))
        elif spec.type == "date-range":
            for end, word in zip(("from", "to"), ends(value), strict=True):
                found[f"{spec.name}:{end}"] = _meaning(word, today(desk, caller))
    return form.model_copy(update={"hints": {name: words for name, words in found.items() if words}})


def today(desk: Desk, caller: Caller) -> date:
    """Which day it is where the caller is."""
    try:
        return desk.now().astimezone(ZoneInfo(caller.person.tz)).date()
    except (ZoneInfoNotFoundError, ValueError):
        return desk.now().astimezone(UTC).date()


def _meaning(word: str, day: date) -> str:
    found = dates.resolve(word, day)
    return f"{word} is {found}" if found is not None and found != word.strip() else ""


def _place(caller: Caller, only: tuple[str, ...]) -> Place:
    """Where the card goes unless somebody says otherwise."""
    if only and caller.channel not in only:
        return Place.CHANNEL
    return Place.HERE if caller.channel else Place.DM


async def _chosen(desk: Desk, caller: Caller, key: str) -> tuple[Entry | None, Notebook]:
    kind, _, rest = key.partition(":")
    if kind == "name":
        entry = await desk.store.catalogue.entry(caller.workspace, rest)
        if entry is None:
            raise await unknown_name(desk, caller, rest)
        return entry, entry.notebook
    platform, _, notebook_id = rest.partition(":")
    if kind != "id" or platform not in list(Platform) or not notebook_id:
        raise UserError("I can't tell which notebook that is.", hint="Choose it again.")
    notebook = Notebook(platform=Platform(platform), id=notebook_id)
    return await allowed(desk, notebook, caller), notebook


class Told(NamedTuple):
    """What platform and catalogue tell of a notebook; `note` and `stop` as in Form."""

    specs: tuple[InputSpec, ...] | None
    name: str = ""
    url: str | None = None
    note: str = ""
    stop: str = ""


async def _told(desk: Desk, caller: Caller, notebook: Notebook, entry: Entry | None, drawn: str) -> Told:
    declared = entry.specs if entry and entry.specs else None
    shown = desk.shapes.get((notebook, drawn)) if drawn else None
    client = desk.platforms.get(notebook.platform)
    label = notebook.platform.label
    if client is None:
        return Told(declared, stop=f"No {label} token is set here, so this notebook can't be run.")
    try:
        async with asyncio.timeout(PATIENCE if shown is None else REDRAWN):
            info = await client.describe(notebook)
    except NotFound:
        return Told(declared, stop=await _gone(desk, caller, notebook))
    except Unauthorized:
        return Told(declared, stop=f"{label} refuses our token, so nothing can be run there now.")
    except (PlatformError, TimeoutError) as error:
        log.info("a form couldn't read %s: %s", notebook, error)
        specs = declared if shown is None else shown
        note = "" if specs else f"{label} isn't answering, so I can't show this notebook's inputs. Type them by name."
        return Told(specs, note=note)
    if entry is not None and entry.gone_since is not None:
        await desk.store.catalogue.gone(caller.workspace, notebook, None)
    specs = info.inputs if info.inputs is not None else declared
    if specs is not None:
        desk.shapes[notebook, digest(specs)] = specs
    return Told(specs, info.name, info.url)


async def _gone(desk: Desk, caller: Caller, notebook: Notebook) -> str:
    """The platform has no such notebook; since when, as far as the catalogue knows."""
    words = f"{notebook.platform.label} has no such notebook, or it isn't shared with us"
    since = await desk.store.catalogue.gone(caller.workspace, notebook, desk.now())
    return f"{words}, since {since:%Y-%m-%d} or longer." if since else f"{words}."


async def _last(desk: Desk, caller: Caller, notebook: Notebook) -> Run | None:
    """The caller's newest run of a notebook that was given any values."""
    mine = await desk.store.requests.of_notebook(caller.workspace, notebook, FEW, asker=caller.person.id)
    return next((run for run in mine if run.request.inputs), None)


async def _as_run(desk: Desk, caller: Caller, form: Form, number: int) -> Form:
    """The form with an earlier run's values and options, where that ran the same notebook.

    What somebody typed themselves stays theirs, also where they can't see the run's card any more.
    """
    run = await desk.store.requests.by_number(caller.workspace, number)
    if run is None or run.asker != caller.person.id:
        run = await visible(desk, caller, number)
    if run.request.notebook != form.notebook:
        return _with(form, run.request.inputs, run.request.literal)
    form = _with(form, run.request.inputs, run.request.literal)
    if form.fixed:
        return form.model_copy(update={"run": number})
    options = run.request.options
    return form.model_copy(update={"run": number, "options": options, "more": options != Options()})


def _with(form: Form, values: Inputs, literal: frozenset[str]) -> Form:
    """The form with these values on top; those without a field are other inputs, or are none of the notebook's."""
    named = {spec.name for spec in form.specs or ()}
    inside = settled({name: value for name, value in values.items() if name in named}, form.specs or ())
    outside = {name: value for name, value in values.items() if name not in named}
    note = form.note
    if outside and not form.open:
        one = len(outside) == 1
        lost = ", ".join(list(outside)[:FEW])
        note = f"{note} {lost} {'is no input' if one else 'are no inputs'} of this notebook any more.".strip()
        outside = {}
    return form.model_copy(
        update={
            "values": {**form.values, **inside},
            "extra": {**form.extra, **outside},
            "literal": (form.literal - frozenset(values)) | (literal & frozenset(values)),
            "note": note,
        }
    )


async def _used(desk: Desk, caller: Caller, notebook: Notebook) -> tuple[Inputs, frozenset[str]]:
    """What the newest run of a notebook that the caller can see was given; but no secrets of others."""
    for run in await desk.store.requests.of_notebook(caller.workspace, notebook, FEW):
        given, mine = run.request.inputs, run.asker == caller.person.id
        try:
            shown = bool(given) and await desk.can_see(caller, run)
        except UserError as error:  # Slack doesn't tell; the form can do without
            log.info("a form couldn't learn who sees run %d: %s", run.number, error)
            continue
        if shown:
            return {name: value for name, value in given.items() if mine or not secret(name)}, run.request.literal
    return {}, frozenset()
