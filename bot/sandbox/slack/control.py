"""The stand-in's own levers over HTTP: the ledger, faults, sockets. Slack has nothing of the kind."""

from dataclasses import dataclass

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.sandbox.slack.faults import Fault
from bot.sandbox.slack.parts import Parts
from bot.sandbox.slack.sockets import Sockets


class SocketFault(BaseModel):
    """What to do to the connections.

    `warn`: say that they close in `seconds`, and close them then; `refresh`: ask to reconnect and close at once;
    `drop`: cut them without a word; `mute`: leave them open and say nothing more; `duplicate`: send the next `times`
    envelopes twice; `withhold`: lose the next `times` acks.
    """

    model_config = ConfigDict(extra="forbid")

    do: str = Field(pattern=r"^(warn|refresh|drop|mute|duplicate|withhold)$")
    times: int = Field(default=1, ge=1)
    seconds: float = Field(default=10.0, ge=0)


@dataclass
class Control:
    """Serves `/slack/ledger`, `/slack/deliveries`, `/slack/faults` and `/slack/sockets`."""

    parts: Parts
    sockets: Sockets

    def routes(self) -> list[web.RouteDef]:
        """The routes, to be mounted at the root of the server."""
        return [
            web.get("/slack/ledger", self._ledger),
            web.delete("/slack/ledger", self._forget),
            web.get("/slack/deliveries", self._deliveries),
            web.post("/slack/faults", self._fault),
            web.delete("/slack/faults", self._no_faults),
            web.post("/slack/sockets", self._sockets),
        ]

    async def _ledger(self, request: web.Request) -> web.Response:
        query = request.query
        calls = self.parts.ledger.calls(query.get("method"), query.get("channel"))
        return web.json_response({"calls": [each.as_json() for each in calls]})

    async def _deliveries(self, request: web.Request) -> web.Response:
        sent = self.parts.ledger.deliveries(request.query.get("kind"))
        return web.json_response({"deliveries": [each.as_json() for each in sent]})

    async def _forget(self, _request: web.Request) -> web.Response:
        self.parts.ledger.clear()
        return web.json_response({"ok": True})

    async def _fault(self, request: web.Request) -> web.Response:
        try:
            self.parts.faults.add(Fault.model_validate_json(await request.read()))
        except ValidationError as error:
            return web.json_response({"ok": False, "error": str(error)}, status=400)
        return web.json_response({"ok": True})

    async def _no_faults(self, _request: web.Request) -> web.Response:
        self.parts.faults.clear()
        return web.json_response({"ok": True})

    async def _sockets(self, request: web.Request) -> web.Response:
        try:
            fault = SocketFault.model_validate_json(await request.read())
        except ValidationError as error:
            return web.json_response({"ok": False, "error": str(error)}, status=400)
        match fault.do:
            case "warn":
                await self.sockets.warn(fault.seconds)
            case "refresh":
                await self.sockets.refresh()
            case "drop":
                self.sockets.drop()
            case "mute":
                self.sockets.mute()
            case "duplicate":
                self.sockets.duplicates += fault.times
            case _:
                self.sockets.withheld += fault.times
        return web.json_response({"ok": True})
