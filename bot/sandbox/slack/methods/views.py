"""views.*: modals and the Home tab, checked and kept."""

from bot.sandbox.slack.args import Args
from bot.sandbox.slack.errors import ApiError, invalid_arguments
from bot.sandbox.slack.parts import Parts
from bot.sandbox.slack.records import Json
from bot.sandbox.slack.view_content import checked_view, show
from bot.sandbox.slack.views import View


def open_(parts: Parts, args: Args) -> Json:
    """views.open: a modal, for a trigger_id that is fresh and unused."""
    given = checked_view(parts, args.structure("view"), "modal")
    parts.views.refuse_twin(given)
    trigger = parts.triggers.spend(args.need("trigger_id"))
    id_ = parts.workspace.next_id("V")
    view = show(parts, View(id_, trigger.person, given, id_, here=trigger.channel), given)
    parts.views.open(view)
    return _reply(parts, view, "open")


def push(parts: Parts, args: Args) -> Json:
    """views.push: a modal over the one in which the trigger was caused."""
    given = checked_view(parts, args.structure("view"), "modal")
    parts.views.refuse_twin(given)
    trigger = parts.triggers.spend(args.need("trigger_id"))
    stack = parts.views.stacks.get(trigger.person, [])
    below = next((each for each in stack if each.id == trigger.view), None)
    if below is None:
        raise ApiError("not_found")
    return _reply(parts, put_over(parts, below, given), "push")


def put_over(parts: Parts, below: View, given: Json) -> View:
    """Push a view that was checked over this one's stack. Raises push_limit_reached, duplicate_external_id."""
    top = parts.views.top(below.person) or below
    view = View(parts.workspace.next_id("V"), top.person, given, top.root, top.id, here=top.here)
    parts.views.push(show(parts, view, given))
    return view


def update(parts: Parts, args: Args) -> Json:
    """views.update: by view_id or external_id; a stale hash is refused, and so is a view that was closed."""
    view_id, external = args.text("view_id"), args.text("external_id")
    if view_id and external:
        raise invalid_arguments("Cannot provide both `view_id` and `external_id`")
    if not view_id and not external:
        raise invalid_arguments("missing required field: view_id")
    view = parts.views.get(view_id) if view_id else parts.views.named(external)
    if view is None:
        raise ApiError("not_found")
    given = checked_view(parts, args.structure("view"), view.given["type"])
    _refuse_stale(args, view)
    show(parts, view, given)
    return _reply(parts, view, "update" if given["type"] == "modal" else "home")


def publish(parts: Parts, args: Args) -> Json:
    """views.publish: a person's Home tab."""
    if not parts.manifest.home_enabled:
        raise ApiError("not_enabled")
    person = parts.workspace.people.get(args.need("user_id"))
    if person is None or person.is_bot:
        raise invalid_arguments("invalid `user_id`")
    given = checked_view(parts, args.structure("view"), "home")
    view = parts.views.homes.get(person.id)
    if view is not None:
        _refuse_stale(args, view)
    else:
        id_ = parts.workspace.next_id("V")
        view = View(id_, person.id, given, id_)
    parts.views.homes[person.id] = show(parts, view, given)
    return _reply(parts, view, "home")


def _refuse_stale(args: Args, view: View) -> None:
    if args.text("hash") not in ("", view.hash):
        raise ApiError("hash_conflict")


def _reply(parts: Parts, view: View, what: str) -> Json:
    parts.views.tell(what, view)
    parts.workspace.tell("views")
    return {"view": view.as_reply()}
