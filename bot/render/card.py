"""The card: a run's root message, true whenever it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.model import Platform, State
from bot.render import ids
from bot.render.earlier import run_link
from bot.render.figures import headline_words
from bot.render.masks import briefly, discreet, shown
from bot.render.states import detail, elsewhere, headline, platform, title
from bot.render.text import MOST_FIELD, Block, button, context, count, exact, fitted, mrkdwn, plain, section

if TYPE_CHECKING:
    from bot.model import Options, Results, Run

MOST_INPUTS: Final = 20
FEW_INPUTS: Final = 4
SHORT_INPUTS: Final = 160
"""Characters that stand beside the name; more go below it, over the whole width."""
MOST_URL: Final = 3_000


def card(
    run: Run, link: str | None, owner: str = "", results: Results | None = None, home: str = ""
) -> tuple[str, list[Block]]:
    """The card's fallback text and blocks.

    Args:
        run: The run, as it stands.
        link: Where people can open the notebook.
        owner: The name of the notebook's owner, where it's known.
        results: What it left, once it has ended.
        home: The workspace's web address, for links to other cards.
    """
    # What a run that failed had said before is no answer.
    answered = results is not None and run.progress.state is State.SUCCEEDED
    said = _answer(briefly(run, results), home) if results is not None and answered else ""
    run = discreet(run)
    name, state, more = f"📓 *{title(run)}* · run {run.number}", headline(run), detail(run, owner)
    asked, inputs = f"asked by {plain(run.asker_name, 80)} · {how(run)}", inputs_line(run)
    if len(run.request.inputs) <= FEW_INPUTS and len(inputs) <= SHORT_INPUTS:
        blocks = [_fields(name, inputs, state, asked), *([section(more)] if more else [])]
    else:
        below = "\n".join(words for words in (state, more) if words)
        blocks = [_fields(name, asked), section(below), context(inputs)]
    if said:
        blocks.append(section(said))
    blocks.append({"type": "actions", "block_id": f"run:{run.number}", "elements": _buttons(run, link)})
    text = f"📓 {title(run)} · run {run.number}: {state}" + "".join(f"\n{words}" for words in (more, said) if words)
    return fitted(text, MOST_FIELD), blocks


def _answer(results: Results, home: str) -> str:
    """The key number that the notebook marks; or that nothing changed, where only changes were wanted."""
    if results.quiet and results.earlier is not None:
        return f"Nothing changed since {run_link(results.earlier, home)}"
    words = headline_words(results)
    return f"*{words}*" if words else ""


def _fields(*several: str) -> Block:
    """Words in two columns, which a phone shows under one another."""
    return {"type": "section", "fields": [mrkdwn(words, MOST_FIELD) for words in several]}


def _buttons(run: Run, link: str | None) -> list[Block]:
    value = str(run.number)
    buttons = [button("Open notebook", ids.OPEN_NOTEBOOK, value, url=link)] if link and len(link) <= MOST_URL else []
    buttons.append(button("Run again", ids.RUN_AGAIN, value))
    buttons.append(button("Edit & run…", ids.EDIT_AND_RUN, value))
    if run.open:
        buttons.append(button("Tell me too", ids.TELL_ME_TOO, value))
        confirm = {
            "title": {"type": "plain_text", "text": "Stop tracking?"},
            "text": {
                "type": "plain_text",
                "text": f"The run goes on: {platform(run)} can't be told to stop it from here. "
                "To stop it, open the notebook. Its results won't be posted.",
            },
            "confirm": {"type": "plain_text", "text": "Stop tracking"},
            "deny": {"type": "plain_text", "text": "Keep tracking"},
        }
        buttons.append(button("Stop tracking", ids.UNTRACK, value, confirm=confirm))
    return buttons


def inputs_line(run: Run) -> str:
    """`region *EU* · since *2026-10-01*`; the values whose names look secret are masked."""
    inputs = run.request.inputs
    if not inputs:
        return "_no inputs_"
    words, room = list[str](), MOST_FIELD - 20
    for name, value in list(inputs.items())[:MOST_INPUTS]:
        one = f"{plain(name, 60) or '“”'} {exact(shown(name, value), 120)}"
        room -= len(one) + 3
        if room < 0:
            break
        words.append(one)
    more = len(inputs) - len(words)
    return " · ".join([*words, *([f"and {more} more"] if more else [])])


def how(run: Run) -> str:
    """`Deepnote, in a copy, read-only storage`."""
    name, options = platform(run), run.request.options
    if elsewhere(run):
        return f"{name}, started elsewhere"
    return ", ".join([name, *options_words(run.request.notebook.platform, options)])


def options_words(platform: Platform, options: Options) -> list[str]:
    """How it is run, in words: `in a copy`, `read-only storage`."""
    return (_datalore_words if platform is Platform.DATALORE else _deepnote_words)(options)


def _datalore_words(options: Options) -> list[str]:
    words = []
    if options.interactive:
        words.append("in the shared notebook")
    if options.update_report:
        words.append("updates the report")
    if options.write_files:
        words.append("writes to the notebook's files")
    return words


def _deepnote_words(options: Options) -> list[str]:
    words = ["in the shared notebook" if options.live or options.blocks else "in a copy"]
    if options.readonly:
        words.append("read-only storage")
    if options.blocks:
        words.append(f"{count(len(options.blocks), 'block')} only" + (" and dependents" if options.dependents else ""))
    return words
