"""A submitted form: read back, checked field by field, and carried out once."""

from __future__ import annotations

import asyncio
import logging
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Final

from bot import dates, inputs
from bot.command import Address, Rerun, RunNotebook
from bot.desk import forms as desk_forms
from bot.errors import Refusal, StoreUnavailable, UserError
from bot.form import Form, Place, digest, ends
from bot.grammar import check_options
from bot.model import Platform
from bot.render import forms, ids, replies
from bot.render.fields import block_of
from bot.reply import UnderWay
from bot.slack import filled
from bot.slack.front import IN_TIME, Payload

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from bot.desk import Desk
    from bot.model import Caller, InputValue
    from bot.slack.filled import Carried, Filled, Values
    from bot.slack.front import Front

log = logging.getLogger(__name__)

CHANGED: Final = "This notebook's inputs have changed since the form was opened. Look them through again."
LOOK: Final = "Here are its inputs. Press Run once they are right."
ELSEWHERE: Final = "The catalogue now says where this may be run. Choose one of the channels below."
BOTH: Final = "Give both dates, or choose a period."


async def submitted(front: Front, body: Mapping[str, Any], view: Mapping[str, Any]) -> dict[str, Any]:
    """Carry out a submission.

    Returns:
        The acknowledgement: nothing closes the form; else errors on their fields, or another view.
    """
    try:
        async with asyncio.timeout(IN_TIME):
            if view.get("callback_id") == ids.FORM_ANYWAY:
                return await _anyway(front, body, view)
            return await _run(front, body, view)
    except UserError as error:
        if not _shown(view):
            return {"response_action": "update", "view": forms.words(replies.mistake(error))}
        return _refused(view, "notebook", _sentence(error))
    except StoreUnavailable as error:
        log.warning("the database isn't available: %s", error)
        return _refused(view, "notebook", replies.not_saved(error))
    except TimeoutError:
        return _refused(view, "notebook", replies.too_slow("/notebook"))
    except Exception:
        code = token_hex(4)
        log.exception("a form failed [%s]", code)
        return _refused(view, "notebook", replies.trouble(code))


async def of_carried(desk: Desk, caller: Caller, carried: Carried) -> Form:
    """The form as it was drawn, but for what is typed in it.

    Raises:
        UserError: It's no longer in the catalogue, or may not be run.
    """
    form = await desk_forms.of_key(desk, caller, carried.key, run=carried.run, drawn=carried.inputs)
    more = carried.more or form.more
    return form.model_copy(update={"generation": carried.generation, "more": more, "only": carried.only})


def changed(desk: Desk, form: Form, carried: Carried, values: Values, note: str = CHANGED) -> Form:
    """The form with the inputs that the notebook has now, and with what was filled in as far as it has a field."""
    kept = form.model_copy(update={"place": filled.place_of(values, form.place)})
    before = None if form.notebook is None else desk.shapes.get((form.notebook, carried.inputs))
    if before is not None or not carried.inputs:
        told = filled.read(form.model_copy(update={"specs": before, "generation": carried.generation}), values).inputs
        named = {spec.name for spec in form.specs or ()}
        kept = kept.model_copy(
            update={
                "values": {**form.values, **{name: value for name, value in told.items() if name in named}},
                "extra": {**form.extra, **{name: value for name, value in told.items() if name not in named}}
                if form.open
                else {},
            }
        )
    note = f"{form.note} {note}".strip()
    return kept.model_copy(update={"generation": carried.generation + 1, "more": carried.more, "note": note})


async def _run(front: Front, body: Mapping[str, Any], view: Mapping[str, Any]) -> dict[str, Any]:
    desk, carried, values = front.desk, filled.carried(view), filled.state_of(view)
    caller = await front.caller(payload_of(body, view, carried.origin))
    key = filled.chosen(values) or carried.key
    if not key:
        return _refused(view, "notebook", "Choose a notebook first.")
    if key != carried.key:
        form = await desk_forms.of_key(desk, caller, key, drawn=carried.inputs)
        anew = {"generation": carried.generation + 1, "note": form.note or LOOK, "only": carried.only}
        return _update(front, caller, form.model_copy(update=anew))
    form = await of_carried(desk, caller, carried)
    if form.stop:
        return _refused(view, "notebook", f"{form.stop} Nothing was started.")
    if digest(form.specs) != carried.inputs:
        if form.specs is None:
            return _refused(
                view, "notebook", f"{_label(form)} isn't answering, so this can't be read. Try in a minute."
            )
        return _update(front, caller, changed(desk, form, carried, values))
    said = filled.read(form, values)
    if wrong := _faults(form, said, values, desk_forms.today(desk, caller)):
        return _errors(view, wrong)
    command = _command(form, said, desk_forms.today(desk, caller))
    try:
        answer = await desk.carry_out(command, caller)
    except Refusal as refusal:
        if not refusal.channels:
            raise
        if form.channels and all(block.get("block_id") != forms.ONLY for block in view.get("blocks") or []):
            return _update(front, caller, changed(desk, form, carried, values, ELSEWHERE))
        # The form names them in its small print: an error on a field is plain text.
        words = _sentence(refusal).replace("in these channels:", "in the channels that are named below.")
        return _refused(view, "place_channel" if said.place is Place.CHANNEL else "place", words)
    if isinstance(answer, UnderWay):
        channel = command.channel or caller.channel
        return {"response_action": "push", "view": forms.under_way(answer, channel, dm=command.dm)}
    return {}


async def _anyway(front: Front, body: Mapping[str, Any], view: Mapping[str, Any]) -> dict[str, Any]:
    """What the form asked for is what the run under way was asked for: run that again."""
    rival = filled.rival(view)
    if rival is None:
        raise UserError("I can't tell which run that is.", hint="Open the form again.")
    caller = await front.caller(payload_of(body, view, rival.channel))
    answer = await front.desk.carry_out(Rerun(run=rival.run, anyway=True, dm=rival.dm), caller)
    if isinstance(answer, UnderWay):
        return {"response_action": "update", "view": forms.under_way(answer, rival.channel, dm=rival.dm)}
    return {"response_action": "clear"}


def _update(front: Front, caller: Caller, form: Form) -> dict[str, Any]:
    return {"response_action": "update", "view": forms.form(desk_forms.with_hints(front.desk, caller, form))}


def _command(form: Form, said: Filled, today: date) -> RunNotebook:
    target: Address | str = form.name or ""
    if form.name is None and form.notebook is not None:
        target = Address(notebook=form.notebook, url=form.url, title=form.title)
    values, literal = said.inputs, said.literal
    if form.notebook is not None and form.notebook.platform is Platform.DATALORE:
        # Nobody else knows what the catalogue declares: Datalore takes whatever it is given.
        known = {name: value for name, value in values.items() if form.field(name) is not None}
        values = {**values, **inputs.encode(known, form.specs, today)}
        literal |= frozenset(known)
    return RunNotebook(
        target=target,
        inputs=values,
        literal=literal,
        options=form.options if said.options is None else said.options,
        dm=said.place is Place.DM,
        channel=said.channel if said.place is Place.CHANNEL else None,
        whole=True,
    )


def _faults(form: Form, said: Filled, values: Values, today: date) -> dict[str, str]:
    """What is wrong, by block id."""
    checked = said.inputs
    if form.notebook is not None and form.notebook.platform is Platform.DATALORE:
        checked = {name: value for name, value in said.inputs.items() if form.field(name) is not None}
    wrong: dict[str, str] = {}
    for name, error in inputs.faults(checked, form.specs, today).items():
        block = block_of(form, name)
        if f"{block}:from" in values:
            wrong |= _of_range(block, said.inputs[name], today)
        else:
            wrong[block] = _of_field(name, error)
    if said.unread:
        wrong[f"extra:{form.generation}"] = f"This line isn't name=value: {said.unread[0][:100]}"
    if said.place is Place.CHANNEL and not said.channel:
        wrong["place_channel"] = "Choose a channel."
    if said.options is not None and form.notebook is not None:
        try:
            check_options(said.options, form.notebook.platform, said.inputs)
        except UserError as error:
            wrong[f"options:{form.generation}"] = forms.plainly(error.text)
    return wrong


def _of_range(block: str, value: InputValue, today: date) -> dict[str, str]:
    """What is wrong with two dates, each at its own field."""
    wrong: dict[str, str] = {}
    first, last = ends(value)
    for field, word in ((f"{block}:from", first), (f"{block}:to", last)):
        if not word:
            wrong[field] = BOTH
        elif dates.resolve(word, today) is None:
            wrong[field] = f"“{inputs.short(word)}” is no date. Try {today} or yesterday."
    days = [dates.resolve(word, today) for word in (first, last)]
    return wrong or {f"{block}:to": f"The last day ({days[1]}) lies before the first ({days[0]})."}


def _of_field(name: str, error: UserError) -> str:
    """A mistake as it reads under its own field."""
    hint = f"Try {error.hint}." if error.hint.startswith(f"{name}=") else error.hint
    return f"{error.text} {hint}".strip().replace(f"{name}=", "")


def _label(form: Form) -> str:
    return form.notebook.platform.label if form.notebook is not None else "The platform"


def payload_of(body: Mapping[str, Any], view: Mapping[str, Any], origin: str) -> Payload:
    """Who submitted; the same form with the same values has the same key, however often it comes."""
    user = body["user"]
    return Payload(
        team=user.get("team_id") or (body.get("team") or {}).get("id") or "",
        user=user["id"],
        channel=origin,
        key=f"view:{view.get('id', '')}:{filled.print_of(filled.state_of(view))}",
    )


def _refused(view: Mapping[str, Any], block: str, words: str) -> dict[str, Any]:
    return _errors(view, {block: words})


def _errors(view: Mapping[str, Any], found: Mapping[str, str]) -> dict[str, Any]:
    """Errors on their fields; on the first field where theirs isn't shown, and without fields in place of the view."""
    shown = _shown(view)
    told: dict[str, str] = {}
    for block, words in found.items():
        place = block if block in shown else block.rsplit(":", 1)[0] if block.rsplit(":", 1)[0] in shown else ""
        place = place or next(iter(shown), "")
        told[place] = f"{told[place]} {words}" if place in told else words
    if not shown:
        return {"response_action": "update", "view": forms.words((" ".join(found.values()), []))}
    plain = {block: words.replace("`", "")[:2000] for block, words in told.items()}
    return {"response_action": "errors", "errors": plain}


def _shown(view: Mapping[str, Any]) -> list[str]:
    """The fields of a view, by block id."""
    return [str(block["block_id"]) for block in view.get("blocks") or [] if block.get("type") == "input"]


def _sentence(error: UserError) -> str:
    return f"{error.text} {error.hint}".strip()
