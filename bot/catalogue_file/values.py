"""Values to start from, checked against the declared inputs."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from bot.catalogue_file.page import shown
from bot.inputs import faults
from bot.render.masks import secret

if TYPE_CHECKING:
    from yaml import Node

    from bot.catalogue_file.page import Page
    from bot.model import Inputs, InputSpec

DAYS: Final = (date(2026, 1, 1), date(2026, 5, 15), date(2026, 7, 20))
"""The first of a year, a Friday and a Monday: what begins after its end on one of them may be right on the others."""


def check_values(page: Page, defaults: Inputs, lines: dict[str, Node], specs: tuple[InputSpec, ...]) -> None:
    """Note the values that fit their declared inputs on no day, at their lines.

    Args:
        page: Where mistakes are noted.
        defaults: The values.
        lines: Where each of them stands.
        specs: The declared inputs; a value of any other input fits.
    """
    declared = {spec.name for spec in specs}
    given = {name: value for name, value in defaults.items() if name in declared}
    found = [faults(given, specs, day) for day in DAYS]
    for name, fault in found[0].items():
        if not all(name in wrong for wrong in found):
            continue
        text, hint = fault.text, fault.hint
        if secret(name):
            text, hint = f"The value of “{shown(name)}” doesn't fit its declared input.", "Change one of them."
        page.note(lines[name], text, hint)
