"""Where Threadbook's process is killed and stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.crash.house import Town, town

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Town]:
    """Everything but Threadbook."""
    async with town(tmp_path) as found:
        yield found
