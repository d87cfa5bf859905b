"""How soon forms answer: the loading view of fifty people who open one at once, and the notebooks that are offered for
what is typed, with thousands in the catalogue.

Opened means that Slack was asked for the view, counted from handing it the command; what counts is the three seconds
that Slack gives for that. Offered means the acknowledgement that carries the options.
"""

import asyncio
import itertools
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from bot.model import Changes, Entry, Notebook, Platform
from bot.sandbox.slack import payloads
from bot.sandbox.slack.limits import RateLimits
from bot.sandbox.slack.records import Person
from bot.sandbox.slack.views import View
from bot.sandbox.slack.workspace import TEAM
from bot.store.store import Store
from tests.bench.deepnote import NOTEBOOK
from tests.bench.figures import Figure, at_most, measured, share
from tests.bench.stage import Stage, stage

TITLE = "Forms"
MOST_OPENED = 500.0
MOST_OFFERED = 300.0
PATIENCE = 30.0
WORDS = ("weekly", "daily", "sales", "churn", "orders", "stock", "margin", "visits", "costs", "targets")


async def fill(database: Path, entries: int) -> None:
    """A catalogue of so many notebooks."""
    store = Store(f"sqlite+aiosqlite:///{database}")
    await store.open()
    named = (
        Entry(
            name=f"{one}-{other}-{number:04}",
            notebook=Notebook(platform=Platform.DEEPNOTE, id=NOTEBOOK if not number else f"{number:032x}"),
            title=f"{one.title()} {other} of region {number}",
            describe=f"What became of {other} in region {number}",
            defaults={"region": f"R{number}"},
        )
        for number, (one, other) in zip(range(entries), itertools.cycle(itertools.product(WORDS, WORDS)), strict=False)
    )
    assert await store.catalogue.replace(TEAM, Changes(added=tuple(named)), datetime.now(UTC))
    await store.close()


def crowd(stage: Stage, size: int, first: int = 0) -> list[Person]:
    """So many people whom nobody has seen before."""
    people = [Person(f"U0CROWD{first + n:05}", f"crowd{first + n}", f"Crowd {first + n}", TEAM) for n in range(size)]
    for person in people:
        stage.slack.workspace.add_person(person)
        stage.slack.channel("data").members[person.id] = None
    return people


async def opened(stage: Stage, people: list[Person]) -> tuple[list[float], list[float]]:
    """All of them open the form at once; milliseconds to each loading view, and to each form."""
    slack, data = stage.slack, stage.slack.channel("data")
    loading: dict[str, float] = {}
    drawn: dict[str, float] = {}

    def saw(what: str, view: View) -> None:
        (loading if what == "open" else drawn).setdefault(view.person, time.perf_counter())

    slack.parts.views.watch(saw)
    begun: dict[str, float] = {}

    async def type_it(person: Person) -> None:
        payload = payloads.slash_command(
            person,
            data,
            "/notebook",
            "run",
            response_url=slack.responses.issue(data.id, person.id),
            trigger_id=slack.parts.triggers.issue(person.id, data.id),
        )
        begun[person.id] = time.perf_counter()
        ack = await slack.post.deliver("slash_commands", payload)
        assert ack.error is None, ack.error

    await asyncio.gather(*map(type_it, people))
    await slack.wait_for(lambda: all(person.id in drawn for person in people), PATIENCE)
    return (
        [(loading[person.id] - begun[person.id]) * 1000 for person in people],
        [(drawn[person.id] - begun[person.id]) * 1000 for person in people],
    )


async def offered(stage: Stage, person: Person, times: int, at_once: int) -> tuple[list[float], int]:
    """Type into the notebook field so often; milliseconds to each answer, and how many options came in all."""
    slack = stage.slack
    view = slack.modal(person.id)
    assert view is not None
    typed = itertools.islice(itertools.cycle(("", "w", "we", "week", *WORDS, "region 49", "none")), times)
    took: list[float] = []
    options = 0

    async def type_letters() -> None:
        nonlocal options
        for letters in typed:
            payload = payloads.view_suggestion(
                person, view.as_view(), block_id="notebook", action_id="form_notebook", value=letters
            )
            begun = time.perf_counter()
            ack = await slack.post.deliver("interactive", payload)
            took.append((time.perf_counter() - begun) * 1000)
            assert ack.error is None, ack.error
            options += sum(len(group["options"]) for group in ack.payload.get("option_groups", []))

    await asyncio.gather(*(type_letters() for _ in range(at_once)))
    return took, options


async def measure(
    folder: Path, *, entries: int = 5000, rounds: int = 20, people: int = 50, letters: int = 3000, at_once: int = 5
) -> list[Figure]:
    """All figures."""
    database = folder / "threadbook.db"
    await fill(database, entries)
    async with stage() as here:
        here.slack.parts.limits = RateLimits(None, time.monotonic)  # more open it here than Slack lets in a minute
        await here.app("bot", "--log", "error", "serve", environment=here.environment(database))
        await opened(here, crowd(here, 1))
        loading: list[float] = []
        drawn: list[float] = []
        for turn in range(rounds):
            first, then = await opened(here, crowd(here, people, 1 + turn * people))
            loading += first
            drawn += then
        [somebody] = crowd(here, 1, 1 + rounds * people)
        await opened(here, [somebody])
        await offered(here, somebody, at_once, at_once)
        took, options = await offered(here, somebody, letters, at_once)
    assert options, "nothing was offered"
    return [
        Figure(f"form opened (loading view), {people} at once: p50", f"{share(loading, 0.5):.0f} ms"),
        at_most(f"form opened (loading view), {people} at once: p99", share(loading, 0.99), MOST_OPENED, " ms", 0),
        Figure(f"form drawn, {people} at once: p99", f"{share(drawn, 0.99):.0f} ms"),
        Figure(f"notebooks offered of {entries}, {at_once} at once: p50", f"{share(took, 0.5):.0f} ms"),
        at_most(f"notebooks offered of {entries}, {at_once} at once: p99", share(took, 0.99), MOST_OFFERED, " ms", 0),
        Figure(f"notebooks offered of {entries}, {at_once} at once: the longest", f"{max(took):.0f} ms"),
    ]


def main() -> int:
    """Measure, and print the table; the answer is an exit code."""
    return measured(TITLE, measure)


if __name__ == "__main__":
    sys.exit(main())
