"""The process from its first moment to its last: it works until it is told to stop, and nothing that hangs keeps it."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from secrets import token_hex
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Awaitable

log = logging.getLogger(__name__)

AT_WORK: Final = "threadbook-at-work"
FELL: Final = "Threadbook fell over [%s]"
STOPPING: Final = 12.0
"""Seconds from the first word to stop to the one that leaves at once: longer than stopping ever takes."""
LINGER: Final = 0.5
"""Seconds that threads have to end in, once everything else has."""


def run(work: Awaitable[int], *, stopped: int = 0) -> int:
    """Do the work until it ends or is told to; a thread that hangs then (a name looked up, say) is left behind."""
    threads = ThreadPoolExecutor(thread_name_prefix=AT_WORK)
    with asyncio.Runner() as runner:
        runner.get_loop().set_default_executor(threads)
        try:
            code = runner.run(_until_told(work, stopped))
        except Exception:
            log.exception(FELL, token_hex(4))
            code = 1
        threads.shutdown(wait=False, cancel_futures=True)
        until = time.monotonic() + LINGER
        for thread in (one for one in threading.enumerate() if one.name.startswith(AT_WORK)):
            thread.join(max(until - time.monotonic(), 0.0))
            if thread.is_alive():
                # All is handed over. The interpreter would wait for it, perhaps for minutes.
                log.warning("something still hangs; it is left behind")
                logging.shutdown()
                sys.stdout.flush()
                os._exit(code)
    return code


async def _until_told(work: Awaitable[int], stopped: int) -> int:
    """Do the work until it ends, or until SIGTERM or SIGINT asks it to: then the code is `stopped`."""
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    since: list[float] = []

    def stop(told: signal.Signals) -> None:
        if not since:
            since.append(loop.time())
            log.info("told to stop (%s)", told.name)
            task.cancel()
        elif loop.time() - since[0] < STOPPING:  # it would break off what is let end, and hurry nothing
            log.info("stopping already")
        else:
            log.warning("something keeps it from stopping; it is left behind")
            logging.shutdown()
            os._exit(1)

    for told in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(told, stop, told)
    try:
        return await task
    except asyncio.CancelledError:
        log.info("stopped")
        return stopped
