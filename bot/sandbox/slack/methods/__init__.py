"""The Web API's methods, each with the scope it needs and the tier of its rate limit, as Slack documents them."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.slack.args import Args
from bot.sandbox.slack.methods import (
    chat,
    conversations,
    files,
    identity,
    reactions,
    unfurl,
    usergroups,
    users,
    views,
)
from bot.sandbox.slack.parts import Parts
from bot.sandbox.slack.records import Json


@dataclass(frozen=True)
class Method:
    """What one method does. A scope of None is none, or one that depends on the channel and is checked inside."""

    do: Callable[[Parts, Args], Json]
    tier: int | None
    scope: str | None = None
    needs_token: bool = True
    by_channel: bool = False  # chat.postMessage's special limit


METHODS: dict[str, Method] = {
    "api.test": Method(identity.api_test, 4, needs_token=False),
    "auth.test": Method(identity.auth_test, None),
    "bots.info": Method(users.bot_info, 3, "users:read"),
    "chat.delete": Method(chat.delete, 3, "chat:write"),
    "chat.getPermalink": Method(chat.get_permalink, None),
    "chat.postEphemeral": Method(chat.post_ephemeral, 4, "chat:write"),
    "chat.postMessage": Method(chat.post_message, None, "chat:write", by_channel=True),
    "chat.unfurl": Method(unfurl.unfurl, 3, "links:write"),
    "chat.update": Method(chat.update, 3, "chat:write"),
    "conversations.history": Method(conversations.history, 3),
    "conversations.info": Method(conversations.info, 3),
    "conversations.join": Method(conversations.join, 3, "channels:join"),
    "conversations.list": Method(conversations.list_, 2),
    "conversations.members": Method(conversations.members, 4),
    "conversations.open": Method(conversations.open_, 3, "im:write"),
    "conversations.replies": Method(conversations.replies, 3),
    "files.completeUploadExternal": Method(files.complete, 4, "files:write"),
    "files.getUploadURLExternal": Method(files.get_upload_url, 4, "files:write"),
    "reactions.add": Method(reactions.add, 3, "reactions:write"),
    "reactions.remove": Method(reactions.remove, 2, "reactions:write"),
    "team.info": Method(identity.team_info, 3, "team:read"),
    "usergroups.list": Method(usergroups.list_, 2, "usergroups:read"),
    "usergroups.users.list": Method(usergroups.users, 2, "usergroups:read"),
    "users.info": Method(users.info, 4, "users:read"),
    "users.list": Method(users.list_, 2, "users:read"),
    "views.open": Method(views.open_, 4),
    "views.publish": Method(views.publish, 4),
    "views.push": Method(views.push, 4),
    "views.update": Method(views.update, 4),
}

__all__ = ["METHODS", "Method"]
