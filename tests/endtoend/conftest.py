"""One workspace for each file of tests, a fresh channel for each test, and what must be so after every test."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from .house import furnished

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from .chat import Chat

REFUSED_FAIRLY = frozenset({"not_in_channel", "channel_not_found", "is_archived", "expired_url", "used_url"})
"""What Slack may answer to a bot that does nothing wrong: rooms that it can't know are closed to it."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chat(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Chat]:
    """The workspace, with two notebooks that end at once: `brief` on Deepnote, `memo` on Datalore."""
    async with furnished(tmp_path_factory.mktemp("chat")) as chat:
        yield chat


@pytest.fixture
def room(chat: Chat) -> str:
    """A public channel of this test alone, with everybody and the bot in it."""
    return chat.room()


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def well_behaved(chat: Chat, caplog: pytest.LogCaptureFixture) -> AsyncIterator[None]:
    """After each test: Slack had no cause to complain of the bot, the bot had none to log an error, faults are off."""
    before = len(chat.slack.calls())
    yield
    await chat.mends()
    refused = [call for call in chat.slack.calls()[before:] if call.error and call.fault is None]
    assert not [call for call in refused if call.error not in REFUSED_FAIRLY]
    ours = [one for one in caplog.get_records("call") if one.name.split(".")[0] in ("bot", "asyncio")]
    assert not [one.getMessage() for one in ours if one.levelno >= logging.ERROR]
