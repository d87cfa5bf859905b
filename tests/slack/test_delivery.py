"""Delivering to a real stand-in of Slack, out of real rows: pictures, files, and what happens where they can't go."""

from __future__ import annotations

import asyncio
import base64
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import ClientSession
from sqlalchemy import select

from bot import lifecycle
from bot.model import (
    Artifact,
    Caller,
    Cause,
    Column,
    Look,
    Notebook,
    Output,
    Person,
    Platform,
    Request,
    Results,
    State,
    Submission,
    Table,
)
from bot.playground import manifest
from bot.sandbox.server import Sandbox
from bot.sandbox.slack import SlackStandIn
from bot.sandbox.slack.workspace import ANA, TEAM
from bot.slack.app import web_client
from bot.slack.budget import FINAL_FIRST, Budget
from bot.slack.delivery import Deliverer, Parcel
from bot.slack.speech import Speech
from bot.store.store import Store
from bot.store.tables import edits
from tests.render.said import JPEG, NOON, PNG, later, read
from tests.store.ready import ready

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.model import Run
    from bot.sandbox.slack.records import File, Message

LEFT = Results(
    outputs=(
        Output(kind="text", block=1, text="24,310 orders"),
        Output(kind="image", block=2, text="Revenue by channel", data=PNG),
        Output(kind="image", block=3, data=base64.b64encode(b"GIF89a").decode()),
        Output(kind="image", block=4, data=JPEG),
    ),
    artifacts=(Artifact(name="weekly.csv", size=4), Artifact(name="big.bin", note="too large to post here", size=9**9)),
)


class Post:
    """A deliverer between a store and a Slack, and one run at a time."""

    def __init__(self, slack: SlackStandIn, store: Store, deliverer: Deliverer) -> None:
        self.slack, self.store, self.deliverer = slack, store, deliverer
        self.run: Run | None = None

    async def ends(self, results: Results = LEFT, channel: str = "data") -> None:
        """A run of Ana's gets its card there, and has ended with these results."""
        request = Request(notebook=Notebook(platform=Platform.DEEPNOTE, id="n1"), title="Weekly KPIs")
        ana = Person(id=ANA, name="ana")
        caller = Caller(workspace=TEAM, person=ana, channel=self.slack.channel(channel).id, key="k1")
        run = (await self.store.requests.save(request, caller, NOON)).run
        self.run = run
        await self.delivers()
        begun = lifecycle.begin(run.progress, NOON)
        assert await self.store.holding.commit(run, begun.progress, ())
        taken = lifecycle.submitted(begun.progress, Submission(run_id="r1"), NOON)
        run = run.model_copy(update={"progress": begun.progress})
        assert await self.store.holding.accept(run, taken.progress, ())
        run = run.model_copy(update={"progress": taken.progress})
        ended = lifecycle.advance(run.progress, Look(state=State.SUCCEEDED, ended_at=later(60)), later(60))
        progress = ended.progress.model_copy(update={"settled": True})
        assert await self.store.holding.settle(run, progress, (), results, {0: b"a,b\n"})

    async def delivers(self) -> None:
        """Show what there is to show."""
        assert self.run is not None
        await self.deliverer.deliver(Parcel(self.run.id, FINAL_FIRST))

    def restarts(self) -> None:
        """Nothing is known any more but what is in the rows."""
        self.deliverer = _deliverer(self.store, Speech(self.deliverer.speech.client, Budget()))

    @property
    def card(self) -> Message:
        return next(message for each in self.slack.workspace.channels.values() for message in each.roots.values())

    @property
    def thread(self) -> list[Message]:
        """The replies to the card."""
        return self.slack.thread(self.card)

    @property
    def files(self) -> list[File]:
        return [file for message in self.thread for file in message.files]

    @property
    def lines(self) -> list[str]:
        """What the thread says, a line for each message; of a file its name."""
        return [
            read(each.blocks, each.text).split("\n")[0] or ", ".join(file.name for file in each.files)
            for each in self.thread
        ]


@asynccontextmanager
async def posting(folder: Path) -> AsyncIterator[Post]:
    slack = SlackStandIn(manifest(), rate_scale=None)
    server = Sandbox(slack)
    await server.start()
    store = Store(ready(folder))
    try:
        await store.open()
        await store.delivery.enter_workspace(TEAM)
        await store.delivery.take_workspaces([TEAM])
        async with ClientSession() as session:
            client = web_client(max(slack.parts.tokens.bot), slack.api_url, session)
            yield Post(slack, store, _deliverer(store, Speech(client, Budget())))
    finally:
        await store.close()
        await server.close()


def _deliverer(store: Store, speech: Speech) -> Deliverer:
    async def name_of(user: str) -> str:
        return user

    known: dict[str, Any] = {"name_of": name_of, "ended": asyncio.Queue()}
    return Deliverer(store, speech, lambda _: None, lambda: later(60), lambda: None, **known)


@pytest.fixture
async def post(tmp_path: Path) -> AsyncIterator[Post]:
    """Everything that one delivery needs."""
    async with posting(tmp_path) as post:
        yield post


CLOSING = f"✅ <@{ANA}> *Weekly KPIs* succeeded: 24,310 orders"


async def test_real_pictures_and_files_come_into_the_thread_with_their_titles(post: Post) -> None:
    await post.ends()
    await post.delivers()
    assert post.lines == [
        "*Weekly KPIs*",
        "Weekly KPIs - Revenue by channel.png, Weekly KPIs.jpg",
        "weekly.csv",
        CLOSING,
    ]
    chart, photo, table = post.files
    assert (chart.title, chart.alt_text) == ("Weekly KPIs - Revenue by channel", "Revenue by channel")
    assert (chart.data, table.data) == (base64.b64decode(PNG), b"a,b\n")
    assert (photo.alt_text, photo.mimetype) == ("A picture from block 4", "image/jpeg")
    report = read(post.thread[0].blocks)
    assert "📎 big.bin · 387 MB · too large to post here" in report
    assert "Not shown here: 1 picture that can't be read or is too large." in report


async def test_delivering_again_says_nothing_twice(post: Post) -> None:
    await post.ends()
    await post.delivers()
    before = len(post.slack.calls())
    await post.delivers()
    assert len(post.thread) == 4
    assert len(post.slack.calls()) == before


async def test_words_that_look_like_a_mention_are_sent_as_words(post: Post) -> None:
    await post.ends(Results(outputs=(Output(kind="text", block=1, text="@channel <!channel> #general"),)))
    await post.delivers()
    report, closing = post.thread
    assert closing.text == f"✅ <@{ANA}> *Weekly KPIs* succeeded: @channel &lt;!channel&gt; #general"
    assert [part["text"] for part in report.blocks[1]["elements"][0]["elements"]] == ["@channel <!channel> #general"]


async def test_a_table_that_slack_does_not_take_comes_as_text_under_one_another(post: Post) -> None:
    columns = (Column(name="week"), Column(name="orders", kind="number"))
    table = Table(columns=columns, rows=(("03 Aug", "2977"), ("10 Aug", "3166")), rows_in_all=2)
    await post.ends(Results(outputs=(Output(kind="table", block=1, table=table),)))
    post.slack.faults.set("chat.postMessage", "error:invalid_blocks")
    await post.delivers()
    report = post.thread[0]
    assert [block["type"] for block in report.blocks] == ["section", "rich_text"]
    assert read(report.blocks).splitlines()[1:] == ["week    orders", "03 Aug    2977", "10 Aug    3166"]


@pytest.mark.parametrize("word", ["invalid_blocks", "msg_blocks_too_long"])
async def test_a_card_whose_blocks_slack_does_not_take_says_how_it_ended_in_plain_text(post: Post, word: str) -> None:
    await post.ends()
    post.slack.faults.set("chat.update", f"error:{word}")
    await post.delivers()
    card = post.card
    assert card.blocks == []
    assert card.text.startswith("📓 Weekly KPIs · run 1: ✅ Succeeded")
    assert post.lines[-1] == CLOSING
    async with post.store.database.read() as connection:
        known = (await connection.execute(select(edits.c.answered))).scalars().all()
    assert known == [True, True], "who is the courier after us knows of both"


async def taken_back(post: Post, reply_url: str = "") -> Run:
    """A run of Ana's that ends before it has a card."""
    request = Request(notebook=Notebook(platform=Platform.DEEPNOTE, id="n1"), title="Weekly KPIs")
    ana = Person(id=ANA, name="ana")
    room = post.slack.channel("data").id
    caller = Caller(workspace=TEAM, person=ana, channel=room, key="k2", reply_url=reply_url)
    post.run = run = (await post.store.requests.save(request, caller, NOON)).run
    ended = lifecycle.end(run.progress, State.REJECTED, NOON, reason="not_in_channel", cause=Cause.CARD)
    assert await post.store.holding.commit(run, ended.progress, ())
    return run


async def test_a_second_card_is_taken_away_and_says_nothing_of_the_first(post: Post) -> None:
    """As where a courier stood still with its own, while another became the workspace's and posted one."""
    request = Request(notebook=Notebook(platform=Platform.DEEPNOTE, id="n1"), title="Weekly KPIs")
    room = post.slack.channel("data").id
    caller = Caller(workspace=TEAM, person=Person(id=ANA, name="ana"), channel=room, key="k1")
    post.run = run = (await post.store.requests.save(request, caller, NOON)).run
    post.slack.faults.set("chat.postMessage", "slow", seconds=0.5)
    late = asyncio.create_task(post.delivers())
    async with asyncio.timeout(5):
        while post.slack.faults._pending:  # noqa: ASYNC110, nothing rings when a fault strikes
            await asyncio.sleep(0.01)
    first = await post.deliverer.speech.client.chat_postMessage(channel=room, text="the other's card")
    assert await post.store.delivery.carded(run.id, room, str(first["ts"]))
    await late
    assert [each.ts for each in post.slack.messages(room)] == [first["ts"]]
    story = await post.store.delivery.story(run.id)
    assert story is not None
    assert story.card.ts == first["ts"]
    [edit] = post.slack.calls("chat.update")
    assert edit.ts == first["ts"], "what it shows isn't known, so it's drawn"


async def test_who_has_no_card_is_told_once_also_where_it_is_to_be_shown_again(post: Post) -> None:
    run = await taken_back(post)
    for _ in range(3):
        await post.delivers()
        await post.store.delivery.redraw(run.id)  # as when another courier may have overwritten it
    assert len(post.slack.calls("chat.postMessage")) == 1


async def test_a_reply_address_that_never_answers_holds_nothing_up_and_the_dm_has_it(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.slack.posting.WHISPER_SECONDS", 0.2)
    asked = asyncio.Event()

    async def silent(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await over.wait()
        writer.close()

    over = asyncio.Event()
    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        await taken_back(post, f"http://127.0.0.1:{port}/commands/1")
        async with asyncio.timeout(10):
            await post.delivers()
        over.set()
    assert asked.is_set()
    [call] = post.slack.calls("chat.postMessage")
    assert str(call.channel).startswith("D")
