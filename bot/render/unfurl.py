"""A notebook's address, unfolded: its name, its inputs, its last run, and a button that opens the form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.render import ids
from bot.render.masks import discreet
from bot.render.states import headline
from bot.render.text import Block, button, context, plain, section

if TYPE_CHECKING:
    from bot.form import Form
    from bot.model import Run


def unfurl(form: Form, last: Run | None) -> dict[str, Any]:
    """What chat.unfurl shows for one address.

    Args:
        form: The notebook, as the form would offer it.
        last: Its newest run that everybody in the channel can see.
    """
    assert form.notebook is not None  # noqa: S101, an address always names one
    blocks: list[Block] = [section(f"📓 *{plain(form.title)}* · {form.notebook.platform.label}")]
    if form.specs:
        names = ", ".join(plain(spec.label or spec.name, 60) for spec in form.specs[:12])
        more = f" and {len(form.specs) - 12} more" if len(form.specs) > 12 else ""  # noqa: PLR2004
        blocks.append(context(f"Inputs: {names}{more}"))
    if last is not None:
        last = discreet(last)
        blocks.append(context(f"Last run here: {last.number} · {headline(last)}"))
    key = form.key
    if len(key) <= 1900:  # noqa: PLR2004, Slack's limit of a button's value
        blocks.append({"type": "actions", "elements": [button("Run…", ids.RUN_KEY, key)]})
    return {"blocks": blocks}
