"""The sandbox's server: Slack's stand-in, the page, and whatever else is mounted, on one port."""

from collections.abc import Callable, Iterable
from pathlib import Path

from aiohttp import web

from bot.sandbox.slack import SlackStandIn

PAGE = Path(__file__).parent / "page"
_MOST_BODY = 1_100_000_000  # bytes; an upload may be 1 GB


class Sandbox:
    """One HTTP server: `/slack/…`, `/page/…`, the page at `/` and `/static/…`, and what `extras` put on it.

    `page` is the folder with index.html and the files served at `/static/`. Each of `extras` is called with the
    application before it starts, to add its own routes, sub-applications and cleanups.
    """

    def __init__(
        self,
        slack: SlackStandIn,
        *,
        extras: Iterable[Callable[[web.Application], None]] = (),
        page: Path = PAGE,
    ) -> None:
        self.slack = slack
        self.base_url = ""
        self._extras = tuple(extras)
        self._page = page
        self._runner: web.AppRunner | None = None

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Listen, and return the address without a slash at the end; port 0 takes a free one. Raises OSError."""
        app = web.Application(client_max_size=_MOST_BODY)
        app.add_routes(self.slack.routes())
        if self._page.is_dir():
            app.router.add_get("/", self._index)
            app.router.add_static("/static/", self._page)
        for put_on in self._extras:
            put_on(app)
        app.on_shutdown.append(self._stop)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=2.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        try:
            await site.start()
        except OSError:
            await self._runner.cleanup()
            raise
        self.base_url = f"http://{host}:{self._runner.addresses[0][1]}"
        self.slack.base_url = self.base_url
        return self.base_url

    async def _index(self, _request: web.Request) -> web.FileResponse:
        return web.FileResponse(self._page / "index.html")

    async def _stop(self, _app: web.Application) -> None:
        await self.slack.close()

    async def close(self) -> None:
        """Stop listening and end every connection."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
