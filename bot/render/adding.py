"""The form that adds notebooks to the catalogue, and what it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bot.render import ids
from bot.render.elements import field, option, plain_text, text
from bot.render.text import Block, button, lines_within, plain, section

if TYPE_CHECKING:
    from bot.render.text import Answer
    from bot.reply import EntriesAdded

MOST_CHOSEN: Final = 25
MOST_DESCRIPTION: Final = 300
MOST_TOLD: Final = 2_800
NOTEBOOKS, LINK, NAME, DESCRIBE, OWNER, CHANNELS, ALONE = (
    "notebooks",
    "link",
    "name",
    "describe",
    "owner",
    "channels",
    "alone",
)
"""The block ids of its fields."""
ONE: Final = "one"


def form(origin: str) -> dict[str, Any]:
    """The modal, opened in the channel `origin`; "" on the Home tab."""
    chosen = {
        "type": "multi_external_select",
        "action_id": ids.ADD_NOTEBOOKS,
        "placeholder": plain_text("Type a few letters of a title or a project"),
        "min_query_length": 0,
        "max_selected_items": MOST_CHOSEN,
    }
    owner = {"type": "users_select", "action_id": ids.ADD_VALUE, "placeholder": plain_text("A person")}
    channels = {
        "type": "multi_conversations_select",
        "action_id": ids.ADD_VALUE,
        "placeholder": plain_text("Everywhere"),
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
    }
    alone = {"type": "checkboxes", "action_id": ids.ADD_VALUE, "options": [option("Only one run at a time", ONE)]}
    blocks = [
        field(NOTEBOOKS, "Notebooks", chosen, hint="Those that have no name in the catalogue yet."),
        field(LINK, "Or a web address", _line(), hint="Datalore doesn't list its notebooks: paste the link of one."),
        field(NAME, "Short name", _line(60), hint="As people will type it. Left empty, “Weekly KPIs” is weekly-kpis."),
        field(DESCRIBE, "What does it answer?", _line(MOST_DESCRIPTION)),
        field(OWNER, "Whom to ask about it", owner),
        field(CHANNELS, "Only in these channels", channels),
        field(ALONE, "Rules", alone),
    ]
    return _modal("Add notebooks", blocks, origin) | {"submit": plain_text("Add"), "close": plain_text("Cancel")}


def done(said: EntriesAdded, command: str) -> dict[str, Any]:
    """What takes the form's place."""
    _, blocks = added(said, command)
    return _modal("Added" if said.entries else "Nothing added", blocks, "") | {"close": plain_text("Close")}


def refused(words: str) -> dict[str, Any]:
    """The form's place where nobody may fill it in."""
    return _modal("Add notebooks", [section(words)], "") | {"close": plain_text("Close")}


def added(said: EntriesAdded, command: str) -> Answer:
    """What was added, and how it's run."""
    lines = [f"✅ *{plain(one.name)}* · {plain(one.title, 100) or one.notebook.platform.label}" for one in said.entries]
    lines += [f"• {plain(title, 100)} is in the catalogue already, as *{plain(name)}*." for title, name in said.known]
    if said.entries:
        lines.append(f"`{command} run {plain(said.entries[0].name)}` runs it." if len(said.entries) == 1 else "")
    words = lines_within([line for line in lines if line], MOST_TOLD)
    return words, [section(words)]


def offered(command: str) -> Answer:
    """A button that opens the form, where there was none to open it with."""
    words = f"Choose notebooks for the catalogue from a list, or type `{command} add weekly-kpis` and a web address."
    opens = button("Add notebooks…", ids.OPEN_ADDING, "new", style="primary")
    return words, [section(words), {"type": "actions", "elements": [opens]}]


def _line(most: int = 3_000) -> Block:
    return text("") | {"action_id": ids.ADD_VALUE, "max_length": most}


def _modal(title: str, blocks: list[Block], origin: str) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": ids.ADDING,
        "title": plain_text(title),
        "private_metadata": origin,
        "blocks": blocks,
    }
