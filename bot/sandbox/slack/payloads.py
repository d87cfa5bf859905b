"""The payloads that Slack sends to apps, with every documented field."""

import time

from bot.sandbox.slack.records import Channel, Json, Message, Person
from bot.sandbox.slack.workspace import APP, BOT, DOMAIN, TEAM, user_ref

VERIFICATION_TOKEN = "sandbox-verification"  # noqa: S105 - deprecated by Slack, still in every payload
_CHANNEL_TYPES = {"public": "channel", "private": "group", "im": "im"}
_NAMES = {"im": "directmessage", "private": "privategroup"}


def channel_name(channel: Channel) -> str:
    """What payloads call the channel: private ones and direct messages have no name there."""
    return _NAMES.get(channel.kind, channel.name)


def slash_command(
    person: Person, channel: Channel, command: str, text: str, *, response_url: str, trigger_id: str
) -> Json:
    """The payload of a slash command."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": TEAM,
        "team_domain": DOMAIN,
        "channel_id": channel.id,
        "channel_name": channel_name(channel),
        "user_id": person.id,
        "user_name": person.handle,
        "command": command,
        "text": text,
        "api_app_id": APP,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": trigger_id,
    }


def block_actions(
    person: Person,
    channel: Channel,
    message: Message,
    action: Json,
    state: Json,
    *,
    response_url: str,
    trigger_id: str,
    attachment: Json | None = None,
) -> Json:
    """The payload of a click in a message; `attachment` is the unfurled link that was clicked, if it was one."""
    return _in_message("block_actions", person, channel, message, attachment) | {
        "trigger_id": trigger_id,
        "state": {"values": state},
        "response_url": response_url,
        "actions": [_acted(action)],
    }


def block_suggestion(
    person: Person, channel: Channel, message: Message, *, block_id: str, action_id: str, value: str
) -> Json:
    """The payload with which an external select asks for options."""
    asked = {"block_id": block_id, "action_id": action_id, "value": value}
    return _in_message("block_suggestion", person, channel, message) | asked


def view_actions(person: Person, view: Json, action: Json, *, trigger_id: str) -> Json:
    """The payload of a click in a modal or a Home tab: no channel, no message, no response_url."""
    return _in_view("block_actions", person, view) | {"trigger_id": trigger_id, "actions": [_acted(action)]}


def view_suggestion(person: Person, view: Json, *, block_id: str, action_id: str, value: str) -> Json:
    """The payload with which an external select of a view asks for options."""
    asked = {"block_id": block_id, "action_id": action_id, "value": value}
    return _in_view("block_suggestion", person, view) | asked


def view_submission(person: Person, view: Json, *, trigger_id: str, response_urls: list[Json]) -> Json:
    """The payload of a submitted modal."""
    sent = {"trigger_id": trigger_id, "view": view, "response_urls": response_urls}
    return _interaction("view_submission", person) | sent


def view_closed(person: Person, view: Json, *, is_cleared: bool) -> Json:
    """The payload of a modal that was left; `is_cleared` if its whole stack was."""
    return _interaction("view_closed", person) | {"view": view, "is_cleared": is_cleared}


def shortcut(person: Person, callback_id: str, *, trigger_id: str) -> Json:
    """The payload of a global shortcut: it has no channel, and no response_url."""
    return _started("shortcut", person, callback_id, trigger_id)


def message_action(
    person: Person, channel: Channel, message: Message, callback_id: str, *, trigger_id: str, response_url: str
) -> Json:
    """The payload of a shortcut in a message's menu."""
    return _started("message_action", person, callback_id, trigger_id) | {
        "channel": {"id": channel.id, "name": channel_name(channel)},
        "message_ts": message.ts,
        "message": message.as_message(),
        "response_url": response_url,
    }


def _acted(action: Json) -> Json:
    return {**action, "action_ts": f"{time.time():.6f}"}


def _team() -> Json:
    return {"team": {"id": TEAM, "domain": DOMAIN}, "enterprise": None, "is_enterprise_install": False}


def _started(kind: str, person: Person, callback_id: str, trigger_id: str) -> Json:
    return _team() | {
        "type": kind,
        "token": VERIFICATION_TOKEN,
        "action_ts": f"{time.time():.6f}",
        "user": user_ref(person),
        "callback_id": callback_id,
        "trigger_id": trigger_id,
    }


def _interaction(kind: str, person: Person) -> Json:
    who = {"type": kind, "user": user_ref(person), "api_app_id": APP, "token": VERIFICATION_TOKEN}
    return who | _team()


def _in_view(kind: str, person: Person, view: Json) -> Json:
    return _interaction(kind, person) | {"container": {"type": "view", "view_id": view["id"]}, "view": view}


def _in_message(kind: str, person: Person, channel: Channel, message: Message, attachment: Json | None = None) -> Json:
    """What happens in a message. An ephemeral one isn't in the payload itself, nor is one with an unfurled link."""
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.to is not None,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    payload = _interaction(kind, person) | {"channel": {"id": channel.id, "name": channel_name(channel)}}
    if attachment is not None and attachment.get("is_app_unfurl"):
        container |= {"type": "message_attachment", "attachment_id": attachment["id"]}
        container |= {key: attachment[key] for key in ("is_app_unfurl", "app_unfurl_url")}
        payload["app_unfurl"] = attachment
    elif message.to is None:
        payload["message"] = message.as_message()
    return payload | {"container": container}


def event(event_id: str, body: Json) -> Json:
    """The outer form of an event."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": TEAM,
        "api_app_id": APP,
        "event": {"event_ts": f"{time.time():.6f}", **body},
        "type": "event_callback",
        "event_id": event_id,
        "event_time": int(time.time()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM,
                "user_id": BOT,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": f"4-{event_id}",
    }


def said(message: Message, channel: Channel, kind: str) -> Json:
    """The inner event of something that was said: `message` or `app_mention`."""
    body: Json = {
        "type": kind,
        "user": message.user,
        "ts": message.ts,
        "text": message.text,
        "team": message.team,
        "channel": channel.id,
    }
    if message.bot_id is None:
        body["client_msg_id"] = f"sandbox-{message.ts}"
    if kind == "message":
        body["channel_type"] = _CHANNEL_TYPES[channel.kind]
    optional = {
        "thread_ts": message.thread_ts,
        "subtype": message.subtype,
        "bot_id": message.bot_id,
        "app_id": message.app_id,
        "blocks": message.blocks,
        "files": [each.as_file() for each in message.files],
    }
    return body | {key: value for key, value in optional.items() if value}


def edited(message: Message, channel: Channel, ts: str) -> Json:
    """The inner event of a message that was edited."""
    return _hidden("message_changed", channel, ts) | {
        "message": message.as_message(),
        "previous_message": message.previous,
    }


def deleted(message: Message, channel: Channel, ts: str) -> Json:
    """The inner event of a message that was deleted."""
    return _hidden("message_deleted", channel, ts) | {
        "deleted_ts": message.ts,
        "previous_message": message.as_message(),
    }


def _hidden(subtype: str, channel: Channel, ts: str) -> Json:
    return {
        "type": "message",
        "subtype": subtype,
        "hidden": True,
        "channel": channel.id,
        "channel_type": _CHANNEL_TYPES[channel.kind],
        "ts": ts,
    }


def home_opened(person: Person, channel: Channel, tab: str, view: Json | None) -> Json:
    """The inner event of somebody who looks at the App Home; the view is there once one was published."""
    body: Json = {"type": "app_home_opened", "user": person.id, "channel": channel.id, "tab": tab}
    return body | ({"view": view} if view is not None else {})


def link_shared(message: Message, channel: Channel, links: list[Json], *, unfurl_id: str, is_member: bool) -> Json:
    """The inner event of links that somebody posted; each is {"domain", "url"}."""
    body: Json = {
        "type": "link_shared",
        "user": message.user,
        "channel": channel.id,
        "message_ts": message.ts,
        "is_bot_user_member": is_member,
        "unfurl_id": unfurl_id,
        "source": "conversations_history",
        "links": links,
    }
    return body | ({"thread_ts": message.thread_ts} if message.thread_ts else {})
