"""What was asked of the stand-in and what it delivered, in order, so that tests can count."""

import time
from collections import deque
from dataclasses import asdict, dataclass
from typing import Any


class Stopwatch:
    """When something began, and how long it has taken since, in seconds."""

    def __init__(self) -> None:
        self.at = time.time()
        self._started = time.perf_counter()

    def took(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self._started


@dataclass(frozen=True)
class Call:
    """One call of the Web API, an upload or a response_url."""

    method: str
    at: float  # seconds since 1970, when it came
    took: float  # seconds
    channel: str | None
    ts: str | None  # of the message that was posted, edited or deleted
    ok: bool
    error: str | None
    status: int  # HTTP
    fault: str | None  # if one was set for it

    def as_json(self) -> dict[str, Any]:
        """For reading over HTTP."""
        return asdict(self)


@dataclass
class Delivery:
    """One payload that went to the app, once for each attempt."""

    kind: str  # slash_commands, interactive, events_api
    envelope_id: str
    at: float  # seconds since 1970
    attempt: int = 0
    acked_after: float | None = None  # seconds; None means that no ack came
    response: Any = None
    error: str | None = None

    def as_json(self) -> dict[str, Any]:
        """For reading over HTTP."""
        return asdict(self)


class Ledger:
    """The last `most` calls and deliveries."""

    def __init__(self, most: int = 100_000) -> None:
        self._calls: deque[Call] = deque(maxlen=most)
        self._deliveries: deque[Delivery] = deque(maxlen=most)

    def note(self, call: Call) -> None:
        """Write a call down."""
        self._calls.append(call)

    def sent(self, kind: str, envelope_id: str, attempt: int = 0) -> Delivery:
        """Write down that a payload leaves; the delivery is completed when its ack comes."""
        delivery = Delivery(kind, envelope_id, time.time(), attempt)
        self._deliveries.append(delivery)
        return delivery

    def calls(self, method: str | None = None, channel: str | None = None) -> list[Call]:
        """The calls in the order they came, of one method or channel if given."""
        return [each for each in self._calls if method in (None, each.method) and channel in (None, each.channel)]

    def deliveries(self, kind: str | None = None) -> list[Delivery]:
        """The deliveries in order, of one kind if given."""
        return [each for each in self._deliveries if kind in (None, each.kind)]

    def refused(self, error: str) -> list[Call]:
        """The calls that failed with this error, for example `ratelimited`."""
        return [each for each in self._calls if each.error == error]

    def clear(self) -> None:
        """Forget everything so far."""
        self._calls.clear()
        self._deliveries.clear()
