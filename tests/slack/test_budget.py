"""Slack's budget: windows, channels, priorities, and nobody forgotten. Time is the loop's own, so no test waits."""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.allowance import BURST, Allowances
from bot.slack.budget import A_MINUTE, MINUTE, Budget

from .clock import now, play

POST, UPDATE, UNFURL = "chat.postMessage", "chat.update", "chat.unfurl"


async def _call(budget: Budget, method: str, urgency: int = 0, channel: str = "") -> None:
    """Wait until it may be made, and make it."""
    await budget.take(method, urgency, channel)
    with budget.made(method, channel):
        pass


async def _all(budget: Budget, *calls: tuple[str, int, str]) -> list[tuple[float, str]]:
    """Take all these at once; when each could go, and whose it was, in that order."""
    begin, went = now(), list[tuple[float, str]]()

    async def one(method: str, urgency: int, channel: str, name: str) -> None:
        await _call(budget, method, urgency, channel)
        went.append((now() - begin, name))

    async with asyncio.TaskGroup() as group:
        for number, (method, urgency, channel) in enumerate(calls):
            group.create_task(one(method, urgency, channel, f"{number}"))
    return went


def test_so_many_go_at_once_and_the_next_when_a_minute_has_gone() -> None:
    async def scene() -> None:
        went = await _all(Budget({UPDATE: 3}), *[(UPDATE, 0, "")] * 7)
        assert [round(at / MINUTE) for at, _ in went] == [0, 0, 0, 1, 1, 1, 2]
        assert [name for _, name in went] == list("0123456")

    play(scene())


def test_the_window_slides_with_each_call() -> None:
    async def scene() -> None:
        budget = Budget({UPDATE: 2})
        await _call(budget, UPDATE, 0)
        await asyncio.sleep(40)
        await _call(budget, UPDATE, 0)
        begun = now()
        await _call(budget, UPDATE, 0)
        assert now() - begun == pytest.approx(MINUTE - 40, abs=0.1)
        await _call(budget, UPDATE, 0)
        assert now() - begun == pytest.approx(MINUTE, abs=0.1)

    play(scene())


def test_the_minute_of_a_call_begins_when_it_is_answered_however_long_ago_it_was_let_through() -> None:
    async def scene() -> None:
        budget = Budget({UPDATE: 3})
        for _ in range(3):
            await budget.take(UPDATE, 0)
        with budget.made(UPDATE):
            await asyncio.sleep(10)  # Slack takes its time, and when it counts nobody knows
        with budget.made(UPDATE), contextlib.suppress(TimeoutError):
            await asyncio.sleep(40)  # the process stands still
            raise TimeoutError  # and gets no answer
        with budget.made(UPDATE):
            pass
        went = await _all(budget, *[(UPDATE, 0, "")] * 2)
        assert [at for at, _ in went] == pytest.approx([MINUTE - 40, MINUTE], abs=0.1)

    play(scene())


def test_who_was_let_through_counts_until_it_is_answered_however_long_that_takes_or_fails() -> None:
    async def scene() -> None:
        budget = Budget({UPDATE: 2})
        for _ in range(2):
            await budget.take(UPDATE, 0)
        others = asyncio.create_task(_all(budget, *[(UPDATE, 0, "")] * 2))
        await asyncio.sleep(60 * MINUTE)  # the database stands still
        assert not others.done()
        assert budget.depth() == 2
        with pytest.raises(TimeoutError), budget.kept(UPDATE):
            raise TimeoutError  # it doesn't answer the first of them
        await asyncio.sleep(1)
        assert budget.depth() == 1
        with budget.made(UPDATE):
            pass
        begun = now()
        await others
        assert now() - begun == pytest.approx(MINUTE - 1, abs=0.1), "since the first of the others was made"

    play(scene())


def test_what_somebody_else_has_called_before_counts_until_its_minute_is_over() -> None:
    async def scene() -> None:
        budget = Budget({UPDATE: 3})
        budget.spent(UPDATE, [MINUTE - 10, 1.0])
        went = await _all(budget, *[(UPDATE, 0, "")] * 3)
        assert [at for at, _ in went] == pytest.approx([0, 10, MINUTE - 1], abs=0.1)

    play(scene())


def test_what_every_process_calls_is_shared_out_among_those_that_live() -> None:
    async def scene() -> None:
        budget = Budget({UPDATE: 4, UNFURL: 4})
        budget.shared_by(2)
        calls = [(method, 0, "") for method in (UPDATE, UNFURL) for _ in range(4)]
        went = await _all(budget, *calls)
        assert [round(at / MINUTE) for at, name in sorted(went) if int(name) < 4] == [0] * 4, "one courier calls that"
        assert [round(at / MINUTE) for at, name in sorted(went) if int(name) >= 4] == [0, 0, 1, 1]
        await asyncio.sleep(2 * MINUTE)
        waits = asyncio.create_task(_all(budget, *[(UNFURL, 0, "")] * 4))
        await asyncio.sleep(1)
        budget.shared_by(1)  # the other is gone
        assert [round(at) for at, _ in await waits] == [0, 0, 1, 1]

    play(scene())


def test_each_method_has_its_own_minute() -> None:
    async def scene() -> None:
        went = await _all(Budget({UPDATE: 1, POST: 1}), (UPDATE, 0, ""), (POST, 0, "C1"), ("users.info", 0, ""))
        assert [round(at) for at, _ in went] == [0, 0, 0]

    play(scene())


def test_a_channel_takes_a_few_posts_at_once_and_then_one_a_second() -> None:
    async def scene() -> None:
        went = await _all(Budget(), *[(POST, 0, "C1")] * 6, *[(POST, 0, "C2")] * 2)
        assert [round(at, 1) for at, name in went if int(name) < 6] == [0.0] * BURST + [1.0, 2.0, 3.0]
        assert [round(at, 1) for at, name in went if int(name) >= 6] == [0.0, 0.0]

    play(scene())


def test_a_channels_second_begins_when_a_post_is_answered_and_who_was_let_through_counts_until_then() -> None:
    async def scene() -> None:
        budget = Budget()
        for _ in range(BURST):
            await budget.take(POST, 0, "C1")
        others = asyncio.create_task(_all(budget, *[(POST, 0, "C1")] * 3))
        elsewhere = await _all(budget, (POST, 0, "C2"))
        assert elsewhere[0][0] == 0.0
        await asyncio.sleep(60 * MINUTE)  # the database stands still
        assert budget.depth() == 3
        with pytest.raises(TimeoutError), budget.kept(POST, "C1"):
            raise TimeoutError  # it doesn't answer one of them: another may go
        await asyncio.sleep(0.5)
        assert budget.depth() == 2
        begun = now()
        for _ in range(BURST - 1):
            with budget.made(POST, "C1"):
                pass
        await others
        assert now() - begun == pytest.approx(1.5, abs=0.1), "one was made half a second ago, and two now"

    play(scene())


def test_a_channels_allowance_comes_back_while_it_is_quiet() -> None:
    async def scene() -> None:
        budget = Budget()
        await _all(budget, *[(POST, 0, "C1")] * 5)
        await asyncio.sleep(MINUTE)
        went = await _all(budget, *[(POST, 0, "C1")] * 4)
        assert [round(at) for at, _ in went] == [0, 0, 0, 1]

    play(scene())


def test_only_posts_are_counted_by_channel() -> None:
    async def scene() -> None:
        went = await _all(Budget(), *[(UPDATE, 0, "C1")] * 20)
        assert {round(at) for at, _ in went} == {0}

    play(scene())


def test_what_is_more_urgent_goes_first_and_equals_in_their_order() -> None:
    async def scene() -> None:
        budget = Budget({UPDATE: 1})
        await _call(budget, UPDATE, 0)
        went = await _all(budget, (UPDATE, 2, ""), (UPDATE, 1, ""), (UPDATE, 0, ""), (UPDATE, 2, ""), (UPDATE, 0, ""))
        assert [name for _, name in went] == ["2", "4", "1", "0", "3"]

    play(scene())


def test_a_busy_channel_holds_up_no_other() -> None:
    async def scene() -> None:
        went = await _all(Budget(), *[(POST, 0, "C1")] * 10, (POST, 2, "C2"))
        assert next(round(at) for at, name in went if name == "10") == 0

    play(scene())


def test_what_became_more_urgent_moves_forward() -> None:
    async def scene() -> None:
        budget = Budget({UPDATE: 1})
        await _call(budget, UPDATE, 0)
        tickets = [budget.ticket(UPDATE, 2) for _ in range(4)]
        assert budget.depth() == 4
        budget.promote(tickets[2], 0)
        budget.promote(tickets[3], 1)
        budget.promote(tickets[3], 2)  # never back
        assert budget.depth() == 4
        order = []

        async def make(number: int) -> None:
            await budget.turn(tickets[number])
            with budget.made(UPDATE):
                order.append(number)

        await asyncio.gather(*map(make, range(4)))
        assert order == [2, 3, 0, 1]
        assert budget.depth() == 0
        budget.promote(tickets[0], 0)  # it has gone already
        assert budget.depth() == 0

    play(scene())


def test_whoever_gives_up_costs_nothing_and_wakes_the_next() -> None:
    async def scene() -> None:
        budget = Budget({UPDATE: 1})
        await _call(budget, UPDATE, 0)
        begun = now()
        impatient = asyncio.create_task(_call(budget, UPDATE, 0))
        patient = asyncio.create_task(_call(budget, UPDATE, 1))
        await asyncio.sleep(1)
        assert budget.depth() == 2
        impatient.cancel()
        with pytest.raises(asyncio.CancelledError):
            await impatient
        assert budget.depth() == 1
        await patient
        assert now() - begun == pytest.approx(MINUTE, abs=0.1)

    play(scene())


def test_whoever_is_called_back_as_it_is_let_through_costs_nothing_either() -> None:
    async def scene() -> None:
        budget = Budget({POST: 1}, channel_rate=0.1)
        budget.refused(POST, 5)
        ticket = budget.ticket(POST, 0, "C1")
        ticket.ready.add_done_callback(lambda _: waiting.cancel())
        waiting = asyncio.create_task(budget.turn(ticket))
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert ticket.ready.result() is None, "it was let through"
        assert [at for at, _ in await _all(budget, *[(POST, 0, "C1")])] == [0.0]

    play(scene())


def test_a_429_closes_the_method_for_as_long_as_slack_says() -> None:
    async def scene() -> None:
        budget = Budget()
        budget.refused(UPDATE, 30)
        budget.refused(UPDATE, 5)  # a shorter one doesn't open it
        went = await _all(budget, (UPDATE, 0, ""), (POST, 0, "C1"))
        assert [(name, round(at)) for at, name in went] == [("1", 0), ("0", 30)]

    play(scene())


def test_a_429_also_holds_those_who_are_waiting_already() -> None:
    async def scene() -> None:
        budget = Budget({UPDATE: 1})
        await _call(budget, UPDATE, 0)
        begun = now()
        waiting = asyncio.create_task(_call(budget, UPDATE, 0))
        await asyncio.sleep(50)
        budget.refused(UPDATE, 60)
        await waiting
        assert now() - begun == pytest.approx(110, abs=0.1)

    play(scene())


def test_a_thousand_waiting_in_one_channel_keep_their_order() -> None:
    async def scene() -> None:
        went = await _all(Budget({POST: 10_000}), *[(POST, 1, "C1")] * 1_000)
        assert [int(name) for _, name in went] == list(range(1_000))
        assert went[-1][0] == pytest.approx(1_000 - BURST, rel=0.01)

    play(scene())


def test_channels_that_are_quiet_again_are_forgotten() -> None:
    allowances = Allowances()
    for number in range(2_500):
        allowances.passes(f"C{number}", number / 100)
        allowances.made(f"C{number}", number / 100)
    assert len(allowances._channels) <= 1_000


@dataclass(frozen=True)
class Call:
    """One call: seconds after the one before, what it is, seconds there and back, and what becomes of it."""

    wait: float
    method: str
    urgency: int
    channel: str
    there: float
    back: float
    fate: str


SECONDS = st.floats(0, 30)
calls = st.lists(
    st.builds(
        Call,
        wait=st.floats(0, 10),
        method=st.sampled_from([POST, POST, UPDATE]),
        urgency=st.integers(0, 2),
        channel=st.sampled_from(["C1", "C2", "C3"]),
        there=SECONDS,
        back=SECONDS,
        fate=st.sampled_from(["", "", "", "gives up", "is promoted", "is refused"]),
    ),
    max_size=60,
)
CLOSED = 7.0


@given(calls, st.integers(1, 8), st.integers(1, 20))
def test_whatever_comes_no_minute_holds_more_than_the_limit_and_nobody_is_forgotten(
    calls: list[Call], updates: int, posts: int
) -> None:
    """A simulation: calls are queued, given up, promoted and refused at any time, and take theirs to get there."""

    async def scene() -> None:
        budget = Budget({UPDATE: updates, POST: posts})
        came: dict[tuple[str, ...], list[float]] = defaultdict(list)
        closed: dict[str, float] = defaultdict(float)

        async def one(at: float, call: Call) -> None:
            await asyncio.sleep(at)
            ticket = budget.ticket(call.method, call.urgency, call.channel)
            if call.fate == "is promoted":
                asyncio.get_running_loop().call_later(2, budget.promote, ticket, 0)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(3 if call.fate == "gives up" else None):
                    await budget.turn(ticket)
                    await make(call)

        async def make(call: Call) -> None:
            assert now() >= closed[call.method] or now() == closed[call.method] - CLOSED
            with budget.made(call.method, call.channel):
                await asyncio.sleep(call.there)
                came[call.method,].append(now())
                came[call.method, call.channel].append(now())
                await asyncio.sleep(call.back)
                if call.fate == "is refused":
                    closed[call.method] = now() + CLOSED
                    budget.refused(call.method, CLOSED)

        at = 0.0
        async with asyncio.TaskGroup() as group:
            for call in calls:
                at += call.wait
                group.create_task(one(at, call))
        assert budget.depth() == 0
        for key, times in came.items():
            limit, span = ({UPDATE: updates, POST: posts}[key[0]], MINUTE) if len(key) == 1 else (BURST, 1.0)
            if key[:1] == (UPDATE,) and len(key) > 1:
                continue  # only posts are counted by channel
            for first, beyond in zip(times, times[limit:], strict=False):
                assert beyond - first >= span - 1e-6

    play(scene())


def test_the_limits_stay_under_what_slack_promises() -> None:
    tiers = {"chat.update": 50, "chat.postMessage": 300, "conversations.open": 50}
    for method, limit in A_MINUTE.items():
        assert limit <= tiers.get(method, 100)
        assert limit < tiers.get(method, 100) or method == "chat.update", "which nobody else calls"
