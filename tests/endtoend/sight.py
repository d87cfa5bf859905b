"""What people see of a message: its words, its buttons, and whom it would ping."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.sandbox.slack.records import Message

_PING = re.compile(r"<(@[UW]\w+|!(?:channel|here|everyone|subteam\^\w+))[|>]")
_LINK = re.compile(r"<(https?://[^|>]+)(?:\|[^>]*)?>")
_NOT_WORDS = frozenset({"confirm", "value", "url", "action_id", "block_id", "type"})


def words(message: Message) -> str:
    """Everything that stands in a message, buttons left out; a line for each piece of text."""
    return "\n".join(_texts(message.blocks)) if message.blocks else message.text


def buttons(message: Message) -> list[str]:
    """The labels of a message's buttons, in order."""
    return [each["text"]["text"] for each in _buttons(message)]


def pings(message: Message) -> list[str]:
    """Whom this message notifies: `@U…` or `!channel`, once for each place that does."""
    said = list(_texts(message.blocks, only=("mrkdwn",))) or [message.text]
    found = [ping for text in said for ping in _PING.findall(text)]
    return found + [kind for kind in ("user", "usergroup", "broadcast") if f'"type": "{kind}"' in _raw(message)]


def mrkdwn(message: Message) -> str:
    """Everything of a message in which Slack looks for formatting, mentions and links."""
    return "\n".join(_texts(message.blocks, only=("mrkdwn",))) if message.blocks else message.text


def links(message: Message) -> list[str]:
    """The addresses that a message's words lead to, as they are once Slack's escapes are taken off."""
    return [found.replace("&amp;", "&") for found in _LINK.findall(mrkdwn(message))]


def address_of(message: Message, label: str) -> str:
    """Where the button with this label leads."""
    return next(str(each["url"]) for each in _buttons(message) if each["text"]["text"] == label)


def _buttons(message: Message) -> Iterator[dict[str, Any]]:
    for block in message.blocks:
        for each in (block.get("accessory"), *block.get("elements", [])):
            if isinstance(each, dict) and each.get("type") == "button":
                yield each


def _raw(message: Message) -> str:
    return json.dumps(message.blocks)


def _texts(value: Any, only: tuple[str, ...] = ("mrkdwn", "plain_text", "text")) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _texts(each, only)
    elif isinstance(value, dict) and value.get("type") != "button":
        if value.get("type") in only and isinstance(value.get("text"), str):
            yield value["text"]
        for key, each in value.items():
            if key not in _NOT_WORDS:
                yield from _texts(each, only)
