"""Pictures that notebooks drew: their bytes, if they are what they say."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from bot.model import Output

MOST_BYTES: Final = 10 * 1024 * 1024
"""Of one picture; charts are well under one."""
PNG: Final = b"\x89PNG\r\n\x1a\n"
JPEG: Final = b"\xff\xd8\xff"


class Picture(NamedTuple):
    """A picture's bytes, and how files of its kind end."""

    content: bytes
    suffix: str


def picture(output: Output) -> Picture | None:
    """The picture in an output; None where it isn't a PNG or JPEG, whatever it says of itself, or is too large."""
    if output.kind != "image" or len(output.data) > MOST_BYTES * 3 // 2:
        return None
    try:
        content = base64.b64decode("".join(output.data.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(content) > MOST_BYTES:
        return None
    if content.startswith(PNG) and content[12:16] == b"IHDR":
        return Picture(content, "png")
    return Picture(content, "jpg") if content.startswith(JPEG) else None
