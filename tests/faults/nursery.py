"""A process that has imported everything, and forks Threadbook's processes: each is there at once, with a pid to kill.

It hears orders on its standard input, one JSON object a line, and tells on its standard output who was born and who is
gone. When its input ends, it ends, and all of its children with it.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import signal
import sys
import traceback
from typing import Any, NoReturn

import bot.wiring  # noqa: F401, imported once, for all who are born
from bot import cli
from tests.faults import points


def main() -> None:
    """Serve until the input ends."""
    children: set[int] = set()

    def reap(_number: int, _frame: object) -> None:
        with contextlib.suppress(ChildProcessError):
            while (found := os.waitpid(-1, os.WNOHANG))[0]:
                children.discard(found[0])
                os.write(1, f"gone {found[0]} {os.waitstatus_to_exitcode(found[1])}\n".encode())

    signal.signal(signal.SIGCHLD, reap)
    for asked in (signal.SIGINT, signal.SIGTERM):
        signal.signal(asked, signal.SIG_IGN)  # whoever started us ends us, or is gone, and then our input ends
    gc.freeze()
    for line in sys.stdin:
        # Nobody is gone before it is told that they were born.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        child = os.fork()
        if child == 0:
            _become(json.loads(line))
        children.add(child)
        os.write(1, f"born {child}\n".encode())
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for child in children:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)


def _become(order: dict[str, Any]) -> NoReturn:
    """Be `threadbook serve`, with these variables and this log, and perhaps a point to die at."""
    code = 1
    try:
        for usual in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM):
            signal.signal(usual, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for here, there in ((nothing, 0), (log, 1), (log, 2)):
            os.dup2(here, there)
        os.environ.update(order["environment"])
        if order["dies"] is not None:
            points.plant(**order["dies"])
        cli.main(["serve"])
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001, a fork must never come back into its parent's code
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
