"""Faults on demand, by method: what Slack and the network do on a bad day."""

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Fault(BaseModel):
    """One fault to come.

    `fault` is one of: `429`, `500`, `slow` (late by `seconds`, then done), `refuse` (the connection drops and
    nothing is done), `lost_reply` (done, and then the connection drops), `error:<code>` (a reply with that error).
    `method` `*` means whichever comes next. `skip` lets that many calls pass first.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: str
    fault: str = Field(pattern=r"^(429|500|slow|refuse|lost_reply|error:[a-z_]+)$")
    times: int = Field(default=1, ge=1)
    seconds: float = Field(default=1.0, ge=0)
    retry_after: int = Field(default=1, ge=0)  # seconds, for 429
    skip: int = Field(default=0, ge=0)


@dataclass
class _Pending:
    fault: Fault
    skip: int
    left: int


class Faults:
    """The faults that wait for their calls."""

    def __init__(self) -> None:
        self._pending: list[_Pending] = []

    def add(self, fault: Fault) -> None:
        """Set a fault."""
        self._pending.append(_Pending(fault, fault.skip, fault.times))

    def set(self, method: str, fault: str, **more: Any) -> None:
        """Set a fault by words. Raises pydantic.ValidationError."""
        self.add(Fault(method=method, fault=fault, **more))

    def take(self, method: str) -> Fault | None:
        """The fault for this call, counted down."""
        for pending in self._pending:
            if pending.fault.method not in (method, "*"):
                continue
            if pending.skip:
                pending.skip -= 1
                continue
            pending.left -= 1
            if not pending.left:
                self._pending.remove(pending)
            return pending.fault
        return None

    def clear(self) -> None:
        """Take back every fault that has not struck yet."""
        self._pending.clear()
