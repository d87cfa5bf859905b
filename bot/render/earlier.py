"""What a result is compared with: the last success, what changed since, and which inputs differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.model import State
from bot.outputs.changes import OTHER_VALUES
from bot.render.masks import shown
from bot.render.text import count, day, exact, lines_within, linked, plain

if TYPE_CHECKING:
    from bot.model import Change, Earlier, Figure, Results, Run

MOST_CHANGES: Final = 8
MOST_INPUTS: Final = 6
MOST_SAID: Final = 1_200
"""Characters of all changes, or of all inputs."""


def permalink(home: str, channel: str, ts: str) -> str:
    """Where people find a message; `home` is the workspace's web address, with a slash at its end."""
    return f"{home}archives/{channel}/p{ts.replace('.', '')}" if home else ""


def run_link(earlier: Earlier, home: str) -> str:
    """`run 140`, linked to its card."""
    return linked(permalink(home, earlier.channel, earlier.ts), f"run {earlier.number}")


def since(run: Run, results: Results, home: str) -> str:
    """What changed since the last success with the same inputs; empty where there is nothing to compare."""
    earlier = results.earlier
    if earlier is None or run.progress.state is not State.SUCCEEDED:
        return ""
    before = f"{run_link(earlier, home)}, {day(earlier.ended_at)}"
    if not earlier.changes:
        comparable = results.facts.figures or results.facts.shapes
        return f"Nothing changed since {before}" if comparable else ""
    lines = [f"• {change_line(one)}" for one in earlier.changes[:MOST_CHANGES]]
    more = len(earlier.changes) - MOST_CHANGES
    kept = lines_within(lines, MOST_SAID)
    return f"Since {before}:\n{kept}" + (f"\nand {count(more, 'change')} more" if more > 0 else "")


def change_line(change: Change) -> str:
    """`revenue 1.20M → 1.31M, +9 %`."""
    name, before, now = plain(change.name, 80), plain(change.before, 80), plain(change.now, 80)
    by = plain(change.by, 60)
    if not before:
        return f"{name} {now} (new)".strip()
    if not now:
        return f"{name} {before} (gone)".strip()
    if change.by == OTHER_VALUES:
        return f"{name}: other values in its {now}".removeprefix(": ")
    former, _, unit = before.rpartition(" ")
    if former and unit and now.endswith(f" {unit}"):
        before = former
    return f"{name} {before} → {now}".strip() + (f", {by}" if by else "")


def changed_by(figure: Figure, earlier: Earlier | None) -> str:
    """` (+9 %)`, where the key number differs from the last success's."""
    if earlier is None or earlier.inputs:
        return ""
    for one in earlier.changes:
        if one.name.casefold() == figure.name.casefold() and one.now == figure.text and one.by:
            return f" ({plain(one.by, 40)})"
    return ""


def last_success(earlier: Earlier | None, home: str) -> str:
    """When it last went well, and what differs in the inputs since."""
    if earlier is None:
        return ""
    run = f"{run_link(earlier, home)}, {day(earlier.ended_at)}"
    if not earlier.inputs:
        return f"It last succeeded with these inputs as {run}."
    lines = list[str]()
    for name, before, now in earlier.inputs[:MOST_INPUTS]:
        was = "nothing" if before is None else exact(shown(name, before), 80)
        new = "nothing" if now is None else exact(shown(name, now), 80)
        lines.append(f"• {plain(name, 60) or '“”'}: {was} then, {new} now")
    more = len(earlier.inputs) - MOST_INPUTS
    kept = lines_within(lines, MOST_SAID) + (f"\nand {count(more, 'input')} more" if more > 0 else "")
    return f"It last succeeded as {run}, with other inputs:\n{kept}"
