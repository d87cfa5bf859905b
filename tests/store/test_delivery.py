"""What the courier is handed and writes down: which runs want showing, in which order, and what is shown already."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text, update

from bot import lifecycle
from bot.model import Artifact, Cause, Look, NewsKind, Output, Results, State
from bot.store.rows import Attached, progress_columns
from bot.store.tables import cards, runs
from tests.store.house import (
    HERE,
    NOON,
    THERE,
    House,
    after,
    die,
    moved,
    moved_to_doubt,
    now_is,
    row,
    submitted,
)

if TYPE_CHECKING:
    from bot.model import Run
    from bot.store.rows import Story
    from bot.store.store import Store

LEFT = Results(
    outputs=(Output(kind="text", block=1, text="revenue 1.31M"),),
    left_out=("1 chart",),
    artifacts=(Artifact(name="weekly.csv", size=3), Artifact(name="big.bin", note="too large to post here")),
)


async def story_of(store: Store, run: Run) -> Story:
    story = await store.delivery.story(run.id)
    assert story is not None
    return story


async def due(store: Store, seconds: float = 0) -> list[tuple[int, bool]]:
    return await store.delivery.due(HERE, after(seconds), 100)


async def settled(house: House, store: Store) -> Run:
    """A run that has ended and left something."""
    run = await house.queued(store, f"r{len(await store.holding.ids())}")
    ended = lifecycle.advance(run.progress, Look(state=State.SUCCEEDED, ended_at=after(60)), after(60))
    run = await moved(store, run, ended)
    progress = run.progress.model_copy(update={"settled": True})
    assert await store.holding.settle(run, progress, (), LEFT, {0: b"a,b"})
    return now_is(run, progress)


# Which runs, and in which order


async def test_final_states_come_first_then_the_rest_in_the_order_they_were_asked_for(house: House) -> None:
    store = await house.process()
    waiting, queued = await house.asked(store), await house.queued(store)
    ended = await settled(house, store)
    latest = await house.asked(store)
    assert await due(store) == [(ended.id, True), (waiting.id, False), (queued.id, False), (latest.id, False)]
    assert await store.delivery.due(HERE, NOON, 1) == [(ended.id, True), (waiting.id, False)]
    assert await store.delivery.due(THERE, NOON, 100) == []


async def test_a_card_that_slack_refused_is_not_due_before_the_run_has_ended_for_it(house: House) -> None:
    store = await house.process()
    await store.delivery.enter_workspace(HERE)
    assert await store.delivery.take_workspaces([HERE]) == [HERE]
    run = await house.asked(store)
    await store.delivery.refused(run.id, "not_in_channel")
    assert await due(store) == []
    rejected = lifecycle.end(run.progress, State.REJECTED, after(1), reason="not_in_channel", cause=Cause.CARD)
    await moved(store, run, rejected)
    assert await due(store) == [(run.id, True)]


async def test_who_wants_to_be_told_too_is_in_the_story_of_the_end_or_hears_that_it_has_ended(house: House) -> None:
    store = await house.process()
    run = await house.queued(store)
    assert await store.acts.listen(run.id, "U0BEN")
    assert await store.acts.listen(run.id, "U0BEN") is False
    ended = lifecycle.advance(run.progress, Look(state=State.SUCCEEDED, ended_at=after(60)), after(60))
    await moved(store, run, ended)
    assert await store.acts.listen(run.id, "U0CEM") is None, "its closing line may be on its way"
    assert (await story_of(store, run)).listeners == ("U0BEN",)


async def test_what_is_shown_is_not_due_until_something_changes(house: House) -> None:
    store = await house.process()
    await store.delivery.enter_workspace(HERE)
    assert await store.delivery.take_workspaces([HERE]) == [HERE]
    run = await house.carded(store)
    assert await store.delivery.shown(await story_of(store, run), "digest")
    assert await due(store) == []
    await moved(store, run, lifecycle.begin(run.progress, NOON))
    assert await due(store) == [(run.id, False)]
    assert (await story_of(store, run)).card.shown == "digest"


async def test_what_changed_while_it_was_shown_is_due_again(house: House) -> None:
    store = await house.courier()
    run = await house.carded(store)
    story = await story_of(store, run)
    await moved(store, run, lifecycle.begin(run.progress, NOON))
    assert await store.delivery.shown(story, "digest")
    assert await due(store) == [(run.id, False)]


async def test_what_slack_could_not_be_told_waits_for_its_time(house: House) -> None:
    store = await house.courier()
    run = await house.carded(store)
    await store.delivery.postponed(run.id, after(10))
    await store.delivery.postponed(run.id, after(30))
    assert await due(store, 29) == []
    assert await due(store, 30) == [(run.id, False)]
    await store.delivery.shown(await story_of(store, run), "digest")
    assert await due(store) == []


async def test_a_run_that_goes_on_while_its_story_is_read_is_not_told_to_its_end_again(house: House) -> None:
    if house.url.startswith("sqlite"):
        pytest.skip("there, a story is read as it was at one moment")
    store = await house.courier()
    run = await moved_to_doubt(house, store)
    await store.delivery.closed(run)
    on = submitted(run, "r1").progress
    async with store.database.write() as late_id:
        await late_id.execute(text("LOCK TABLE cards IN ACCESS EXCLUSIVE MODE"))
        reading = asyncio.create_task(story_of(store, run))
        waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        async with asyncio.timeout(5):
            while not await late_id.scalar(waits):  # noqa: ASYNC110, the server tells nobody
                await asyncio.sleep(0.01)
        await late_id.execute(update(runs).where(runs.c.id == run.id).values(progress_columns(on)))
        await late_id.execute(update(cards).where(cards.c.run == run.id).values(closed=False, parts=0))
    story = await reading
    assert story.card.closed or not story.run.progress.settled


# What was shown


async def test_a_story_holds_what_is_true_and_what_was_shown(house: House) -> None:
    store = await house.process()
    run = await settled(house, store)
    story = await story_of(store, run)
    assert story.run == run
    assert (story.card.channel, story.card.ts, story.card.told) == ("C0DATA", f"17000.{run.id:06}", 0)
    assert [news.kind for _, news in story.news] == [NewsKind.QUEUED, NewsKind.ENDED]
    assert story.results == LEFT
    assert story.tz == "Europe/Berlin"
    assert story.reply_url.startswith("https://hooks/")
    await store.delivery.told(run.id, told=story.news[0][0], parts=1)
    later = await story_of(store, run)
    assert [news.kind for _, news in later.news] == [NewsKind.ENDED]
    assert later.card.parts == 1
    assert await store.delivery.story(run.id + 1) is None


async def test_a_run_has_one_card(house: House) -> None:
    first, second = await house.process(), await house.process()
    run = await house.asked(first)
    posted = await asyncio.gather(
        *((first, second)[n % 2].delivery.carded(run.id, "C0DATA", f"1.{n}") for n in range(10))
    )
    assert posted.count(True) == 1
    found = await first.requests.by_card(HERE, "C0DATA", f"1.{posted.index(True)}")
    assert found is not None
    assert found.id == run.id
    assert await first.requests.by_card(HERE, "C0DATA", f"1.{posted.index(False)}") is None


async def test_a_card_that_is_noted_again_is_no_second_one(house: House) -> None:
    """As after a write of which nobody knows whether it was written."""
    store = await house.process()
    run = await house.asked(store)
    assert [await store.delivery.carded(run.id, "C0DATA", "1.1") for _ in range(2)] == [True, True]
    assert not await store.delivery.carded(run.id, "C0DATA", "1.2")


async def test_files_are_kept_until_the_thread_is_closed(house: House) -> None:
    store = await house.process()
    run, other = await settled(house, store), await settled(house, store)
    assert await store.delivery.file(run.id, 0) == b"a,b"
    assert await store.delivery.file(run.id, 1) is None
    await store.delivery.told(run.id, parts=2)
    assert await store.delivery.file(run.id, 0) == b"a,b"
    await store.delivery.closed(run, 3)
    assert await store.delivery.file(run.id, 0) is None
    assert await store.delivery.file(other.id, 0) == b"a,b"
    assert (await story_of(store, run)).card.closed
    assert (await story_of(store, run)).results == LEFT


async def test_what_became_of_files_that_went_alone_is_known_until_the_thread_is_closed(house: House) -> None:
    store = await house.process()
    run, other = await settled(house, store), await settled(house, store)
    await store.delivery.attach(run.id, 2, {0: Attached("a.png"), 1: Attached("b.png", "no_space")}, answered=True)
    await store.delivery.attach(run.id, 2, {0: Attached("a.png", "late"), 2: Attached("c.png")}, answered=True)
    await store.delivery.attach(other.id, 1, {0: Attached("d.png")}, answered=True)
    assert await store.delivery.attached(run.id) == {
        (2, 0): ("a.png", ""),  # what was noted first stays
        (2, 1): ("b.png", "no_space"),
        (2, 2): ("c.png", ""),
    }
    await store.delivery.closed(run, 3)
    assert await store.delivery.attached(run.id) == {}
    assert await store.delivery.attached(other.id) == {(1, 0): ("d.png", "")}


async def test_uploads_that_fail_are_counted_until_one_is_answered(house: House) -> None:
    store = await house.courier()
    run = await settled(house, store)
    assert [await store.delivery.missed(run.id) for _ in range(2)] == [1, 2]
    await store.delivery.postponed(run.id, after(10))  # for whatever reason
    await store.delivery.attach(run.id, 2, {0: Attached("a.png", "no answer")}, answered=False)
    assert await store.delivery.missed(run.id) == 3
    await store.delivery.attach(run.id, 2, {1: Attached("b.png")}, answered=True)
    assert await store.delivery.missed(run.id) == 1
    await store.delivery.told(run.id, answered=True, parts=2)
    assert await store.delivery.missed(run.id) == 1


async def test_slacks_refusal_is_kept_in_its_own_word(house: House) -> None:
    store = await house.courier()
    run = await house.asked(store)
    await store.delivery.refused(run.id, "not_in_channel")
    assert [held.refused for held in await store.holding.held([run.id])] == ["not_in_channel"]
    assert await store.holding.calls() == [(run.id, False)]


async def test_a_refusal_that_is_noted_late_says_nothing_of_the_card_that_another_has_posted(house: House) -> None:
    """It stood still with Slack's answer; meanwhile somebody invited the bot, and another process came."""
    former, present = await house.courier(), await house.process()
    posted, still_to_post = await house.carded(former), await house.asked(former)
    await former.delivery.refused(posted.id, "not_in_channel")
    await die(former, present)
    await present.delivery.take_workspaces([HERE])
    await former.delivery.refused(still_to_post.id, "not_in_channel")
    await present.holding.claim(10)
    assert [held.refused for held in await present.holding.held()] == ["", ""]


# One courier a workspace


async def test_a_workspace_has_one_courier_and_its_heir_is_the_one_who_asks_next(house: House) -> None:
    first, second = await house.process(), await house.process()
    for workspace in (HERE, THERE):
        await first.delivery.enter_workspace(workspace)
        await second.delivery.enter_workspace(workspace)
    took = await asyncio.gather(*(each.delivery.take_workspaces([HERE]) for each in (first, second)))
    assert sorted(took) == [[], [HERE]]
    courier, other = (first, second) if took[0] else (second, first)
    assert await other.delivery.take_workspaces([HERE, THERE]) == [THERE]
    assert await courier.delivery.take_workspaces([HERE, THERE]) == [HERE]
    await courier.holding.leave()
    assert sorted(await other.delivery.take_workspaces([HERE, THERE])) == [HERE, THERE]
    assert await other.delivery.take_workspaces([HERE]) == [HERE]


async def test_a_workspace_is_entered_by_two_processes_at_once(house: House) -> None:
    processes = [await house.process() for _ in range(3)]
    await asyncio.gather(*(each.delivery.enter_workspace(HERE) for each in processes for _ in range(4)))
    assert (await house.asked(processes[0])).number == 1


async def test_what_a_former_courier_showed_is_shown_again(house: House) -> None:
    former, present = await house.courier(), await house.process()
    run = await house.carded(former)
    slow = await story_of(former, run)
    await former.holding.leave()
    await present.delivery.take_workspaces([HERE])
    assert await present.delivery.shown(await story_of(present, run), "now")
    assert await due(present) == []
    # The former one's edit arrives at last, and may have put the card back to what was.
    assert not await former.delivery.shown(slow, "then")
    assert await due(present) == [(run.id, False)]
    assert (await story_of(present, run)).card.shown == ""


async def test_a_courier_is_one_only_while_it_lives_and_nobody_has_followed_it(house: House) -> None:
    former, present = await house.courier(), await house.process()
    assert await former.delivery.is_ours(HERE)
    assert not await present.delivery.is_ours(HERE)
    await die(former, present)
    assert not await former.delivery.is_ours(HERE)
    await present.delivery.take_workspaces([HERE])
    assert await present.delivery.is_ours(HERE)
    await former.holding.register()
    assert not await former.delivery.is_ours(HERE)


async def test_what_a_former_courier_tried_in_vain_is_shown_again_and_delays_nobody(house: House) -> None:
    former, present = await house.courier(), await house.process()
    run = await house.carded(former)
    await die(former, present)
    await present.delivery.take_workspaces([HERE])
    assert await present.delivery.shown(await story_of(present, run), "now")
    await former.delivery.postponed(run.id, after(60))
    assert await due(present) == [(run.id, False)]
    assert (await story_of(present, run)).card.shown == ""


async def test_how_far_a_thread_has_come_only_grows(house: House) -> None:
    store = await house.process()
    await store.delivery.enter_workspace(HERE)
    run = await settled(house, store)
    newest = (await story_of(store, run)).news[-1][0]
    await store.delivery.told(run.id, told=newest, parts=3)
    await store.delivery.told(run.id, told=newest - 1, parts=1)
    story = await story_of(store, run)
    assert (story.card.told, story.card.parts) == (newest, 3)


async def test_an_older_story_does_not_hide_a_newer_one(house: House) -> None:
    store = await house.courier()
    run = await house.carded(store)
    old = await story_of(store, run)
    await moved(store, run, lifecycle.begin(run.progress, NOON))
    assert await store.delivery.shown(await story_of(store, run), "new")
    assert not await store.delivery.shown(old, "old")
    assert await due(store) == [(run.id, False)]


async def test_showing_leaves_what_the_tracker_wrote_alone(house: House) -> None:
    store = await house.courier()
    run = await house.queued(store)
    story = await story_of(store, run)
    news = lifecycle.advance(run.progress, Look(state=State.RUNNING), NOON)
    _, written = await asyncio.gather(
        store.delivery.shown(story, "digest"), store.holding.commit(run, news.progress, news.news)
    )
    assert written
    assert (await row(store, run)).progress == news.progress
    assert await due(store) == [(run.id, False)]
