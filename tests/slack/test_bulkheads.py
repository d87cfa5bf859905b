"""One workspace, one method or one DM for which Slack doesn't answer holds up nobody else."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import ClientSession, TCPConnector

from bot.model import Caller, Notebook, Person, Platform, Request
from bot.playground import manifest
from bot.sandbox.server import Sandbox
from bot.sandbox.slack import SlackStandIn
from bot.sandbox.slack.workspace import ANA, BEN
from bot.slack.app import web_client
from bot.slack.budget import Budget
from bot.slack.courier import Courier
from bot.slack.delivery import Deliverer
from bot.slack.speech import Speech
from bot.store.store import Store
from tests.store.ready import ready

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.sandbox.slack.records import Message

keys = count(1)


@dataclass
class Office:
    """A workspace and its courier."""

    team: str
    slack: SlackStandIn
    store: Store
    bell: asyncio.Event = field(default_factory=asyncio.Event)

    async def asks(self, many: int = 1) -> None:
        """Ana asks for runs there; each wants a card."""
        for _ in range(many):
            number = next(keys)
            request = Request(notebook=Notebook(platform=Platform.DEEPNOTE, id=f"n{number}"), title=f"Brief {number}")
            channel = self.slack.channel("data").id
            caller = Caller(
                workspace=self.team, person=Person(id=ANA, name="ana"), channel=channel, key=f"command:{number}"
            )
            await self.store.requests.save(request, caller, datetime.now(UTC))
        self.bell.set()

    @property
    def cards(self) -> list[Message]:
        """What was posted."""
        return [each for each in self.slack.messages("data") if each.bot_id is not None]


@asynccontextmanager
async def couriers(folder: Path, *teams: str) -> AsyncIterator[list[Office]]:
    """One process that delivers for these workspaces, each with a Slack of its own."""
    store = Store(ready(folder))
    async with AsyncExitStack() as stack:
        stack.push_async_callback(store.close)
        await store.open()
        session = await stack.enter_async_context(ClientSession(connector=TCPConnector(limit=0)))
        offices: list[Office] = []
        for team in teams:
            slack = SlackStandIn(manifest(), rate_scale=None)
            server = Sandbox(slack)
            stack.push_async_callback(server.close)
            await server.start()
            await store.delivery.enter_workspace(team)
            office = Office(team, slack, store)
            offices.append(office)
            courier = _courier(office, session)
            work = asyncio.create_task(courier.run())
            stack.push_async_callback(_end, courier, work)
        yield offices


def _courier(office: Office, session: ClientSession) -> Courier:
    async def name_of(user: str) -> str:
        return user

    client = web_client(max(office.slack.parts.tokens.bot), office.slack.api_url, session)
    known: dict[str, Any] = {"name_of": name_of, "ended": asyncio.Queue()}
    speech = Speech(client, Budget())
    deliverer = Deliverer(office.store, speech, lambda _: None, lambda: datetime.now(UTC), lambda: None, **known)
    return Courier(deliverer, office.team, frozenset({BEN}), office.bell)


async def _end(courier: Courier, work: asyncio.Task[None]) -> None:
    await courier.stop(0)
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)


@pytest.mark.parametrize("fault", ["slow", "429"])
async def test_a_workspace_whose_slack_hangs_or_refuses_holds_up_no_other(tmp_path: Path, fault: str) -> None:
    async with couriers(tmp_path, "T0SICK", "T0WELL") as (sick, well):
        sick.slack.faults.set("*", fault, times=1_000, seconds=60.0, retry_after=60)
        await sick.asks(30)
        await sick.slack.wait_for(lambda: sick.slack.calls() or fault == "slow")
        await well.asks(3)
        await well.slack.wait_for(lambda: len(well.cards) == 3)
        assert sick.cards == []


async def test_an_admins_dm_that_slack_does_not_answer_for_holds_up_no_run(tmp_path: Path) -> None:
    async with couriers(tmp_path, "T0HERE") as (office,):
        office.slack.faults.set("conversations.open", "slow", seconds=60.0)
        await office.store.notices.tell("T0HERE", "token:deepnote", "deepnote", datetime.now(UTC))
        office.bell.set()
        await office.asks(1)
        await office.slack.wait_for(lambda: len(office.cards) == 1)
        async with asyncio.timeout(5):
            while office.slack.faults._pending:  # noqa: ASYNC110 - the admin's DM is not opened yet
                await asyncio.sleep(0.01)
        await office.asks(2)
        await office.slack.wait_for(lambda: len(office.cards) == 3)
