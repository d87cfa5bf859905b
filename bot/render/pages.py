"""Units of a report laid out as messages: each within Slack's limits, with one table at most."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.render.text import Block, section

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST_PAGES: Final = 3
MOST_BLOCKS: Final = 46
"""Of a message; Slack takes 50."""
MOST_WEIGHT: Final = 11_000
"""Of all blocks: under the 13,000 characters at which Slack refuses a message."""
BLOCK_WEIGHT: Final = 60
"""What Slack may count for a block beside its JSON."""
CELL_WEIGHT: Final = 4
"""The same for a table's cell beside its text: Slack takes 2,000 cells, so it can't count their JSON."""


@dataclass(frozen=True, slots=True)
class Unit:
    """What stands together in a report.

    Attributes:
        place: Of its output among all.
        heading: What stands above it, escaped; empty where nothing does.
        blocks: A few blocks.
        after: The heading under which the next units stand, where this one has headings of its own.
        table: Whether a table is among the blocks.
    """

    place: int
    heading: str
    blocks: tuple[Block, ...]
    after: str = ""
    table: bool = False
    weight: int = 0


def unit(place: int, heading: str, blocks: Iterable[Block], *, after: str = "") -> Unit:
    """A unit with its weight."""
    together = tuple(blocks)
    table = any(block["type"] == "table" for block in together)
    return Unit(place, heading, together, after, table, weight(together))


def weight(blocks: Iterable[Block]) -> int:
    """What Slack may count for these blocks, in characters."""
    return sum(BLOCK_WEIGHT + (_table(block) if block["type"] == "table" else _json(block)) for block in blocks)


def _json(block: Block) -> int:
    return len(json.dumps(block, ensure_ascii=False))


def _table(block: Block) -> int:
    cells = [cell for row in block["rows"] for cell in row]
    return sum(len(cell["text"]) + CELL_WEIGHT for cell in cells) + _json(block["column_settings"])


@dataclass(slots=True)
class _Page:
    blocks: list[Block]
    weight: int
    table: bool = False

    def takes(self, blocks: int, weight: int, *, table: bool) -> bool:
        fits = self.weight + weight <= MOST_WEIGHT and len(self.blocks) + blocks <= MOST_BLOCKS
        return fits and not (table and self.table)

    def add(self, blocks: Sequence[Block], weight: int, *, table: bool = False) -> None:
        self.blocks += blocks
        self.weight += weight
        self.table = self.table or table


def pages(
    title: str, top: Sequence[Block], units: Iterable[Unit], end: Sequence[Block], kept: int = 0
) -> list[list[Block]]:
    """The messages' blocks.

    Args:
        title: Of the whole report, escaped; a heading of the same words isn't said again.
        top: What the first message begins with.
        units: In their order.
        end: What the last message ends with; it stays together.
        kept: Characters kept free for more of an end; a message that only that would need is there too, empty.
    """
    laid = [_Page(list(top), weight(top))]
    heading = title
    for each in units:
        head, extra = _heading(each, heading, title)
        if not laid[-1].takes(len(head) + len(each.blocks), each.weight + extra, table=each.table):
            laid.append(_Page([], 0))
            head, extra = _heading(each, "", title)
        laid[-1].add([*head, *each.blocks], each.weight + extra, table=each.table)
        heading = each.after or each.heading or heading
    ending = weight(end) + kept
    if not laid[-1].takes(len(end) + (1 if kept else 0), ending, table=False):
        laid.append(_Page([], 0))
    laid[-1].add(end, ending)
    return [page.blocks for page in laid if page.blocks or kept]


def _heading(each: Unit, now: str, title: str) -> tuple[list[Block], int]:
    if not each.heading or each.heading == now or each.heading.casefold() == title.casefold():
        return [], 0
    head = [section(f"*{each.heading}*")]
    return head, weight(head)
