"""An answer that came while the process stood still is taken; one that never comes is given up in time."""

from __future__ import annotations

import asyncio
import socket
import time
from threading import Thread

import pytest

from bot.patience import patience
from bot.platforms.http import Limits, Origin

REPLY = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{"runId": "r1"}'


def stands_still(seconds: float) -> None:
    """As after SIGSTOP: nothing of this process goes on."""
    time.sleep(seconds)


async def test_what_never_comes_is_given_up_in_time() -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    with pytest.raises(TimeoutError):
        async with patience(0.05):
            await asyncio.Event().wait()
    assert 0.05 <= loop.time() - began < 0.5


async def test_who_stood_still_gives_it_up_a_little_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.patience.ONCE_MORE", 0.05)
    loop = asyncio.get_running_loop()
    woke = asyncio.Event()

    async def waits() -> None:
        async with patience(0.05):
            stands_still(0.2)
            woke.set()
            await asyncio.Event().wait()

    waiting = asyncio.create_task(waits())
    await woke.wait()
    began = loop.time()
    with pytest.raises(TimeoutError):
        await waiting
    assert 0.04 <= loop.time() - began < 0.5


async def test_what_is_over_in_time_passes_and_whoever_calls_it_back_is_obeyed() -> None:
    async with patience(5):
        await asyncio.sleep(0)

    async def waits() -> None:
        async with patience(5):
            await asyncio.Event().wait()

    waiting = asyncio.create_task(waits())
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_a_runs_id_that_came_while_the_process_stood_still_is_not_thrown_away() -> None:
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()

    def answer() -> None:
        """The platform, which doesn't stand still."""
        connection, _ = server.accept()
        with connection:
            connection.recv(65_536)
            loop.call_soon_threadsafe(asked.set)
            time.sleep(0.1)
            connection.sendall(REPLY)

    with socket.create_server(("127.0.0.1", 0)) as server:
        platform = Thread(target=answer)
        platform.start()
        origin = Origin("Deepnote", f"http://127.0.0.1:{server.getsockname()[1]}", lambda: "t", Limits(total=0.3))
        start = asyncio.create_task(origin.send("POST", "/run", body={}, fresh=True))
        await asked.wait()
        stands_still(0.6)
        try:
            assert (await origin.read(await start)) == {"runId": "r1"}
        finally:
            await origin.close()
            platform.join()
