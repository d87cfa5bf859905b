"""A run's files on their way into its thread: together or one by one, each once, and never given up too soon."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.model import Output
from bot.sandbox.slack.workspace import TEAM
from bot.slack.attaching import FILE_TRIES
from bot.slack.courier import Courier
from bot.slack.speech import SlackLater
from tests.render.said import NOON, PNG, later
from tests.slack.test_delivery import CLOSING, LEFT, posting

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.slack.test_delivery import Post

UPLOAD = "files.getUploadURLExternal"
POSTED = "files.completeUploadExternal"
TEN_MINUTES = 600.0
TIMES = 1_000.0
DRAWN = ("one", "two", "three", "four")
PICTURES = [f"Weekly KPIs - {name}.png" for name in DRAWN]
FOUR = LEFT.model_copy(
    update={"outputs": (LEFT.outputs[0], *(Output(kind="image", block=1, text=name, data=PNG) for name in DRAWN))}
)
ONE_BY_ONE = "error:file_type_not_allowed"
REFUSED = "📎 Slack doesn't let me post {} here (it says “file_type_not_allowed”)."


@pytest.fixture
async def post(tmp_path: Path) -> AsyncIterator[Post]:
    """Everything that one delivery needs."""
    async with posting(tmp_path) as post:
        yield post


async def in_vain(post: Post, times: int = 1) -> None:
    """Deliver as the courier does while Slack can't be told."""
    assert post.run is not None
    for _ in range(times):
        with pytest.raises(SlackLater):
            await post.delivers()
        await post.store.delivery.postponed(post.run.id, NOON)


async def dies_while_posting(post: Post) -> None:
    """Deliver until the call that is to hang has come, and never learn of its answer."""
    delivery = asyncio.create_task(post.delivers())
    async with asyncio.timeout(5):
        while post.slack.faults._pending:  # noqa: ASYNC110 - a call that hangs is in no ledger yet
            await asyncio.sleep(0.01)
    delivery.cancel()
    await asyncio.gather(delivery, return_exceptions=True)
    post.restarts()


def names(post: Post) -> list[str]:
    return [file.name for file in post.files]


async def test_files_that_are_not_there_are_named_also_where_slack_is_away_in_between(post: Post) -> None:
    await post.ends(channel="general")
    post.slack.faults.set("chat.postMessage", "500", skip=1)
    with pytest.raises(SlackLater):
        await post.delivers()
    assert post.lines == ["*Weekly KPIs*"]
    await post.delivers()
    _, why, closing = post.lines
    assert "I can't post Weekly KPIs - Revenue by channel.png, Weekly KPIs.jpg, weekly.csv here" in why
    assert closing == CLOSING


async def test_a_file_that_slack_does_not_want_keeps_no_other_away(post: Post) -> None:
    await post.ends()
    post.slack.faults.set(UPLOAD, "error:file_type_not_allowed", times=2)  # with the others, and then alone
    await post.delivers()
    assert [file.name for file in post.files] == ["Weekly KPIs.jpg", "weekly.csv"]
    assert post.lines[-2] == (
        "📎 Slack doesn't let me post Weekly KPIs - Revenue by channel.png here (it says “file_type_not_allowed”)."
    )
    assert post.lines[-1] == CLOSING


async def test_a_hiccup_is_tried_again_where_it_struck(post: Post) -> None:
    await post.ends()
    post.slack.faults.set(UPLOAD, "500", skip=1)
    with pytest.raises(SlackLater):
        await post.delivers()
    assert post.lines == ["*Weekly KPIs*"]
    await post.delivers()
    assert len(post.lines) == 4
    assert post.lines[-1] == CLOSING


async def test_files_that_never_get_through_do_not_hold_up_the_end_for_ever(post: Post) -> None:
    await post.ends()
    post.slack.faults.set(UPLOAD, "500", times=100)
    for _ in range(FILE_TRIES):
        await in_vain(post)
        post.restarts()
    post.slack.faults.set("chat.postMessage", "500")  # the line that names them
    await in_vain(post)
    post.restarts()
    tried = len(post.slack.calls(UPLOAD))
    await post.delivers()
    assert len(post.slack.calls(UPLOAD)) == tried
    assert post.lines[-2:] == [
        (
            "📎 Slack doesn't let me post Weekly KPIs - Revenue by channel.png, Weekly KPIs.jpg, weekly.csv here "
            "(it says “no answer”)."
        ),
        CLOSING,
    ]


async def test_where_the_bot_is_no_member_the_files_are_named_and_the_rest_is_told(post: Post) -> None:
    await post.ends(channel="general")
    await post.delivers()
    assert post.files == []
    assert post.lines == [
        "*Weekly KPIs*",
        (
            "📎 I can't post Weekly KPIs - Revenue by channel.png, Weekly KPIs.jpg, weekly.csv here, "
            "because I'm not in this channel. After `/invite @Threadbook` I can."
        ),
        CLOSING,
    ]


async def test_what_was_posted_alone_is_not_posted_again_after_a_crash(post: Post) -> None:
    await post.ends(FOUR)
    post.slack.faults.set(UPLOAD, ONE_BY_ONE, times=2)  # together, and then the first
    post.slack.faults.set(POSTED, "slow", seconds=30, skip=2)  # the fourth
    await dies_while_posting(post)
    assert names(post) == PICTURES[1:3]
    await post.delivers()
    assert names(post) == [*PICTURES[1:], "weekly.csv"]
    assert post.lines[-2:] == [REFUSED.format(PICTURES[0]), CLOSING]


async def test_the_line_that_names_what_is_not_there_is_told_once_also_after_a_crash(post: Post) -> None:
    await post.ends(FOUR)
    post.slack.faults.set(UPLOAD, ONE_BY_ONE, times=2)
    for _ in range(2):  # after the report, that line; after that line, the closing one
        post.slack.faults.set("chat.postMessage", "500", skip=1)
        await in_vain(post)
        post.restarts()
    await post.delivers()
    assert post.lines.count(REFUSED.format(PICTURES[0])) == 1
    assert post.lines[-1] == CLOSING


async def test_parts_that_were_noted_by_their_number_alone_are_not_posted_again(post: Post) -> None:
    """As a row says that was written before files were noted one by one."""
    await post.ends(FOUR)
    assert post.run is not None
    await post.store.delivery.told(post.run.id, parts=2)  # the report, and the pictures
    await post.delivers()
    assert names(post) == ["weekly.csv"]


async def test_a_hiccup_of_one_that_goes_alone_is_not_its_end(post: Post) -> None:
    await post.ends(FOUR)
    post.slack.faults.set(UPLOAD, ONE_BY_ONE)
    post.slack.faults.set(UPLOAD, "500", skip=2)
    await in_vain(post)
    assert names(post) == PICTURES[:2]
    await post.delivers()
    assert names(post) == [*PICTURES, "weekly.csv"]
    assert post.lines[-1] == CLOSING


async def test_files_wait_for_a_slack_that_is_away_and_come_together_however_long_it_was(post: Post) -> None:
    await post.ends(FOUR)
    for method in (UPLOAD, "auth.test"):  # it went away when the card was edited and the report posted
        post.slack.faults.set(method, "refuse", times=2 * FILE_TRIES)
    await in_vain(post, 2 * FILE_TRIES)
    post.slack.faults.set(UPLOAD, "429")
    await in_vain(post)
    await post.delivers()
    assert post.lines[1:] == [", ".join(PICTURES), "weekly.csv", CLOSING]


async def test_edits_that_failed_are_no_files_failures(post: Post) -> None:
    await post.ends(FOUR)
    post.slack.faults.set("chat.update", "500", times=2 * FILE_TRIES)
    await in_vain(post, 2 * FILE_TRIES)
    post.slack.faults.set(UPLOAD, "500")
    await in_vain(post)
    await post.delivers()
    assert post.lines[1:] == [", ".join(PICTURES), "weekly.csv", CLOSING]


async def test_an_answer_ends_the_count_of_uploads_that_failed(post: Post) -> None:
    """Each of the two messages fails as often as one may."""
    await post.ends(FOUR)
    post.slack.faults.set(POSTED, "500", times=FILE_TRIES)
    await in_vain(post, FILE_TRIES)
    post.slack.faults.set(POSTED, "500", times=FILE_TRIES, skip=1)
    await in_vain(post, FILE_TRIES)
    await post.delivers()
    assert post.lines[1:] == [", ".join(PICTURES), "weekly.csv", CLOSING]


async def test_a_run_that_ends_while_slack_is_down_for_ten_minutes_is_told_once_with_its_files(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They pass a thousand times faster than real ones."""
    await post.ends(FOUR)
    loop = asyncio.get_running_loop()
    began, bell = loop.time(), asyncio.Event()
    clock = replace(post.deliverer, now=lambda: later(60 + (loop.time() - began) * TIMES))
    monkeypatch.setattr("bot.slack.courier.LOOK_EVERY", 10 / TIMES)
    courier = Courier(clock, TEAM, frozenset(), bell)
    post.slack.faults.set("*", "refuse", times=10_000)
    work = asyncio.create_task(courier.run())
    await asyncio.sleep(TEN_MINUTES / TIMES)
    post.slack.faults.clear()
    post.slack.faults.set(UPLOAD, "429")  # everybody comes back at once
    await post.slack.wait_for(lambda: CLOSING in post.lines, 10)
    await courier.stop(1)
    await work
    assert post.lines == ["*Weekly KPIs*", ", ".join(PICTURES), "weekly.csv", CLOSING]
