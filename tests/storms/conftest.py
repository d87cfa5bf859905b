"""The waits of courier and tracker pass faster here; what is decided is the same."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from bot import cadence, circuit
from bot.cadence import share
from bot.platforms import http
from bot.slack import courier
from bot.slack.speech import Speech
from bot.tracker import look
from tests.endtoend.notebooks import heading
from tests.storms.house import TIMES, Storm, storming

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator


@pytest.fixture(scope="module", autouse=True)
def faster() -> Iterator[None]:
    """A hundred times faster, or as fast as sockets allow."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cadence, "FIRST", 0.1)
        patch.setattr(cadence, "BACK_OFF_FIRST", 0.05)
        patch.setattr(cadence, "BACK_OFF_LONGEST", 120 / TIMES)
        patch.setattr(share, "UNTOLD", tuple(wait / TIMES for wait in share.UNTOLD))
        patch.setattr(look, "AFTER_A_START", 0.2)
        patch.setattr(circuit, "FIRST_WAIT", 0.2)
        patch.setattr(circuit, "LONGEST_WAIT", 0.3)
        patch.setattr(courier, "RETRY", tuple(wait / TIMES for wait in courier.RETRY))
        patch.setattr(courier, "LOOK_EVERY", 0.05)
        patch.setattr(http, "Limits", _quick)
        patch.setattr(
            Speech.__init__, "__kwdefaults__", {**(Speech.__init__.__kwdefaults__ or {}), "patience": (0.5, 1.5)}
        )
        yield


_Limits = http.Limits


def _quick() -> http.Limits:
    return _Limits(connect=1.0, total=1.0, idle=1.0, download=5.0)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def storm(faster: None, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Storm]:
    """The workspace, with a notebook that ends at once."""
    async with storming(tmp_path_factory.mktemp("storm")) as storm:
        storm.chat.shelve("brief", heading("Brief"), title="Brief")
        yield storm


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def mended(storm: Storm, caplog: pytest.LogCaptureFixture) -> AsyncIterator[None]:
    """After each test, all is well again; and nothing that the wires did was an error of ours."""
    yield
    await storm.mends()
    ours = [one for one in caplog.get_records("call") if one.name.split(".")[0] in ("bot", "asyncio")]
    assert not [one.getMessage() for one in ours if one.levelno >= logging.ERROR]


@pytest.fixture
def room(storm: Storm) -> str:
    """A channel of this test alone."""
    return storm.chat.room()
