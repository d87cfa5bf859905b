"""The stage of a benchmark: the stand-ins here, and what is measured in processes of its own.

The stand-ins and whoever drives them share this process; each app has one to itself. So a machine with two cores
gives the app that is measured a core of its own, and what it uses can be read from outside.
"""

import asyncio
import gc
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from bot.playground import manifest
from bot.sandbox.server import Sandbox
from bot.sandbox.slack import SlackStandIn
from tests.bench import deepnote
from tests.bench.deepnote import Deepnote

ROOT = Path(__file__).parents[2]
PATIENCE = 30.0
"""Seconds that a process may take to come up."""


@dataclass
class Child:
    """A process of its own."""

    process: asyncio.subprocess.Process

    @property
    def seen(self) -> psutil.Process:
        """The process, for looking at what it uses."""
        return psutil.Process(self.process.pid)

    async def kill(self) -> None:
        """End it as `kill -9` does."""
        self.process.kill()
        await self.process.wait()

    async def ask(self) -> dict[str, Any]:
        """What the process tells of itself since it was last asked; only `watched` answers."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(b"\n")
        async with asyncio.timeout(PATIENCE):
            answer = json.loads(await self.process.stdout.readline())
        assert isinstance(answer, dict)
        return answer


@dataclass
class Stage:
    """Running stand-ins, and a way to start apps that connect to them."""

    slack: SlackStandIn
    deepnote: Deepnote
    url: str
    open: AsyncExitStack = field(repr=False)

    def environment(self, database: Path, looks: float = 5.0) -> dict[str, str]:
        """What connects Threadbook to these stand-ins, and allows so many looks a second."""
        return {
            "THREADBOOK_DEEPNOTE_LOOKS": f"{looks:g}",
            "SLACK_BOT_TOKEN": "xoxb-sandbox",
            "SLACK_APP_TOKEN": "xapp-sandbox",
            "SLACK_API_URL": self.slack.api_url,
            "DEEPNOTE_API_URL": f"{self.url}/deepnote",
            "DEEPNOTE_APP_URL": f"{self.url}/deepnote",
            "DEEPNOTE_TOKEN": deepnote.TOKEN,
            "THREADBOOK_DATABASE_URL": f"sqlite+aiosqlite:///{database}",
            "THREADBOOK_HTTP_PORT": "0",
        }

    async def app(self, *arguments: str, environment: dict[str, str] | None = None, sockets: int = 2) -> Child:
        """Start `python -m …`, and wait until it has connected so many sockets."""
        before = len(self.slack.sockets.connections)
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            *arguments,
            cwd=ROOT,
            env={**os.environ, "SLACK_API_URL": self.slack.api_url, **(environment or {})},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        self.open.push_async_callback(_end, process)
        await self.slack.connected(before + sockets, PATIENCE)
        return Child(process)


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.send_signal(signal.SIGTERM)
    await process.communicate()


@asynccontextmanager
async def stage(clock: Callable[[], float] = time.monotonic) -> AsyncIterator[Stage]:
    """The stand-ins while the block runs; then everything that was started is ended.

    Args:
        clock: What Slack's limits go by, in seconds.
    """
    slack, platform = SlackStandIn(manifest(), clock=clock), Deepnote()
    gc.disable()  # a pause of the stand-ins would be counted as the app's
    server = Sandbox(slack, extras=[platform.mount])
    url = await server.start()
    try:
        async with AsyncExitStack() as stack:
            yield Stage(slack, platform, url, stack)
    finally:
        await server.close()
        gc.enable()
