"""What the admins are told after a time in which nobody was there."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from bot.render.text import count, when

if TYPE_CHECKING:
    from bot.model import Outage

SHORT: Final = timedelta(hours=12)
"""Within so much, the time of day says it all."""
MOST_UNCLEAR: Final = 30


def told(outage: Outage) -> str:
    """Since when, until when, and what became of the runs.

    `Threadbook was down from 13:02 to 14:40. 12 runs were caught up; run 142 is unclear: it may have started.`
    """
    tokens = "{time}" if outage.until - outage.since < SHORT else "{date_short_pretty} at {time}"
    down = f"⏸️ *Threadbook was down from {when(outage.since, tokens)} to {when(outage.until, tokens)}.*"
    known = []
    if outage.caught_up:
        known.append(f"{count(outage.caught_up, 'run was', 'runs were')} caught up")
    if outage.unseen:
        known.append(f"{count(outage.unseen, 'run')} couldn't be looked at yet")
    if outage.unclear:
        known.append(_unclear(outage.unclear))
    return f"{down} {'; '.join(known) or 'No run was under way'}."


def _unclear(numbers: tuple[int, ...]) -> str:
    if len(numbers) == 1:
        return f"run {numbers[0]} is unclear: it may have started"
    first, left = [str(number) for number in numbers[:MOST_UNCLEAR]], len(numbers) - MOST_UNCLEAR
    *most, last = [*first, f"{left:,} more"] if left > 0 else first
    return f"runs {', '.join(most)} and {last} are unclear: they may have started"
