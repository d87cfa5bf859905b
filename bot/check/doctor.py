"""All that is tried, in the order in which it's told."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TextIO

from pydantic import ValidationError

from bot.check import around
from bot.check.line import Line, bad, good, printer
from bot.check.slack import slack
from bot.logs import Redaction
from bot.settings import Settings
from bot.wiring import platform_clients

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

PATIENCE = 30.0
"""Seconds for each thing that is tried."""


async def check(
    environment: Mapping[str, str] = os.environ,
    stream: TextIO | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> int:
    """Try everything that serving needs, and print a line for each.

    Args:
        environment: For what looks like a setting and is none, and NO_COLOR; the settings are read from the process's.
        stream: Where to; by default standard output.
        now: The time, in UTC.

    Returns:
        The exit code: 0 if it can be served, else 1.
    """
    out = printer(stream or sys.stdout, environment)
    try:
        settings = Settings()
    except ValidationError as error:
        for line in around.unreadable(error):
            out.tell(line, Redaction())
        return 1
    redaction, code = Redaction(settings.secrets()), 0
    async for line in _lines(settings, environment, now):
        out.tell(line, redaction)
        if line.verdict == "bad":
            code = 1
    return code


async def _lines(
    settings: Settings, environment: Mapping[str, str], now: Callable[[], datetime]
) -> AsyncIterator[Line]:
    wrong = around.unknown(environment)
    for line in wrong or [good("Settings", "all can be read")]:
        yield line
    for what, trying in (("Slack", slack(settings, now)), ("Database", _one(settings)), ("Platforms", _all(settings))):
        try:
            async with asyncio.timeout(PATIENCE):
                found = await trying
        except TimeoutError:
            found = [bad(what, f"no answer within {PATIENCE:.0f} s", "check its address, and the network")]
        except Exception as error:  # noqa: BLE001, the other lines are worth having, whatever it is
            found = [bad(what, f"trying it failed: {type(error).__name__}", "check its settings")]
        for line in found:
            yield line
    yield around.port(settings)
    yield around.admins(settings)


async def _one(settings: Settings) -> list[Line]:
    return [await around.database(settings)]


async def _all(settings: Settings) -> list[Line]:
    return await around.platforms(settings, platform_clients(settings))
