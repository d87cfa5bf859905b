"""views.*: modals and the Home tab, checked and kept."""

import hashlib
import json
import time
from typing import Any

from bot.sandbox.slack.args import Args
from bot.sandbox.slack.blocks import view_problems, view_too_large
from bot.sandbox.slack.content import with_block_ids
from bot.sandbox.slack.errors import ApiError
from bot.sandbox.slack.parts import Parts
from bot.sandbox.slack.records import Json
from bot.sandbox.slack.views import View

MOST_PUSHED = 3  # views in one stack


def _read(args: Args, *kinds: str) -> Json:
    given: Any = args.structure("view")
    if given is None:
        raise ApiError("invalid_arguments", ["[ERROR] missing required field: view"])
    wrong = view_problems(given)
    if not wrong and given["type"] not in kinds:
        wrong = [f"[ERROR] unsupported type: {given['type']} [json-pointer:/view/type]"]
    if wrong:
        raise ApiError("invalid_arguments", wrong)
    if view_too_large(given):
        raise ApiError("view_too_large")
    view: Json = {**given, "blocks": with_block_ids(given["blocks"])}
    return view


def _show(parts: Parts, view: View, given: Json) -> Json:
    external = given.get("external_id")
    twin = parts.views.named(external) if external else None
    if twin is not None and twin is not view:
        raise ApiError("duplicate_external_id")
    view.given = given
    digest = hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()[:8]
    view.hash = f"{time.time():.6f}.{digest}"
    parts.views.keep(view)
    parts.workspace.tell("views")
    return {"view": view.as_view()}


def open_(parts: Parts, args: Args) -> Json:
    """views.open: a modal, for a trigger_id that is fresh and unused."""
    given = _read(args, "modal")
    person = parts.triggers.spend(args.need("trigger_id"))
    id_ = parts.workspace.next_id("V")
    return _show(parts, View(id_, person, given, id_), given)


def push(parts: Parts, args: Args) -> Json:
    """views.push: a modal over the last one that the person has open."""
    given = _read(args, "modal")
    person = parts.triggers.spend(args.need("trigger_id"))
    mine = [v for v in parts.views.by_id.values() if v.person == person and v.given["type"] == "modal"]
    if not mine:
        raise ApiError("not_found")
    below = mine[-1]
    if sum(view.root == below.root for view in mine) >= MOST_PUSHED:
        raise ApiError("push_limit_reached")
    return _show(parts, View(parts.workspace.next_id("V"), person, given, below.root, below.id), given)


def update(parts: Parts, args: Args) -> Json:
    """views.update: by view_id or external_id; a stale hash is refused."""
    view_id, external = args.text("view_id"), args.text("external_id")
    view = parts.views.by_id.get(view_id) if view_id else parts.views.named(external)
    if view is None:
        raise ApiError("not_found")
    _fresh(args, view)
    return _show(parts, view, _read(args, view.given["type"]))


def publish(parts: Parts, args: Args) -> Json:
    """views.publish: a person's Home tab."""
    person = parts.person(args.need("user_id")).id
    given = _read(args, "home")
    view = parts.views.homes.get(person)
    if view is None:
        id_ = parts.workspace.next_id("V")
        view = parts.views.homes[person] = View(id_, person, given, id_)
    else:
        _fresh(args, view)
    return _show(parts, view, given)


def _fresh(args: Args, view: View) -> None:
    if args.text("hash") not in ("", view.hash):
        raise ApiError("hash_conflict")
