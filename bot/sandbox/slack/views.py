"""The modals that are open, three deep at most for each person, and the Home tabs as they were last published."""

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.slack.actions import in_blocks
from bot.sandbox.slack.errors import ApiError
from bot.sandbox.slack.records import Held, Json
from bot.sandbox.slack.values import Reader, state
from bot.sandbox.slack.workspace import APP, BOT_ID, TEAM

MOST_IN_STACK = 3
_SHOWN = frozenset({"title", "submit", "close", "text", "label", "hint", "placeholder", "description", "alt_text"})

Watcher = Callable[[str, "View"], None]


@dataclass(eq=False)
class View:
    """A modal that is open, or somebody's Home tab. `here` is the channel in which it was opened, if any."""

    id: str
    person: str
    given: Json
    root: str
    previous: str | None = None
    hash: str = ""
    here: str | None = None
    held: Held = field(default_factory=Held)
    is_waiting: bool = False  # for the answer to its submission

    @property
    def blocks(self) -> list[Json]:
        """Its blocks."""
        found: list[Json] = self.given["blocks"]
        return found

    @property
    def title(self) -> str:
        """A modal's title; a Home tab has none."""
        return str(self.given.get("title", {}).get("text", ""))

    @property
    def words(self) -> str:
        """Everything that stands in it, a line for each piece of text."""
        return "\n".join(_words(self.given))

    @property
    def values(self) -> Json:
        """`state.values`: what its elements show now."""
        return state(in_blocks(self.blocks), self.held, self.here)

    def show(self, given: Json, reader: Reader) -> None:
        """Show something else.

        Elements that are still there go on showing what they show, as in Slack: a new initial value is only for
        elements with a new block_id or action_id.
        """
        if self.hash:
            for block_id, entries in self.values.items():
                for action_id, entry in entries.items():
                    self.held.entries[block_id, action_id] = entry
        self.given = given
        reader.prune(in_blocks(self.blocks))
        digest = hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()[:8]
        self.hash = f"{time.time():.6f}.{digest}"

    def as_reply(self) -> Json:
        """The view object as methods return it: without what the person entered."""
        return self.as_view() | {"state": {"values": {}}}

    def as_view(self) -> Json:
        """The view object of payloads and of the page, with its state."""
        return {
            "callback_id": "",
            "private_metadata": "",
            "external_id": "",
            "title": None,
            "submit": None,
            "close": None,
            "clear_on_close": False,
            "notify_on_close": False,
            **self.given,
            "id": self.id,
            "team_id": TEAM,
            "app_id": APP,
            "app_installed_team_id": TEAM,
            "bot_id": BOT_ID,
            "state": {"values": self.values},
            "hash": self.hash,
            "root_view_id": self.root,
            "previous_view_id": self.previous,
        }


class Views:
    """The stack of modals that each person has open, and Home tabs by person. Watchers are told what is shown."""

    def __init__(self) -> None:
        self.stacks: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}
        self._watchers: list[Watcher] = []

    def __iter__(self) -> Iterator[View]:
        """Every open modal and every Home tab."""
        for stack in self.stacks.values():
            yield from stack
        yield from self.homes.values()

    def get(self, id_: str) -> View | None:
        """The view with this id, if it is still open."""
        return next((each for each in self if each.id == id_), None)

    def named(self, external_id: str) -> View | None:
        """The view with this external_id, if it is still open."""
        return next((each for each in self if external_id and each.given.get("external_id") == external_id), None)

    def top(self, person: str) -> View | None:
        """The modal that this person sees."""
        stack = self.stacks.get(person)
        return stack[-1] if stack else None

    def refuse_twin(self, given: Json, view: View | None = None) -> None:
        """Raise duplicate_external_id if another view that is open has the same."""
        twin = self.named(given.get("external_id", ""))
        if twin is not None and twin is not view:
            raise ApiError("duplicate_external_id")

    def open(self, view: View) -> None:
        """Open a modal in the place of whatever this person had open."""
        self.stacks[view.person] = [view]

    def push(self, view: View) -> None:
        """Put a modal on top of the person's others. Raises push_limit_reached."""
        stack = self.stacks[view.person]
        if len(stack) >= MOST_IN_STACK:
            raise ApiError("push_limit_reached")
        stack.append(view)

    def close(self, view: View, *, whole: bool = False) -> list[View]:
        """Close a modal and those above it, or the whole stack; they are returned, the topmost first."""
        stack = self.stacks.get(view.person, [])
        if view not in stack:
            return []
        at = 0 if whole else stack.index(view)
        gone, stack[at:] = stack[at:], []
        if not stack:
            del self.stacks[view.person]
        return gone[::-1]

    def watch(self, watcher: Watcher) -> None:
        """Be told `open`, `push`, `update` or `home`, and the view."""
        self._watchers.append(watcher)

    def tell(self, what: str, view: View) -> None:
        """Tell the watchers that somebody sees something new."""
        for watcher in self._watchers:
            watcher(what, view)


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _words(each)
    elif isinstance(value, dict):
        for key, each in value.items():
            if isinstance(each, str) and key in _SHOWN:
                yield each
            elif isinstance(each, dict | list):
                yield from _words(each)
