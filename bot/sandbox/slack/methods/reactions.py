"""reactions.*: emoji under a message."""

import re

from bot.sandbox.slack.args import Args
from bot.sandbox.slack.errors import ApiError
from bot.sandbox.slack.parts import Parts
from bot.sandbox.slack.records import Json, Message
from bot.sandbox.slack.workspace import BOT

_NAME = re.compile(r"[a-z0-9_+'-]{1,100}")
_MOST = 23  # different emoji under one message


def _target(parts: Parts, args: Args) -> tuple[Message, str]:
    name = args.need("name").strip(":")
    if not _NAME.fullmatch(name):
        raise ApiError("invalid_name")
    if not args.text("channel") or not args.text("timestamp"):
        raise ApiError("no_item_specified")
    channel = parts.known_to_bot(args.text("channel"))
    message = channel.find(args.text("timestamp"))
    if message is None or message.deleted:
        raise ApiError("message_not_found")
    if channel.archived:
        raise ApiError("is_archived")
    if BOT not in channel.members:
        raise ApiError("not_in_channel")
    return message, name


def add(parts: Parts, args: Args) -> Json:
    """reactions.add."""
    message, name = _target(parts, args)
    if BOT in message.reactions.get(name, []):
        raise ApiError("already_reacted")
    if name not in message.reactions and len(message.reactions) >= _MOST:
        raise ApiError("too_many_emoji")
    message.reactions.setdefault(name, []).append(BOT)
    parts.workspace.changed(message)
    return {}


def remove(parts: Parts, args: Args) -> Json:
    """reactions.remove."""
    message, name = _target(parts, args)
    if BOT not in message.reactions.get(name, []):
        raise ApiError("no_reaction")
    message.reactions[name].remove(BOT)
    if not message.reactions[name]:
        del message.reactions[name]
    parts.workspace.changed(message)
    return {}
