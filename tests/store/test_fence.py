"""Only the one who holds a run writes what becomes of it; the platform's id comes in from anybody."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot import lifecycle
from bot.errors import RateLimited
from bot.model import Artifact, Cause, Look, Results, State
from tests.store.house import NOON, House, die, moved, moved_to_doubt, now_is, row, submitted, unclear

if TYPE_CHECKING:
    from bot.model import Run
    from bot.store.store import Store

TOO_OFTEN = RateLimited("Rate limit exceeded")
LEFT = Results(artifacts=(Artifact(name="weekly.csv"),))


def running(run: Run) -> lifecycle.Decision:
    return lifecycle.advance(run.progress, Look(state=State.RUNNING), NOON)


# The fence


async def test_the_dead_write_nothing(house: House) -> None:
    first, second = await house.process(), await house.process()
    run = await house.queued(first)
    ended = lifecycle.advance(run.progress, Look(state=State.SUCCEEDED), NOON)
    await die(first, second)
    assert not await first.holding.commit(run, ended.progress, ended.news)
    assert not await first.holding.settle(run, ended.progress, ended.news, LEFT, {0: b"1"})
    assert await row(second, run) == run
    await second.holding.held(await second.holding.claim(10))
    assert await second.holding.settle(run, ended.progress, ended.news, LEFT, {0: b"1"})
    story = await second.delivery.story(run.id)
    assert story is not None
    assert len(story.news) == 2  # queued, and the end once


async def test_a_new_life_does_not_write_what_the_old_one_thought(house: House) -> None:
    first, second = await house.process(), await house.process()
    run = await house.submitting(first)
    await die(first, second)
    await first.holding.register()
    assert [held.run for held in await first.holding.held(await first.holding.claim(10))] == [run]
    await moved(first, run, unclear(run))
    # A step that began in the old life, and hears only now that nothing was started.
    late = lifecycle.put_back(run.progress, TOO_OFTEN, NOON)
    assert not await first.holding.commit(run, late.progress, late.news)
    assert (await row(first, run)).progress.state is State.UNCLEAR


async def test_who_lives_again_does_not_write_to_a_run_that_another_took(house: House) -> None:
    first, second = await house.process(), await house.process()
    run, unanswered = await house.queued(first), await house.submitting(first)
    await die(first, second)
    assert len(await second.holding.held(await second.holding.claim(10))) == 2
    await first.holding.register()
    news = running(run)
    assert not await first.holding.commit(run, news.progress, news.news)
    assert await row(second, run) == run
    # An id counts all the same, and the run is then nobody's until the next claim.
    answer = submitted(unanswered, "r2")
    assert await first.holding.accept(unanswered, answer.progress, answer.news)
    assert await first.holding.ids() == []
    assert [held.run for held in await second.holding.held(await second.holding.claim(10))] == [
        now_is(unanswered, answer.progress)
    ]


async def test_an_end_is_written_once(house: House) -> None:
    store = await house.process()
    run = await house.queued(store)
    ended = lifecycle.advance(run.progress, Look(state=State.SUCCEEDED), NOON)
    wrote = await asyncio.gather(*(store.holding.commit(run, ended.progress, ended.news) for _ in range(10)))
    assert wrote.count(True) == 1
    over = now_is(run, ended.progress)
    settled = ended.progress.model_copy(update={"settled": True})
    wrote = await asyncio.gather(*(store.holding.settle(over, settled, (), LEFT, {0: b"1"}) for _ in range(5)))
    assert wrote.count(True) == 1


async def test_what_was_written_though_the_answer_was_lost_is_not_told_twice(house: House) -> None:
    """As where the connection breaks at the commit, and the write is tried again."""
    store = await house.process()

    async def twice(run: Run, decision: lifecycle.Decision) -> Run:
        assert decision.news
        assert await store.holding.commit(run, decision.progress, decision.news)
        assert not await store.holding.commit(run, decision.progress, decision.news)
        assert await row(store, run) == now_is(run, decision.progress)
        return now_is(run, decision.progress)

    waiting = await house.asked(store)
    await twice(waiting, lifecycle.put_back(waiting.progress, TOO_OFTEN, NOON))  # trouble, and no other state
    run = await house.queued(store)
    run = await twice(run, running(run))
    run = await twice(run, lifecycle.advance(run.progress, Look(state=State.RUNNING, word="thawing “it”"), NOON))
    run = await twice(run, lifecycle.held_back(run.progress, NOON))
    await twice(run, lifecycle.advance(run.progress, Look(state=State.RUNNING), NOON))


async def test_a_commit_is_refused_after_an_id_came_in(house: House) -> None:
    store = await house.process()
    run = await house.submitting(store)
    decision = submitted(run, "r1")
    assert await store.holding.accept(run, decision.progress, decision.news)
    doubt = unclear(run)
    assert not await store.holding.commit(run, doubt.progress, doubt.news)
    assert (await row(store, run)).progress == decision.progress


async def test_a_persons_act_and_the_trackers_news_do_not_overwrite_one_another(house: House) -> None:
    first, second = await house.process(), await house.process()
    run = await house.queued(first)
    news = running(run)
    _, written = await asyncio.gather(
        second.requests.untrack(run.id, "U0ANA", NOON), first.holding.commit(run, news.progress, news.news)
    )
    assert written
    found = await row(first, run)
    assert (found.progress, found.untracked_by) == (news.progress, "U0ANA")


# The platform's id


async def test_an_id_is_accepted_from_a_process_that_was_declared_dead(house: House) -> None:
    first, second = await house.process(), await house.process()
    run = await house.submitting(first)
    await die(first, second)
    decision = submitted(run, "r1")
    assert await first.holding.accept(run, decision.progress, decision.news)
    assert [held.run for held in await second.holding.held(await second.holding.claim(10))] == [
        now_is(run, decision.progress)
    ]


async def test_an_id_comes_in_under_another_holder_who_finds_it_by_the_next_claim(house: House) -> None:
    first, second = await house.process(), await house.process()
    run = await house.submitting(first)
    await die(first, second)
    assert len(await second.holding.held(await second.holding.claim(10))) == 1
    decision = submitted(run, "r1")
    assert await first.holding.accept(run, decision.progress, decision.news)
    assert [held.run for held in await second.holding.held(await second.holding.claim(10))] == [
        now_is(run, decision.progress)
    ]


async def closed(store: Store, run: Run) -> bool:
    """Whether its thread is, as the courier reads it."""
    story = await store.delivery.story(run.id)
    assert story is not None
    return story.card.closed


async def test_a_late_id_opens_an_unclear_run_and_its_thread_again(house: House) -> None:
    first, second = await house.process(), await house.process()
    run = await house.submitting(first)
    await die(first, second)
    await second.holding.held(await second.holding.claim(10))
    gone = await moved(second, run, unclear(run))
    await second.delivery.closed(gone)
    assert await closed(second, run)
    decision = submitted(run, "r1")
    assert await first.holding.accept(run, decision.progress, decision.news)
    assert (await row(second, gone)).progress.state is State.QUEUED
    assert not await closed(second, run)
    await second.delivery.closed(gone)
    assert not await closed(second, run), "who was still telling the doubt doesn't close what goes on"
    [held] = await second.holding.held(await second.holding.claim(10))
    assert held.run.progress.state is State.QUEUED
    ended = await moved(second, held.run, lifecycle.end(held.run.progress, State.UNTRACKED, NOON, cause=Cause.PERSON))
    await second.delivery.closed(gone)
    assert not await closed(second, run), "nor what has ended otherwise since"
    await second.delivery.closed(ended)
    assert await closed(second, run)


async def test_an_unclear_run_settles_again_with_what_it_left(house: House) -> None:
    store = await house.process()
    run = await house.submitting(store)
    doubt = unclear(run)
    assert await store.holding.settle(run, doubt.progress, doubt.news, Results(), {})
    decision = submitted(run, "r1")
    assert await store.holding.accept(run, decision.progress, decision.news)
    [held] = await store.holding.held(await store.holding.claim(10))  # whoever held it thought that it was over
    now = held.run
    ended = lifecycle.advance(now.progress, Look(state=State.SUCCEEDED), NOON).progress
    settled = ended.model_copy(update={"settled": True})
    assert not await store.holding.settle(now_is(now, ended), settled, (), LEFT, {})  # the end isn't written yet
    assert await store.holding.commit(now, ended, ())
    assert await store.holding.settle(now_is(now, ended), settled, (), LEFT, {0: b"1"})
    story = await store.delivery.story(run.id)
    assert story is not None
    assert story.results == LEFT


async def test_an_answer_to_an_earlier_attempt_is_not_the_lasts(house: House) -> None:
    store = await house.process()
    first = await house.submitting(store)
    back = await moved(store, first, lifecycle.put_back(first.progress, TOO_OFTEN, NOON))
    second = await moved(store, back, lifecycle.begin(back.progress, NOON))
    old, new = submitted(first, "old"), submitted(second, "new")
    assert not await store.holding.accept(first, old.progress, old.news)
    assert await store.holding.accept(second, new.progress, new.news)
    assert (await row(store, first)).progress.remote_id == "new"


async def test_one_attempt_has_one_id(house: House) -> None:
    first, second = await house.process(), await house.process()
    run = await house.submitting(first)
    answers = [submitted(run, f"r{each}") for each in range(10)]
    took = await asyncio.gather(
        *((first, second)[n % 2].holding.accept(run, one.progress, one.news) for n, one in enumerate(answers))
    )
    assert took.count(True) == 1
    assert (await row(first, run)).progress == answers[took.index(True)].progress
    story = await first.delivery.story(run.id)
    assert story is not None
    assert len(story.news) == 1


async def test_an_end_without_an_id_does_not_end_a_doubt(house: House) -> None:
    store = await house.process()
    run = await moved_to_doubt(house, store)
    interactive = lifecycle.end(run.progress.model_copy(update={"state": State.SUBMITTING}), State.UNTRACKED, NOON)
    assert not await store.holding.accept(run, interactive.progress, interactive.news)
    assert (await row(store, run)).progress.state is State.UNCLEAR
