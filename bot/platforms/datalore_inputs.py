"""What a request may ask of Datalore, and how its values are sent. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import dates
from bot.errors import UserError

if TYPE_CHECKING:
    from datetime import date

    from bot.model import InputValue, Request


def check_options(request: Request) -> None:
    """Refuse what Datalore can't do.

    Raises:
        UserError: With the option's name.
    """
    options = request.options
    foreign = {
        "--live": options.live,
        "--readonly": options.readonly,
        "--blocks": bool(options.blocks),
        "--dependents": options.dependents,
    }
    for flag, given in foreign.items():
        if given:
            raise UserError(
                f"{flag} is for Deepnote; Datalore doesn't have it.",
                hint="For Datalore there are --update-report, --write-files and --interactive.",
            )
    if not options.interactive:
        return
    besides = {
        "inputs": bool(request.inputs),
        "--update-report": options.update_report,
        "--write-files": options.write_files,
    }
    for what, given in besides.items():
        if given:
            raise UserError(f"An interactive run takes no {what}.", hint="Leave it out, or leave out --interactive.")


def encoded(value: InputValue, today: date | None) -> InputValue:
    """A value as Datalore takes it, text or a list of texts; with `today`, words for dates become dates."""
    if isinstance(value, tuple):
        return tuple(_text(item, today) for item in value)
    return _text(value, today)


def _text(value: str | bool, today: date | None) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return (dates.resolve(value, today) if today else None) or value
