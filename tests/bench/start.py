"""How soon the command answers, and how soon the sandbox is there: its page served, the bot connected."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from tests.bench.figures import Figure, at_most, machine, share, show

TITLE = "Starts"
MOST_HELP = 0.5
MOST_SANDBOX = 5.0
PATIENCE = 60.0
ROOT = Path(__file__).parents[2]


def threadbook() -> list[str]:
    """The command as it's installed beside this Python, else the same by `-m`."""
    installed = shutil.which("threadbook", path=Path(sys.executable).parent)
    return [installed] if installed else [sys.executable, "-m", "bot"]


def helped() -> float:
    """Seconds of `threadbook --help`."""
    began = time.perf_counter()
    said = subprocess.run([*threadbook(), "--help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    took = time.perf_counter() - began
    assert "sandbox" in said
    return took


@contextmanager
def sandbox() -> Iterator[subprocess.Popen[str]]:
    """`threadbook sandbox` on a free port, ended at the end as somebody at a terminal ends it."""
    command = [*threadbook(), "--log", "error", "sandbox", "--port", "0", "--no-browser"]
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=PATIENCE)


def played() -> float:
    """Seconds from starting the sandbox until its page is served and the bot is connected."""
    began = time.perf_counter()
    with sandbox() as process:
        assert process.stdout is not None
        found = next(filter(None, (re.search(r"http://\S+", line) for line in process.stdout)))
        url = found.group()
        while not (_status(url) == 200 and _connected(url)):
            assert time.perf_counter() - began < PATIENCE
            time.sleep(0.01)
        return time.perf_counter() - began


def _status(url: str) -> int:
    try:
        with urlopen(f"{url}/", timeout=PATIENCE) as answer:
            return int(answer.status)
    except URLError:
        return 0


def _connected(url: str) -> bool:
    with urlopen(f"{url}/page/state", timeout=PATIENCE) as answer:
        return bool(json.load(answer)["bot"]["connected"])


def measure(*, times: int = 9, sandboxes: int = 5) -> list[Figure]:
    """All figures; each the median, with the longest beside it."""
    helps = [helped() for _ in range(times)]
    plays = [played() for _ in range(sandboxes)]
    return [
        at_most(f"threadbook --help, {times} times: median", share(helps, 0.5), MOST_HELP, " s"),
        Figure("threadbook --help: the longest", f"{max(helps):.2f} s"),
        at_most(f"threadbook sandbox ready, {sandboxes} times: median", share(plays, 0.5), MOST_SANDBOX, " s"),
        Figure("threadbook sandbox ready: the longest", f"{max(plays):.2f} s"),
    ]


def main() -> int:
    """Measure, and print the table; the answer is an exit code."""
    return show(TITLE, machine(Path(tempfile.gettempdir())), measure())


if __name__ == "__main__":
    sys.exit(main())
