"""A cell or a block, as far as outputs need it; and what one document may hold in all."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from bot.outputs.tables import Room

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_PICTURES: Final = 20
MOST_PICTURE_TEXT: Final = 24 * 1024 * 1024
"""Characters of all pictures of a document, in Base64."""
MOST_TEXT_IN_ALL: Final = 4_000_000
MOST_DATA_IN_ALL: Final = 8_000_000


@dataclass(frozen=True, slots=True)
class Part:
    """A cell or a block.

    Attributes:
        number: From 1, as people count.
        kind: What it is: `figure` is a block that shows one key number.
        source: Its code or its words.
        outputs: As the document has them.
        marked: It is tagged as the notebook's answer.
        named: What a key number's block says that it counts.
    """

    number: int
    kind: Literal["code", "text", "input", "figure"]
    source: str
    outputs: tuple[Mapping[str, Any], ...] = ()
    marked: bool = False
    named: str = ""


@dataclass(slots=True)
class Shelf:
    """What outputs of one document may still take, and what was left out."""

    tables: Room = field(default_factory=Room)
    pictures: int = MOST_PICTURES
    picture_text: int = MOST_PICTURE_TEXT
    text: int = MOST_TEXT_IN_ALL
    data: int = MOST_DATA_IN_ALL
    quiet: Counter[str] = field(default_factory=Counter)
    """What is no result, and how often: warnings, progress bars."""
    widgets: Mapping[str, Any] = field(default_factory=dict)
    """The kinds of widgets by their ids."""

    def words(self, text: str) -> str:
        """As much of a text as there is room for."""
        kept = text[: max(0, self.text)]
        self.text -= len(kept)
        return kept

    def takes(self, data: str) -> bool:
        """Whether there is room for such data."""
        self.data -= len(data)
        return self.data >= 0

    def takes_picture(self, data: str) -> bool:
        """Whether there is room for one more picture."""
        self.pictures -= 1
        self.picture_text -= len(data)
        return self.pictures >= 0 and self.picture_text >= 0

    def left_out(self) -> tuple[str, ...]:
        """What isn't in the document's outputs, in words."""
        quiet = (f"{number} {words}{'' if number == 1 else 's'}" for words, number in sorted(self.quiet.items()))
        return (*self.tables.left_out, *quiet)
