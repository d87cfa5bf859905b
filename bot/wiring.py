"""The one place where the parts are put together: settings in, a bot out."""

from __future__ import annotations

import asyncio
import logging
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any, Final

from aiohttp import ClientSession, TCPConnector

from bot.cadence import Share
from bot.desk import Desk, Rules
from bot.errors import StoreUnavailable
from bot.links import Hosts
from bot.metrics import Metrics
from bot.model import Platform, Run
from bot.platforms.datalore import Datalore
from bot.platforms.deepnote import Deepnote
from bot.reader import Reader
from bot.slack.app import bolt_app, web_client, whose
from bot.slack.budget import Budget
from bot.slack.courier import Courier
from bot.slack.delivery import Deliverer
from bot.slack.events import Events
from bot.slack.front import Front
from bot.slack.people import People
from bot.slack.sockets import Sockets
from bot.slack.speech import Speech, speaks_as
from bot.slack.web import Web
from bot.store.store import Store
from bot.tracker.claim import BEAT_EVERY, DEAD_AFTER, Heart
from bot.tracker.deps import Deps
from bot.tracker.tracker import Tracker
from bot.tracker.upkeep import Ages, Upkeep

if TYPE_CHECKING:
    from collections.abc import Awaitable, Coroutine

    from slack_bolt.async_app import AsyncApp

    from bot.platforms.base import PlatformClient
    from bot.settings import Settings
    from bot.slack.links import Pace

log = logging.getLogger(__name__)

DRAIN: Final = 5.5
"""Seconds that work under way gets in all when the process is told to stop."""
LEAVING: Final = 1.2
"""Seconds for handing over, after that."""


def platform_clients(settings: Settings, metrics: Metrics | None = None) -> dict[Platform, PlatformClient]:
    """The clients of those platforms that have a token."""
    clients: dict[Platform, PlatformClient] = {}
    if settings.has(Platform.DATALORE):
        clients[Platform.DATALORE] = Datalore(
            settings.datalore_url, settings.datalore_token.get_secret_value, metrics=metrics
        )
    if settings.has(Platform.DEEPNOTE):
        clients[Platform.DEEPNOTE] = Deepnote(
            settings.deepnote_api_url,
            settings.deepnote_app_url,
            settings.deepnote_token.get_secret_value,
            metrics=metrics,
        )
    return clients


class Bot:
    """Threadbook in one process.

    Args:
        settings: What was set.
        budget: How often Slack may be called; by default as often as Slack promises to take it.
        reader: Reads documents; by default its own, which ends with it.
        pace: How soon a silent connection to Slack is noticed.

    Attributes:
        workspace: Slack's team id, once started.
        platforms: The clients of the platforms that have a token, once started.
        web: What answers over HTTP, once started.
        upkeep: What forgets by age, once started.
        metrics: What is counted and measured.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        budget: Budget | None = None,
        reader: Reader | None = None,
        pace: Pace | None = None,
    ) -> None:
        self._settings = settings
        self._budget = budget or Budget()
        self._pace = pace
        self._until: float | None = None
        self.metrics = self._budget.metrics = Metrics()
        self._stack = AsyncExitStack()
        self.store = Store(settings.database_url)
        self._reader = reader or Reader()
        if reader is None:
            self._stack.push_async_callback(self._reader.close)
        self.workspace = ""
        self.platforms: dict[Platform, PlatformClient] = {}
        self.web: Web | None = None
        self.upkeep: Upkeep | None = None
        self._ended: asyncio.Future[list[None]] | None = None

    async def start(self) -> None:
        """Open the database, get to know Slack, and begin to listen, to track and to deliver.

        Raises:
            StoreUnavailable: The database can't be opened.
            slack_sdk.errors.SlackApiError: Slack refuses a token.
        """
        try:
            await self._start()
        except BaseException:
            await self._stack.aclose()
            raise

    async def _start(self) -> None:
        settings, stack = self._settings, self._stack
        stack.push_async_callback(self._close_store)
        log.info("opening the database")
        await self.store.open()
        stack.push_async_callback(self._leave)
        platforms = self.platforms = platform_clients(settings, self.metrics)
        for client in platforms.values():
            stack.push_async_callback(client.close)
        # No limit to connections: calls that Slack doesn't answer must not take the place of those it does.
        session = await stack.enter_async_context(ClientSession(connector=TCPConnector(limit=0)))
        slack = web_client(settings.slack_bot_token.get_secret_value(), settings.slack_api_url, session, self.metrics)
        log.info("asking Slack whose the token is")
        self.workspace, home = await whose(slack)
        await self.store.delivery.enter_workspace(self.workspace)

        def link(run: Run) -> str | None:
            client = platforms.get(run.request.notebook.platform)
            return client.link(run.request.notebook, run.request.url) if client else run.request.url

        people = People(slack, self.workspace)
        for_courier, for_heart = asyncio.Event(), asyncio.Event()
        ended: asyncio.Queue[str] = asyncio.Queue()

        async def ours() -> bool:
            return await self.store.delivery.is_ours(self.workspace, speaks_as.get())

        speech = Speech(slack, self._budget, ours=ours)
        deliverer = Deliverer(self.store, speech, link, _now, for_heart.set, people.name, ended, home)
        courier = Courier(deliverer, self.workspace, settings.admins, for_courier)
        tracker = Tracker(self._tracker_deps(platforms, for_courier))
        heart = Heart(self.store.holding, tracker, for_heart, self._budget.shared_by)

        upkeep = self.upkeep = self._new_upkeep(tracker, for_courier)
        await upkeep.present()

        def ring(_workspace: str) -> None:
            for_courier.set()
            for_heart.set()

        rules = Rules(catalogue_only=settings.run == "catalogue")
        front = Front(
            Desk(self.store, people, platforms, rules, _now, ring), people, self.workspace, settings.admins, link
        )
        hosts = Hosts(datalore=settings.datalore_url, deepnote=settings.deepnote_app_url)
        events = Events(front, slack, self._budget, hosts)
        app = bolt_app(slack, settings.slack_signing_secret.get_secret_value(), front, events, hosts)
        self._begin([heart.run(), tracker.run(), courier.run(), events.keep_homes(ended), upkeep.run()])
        stack.push_async_callback(lambda: courier.stop(self._left(DRAIN / 2)))
        stack.push_async_callback(lambda: tracker.stop(self._left(DRAIN / 2)))
        await self._listen(app, tracker)
        log.info("Threadbook is up for workspace %s", self.workspace)

    def _begin(self, works: list[Coroutine[Any, Any, None]]) -> None:
        """Have all that goes on until the end go on, and end with the bot."""
        tasks = [asyncio.create_task(work) for work in works]
        self._ended = asyncio.gather(*tasks)
        self._stack.push_async_callback(self._end, tasks)

    async def _listen(self, app: AsyncApp, tracker: Tracker) -> None:
        """Answer over HTTP, and hear Slack: over sockets if there is a token for them, else over HTTP too."""
        app_token = self._settings.slack_app_token.get_secret_value()
        sockets = Sockets(app, app_token, self._pace, self.metrics) if app_token else None
        self.metrics.watch(
            held=lambda: len(tracker.held),
            queue=self._budget.depth,
            sockets=lambda: 0 if sockets is None else sockets.count(),
        )
        self.web = Web(
            self.store,
            sockets,
            None if app_token else app,
            self._settings.http_port,
            metrics=self.metrics,
            behind=tracker.behind,
        )
        self._stack.push_async_callback(self.web.close)
        await self.web.start()
        if sockets is not None:
            self._stack.push_async_callback(sockets.close)
            await sockets.connect()

    def _tracker_deps(self, platforms: dict[Platform, PlatformClient], for_courier: asyncio.Event) -> Deps:
        settings = self._settings
        return Deps(
            store=self.store,
            platforms=platforms,
            now=_now,
            random=Random(),  # noqa: S311, jitter
            ring=lambda _workspace: for_courier.set(),
            admins=bool(settings.admins),
            give_up_after=settings.give_up_after,
            file_limit=settings.file_limit,
            document_limit=settings.document_limit,
            reader=self._reader,
            shares={platform: Share(settings.looks(platform)) for platform in Platform},
            metrics=self.metrics,
        )

    def _new_upkeep(self, tracker: Tracker, for_courier: asyncio.Event) -> Upkeep:
        days = timedelta(days=self._settings.keep_days), timedelta(days=self._settings.keep_results_days)
        return Upkeep(
            self.store,
            tracker,
            self.workspace,
            _now,
            for_courier.set,
            self.metrics,
            Ages(runs=days[0], results=days[1]),
        )

    async def _end(self, tasks: list[asyncio.Task[None]]) -> None:
        for task in tasks:
            task.cancel()
        ended: list[asyncio.Future[Any]] = [] if self._ended is None else [self._ended]
        over, _ = await asyncio.wait([*tasks, *ended], timeout=LEAVING)
        for each in over:
            if not each.cancelled():
                each.exception()  # nobody may have waited for it

    async def wait(self) -> None:
        """Until something that must not end has ended."""
        if self._ended is not None:
            # Shielded: who waits may be told to stop, and then everything here goes on until `stop` has drained it.
            await asyncio.shield(self._ended)

    async def stop(self) -> None:
        """Hear no more, let what is under way end, hand over, close; within ten seconds, whatever is away."""
        self._until = asyncio.get_running_loop().time() + DRAIN
        if self.web is not None:
            self.web.stopping = True
        # In a task of its own: whoever stops us was often called back, and the database isn't patient with those.
        await asyncio.create_task(self._stack.aclose())

    def _left(self, most: float) -> float:
        """How many of these seconds are left of those for stopping; a little in any case."""
        if self._until is None:
            return most
        return min(most, max(self._until - asyncio.get_running_loop().time(), 0.2))

    async def _leave(self) -> None:
        """Hand everything over, if the database is there to take it."""
        if not await self._in_time(self.store.holding.leave(), LEAVING):
            seconds = BEAT_EVERY * (DEAD_AFTER + 1)
            log.warning("its runs can't be handed over; others notice in some %.0f s that it's gone", seconds)

    async def _close_store(self) -> None:
        await self._in_time(self.store.close(), LEAVING)

    @staticmethod
    async def _in_time(work: Awaitable[None], seconds: float) -> bool:
        """Whether the database let us do this in time; where not, the log says why."""
        try:
            async with asyncio.timeout(seconds):
                await work
        except (StoreUnavailable, TimeoutError) as error:
            log.warning("the database isn't available: %s", str(error) or "no answer in time")
            return False
        return True


def _now() -> datetime:
    return datetime.now(UTC)
