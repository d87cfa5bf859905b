"""What the elements of a message or a view hold: Slack's `state.values`, letter for letter."""

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from bot.sandbox.slack.blocks import rich_text_problems
from bot.sandbox.slack.records import Channel, Held, Json, Person
from bot.sandbox.slack.workspace import TEAM, Workspace


class NoSuchActionError(Exception):
    """What is shown holds no such element, or the element no such option or value."""


class GoneOptionError(NoSuchActionError):
    """The option was offered once, and no more."""


class _Kind(NamedTuple):
    key: str  # of the value, in payloads
    initial: str  # of the value that it starts with, in the element
    sort: str  # option, id, text, date, time, moment, rich, file
    many: bool = False


_KINDS: dict[str, _Kind] = {
    "static_select": _Kind("selected_option", "initial_option", "option"),
    "radio_buttons": _Kind("selected_option", "initial_option", "option"),
    "overflow": _Kind("selected_option", "", "option"),
    "multi_static_select": _Kind("selected_options", "initial_options", "option", many=True),
    "checkboxes": _Kind("selected_options", "initial_options", "option", many=True),
    "external_select": _Kind("selected_option", "initial_option", "option"),
    "multi_external_select": _Kind("selected_options", "initial_options", "option", many=True),
    "users_select": _Kind("selected_user", "initial_user", "id"),
    "multi_users_select": _Kind("selected_users", "initial_users", "id", many=True),
    "conversations_select": _Kind("selected_conversation", "initial_conversation", "id"),
    "multi_conversations_select": _Kind("selected_conversations", "initial_conversations", "id", many=True),
    "channels_select": _Kind("selected_channel", "initial_channel", "id"),
    "multi_channels_select": _Kind("selected_channels", "initial_channels", "id", many=True),
    "datepicker": _Kind("selected_date", "initial_date", "date"),
    "timepicker": _Kind("selected_time", "initial_time", "time"),
    "datetimepicker": _Kind("selected_date_time", "initial_date_time", "moment"),
    "plain_text_input": _Kind("value", "initial_value", "text"),
    "number_input": _Kind("value", "initial_value", "text"),
    "email_text_input": _Kind("value", "initial_value", "text"),
    "url_text_input": _Kind("value", "initial_value", "text"),
    "rich_text_input": _Kind("rich_text_value", "initial_value", "rich"),
    "file_input": _Kind("files", "", "file", many=True),
}
_WITHOUT_STATE = frozenset({"button", "overflow", "image", "workflow_button"})
_DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def holds(element: Json) -> bool:
    """Whether this element has a place in `state.values`."""
    return element["type"] not in _WITHOUT_STATE


def key_of(element: Json) -> str:
    """Under which key payloads carry this element's value."""
    return _KINDS[element["type"]].key


def takes_many(element: Json) -> bool:
    """Whether this element's value is a list."""
    return _KINDS[element["type"]].many


def sort_of(element: Json) -> str:
    """What its value is: option, id, text, date, time, moment, rich or file."""
    return _KINDS[element["type"]].sort


def value_in(entry: Json) -> Any:
    """The value in an entry of `state.values`: None, "" or [] if nothing is chosen."""
    return entry.get(_KINDS[entry["type"]].key)


def initial(element: Json, here: str | None = None) -> Json:
    """What an untouched element shows. `here` is the channel that the view was opened in, if any."""
    kind = _KINDS[element["type"]]
    value = element.get(kind.initial) if kind.initial else None
    if value is None and here is not None and element.get("default_to_current_conversation"):
        value = [here] if kind.many else here
    return {"type": element["type"], kind.key: ([] if kind.many else None) if value is None else value}


def options_of(element: Json) -> list[Json]:
    """The options that stand in the element itself, those of its groups included."""
    return [each for group in [element, *element.get("option_groups", [])] for each in group.get("options", [])]


def offered(held: Held, block_id: str, element: Json) -> list[Json]:
    """The options that this element offers: its own, or for an external select those that an app has told."""
    if not element["type"].endswith("external_select"):
        return options_of(element)
    first = element.get("initial_options") or [element.get("initial_option")]
    return [*(each for each in first if each), *held.offered.get((block_id, element["action_id"]), {}).values()]


def state(elements: Iterable[tuple[str, Json]], held: Held, here: str | None = None) -> Json:
    """`state.values`: what each element that holds a value shows now."""
    values: Json = {}
    for block_id, element in elements:
        if holds(element):
            entry = held.entries.get((block_id, element["action_id"]))
            fits = entry is not None and entry["type"] == element["type"]
            values.setdefault(block_id, {})[element["action_id"]] = entry if fits else initial(element, here)
    return values


@dataclass(frozen=True)
class Reader:
    """Reads what a person's page says of an element, and takes nothing that the element doesn't offer.

    `held` knows which options an app has offered to external selects; `may_pick(element, id)` says whether this
    person can choose that user or conversation there; `file(id)` finds an uploaded file as Slack shows it.
    """

    held: Held = field(default_factory=Held)
    may_pick: Callable[[Json, str], bool] = lambda _element, _id: True
    file: Callable[[str], Json | None] = lambda _id: None

    def entry(self, block_id: str, element: Json, given: Json) -> Json:
        """The element's entry in `state.values`. Raises NoSuchActionError."""
        kind = _KINDS[element["type"]]
        value = given.get(kind.key)
        if kind.many:
            if not isinstance(value, list):
                raise NoSuchActionError(f"{kind.key} must be a list")
            return {
                "type": element["type"],
                kind.key: [self._one(kind.sort, block_id, element, each) for each in value],
            }
        empty = value is None or (kind.sort == "text" and value == "")
        return {"type": element["type"], kind.key: None if empty else self._one(kind.sort, block_id, element, value)}

    def absorb(self, elements: Iterable[tuple[str, Json]], seen: Json) -> None:
        """Take over what the page shows, in the shape of `state.values`. Raises NoSuchActionError.

        What it says of elements and options that aren't there any more is passed over: the view may just have changed.
        """
        for block_id, element in elements:
            block = seen.get(block_id)
            given = block.get(element.get("action_id")) if isinstance(block, dict) else None
            if isinstance(given, dict) and holds(element) and given.get("type") == element["type"]:
                with suppress(GoneOptionError):
                    self.held.entries[block_id, element["action_id"]] = self.entry(block_id, element, given)

    def prune(self, elements: Iterable[tuple[str, Json]]) -> None:
        """Forget what was chosen in elements that are gone, or that have become others."""
        present = {(block_id, each["action_id"]): each for block_id, each in elements if holds(each)}
        for place, entry in tuple(self.held.entries.items()):
            if place not in present or not self._still_offers(place[0], present[place], entry):
                del self.held.entries[place]

    def _still_offers(self, block_id: str, element: Json, entry: Json) -> bool:
        try:
            self.entry(block_id, element, entry)
        except NoSuchActionError:
            return False
        return bool(element["type"] == entry["type"])

    def _one(self, sort: str, block_id: str, element: Json, value: Any) -> Any:
        match sort:
            case "option":
                return self._option(block_id, element, value)
            case "id" if isinstance(value, str) and self.may_pick(element, value):
                return value
            case "text" if isinstance(value, str):
                return value
            case "date" if isinstance(value, str) and _DATE.fullmatch(value):
                return value
            case "time" if isinstance(value, str) and _TIME.fullmatch(value):
                return value
            case "moment" if isinstance(value, int) and not isinstance(value, bool):
                return value
            case "rich" if not rich_text_problems(value):
                return value
            case "file" if found := self.file(value.get("id", "") if isinstance(value, dict) else str(value)):
                return found
            case _:
                raise NoSuchActionError(f"{element['action_id']} can't be {value!r}")

    def _option(self, block_id: str, element: Json, wanted: Any) -> Json:
        value = wanted.get("value") if isinstance(wanted, dict) else wanted
        for option in offered(self.held, block_id, element):
            if option["value"] == value:
                return option
        raise GoneOptionError(value)


def reader_for(workspace: Workspace, person: Person, held: Held) -> Reader:
    """Reads as this person's Slack does: only people and conversations that they can see."""

    def may_pick(element: Json, id_: str) -> bool:
        if element["type"].endswith("users_select"):
            somebody = workspace.people.get(id_)
            return somebody is not None and not somebody.deleted
        channel = workspace.channels.get(id_)
        if channel is None or channel.archived or not workspace.sees(person.id, channel):
            return False
        if element["type"].endswith("channels_select"):
            return channel.kind == "public"
        return _passes(element.get("filter", {}), channel, workspace)

    def file(id_: str) -> Json | None:
        found = workspace.files.get(id_)
        return found.as_file() if found is not None and found.completed else None

    return Reader(held, may_pick, file)


def _passes(wanted: Json, channel: Channel, workspace: Workspace) -> bool:
    """Whether a conversations_select with this filter offers the channel."""
    if channel.kind not in wanted.get("include", ("public", "private", "im")):
        return False
    members = [workspace.people[each] for each in channel.members if each in workspace.people]
    if wanted.get("exclude_bot_users") and channel.kind == "im" and any(each.is_bot for each in members):
        return False
    return not (wanted.get("exclude_external_shared_channels") and any(each.team != TEAM for each in members))
