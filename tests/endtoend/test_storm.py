"""Sixty runs at once in one workspace: Slack's limits are kept, and every card is right in the end."""

from __future__ import annotations

import time

import pytest

from bot.playground import manifest
from bot.sandbox.slack import SlackStandIn
from bot.sandbox.slack.workspace import ANA, BEN, BOT
from bot.slack.budget import Budget

from . import sight
from .house import chatting
from .notebooks import heading

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]

PACE = 24.0
"""How many times faster than real ones the minutes of Slack's limits pass, for the stand-in and for the bot alike."""
RUNS = 60


async def test_sixty_runs_at_once_cause_no_429_and_end_true(tmp_path_factory: pytest.TempPathFactory) -> None:
    slack = SlackStandIn(manifest(), clock=lambda: time.monotonic() * PACE)
    # Calls take the time that they take, however fast the minutes pass: the second is for that.
    budget = Budget(channel_rate=0.6 * PACE, minute=60 / PACE + 1)
    async with chatting(tmp_path_factory.mktemp("storm"), slack=slack, budget=budget) as chat:
        room = chat.room(members=(ANA, BEN, BOT))
        for number in range(RUNS):
            chat.shelve(f"brief-{number}", heading("Brief"))
            await chat.types("ana" if number % 2 else "ben", room, f"/datalore run ana/brief-{number}")

        def ended() -> list[str]:
            closed = [each for each in chat.cards(room) if any(map(sight.pings, chat.slack.thread(each)))]
            return [words for each in closed if "Succeeded" in (words := sight.words(each))]

        await chat.slack.wait_for(lambda: len(ended()) == RUNS, 90)
        assert [len(chat.starts(f"brief-{number}")) for number in range(RUNS)] == [1] * RUNS
        assert chat.slack.ledger.refused("ratelimited") == []
        assert len(chat.slack.calls("chat.update")) > 50  # more than a minute's worth, so that somebody had to wait
        assert len(chat.cards(room)) == RUNS
