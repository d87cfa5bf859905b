"""Lists of runs and of notebooks, and one notebook as the catalogue has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.command import Address
from bot.render import ids
from bot.render.answers import rules
from bot.render.card import how, inputs_line
from bot.render.masks import discreet, shown
from bot.render.states import headline, title
from bot.render.text import (
    Answer,
    Block,
    button,
    context,
    cut,
    escape,
    exact,
    is_web,
    lines_within,
    linked,
    plain,
    section,
)

if TYPE_CHECKING:
    from bot.command import ListRuns
    from bot.model import Entry, Run
    from bot.reply import CatalogueListed, RunsListed

MOST_SAID: Final = 1_500
MOST_LISTED: Final = 15
MOST_VALUES: Final = 12
MOST_VALUE: Final = 2_000
"""Characters of a button's value."""
SHORT_VALUES: Final = 200
"""Characters of an entry's values in a list."""


def runs_listed(said: RunsListed, command: str) -> Answer:
    """The newest runs that somebody can see, page by page."""
    asked = said.asked
    if not said.runs:
        older = " any more" if asked.page > 1 else ""
        words = f"No runs{older} that you can see{_filters(asked)}. `{command} run` starts one."
        return words, [section(words)]
    runs = [discreet(run) for run in said.runs[:MOST_LISTED]]
    heading = f"*The newest runs that you can see*{_filters(asked)}"
    if asked.page > 1:
        heading = f"*Older runs that you can see*{_filters(asked)}, page {asked.page}"
    blocks = [section(heading)]
    blocks.extend(section("\n".join(map(_run_line, runs[start : start + 5]))) for start in range(0, len(runs), 5))
    newest = asked.newest or runs[0].number
    turn = _turn("Newer", asked, -1, newest) if asked.page > 1 else []
    turn += _turn("Older", asked, 1, newest) if said.more else []
    if turn:
        blocks.append({"type": "actions", "elements": turn})
    blocks.append(context(f"More on one: `{command} status {runs[0].number}`"))
    return heading, blocks


def _filters(asked: ListRuns) -> str:
    """` (yours, failed, of weekly-kpis)`."""
    words = ["yours"] if asked.mine else []
    words += ["failed"] if asked.failed else []
    if asked.target is not None:
        name = asked.target if isinstance(asked.target, str) else asked.target.title or asked.target.notebook.id
        words.append(f"of {plain(name, 80)}")
    if asked.platform is not None:
        words.append(f"on {asked.platform.label}")
    return f" ({', '.join(words)})" if words else ""


def _turn(label: str, asked: ListRuns, by: int, newest: int) -> list[Block]:
    """A button that turns the page; its value is the whole question, as far as a button can hold one."""
    target = asked.target
    if isinstance(target, Address):
        target = Address(notebook=target.notebook)  # its address and title would only fill the button
    turned = asked.page + by
    # Back on the first page there is what is the newest by then.
    page = asked.model_copy(update={"page": turned, "target": target, "newest": newest if turned > 1 else None})
    value = page.model_dump_json(exclude_defaults=True)
    action = ids.OLDER_RUNS if by > 0 else ids.NEWER_RUNS
    return [button(label, action, value)] if len(value) <= MOST_VALUE else []


def _run_line(run: Run) -> str:
    return f"*{run.number}*  {title(run)} · {headline(run)} · asked by {plain(run.asker_name, 40)}"


def catalogue_listed(said: CatalogueListed, command: str) -> Answer:
    """The catalogue, each notebook with a button; or what an empty one needs."""
    if not said.entries:
        return _none_listed(said, command)
    heading = "*What would you like to run?*" if said.asked_to_run else "*Notebooks of the catalogue*"
    blocks = [section(heading)]
    if said.asked_to_run:
        opens = button("Open the form", ids.OPEN_FORM, "new", style="primary")
        blocks.append({"type": "actions", "elements": [opens]})
    for entry in said.entries[:MOST_LISTED]:
        value = cut(entry.name, 150)
        blocks.append(section(entry_line(entry, SHORT_VALUES)) | {"accessory": button("Run", ids.RUN_ENTRY, value)})
    if said.may_add and not said.asked_to_run:
        add = button("Add notebooks…", ids.OPEN_ADDING, "new")
        blocks.append({"type": "actions", "elements": [add]})
    example = said.entries[0]
    hints = [f"With inputs: `{command} run {typed_name(example)} name=value`"]
    more = len(said.entries) - MOST_LISTED
    if more > 0:
        hints.insert(0, f"There are {more} more: `{command} list` with a word of its name finds one.")
    blocks.append(context("\n".join(hints)))
    return heading, blocks


def _none_listed(said: CatalogueListed, command: str) -> Answer:
    """Why there is nothing, and what would change that."""
    opens: Block | None = None
    if said.asked_to_run:
        words = "The catalogue is empty; the form finds other notebooks. A web address works too."
        opens = button("Open the form", ids.OPEN_FORM, "new", style="primary")
    elif said.search:
        shows = f"shows all {said.total}" if said.total > 1 else "shows the only one"
        words = f"No notebook of the catalogue matches “{plain(said.search)}”. `{command} list` {shows}."
    elif said.may_add:
        words = f"The catalogue is empty. Name a notebook: `{command} add weekly-kpis` and its web address."
        opens = button("Add notebooks…", ids.OPEN_ADDING, "new", style="primary")
    else:
        words = "The catalogue is empty. An admin can add notebooks to it."
    return words, [section(words)] + ([{"type": "actions", "elements": [opens]}] if opens else [])


def typed_name(entry: Entry) -> str:
    """The entry's name as it is typed, for inside code."""
    return escape(entry.name.replace("`", ""), 100)


def entry_line(entry: Entry, most: int) -> str:
    """Its name, title and platform, and below the values that it starts from, in so many characters."""
    name, entitled = plain(entry.name, 80) or "?", plain(entry.title, 100)
    if entitled.casefold() == name.casefold():
        entitled = ""
    heading = " · ".join(word for word in (f"*{name}*", entitled, entry.notebook.platform.label) if word)
    values = [f"{plain(one, 60) or '“”'} {exact(shown(one, value), 80)}" for one, value in entry.defaults.items()]
    room, kept = most, list[str]()
    for words in values[:MOST_VALUES]:
        room -= len(words) + 3
        if room < 0:
            break
        kept.append(words)
    if len(values) > len(kept):
        kept.append(f"and {len(values) - len(kept)} more")
    return f"{heading}\n{' · '.join(kept)}" if kept else heading


def entry_shown(entry: Entry, last: Run | None, command: str) -> Answer:
    """One notebook of the catalogue, with its rules and its last run."""
    lines = [entry_line(entry, MOST_SAID), *rules(entry)]
    if entry.url and is_web(entry.url):
        lines.append(linked(entry.url, "Open the notebook"))
    if last is not None:
        last = discreet(last)
        lines.append(f"Last run that you can see: {last.number} · {headline(last)} · {how(last)}")
        inputs = inputs_line(last)
        lines.append(f"with {inputs}" if len(inputs) < MOST_SAID // 2 else "with many inputs")
    lines.append(f"`{command} run {typed_name(entry)}` runs it.")
    return plain(entry.name) or "A notebook of the catalogue", [section(lines_within(lines, 2_900))]
