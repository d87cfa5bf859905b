"""The page's requests about shortcuts, modals and the Home tab."""

from dataclasses import dataclass

from aiohttp import web

from bot.sandbox.slack.clicks import Clicks
from bot.sandbox.slack.events import Events
from bot.sandbox.slack.modals import Modals
from bot.sandbox.slack.page_requests import bad_request, not_found, person_in, read_body, seen_in
from bot.sandbox.slack.parts import Parts

_TABS = ("home", "messages")


@dataclass
class PageViews:
    """Serves `/page/shortcut`, `/page/home` and `/page/view/…`."""

    parts: Parts
    clicks: Clicks
    modals: Modals
    events: Events

    def routes(self) -> list[web.RouteDef]:
        """The routes, to be mounted at the root of the server."""
        return [
            web.post("/page/shortcut", self._shortcut),
            web.get("/page/home", self._home),
            web.post("/page/home", self._opens_home),
            web.post("/page/view/submit", self._submit),
            web.post("/page/view/close", self._close),
        ]

    async def _shortcut(self, request: web.Request) -> web.Response:
        """A global shortcut; with `channel` and `message_ts` one of that message's menu."""
        sent = await read_body(request)
        person, callback_id = person_in(self.parts, sent), str(sent.get("callback_id", ""))
        if "message_ts" not in sent:
            outcome = await self.clicks.shortcut(person, callback_id)
            return web.json_response(outcome.as_json())
        channel = self.parts.workspace.channels.get(str(sent.get("channel", "")))
        if channel is None or not self.parts.workspace.sees(person.id, channel):
            raise not_found("channel_not_found")
        outcome = await self.clicks.message_shortcut(person, channel, str(sent["message_ts"]), callback_id)
        return web.json_response(outcome.as_json())

    async def _home(self, request: web.Request) -> web.Response:
        view = self.parts.views.homes.get(person_in(self.parts, request.query).id)
        return web.json_response({"view": view.as_view() if view is not None else None})

    async def _opens_home(self, request: web.Request) -> web.Response:
        """The person looks at the Home tab, or with `tab` at another one."""
        sent = await read_body(request)
        person, tab = person_in(self.parts, sent), sent.get("tab", "home")
        if tab not in _TABS:
            raise bad_request("tab must be home or messages")
        if tab == "home" and not self.parts.manifest.home_enabled:
            raise not_found("not_enabled")
        self.events.home_opened(person, tab)
        return web.json_response({"ok": True})

    async def _submit(self, request: web.Request) -> web.Response:
        sent = await read_body(request)
        person, view_id = person_in(self.parts, sent), str(sent.get("view_id", ""))
        outcome = await self.modals.submit(person, view_id, seen_in(sent))
        return web.json_response(outcome.as_json())

    async def _close(self, request: web.Request) -> web.Response:
        sent = await read_body(request)
        person, view_id = person_in(self.parts, sent), str(sent.get("view_id", ""))
        outcome = await self.modals.close(person, view_id, everything=sent.get("all") is True)
        return web.json_response(outcome.as_json())
