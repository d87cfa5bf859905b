"""Trigger ids: three seconds and one use, as Slack documents them."""

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.slack.errors import ApiError

LIFETIME = 3.0  # seconds
_REMEMBERED = 10_000


@dataclass(frozen=True)
class Trigger:
    """Who did something, in which channel and in which view, if in any."""

    person: str
    channel: str | None = None
    view: str | None = None


class Triggers:
    """The trigger ids that were handed out, and who caused each."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._issued: OrderedDict[str, tuple[float, Trigger]] = OrderedDict()
        self._spent: OrderedDict[str, None] = OrderedDict()

    def issue(self, person: str, channel: str | None = None, view: str | None = None) -> str:
        """A fresh trigger id for what this person just did."""
        trigger = f"{secrets.randbelow(10**13)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self._issued[trigger] = self._clock(), Trigger(person, channel, view)
        while len(self._issued) > _REMEMBERED:
            self._issued.popitem(last=False)
        return trigger

    def spend(self, trigger: str) -> Trigger:
        """Use a trigger id and say what it came from.

        Raises exchanged_trigger_id, invalid_trigger_id, expired_trigger_id.
        """
        if trigger in self._spent:
            raise ApiError("exchanged_trigger_id")
        if trigger not in self._issued:
            raise ApiError("invalid_trigger_id")
        at, found = self._issued[trigger]
        if self._clock() - at > LIFETIME:
            raise ApiError("expired_trigger_id")
        del self._issued[trigger]
        self._spent[trigger] = None
        while len(self._spent) > _REMEMBERED:
            self._spent.popitem(last=False)
        return found
