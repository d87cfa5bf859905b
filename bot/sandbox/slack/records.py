"""What the workspace remembers: people, channels, messages, files; and how Slack's API shows each of them."""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
Role = Literal["admin", "member", "guest"]
Kind = Literal["public", "private", "im"]
Place = tuple[str, str]  # block_id and action_id of an element


@dataclass
class Held:
    """What a person has entered in the elements of a message or view, and what external selects offered there."""

    entries: dict[Place, Json] = field(default_factory=dict)
    offered: dict[Place, dict[str, Json]] = field(default_factory=dict)  # options by their value


@dataclass
class Person:
    """Somebody in the workspace, a guest, or (with another team) somebody from elsewhere through Slack Connect."""

    id: str
    handle: str
    name: str
    team: str
    role: Role = "member"
    color: str = "9f69e7"
    tz: str = "Europe/Madrid"
    tz_label: str = "Central European Time"
    tz_offset: int = 3600  # seconds east of Greenwich
    is_stranger: bool = False
    is_bot: bool = False
    deleted: bool = False

    def as_user(self) -> Json:
        """The user object of users.info."""
        guest = self.role == "guest"
        user: Json = {
            "id": self.id,
            "team_id": self.team,
            "name": self.handle,
            "deleted": self.deleted,
            "color": self.color,
            "real_name": self.name,
            "tz": self.tz,
            "tz_label": self.tz_label,
            "tz_offset": self.tz_offset,
            "profile": self._profile(),
            "is_admin": False,
            "is_owner": False,
            "is_primary_owner": False,
            "is_restricted": guest,
            "is_ultra_restricted": False,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "updated": 1_700_000_000,
        }
        return user | ({"is_stranger": True} if self.is_stranger else {})

    def _profile(self) -> Json:
        return {
            "real_name": self.name,
            "real_name_normalized": self.name,
            "display_name": self.handle,
            "display_name_normalized": self.handle,
            "team": self.team,
            "avatar_hash": "g0000000000",
        }


@dataclass
class File:
    """An uploaded file; it is shared once `channel` is set."""

    id: str
    name: str
    title: str
    mimetype: str
    data: bytes | None = None  # None until the bytes came, and again once they were forgotten
    length: int = 0  # bytes, as announced
    user: str = ""
    created: int = 0  # seconds since 1970
    alt_text: str = ""
    completed: bool = False
    channels: list[str] = field(default_factory=list)

    def as_file(self) -> Json:
        """The file object of Slack's messages."""
        return {
            "id": self.id,
            "created": self.created,
            "timestamp": self.created,
            "name": self.name,
            "title": self.title,
            "mimetype": self.mimetype,
            "filetype": self.name.rpartition(".")[2] if "." in self.name else "binary",
            "user": self.user,
            "size": self.length,
            "mode": "hosted",
            "is_external": False,
            "is_public": False,
            "channels": list(self.channels),
        }

    def as_page_file(self) -> Json:
        """The file of the page's contract."""
        return {
            "id": self.id,
            "name": self.name,
            "title": self.title,
            "mimetype": self.mimetype,
            "size": self.length,
            "url": f"/page/files/{self.id}",
        }


@dataclass
class Message:
    """One message. `to` is the only person who sees it, if it is ephemeral."""

    ts: str
    channel: str
    user: str
    text: str
    team: str
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    bot_id: str | None = None
    app_id: str | None = None
    subtype: str | None = None
    thread_ts: str | None = None
    edited: Json | None = None
    metadata: Json | None = None
    to: str | None = None
    deleted: bool = False
    versions: int = 1
    held: dict[str, Held] = field(default_factory=dict)  # by person: what they picked in it
    reactions: dict[str, list[str]] = field(default_factory=dict)  # by emoji: who
    links: tuple[str, ...] = ()  # those that the app was told of, and may unfurl
    previous: Json | None = None  # what it was before an edit, until the event of that edit was made
    replies: "OrderedDict[str, Message]" = field(default_factory=OrderedDict)

    @property
    def is_reply(self) -> bool:
        """Whether it stands in a thread under another message."""
        return self.thread_ts is not None and self.thread_ts != self.ts

    def as_message(self) -> Json:
        """The message object of Slack's API."""
        shown: Json = {"type": "message", "user": self.user, "ts": self.ts, "text": self.text, "team": self.team}
        optional = {
            "subtype": self.subtype,
            "bot_id": self.bot_id,
            "app_id": self.app_id,
            "blocks": self.blocks,
            "attachments": self.attachments,
            "files": [each.as_file() for each in self.files],
            "edited": self.edited,
            "metadata": self.metadata,
            "thread_ts": self.thread_ts,
            "reactions": [{"name": name, "users": who, "count": len(who)} for name, who in self.reactions.items()],
        }
        shown.update((key, value) for key, value in optional.items() if value)
        return shown | self._thread()

    def as_page_message(self) -> Json:
        """The message of the page's contract."""
        shown: Json = {
            "ts": self.ts,
            "channel": self.channel,
            "user": self.user,
            "text": self.text,
            "edited": self.edited is not None,
            "ephemeral": self.to is not None,
            "bot": self.bot_id is not None,
            "deleted": self.deleted,
        }
        optional = {
            "blocks": self.blocks,
            "attachments": self.attachments,
            "files": [each.as_page_file() for each in self.files],
            "thread_ts": self.thread_ts,
        }
        shown.update((key, value) for key, value in optional.items() if value)
        return shown | self._thread()

    def _thread(self) -> Json:
        if self.replies:
            latest = next(reversed(self.replies))
            people = list(dict.fromkeys(each.user for each in self.replies.values()))
            return {
                "thread_ts": self.ts,
                "reply_count": len(self.replies),
                "reply_users": people[:5],
                "reply_users_count": len(people),
                "latest_reply": latest,
            }
        return {}


@dataclass
class Channel:
    """A channel or a direct message. `members` are ids of people and of the bot."""

    id: str
    name: str
    kind: Kind
    topic: str = ""
    members: dict[str, None] = field(default_factory=dict)
    archived: bool = False
    general: bool = False
    roots: "OrderedDict[str, Message]" = field(default_factory=OrderedDict)
    replies: dict[str, Message] = field(default_factory=dict)
    ephemerals: "OrderedDict[str, Message]" = field(default_factory=OrderedDict)

    def find(self, ts: str) -> Message | None:
        """The message or reply with this ts, not an ephemeral one."""
        return self.roots.get(ts) or self.replies.get(ts)

    def partner(self, bot: str) -> str | None:
        """Whom a direct message with the bot is with."""
        return next((each for each in self.members if each != bot), None) if self.kind == "im" else None

    def as_channel(self, bot: str) -> Json:
        """The conversation object of conversations.info as the bot sees it."""
        if self.kind == "im":
            return {
                "id": self.id,
                "created": 1_700_000_000,
                "is_im": True,
                "is_org_shared": False,
                "is_archived": self.archived,
                "user": self.partner(bot),
                "is_user_deleted": False,
            }
        private = self.kind == "private"
        return {
            "id": self.id,
            "name": self.name,
            "name_normalized": self.name,
            "created": 1_700_000_000,
            "is_channel": True,
            "is_group": False,
            "is_im": False,
            "is_mpim": False,
            "is_private": private,
            "is_archived": self.archived,
            "is_general": self.general,
            "is_shared": False,
            "is_ext_shared": False,
            "is_org_shared": False,
            "is_member": bot in self.members,
            "topic": {"value": self.topic, "creator": "", "last_set": 0},
            "purpose": {"value": "", "creator": "", "last_set": 0},
            "num_members": len(self.members),
        }
