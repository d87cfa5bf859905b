"""Threadbook's processes, seen from the test: born of the nursery, killed, stopped, and waited for."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Self

import psutil

if TYPE_CHECKING:
    from types import TracebackType

ROOT = Path(__file__).parents[2]


class Child:
    """One process.

    Attributes:
        pid: Its number on this machine.
        gone: Set once it has ended.
        code: How it ended, as subprocess has it.
        row: Its number among the rows' processes when it was born.
    """

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.gone = asyncio.Event()
        self.code: int | None = None
        self.row = 0

    def kill(self) -> None:
        """`kill -9`."""
        self._signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end, as a supervisor does."""
        self._signal(signal.SIGTERM)

    def pause(self) -> None:
        """Stop it where it stands, as a machine does that is short of memory."""
        self._signal(signal.SIGSTOP)

    def wake(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def speaks_from(self, port: int) -> bool:
        """Whether one of its connections has this port on its own side."""
        if self.gone.is_set():
            return False
        return any(each.laddr.port == port for each in psutil.Process(self.pid).net_connections(kind="tcp"))

    def _signal(self, what: signal.Signals) -> None:
        if not self.gone.is_set():
            os.kill(self.pid, what)


class Nursery:
    """Where processes come from; for as long as the block runs."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._hearing: asyncio.Task[None] | None = None
        self._children: dict[int, Child] = {}
        self._born: asyncio.Queue[Child] = asyncio.Queue()
        self._asking = asyncio.Lock()

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.faults.nursery"),
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        self._hearing = asyncio.create_task(self._hear())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        assert self._hearing is not None
        self._process.stdin.close()
        await self._process.wait()
        await self._hearing

    async def bear(self, environment: dict[str, str], log: Path, dies: dict[str, str] | None = None) -> Child:
        """A new process, with these variables besides the test's own.

        Args:
            environment: What Threadbook is set by.
            log: A file for what it says.
            dies: Arguments of `points.plant`.
        """
        assert self._process is not None
        assert self._process.stdin is not None
        async with self._asking:
            order = {"environment": environment, "log": str(log), "dies": dies}
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            await self._process.stdin.drain()
            return await self._born.get()

    async def _hear(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            word, pid, *code = line.decode().split()
            if word == "born":
                child = self._children[int(pid)] = Child(int(pid))
                self._born.put_nowait(child)
            else:
                child = self._children.pop(int(pid))
                child.code = int(code[0])
                child.gone.set()
