"""Answers for one person's eyes: replies of the desk, mistakes, refusals, troubles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.errors import Mistake, Refusal
from bot.grammar import pointed
from bot.render import ids
from bot.render.card import card, how, inputs_line, platform, state_line, title
from bot.render.help import help_for
from bot.render.text import Block, button, context, cut, escape, plain, section, shown
from bot.reply import (
    CatalogueListed,
    EntryAdded,
    EntryRemoved,
    EntryShown,
    Helped,
    Reply,
    RunShown,
    RunsListed,
    Started,
    UntrackNoted,
)

if TYPE_CHECKING:
    from bot.errors import UserError
    from bot.model import Entry, Run

Answer = tuple[str, list[Block]]
MOST_LISTED: Final = 20


def reply(said: Reply, command: str, link: str | None = None) -> Answer | None:
    """The words of a reply; None where the card says it all.

    Args:
        said: What the desk answered.
        command: The slash command that people type.
        link: Where the run's notebook opens, for a reply about one run.
    """
    match said:
        case Started(run=run, fresh=fresh):
            return _started(run, fresh=fresh)
        case RunShown(run=run):
            return card(run, link)
        case RunsListed():
            return _runs(said, command)
        case UntrackNoted(run=run, fresh=fresh):
            return _untracked(run, fresh=fresh)
        case CatalogueListed():
            return _catalogue(said, command)
        case EntryShown(entry=entry, last=last):
            return _entry(entry, last, command)
        case EntryAdded(entry=entry):
            words = f"Added *{plain(entry.name)}*. Run it with `{command} run {plain(entry.name)}`."
            return words, [section(words)]
        case EntryRemoved(entry=entry):
            label = entry.notebook.platform.label
            words = f"Removed *{plain(entry.name)}* from the catalogue. The notebook itself is still on {label}."
            return words, [section(words)]
        case Helped(verb=verb):
            return help_for(verb, command)


def mistake(error: UserError) -> Answer:
    """What a person can mend: what is wrong, where, and what to type instead."""
    mark = "🔒" if isinstance(error, Refusal) else "⚠️"
    blocks = [section(f"{mark} {escape(cut(error.text, 1500))}")]
    if isinstance(error, Mistake) and error.typed and error.at[1] > error.at[0]:
        blocks.append(section(f"```{escape(pointed(error)).replace('```', '` ` `')}```"))
    if error.hint:
        blocks.append(section(escape(cut(error.hint, 1500))))
    return cut(f"{mark} {escape(error.text)} {escape(error.hint)}", 3000), blocks


def trouble(code: str) -> str:
    """Our own fault, honestly, with the word that finds it in the log."""
    return f"Something went wrong on Threadbook's side, and nothing was started. Tell whoever runs it: `{code}`."


def not_saved() -> str:
    """The database didn't let us."""
    return "Threadbook can't reach its database just now, so nothing was saved or started. Try again in a minute."


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
    words = f"🚫 {why}, so *{title(run)}* was not started. {help_}"
    value = str(run.number)
    buttons = {"type": "actions", "elements": [button("Run it in our DM", ids.RUN_IN_DM, value, style="primary")]}
    return words, [section(words), buttons]


INVITABLE: Final = frozenset({"not_in_channel", "channel_not_found", "cant_post_message"})


def rejected_alone(run: Run) -> Answer:
    """For the asker alone, where a card would be in the way."""
    words = state_line(run)
    return words, [section(f"*{title(run)}* · run {run.number}\n{words}")]


def _started(run: Run, *, fresh: bool) -> Answer | None:
    if not run.dm or not fresh:
        return None
    words = f"*{title(run)}* is run {run.number}; its card comes in our DM."
    return words, [section(words)]


def _untracked(run: Run, *, fresh: bool) -> Answer:
    if not fresh:
        words = f"Run {run.number} is already being let go."
    elif run.progress.remote_id is None:
        words = f"Run {run.number} won't be started, unless that has just happened."
    else:
        words = f"Run {run.number} is no longer tracked. On {platform(run)} it goes on: to stop it, open the notebook."
    return words, [section(words)]


def _runs(said: RunsListed, command: str) -> Answer:
    if not said.runs:
        words = f"No runs yet that you can see. Start one with `{command} run <notebook>`."
        return words, [section(escape(words))]
    lines = [_run_line(run) for run in said.runs[:MOST_LISTED]]
    blocks = [section("*The newest runs that you can see*")]
    blocks.extend(section("\n".join(lines[start : start + 5])) for start in range(0, len(lines), 5))
    blocks.append(context(f"More on one: `{command} status {said.runs[0].number}`"))
    return "The newest runs that you can see", blocks


def _run_line(run: Run) -> str:
    state = state_line(run).splitlines()[0]
    return f"*{run.number}* {title(run)} · {cut(state, 300)} · asked by {plain(run.asker_name, 40)}"


def _catalogue(said: CatalogueListed, command: str) -> Answer:
    if not said.entries:
        if said.search:
            words = (
                f"No notebook of the catalogue matches “{plain(said.search)}”. `{command} list` shows all {said.total}."
            )
        elif said.may_add:
            words = f"The catalogue is empty. Name a notebook with `{command} add weekly-kpis` and its web address."
        else:
            words = "The catalogue is empty. An admin can add notebooks to it."
        return words, [section(words)]
    heading = "What would you like to run?" if said.asked_to_run else "*Notebooks of the catalogue*"
    blocks = [section(heading)]
    for entry in said.entries[:MOST_LISTED]:
        value = cut(entry.name, 150)
        blocks.append(section(_entry_line(entry)) | {"accessory": button("Run", ids.RUN_ENTRY, value)})
    more = len(said.entries) - MOST_LISTED
    if more > 0:
        blocks.append(context(f"and {more} more: `{command} list` with a word of its name finds it"))
    example = said.entries[0]
    name = next(iter(example.defaults), "region")
    blocks.append(context(f"With other inputs: `{command} run {plain(example.name)} {plain(name)}=…`"))
    return heading, blocks


def _entry_line(entry: Entry) -> str:
    values = " · ".join(f"{plain(name, 60)} {plain(shown(name, value), 80)}" for name, value in entry.defaults.items())
    heading = f"*{plain(entry.name)}*" + (f" · {plain(entry.title)}" if entry.title else "")
    return cut(f"{heading} · {entry.notebook.platform.label}" + (f"\n{values}" if values else ""), 3000)


def _entry(entry: Entry, last: Run | None, command: str) -> Answer:
    lines = [_entry_line(entry)]
    if entry.url and not set(entry.url) & set("<>| "):
        lines.append(f"<{escape(entry.url)}|Open the notebook>")
    if last is not None:
        lines.append(f"Last run that you can see: {last.number} · {state_line(last).splitlines()[0]} · {how(last)}")
        lines.append(f"with {inputs_line(last)}")
    lines.append(f"Run it: `{command} run {plain(entry.name)}`")
    words = "\n".join(lines)
    return plain(entry.name), [section(words)]


def admin_notice(topic: str, platform_name: str) -> str:
    """A line for the admins, by its topic."""
    if topic.startswith("token:"):
        name = platform_name.capitalize()
        return (
            f"🔑 *{name} refuses Threadbook's token.* Nothing can be started on {name} until it's renewed: "
            f"make a new one and set `{platform_name.upper()}_TOKEN`. Runs under way wait for it."
        )
    return escape(platform_name)
