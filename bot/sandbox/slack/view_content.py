"""What a modal or Home tab shows: checked, and completed as Slack completes it."""

from typing import Any

from bot.sandbox.slack.blocks import view_problems, view_too_large
from bot.sandbox.slack.content import out_of_reach, with_block_ids
from bot.sandbox.slack.errors import ApiError
from bot.sandbox.slack.parts import Parts
from bot.sandbox.slack.records import Json
from bot.sandbox.slack.values import reader_for
from bot.sandbox.slack.views import View


def checked_view(parts: Parts, given: Any, *kinds: str) -> Json:
    """A view of one of these kinds as Slack keeps it. Raises invalid_arguments, view_too_large."""
    if given is None:
        raise ApiError("invalid_arguments", ["[ERROR] missing required field: view"])
    wrong = view_problems(given)
    if not wrong and given["type"] not in kinds:
        wrong = [f"[ERROR] unsupported type: {given['type']} [json-pointer:/view/type]"]
    wrong = wrong or [*out_of_reach(parts, given["blocks"])]
    if wrong:
        raise ApiError("invalid_arguments", wrong)
    if view_too_large(given):
        raise ApiError("view_too_large")
    view: Json = completed({**given, "blocks": with_block_ids(given["blocks"])})
    return view


def show(parts: Parts, view: View, given: Json) -> View:
    """Let a view, a new one or one that is open, show what was checked. Raises duplicate_external_id."""
    parts.views.refuse_twin(given, view)
    view.show(given, reader_for(parts.workspace, parts.workspace.people[view.person], view.held))
    return view


def completed(value: Any) -> Any:
    """With the defaults of text objects, which Slack writes out: an app gets other JSON back than it sent."""
    if isinstance(value, list):
        return [completed(each) for each in value]
    if not isinstance(value, dict):
        return value
    whole = {key: completed(each) for key, each in value.items()}
    match whole:
        case {"type": "plain_text", "text": _}:
            return {"emoji": True, **whole}
        case {"type": "mrkdwn", "text": _}:
            return {"verbatim": False, **whole}
    return whole
