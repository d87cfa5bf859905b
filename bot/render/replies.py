"""Answers for one person's eyes: replies of the desk, mistakes, refusals, troubles."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bot.command import Address
from bot.errors import Mistake, Refusal
from bot.grammar import pointed, verb
from bot.model import Outage
from bot.render import ids, outage
from bot.render.answers import answer, rules
from bot.render.card import card, how, inputs_line
from bot.render.help import help_for
from bot.render.masks import discreet, shown, typed
from bot.render.states import detail, elsewhere, headline, platform, title
from bot.render.text import (
    MOST_TEXT,
    Block,
    button,
    code,
    context,
    cut,
    escape,
    exact,
    fitted,
    is_web,
    lines_within,
    linked,
    plain,
    section,
)
from bot.reply import (
    CatalogueListed,
    EntryAdded,
    EntryChanged,
    EntryRemoved,
    EntryShown,
    Helped,
    HomeShown,
    Reply,
    RunShown,
    RunsListed,
    Started,
    UntrackNoted,
)

if TYPE_CHECKING:
    from bot.command import ListRuns
    from bot.errors import UserError
    from bot.model import Entry, Run

Answer = tuple[str, list[Block]]
CODE: Final = re.compile(r"`(\w[^`\n]*)`")
MOST_SAID: Final = 1_500
MOST_LISTED: Final = 15
MOST_VALUES: Final = 12
MOST_VALUE: Final = 2_000
"""Characters of a button's value."""
SHORT_VALUES: Final = 200
"""Characters of an entry's values in a list."""


def reply(said: Reply, command: str, link: str | None = None, owner: str = "") -> Answer | None:
    """The words of a reply; None where the card says it all.

    Args:
        said: What the desk answered.
        command: The slash command that people type.
        link: Where the run's notebook opens, for a reply about one run.
        owner: The name of whom to ask about it, where it is gone.
    """
    match said:
        case Started(run=run, fresh=fresh):
            return _started(run, fresh=fresh)
        case RunShown(run=run):
            return card(run, link, owner)
        case RunsListed():
            return _runs(said, command)
        case UntrackNoted(run=run, fresh=fresh):
            return _untracked(run, fresh=fresh)
        case CatalogueListed():
            return _catalogue(said, command)
        case EntryShown(entry=entry, last=last):
            return _entry(entry, last, command)
        case EntryAdded(entry=entry):
            words = f"✅ Added *{plain(entry.name)}* to the catalogue. `{command} run {_typed(entry)}` runs it."
            return words, [section(words)]
        case EntryChanged(entry=entry):
            lines = [f"✅ Changed. {_entry_line(entry, SHORT_VALUES)}", *rules(entry)]
            return f"✅ Changed {plain(entry.name)}", [section(lines_within(lines, 2_900))]
        case EntryRemoved(entry=entry):
            label = entry.notebook.platform.label
            words = f"✅ Removed *{plain(entry.name)}* from the catalogue. The notebook itself is still on {label}."
            return words, [section(words)]
        case Helped(verb=word):
            return help_for(word, command)
        case HomeShown():
            return None  # drawn on the Home tab
        case _:
            return answer(said, command)


def mistake(error: UserError, command: str = "/notebook") -> Answer:
    """What a person can mend: what is wrong, where, and what to type instead.

    Args:
        error: The mistake.
        command: The slash command that hints name.
    """
    mark = "🔒" if isinstance(error, Refusal) else "⚠️"
    if isinstance(error, Mistake):
        error = _discreet(error)
    words = plain(error.text, MOST_SAID) or "That can't be done."
    hint = _hint(error.hint, command)
    if isinstance(error, Refusal) and error.channels:
        words = " ".join([words, *(f"<#{channel}>" for channel in error.channels[:20])])
    blocks = [section(f"{mark} {words}")]
    if isinstance(error, Mistake) and error.typed.strip() and error.at[1] > error.at[0]:
        blocks.append(code(pointed(error)))
    if hint:
        blocks.append(section(hint))
    return fitted(f"{mark} {words} {hint}".rstrip(), MOST_TEXT), blocks


def _discreet(error: Mistake) -> Mistake:
    """The mistake without the secret values that were typed beside it."""
    line, hide = typed(error.typed)
    return Mistake(hide(error.text), typed=line, at=error.at, hint=hide(error.hint))


def _hint(hint: str, command: str) -> str:
    """A line to type stands as code; a verb in a sentence's code gets the slash command that it needs."""
    if hint.startswith("/") and "`" not in hint:
        return f"Type `{escape(hint, MOST_SAID)}`"
    words = CODE.sub(lambda said: f"`{command} {said[1]}`" if verb(said[1].split()[0]) else said[0], hint)
    return escape(words, MOST_SAID)


def trouble(word: str) -> str:
    """Our own fault, honestly, with the word that finds it in the log."""
    return f"Something went wrong on Threadbook's side, and nothing was started. Tell whoever runs it: `{word}`."


def not_saved() -> str:
    """The database didn't let us."""
    return "Threadbook can't reach its database just now, so nothing was saved or started. Try again in a minute."


def no_form() -> str:
    """Slack gives three seconds to open a form."""
    return "That took too long for Slack to open the form, so nothing was started. Try again."


def form_refused() -> str:
    """Slack wouldn't show the form."""
    words = "Slack didn't show this form, so nothing was started. Close it and try again"
    return f"{words}, or type `/notebook run` with the notebook's name and name=value."


def too_slow(command: str) -> str:
    """The answer wasn't there in time; what was saved shows itself."""
    return f"That took too long, so I can't say whether it was saved. `{command} runs` shows what there is."


def no_card(run: Run, word: str) -> Answer:
    """Nothing was started, because its card couldn't be posted."""
    why = {
        "is_archived": "This channel is archived",
        "restricted_action": "This channel's settings don't let me post",
        "restricted_action_read_only_channel": "This channel is read-only",
        "missing_scope": "Threadbook's Slack app lacks a permission to post here",
    }.get(word, "I can't post here")
    help_ = (
        "Type `/invite @Threadbook` and try again, or run it in our DM." if word in INVITABLE else "Run it in our DM."
    )
    words = f"🚫 {why}, so *{title(run)}* was not {'tracked' if elsewhere(run) else 'started'}. {help_}"
    value = str(run.number)
    buttons = {"type": "actions", "elements": [button("Run it in our DM", ids.RUN_IN_DM, value, style="primary")]}
    return words, [section(words), buttons]


INVITABLE: Final = frozenset({"not_in_channel", "channel_not_found", "cant_post_message"})


def rejected_alone(run: Run) -> Answer:
    """For the asker alone, where a card would be in the way."""
    run = discreet(run)
    words = "\n".join(line for line in (f"*{title(run)}* · run {run.number}", headline(run), detail(run)) if line)
    return words, [section(words)]


def _started(run: Run, *, fresh: bool) -> Answer | None:
    if not run.dm or not fresh:
        return None
    words = f"*{title(run)}* is run {run.number}; its card comes in our DM."
    return words, [section(words)]


def _untracked(run: Run, *, fresh: bool) -> Answer:
    if not fresh:
        words = f"Somebody has already asked to stop tracking run {run.number}."
    elif run.progress.remote_id is None:
        what = "tracked" if elsewhere(run) else "started, unless that has just happened"
        words = f"Run {run.number} won't be {what}."
    else:
        words = f"Run {run.number} is no longer tracked. On {platform(run)} it goes on: to stop it, open the notebook."
    return words, [section(words)]


def _runs(said: RunsListed, command: str) -> Answer:
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


def _catalogue(said: CatalogueListed, command: str) -> Answer:
    if not said.entries:
        if said.asked_to_run:
            words = "The catalogue is empty; the form finds other notebooks. A web address works too."
            opens = button("Open the form", ids.OPEN_FORM, "new", style="primary")
            return words, [section(words), {"type": "actions", "elements": [opens]}]
        if said.search:
            shows = f"shows all {said.total}" if said.total > 1 else "shows the only one"
            words = f"No notebook of the catalogue matches “{plain(said.search)}”. `{command} list` {shows}."
        elif said.may_add:
            words = f"The catalogue is empty. Name a notebook: `{command} add weekly-kpis` and its web address."
            add = button("Add notebooks…", ids.OPEN_ADDING, "new", style="primary")
            return words, [section(words), {"type": "actions", "elements": [add]}]
        else:
            words = "The catalogue is empty. An admin can add notebooks to it."
        return words, [section(words)]
    heading = "*What would you like to run?*" if said.asked_to_run else "*Notebooks of the catalogue*"
    blocks = [section(heading)]
    if said.asked_to_run:
        opens = button("Open the form", ids.OPEN_FORM, "new", style="primary")
        blocks.append({"type": "actions", "elements": [opens]})
    for entry in said.entries[:MOST_LISTED]:
        value = cut(entry.name, 150)
        blocks.append(section(_entry_line(entry, SHORT_VALUES)) | {"accessory": button("Run", ids.RUN_ENTRY, value)})
    if said.may_add and not said.asked_to_run:
        add = button("Add notebooks…", ids.OPEN_ADDING, "new")
        blocks.append({"type": "actions", "elements": [add]})
    example = said.entries[0]
    hints = [f"With inputs: `{command} run {_typed(example)} name=value`"]
    more = len(said.entries) - MOST_LISTED
    if more > 0:
        hints.insert(0, f"There are {more} more: `{command} list` with a word of its name finds one.")
    blocks.append(context("\n".join(hints)))
    return heading, blocks


def _typed(entry: Entry) -> str:
    """The entry's name as it is typed, for inside code."""
    return escape(entry.name.replace("`", ""), 100)


def _entry_line(entry: Entry, most: int) -> str:
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


def _entry(entry: Entry, last: Run | None, command: str) -> Answer:
    lines = [_entry_line(entry, MOST_SAID), *rules(entry)]
    if entry.url and is_web(entry.url):
        lines.append(linked(entry.url, "Open the notebook"))
    if last is not None:
        last = discreet(last)
        lines.append(f"Last run that you can see: {last.number} · {headline(last)} · {how(last)}")
        inputs = inputs_line(last)
        lines.append(f"with {inputs}" if len(inputs) < MOST_SAID // 2 else "with many inputs")
    lines.append(f"`{command} run {_typed(entry)}` runs it.")
    return plain(entry.name) or "A notebook of the catalogue", [section(lines_within(lines, 2_900))]


def admin_notice(topic: str, platform_name: str) -> str:
    """A line for the admins, by its topic."""
    if topic.startswith("token:"):
        name = platform_name.capitalize()
        return (
            f"🔑 *{name} refuses Threadbook's token.* Nothing can be started on {name} until it's renewed: "
            f"make a new one and set `{platform_name.upper()}_TOKEN`. Runs under way wait for it."
        )
    if topic.startswith("down:"):
        return outage.told(Outage.model_validate_json(platform_name))
    return escape(platform_name)
