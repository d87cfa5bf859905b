"""A run's pictures and files: which of them come into the thread, what they are called, and which are linked."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.outputs.pictures import picture
from bot.render.text import clean, count, cut, is_web, lines_within, linked, plain, size

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.model import Artifact, Output, Run

MOST_PICTURES: Final = 5
MOST_FILES: Final = 20
MOST_NAME: Final = 80
MOST_LISTED: Final = 2_000
"""Characters of the list of files."""
MOST_MADE: Final = 10
MOST_MADE_BYTES: Final = 8 * 1024 * 1024
"""Of all files made of one run's results."""
NOT_IN_NAMES: Final = re.compile(r'[\\/:*?"<>|\n\t]+')


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of the thread: the artifact at this position."""

    position: int
    name: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the thread: the output at this position.

    Attributes:
        name: Its file's name.
        title: What stands above it.
        alt: What is read out in its place.
    """

    position: int
    name: str
    title: str
    alt: str


@dataclass(frozen=True, slots=True)
class Made:
    """A file made of the results: what is too long or too large for a message."""

    name: str
    content: str


File = Picture | Made | Upload


@dataclass(frozen=True, slots=True)
class Files:
    """Files that come into the thread together, as one message."""

    files: tuple[File, ...]


class Maker:
    """Makes files of results, as many as there is room for.

    Args:
        named: What their names begin with: the notebook's title.

    Attributes:
        files: Those made so far.
    """

    def __init__(self, named: str) -> None:
        self.files: list[Made] = []
        self._named = named
        self._names = Counter[str]()
        self._room = MOST_MADE_BYTES

    def make(self, what: str, suffix: str, content: str) -> str:
        """Make one; answers with its name, or with nothing where there is no room for it."""
        octets = len(content.encode("utf-8", "replace"))
        if not content or octets > self._room or len(self.files) >= MOST_MADE:
            return ""
        self._room -= octets
        called = cut(" ".join(clean(what).split()), MOST_NAME)
        stem = filename(self._named if called.casefold() == self._named.casefold() else f"{self._named} - {called}")
        self._names[stem.casefold()] += 1
        times = self._names[stem.casefold()]
        name = f"{stem} {times}.{suffix}" if times > 1 else f"{stem}.{suffix}"
        self.files.append(Made(name, content))
        return name


def named(run: Run) -> str:
    """What the names of a run's files begin with."""
    words = " ".join(clean(run.request.title or run.request.name or "").split())
    return cut(words, MOST_NAME) or "Notebook"


def uploads(artifacts: Iterable[Artifact], left_out: list[str]) -> list[Upload]:
    """The files that come into the thread; more than a few are counted as left out."""
    here = [one for one in enumerate(artifacts) if not one[1].note and one[1].size]
    if len(here) > MOST_FILES:
        left_out.append(count(len(here) - MOST_FILES, "more file"))
    return [Upload(place, filename(artifact.name) or "file") for place, artifact in here[:MOST_FILES]]


def pictures(run: Run, outputs: Iterable[Output], left_out: list[str]) -> list[Picture]:
    """The first real pictures; the others are counted as left out."""
    title = named(run)
    drawn: list[Picture] = []
    names = Counter[str]()
    broken = more = 0
    for place, one in enumerate(outputs):
        if one.kind != "image":
            continue
        if len(drawn) >= MOST_PICTURES:
            more += 1
            continue
        real = picture(one)
        if real is None:
            broken += 1
            continue
        called = cut(" ".join(clean(one.text or one.title).split()), MOST_NAME)
        if called.casefold() == title.casefold():
            called = ""
        names[called] += 1
        numbered = f"{called} {names[called]}".strip() if names[called] > 1 else called
        entitled = f"{title} - {numbered}" if numbered else title
        name = f"{filename(entitled) or 'picture'}.{real.suffix}"
        alt = called or f"A picture from block {one.block}"
        drawn.append(Picture(place, name, entitled, alt))
    if more:
        left_out.append(count(more, "more picture"))
    if broken:
        left_out.append(count(broken, "picture") + " that can't be read or is too large")
    return drawn


def filename(name: str) -> str:
    """A name that every system takes for a file; empty where nothing of it is left."""
    usable = " ".join(NOT_IN_NAMES.sub(" ", clean(name)).split()).strip(". ")
    if len(usable) <= 2 * MOST_NAME:
        return usable
    stem, dot, suffix = usable.rpartition(".")
    if not stem or len(suffix) > 20:  # noqa: PLR2004, no file's ending
        return usable[: 2 * MOST_NAME]
    return stem[: 2 * MOST_NAME - len(suffix)].rstrip() + dot + suffix


def listed(artifacts: tuple[Artifact, ...]) -> str:
    """Those that have a link, or a reason for not being here; the others come as files and speak for themselves."""
    lines = [_artifact(one) for one in artifacts if one.note or not one.size or is_web(one.url)]
    kept = lines_within(lines[:MOST_FILES], MOST_LISTED)
    more = len(lines) - MOST_FILES
    return f"{kept}\nand {count(more, 'file')} besides" if more > 0 else kept


def _artifact(artifact: Artifact) -> str:
    name = plain(artifact.name, 100) or "file"
    words = [f"📎 {linked(artifact.url, name)}"]
    if artifact.size:
        words.append(size(artifact.size))
    note = plain(artifact.note) or ("empty" if artifact.size == 0 else "")
    return " · ".join([*words, note] if note else words)
