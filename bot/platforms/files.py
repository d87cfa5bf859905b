"""Files of a run: their names, and how many bytes of them are kept."""

from __future__ import annotations

from bot.platforms.reply import plain

_NAME = 120
_TIMES = 4  # all files of one run together may be so many times the limit of one


class Purse:
    """What the files of one run may still weigh, in bytes."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._left = _TIMES * limit

    @property
    def next(self) -> int:
        """What the next file may weigh."""
        return min(self._limit, self._left)

    def spend(self, size: int) -> None:
        """A file of this size was kept."""
        self._left -= size


def file_name(name: object, otherwise: str = "file") -> str:
    """A name without directories that any file system takes; its ending survives when it is too long."""
    text = plain(name, 10_000).replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    text = "".join("_" if c in '<>:"|?*' else c for c in text).strip()
    if not text.strip("."):
        return otherwise
    if len(text) <= _NAME:
        return text
    stem, dot, ending = text.rpartition(".")
    if not dot or len(ending) > _NAME // 4:
        return text[:_NAME]
    return f"{stem[: _NAME - len(ending) - 1]}.{ending}"


def over_limit(size: int | None, limit: int) -> str:
    """Why a file isn't here, in words."""
    return f"it is larger than {human_size(limit)}" + (f" ({human_size(size)})" if size else "")


def human_size(size: int) -> str:
    """Bytes as people read them: 812 bytes, 3.4 KB, 16 MB."""
    if size < 1024:  # noqa: PLR2004 - the step between units
        return f"{size} bytes"
    number = float(size)
    for unit in ("KB", "MB", "GB"):
        number /= 1024
        if number < 1024 or unit == "GB":  # noqa: PLR2004 - the step between units
            break
    return f"{number:.1f}".removesuffix(".0") + f" {unit}"
