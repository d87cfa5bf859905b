"""One workspace for each file of tests that wants one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from bot.slack.links import Pace
from tests.endtoend.house import furnished

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.endtoend.chat import Chat

NEVER = (600.0,)
"""A pace of trying again at which a connection that was cut stays away for as long as a test lasts."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chat(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Chat]:
    """The workspace, with two notebooks that end at once: `brief` on Deepnote, `memo` on Datalore."""
    async with furnished(tmp_path_factory.mktemp("chat"), pace=Pace(retries=NEVER)) as chat:
        yield chat


@pytest.fixture
def room(chat: Chat) -> str:
    """A public channel of this test alone, with everybody and the bot in it."""
    return chat.room()
