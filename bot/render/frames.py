"""Tracebacks as people read them: the notebook's own frames as code, those of libraries folded to a line.

Read are the forms in which IPython (7 to 9), ipykernel and Python itself write frames.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from bot.render.text import clean, cut, tail

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_OWN: Final = 3
"""Frames of the notebook's own code: the last ones say most."""
MOST_LINES: Final = 26
MOST_LINE: Final = 160
MOST_READ: Final = 200_000
HEADER: Final = re.compile(
    r"(?:\s{0,4}(?:Cell|Input) In ?\[\d+\](?:,|\s|$)|File (?=\S)|/tmp/ipykernel_\S+ in |<ipython-input-\S+ in "
    r"|~?[\w/.-]+\.py[xd]? in |\s{1,4}File [\"<])"
)
OWN: Final = re.compile(r"\s*(?:Cell|Input) In ?\[|\s*(?:File )?\"?(?:<ipython-input-|<string>|/tmp/ipykernel_)")
INSTALLED: Final = re.compile(r"(?:site|dist)-packages[/\\]([\w.-]+)")
STANDARD: Final = re.compile(r"[/\\]python3?[\d.]*[/\\]([\w.]+)")
QUALIFIED: Final = re.compile(r" in (\w+)\.[\w.]+\(")
COMPILED: Final = re.compile(r"\.(?:pyx|pxi|so|pyd)\b|<frozen ")
EMPTY: Final = re.compile(r"\s*\d+\s*")
"""A line of code with nothing in it but its number."""
FIRST: Final = re.compile(r"Traceback \(most recent call last\):?\s*$|^-{20,}$")
CHAINED: Final = re.compile(
    r"^(?:During handling of the above exception, another exception occurred"
    r"|The above exception was the direct cause of the following exception):?\s*$",
    re.MULTILINE,
)


@dataclass(slots=True)
class Frame:
    """One frame: its header and the lines below it, and the package that it's of; empty for the notebook's own."""

    lines: list[str] = field(default_factory=list)
    package: str = ""


@dataclass(frozen=True, slots=True)
class Trace:
    """A traceback for people, and whether that is all of it."""

    text: str
    whole: bool


def shortened(traceback: str, name: str, most: int) -> Trace:
    """The last frames inside the notebook's own code, and the exception.

    Args:
        traceback: All of it, without terminal colours.
        name: The exception's class, with whose line the frames end.
        most: Characters.
    """
    text = clean(traceback[-MOST_READ:]).strip("\n")
    last = CHAINED.split(text)[-1].strip("\n")
    frames, ending = _read(last.split("\n"), name)
    if not any(not frame.package for frame in frames):
        return _end(text, most)
    lines = list(_told(frames))
    end = [cut(line, MOST_LINE) for line in ending]
    folded = [cut(line.rstrip(), MOST_LINE) for line in lines]
    lines = text.split("\n")
    everything = [line.rstrip() for line in lines if line.strip() and not (FIRST.search(line) or EMPTY.fullmatch(line))]
    shown = _within([*folded, *end], most)
    return Trace(shown, shown.split("\n") == everything)


def _end(text: str, most: int) -> Trace:
    """Where no frame is known, the last lines."""
    lines = text.split("\n")
    kept = "\n".join(["…", *lines[-MOST_LINES:]]) if len(lines) > MOST_LINES else text
    return Trace(tail(kept, most), len(lines) <= MOST_LINES and len(text) <= most)


def _within(lines: list[str], most: int) -> str:
    kept = lines if len(lines) <= MOST_LINES else ["…", *lines[-MOST_LINES:]]
    return tail("\n".join(kept), most)


def _read(lines: list[str], name: str) -> tuple[list[Frame], list[str]]:
    """The frames, and the lines of the exception itself."""
    at = _ending(lines, name)
    frames = list[Frame]()
    for line in lines[:at]:
        if HEADER.match(line):
            frames.append(Frame([line], "" if OWN.match(line) else _package(line)))
        elif frames:
            frames[-1].lines.append(line)
    return frames, [line for line in lines[at:] if line.strip()]


def _ending(lines: list[str], name: str) -> int:
    """Where the exception's own lines begin: its class stands at the start of a line, after the frames."""
    last = max((place for place, line in enumerate(lines) if HEADER.match(line)), default=0)
    short = name.rpartition(".")[2]
    for place in range(last + 1, len(lines)):
        line = lines[place]
        if short and re.match(rf"(?:[\w.]+\.)?{re.escape(short)}(?::|\s*$)", line):
            return place
    return next((place for place in range(last + 1, len(lines)) if not lines[place].strip()), len(lines))


def _package(header: str) -> str:
    """Whose code it is; empty where it's a file of the notebook's own project."""
    found = INSTALLED.search(header) or STANDARD.search(header)
    compiled = COMPILED.search(header)
    if found is None and compiled:
        found = QUALIFIED.search(header)
    if found is None:
        return "compiled code" if compiled else ""
    return found[1].removesuffix(".py")


def _told(frames: list[Frame]) -> Iterable[str]:
    own = [place for place, frame in enumerate(frames) if not frame.package]
    told = set(own[-MOST_OWN:])
    skipped = list[Frame]()
    for place, frame in enumerate(frames):
        if place not in told:
            skipped.append(frame)
            continue
        yield from _folded(skipped)
        skipped = []
        yield from (line for line in frame.lines if line.strip() and not EMPTY.fullmatch(line))
    yield from _folded(skipped)


def _folded(frames: list[Frame]) -> Iterable[str]:
    """`… 6 frames in pandas …`."""
    if not frames:
        return
    packages = list(dict.fromkeys(frame.package or "the notebook" for frame in frames))
    several = "frame" if len(frames) == 1 else "frames"
    yield f"… {len(frames)} {several} in {' and '.join(packages[:3])} …"
