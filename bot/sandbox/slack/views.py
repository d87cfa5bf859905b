"""The modals that are open and the Home tabs, as they were last shown."""

from collections import OrderedDict
from dataclasses import dataclass

from bot.sandbox.slack.records import Json
from bot.sandbox.slack.workspace import APP, BOT_ID, TEAM

_REMEMBERED = 5_000


@dataclass
class View:
    """A modal that is open, or somebody's Home tab."""

    id: str
    person: str
    given: Json
    root: str
    previous: str | None = None
    hash: str = ""

    def as_view(self) -> Json:
        """The view object of Slack's API."""
        empty: Json = {"callback_id": "", "private_metadata": "", "external_id": ""}
        modal: Json = {"submit": None, "close": None, "clear_on_close": False, "notify_on_close": False}
        return {
            **empty,
            **(modal if self.given["type"] == "modal" else {}),
            **self.given,
            "id": self.id,
            "team_id": TEAM,
            "app_id": APP,
            "app_installed_team_id": TEAM,
            "bot_id": BOT_ID,
            "state": {"values": {}},
            "hash": self.hash,
            "root_view_id": self.root,
            "previous_view_id": self.previous,
        }


class Views:
    """All views, by id; Home tabs by person."""

    def __init__(self) -> None:
        self.by_id: OrderedDict[str, View] = OrderedDict()
        self.homes: dict[str, View] = {}

    def keep(self, view: View) -> None:
        """Remember a view, and forget the oldest when there are too many."""
        self.by_id[view.id] = view
        while len(self.by_id) > _REMEMBERED:
            self.by_id.popitem(last=False)

    def named(self, external_id: str) -> View | None:
        """The view with this external_id."""
        return next((v for v in self.by_id.values() if v.given.get("external_id") == external_id), None)
