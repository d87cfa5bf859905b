"""What every word of the house is: a frozen value."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """A value: compared by its content, never changed in place."""

    model_config = ConfigDict(frozen=True, extra="forbid")
