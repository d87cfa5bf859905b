"""The files of an ended run, as its thread will have them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.model import Artifact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.platforms.base import Fetched

SNAPSHOT: Final = ".snapshot.deepnote"
TOO_LARGE: Final = "too large to post here"


def gathered(
    fetched: Sequence[Fetched], notebook: bytes | None, limit: int
) -> tuple[tuple[Artifact, ...], dict[int, bytes]]:
    """The artifacts, and the contents of those that are kept, by position.

    Args:
        fetched: The files that the run left.
        notebook: Its snapshot as a Jupyter notebook, where there is one: one file more.
        limit: Bytes; of a larger file only name, size and link are kept.
    """
    several = [(one.artifact, one.content) for one in fetched]
    snapshot = next((one.artifact.name for one in fetched if one.document == "snapshot"), None)
    if notebook is not None and snapshot is not None:
        several.append((Artifact(name=snapshot.removesuffix(SNAPSHOT) + ".ipynb"), notebook))
    artifacts: list[Artifact] = []
    contents: dict[int, bytes] = {}
    for position, (artifact, content) in enumerate(several):
        if content is None:
            artifacts.append(artifact)
            continue
        small = len(content) <= limit
        if small:
            contents[position] = content
        note = artifact.note if small else TOO_LARGE
        artifacts.append(artifact.model_copy(update={"size": len(content), "note": note}))
    return tuple(artifacts), contents
