"""Who asks."""

from __future__ import annotations

from bot.model.frozen import Frozen


class Person(Frozen):
    """Somebody in a workspace, as Slack describes them.

    Attributes:
        id: Slack's user id.
        name: The name to print; plain text from outside.
        tz: Their time zone as an IANA name.
        guest: A guest, who may use nothing.
        foreign: Belongs to another organisation, and may use nothing.
    """

    id: str
    name: str
    tz: str = "UTC"
    guest: bool = False
    foreign: bool = False


class Caller(Frozen):
    """Who asks, and from where.

    Attributes:
        workspace: Slack's team id.
        person: Who asks.
        channel: Where they typed or clicked.
        admin: Named as an admin in the settings.
        reply_url: Slack's response_url, for up to 30 minutes; a secret.
        key: What makes this payload one and the same however often it comes.
    """

    workspace: str
    person: Person
    channel: str
    admin: bool = False
    reply_url: str = ""
    key: str
