"""User groups: people who are mentioned together."""

from dataclasses import dataclass

from bot.sandbox.slack.records import Json

_CREATED = 1_700_000_000  # seconds since 1970


@dataclass
class Group:
    """A user group, mentioned as `<!subteam^S…>`."""

    id: str
    team: str
    handle: str
    name: str
    members: list[str]
    disabled: bool = False

    def as_group(self, *, with_users: bool = False, with_count: bool = False) -> Json:
        """The usergroup object of usergroups.list."""
        group: Json = {
            "id": self.id,
            "team_id": self.team,
            "is_usergroup": True,
            "name": self.name,
            "handle": self.handle,
            "description": "",
            "date_create": _CREATED,
            "date_update": _CREATED,
            "date_delete": _CREATED if self.disabled else 0,
        }
        counted = {"user_count": len(self.members)} if with_count else {}
        return group | counted | ({"users": list(self.members)} if with_users else {})
