"""Answers for one person's eyes: replies of the desk, mistakes, refusals, troubles."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bot.errors import Mistake, Refusal, Unsure
from bot.grammar import pointed, verb
from bot.model import Outage
from bot.render import ids, outage
from bot.render.answers import answer, rules
from bot.render.card import card
from bot.render.help import help_for
from bot.render.lists import MOST_SAID, SHORT_VALUES, catalogue_listed, entry_line, entry_shown, runs_listed, typed_name
from bot.render.masks import discreet, typed
from bot.render.states import detail, elsewhere, headline, platform, title
from bot.render.text import (
    MOST_TEXT,
    Answer,
    button,
    code,
    escape,
    fitted,
    lines_within,
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
    from bot.errors import StoreUnavailable, UserError
    from bot.model import Run

CODE: Final = re.compile(r"`(\w[^`\n]*)`")


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
            return runs_listed(said, command)
        case UntrackNoted(run=run, fresh=fresh):
            return _untracked(run, fresh=fresh)
        case CatalogueListed():
            return catalogue_listed(said, command)
        case EntryShown(entry=entry, last=last):
            return entry_shown(entry, last, command)
        case EntryAdded(entry=entry):
            words = f"✅ Added *{plain(entry.name)}* to the catalogue. `{command} run {typed_name(entry)}` runs it."
            return words, [section(words)]
        case EntryChanged(entry=entry):
            lines = [f"✅ Changed. {entry_line(entry, SHORT_VALUES)}", *rules(entry)]
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


def not_saved(error: StoreUnavailable, command: str = "/notebook") -> str:
    """The database didn't let us; where it went away in the middle, what was saved shows itself."""
    if isinstance(error, Unsure):
        return (
            "Threadbook lost its database, so I can't say whether it was saved. "
            f"`{command} runs` and `{command} list` show what there is."
        )
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
