"""What cells print: without the warnings and the progress bars that libraries write beside it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from bot.outputs.text import MOST_TEXT, joined, plain

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterable, Mapping

WARNING: Final = re.compile(r"^\S.*:\d+: \w*Warning: |^\w*Warning: ")
PROGRESS: Final = re.compile(r"\d{1,3}%\|[^|]*\||\d{1,9}it \[|━{4,}|\[={2,80}>?[ .=]{0,80}\]")
NOISY: Final = re.compile(r"Warning: |%\||it \[|━|\[==|^(?:Downl|Coll|Inst|Requ)", re.MULTILINE)
"""Where none of this is, there is nothing to leave out."""
MOST_LINE: Final = 1_000
"""Characters at the end of a line by which it is told what it is."""
DOWNLOAD: Final = re.compile(
    r"^(?:Downloading|Collecting|Installing collected packages|Requirement already satisfied)\b"
)


def printed(outputs: Iterable[Mapping[str, Any]], quiet: Counter[str]) -> str:
    """The text of streams that follow each other; what is no result is counted in `quiet`."""
    told: list[str] = []
    left = MOST_TEXT
    for raw in outputs:
        text = joined(raw.get("text"))[:MOST_TEXT]
        if raw.get("name") == "stderr":
            text = _without_noise(text, quiet)
        told.append(text)
        left -= len(text)
        if left <= 0:
            break
    return plain("".join(told)[:MOST_TEXT])


def _without_noise(text: str, quiet: Counter[str]) -> str:
    """What a reader wants of an error stream: no warnings of libraries, no progress bars, no lines about packages."""
    if not NOISY.search(text):
        return text
    kept: list[str] = []
    words = ""
    below = False  # a warning's second line is the code that it is about
    for one in text.splitlines(keepends=True):
        bar, words = PROGRESS.search(words) is not None, plain(one[-4_000:])[-MOST_LINE:]
        if below and words.startswith("  ") and not PROGRESS.search(words):
            below = False
            continue
        below = bool(WARNING.match(words))
        if below:
            quiet["warning"] += 1
        elif PROGRESS.search(words):
            quiet["progress bar"] += not bar
        elif DOWNLOAD.match(words):
            quiet["line about packages"] += 1
        else:
            kept.append(one)
    said = "".join(kept)
    return said if said.strip() else ""
