"""The Home tab: what one person has running, their last runs, and the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bot.render import ids
from bot.render.card import inputs_line
from bot.render.masks import discreet
from bot.render.states import headline, title
from bot.render.text import Block, button, context, escape, mrkdwn, plain, section

if TYPE_CHECKING:
    from bot.model import Entry, Run
    from bot.reply import HomeShown

MOST_RUNNING: Final = 10
MOST_ENTRIES: Final = 15


def home(shown: HomeShown) -> dict[str, Any]:
    """The view for views.publish."""
    run = button("Run a notebook", ids.OPEN_FORM, "new", style="primary")
    blocks: list[Block] = [
        {"type": "header", "text": {"type": "plain_text", "text": "Threadbook", "emoji": True}},
        section("Runs your team's notebooks, and tells you what they said."),
        {"type": "actions", "block_id": "home", "elements": [run]},
        {"type": "divider"},
        section("*Running now*"),
    ]
    blocks += [_run(run) for run in shown.running[:MOST_RUNNING]] or [context("Nothing of yours is running.")]
    more = len(shown.running) - MOST_RUNNING
    if more > 0:
        blocks.append(context(f"and {more} more"))
    blocks.append(section("*Your last runs*"))
    blocks += [_run(run) for run in shown.ended] or [context("None yet. The button above starts one.")]
    blocks += [{"type": "divider"}, section("*Catalogue*")]
    blocks += _catalogue(shown.entries, shown.more, may_add=shown.may_add)
    if shown.may_add:
        add = button("Add notebooks…", ids.OPEN_ADDING, "new")
        blocks.append({"type": "actions", "block_id": "adding", "elements": [add]})
    return {"type": "home", "blocks": blocks}


def refused(*, guest: bool) -> dict[str, Any]:
    """What a guest sees, or somebody of another organisation."""
    who = "Guests" if guest else "People of other organisations"
    words = f"🔒 {who} can't use Threadbook here. Ask a member of this workspace to run it for you."
    return {"type": "home", "blocks": [section(words)]}


def _run(run: Run) -> Block:
    run = discreet(run)
    words = f"*{title(run)}* · run {run.number}\n{headline(run)}\n{inputs_line(run)}"
    again = button("Edit & run…", ids.EDIT_AND_RUN, str(run.number))
    return section(words) | {"block_id": f"mine:{run.number}", "accessory": again}


def _catalogue(entries: tuple[Entry, ...], beyond: int, *, may_add: bool) -> list[Block]:
    if not entries and not may_add:
        return [context("Empty. An admin can add notebooks to it.")]
    if not entries:
        typed = escape("`/notebook add <name> <link>`")
        return [context(f"Empty. {typed} gives a notebook a name for everybody, and so does the button below.")]
    search: Block = {
        "type": "section",
        "block_id": "search",
        "text": mrkdwn("Find a notebook by its name"),
        "accessory": {
            "type": "external_select",
            "action_id": ids.FORM_NOTEBOOK,
            "placeholder": {"type": "plain_text", "text": "Type a few letters"},
            "min_query_length": 0,
        },
    }
    blocks = [search]
    for entry in entries[:MOST_ENTRIES]:
        about = f"\n{plain(entry.describe, 200)}" if entry.describe else ""
        title = f" · {plain(entry.title, 100)}" if entry.title and entry.title != entry.name else ""
        words = f"*{plain(entry.name)}*{title} · {entry.notebook.platform.label}{about}"
        blocks.append(section(words) | {"accessory": button("Run…", ids.RUN_FORM, entry.name)})
    more = max(0, len(entries) - MOST_ENTRIES) + beyond
    if more > 0:
        blocks.append(context(f"and {more} more: the field above finds them"))
    return blocks
