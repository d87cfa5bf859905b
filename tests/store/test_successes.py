"""The last success that a result is compared with: of the same notebook, in the same channel, with the same inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot import lifecycle
from bot.model import Facts, Figure, Look, Output, Progress, Results, Run, State, Table
from bot.model.results import Column
from bot.tracker.comparing import compared
from tests.store.house import HERE, KPIS, NOON, THERE, TRAIN, after, now_is, request, submitted
from tests.store.house import caller as calling

if TYPE_CHECKING:
    from bot.store.store import Store

DATA, SALES = "C0DATA", "C0SALES"


def revenue(text: str, value: float) -> Results:
    figure = Figure(name="revenue", text=text, value=value)
    table = Table(columns=(Column(name="n"),), rows=((text,),), rows_in_all=1)
    outputs = (Output(kind="table", block=1, table=table),)
    return Results(headline=figure, facts=Facts(figures=(figure,)), outputs=outputs)


class Place:
    """A channel's runs of notebooks, each ended at once."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._asked = 0

    async def started(self, channel: str = DATA, **more: Any) -> Run:
        """A run whose card is there."""
        self._asked += 1
        asked: dict[str, Any] = {"workspace": HERE, "notebook": KPIS, "inputs": {}} | more
        wanted = request(asked["notebook"], **asked["inputs"]).model_copy(update=more.get("changes", {}))
        caller = calling(f"command:{self._asked}", asked["workspace"], channel=channel)
        run = (await self.store.requests.save(wanted, caller, NOON)).run
        assert await self.store.delivery.carded(run.id, channel, f"17000.{run.id:06}")
        begun = lifecycle.begin(run.progress, NOON)
        assert await self.store.holding.commit(run, begun.progress, ())
        run = now_is(run, begun.progress)
        taken = submitted(run, f"r{run.id}").progress
        assert await self.store.holding.accept(run, taken, ())
        return now_is(run, taken)

    async def ended(self, left: Results, state: State = State.SUCCEEDED, **more: Any) -> Results:
        """What a run that ends now leaves, compared."""
        run = await self.started(**more)
        progress = _ended(run, state)
        left = await compared(self.store, run, progress, left)
        assert await self.store.holding.settle(run, progress, (), left, {})
        return left


def _ended(run: Run, state: State) -> Progress:
    ended = lifecycle.advance(run.progress, Look(state=state, ended_at=after(run.id)), after(run.id))
    return ended.progress.model_copy(update={"settled": True})


async def test_a_success_says_what_changed_since_the_last_one(store: Store) -> None:
    place = Place(store)
    assert (await place.ended(revenue("1.20M", 1.2e6))).earlier is None
    left = await place.ended(revenue("1.31M", 1.31e6))
    assert left.earlier is not None
    assert (left.earlier.number, left.earlier.channel) == (1, DATA)
    assert [(one.before, one.now, one.by) for one in left.earlier.changes] == [("1.20M", "1.31M", "+9.2 %")]
    again = await place.ended(revenue("1.31M", 1.31e6))
    assert again.earlier is not None
    assert (again.earlier.number, again.earlier.changes) == (2, ())
    assert not again.quiet


async def test_only_the_same_inputs_notebook_workspace_and_channel_are_compared(store: Store) -> None:
    place = Place(store)
    await place.ended(revenue("1", 1), channel=SALES)
    await place.ended(revenue("1", 1), notebook=TRAIN)
    await place.ended(revenue("1", 1), workspace=THERE)
    await place.ended(revenue("1", 1), inputs={"region": "US"})
    assert (await place.ended(revenue("2", 2))).earlier is None


async def test_what_was_sent_alike_is_the_same_however_it_was_asked_for(store: Store) -> None:
    place = Place(store)
    run = await place.started(inputs={"since": "month-start"})
    sent = run.request.model_copy(update={"inputs": {"since": "2026-10-01"}})
    progress = _ended(run, State.SUCCEEDED)
    assert await store.holding.commit(run, run.progress, (), request=sent.model_dump(mode="json"))
    assert await store.holding.settle(run, progress, (), revenue("1", 1), {})
    assert (await place.ended(revenue("2", 2), inputs={"since": "month-start"})).earlier is not None
    assert (await place.ended(revenue("2", 2), inputs={"since": "month-end"})).earlier is None


async def test_a_failure_names_the_last_success_and_the_inputs_that_differ(store: Store) -> None:
    place = Place(store)
    assert (await place.ended(Results(), State.FAILED)).earlier is None
    await place.ended(revenue("1", 1), inputs={"region": "EU", "weeks": "8"})
    left = await place.ended(Results(), State.FAILED, inputs={"region": "US", "fresh": True})
    assert left.earlier is not None
    assert left.earlier.inputs == (("region", "EU", "US"), ("fresh", None, True), ("weeks", "8", None))
    same = await place.ended(Results(), State.FAILED, inputs={"region": "EU", "weeks": "8"})
    assert same.earlier is not None
    assert same.earlier.inputs == ()
    assert same.earlier.number == left.earlier.number == 2


async def test_where_only_changes_are_wanted_the_same_again_is_quiet(store: Store) -> None:
    place = Place(store)
    wanted: dict[str, Any] = {"changes": {"when_changed": True}}
    assert not (await place.ended(revenue("1", 1), **wanted)).quiet
    assert (await place.ended(revenue("1", 1), **wanted)).quiet
    assert not (await place.ended(revenue("2", 2), **wanted)).quiet
    assert not (await place.ended(revenue("2", 2), State.FAILED, **wanted)).quiet
    assert not (await place.ended(revenue("2", 2))).quiet
    nothing = Results(outputs=(Output(kind="text", block=1, text="who knows"),))
    await place.ended(nothing, notebook=TRAIN, **wanted)
    assert not (await place.ended(nothing, notebook=TRAIN, **wanted)).quiet


async def test_results_from_before_facts_were_kept_are_no_news(store: Store) -> None:
    place = Place(store)
    await place.ended(Results())
    assert (await place.ended(revenue("1", 1))).earlier is None


async def test_a_number_without_an_end_is_kept_as_none(store: Store) -> None:
    place = Place(store)
    left = await place.ended(revenue("inf", float("inf")))
    story = await store.delivery.story(1)
    assert story is not None
    assert story.results is not None
    assert story.results.headline == Figure(name="revenue", text="inf")
    assert story.results.outputs == left.outputs
    assert (await place.ended(revenue("1", 1))).earlier is not None
