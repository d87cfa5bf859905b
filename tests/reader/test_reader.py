"""Documents read in processes of their own: what they hold can't harm this one."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import http.server
import json
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest
import yaml

import bot
from bot.outputs.pictures import PNG
from bot.reader import Reader
from bot.reader.drawing import harmless
from tests.reading import reader

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

VALUES = {"values": [{"region": "EU", "revenue": 3}, {"region": "US", "revenue": 5}]}
BARS = {
    "mark": "bar",
    "data": VALUES,
    "encoding": {"x": {"field": "region"}, "y": {"field": "revenue", "type": "quantitative", "aggregate": "sum"}},
}
LITE = "application/vnd.vegalite.v5+json"
HANGS = {
    "$schema": "https://vega.github.io/schema/vega/v5.json",
    "data": [{"name": "s", "transform": [{"type": "sequence", "start": 0, "stop": 1e9}]}],
}


def notebook(*forms: dict[str, Any]) -> bytes:
    outputs = [{"output_type": "display_data", "data": one} for one in forms]
    return json.dumps({"cells": [{"cell_type": "code", "source": "draw()", "outputs": outputs}]}).encode()


@pytest.fixture
async def hasty() -> AsyncIterator[Reader]:
    """One that has little patience and little memory."""
    impatient = Reader(timeout=8, chart_timeout=5, memory=700 * 1024**2, workers=1)
    yield impatient
    await impatient.close()


async def test_a_snapshot_comes_back_with_its_inputs_and_as_a_notebook() -> None:
    blocks = [{"id": "a", "type": "code", "content": "1", "outputs": [{"output_type": "stream", "text": "hi"}]}]
    whole = {"execution": {"inputs": {"region": "EU"}}, "project": {"notebooks": [{"name": "K", "blocks": blocks}]}}
    read = await reader().read("deepnote", yaml.safe_dump(whole).encode())
    assert [one.text for one in read.document.outputs] == ["hi"]
    assert read.inputs == {"region": "EU"}
    assert read.notebook is not None
    assert json.loads(read.notebook)["cells"][0]["source"] == "1"


async def test_what_is_no_document_is_a_sentence() -> None:
    read = await reader().read("ipynb", b'{"cells": [')
    assert read.complaint == "the notebook document isn't readable JSON"
    assert read.document.outputs == ()


async def test_charts_and_drawings_become_pictures_with_their_names() -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"><title>A box</title><rect width="9"/></svg>'
    read = await reader().read("ipynb", notebook({LITE: BARS}, {"image/svg+xml": svg}))
    assert [(one.kind, one.text, one.mimetype) for one in read.document.outputs] == [
        ("image", "Bar chart: sum of revenue by region", "image/png"),
        ("image", "A box", "image/png"),
    ]
    assert all(base64.b64decode(one.data).startswith(PNG) for one in read.document.outputs)


async def test_a_chart_that_can_not_be_drawn_says_why_and_harms_no_other() -> None:
    elsewhere = BARS | {"data": {"url": "https://example.com/data.json"}}
    read = await reader().read("ipynb", notebook({LITE: elsewhere}, {LITE: {"mark": 3}}, {LITE: BARS}))
    assert [(one.kind, one.note) for one in read.document.outputs] == [
        ("chart", "the chart's data lie elsewhere, and nothing is fetched for it"),
        ("chart", "the chart can't be drawn as it stands"),
        ("image", ""),
    ]
    assert json.loads(read.document.outputs[0].data) == elsewhere


class _Counting(http.server.BaseHTTPRequestHandler):
    asked: list[str] = []

    def do_GET(self) -> None:  # the name that the library wants
        self.asked.append(self.path)
        self.send_response(404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """The address of a server that nobody should ask for anything."""
    _Counting.asked.clear()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Counting)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


async def test_nothing_outside_of_a_drawing_is_fetched_for_it(elsewhere: str) -> None:
    image = f'<image href="{elsewhere}/a.png" width="5" height="5"/>'
    old = f'<image xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="{elsewhere}/b.png" width="5" height="5"/>'
    style = f'<style>@import url({elsewhere}/c.css);</style><rect width="9" fill="url({elsewhere}/d#e)"/>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30">{image}{old}{style}</svg>'
    shows = {"data": {"values": [{"u": f"{elsewhere}/f.png"}]}, "mark": {"type": "image", "width": 9, "height": 9}}
    picture = {LITE: shows | {"encoding": {"url": {"field": "u"}}}}
    data = {LITE: BARS | {"data": {"url": f"{elsewhere}/g.json"}}}
    read = await reader().read("ipynb", notebook({"image/svg+xml": svg}, picture, data))
    assert [one.kind for one in read.document.outputs] == ["image", "image", "chart"]
    assert _Counting.asked == []


def test_what_belongs_to_a_drawing_stays_in_it() -> None:
    inside = '<use href="#a"/><image href="data:image/png;base64,aGk="/><rect fill="url(#g)"/>'
    kept, scale = harmless(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8000 10">{inside}</svg>')
    assert all(one in kept for one in ('href="#a"', "base64,aGk=", "url(#g)"))
    assert scale == 0.2
    for broken in ("<svg", "<html/>", '<!DOCTYPE s [<!ENTITY a "b">]><svg>&c;</svg>'):
        with pytest.raises(ValueError, match="no SVG"):
            harmless(broken)


@pytest.mark.slow
async def test_a_chart_that_hangs_is_given_up_and_the_rest_is_there(hasty: Reader) -> None:
    read = await hasty.read("ipynb", notebook({"application/vnd.vega.v5+json": HANGS}, {"text/plain": "said"}))
    chart, said = read.document.outputs
    assert chart.kind == "chart"
    assert chart.note.startswith("the chart couldn't be drawn: ")
    assert said.text == "said"
    assert (await hasty.read("ipynb", notebook({LITE: BARS}))).document.outputs[0].kind == "image"


@pytest.mark.slow
async def test_a_document_that_explodes_costs_one_sentence(hasty: Reader) -> None:
    bomb = b'{"cells": [' + b"[0]," * 12_000_000 + b"0]}"
    read = await hasty.read("ipynb", bomb)
    assert read.complaint.startswith("the notebook's document couldn't be read: it ")
    assert [one.text for one in (await hasty.read("ipynb", notebook({"text/plain": "said"}))).document.outputs] == [
        "said"
    ]


def workers(parent: int) -> list[psutil.Process]:
    """The processes that read documents for this one."""
    found = []
    for one in origins(parent):
        with contextlib.suppress(psutil.NoSuchProcess):  # which has just ended
            found += one.children()
    return found


def origins(parent: int) -> list[psutil.Process]:
    """The process that its workers are forked from, if it's there."""
    found = []
    for one in psutil.Process(parent).children():
        with contextlib.suppress(psutil.NoSuchProcess):
            if "multiprocessing.forkserver" in " ".join(one.cmdline()):
                found.append(one)
    return found


@pytest.mark.slow
async def test_a_worker_that_dies_is_replaced(hasty: Reader) -> None:
    before = {one.pid for one in workers(os.getpid())}
    await hasty.read("ipynb", notebook({"text/plain": "first"}))
    [mine] = [one for one in workers(os.getpid()) if one.pid not in before]
    mine.kill()
    read = await hasty.read("ipynb", notebook({"text/plain": "second"}))
    assert [one.text for one in read.document.outputs] == ["second"]


def long_snapshot() -> bytes:
    """One that is read for a second or so."""
    outputs = [{"output_type": "stream", "text": "hi"}]
    blocks = [{"id": f"{each}", "type": "code", "content": "1", "outputs": outputs} for each in range(10_000)]
    return json.dumps({"project": {"notebooks": [{"name": "K", "blocks": blocks}]}}).encode()


async def at_work(one: psutil.Process) -> None:
    """Wait until a worker has taken up what it was given."""
    before = one.cpu_times().user
    async with asyncio.timeout(30):
        while one.cpu_times().user < before + 0.05:  # noqa: ASYNC110 - a process tells nobody
            await asyncio.sleep(0.01)


@pytest.mark.slow
async def test_a_worker_that_was_told_to_end_as_all_processes_were_harms_no_document(hasty: Reader) -> None:
    """Supervisors tell each process of a service to end; the one that is served here reads on while it drains."""
    before = {one.pid for one in workers(os.getpid())}
    await hasty.read("ipynb", notebook({"text/plain": "first"}))
    [mine] = [one for one in workers(os.getpid()) if one.pid not in before]
    reading = asyncio.create_task(hasty.read("deepnote", long_snapshot()))
    await at_work(mine)
    for one in (*origins(os.getpid()), mine):
        one.terminate()
    read = await reading
    assert (read.complaint, read.document.outputs[0].text) == ("", "hi")
    assert not mine.is_running() or mine.status() == psutil.STATUS_ZOMBIE  # whom nobody has asked after yet


@pytest.mark.slow
async def test_a_document_whose_workers_are_ended_again_and_again_is_given_up(hasty: Reader) -> None:
    ended = {one.pid for one in workers(os.getpid())}
    reading = asyncio.create_task(hasty.read("deepnote", long_snapshot()))
    while not reading.done():
        for one in workers(os.getpid()):
            if one.pid not in ended:
                ended.add(one.pid)
                one.terminate()
        await asyncio.sleep(0.005)
    assert (await reading).complaint == "the notebook's document couldn't be read: the process that read it died"


@pytest.mark.slow
async def test_a_document_that_takes_too_long_is_not_tried_again() -> None:
    hurried = Reader(timeout=0.1, workers=1)
    read = await hurried.read("deepnote", long_snapshot())
    await hurried.close()
    assert read.complaint == "the notebook's document couldn't be read: it took longer than 0.1 seconds"


async def test_it_closes_where_all_threads_wait_for_something() -> None:
    """As for a name server that is away."""
    here = Reader(workers=1)
    await here.read("ipynb", json.dumps({"cells": []}).encode())
    answers = threading.Event()
    with ThreadPoolExecutor(1) as threads:
        asyncio.get_running_loop().set_default_executor(threads)
        waits = asyncio.get_running_loop().run_in_executor(threads, answers.wait)
        async with asyncio.timeout(10):
            await here.close()
        answers.set()
        await waits


SERVES = """
import asyncio, json, sys
from bot.reader import Reader
async def main():
    reader = Reader(workers=1)
    await reader.read("ipynb", json.dumps({"cells": []}).encode())
    print("read", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await reader.close()
    print("closed", flush=True)
if __name__ == "__main__":
    asyncio.run(main())
"""


@pytest.mark.slow
@pytest.mark.parametrize("how", ["killed", "closed"])
def test_no_worker_outlives_the_process_that_it_reads_for(how: str, tmp_path: Path) -> None:
    script = tmp_path / "serves.py"
    script.write_text(SERVES)
    environment = os.environ | {"PYTHONPATH": str(Path(bot.__file__).parents[1])}
    with subprocess.Popen(
        [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == b"read\n"
        mine = psutil.Process(process.pid).children(recursive=True)
        assert workers(process.pid)
        if how == "killed":
            process.send_signal(signal.SIGKILL)
        process.stdin.close()
        process.wait(30)
    _, left = psutil.wait_procs(mine, timeout=15)
    assert left == []
