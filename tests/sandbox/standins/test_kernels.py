"""Kernels come, work in turn, and leave nothing behind."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import psutil
import pytest

from bot.sandbox import ipynb

from .house import notebook, printed, until, visiting

_SERVER = """
from aiohttp import web
from bot.sandbox.standins import PlatformStandIns

app = web.Application()
PlatformStandIns().mount(app)
web.run_app(app, host="127.0.0.1", port=0, print=lambda text: print(text, flush=True))
"""


def kernels_of(process: psutil.Process) -> list[psutil.Process]:
    return [child for child in process.children(recursive=True) if _is_kernel(child)]


def _is_kernel(process: psutil.Process) -> bool:
    try:
        return "ipykernel_launcher" in " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return False  # it has gone meanwhile; a zombie counts as gone, too


async def test_what_finds_no_kernel_waits_and_closing_ends_everything() -> None:
    me = psutil.Process()
    async with visiting(at_once=1) as house:
        sleeps = (
            "import os, subprocess\nchild = subprocess.Popen(['sleep', '300'])\nprint('at', os.getcwd())\nchild.wait()"
        )
        house.stand_ins.shelf.add("sleeps", notebook(sleeps))
        first = await house.start_on_deepnote("sleeps")
        second = await house.start_on_deepnote("sleeps", detached=True)
        page = "/deepnote" + house.stand_ins.shelf["sleeps"].deepnote_path
        await until(lambda: house.page(page), lambda text: "<pre>at /" in text)
        assert [(await house.deepnote_run(run))["status"] for run in (first, second)] == ["running", "pending"]
        [kernel] = kernels_of(me)
        work, its_child = kernel.cwd(), kernel.children()
        assert work != me.cwd()
        assert len(its_child) == 1
    assert psutil.wait_procs((kernel, *its_child), timeout=10)[1] == []
    assert not os.path.exists(work)  # noqa: PTH110, ASYNC240 - one quick look


async def test_a_spare_kernel_waits_with_its_libraries_and_then_the_next_one() -> None:
    me = psutil.Process()
    async with visiting(spare_kernel=True) as house:
        house.stand_ins.shelf.add("who", notebook("import os, sys\nprint(os.getpid(), 'pandas' in sys.modules)"))
        [spare] = await until(lambda: asyncio.to_thread(kernels_of, me), bool)
        _, said = await house.run_on_deepnote("who")
        assert printed(said) == f"{spare.pid} True\n"
        await until(lambda: asyncio.to_thread(kernels_of, me), lambda found: bool(found) and spare not in found)


async def test_a_waiting_run_can_be_stopped_before_it_ever_ran() -> None:
    async with visiting(at_once=1) as house:
        sleeps = house.stand_ins.shelf.add("sleeps", notebook("import time\ntime.sleep(300)"))
        await house.start_on_deepnote("sleeps")
        waiting = await house.start_on_deepnote("sleeps", detached=True)
        stop = f"{house.base}/deepnote{sleeps.deepnote_path}?stop={waiting}"
        async with house.http.post(stop) as answer:
            assert answer.status == 200
        run = await house.deepnote_run(waiting)
        assert (run["status"], run["snapshotStatus"]) == ("stopped", "unavailable")


async def test_inputs_alone_are_taken_while_every_kernel_is_busy() -> None:
    region = {"deepnote_cell_type": "input-text", "deepnote_variable_name": "region", "deepnote_variable_value": "EU"}
    async with visiting(at_once=1) as house:
        house.stand_ins.shelf.add("sleeps", notebook("import time\ntime.sleep(300)"))
        house.stand_ins.shelf.add("asks", ipynb.document([ipynb.code("", region, "")], {}))
        await house.start_on_deepnote("sleeps")
        taken = await house.start_on_deepnote("asks", inputs={"region": "US"})
        await until(lambda: house.deepnote_run(taken), lambda run: run["status"] == "success")
    ledger = house.stand_ins.ledger.starts[-1]
    assert ledger["inputs"] == {"region": "US"}


@pytest.mark.slow
@pytest.mark.parametrize("with_signal", [signal.SIGTERM, signal.SIGKILL])
async def test_no_kernel_outlives_its_server(with_signal: signal.Signals, tmp_path: Path) -> None:
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _SERVER, stdout=asyncio.subprocess.PIPE, env={**os.environ, "TMPDIR": str(tmp_path)}
    )
    assert server.stdout is not None
    watched = psutil.Process(server.pid)
    await server.stdout.readline()
    kernels = await until(lambda: asyncio.to_thread(kernels_of, watched), bool)
    server.send_signal(with_signal)
    await server.communicate()
    assert psutil.wait_procs(kernels, timeout=10)[1] == []
