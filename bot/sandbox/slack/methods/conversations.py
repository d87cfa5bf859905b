"""conversations.*: what the bot may know of channels, and how it gets into them."""

import base64
import binascii
import math
from typing import TypeVar

from bot.sandbox.slack.args import Args
from bot.sandbox.slack.errors import ApiError, invalid_arguments
from bot.sandbox.slack.parts import Parts
from bot.sandbox.slack.records import Channel, Json, Message
from bot.sandbox.slack.workspace import BOT, TEAM

T = TypeVar("T")

READ_SCOPES = {"public": "channels:read", "private": "groups:read", "im": "im:read"}
_HISTORY_SCOPES = {"public": "channels:history", "private": "groups:history", "im": "im:history"}
_TYPES = {"public_channel": "public", "private_channel": "private", "im": "im", "mpim": "mpim"}


def page_of(args: Args, rows: list[T], most: int = 1000) -> tuple[list[T], str]:
    """One page of the rows and the cursor of the next, empty at the end. Raises invalid_cursor, invalid_limit."""
    limit = args.number("limit", 100)
    if not 0 < limit <= most:
        raise ApiError("invalid_limit")
    start = 0
    if cursor := args.text("cursor"):
        try:
            start = int(base64.b64decode(cursor, validate=True).decode().removeprefix("next:"))
        except (binascii.Error, ValueError):
            raise ApiError("invalid_cursor") from None
    rest = start + limit
    following = base64.b64encode(f"next:{rest}".encode()).decode() if rest < len(rows) else ""
    return rows[start:rest], following


def _readable(parts: Parts, args: Args, scopes: dict[str, str]) -> Channel:
    channel = parts.known_to_bot(args.need("channel"))
    parts.need_scope(scopes[channel.kind])
    return channel


def info(parts: Parts, args: Args) -> Json:
    """conversations.info."""
    channel = _readable(parts, args, READ_SCOPES).as_channel(BOT)
    if not args.flag("include_num_members"):
        channel.pop("num_members", None)
    return {"channel": channel}


def members(parts: Parts, args: Args) -> Json:
    """conversations.members."""
    channel = _readable(parts, args, READ_SCOPES)
    page, cursor = page_of(args, list(channel.members))
    return {"members": page, "response_metadata": {"next_cursor": cursor}}


def list_(parts: Parts, args: Args) -> Json:
    """conversations.list: a scope for each type that is asked for."""
    names = (args.text("types") or "public_channel").split(",")
    if any(name.strip() not in _TYPES for name in names):
        raise ApiError("invalid_types")
    kinds = {_TYPES[name.strip()] for name in names}
    for kind in sorted(kinds):
        parts.need_scope(READ_SCOPES.get(kind, "mpim:read"))
    skip_archived = args.flag("exclude_archived")
    found = [
        each.as_channel(BOT)
        for each in parts.workspace.channels.values()
        if each.kind in kinds
        and (each.kind == "public" or BOT in each.members)
        and not (skip_archived and each.archived)
    ]
    page, cursor = page_of(args, found)
    return {"channels": page, "response_metadata": {"next_cursor": cursor}}


def open_(parts: Parts, args: Args) -> Json:
    """conversations.open: the direct message with one person."""
    if where := args.text("channel"):
        channel = parts.known_to_bot(where)
        return {"channel": _opened(channel, args), "no_op": True, "already_open": True}
    users = [each for each in args.text("users").split(",") if each]
    if not users:
        raise ApiError("users_list_not_supplied")
    if len(users) > 1:
        parts.need_scope("mpim:write")
        raise invalid_arguments("the sandbox has no group direct messages")
    person = parts.workspace.people.get(users[0])
    if person is None:
        raise ApiError("user_not_found")
    if person.is_bot:
        raise ApiError("cannot_dm_bot")
    before = len(parts.workspace.channels)
    channel = parts.workspace.open_im(person.id)
    there = {"no_op": True, "already_open": True} if len(parts.workspace.channels) == before else {}
    return {"channel": _opened(channel, args), **there}


def _opened(channel: Channel, args: Args) -> Json:
    return channel.as_channel(BOT) if args.flag("return_im") else {"id": channel.id}


def join(parts: Parts, args: Args) -> Json:
    """conversations.join: public channels only."""
    channel = parts.known_to_bot(args.need("channel"))
    if channel.kind != "public":
        raise ApiError("method_not_supported_for_channel_type")
    if channel.archived:
        raise ApiError("is_archived")
    if BOT in channel.members:
        return {
            "channel": channel.as_channel(BOT),
            "warning": "already_in_channel",
            "response_metadata": {"warnings": ["already_in_channel"]},
        }
    enter(parts, channel, BOT)
    return {"channel": channel.as_channel(BOT)}


def enter(parts: Parts, channel: Channel, who: str) -> None:
    """Somebody joins a channel; the channel says so."""
    channel.members[who] = None
    _notice(parts, channel, who, "channel_join", f"<@{who}> has joined the channel")


def leave(parts: Parts, channel: Channel, who: str) -> None:
    """Somebody is taken out of a channel; the channel says so."""
    channel.members.pop(who, None)
    _notice(parts, channel, who, "channel_leave", f"<@{who}> has left the channel")


def _notice(parts: Parts, channel: Channel, who: str, subtype: str, text: str) -> None:
    parts.workspace.tell("channels", None, channel)
    parts.workspace.post(Message(parts.workspace.next_ts(), channel.id, who, text, TEAM, subtype=subtype))


def history(parts: Parts, args: Args) -> Json:
    """conversations.history: newest first, without replies."""
    channel = _readable(parts, args, _HISTORY_SCOPES)
    _must_be_in(channel)
    oldest, latest = _bound(args, "oldest", 0.0), _bound(args, "latest", math.inf)
    rows = [each for ts, each in channel.roots.items() if oldest < float(ts) < latest]
    page, cursor = page_of(args, rows[::-1], 999)
    return _messages(page, cursor)


def _bound(args: Args, name: str, default: float) -> float:
    try:
        return float(args.text(name) or default)
    except ValueError:
        raise ApiError(f"invalid_ts_{name}") from None


def replies(parts: Parts, args: Args) -> Json:
    """conversations.replies: the root and its replies, oldest first."""
    channel = _readable(parts, args, _HISTORY_SCOPES)
    _must_be_in(channel)
    root = channel.roots.get(args.need("ts"))
    if root is None:
        raise ApiError("thread_not_found")
    page, cursor = page_of(args, [root, *root.replies.values()])
    return _messages(page, cursor)


def _must_be_in(channel: Channel) -> None:
    if BOT not in channel.members:
        raise ApiError("not_in_channel")


def _messages(page: list[Message], cursor: str) -> Json:
    return {
        "messages": [each.as_message() for each in page],
        "has_more": bool(cursor),
        "response_metadata": {"next_cursor": cursor},
    }
