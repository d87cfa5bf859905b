"""Which outputs a report shows, each as large as there is room for; the others come in a file with all the words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from bot.outputs.read import last_heading
from bot.render.pages import MOST_PAGES, Unit, pages, unit
from bot.render.sheets import csv_of
from bot.render.tables import drawn, small_text, told
from bot.render.text import Block, clean, context, count, plain
from bot.render.words import LEAST_SAID, MOST_SAID, in_lines, text_of, worded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.model import Output
    from bot.render.files import Maker

MOST_OUTPUTS: Final = 30
MOST_TABLES: Final = MOST_PAGES
"""A message has one table at most."""
MOST_NAMED: Final = 5
ENOUGH: Final = 8
"""So many outputs in a row that find no room: the report is full."""
KEPT: Final = 2_400
"""What the list of what was left out may weigh, kept free for it."""
MOST_IN_FULL: Final = 4_000_000
"""Characters of the file with all words."""
TABLE: Final = "table"


Told = Sequence[tuple[int, "Output"]]


class Sized(NamedTuple):
    """A unit, and whether its output is whole in it."""

    unit: Unit
    whole: bool


class Units:
    """Chooses the units of one report.

    Args:
        title: The report's, escaped.
        top: What the first message begins with.
        end: What the last one ends with.
        maker: Makes the files.
    """

    def __init__(self, title: str, top: Sequence[Block], end: Sequence[Block], maker: Maker) -> None:
        self._title, self._top, self._end = title, top, end
        self._maker = maker
        self._chosen: list[Unit] = []
        self._cut = set[int]()  # numbers of blocks of which something is missing
        self._files: dict[int, str] = {}  # the names of files by the place of their output; empty where there is none

    def of(self, several: Told, left_out: list[str]) -> list[Unit]:
        """As many outputs as fit, in their order: the last one first of all, for it is most often the answer."""
        missed = 0
        unsaid: list[tuple[int, Output]] = []
        for place, one in [*several[-1:], *several[:-1]]:
            found = None
            if len(self._chosen) < MOST_OUTPUTS and missed < ENOUGH:
                found = self._fitting(place, one)
                missed = 0 if found is not None else missed + 1
            if found is None:
                unsaid.append((place, one))
            else:
                self._chosen = self._with(found)
        self._tell_rest(several, sorted(unsaid, key=lambda each: each[0]), left_out)
        return self._chosen

    def _with(self, one: Unit) -> list[Unit]:
        return sorted([*self._chosen, one], key=lambda each: each.place)

    def _fitting(self, place: int, one: Output) -> Unit | None:
        for sized in self._sizes(place, one):
            laid = pages(self._title, self._top, self._with(sized.unit), self._end, KEPT)
            if len(laid) <= MOST_PAGES:
                if not sized.whole:
                    self._cut.add(one.block)
                return sized.unit
        return None

    def _sizes(self, place: int, one: Output) -> Iterator[Sized]:
        """The output's unit as large as may be, then smaller ones."""
        heading = plain(one.title, 150)
        if one.kind == TABLE:
            yield from self._table(place, heading, one)
            return
        after = plain(last_heading(one.text), 150) if one.kind == "markdown" else ""
        text, most = text_of(one), MOST_SAID
        while most >= LEAST_SAID:
            found = worded(one.kind, text, most)
            if found is None:
                return
            name = "" if found.whole or one.kind != "data" else self._file(place, one)
            blocks = [found.block, *([context(f"All of it: {plain(name, 170)}")] if name else [])]
            yield Sized(unit(place, heading, blocks, after=after), found.whole or bool(name))
            most = most * 2 // 3

    def _table(self, place: int, heading: str, one: Output) -> Iterator[Sized]:
        table = None if one.table is None else told(one.table)
        shown = None if table is None else drawn(table)
        if table is None or shown is None:
            return
        if sum(each.table for each in self._chosen) >= MOST_TABLES:
            if (text := small_text(table)) is not None:
                yield Sized(unit(place, heading, [text]), whole=True)
            return
        name = "" if shown.whole else self._file(place, one)
        kept = "the whole table" if len(table.rows) >= table.rows_in_all else f"the {len(table.rows):,} that are known"
        whole = f"{kept}: {plain(name, 170)}" if name else ""
        notes = [note for note in (shown.caption, plain(one.note, 200), whole) if note]
        caption = " · ".join(notes)
        blocks = [shown.block, *([context(caption[:1].upper() + caption[1:])] if notes else [])]
        yield Sized(unit(place, heading, blocks), shown.whole or bool(name))

    def _file(self, place: int, one: Output) -> str:
        """The file of a table or of data, made once."""
        if place not in self._files:
            what = one.title or one.text or f"block {one.block}"
            if one.kind == TABLE:
                content = csv_of(told(one.table)) if one.table is not None and one.table.columns else ""
                self._files[place] = self._maker.make(what, "csv", content)
            else:
                self._files[place] = self._maker.make(what, "json", in_lines(one.data))
        return self._files[place]

    def _tell_rest(self, several: Told, unsaid: Told, left_out: list[str]) -> None:
        """Put what isn't shown into files, and say so."""
        words = 0
        for place, one in unsaid:
            if one.kind not in (TABLE, "data"):
                words += 1
                continue
            name = self._file(place, one)
            called = plain(one.title or one.text, 80)
            what = ("a table" if one.kind == TABLE else "data") + (f" of “{called}”" if called else "")
            left_out.append(f"{what} of block {one.block}" + (f", which is in {plain(name, 170)}" if name else ""))
        if not self._cut and not words:
            return
        full = in_full([one for _, one in several])
        name = self._maker.make("in full", "txt", full) if full else ""
        missing = [_the_rest(sorted(self._cut))] if self._cut else []
        missing += [count(words, "more output")] if words else []
        plural = words > 1 or len(missing) > 1
        see = f", which {'are' if plural else 'is'} in {plain(name, 170)}" if name else ""
        left_out.append(" and ".join(missing) + see)


def in_full(outputs: Sequence[Output]) -> str:
    """All words of the notebook as one text, under their headings and with the blocks that said them."""
    pieces, room = list[str](), MOST_IN_FULL
    heading, block = "", -1
    for one in outputs:
        if one.kind not in ("text", "markdown"):
            continue
        text = clean(one.text[:room]).strip("\n")
        if one.title != heading and one.title:
            heading = one.title
            pieces.append(f"# {clean(heading)}")
        if one.block != block:
            block = one.block
            pieces.append(f"[block {block}]")
        pieces.append(text)
        room -= len(text)
        if room <= 0:
            pieces.append("…")
            break
    return "\n\n".join(pieces) + "\n" if pieces else ""


def _the_rest(blocks: list[int]) -> str:
    """`the rest of blocks 3, 5 and 7 more`."""
    if len(blocks) == 1:
        return f"the rest of block {blocks[0]}"
    more = f" and {len(blocks) - MOST_NAMED} more" if len(blocks) > MOST_NAMED else ""
    return f"the rest of blocks {', '.join(map(str, blocks[:MOST_NAMED]))}{more}"
