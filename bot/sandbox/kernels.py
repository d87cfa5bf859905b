"""Real IPython kernels: one process for one job, in a directory of its own, never more than so many at a time.

One spare kernel is kept warm, so that a run need not wait for Python and its libraries to start. A kernel that has
served a job is killed with everything that it started, and its directory is deleted. A kernel whose parent dies ends
by itself within about a second: ipykernel watches for that.
"""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbformat import NotebookNode

if TYPE_CHECKING:
    from jupyter_client.asynchronous.client import AsyncKernelClient

READY_WITHIN: Final = 60.0
"""Seconds that a kernel may take to start."""
_LONGEST_SOCKET_HOME: Final = 90  # bytes; some systems end a socket's path after 103
_WARM_UP: Final = "for _m in ('pandas', 'matplotlib.pyplot'):\n    __import__(_m)\ndel _m"


class KernelTrouble(Exception):
    """A kernel didn't start, or didn't do what it was asked before a run."""


class _ThisPython(KernelSpecManager):
    """Kernels run in the Python that runs the sandbox, whatever kernels this machine knows besides."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        quiet = ["--HistoryManager.enabled=False", "--IPKernelApp.log_level=CRITICAL"]
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", *quiet]
        return KernelSpec(argv=argv, name=kernel_name, display_name="Python 3", language="python")


class Kernel:
    """One kernel process. `work` is its working directory."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self.work = home / "work"
        self.work.mkdir()
        self._manager = AsyncKernelManager(kernel_spec_manager=_ThisPython())
        self._manager.connection_file = str(home / "kernel.json")
        if os.name == "posix" and len(os.fsencode(home)) < _LONGEST_SOCKET_HOME:
            # A TCP port that looks free can be taken by somebody else before the kernel listens on it.
            self._manager.transport, self._manager.ip = "ipc", str(home / "s")
        self._client: AsyncKernelClient | None = None

    async def start(self) -> None:
        """Start the process, and wait until it answers.

        Raises:
            KernelTrouble: it didn't.
        """
        env = dict(os.environ) | {"IPYTHONDIR": str(self._home / "ipython"), "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
        env.pop("PYTHONWARNINGS", None)  # the sandbox's own strictness is not the notebook's
        try:
            await self._manager.start_kernel(
                cwd=str(self.work), env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            self._client = self._manager.client()
            self._client.start_channels()
            await self._client.wait_for_ready(timeout=READY_WITHIN)
        except (OSError, RuntimeError) as error:
            raise KernelTrouble(f"The kernel did not start: {error}") from error

    async def prepare(self, code: str) -> None:
        """Run code that leaves no trace in the notebook: no output, no count.

        Raises:
            KernelTrouble: it failed, or the kernel died.
        """
        if self._client is None:
            raise KernelTrouble("The kernel is not running")
        try:
            reply = await self._client.execute(code, silent=True, reply=True, timeout=READY_WITHIN)
        except (RuntimeError, TimeoutError) as error:
            raise KernelTrouble(f"The kernel did not get ready: {error}") from error
        if reply["content"]["status"] != "ok":
            raise KernelTrouble(f"The kernel did not get ready: {reply['content'].get('evalue', '')}")

    def runner(self, document: NotebookNode) -> NotebookClient:
        """What runs this document's cells here. Its own set-up is left out: that takes over the process's signals."""
        runner = NotebookClient(document, km=self._manager, timeout=None, record_timing=False)
        runner.kc = self._client
        return runner

    async def kill(self) -> None:
        """End the process and all that it started, at once. What waits for a cell of it learns so within a second."""
        with contextlib.suppress(OSError, RuntimeError):
            await self._manager.signal_kernel(signal.SIGKILL)

    async def close(self) -> None:
        """Leave nothing behind: no process, no socket, no file."""
        if self._client is not None:
            self._client.stop_channels()
            self._client = None
        if self._manager.has_kernel:
            await self.kill()
            await self._manager.shutdown_kernel(now=True)
        await asyncio.to_thread(shutil.rmtree, self._home, ignore_errors=True)


class Kernels:
    """The kernels of one sandbox: at most `at_once` work at a time, and one waits ready."""

    def __init__(self, *, at_once: int = 2, spare: bool = True) -> None:
        """Nothing starts before `start`."""
        self._places = asyncio.Semaphore(at_once)
        self._keep_spare = spare
        self._spares: deque[asyncio.Task[Kernel]] = deque()
        self._home: Path | None = None

    async def start(self) -> None:
        """Make the directory that everything lives in, and warm the first kernel up, without waiting for it."""
        self._home = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="threadbook-sandbox-"))
        self._warm_one()

    async def close(self) -> None:
        """End the spare kernel and delete the directory. Kernels at work are their jobs' to end, before this."""
        home, self._home = self._home, None
        while self._spares:
            with contextlib.suppress(KernelTrouble):
                await (await self._spares.popleft()).close()
        if home is not None:
            await asyncio.to_thread(shutil.rmtree, home, ignore_errors=True)

    @contextlib.asynccontextmanager
    async def borrow(self) -> AsyncIterator[Kernel]:
        """A fresh kernel for one job, once there is a place; it is killed afterwards.

        Raises:
            KernelTrouble: it can't be started.
        """
        async with self._places:
            kernel = await self._take()
            try:
                yield kernel
            finally:
                await kernel.close()
                self._warm_one()

    async def _take(self) -> Kernel:
        if not self._spares:
            return await self._make()  # what it needs it imports itself: nobody has waited for more than that
        ready = self._spares.popleft()
        try:
            return await asyncio.shield(ready)
        except asyncio.CancelledError:
            self._spares.appendleft(ready)  # its taker was stopped; the kernel is still good
            raise

    def _warm_one(self) -> None:
        if self._keep_spare and not self._spares and self._home is not None:
            self._spares.append(asyncio.create_task(self._make(_WARM_UP), name="a spare kernel"))

    async def _make(self, warm_up: str = "") -> Kernel:
        if self._home is None:
            raise KernelTrouble("The sandbox is closed")
        kernel = Kernel(Path(await asyncio.to_thread(tempfile.mkdtemp, dir=self._home)))
        try:
            await kernel.start()
            if warm_up:
                await kernel.prepare(warm_up)
        except BaseException:
            await kernel.close()
            raise
        return kernel
