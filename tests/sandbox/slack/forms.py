"""Views for tests, in few words."""

from typing import Any

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def options(*values: str) -> list[Json]:
    """Options that show their values in capitals."""
    return [{"text": plain(each.upper()), "value": each} for each in values]


def field(label: str, kind: str = "plain_text_input", **parts: Any) -> Json:
    """A required input block; its block_id is the label, its action_id `in`. Keys of the block go into `block`."""
    block = parts.pop("block", {})
    element = {"type": kind, "action_id": "in", **parts}
    return {"type": "input", "block_id": label, "label": plain(label), "element": element, **block}


def choose(kind: str, action_id: str, **parts: Any) -> Json:
    """A row with one element that isn't a field."""
    return {"type": "actions", "block_id": f"row of {action_id}", "elements": [_element(kind, action_id, parts)]}


def press(words: str) -> Json:
    """A row with one button; its action_id is its words."""
    return choose("button", words, text=plain(words), value=words)


def _element(kind: str, action_id: str, parts: Json) -> Json:
    return {"type": kind, "action_id": action_id, **parts}


def says(words: str) -> Json:
    return {"type": "section", "block_id": words[:20], "text": {"type": "mrkdwn", "text": words}}


def modal(title: str, *blocks: Json, **parts: Any) -> Json:
    """A modal that can be submitted, with its title as callback_id."""
    return {
        "type": "modal",
        "title": plain(title),
        "submit": plain("Send"),
        "callback_id": title,
        "blocks": list(blocks),
        **parts,
    }


def home(*blocks: Json, **parts: Any) -> Json:
    return {"type": "home", "blocks": list(blocks), **parts}
