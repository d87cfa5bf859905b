"""Certificates that are another host's: who speaks TLS to us is then nobody we know, and nothing is sent there."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from bot.slack.links import Pace
from tests.certificates import ELSEWHERE, HERE, certificate, serving, trusting
from tests.endtoend.notebooks import heading
from tests.proxy import Proxy
from tests.storms.house import Storm, storming, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from tests.endtoend.chat import Chat

pytestmark = pytest.mark.asyncio(loop_scope="module")
LABEL = {"datalore": "Datalore", "deepnote": "Deepnote"}
STOPPED = {"datalore": "Failed after", "deepnote": "Stopped on Deepnote"}


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Path]]:
    """One for this host and one for another, both trusted while the tests run: only their names tell them apart."""
    folder = tmp_path_factory.mktemp("certificates")
    made = {host: certificate(folder, host) for host in (HERE, ELSEWHERE)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("aiohttp.connector._SSL_CONTEXT_VERIFIED", trusting(*made.values()))
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def storm(
    faster: None, certificates: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Storm]:
    """A workspace all of whose wires speak TLS."""
    async with storming(tmp_path_factory.mktemp("storm"), tls=lambda: serving(certificates[HERE])) as storm:
        yield storm


async def shows(wire: Proxy, certificate: Path) -> None:
    """Have a wire show this certificate from now on, to everybody."""
    assert wire.tls is not None
    wire.tls.load_cert_chain(certificate)
    await wire.refuse()
    await wire.listen()


async def test_a_platform_with_a_certificate_of_another_host_is_sent_nothing_until_it_has_its_own(
    storm: Storm, certificates: dict[str, Path]
) -> None:
    async def on(platform: str) -> None:
        room = storm.chat.room()
        wire, words = storm.wires[platform], f"{LABEL[platform]} hasn't been answering"
        card = await storm.under_way(room, f"watched-{platform}", platform)
        await shows(wire, certificates[ELSEWHERE])
        await card.shows("Queued since", words)
        slug = f"waits-{platform}"
        storm.chat.shelve(slug, heading("Waits"), title=slug)
        waiting = await storm.runs(room, slug, platform)  # what it's called nobody has told us
        await waiting.shows("Asked for at", words, "nothing was started yet")
        assert storm.chat.starts(slug) == []
        await shows(wire, certificates[HERE])
        await waiting.ends("Succeeded")
        await card.tells(f"{LABEL[platform]} answers again")
        await storm.stops(f"watched-{platform}", platform)
        await card.ends(STOPPED[platform])
        for each, name in ((card, f"watched-{platform}"), (waiting, slug)):
            assert (each.count(words), len(each.pings), len(storm.chat.starts(name))) == (1, 1, 1)

    await asyncio.gather(on("datalore"), on("deepnote"))


async def test_an_end_that_comes_while_slack_has_a_certificate_of_another_host_is_told_once_afterwards(
    storm: Storm, room: str, certificates: dict[str, Path]
) -> None:
    def unheard() -> float:
        labels = {"api": "slack", "method": "chat.update", "outcome": "no_answer"}
        return storm.chat.bot.metrics.registry.get_sample_value("threadbook_api_calls_total", labels) or 0

    card = await storm.under_way(room, "told", "deepnote")
    await card.tells("Queued on Deepnote")
    before = unheard()
    await shows(storm.slack, certificates[ELSEWHERE])
    await storm.stops("told", "deepnote")
    await until(lambda: unheard() >= before + 2)  # it's tried again
    assert "Queued since" in card.words
    await shows(storm.slack, certificates[HERE])
    await card.ends("Stopped on Deepnote")
    assert (card.count("was stopped"), len(card.pings), len(storm.chat.starts("told"))) == (1, 1, 1)
    assert len(storm.chat.cards(room)) == 1


async def test_sockets_whose_address_shows_a_certificate_of_another_host_are_tried_until_it_has_its_own(
    faster: None, certificates: dict[str, Path], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Slack's API is well meanwhile: only the address that it gives for the WebSocket is somebody else's."""
    pace = Pace(retries=(0.05, 0.1, 0.2))
    async with (
        storming(tmp_path, tls=lambda: serving(certificates[HERE]), over_http=False, pace=pace) as storm,
        Proxy(storm.slack.upstream, serving(certificates[ELSEWHERE])) as elsewhere,
    ):
        chat, room = storm.chat, storm.chat.room()
        assert (await ready(chat))[0] == 200
        opened = len(chat.slack.calls("apps.connections.open"))
        chat.slack.sockets.address = elsewhere.url
        chat.slack.sockets.drop()
        await until(lambda: len(chat.slack.calls("apps.connections.open")) >= opened + 6)  # each is tried again
        status, said = await ready(chat)
        assert (status, said["slack"], said["why"]) == (503, False, ["no connection to Slack"])
        assert chat.slack.sockets.connections == []
        assert "certificate verify failed" in caplog.text  # the log says what it is
        assert "ticket=" not in caplog.text
        await shows(elsewhere, certificates[HERE])
        await chat.slack.connected(2)
        await until_ready(chat)
        chat.shelve("heard", heading("Heard"), title="heard")
        await (await storm.runs(room, "heard", "datalore", "heard")).ends("Succeeded")
        assert len(storm.chat.starts("heard")) == 1


async def ready(chat: Chat) -> tuple[int, dict[str, Any]]:
    """What /readyz says."""
    assert chat.bot.web is not None
    async with chat.http.get(f"http://127.0.0.1:{chat.bot.web.port}/readyz") as answer:
        return answer.status, await answer.json()


async def until_ready(chat: Chat) -> None:
    """Wait until it is."""
    async with asyncio.timeout(10):
        while (await ready(chat))[0] != 200:  # noqa: ASYNC110 - it is asked over HTTP
            await asyncio.sleep(0.02)
