"""What is old is forgotten; what isn't over, wasn't told or is looked up later stays."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select, update

from bot import lifecycle
from bot.model import Artifact, Look, News, NewsKind, Output, Results, State
from bot.store import pruning
from bot.store.tables import cards, files, listeners, news, results, runs
from tests.store.house import HERE, KPIS, NOON, THERE, House, after, caller, moved, now_is, request, row, submitted

if TYPE_CHECKING:
    import pytest
    from sqlalchemy import Table

    from bot.model import Run
    from bot.store.store import Store

SAID = Results(
    outputs=(Output(block=1, kind="text", text="a very long table"),),
    artifacts=(Artifact(name="report.csv", path="/report.csv"),),
)
LATER = NOON + timedelta(days=400)


async def over(house: House, store: Store, remote_id: str, *, told: bool = True, workspace: str = HERE) -> Run:
    """A run that succeeded ten minutes after noon, and was told."""
    run = await house.carded(store, workspace)
    assert await store.acts.listen(run.id, "U0BEN")
    run = await moved(store, run, lifecycle.begin(run.progress, NOON))
    taken = submitted(run, remote_id)
    assert await store.holding.accept(run, taken.progress, taken.news)
    run = now_is(run, taken.progress)
    seen = Look(state=State.SUCCEEDED, started_at=NOON, ended_at=after(600))
    ended = lifecycle.advance(run.progress, seen, after(600))
    run = await moved(store, run, ended)
    settled = run.progress.model_copy(update={"settled": True})
    happened = News(at=NOON, kind=NewsKind.NOTE, text="done")
    assert await store.holding.settle(run, settled, [happened], SAID, {0: b"a,b"})
    if told:
        story = await store.delivery.story(run.id)
        assert story is not None
        await store.delivery.closed(run)
        assert await store.delivery.shown(story, "digest")
    return now_is(run, settled)


async def courier(house: House) -> Store:
    """A process that is the courier of both workspaces."""
    store = await house.process()
    for workspace in (HERE, THERE):
        await store.delivery.enter_workspace(workspace)
    await store.delivery.take_workspaces([HERE, THERE])
    return store


async def rows_of(store: Store, table: Table) -> int:
    async with store.database.read() as connection:
        return await connection.scalar(select(func.count()).select_from(table)) or 0


async def test_old_runs_go_with_all_that_belongs_to_them_and_numbers_go_on(house: House) -> None:
    store = await courier(house)
    old = [await over(house, store, f"r{number}") for number in range(3)]
    newest = await over(house, store, "r9")
    assert (await store.pruning.runs(HERE, NOON)).number == 0  # none is older than that
    assert (await store.pruning.runs(HERE, LATER)).number == 3
    assert [await store.requests.by_number(HERE, run.number) for run in old] == [None] * 3
    assert (await row(store, newest)).id == newest.id  # whatever its age: SQLite counts rows on from it
    assert await rows_of(store, cards) == await rows_of(store, results) == 1
    async with store.database.read() as connection:
        assert set((await connection.execute(select(news.c.run))).scalars()) == {newest.id}
    assert await rows_of(store, listeners) == 1
    assert await rows_of(store, files) == 0
    fresh = await house.asked(store)
    assert fresh.number == newest.number + 1
    assert fresh.id > newest.id
    assert await store.earlier.durations(HERE, KPIS, 20) == [600.0]


async def test_what_is_open_untold_or_still_being_told_stays(house: House) -> None:
    store = await courier(house)
    asked, untold = await house.asked(store), await over(house, store, "r1", told=False)
    waits, unclosed = await house.carded(store), await over(house, store, "r2")
    async with store.database.write() as connection:
        await connection.execute(update(cards).where(cards.c.run == unclosed.id).values(closed=False))
    changed = await over(house, store, "r3")
    async with store.database.write() as connection:
        await connection.execute(update(runs).where(runs.c.id == changed.id).values(revision=runs.c.revision + 1))
    ended_late = await over(house, store, "r4")
    late = ended_late.progress.model_copy(update={"ended_at": LATER})
    async with store.database.write() as connection:
        values = {"progress": late.model_dump(mode="json", exclude_defaults=True)}
        await connection.execute(update(runs).where(runs.c.id == ended_late.id).values(values))
    await over(house, store, "r5")
    for forget in (store.pruning.runs, store.pruning.results):
        assert (await forget(HERE, LATER)).number <= 1
    for run in (asked, untold, waits, unclosed, changed, ended_late):
        assert await store.requests.by_number(HERE, run.number) is not None
    assert await rows_of(store, files) >= 1


async def test_what_was_said_goes_sooner_and_leaves_the_rest(house: House) -> None:
    store = await courier(house)
    run = await over(house, store, "r1")
    assert (await store.pruning.results(HERE, LATER)).number == 1
    assert (await store.pruning.results(HERE, LATER)).number == 0  # once is enough
    story = await store.delivery.story(run.id)
    assert story is not None
    assert story.results == SAID.model_copy(update={"outputs": ()})
    assert story.run.progress == run.progress


async def test_it_goes_in_batches_by_the_courier_alone_and_each_workspace_apart(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruning, "BATCH", 2)
    store, other = await courier(house), await house.process()
    for number in range(5):
        await over(house, store, f"r{number}")
    await over(house, store, "there", workspace=THERE)
    assert (await other.pruning.runs(HERE, LATER)).number == 0
    start, gone = 0, []
    while True:
        pruned = await store.pruning.runs(HERE, LATER, start)
        gone.append(pruned.number)
        if pruned.next is None:
            break
        start = pruned.next
    assert gone == [2, 2, 1]
    assert len(await store.requests.newest(THERE, 10)) == 1


async def test_a_payload_that_comes_again_after_its_run_is_pruned_gets_a_new_number(house: House) -> None:
    store = await courier(house)
    first = (await store.requests.save(request(), caller("command:x"), NOON)).run
    second = await over(house, store, "r1")
    assert second.number == first.number + 1
    assert (await store.pruning.runs(HERE, LATER)).number == 0  # the first isn't over, the second is the newest
