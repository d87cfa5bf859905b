"""The one place where the parts are put together: settings in, a bot out."""

from __future__ import annotations

import asyncio
import logging
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING, Final

from aiohttp import ClientSession

from bot.desk import Desk, Rules
from bot.links import Hosts
from bot.model import Platform, Run
from bot.platforms.datalore import Datalore
from bot.platforms.deepnote import Deepnote
from bot.slack.app import Sockets, bolt_app, team_of, web_client
from bot.slack.budget import Budget
from bot.slack.courier import Courier
from bot.slack.delivery import Deliverer
from bot.slack.events import Events
from bot.slack.front import Front
from bot.slack.people import People
from bot.slack.speech import Speech
from bot.slack.web import Web
from bot.store.store import Store
from bot.tracker.claim import Heart
from bot.tracker.deps import Deps
from bot.tracker.tracker import Tracker

if TYPE_CHECKING:
    from bot.platforms.base import PlatformClient
    from bot.settings import Settings

log = logging.getLogger(__name__)

DRAIN: Final = 8.0
"""Seconds that work under way gets when the process is told to stop."""


def platform_clients(settings: Settings) -> dict[Platform, PlatformClient]:
    """The clients of those platforms that have a token."""
    clients: dict[Platform, PlatformClient] = {}
    if settings.has(Platform.DATALORE):
        clients[Platform.DATALORE] = Datalore(settings.datalore_url, settings.datalore_token.get_secret_value)
    if settings.has(Platform.DEEPNOTE):
        clients[Platform.DEEPNOTE] = Deepnote(
            settings.deepnote_api_url, settings.deepnote_app_url, settings.deepnote_token.get_secret_value
        )
    return clients


class Bot:
    """Threadbook in one process.

    Args:
        settings: What was set.
        budget: How often Slack may be called; by default as often as Slack promises to take it.

    Attributes:
        workspace: Slack's team id, once started.
        platforms: The clients of the platforms that have a token, once started.
        web: What answers over HTTP, once started.
    """

    def __init__(self, settings: Settings, *, budget: Budget | None = None) -> None:
        self._settings = settings
        self._budget = budget or Budget()
        self._stack = AsyncExitStack()
        self.store = Store(settings.database_url)
        self.workspace = ""
        self.platforms: dict[Platform, PlatformClient] = {}
        self.web: Web | None = None
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
        stack.push_async_callback(self.store.close)
        await self.store.open()
        stack.push_async_callback(self.store.holding.leave)
        platforms = self.platforms = platform_clients(settings)
        for client in platforms.values():
            stack.push_async_callback(client.close)
        session = await stack.enter_async_context(ClientSession())
        slack = web_client(settings.slack_bot_token.get_secret_value(), settings.slack_api_url, session)
        self.workspace = await team_of(slack)
        await self.store.delivery.enter_workspace(self.workspace)

        def link(run: Run) -> str | None:
            client = platforms.get(run.request.notebook.platform)
            return client.link(run.request.notebook, run.request.url) if client else run.request.url

        people = People(slack, self.workspace)
        for_courier, for_heart = asyncio.Event(), asyncio.Event()
        ended: asyncio.Queue[str] = asyncio.Queue()
        deliverer = Deliverer(self.store, Speech(slack, self._budget), link, _now, for_heart.set, people.name, ended)
        courier = Courier(deliverer, self.workspace, settings.admins, for_courier)
        tracker = Tracker(self._tracker_deps(platforms, for_courier))
        heart = Heart(self.store.holding, tracker, for_heart)

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
        app_token = settings.slack_app_token.get_secret_value()
        sockets = Sockets(app, app_token) if app_token else None

        tasks = [
            asyncio.create_task(work) for work in (heart.run(), tracker.run(), courier.run(), events.keep_homes(ended))
        ]
        self._ended = asyncio.gather(*tasks)
        stack.push_async_callback(self._end, tasks)
        stack.push_async_callback(courier.stop, DRAIN / 2)
        stack.push_async_callback(tracker.stop, DRAIN / 2)
        self.web = Web(self.store, sockets, None if app_token else app, settings.http_port)
        stack.push_async_callback(self.web.close)
        await self.web.start()
        if sockets is not None:
            stack.push_async_callback(sockets.close)
            await sockets.connect()
        log.info("Threadbook is up for workspace %s", self.workspace)

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
        )

    async def _end(self, tasks: list[asyncio.Task[None]]) -> None:
        for task in tasks:
            task.cancel()
        ended = [] if self._ended is None else [self._ended]  # nobody may have waited for it
        await asyncio.gather(*tasks, *ended, return_exceptions=True)

    async def wait(self) -> None:
        """Until something that must not end has ended."""
        if self._ended is not None:
            # Shielded: who waits may be told to stop, and then everything here goes on until `stop` has drained it.
            await asyncio.shield(self._ended)

    async def stop(self) -> None:
        """Hear no more, let what is under way end, hand over, close."""
        await self._stack.aclose()


def _now() -> datetime:
    return datetime.now(UTC)
