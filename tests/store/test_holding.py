"""Who holds a run, and that nobody else writes to it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Table, func, select, update

from bot import lifecycle
from bot.errors import RateLimited
from bot.model import Artifact, Look, Results, State
from bot.store.tables import processes, runs
from tests.store.house import HERE, KPIS, NOON, THERE, TRAIN, House, after, moved, now_is, row, submitted, unclear

if TYPE_CHECKING:
    from bot.model import Run
    from bot.store.store import Store

TOO_OFTEN = RateLimited("Rate limit exceeded")
LEFT = Results(artifacts=(Artifact(name="weekly.csv"),))


async def die(store: Store, witness: Store) -> None:
    """This process stops beating, and another one notices."""
    process = store.holding.process_id
    assert process is not None
    assert await witness.holding.declare_dead(process, (await witness.holding.beats())[process])


def running(run: Run) -> lifecycle.Decision:
    return lifecycle.advance(run.progress, Look(state=State.RUNNING), NOON)


# Heartbeats


async def test_processes_see_each_others_hearts_beat(house: House) -> None:
    first, second = await house.process(), await house.process()
    mine = first.holding.process_id
    assert await second.holding.beats() == {mine: 1}
    assert await first.holding.beat()
    assert await first.holding.beat()
    assert await second.holding.beats() == {mine: 3}


async def test_a_heart_that_beats_after_all_is_not_declared_dead(house: House) -> None:
    first, second = await house.process(), await house.process()
    mine = first.holding.process_id
    assert mine is not None
    seen = (await second.holding.beats())[mine]
    assert await first.holding.beat()
    assert not await second.holding.declare_dead(mine, seen)
    assert await first.holding.beat()


async def test_who_is_declared_dead_is_told_and_enters_anew(house: House) -> None:
    first, second = await house.process(), await house.process()
    before = first.holding.process_id
    await die(first, second)
    assert not await first.holding.beat()
    assert await second.holding.beats() == {}
    await first.holding.register()
    assert first.holding.process_id != before
    assert await first.holding.beat()


async def test_only_one_witness_declares_a_death(house: House) -> None:
    first, second, third = [await house.process() for _ in range(3)]
    mine = first.holding.process_id
    assert mine is not None
    said = await asyncio.gather(*(each.holding.declare_dead(mine, 1) for each in (second, third) for _ in range(5)))
    assert said.count(True) == 1


async def test_a_young_beat_is_proof_of_life_without_asking(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = await house.process(), await house.process()
    await die(first, second)
    assert await first.holding.lives()  # so young a death nobody can have declared, but for this test
    monkeypatch.setattr("bot.store.holding.SURELY_ALIVE", 0.0)
    assert not await first.holding.lives()
    assert await second.holding.lives()


async def test_the_dead_are_forgotten_once_nothing_is_theirs(house: House) -> None:
    first, second = await house.process(), await house.process()
    run = await house.queued(first)
    await die(first, second)
    await second.holding.register()
    assert await rows_of(second, processes) == 3
    assert [held.run.id for held in await second.holding.claim(10)] == [run.id]
    await second.holding.register()
    assert await rows_of(second, processes) == 3  # three lives of the second


async def rows_of(store: Store, table: Table) -> int:
    async with store.database.read() as connection:
        return await connection.scalar(select(func.count()).select_from(table)) or 0


# Claims


async def test_the_runs_of_the_living_are_left_alone(house: House) -> None:
    first, second = await house.process(), await house.process()
    run = await house.queued(first)
    assert await second.holding.claim(10) == []
    assert await first.holding.ids() == [run.id]


async def test_the_runs_of_the_dead_go_to_one_process_each(house: House) -> None:
    dead, *others = [await house.process() for _ in range(4)]
    left = [await house.asked(dead) for _ in range(60)]
    await die(dead, others[0])

    async def claims(store: Store) -> list[int]:
        found: list[int] = []
        while some := await store.holding.claim(7):
            found += [held.run.id for held in some]
        return found

    shares = await asyncio.gather(*(claims(store) for store in others))
    assert sorted(run for share in shares for run in share) == [run.id for run in left]
    for store, share in zip(others, shares, strict=True):
        assert sorted(await store.holding.ids()) == sorted(share)


async def test_a_claim_waits_for_nobody_who_is_writing(house: House) -> None:
    if house.url.startswith("sqlite"):
        pytest.skip("SQLite has one writer at a time, whatever is written")
    dead, heir, writer = [await house.process() for _ in range(3)]
    first, second = await house.asked(dead), await house.asked(dead)
    await dead.holding.leave()
    async with writer.database.write() as connection:
        await connection.execute(update(runs).where(runs.c.id == first.id).values(untracked_by="U0ANA"))
        assert [held.run.id for held in await heir.holding.claim(10)] == [second.id]
    assert [held.run.id for held in await heir.holding.claim(10)] == [first.id]


async def test_who_leaves_in_order_is_followed_at_once(house: House) -> None:
    first, second = await house.process(), await house.process()
    run = await house.queued(first)
    await first.holding.leave()
    assert [held.run for held in await second.holding.claim(10)] == [run]


async def test_the_dead_claim_nothing(house: House) -> None:
    first, second, third = [await house.process() for _ in range(3)]
    await house.asked(first)
    await first.holding.leave()
    await die(second, third)
    assert await second.holding.claim(10) == []
    assert len(await third.holding.claim(10)) == 1


async def test_what_a_claim_brings_is_what_the_next_step_needs(house: House) -> None:
    first, second = await house.process(), await house.process()
    plain, carded, refused = await house.asked(first), await house.carded(first), await house.asked(first)
    await first.delivery.refused(refused.id, "not_in_channel")
    ended = await house.asked(first, notebook=TRAIN)
    await moved(first, ended, lifecycle.end(ended.progress, State.REJECTED, NOON))
    await first.holding.leave()
    held = {one.run.id: one for one in await second.holding.claim(10)}
    assert set(held) == {plain.id, carded.id, refused.id}
    assert [held[run.id].carded for run in (plain, carded, refused)] == [False, True, False]
    assert [held[run.id].refused for run in (plain, carded, refused)] == ["", "", "not_in_channel"]
    assert held[plain.id].tz == "Europe/Berlin"


async def test_a_call_comes_for_a_card_and_for_a_run_taken_back(house: House) -> None:
    store = await house.process()
    await house.asked(store)
    assert await store.holding.calls() == []
    carded, queued = await house.carded(store), await house.queued(store)
    await store.requests.untrack(queued.id, "U0ANA", NOON)
    assert sorted(await store.holding.calls()) == [carded.id, queued.id]


# The fence


async def test_the_dead_write_nothing(house: House) -> None:
    first, second = await house.process(), await house.process()
    run = await house.queued(first)
    ended = lifecycle.advance(run.progress, Look(state=State.SUCCEEDED), NOON)
    await die(first, second)
    assert not await first.holding.commit(run, ended.progress, ended.news)
    assert not await first.holding.settle(run, ended.progress, ended.news, LEFT, {0: b"1"})
    assert await row(second, run) == run
    await second.holding.claim(10)
    assert await second.holding.settle(run, ended.progress, ended.news, LEFT, {0: b"1"})
    story = await second.delivery.story(run.id)
    assert story is not None
    assert len(story.news) == 2  # queued, and the end once


async def test_a_new_life_does_not_write_what_the_old_one_thought(house: House) -> None:
    first, second = await house.process(), await house.process()
    run = await house.submitting(first)
    await die(first, second)
    await first.holding.register()
    assert [held.run for held in await first.holding.claim(10)] == [run]
    await moved(first, run, unclear(run))
    # A step that began in the old life, and hears only now that nothing was started.
    late = lifecycle.put_back(run.progress, TOO_OFTEN, NOON)
    assert not await first.holding.commit(run, late.progress, late.news)
    assert (await row(first, run)).progress.state is State.UNCLEAR


async def test_who_lives_again_does_not_write_to_a_run_that_another_took(house: House) -> None:
    first, second = await house.process(), await house.process()
    run, unanswered = await house.queued(first), await house.submitting(first)
    await die(first, second)
    assert len(await second.holding.claim(10)) == 2
    await first.holding.register()
    news = running(run)
    assert not await first.holding.commit(run, news.progress, news.news)
    assert await row(second, run) == run
    # An id counts all the same, and the run is then nobody's until the next claim.
    answer = submitted(unanswered, "r2")
    assert await first.holding.accept(unanswered, answer.progress, answer.news)
    assert await first.holding.ids() == []
    assert [held.run for held in await second.holding.claim(10)] == [now_is(unanswered, answer.progress)]


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
    assert [held.run for held in await second.holding.claim(10)] == [now_is(run, decision.progress)]


async def test_an_id_comes_in_under_another_holder_who_finds_it_by_the_next_claim(house: House) -> None:
    first, second = await house.process(), await house.process()
    run = await house.submitting(first)
    await die(first, second)
    assert len(await second.holding.claim(10)) == 1
    decision = submitted(run, "r1")
    assert await first.holding.accept(run, decision.progress, decision.news)
    assert [held.run for held in await second.holding.claim(10)] == [now_is(run, decision.progress)]


async def test_a_late_id_opens_an_unclear_run_and_its_thread_again(house: House) -> None:
    first, second = await house.process(), await house.process()
    run = await house.submitting(first)
    await die(first, second)
    await second.holding.claim(10)
    gone = await moved(second, run, unclear(run))
    await second.delivery.told(run.id, parts=0, closed=True)
    decision = submitted(run, "r1")
    assert await first.holding.accept(run, decision.progress, decision.news)
    assert (await row(second, gone)).progress.state is State.QUEUED
    story = await second.delivery.story(run.id)
    assert story is not None
    assert not story.card.closed
    # A courier who was still telling the doubt doesn't close what goes on.
    await second.delivery.told(run.id, parts=0, closed=True)
    story = await second.delivery.story(run.id)
    assert story is not None
    assert not story.card.closed
    assert [held.run.progress.state for held in await second.holding.claim(10)] == [State.QUEUED]


async def test_an_unclear_run_settles_again_with_what_it_left(house: House) -> None:
    store = await house.process()
    run = await house.submitting(store)
    doubt = unclear(run)
    assert await store.holding.settle(run, doubt.progress, doubt.news, Results(), {})
    decision = submitted(run, "r1")
    assert await store.holding.accept(run, decision.progress, decision.news)
    now = now_is(run, decision.progress)
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


async def moved_to_doubt(house: House, store: Store) -> Run:
    run = await house.submitting(store)
    return await moved(store, run, unclear(run))


# What is known of other runs


async def test_submissions_of_the_same_notebook_without_an_answer_are_rivals(house: House) -> None:
    store = await house.process()
    run = await house.submitting(store)
    assert await store.holding.rivals(run, after(-60)) == 0
    await house.submitting(store, notebook=TRAIN)
    await house.queued(store)
    assert await store.holding.rivals(run, after(-60)) == 0
    await house.submitting(store)
    await moved_to_doubt(house, store)
    assert await store.holding.rivals(run, after(-60)) == 2
    assert await store.holding.rivals(run, after(1)) == 0


async def test_a_platforms_run_is_claimed_by_the_row_that_has_its_id(house: House) -> None:
    store = await house.process()
    await house.queued(store, "r1")
    assert await store.holding.claimed_ids(["r1", "r2"]) == {"r1"}
    assert await store.holding.claimed_ids([]) == set()


async def test_what_a_notebook_usually_takes_is_told_by_its_successes_in_the_workspace(house: House) -> None:
    store = await house.process()
    for seconds, state in [(10, State.SUCCEEDED), (20, State.SUCCEEDED), (99, State.FAILED)]:
        run = await house.queued(store, f"r{seconds}")
        seen = Look(state=state, started_at=NOON, ended_at=after(seconds))
        await moved(store, run, lifecycle.advance(run.progress, seen, NOON))
    assert await store.holding.durations(HERE, KPIS, 5) == [20.0, 10.0]
    assert await store.holding.durations(HERE, KPIS, 1) == [20.0]
    assert await store.holding.durations(THERE, KPIS, 5) == []
    assert await store.holding.durations(HERE, TRAIN, 5) == []


# Notices


async def test_the_admins_are_told_once_until_it_is_over(house: House) -> None:
    first, second = await house.process(), await house.process()
    await house.asked(first)

    async def refused() -> None:
        await asyncio.gather(
            *((first, second)[n % 2].holding.notice(HERE, "token:datalore", "datalore", NOON) for n in range(10))
        )

    await refused()
    [notice] = await first.delivery.notices(HERE)
    await asyncio.gather(*(each.delivery.noticed(notice.id, f"U{n}") for n, each in enumerate((first, second))))
    await refused()
    [same] = await first.delivery.notices(HERE)
    assert (same.id, sorted(same.told)) == (notice.id, ["U0", "U1"])
    assert await first.delivery.notices(THERE) == []
    await first.holding.over(HERE, "token:datalore")
    assert await first.delivery.notices(HERE) == []
    await refused()
    [anew] = await first.delivery.notices(HERE)
    assert (anew.id, anew.told) != (notice.id, notice.told)
    assert anew.told == ()
