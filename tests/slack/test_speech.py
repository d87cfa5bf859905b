"""Speaking to Slack: one call each, never of its own accord a second one, and what the answer means."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from bot.model import State
from bot.slack.app import web_client
from bot.slack.budget import Budget
from bot.slack.posting import Posting
from bot.slack.speech import Relieved, Sent, SlackLater, SlackNo, Speech
from tests.render.said import a_run

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable


class Slack:
    """A server that answers as it's told, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.files: list[bytes] = []
        self.answers: dict[str, Callable[[web.Request], Awaitable[web.StreamResponse]]] = {}
        self.upload_status = 200
        self.url = ""

    async def api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        body = await request.json() if request.content_type == "application/json" else dict(await request.post())
        self.asked.append((method, {**request.query, **body}))
        if method in self.answers:
            return await self.answers[method](request)
        if method == "files.getUploadURLExternal":
            return web.json_response({"ok": True, "upload_url": f"{self.url}/up", "file_id": "F1"})
        return web.json_response({"ok": True, "ts": "1.2", "channel": "C1", "files": [{"id": "F1"}]})

    async def up(self, request: web.Request) -> web.Response:
        self.files.append(await request.read())
        return web.Response(status=self.upload_status)

    def says(self, method: str, word: str = "", status: int = 200, **headers: str) -> None:
        """Let a method answer with this error, or with a bare status."""
        body = json.dumps({"ok": False, "error": word}) if word else "<html>no</html>"
        kind = "application/json" if word else "text/html"

        async def answer(_: web.Request) -> web.StreamResponse:
            return web.Response(status=status, text=body, content_type=kind, headers=headers)

        self.answers[method] = answer

    @property
    def methods(self) -> list[str]:
        return [method for method, _ in self.asked]


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    """The server."""
    there = Slack()
    app = web.Application()
    app.add_routes([web.post("/api/{method}", there.api), web.post("/up", there.up)])
    async with TestServer(app) as server:
        there.url = str(server.make_url("")).rstrip("/")
        yield there


@asynccontextmanager
async def speaking(url: str, budget: Budget | None = None, **more: Any) -> AsyncIterator[Speech]:
    async with ClientSession() as session:
        yield Speech(web_client("xoxb-1", f"{url}/api/", session), budget or Budget(), **more)


@pytest.fixture
async def speech(slack: Slack) -> AsyncIterator[Speech]:
    """What speaks to it."""
    async with speaking(slack.url) as speech:
        yield speech


async def test_what_slack_answers_is_given_back(slack: Slack, speech: Speech) -> None:
    answer = await speech.say("chat.postMessage", channel="C1", text="hello")
    assert answer["ts"] == "1.2"
    assert slack.asked == [("chat.postMessage", {"channel": "C1", "text": "hello"})]


async def test_a_refusal_is_for_good_and_in_slacks_word(slack: Slack, speech: Speech) -> None:
    slack.says("chat.postMessage", "not_in_channel")
    with pytest.raises(SlackNo) as refused:
        await speech.say("chat.postMessage", channel="C1", text="x")
    assert refused.value.word == "not_in_channel"
    assert slack.methods == ["chat.postMessage"]


async def test_who_no_longer_speaks_for_a_workspace_says_nothing_but_takes_back_its_own(slack: Slack) -> None:
    async def not_ours() -> bool:
        return False

    async with speaking(slack.url, ours=not_ours) as speech:
        with pytest.raises(Relieved):
            await speech.say("chat.postMessage", channel="C1", text="x")
        with pytest.raises(Relieved):
            await speech.upload("C1", "1.2", [Sent("a.csv", b"a,b")], 0)
        with pytest.raises(Relieved):
            await Posting(speech).whisper(a_run(State.REJECTED), f"{slack.url}/api/whisper", "x", [])
        await speech.say("chat.delete", channel="C1", ts="1.2")
    assert slack.methods == ["chat.delete"]


async def test_an_answer_that_was_long_on_its_way_is_asked_for_again(
    slack: Slack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.slack.speech.STALE", 0.02)
    asked = 0

    async def ours() -> bool:
        """It is ours, says an answer that comes when another has followed already."""
        nonlocal asked
        asked += 1
        await asyncio.sleep(0.05 if asked == 1 else 0.0)
        return asked == 1

    async with speaking(slack.url, ours=ours) as speech:
        with pytest.raises(Relieved):
            await speech.say("chat.postMessage", channel="C1", text="x")
    assert slack.methods == []


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("internal_error", 200),
        ("fatal_error", 200),
        ("service_unavailable", 200),
        ("request_timeout", 200),
        ("invalid_auth", 200),
        ("token_revoked", 200),
        ("anything", 503),
        ("", 500),
        ("", 502),
        ("", 200),
    ],
)
async def test_slacks_own_troubles_pass_and_are_not_tried_again_here(
    slack: Slack, speech: Speech, word: str, status: int
) -> None:
    slack.says("chat.postMessage", word, status)
    with pytest.raises(SlackLater):
        await speech.say("chat.postMessage", channel="C1", text="x")
    assert slack.methods == ["chat.postMessage"]


@pytest.mark.parametrize(
    ("header", "seconds"), [("7", 7.0), ("0", 1.0), ("soon", 30.0), ("99999", 900.0), (None, 30.0)]
)
async def test_a_429_closes_its_method_for_as_long_as_slack_says(
    slack: Slack, speech: Speech, header: str | None, seconds: float
) -> None:
    headers = {} if header is None else {"Retry-After": header}
    slack.says("chat.update", "ratelimited", 429, **headers)
    with pytest.raises(SlackLater, match="rate limited"):
        await speech.say("chat.update", channel="C1", ts="1.2", text="x")
    loop = asyncio.get_running_loop()
    assert speech.budget._queues["chat.update"].closed_until - loop.time() == pytest.approx(seconds, abs=1)
    ticket = speech.budget.ticket("chat.update", 0)
    assert not ticket.ready.done()
    ticket.ready.cancel()
    await asyncio.wait_for(speech.budget.take("chat.postMessage", 0, "C1"), 1)


@pytest.mark.parametrize("say", [Speech.say, Speech.upload])
async def test_a_call_keeps_its_place_in_slacks_minute_until_it_is_answered(slack: Slack, say: Any) -> None:
    method = {Speech.say: "chat.update", Speech.upload: "files.completeUploadExternal"}[say]
    asked, may_answer = asyncio.Event(), asyncio.Event()

    async def answer(_: web.Request) -> web.Response:
        asked.set()
        await may_answer.wait()
        return web.json_response({"ok": True})

    slack.answers[method] = answer
    budget = Budget({method: 1}, minute=0.01)
    async with speaking(slack.url, budget) as speech, asyncio.timeout(20), asyncio.TaskGroup() as group:
        if say is Speech.say:
            await budget.take(method, 0)
            group.create_task(speech.say(method, channel="C1", ts="1.2", text="x"))
        else:
            group.create_task(speech.upload("C1", "1.2", [Sent("a.csv", b"a,b")], 0))
        await asked.wait()
        another = budget.ticket(method, 0)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(another.ready), 0.2)
        may_answer.set()
        await another.ready


async def test_what_is_said_in_place_of_a_refused_message_takes_its_turn(slack: Slack) -> None:
    budget = Budget({"chat.postMessage": 1}, minute=0.01)
    slack.says("chat.postMessage", "invalid_blocks")
    async with speaking(slack.url, budget) as speech:
        await budget.take("chat.postMessage", 0, "C1")
        with pytest.raises(SlackNo):
            await Posting(speech).post("C1", "x", [{"type": "divider"}])
    assert [said.get("blocks") for _, said in slack.asked] == [[{"type": "divider"}], None]
    waits = budget.metrics.registry.get_sample_value(
        "threadbook_budget_wait_seconds_count", {"api": "slack", "method": "chat.postMessage"}
    )
    assert waits == 2


async def test_what_was_let_through_before_a_429_is_not_sent_into_it(slack: Slack) -> None:
    budget = Budget()
    asked = asyncio.Event()

    async def ours() -> bool:
        await asked.wait()
        return True

    async with speaking(slack.url, budget, ours=ours) as speech:
        await budget.take("chat.update", 0)
        late = asyncio.create_task(speech.say("chat.update", channel="C1", ts="1.2", text="x"))
        await asyncio.sleep(0)
        budget.refused("chat.update", 30)
        asked.set()
        with pytest.raises(SlackLater, match="rate limited"):
            await late
    assert slack.asked == []
    assert budget._queues["chat.update"].passed == 0


async def test_a_lost_reply_is_unknown_and_never_sent_again(slack: Slack, speech: Speech) -> None:
    async def hang_up(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    slack.answers["chat.postMessage"] = hang_up
    with pytest.raises(SlackLater):
        await speech.say("chat.postMessage", channel="C1", text="x")
    assert slack.methods == ["chat.postMessage"]


async def test_a_slow_answer_is_unknown_too(slack: Slack) -> None:
    forever = asyncio.Event()

    async def wait(_: web.Request) -> web.StreamResponse:
        await forever.wait()
        return web.Response()

    slack.answers["chat.postMessage"] = slack.answers["files.completeUploadExternal"] = wait
    async with speaking(slack.url, patience=(0.1, 0.3)) as speech:
        with pytest.raises(SlackLater):
            await speech.say("chat.postMessage", channel="C1", text="x")
        with pytest.raises(SlackLater):
            await speech.upload("C1", "1.2", [Sent("a.csv", b"a")], 0)
    forever.set()
    assert slack.methods.count("chat.postMessage") == 1


async def test_nobody_there_is_later(slack: Slack) -> None:
    async with TestServer(web.Application()) as gone:
        url = str(gone.make_url("")).rstrip("/")
    async with speaking(url) as speech:
        with pytest.raises(SlackLater):
            await speech.say("chat.postMessage", channel="C1", text="x")


async def test_a_file_goes_in_three_steps_with_its_title_and_what_is_read_out(slack: Slack, speech: Speech) -> None:
    chart = Sent("KPIs - Chart.png", b"\x89PNG", title="KPIs - Chart", alt="Revenue by week")
    await speech.upload("C1", "1.2", [chart], 0)
    assert slack.methods == ["files.getUploadURLExternal", "files.completeUploadExternal"]
    assert b"\x89PNG" in slack.files[0]
    (_, announced), (_, completed) = slack.asked
    assert announced["filename"] == "KPIs - Chart.png"
    assert announced["alt_txt"] == "Revenue by week"
    assert completed["channel_id"] == "C1"
    assert completed["thread_ts"] == "1.2"
    (file,) = json.loads(completed["files"])
    assert (file["id"], file["title"]) == ("F1", "KPIs - Chart")


async def test_a_file_without_a_title_has_its_name_and_an_empty_one_is_none(slack: Slack, speech: Speech) -> None:
    await speech.upload("C1", "1.2", [Sent("a.csv", b"a")], 0)
    assert json.loads(slack.asked[1][1]["files"])[0]["title"] == "a.csv"
    assert "alt_txt" not in slack.asked[0][1]
    await speech.upload("C1", "1.2", [Sent("empty.csv", b"")], 0)
    assert len(slack.asked) == 2


@pytest.mark.parametrize("step", ["files.getUploadURLExternal", "files.completeUploadExternal"])
async def test_each_step_of_a_file_can_be_refused(slack: Slack, speech: Speech, step: str) -> None:
    slack.says(step, "not_in_channel")
    with pytest.raises(SlackNo, match="not_in_channel"):
        await speech.upload("C1", "1.2", [Sent("a.csv", b"a")], 0)
    slack.says(step, "ratelimited", 429, **{"Retry-After": "5"})
    with pytest.raises(SlackLater):
        await speech.upload("C1", "1.2", [Sent("a.csv", b"a")], 0)
    closed = {method for method, queue in speech.budget._queues.items() if queue.closed_until > 0}
    assert closed == {step}


async def test_bytes_that_are_not_taken_are_later(slack: Slack, speech: Speech) -> None:
    slack.upload_status = 500
    with pytest.raises(SlackLater):
        await speech.upload("C1", "1.2", [Sent("a.csv", b"a")], 0)
    assert slack.methods == ["files.getUploadURLExternal"]


async def test_a_file_waits_for_its_budget(slack: Slack) -> None:
    async with speaking(slack.url) as known:
        speech = Speech(known.client, Budget({"files.getUploadURLExternal": 1, "files.completeUploadExternal": 1}))
        await speech.upload("C1", "1.2", [Sent("a.csv", b"a")], 0)
        second = asyncio.create_task(speech.upload("C1", "1.2", [Sent("b.csv", b"b")], 0))
        await asyncio.sleep(0)
        assert speech.budget.depth() == 1
        second.cancel()
        with pytest.raises(asyncio.CancelledError):
            await second
        assert speech.budget.depth() == 0
    assert len(slack.files) == 1


async def test_who_stood_still_while_the_bytes_were_on_their_way_shows_no_file(slack: Slack) -> None:
    async def ours() -> bool:
        """Until the bytes are there."""
        return not slack.files

    async with speaking(slack.url, ours=ours) as speech:
        with pytest.raises(Relieved):
            await speech.upload("C1", "1.2", [Sent("a.csv", b"a,b")], 0)
    assert slack.files
    assert slack.methods == ["files.getUploadURLExternal"]


async def test_several_files_are_one_message(slack: Slack, speech: Speech) -> None:
    await speech.upload("C1", "1.2", [Sent("a.csv", b"a"), Sent("none.csv", b""), Sent("b.png", b"b", alt="B")], 0)
    assert slack.methods == ["files.getUploadURLExternal"] * 2 + ["files.completeUploadExternal"]
    assert [file["title"] for file in json.loads(slack.asked[2][1]["files"])] == ["a.csv", "b.png"]
