"""The sandbox, whole: the stand-ins on one port, and the real bot connected to them."""

from __future__ import annotations

import tempfile
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from pydantic import SecretStr

from bot.links import Hosts, read
from bot.manifest import manifest
from bot.model import Entry
from bot.sandbox.server import Sandbox
from bot.sandbox.slack import SlackStandIn
from bot.sandbox.standins import PlatformStandIns
from bot.settings import Settings
from bot.wiring import Bot

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["Playground", "manifest"]

ADMIN = "ana"
ON_DATALORE = frozenset({"slow-train"})
"""These names stand for the notebook on Datalore; all others for the one on Deepnote."""


class Playground:
    """A chat workspace in the browser, with Threadbook in it.

    Args:
        port: Where the page is; 0 for any free port.
        database: Where the rows are kept; by default in a folder that goes with the sandbox.
    """

    def __init__(self, port: int, *, database: str = "") -> None:
        self._port = port
        self._database = database
        self._stack = AsyncExitStack()
        self.platforms = PlatformStandIns()
        self.slack = SlackStandIn(manifest(), unfurl_domains=("127.0.0.1",))
        self.url = ""
        self.bot: Bot | None = None

    async def __aenter__(self) -> Self:
        """Start everything; raises OSError where the port is taken."""
        try:
            await self._start()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def wait(self) -> None:
        """Until the bot ends."""
        if self.bot is not None:
            await self.bot.wait()

    async def _start(self) -> None:
        folder = self._stack.enter_context(tempfile.TemporaryDirectory(prefix="threadbook-"))
        server = Sandbox(self.slack, extras=[self.platforms.mount])
        self._stack.push_async_callback(server.close)
        self.url = await server.start(port=self._port)
        settings = self.settings(self._database or f"sqlite+aiosqlite:///{folder}/threadbook.db")
        self.bot = Bot(settings)
        self._stack.push_async_callback(self.bot.stop)
        await self.bot.start()
        await self._fill(self.bot)

    def settings(self, database: str) -> Settings:
        """What connects a bot to these stand-ins."""
        tokens = self.slack.parts.tokens
        return Settings(
            slack_bot_token=SecretStr(max(tokens.bot)),
            slack_app_token=SecretStr(max(tokens.app)),
            slack_signing_secret=SecretStr(""),
            slack_api_url=self.slack.api_url,
            datalore_url=f"{self.url}/datalore",
            datalore_token=SecretStr("sandbox"),
            deepnote_api_url=f"{self.url}/deepnote",
            deepnote_app_url=f"{self.url}/deepnote",
            deepnote_token=SecretStr("sandbox"),
            database_url=database,
            http_port=0,
            admins=frozenset({self.slack.person(ADMIN).id}),
        )

    async def _fill(self, bot: Bot) -> None:
        """The catalogue of a new sandbox: its own notebooks."""
        hosts = Hosts(datalore=f"{self.url}/datalore", deepnote=f"{self.url}/deepnote")
        for notebook in self.platforms.shelf:
            on_datalore = notebook.slug in ON_DATALORE
            path = f"/datalore{notebook.datalore_path}" if on_datalore else f"/deepnote{notebook.deepnote_path}"
            found = read(f"{self.url}{path}", hosts)
            if found is not None:
                entry = Entry(name=notebook.slug, notebook=found.notebook, url=found.url, title=notebook.name)
                await bot.store.catalogue.add(bot.workspace, entry, datetime.now(UTC))
