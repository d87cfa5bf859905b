"""One workspace for each file of tests, in which addresses may unfold, and what must be so after every test."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from bot.playground import manifest
from bot.sandbox.slack import SlackStandIn
from tests.clickable.hand import Hand
from tests.endtoend.house import furnished
from tests.endtoend.notebooks import asks

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.endtoend.chat import Chat

REFUSED_FAIRLY = frozenset({"not_in_channel", "channel_not_found", "not_found", "hash_conflict"})
"""What Slack may answer to a bot that does nothing wrong: rooms closed to it, forms that people closed."""


def slack_with_links() -> SlackStandIn:
    """Slack for our manifest, where addresses of the stand-ins of the platforms are told to the app too."""
    return SlackStandIn(manifest(), rate_scale=None, unfurl_domains=("127.0.0.1",))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chat(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Chat]:
    """The workspace, with `brief` and `sales` on Deepnote and `memo` on Datalore; `sales` takes inputs.

    A file that changes settings has them in `SETTINGS`.
    """
    settings = getattr(request.module, "SETTINGS", {})
    folder = tmp_path_factory.mktemp("chat")
    async with furnished(folder, slack=slack_with_links(), **settings) as chat:
        sales = (asks("region", "EU", "select", options=["EU", "US", "APAC"]), asks("top", "10"))
        await chat.catalogues("sales", *sales, title="Sales")
        yield chat


@pytest.fixture
def room(chat: Chat) -> str:
    """A public channel of this test alone, with everybody and the bot in it."""
    return chat.room()


@pytest.fixture
def ana(chat: Chat) -> Hand:
    """Ana's hand on forms; she is an admin of Threadbook."""
    return Hand(chat, "ana")


@pytest.fixture
def ben(chat: Chat) -> Hand:
    """Ben's hand on forms."""
    return Hand(chat, "ben")


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def well_behaved(chat: Chat, caplog: pytest.LogCaptureFixture) -> AsyncIterator[None]:
    """After each test: Slack had no cause to complain of the bot, the bot had none to log an error, faults are off."""
    before, heard = len(chat.slack.calls()), len(chat.slack.ledger.deliveries())
    yield
    await chat.mends()
    chat.slack.views.stacks.clear()
    refused = [call for call in chat.slack.calls()[before:] if call.error and call.fault is None]
    assert not [call for call in refused if call.error not in REFUSED_FAIRLY]
    assert not [each for each in chat.slack.ledger.deliveries()[heard:] if each.error]
    ours = [one for one in caplog.get_records("call") if one.name.split(".")[0] in ("bot", "asyncio", "slack_bolt")]
    assert not [one.getMessage() for one in ours if one.levelno >= logging.ERROR]
