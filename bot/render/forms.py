"""The form as a modal: the notebook, its inputs, how to run it, and where the card goes."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from bot.form import Place, digest
from bot.model import Platform
from bot.render import ids
from bot.render.answers import answer
from bot.render.card import options_words
from bot.render.elements import field, option, plain_text, text
from bot.render.fields import MOST_OPTIONS, fields
from bot.render.text import Block, button, context, cut, mention, plain, section

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.form import Choice, Form
    from bot.render.text import Answer
    from bot.reply import UnderWay

MOST_KEY: Final = 150
"""Characters of an option's value."""
WEB: Final = re.compile(r"https?://[^\s<>|]{1,1000}")
OPTIONS: Final = {
    Platform.DEEPNOTE: (
        ("live", "In the shared notebook", "Not in a copy: others see it run, and its outputs change"),
        ("readonly", "Read-only storage", "The copy can't change the project's files"),
        ("dependents", "Dependent blocks too", "With chosen blocks: also what depends on them"),
    ),
    Platform.DATALORE: (
        ("update_report", "Update the report", "If the run succeeds and a report was published"),
        ("write_files", "Write to the notebook's files", "Not to a store of the run's own"),
        ("interactive", "In the notebook itself", "Takes no inputs; Datalore then tells neither end nor results"),
    ),
}

BLOCKS: Final = "Only these blocks"
ONLY: Final = "only"
"""The block that names the only channels where a notebook may be run."""


def loading() -> dict[str, Any]:
    """What opens at once, while the form is being made."""
    return _modal([section("⏳ One moment…")])


def words(said: Answer) -> dict[str, Any]:
    """What takes the form's place where it can't be made, or isn't wanted any more."""
    text, blocks = said
    return _modal(blocks or [section(text)], close="Close")


def form(state: Form) -> dict[str, Any]:
    """The modal for this form."""
    blocks: list[Block] = [_notebook(state), *_about(state)]
    if state.notebook is not None and not state.stop:
        blocks += fields(state)
        if buttons := _buttons(state):
            blocks.append({"type": "actions", "block_id": f"buttons:{state.generation}", "elements": buttons})
        if state.more and not state.fixed:
            blocks += _options(state, state.notebook.platform)
        blocks += _place(state)
    return _modal(blocks, submit="Run", metadata=metadata(state))


def under_way(said: UnderWay, channel: str, *, dm: bool) -> dict[str, Any]:
    """What lies over the form where the same is under way: to be told too, or to run it all the same.

    Args:
        said: The run that is.
        channel: Where the card would go.
        dm: It would go to a DM.
    """
    _, blocks = answer(said, "/notebook")
    kept = [block for block in blocks if block["type"] != "actions"]
    kept.append({"type": "actions", "elements": [button("Tell me too", ids.TELL_ME_TOO, str(said.run.number))]})
    carried = json.dumps({"run": said.run.number, "channel": channel, "dm": dm}, separators=(",", ":"))
    view = _modal(kept, submit="" if said.alone else "Run anyway", close="Back", metadata=carried)
    return view | {"callback_id": ids.FORM_ANYWAY, "title": plain_text("It is running already")}


def metadata(state: Form) -> str:
    """What the modal carries along: enough to make the form again when it comes back."""
    carried = {
        "origin": state.origin,
        "only": state.only.value if state.only else None,
        "key": state.key,
        "run": state.run,
        "inputs": digest(state.specs),
        "more": state.more,
        "generation": state.generation,
    }
    return json.dumps({name: value for name, value in carried.items() if value}, separators=(",", ":"))


def choices(found: Iterable[Choice]) -> dict[str, Any]:
    """The options of the notebook field, grouped, in their order."""
    groups: dict[str, list[Block]] = {}
    count = 0
    for one in found:
        if count == MOST_OPTIONS:
            break
        if len(one.key) <= MOST_KEY:
            about = {"description": plain_text(cut(one.about, 75))} if one.about else {}
            groups.setdefault(one.group, []).append(option(one.label, one.key) | about)
            count += 1
    if not groups:
        return {"options": []}
    return {
        "option_groups": [
            {"label": plain_text(cut(group.strip() or "(no name)", 75)), "options": some}
            for group, some in groups.items()
        ]
    }


def plainly(words: str) -> str:
    """What is said of flags, said of the boxes that stand for them in the form."""
    labels = {name: label for several in OPTIONS.values() for name, label, _ in several} | {"blocks": BLOCKS}
    for name, label in labels.items():
        words = words.replace(f"--{name.replace('_', '-')}", f"“{label}”")
    return words


def _modal(blocks: list[Block], *, submit: str = "", close: str = "Cancel", metadata: str = "") -> dict[str, Any]:
    view: dict[str, Any] = {
        "type": "modal",
        "callback_id": ids.FORM,
        "title": plain_text("Run a notebook"),
        "close": plain_text(close),
        "blocks": blocks,
        "private_metadata": metadata,
    }
    return view | {"submit": plain_text(submit)} if submit else view


def _notebook(state: Form) -> Block:
    element: Block = {
        "type": "external_select",
        "action_id": ids.FORM_NOTEBOOK,
        "placeholder": plain_text("Type a few letters of its name"),
        "min_query_length": 0,
    }
    if state.key and len(state.key) <= MOST_KEY:
        element["initial_option"] = option(state.title or state.name or state.key, state.key)
    return field("notebook", "Notebook", element, dispatch=True, optional=False)


def _about(state: Form) -> list[Block]:
    """Small print below the notebook: what it answers, where it is, what can't be had."""
    if state.notebook is None:
        return []
    platform = state.notebook.platform
    url = state.url or ""
    linked = WEB.fullmatch(url) is not None
    where = f"<{url.replace('&', '&amp;')}|Open it on {platform.label}>" if linked else platform.label
    lines = [" · ".join(said for said in (plain(state.about, 300), where) if said)]
    if state.fixed:
        how = ", ".join(options_words(platform, state.options)) or "as it comes"
        lines.append(f"The catalogue says how it is run: {how}.")
    if state.stop:
        owner = f" Its owner is {mention(state.owner)}." if state.owner else ""
        lines.append(f"⚠️ {plain(state.stop, 1000)}{owner}")
    if state.note:
        lines.append(f"⚠️ {plain(state.note, 1000)}")
    return [context("\n".join(lines))]


def _buttons(state: Form) -> list[Block]:
    buttons = []
    if state.last is not None and state.run != state.last:
        buttons.append(button("Use my last values", ids.FORM_LAST, str(state.last)))
    if not state.fixed and not state.more:
        buttons.append(button("More…", ids.FORM_MORE, "more"))
    return buttons


def _options(state: Form, platform: Platform) -> list[Block]:
    options = [
        option(label, name) | {"description": plain_text(cut(about, 75))} for name, label, about in OPTIONS[platform]
    ]
    element: Block = {"type": "checkboxes", "action_id": ids.FORM_VALUE, "options": options}
    initial = [each for each in options if getattr(state.options, each["value"])]
    if initial:
        element["initial_options"] = initial
    blocks = [field(f"options:{state.generation}", "How to run it", element)]
    if platform is Platform.DEEPNOTE:
        hint = "Ids of blocks with commas between, in the order in which they run. It then runs in the shared notebook."
        chosen = text(", ".join(state.options.blocks))
        blocks.append(field(f"blocks:{state.generation}", BLOCKS, chosen, hint=hint))
    return blocks


def _place(state: Form) -> list[Block]:
    here = [option("This channel", Place.HERE)] if state.origin else []
    alone = [option("Only me, in our direct message", Place.DM)]
    another = option("Another channel", Place.CHANNEL)
    options = [*here, another, *alone]
    if state.channels:
        options = [*(here if state.origin in state.channels else []), another]
    chosen = next((one for one in options if one["value"] == state.place), options[-1])
    where: Block = {"type": "radio_buttons", "action_id": ids.FORM_PLACE, "options": options, "initial_option": chosen}
    blocks = [field("place", "Post to", where, dispatch=True, optional=False)]
    if chosen is another:
        element: Block = {
            "type": "conversations_select",
            "action_id": ids.FORM_VALUE,
            "placeholder": plain_text("A channel"),
            "filter": {"include": ["public", "private"], "exclude_bot_users": True},
        }
        if state.channels:
            element["initial_conversation"] = state.channels[0]
        blocks.append(field("place_channel", "Channel", element, optional=False))
    if state.channels:
        channels = " ".join(f"<#{channel}>" for channel in state.channels[:20])
        blocks.append(context(f"May be run only in {channels}") | {"block_id": ONLY})
    return blocks
