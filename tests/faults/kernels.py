"""Kernels that only play: they run nothing, say what is written here, and end when the test lets them.

What a notebook computes is nobody's concern in these tests, and a real kernel takes seconds of a processor.
"""

from __future__ import annotations

import struct
import tempfile
import zlib
from base64 import b64encode
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from nbclient import NotebookClient

from bot.sandbox.kernels import Kernel, Kernels

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncIterator

    from nbformat import NotebookNode

ANSWER = "The answer is 42."
FILE = "table.csv"
PICTURES = 2
"""Which go into the thread together, as one message."""


class Played(Kernels):
    """As many kernels as are asked for.

    Args:
        gate: No cell ends before this is set.
    """

    def __init__(self, gate: asyncio.Event) -> None:
        super().__init__(at_once=1_000, spare=False)
        self._gate = gate

    async def start(self) -> None:
        """Nothing is to be started."""

    @asynccontextmanager
    async def borrow(self) -> AsyncIterator[Kernel]:
        """One more."""
        with tempfile.TemporaryDirectory(prefix="threadbook-played-") as folder:
            yield _Kernel(Path(folder), self._gate)


class _Kernel(Kernel):
    def __init__(self, home: Path, gate: asyncio.Event) -> None:
        self.work = home
        self._gate = gate

    async def prepare(self, code: str) -> None:
        """It is ready."""

    def runner(self, document: NotebookNode) -> NotebookClient:
        return _Player(document, self.work, self._gate)

    async def kill(self) -> None:
        self._gate.set()


class _Player(NotebookClient):
    def __init__(self, document: NotebookNode, work: Path, gate: asyncio.Event) -> None:
        super().__init__(document)
        self._work, self._gate = work, gate

    async def async_execute_cell(self, cell: NotebookNode, *_given: Any, **_named: Any) -> NotebookNode:
        await self._gate.wait()
        said = nbformat.v4.new_output("stream", name="stdout", text=f"{ANSWER}\n")  # type: ignore[no-untyped-call]
        drawn = nbformat.v4.new_output("display_data", {"image/png": b64encode(_dot()).decode()})  # type: ignore[no-untyped-call]
        cell.outputs = [said, *PICTURES * [drawn]]
        (self._work / FILE).write_text("region,revenue\nEU,42\n")
        return cell


def _dot() -> bytes:
    """A picture of one black dot."""
    pieces = [
        (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"\0\0")),
        (b"IEND", b""),
    ]
    chunks = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in pieces
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)
