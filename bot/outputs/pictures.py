"""Pictures that notebooks drew: their bytes, if they are what they say."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from bot.model import Output

MOST_BYTES: Final = 10 * 1024 * 1024
"""Of one picture; charts are well under one."""
MOST_PIXELS: Final = 40_000_000
MOST_SIDE: Final = 20_000
MOST_PARTS: Final = 20_000
PNG: Final = b"\x89PNG\r\n\x1a\n"
JPEG: Final = b"\xff\xd8\xff"
OTHERS: Final = (
    (b"GIF8", "a GIF"),
    (b"RIFF", "a WebP"),
    (b"BM", "a bitmap"),
    (b"<svg", "an SVG"),
    (b"<?xml", "an SVG"),
    (b"%PDF", "a PDF"),
    (b"<!DOCTYPE", "a web page"),
    (b"<html", "a web page"),
)
SIZED: Final = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""The marks of a JPEG after which its size is told."""


class Picture(NamedTuple):
    """A picture's bytes, and how files of its kind end."""

    content: bytes
    suffix: str


def picture(output: Output) -> Picture | None:
    """The picture in an output; None where it isn't a PNG or JPEG, whatever it says of itself, or is too large."""
    if output.kind != "image" or len(output.data) > MOST_BYTES * 3 // 2:
        return None
    content = decoded(output.data)
    if content is None or len(content) > MOST_BYTES:
        return None
    if content.startswith(PNG) and content[12:16] == b"IHDR":
        return Picture(content, "png")
    return Picture(content, "jpg") if content.startswith(JPEG) else None


def decoded(data: str) -> bytes | None:
    """The bytes of Base64, which may come in lines; None where it is something else."""
    try:
        # Most pictures come in one piece: taking it apart and together again costs more than reading it.
        return base64.b64decode(data if data.isalnum() else "".join(data.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def fault(data: str) -> str:
    """Why this Base64 can't be posted as a picture, in words; empty where it can."""
    if len(data) > MOST_BYTES * 3 // 2:
        return "the picture is larger than 10 MB"
    content = decoded(data)
    if content is None:
        return "the picture can't be read"
    if len(content) > MOST_BYTES:
        return "the picture is larger than 10 MB"
    if content.startswith(PNG):
        size = _png(content)
    elif content.startswith(JPEG):
        size = _jpeg(content)
    else:
        other = next((words for start, words in OTHERS if content.lstrip()[:10].startswith(start)), "")
        return f"the picture is {other}, not what it says" if other else "the picture is none"
    if size is None:
        return "the picture is incomplete"
    width, height = size
    if not width or not height:
        return "the picture is empty"
    if width > MOST_SIDE or height > MOST_SIDE or width * height > MOST_PIXELS:
        return f"the picture is {width:,} by {height:,} pixels large"
    return ""


def _png(content: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG that is there to its end."""
    if content[12:16] != b"IHDR":
        return None
    place = len(PNG)
    for _ in range(MOST_PARTS):
        length = int.from_bytes(content[place : place + 4])
        name = content[place + 4 : place + 8]
        place += 12 + length
        if place > len(content):
            return None
        if name == b"IEND":
            return int.from_bytes(content[16:20]), int.from_bytes(content[20:24])
    return None


def _jpeg(content: bytes) -> tuple[int, int] | None:
    """Width and height of a JPEG that is there to its end."""
    if b"\xff\xd9" not in content[-1_000:]:
        return None
    place = 2
    for _ in range(MOST_PARTS):
        if content[place : place + 1] != b"\xff":
            return None
        mark = content[place + 1] if place + 1 < len(content) else 0
        if mark == 0xFF:  # noqa: PLR2004, a mark may have any number of these before it
            place += 1
            continue
        if mark in SIZED and place + 9 <= len(content):
            return int.from_bytes(content[place + 7 : place + 9]), int.from_bytes(content[place + 5 : place + 7])
        place += 2 + max(2, int.from_bytes(content[place + 2 : place + 4]))
        if place >= len(content):
            return None
    return None
