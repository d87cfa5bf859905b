"""The flags, and which of them go together on which platform."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.errors import Mistake
from bot.model import Frozen, Options, Platform

if TYPE_CHECKING:
    from collections.abc import Collection


class Flag(Frozen):
    """One flag.

    Attributes:
        name: As it is typed.
        summary: What it does, in one line.
        platform: The only platform that has it, or None.
        takes: What follows it, for the usage; empty where nothing does.
        option: The field of Options that it sets; empty where it sets none.
    """

    name: str
    summary: str
    platform: Platform | None = None
    takes: str = ""
    option: str = ""


LIVE = Flag(
    name="--live", summary="run in the shared notebook, not in a copy", platform=Platform.DEEPNOTE, option="live"
)
READONLY = Flag(
    name="--readonly", summary="run the copy with read-only storage", platform=Platform.DEEPNOTE, option="readonly"
)
BLOCKS = Flag(
    name="--blocks",
    summary="run only these blocks, in this order, in the shared notebook",
    platform=Platform.DEEPNOTE,
    takes="<id>,<id>",
    option="blocks",
)
DEPENDENTS = Flag(
    name="--dependents",
    summary="with --blocks: also run what depends on them",
    platform=Platform.DEEPNOTE,
    option="dependents",
)
UPDATE_REPORT = Flag(
    name="--update-report",
    summary="update the notebook's report when the run succeeds",
    platform=Platform.DATALORE,
    option="update_report",
)
WRITE_FILES = Flag(
    name="--write-files",
    summary="let the run write to the notebook's files",
    platform=Platform.DATALORE,
    option="write_files",
)
INTERACTIVE = Flag(
    name="--interactive",
    summary="run in the notebook itself, which tells neither its end nor results",
    platform=Platform.DATALORE,
    option="interactive",
)
DM = Flag(name="--dm", summary="card and results in our DM")
ANYWAY = Flag(name="--anyway", summary="run although the same notebook is under way with the same inputs")

MINE = Flag(name="--mine", summary="only what I asked for")
FAILED = Flag(name="--failed", summary="only those that failed")

INPUT = Flag(name="--input", summary="declare an input, with its type and its choices", takes="<name>:<type>[=…]")
UNSET = Flag(name="--unset", summary="drop these defaults and declared inputs", takes="<name>,<name>")
DESCRIBE = Flag(name="--describe", summary="what the notebook answers, in a sentence", takes='"…"')
OWNER = Flag(name="--owner", summary="whom to ask when it fails", takes="@person")
CHANNELS = Flag(name="--channels", summary="the only channels where it may be run", takes="#channel,#channel")
ONE_AT_A_TIME = Flag(name="--one-at-a-time", summary="refuse a run while another one is under way")
MANY_AT_A_TIME = Flag(name="--many-at-a-time", summary="no longer one at a time")
WHEN_CHANGED = Flag(
    name="--when-changed", summary="post results only when a key number or a table differs from the last success"
)
ALWAYS = Flag(name="--always", summary="post results again whether anything changed or not")
ANY_OPTIONS = Flag(name="--any-options", summary="whoever runs it says how, as with any notebook")

OPTIONS = (LIVE, READONLY, BLOCKS, DEPENDENTS, UPDATE_REPORT, WRITE_FILES, INTERACTIVE)
"""The flags that set an option."""
FLAGS = (*OPTIONS, DM, ANYWAY)
"""The flags of `run`."""
OF_ADD = (INPUT, DESCRIBE, OWNER, CHANNELS, ONE_AT_A_TIME, WHEN_CHANGED, *OPTIONS)
OF_EDIT = (
    *(INPUT, UNSET, DESCRIBE, OWNER, CHANNELS, ONE_AT_A_TIME, MANY_AT_A_TIME, WHEN_CHANGED, ALWAYS),
    *(*OPTIONS, ANY_OPTIONS),
)
_ALL = (*FLAGS, MINE, FAILED, *OF_EDIT)


class Clash(NamedTuple):
    """A flag that can't be used here, and why, as one sentence."""

    flag: Flag
    text: str


def find(name: str) -> Flag | None:
    """The flag of that name; dashes don't matter (`read-only`)."""
    return _BY_KEY.get(_key(name))


def takes(name: str) -> bool:
    """Whether something follows the flag of that name."""
    known = find(name)
    return known is not None and bool(known.takes)


def clash(options: Options, platform: Platform | None, inputs: Collection[str] = ()) -> Clash | None:
    """The first thing in these options that can't be, on this platform (None: not known yet) with these inputs."""
    given = [known for known in OPTIONS if getattr(options, known.option)]
    if options.blocks and options.live:
        given.remove(LIVE)  # --blocks implies it
    for known in given:
        if platform is not None and known.platform is not platform:
            return Clash(known, f"{known.name} is a flag for {_on(known)}, and this notebook is on {platform.label}.")
        if known.platform is not given[0].platform:
            return Clash(known, f"{given[0].name} is for {_on(given[0])}, and {known.name} for {_on(known)}.")
    if options.readonly and (options.blocks or options.live):
        other = BLOCKS if options.blocks else LIVE
        return Clash(READONLY, f"{READONLY.name} is for a copy, and {other.name} runs in the shared notebook.")
    if options.dependents and not options.blocks:
        return Clash(DEPENDENTS, f"{DEPENDENTS.name} needs {BLOCKS.name}: it runs what depends on those blocks.")
    if not options.interactive:
        return None
    if inputs:
        return Clash(INTERACTIVE, f"{INTERACTIVE.name} runs the notebook as it stands and takes no inputs.")
    if options.update_report or options.write_files:
        other = UPDATE_REPORT if options.update_report else WRITE_FILES
        return Clash(other, f"{other.name} can't be had with {INTERACTIVE.name}.")
    return None


def check_options(options: Options, platform: Platform | None, inputs: Collection[str] = ()) -> None:
    """Check options that were not typed in one line: from a form, or for a notebook found by name.

    Args:
        options: What was asked for.
        platform: Where the notebook is; None where that isn't known.
        inputs: The names of the inputs given.

    Raises:
        Mistake: A flag of the other platform, or flags that exclude one another.
    """
    if found := clash(options, platform, inputs):
        raise Mistake(found.text)


def _on(known: Flag) -> str:
    return known.platform.label if known.platform else "both platforms"


def _key(name: str) -> str:
    return name.replace("-", "").replace("_", "").lower()


_BY_KEY = {_key(known.name): known for known in _ALL}
