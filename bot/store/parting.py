"""Connections to PostgreSQL that part soon, also from a server that stands still.

A query that is called back leaves a connection of which nobody knows what it will bring. Closing it in good order, or
rolling back over it, asks the server to leave off and waits until it has: SQLAlchemy gives the one two seconds that
nobody can call back, asyncpg the other as long as any statement. Each limit of time would come so much late.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any, Final

import asyncpg  # type: ignore[import-untyped]  # it has none of its own

PARTING: Final = 0.1
"""Seconds for the server to answer. A transaction whose connection is cut off is rolled back as well."""


class Connection(asyncpg.Connection):  # type: ignore[misc]  # as it has no types
    """One that is cut off where parting takes too long."""

    async def close(self, *, timeout: float | None = None) -> None:  # noqa: ASYNC109, as its base has it
        """Close it, in good order if the server is quick.

        Args:
            timeout: Seconds; what is longer than `PARTING` makes no difference.
        """
        with suppress(TimeoutError):  # asyncpg has cut it off then
            async with asyncio.timeout(PARTING):
                await super().close(timeout=timeout)

    async def execute(self, query: str, *args: Any, timeout: float | None = None) -> str:  # noqa: ASYNC109, likewise
        """Have a statement carried out; a task that was called back waits for its ROLLBACK no longer than for a close.

        Raises:
            asyncpg.PostgresError: The server refuses it.
            asyncpg.InterfaceError: The connection is closed, or busy.
        """
        task = asyncio.current_task()
        if not (query == "ROLLBACK;" and task is not None and task.cancelling()):
            return str(await super().execute(query, *args, timeout=timeout))
        try:
            async with asyncio.timeout(PARTING):
                return str(await super().execute(query, timeout=timeout))
        except TimeoutError:
            self.terminate()
            return "ROLLBACK"
