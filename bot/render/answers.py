"""Answers around a run and the catalogue: what stands in its way, who else is told, what was changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.render import adding, ids
from bot.render.card import how, inputs_line, options_words
from bot.render.masks import discreet
from bot.render.states import headline, title
from bot.render.text import Block, button, context, day, mention, plain, section, when
from bot.reply import AddingOffered, EntriesAdded, OwnerAsked, ToldToo, UnderWay, UnfurlSet

if TYPE_CHECKING:
    from bot.model import Entry
    from bot.render.text import Answer

Told = UnderWay | ToldToo | OwnerAsked | UnfurlSet | EntriesAdded | AddingOffered


def answer(said: Told, command: str) -> Answer:
    """The words of one of these replies."""
    match said:
        case UnderWay():
            return _under_way(said)
        case EntriesAdded():
            return adding.added(said, command)
        case AddingOffered():
            return adding.offered(command)
        case ToldToo(run=run, fresh=True):
            words = f"👍 You'll be mentioned when *{title(run)}* (run {run.number}) ends."
        case ToldToo(run=run):
            words = f"You're on the list already: run {run.number} will mention you when it ends."
        case OwnerAsked(run=run, fresh=True):
            words = f"👍 The owner is being asked in the thread of run {run.number}."
        case OwnerAsked(run=run):
            words = f"The owner has been asked about run {run.number} already."
        case UnfurlSet(on=True, fresh=fresh):
            words = f"🔗 Addresses of notebooks {'now' if fresh else 'already'} unfurl in this channel."
            words += f" `{command} unfurl off` ends that."
        case UnfurlSet(fresh=fresh):
            words = f"🔗 Addresses of notebooks {'no longer unfurl' if fresh else 'do not unfurl'} in this channel."
    return words, [section(words)]


def _under_way(said: UnderWay) -> Answer:
    run = discreet(said.run)
    asker, since = plain(run.asker_name, 80), when(run.asked_at)
    words = f"⏳ {asker} started this at {since}, as run {run.number}, and it hasn't ended."
    if said.alone:
        words = f"⏳ Only one at a time: {asker} started it at {since}, as run {run.number}."
    value = str(run.number)
    buttons: list[Block] = [button("Tell me too", ids.TELL_ME_TOO, value, style="primary")]
    if not said.alone:
        buttons.append(button("Run anyway", ids.RUN_ANYWAY, f"{value}{ids.IN_DM}" if said.dm else value))
    about = context(f"*{title(run)}* · {inputs_line(run)} · {headline(run)} · {how(run)}")
    return words, [section(words), about, {"type": "actions", "elements": buttons}]


def reopen(words: str) -> Answer:
    """Why the form didn't open, and a button that opens it."""
    again = button("Open the form", ids.OPEN_FORM, "new", style="primary")
    return words, [section(words), {"type": "actions", "elements": [again]}]


def rules(entry: Entry) -> list[str]:
    """What the catalogue says of a notebook beside its name and values, a line each."""
    lines = [plain(entry.describe, 300)] if entry.describe else []
    if entry.gone_since is not None:
        label = entry.notebook.platform.label
        lines.append(f"⚠️ {label} has had no such notebook since {day(entry.gone_since)}")
    if entry.specs:
        inputs = [f"{plain(spec.name, 60)} ({plain(spec.type, 20)})" for spec in entry.specs]
        lines.append(f"Inputs: {', '.join(inputs[:20])}" + (f" and {len(inputs) - 20} more" if inputs[20:] else ""))
    if entry.fixed is not None:
        lines.append(f"Always run: {', '.join(options_words(entry.notebook.platform, entry.fixed)) or 'as it comes'}")
    if entry.owner:
        lines.append(f"Owner: {mention(entry.owner)}")
    if entry.channels:
        lines.append("Only in: " + " ".join(f"<#{channel}>" for channel in entry.channels[:20]))
    if entry.one_at_a_time:
        lines.append("Only one run at a time")
    if entry.when_changed:
        lines.append("Posts results only when a key number or a table changed")
    return lines
