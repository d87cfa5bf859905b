"""Much of everything: output, artifacts, names, tracebacks. Slack takes it all, and what is left out is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from . import sight
from .notebooks import asks, code, heading

if TYPE_CHECKING:
    from .chat import Chat

pytestmark = pytest.mark.asyncio(loop_scope="module")
BEARER = {"Authorization": "Bearer sandbox"}


async def test_a_torrent_of_output_is_cut_and_says_so(chat: Chat, room: str) -> None:
    await chat.catalogues(
        "torrent",
        *(cell for n in range(12) for cell in (heading(f"Part {n}"), code(f"print('{n} <&> ' * 2000)"))),
        code("print('\\n'.join(f'line {n}' for n in range(20_000)))"),
        on="datalore",
    )
    card = await chat.runs("ana", room, "/notebook run torrent")
    await card.ends()
    assert "0 <&>" in card.said
    assert "Not shown here" in card.said
    assert "the rest of" in card.said
    assert len(card.files["torrent.ipynb"]) > 300_000


async def test_sixty_artifacts_with_long_names_keep_links_that_work(chat: Chat, room: str) -> None:
    write = "for n in range(60):\n    open(f'{n:02} ' + 'ö& long name ' * 9 + '.csv', 'w').write(str(n))"
    await chat.catalogues("many", code(write), code("print('<&>' * 9000)"), on="datalore")
    card = await chat.runs("ana", room, "/notebook run many")
    await card.ends()
    addresses = [address for each in card.thread for address in sight.links(each)]
    assert len(addresses) >= 5
    assert len(set(addresses)) == len(addresses)
    for address in addresses:
        async with chat.http.get(address, headers=BEARER) as answer:
            assert answer.status == 200, address
    assert " more" in card.said
    assert 5 <= len(card.files) <= 61


async def test_a_traceback_without_end_ends_with_what_counts(chat: Chat, room: str) -> None:
    await chat.catalogues(
        "deep",
        code("print('<before>' * 3000)"),
        code("def f(n):\n    return f(n - 1) if n else 1 / 0\nf(400)"),
        title="A very long title " * 30,
    )
    card = await chat.runs("ana", room, "/notebook run deep")
    closing = await card.ends("Failed")
    assert "ZeroDivisionError: division by zero" in closing
    assert "ZeroDivisionError: division by zero" in card.words
    assert any(line.rstrip().endswith("ZeroDivisionError: division by zero") for line in card.said.splitlines())


async def test_a_message_of_an_error_that_is_a_book_is_cut(chat: Chat, room: str) -> None:
    await chat.catalogues("book", code("raise ValueError('no <!here> ' * 20_000)"))
    card = await chat.runs("ana", room, "/notebook run book")
    closing = await card.ends("Failed")
    assert "ValueError: no &lt;!here&gt;" in closing
    assert len(closing) < 3000
    assert len(card.pings) == 1


async def test_a_card_with_forty_long_inputs_is_a_card(chat: Chat, room: str) -> None:
    await chat.catalogues("forty", *(asks(f"input_with_a_long_name_{n}") for n in range(40)))
    values = " ".join(f"input_with_a_long_name_{n}={'<&>' * 8}" for n in range(40))
    card = await chat.runs("ana", room, f"/notebook run forty {values}")
    await card.tells("Queued")
    assert len(chat.starts("forty")[0]["inputs"]) == 40
    assert "more" in card.words
    assert "Queued since" in card.words


async def test_a_hundred_entries_are_listed_as_far_as_they_go(chat: Chat, room: str) -> None:
    for n in range(100):
        await chat.types("ana", room, f"/notebook add {'n' * 50}-{n} datalore:ana/memo note={'<&>' * 30}")
    said = await chat.types("ben", room, "/notebook list nnn")
    assert " more" in said
    assert "-0*" in said.replace("\u2060", "")


async def test_the_list_of_runs_stays_readable_after_many_with_long_reasons(chat: Chat, room: str) -> None:
    for number in range(20):
        card = await chat.runs("ana", room, f"/notebook run memo {'x' * 50}{number}={'<&>' * 50}")
    await card.ends("Not started")
    said = await chat.types("ben", room, "/notebook runs")
    assert f"*{card.number}*" in said
