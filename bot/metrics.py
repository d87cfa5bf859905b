"""What is counted and measured, for Prometheus: seconds and bytes, and labels that have few values.

Each Metrics has a registry of its own, so that two bots in one process (or in a test) don't count together. Ids, names
and addresses never become labels.
"""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import choose_encoder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from prometheus_client.metrics_core import Metric

    from bot.model import Platform, State

CALLS: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0)
LAGS: Final = (0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0)
LATENESS: Final = (0.01, 0.05, 0.25, 1.0, 5.0, 30.0, 300.0)
WAITS: Final = (0.01, 0.1, 1.0, 5.0, 15.0, 60.0, 300.0)

OK: Final = "ok"
UNAUTHORIZED: Final = "unauthorized"
RATELIMITED: Final = "ratelimited"
REFUSED: Final = "refused"
FAILED: Final = "failed"
UNREACHABLE: Final = "unreachable"
NO_ANSWER: Final = "no_answer"
UNREADABLE: Final = "unreadable"


class Metrics:
    """One process's figures."""

    def __init__(self) -> None:
        registry = self.registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        build = Gauge("threadbook_build_info", "What runs here.", ["version", "python"], registry=registry)
        build.labels(_version(), platform.python_version()).set(1)

        self._runs = Gauge("threadbook_runs", "Runs in the database.", ["platform", "state"], registry=registry)
        self._database = Gauge("threadbook_database_up", "Whether the database answered.", registry=registry)
        self._undelivered = Gauge(
            "threadbook_runs_undelivered", "Runs whose card or thread isn't yet what is true.", registry=registry
        )
        self._held = Gauge("threadbook_runs_held", "Runs that this process follows.", registry=registry)
        self._calls = Counter(
            "threadbook_api_calls", "Calls of an API.", ["api", "method", "outcome"], registry=registry
        )
        self._call_seconds = Histogram(
            "threadbook_api_call_seconds",
            "How long a call took, whatever came of it.",
            ["api", "method"],
            buckets=CALLS,
            registry=registry,
        )
        self._lag = Histogram(
            "threadbook_end_noticed_seconds",
            "From a run's end, as its platform says it, to our noticing.",
            ["platform"],
            buckets=LAGS,
            registry=registry,
        )
        self._late = Histogram(
            "threadbook_step_lateness_seconds",
            "By how much a step of a run (a look, a start) began later than it was due.",
            ["platform"],
            buckets=LATENESS,
            registry=registry,
        )
        self._queue = Gauge("threadbook_slack_queue_calls", "Calls that wait for Slack's budget.", registry=registry)
        self._waits = Histogram(
            "threadbook_budget_wait_seconds",
            "How long a call waited for its API's budget.",
            ["api", "method"],
            buckets=WAITS,
            registry=registry,
        )
        self._sockets = Gauge("threadbook_slack_sockets", "Connections that hear Slack.", registry=registry)
        self._replaced = Counter(
            "threadbook_slack_sockets_replaced", "Connections that were replaced.", ["reason"], registry=registry
        )
        self._claimed = Counter(
            "threadbook_runs_claimed", "Runs taken over from processes that had stopped.", registry=registry
        )
        self._taken = Counter(
            "threadbook_workspaces_taken", "Times that this process became a workspace's courier.", registry=registry
        )
        self._dead = Counter(
            "threadbook_processes_declared_dead", "Processes that were seen to beat no more.", registry=registry
        )
        self._lost = Counter("threadbook_heartbeats_lost", "Beats that weren't written.", ["reason"], registry=registry)
        self._pruned = Counter("threadbook_pruned", "Rows that were pruned by age.", ["what"], registry=registry)
        # A rate needs the zero before the first event.
        for reason in ("database", "declared_dead"):
            self._lost.labels(reason)
        for reason in ("warned", "silent", "dropped"):
            self._replaced.labels(reason)
        for what in ("runs", "results"):
            self._pruned.labels(what)

    def watch(self, *, held: Callable[[], float], queue: Callable[[], float], sockets: Callable[[], float]) -> None:
        """Have these asked whenever the page is read."""
        self._held.set_function(held)
        self._queue.set_function(queue)
        self._sockets.set_function(sockets)

    def rows(self, runs: Mapping[tuple[Platform, State], int] | None, undelivered: int = 0) -> None:
        """What the rows say; None where they couldn't be asked."""
        self._database.set(runs is not None)
        if runs is None:
            return
        self._runs.clear()
        for (where, state), number in runs.items():
            self._runs.labels(where.value, state.value).set(number)
        self._undelivered.set(undelivered)

    def called(self, api: str, method: str, outcome: str, seconds: float) -> None:
        """A call of an API has ended.

        Args:
            api: slack, datalore or deepnote.
            method: Slack's name for it, or verb and path without ids: one of a few dozen.
            outcome: One of the words at the top of this file.
            seconds: How long it took.
        """
        self._calls.labels(api, method, outcome).inc()
        self._call_seconds.labels(api, method).observe(seconds)

    def noticed(self, where: Platform, lag: float) -> None:
        """A run's end was noticed so many seconds after it."""
        self._lag.labels(where.value).observe(max(lag, 0.0))

    def late(self, where: Platform, seconds: float) -> None:
        """A step began so much later than it was due."""
        self._late.labels(where.value).observe(max(seconds, 0.0))

    def waited(self, api: str, method: str, seconds: float) -> None:
        """A call waited so long for its API's budget."""
        self._waits.labels(api, method).observe(seconds)

    def socket_replaced(self, reason: str) -> None:
        """A connection is replaced: warned, silent or dropped."""
        self._replaced.labels(reason).inc()

    def claimed(self, runs: int) -> None:
        """So many runs were taken over."""
        self._claimed.inc(runs)

    def workspace_taken(self) -> None:
        """This process became a workspace's courier."""
        self._taken.inc()

    def declared_dead(self) -> None:
        """Another process was declared dead."""
        self._dead.inc()

    def beat_lost(self, reason: str) -> None:
        """A beat wasn't written: the database is away, or this process was declared dead."""
        self._lost.labels(reason).inc()

    def pruned(self, what: str, number: int) -> None:
        """So many rows were pruned."""
        self._pruned.labels(what).inc(number)

    def page(self, accept: str) -> tuple[bytes, str]:
        """All of it as text in the format that is asked for, and its content type."""
        encoder, content_type = choose_encoder(accept)
        return encoder(_Shown(self.registry)), content_type


class _Shown:
    """A registry without the series that tell when each other one was made: nobody reads them."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry

    def collect(self) -> Iterator[Metric]:
        for family in self._registry.collect():
            family.samples = [each for each in family.samples if not each.name.endswith("_created")]
            yield family


def outcome(status: int) -> str:
    """What an HTTP status means."""
    if status < 400:  # noqa: PLR2004
        return OK
    if status >= 500:  # noqa: PLR2004
        return FAILED
    return {401: UNAUTHORIZED, 429: RATELIMITED}.get(status, REFUSED)


def _version() -> str:
    try:
        return version("threadbook")
    except PackageNotFoundError:
        return "dev"
