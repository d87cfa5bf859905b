"""The payloads that Slack sends to apps, with every documented field."""

import time
from typing import Any

from bot.sandbox.slack.records import Channel, Json, Message, Person
from bot.sandbox.slack.workspace import APP, BOT, DOMAIN, TEAM

VERIFICATION_TOKEN = "sandbox-verification"  # noqa: S105 - deprecated by Slack, still in every payload
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
) -> Json:
    """The payload of a click in a message."""
    return _interaction("block_actions", person, channel, message) | {
        "trigger_id": trigger_id,
        "state": {"values": state},
        "response_url": response_url,
        "actions": [{**action, "action_ts": f"{time.time():.6f}"}],
    }


def block_suggestion(
    person: Person, channel: Channel, message: Message, *, block_id: str, action_id: str, value: str
) -> Json:
    """The payload with which an external select asks for options."""
    asked = {"block_id": block_id, "action_id": action_id, "value": value}
    return _interaction("block_suggestion", person, channel, message) | asked


def _interaction(kind: str, person: Person, channel: Channel, message: Message) -> Json:
    """What both have in common. An ephemeral message itself isn't in it, as in Slack."""
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.to is not None,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    payload: Json = {
        "type": kind,
        "user": {
            "id": person.id,
            "username": person.handle,
            "name": person.handle,
            "team_id": person.team,
        },
        "api_app_id": APP,
        "token": VERIFICATION_TOKEN,
        "container": container,
        "team": {"id": TEAM, "domain": DOMAIN},
        "enterprise": None,
        "is_enterprise_install": False,
        "channel": {"id": channel.id, "name": channel_name(channel)},
    }
    if message.to is None:
        payload["message"] = message.as_message()
    return payload


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
    """The inner event of something that a person said: `message` or `app_mention`."""
    body: dict[str, Any] = {
        "type": kind,
        "user": message.user,
        "ts": message.ts,
        "client_msg_id": f"sandbox-{message.ts}",
        "text": message.text,
        "team": message.team,
        "channel": channel.id,
    }
    if kind == "message":
        body["channel_type"] = {"public": "channel", "private": "group", "im": "im"}[channel.kind]
    if message.thread_ts:
        body["thread_ts"] = message.thread_ts
    return body
