"""The stand-ins of both platforms, put together: mounted on somebody's application, or served alone."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

from bot.sandbox.datalore import Datalore
from bot.sandbox.deepnote import Deepnote
from bot.sandbox.faults import Faults
from bot.sandbox.gate import RateLimit
from bot.sandbox.jobs import Jobs
from bot.sandbox.kernels import Kernels
from bot.sandbox.ledger import Ledger
from bot.sandbox.shelf import Shelf
from bot.sandbox.storage import Storage


class PlatformStandIns:
    """Datalore at `/datalore`, Deepnote at `/deepnote`, `/faults` and `/ledger`; one shelf and one set of kernels."""

    def __init__(
        self,
        *,
        notebooks: Iterable[Path] = (),
        token: str = "sandbox",  # noqa: S107 - a public word, not a secret
        deepnote_tokens: Mapping[str, str] | None = None,
        at_once: int = 2,
        spare_kernel: bool = True,
        keep: int = 200,
        snapshot_delay: float = 0.0,
        link_expires_after: float = 300.0,
        rate_limit: RateLimit | None = None,
    ) -> None:
        """Take the settings; nothing starts before `start`.

        Args:
            notebooks: directories whose .ipynb files are put on the shelf besides the shipped ones.
            token: the bearer token that both platforms take; on Deepnote it is an editor's.
            deepnote_tokens: further tokens of Deepnote and their access levels, such as `viewer`.
            at_once: how many kernels work at the same time; what comes beyond that waits.
            spare_kernel: whether to keep one kernel warm.
            keep: how many runs each platform remembers.
            snapshot_delay: seconds from the end of a Deepnote run to its snapshot.
            link_expires_after: seconds for which a snapshot's link is good.
            rate_limit: how many requests a token may make; None: any number.
        """
        self.shelf, self.ledger, self.faults = Shelf(notebooks), Ledger(), Faults()
        self._kernels = Kernels(at_once=at_once, spare=spare_kernel)
        self._jobs = Jobs(self._kernels)
        self.storage = Storage(self.ledger, expires_after=link_expires_after)
        self.datalore = Datalore(
            self.shelf, self._jobs, self.ledger, self.faults, tokens={token}, keep=keep, rate_limit=rate_limit
        )
        self.deepnote = Deepnote(
            self.shelf,
            self._jobs,
            self.ledger,
            self.faults,
            self.storage,
            tokens={token: "editor", **(deepnote_tokens or {})},
            keep=keep,
            snapshot_delay=snapshot_delay,
            rate_limit=rate_limit,
        )

    def mount(self, app: web.Application) -> None:
        """Put everything on an application. It is started and closed with it."""
        app.add_subapp("/datalore", self.datalore.app())
        app.add_subapp("/deepnote", self.deepnote.app())
        self.faults.add_routes(app)
        self.ledger.add_routes(app)
        app.cleanup_ctx.append(self._while_up)

    async def start(self) -> None:
        """Listen for snapshot downloads on a port of their own, and warm a kernel up."""
        await self.storage.start()
        await self._kernels.start()

    async def close(self) -> None:
        """Stop all runs, end all kernels, free the port."""
        await self._jobs.close()
        await self._kernels.close()
        await self.storage.close()

    @asynccontextmanager
    async def serve(self, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
        """Serve the stand-ins alone; gives their base address, such as `http://127.0.0.1:49152`."""
        app = web.Application()
        self.mount(app)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port).start()
            yield f"http://{host}:{runner.addresses[0][1]}"
        finally:
            await runner.cleanup()

    async def _while_up(self, _: web.Application) -> AsyncIterator[None]:
        await self.start()
        try:
            yield
        finally:
            await self.close()
