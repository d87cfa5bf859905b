"""Slack's budget a workspace: who may call which method when, the most urgent first.

Slack counts calls by method, app and workspace (chat.update: 50 a minute for the whole workspace), and posts by
channel besides (one a second, short bursts pass). Every write goes through here, so that no 429 is caused; one that
comes all the same closes its method for as long as Slack says.
"""

from __future__ import annotations

import asyncio
import heapq
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from math import inf
from typing import TYPE_CHECKING, Final

from bot.metrics import Metrics
from bot.slack.allowance import Allowances

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

MINUTE: Final = 62.0
"""Seconds that a minute is counted over: two more than Slack's, as clocks of two couriers differ."""
A_MINUTE: Final[Mapping[str, int]] = {
    "auth.test": 90,
    "chat.update": 50,
    "chat.postMessage": 240,
    "chat.postEphemeral": 90,
    "chat.unfurl": 46,
    "views.publish": 90,
    "conversations.open": 46,
    "files.getUploadURLExternal": 90,
    "files.completeUploadExternal": 90,
}
"""Calls a minute, a little under what Slack lets pass: others may call it with the same app.

Cards are edited by their courier alone, so of those it takes all: the ends that wait are the last to be held up.
"""
POST: Final = "chat.postMessage"
"""The one method that is counted by channel besides."""
EVERYBODYS: Final = frozenset({"chat.postEphemeral", "chat.unfurl", "views.publish"})
"""What each process answers people with; all else that is counted only the workspace's courier calls."""
FINAL_FIRST, CARDS_NEXT, CHANGES_LAST = 0, 1, 2
"""How urgent a call is: ends before new cards, and those before what is merely new."""
OTHERS: Final = 18
SOON: Final = 0.001
"""Seconds by which a queue is looked at late, so that what was waited for has come."""


@dataclass(slots=True, eq=False)
class Ticket:
    """A place in the queue of one method; awaited through `Budget.turn`."""

    method: str
    channel: str
    urgency: int
    order: int
    ready: asyncio.Future[None]
    since: float


@dataclass(slots=True)
class _Queue:
    """One method's queue, and what the last minute holds.

    Attributes:
        passed: How many aren't answered yet: each counts as if it was made now.
        made: When the others were answered.
    """

    limit: int
    waiting: list[tuple[int, int, Ticket]] = field(default_factory=list)
    passed: int = 0
    made: deque[float] = field(default_factory=deque)
    closed_until: float = 0.0
    timer: asyncio.TimerHandle | None = None


class Budget:
    """The budget of one workspace.

    Args:
        limits: Calls a minute by method.
        channel_rate: Posts a second to one channel, once the burst is used up.
        minute: Seconds that the limits are counted over.

    Attributes:
        metrics: Where waits are measured.
        minute: Seconds that the limits are counted over.
    """

    def __init__(self, limits: Mapping[str, int] = A_MINUTE, channel_rate: float = 1.0, minute: float = MINUTE) -> None:
        self.metrics = Metrics()
        self._limits = limits
        self.minute = minute
        self._queues: dict[str, _Queue] = {}
        self._processes = 1
        self._channels = Allowances(channel_rate)
        self._order = count()

    def ticket(self, method: str, urgency: int, channel: str = "") -> Ticket:
        """Queue up for one call; the lower the urgency's number, the sooner."""
        loop = asyncio.get_running_loop()
        ready: asyncio.Future[None] = loop.create_future()
        ticket = Ticket(method, _counted(method, channel), urgency, next(self._order), ready, loop.time())
        queue = self._queue(method)
        heapq.heappush(queue.waiting, (urgency, ticket.order, ticket))
        if not self._in_good_time(queue, ticket):
            self._let_through(queue)
        return ticket

    async def take(self, method: str, urgency: int, channel: str = "") -> None:
        """Wait until one call of the method may be made, in `made`."""
        await self.turn(self.ticket(method, urgency, channel))

    async def turn(self, ticket: Ticket) -> None:
        """Wait for a ticket's turn; whoever gives up costs nothing."""
        try:
            await ticket.ready
        except asyncio.CancelledError:
            if not ticket.ready.cancelled():  # it was let through at that same moment
                self._stays(ticket.method, ticket.channel)
            raise

    @contextmanager
    def kept(self, method: str, channel: str = "") -> Iterator[None]:
        """What comes between a call's being let through and its being made; where that fails, another may go."""
        try:
            yield
        except BaseException:
            self._stays(method, channel)
            raise

    @contextmanager
    def made(self, method: str, channel: str = "") -> Iterator[None]:
        """A call that was let through, until it's answered, or failed.

        Slack counts it when it gets there. When that is nobody knows, for the process may stand still at any time; but
        it's before the answer is here, so that the minute begins then at the latest.
        """
        try:
            yield
        finally:
            self._answered(method, channel)

    def _stays(self, method: str, channel: str) -> None:
        queue = self._queue(method)
        queue.passed = max(queue.passed - 1, 0)
        if _counted(method, channel):
            self._channels.stays(channel)
        if queue.waiting:
            self._let_through(queue)

    def _answered(self, method: str, channel: str) -> None:
        queue, now = self._queue(method), asyncio.get_running_loop().time()
        queue.passed = max(queue.passed - 1, 0)
        queue.made.append(now)
        if _counted(method, channel):
            self._channels.made(channel, now)
        if queue.waiting and queue.passed + len(queue.made) >= queue.limit - 1:
            self._let_through(queue)  # it was perhaps this that kept the others

    def spent(self, method: str, ages: Iterable[float]) -> None:
        """Somebody else made these calls, so many seconds ago."""
        now = asyncio.get_running_loop().time()
        queue = self._queue(method)
        queue.made = deque(sorted([*queue.made, *(now - age for age in ages)]))

    def promote(self, ticket: Ticket, urgency: int) -> None:
        """Move a ticket forward: what it waits to tell has become more urgent."""
        if ticket.ready.done() or urgency >= ticket.urgency:
            return
        ticket.urgency = urgency
        queue = self._queues[ticket.method]
        heapq.heappush(queue.waiting, (urgency, ticket.order, ticket))
        self._let_through(queue)

    def refused(self, method: str, retry_after: float) -> None:
        """Slack answered 429: nobody calls the method for so many seconds."""
        queue = self._queue(method)
        queue.closed_until = max(queue.closed_until, asyncio.get_running_loop().time() + retry_after)
        self._let_through(queue)

    def closed(self, method: str) -> bool:
        """Whether Slack has asked for no more of them for now; who was let through before stays here as well."""
        return self._queue(method).closed_until > asyncio.get_running_loop().time()

    def shared_by(self, processes: int) -> None:
        """So many processes live, and share what all of them call."""
        if processes == self._processes:
            return
        self._processes = processes
        for method, queue in self._queues.items():
            queue.limit = self._limit(method)
            self._let_through(queue)

    def _queue(self, method: str) -> _Queue:
        if method not in self._queues:
            self._queues[method] = _Queue(self._limit(method))
        return self._queues[method]

    def _limit(self, method: str) -> int:
        limit = self._limits.get(method, OTHERS)
        return max(limit // self._processes, 1) if method in EVERYBODYS else limit

    def depth(self) -> int:
        """How many calls are waiting."""
        return sum(
            not ticket.ready.done() and urgency == ticket.urgency  # a promoted one stands in two places
            for queue in self._queues.values()
            for urgency, _, ticket in queue.waiting
        )

    def _in_good_time(self, queue: _Queue, ticket: Ticket) -> bool:
        """Whether the queue is looked at again before the ticket can pass; with a thousand waiting, looking is work."""
        now = asyncio.get_running_loop().time()
        wait = max(self._method_wait(queue, now), self._channels.wait(ticket.channel, now))
        return wait > 0 and queue.timer is not None and queue.timer.when() <= now + wait + 2 * SOON

    def _let_through(self, queue: _Queue) -> None:
        now = asyncio.get_running_loop().time()
        held_back: list[tuple[int, int, Ticket]] = []
        soonest = inf
        while queue.waiting:
            wait = self._method_wait(queue, now)
            if wait > 0:
                soonest = min(soonest, wait)
                break
            urgency, order, ticket = heapq.heappop(queue.waiting)
            if ticket.ready.done() or urgency != ticket.urgency:
                continue  # given up, or promoted to another place
            channel_wait = self._channels.wait(ticket.channel, now)
            if channel_wait > 0:
                held_back.append((urgency, order, ticket))
                soonest = min(soonest, channel_wait)
                continue
            self._pass(queue, ticket, now)
        for item in held_back:
            heapq.heappush(queue.waiting, item)
        if queue.timer is not None:
            queue.timer.cancel()
            queue.timer = None
        if queue.waiting and soonest < inf:
            queue.timer = asyncio.get_running_loop().call_later(soonest + SOON, self._let_through, queue)

    def _pass(self, queue: _Queue, ticket: Ticket, now: float) -> None:
        queue.passed += 1
        self.metrics.waited("slack", ticket.method, now - ticket.since)
        if ticket.channel:
            self._channels.passes(ticket.channel, now)
        ticket.ready.set_result(None)

    def _method_wait(self, queue: _Queue, now: float) -> float:
        while queue.made and now - queue.made[0] >= self.minute:
            queue.made.popleft()
        wait = queue.closed_until - now
        if queue.passed + len(queue.made) >= queue.limit:
            # Where none is made, an answer is waited for, and looks itself.
            wait = max(wait, queue.made[0] + self.minute - now if queue.made else inf)
        return wait


def _counted(method: str, channel: str) -> str:
    """The channel, where the method is counted by it."""
    return channel if method == POST else ""
