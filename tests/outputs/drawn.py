"""Small pictures that are what they say."""

import base64
import struct
import zlib

from bot.outputs.pictures import PNG


def png(width: int = 2, height: int = 1) -> bytes:
    """A grey picture of this size, whole."""
    rows = b"".join(b"\x00" + b"\x80" * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return PNG + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")


def jpeg(width: int = 2, height: int = 1) -> bytes:
    """The parts of a JPEG that tell its size, with a beginning and an end."""
    size = b"\xff\xc0\x00\x0b\x08" + struct.pack(">HH", height, width) + b"\x01\x01\x11\x00"
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + size + b"\xff\xd9"


def as_base64(content: bytes) -> str:
    """As documents hold it."""
    return base64.b64encode(content).decode()


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


PICTURE = as_base64(png())
