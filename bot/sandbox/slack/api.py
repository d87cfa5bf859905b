"""The Web API over HTTP: who calls, may they, not too often, and then the method itself."""

from dataclasses import dataclass

from aiohttp import web

from bot.sandbox.slack.args import Args, read_args
from bot.sandbox.slack.errors import ApiError, missing_scope
from bot.sandbox.slack.methods import METHODS, Method
from bot.sandbox.slack.parts import Parts
from bot.sandbox.slack.records import Json
from bot.sandbox.slack.serving import Result, serve
from bot.sandbox.slack.sockets import Sockets

OPEN = "apps.connections.open"
_OPEN_TIER = 3


@dataclass
class Api:
    """Serves `/slack/api/{method}`."""

    parts: Parts
    sockets: Sockets

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One call of the method that the path names."""
        name = request.match_info["method"]

        async def work(planned: ApiError | None) -> Result:
            result = await self._result(request, name, planned)
            result.headers |= self._headers(name)
            return result

        return await serve(self.parts, name, request, work)

    async def _result(self, request: web.Request, name: str, planned: ApiError | None) -> Result:
        args = Args({})
        try:
            args = await read_args(request)
            if planned is not None:
                raise planned
            body = self._call(request, name, args)
        except ApiError as error:
            return Result.refusal(error, _channel(args))
        ts = body.get("ts") or body.get("message_ts")
        said = body.get("channel")
        return Result(body, channel=said if isinstance(said, str) else _channel(args), ts=ts)

    def _call(self, request: web.Request, name: str, args: Args) -> Json:
        method = METHODS.get(name)
        if method is None and name != OPEN:
            raise ApiError("unknown_method", req_method=name)
        token = _token(request, args)
        if method is None:
            return self._open_connection(token)
        if method.needs_token:
            self._check_token(token, method)
        channel = args.text("channel") if method.by_channel else None
        self.parts.limits.spend(name, method.tier, channel)
        return {"ok": True, **method.do(self.parts, args)}

    def _check_token(self, token: str, method: Method) -> None:
        tokens = self.parts.tokens
        _accept(token, tokens.bot, tokens.app)
        if method.scope is not None and method.scope not in self.parts.manifest.scopes:
            raise missing_scope(method.scope, self.parts.manifest.scopes)

    def _open_connection(self, token: str) -> Json:
        _accept(token, self.parts.tokens.app, self.parts.tokens.bot)
        self.parts.limits.spend(OPEN, _OPEN_TIER)
        return {"ok": True, **self.sockets.ticket()}

    def _headers(self, name: str) -> dict[str, str]:
        headers = {"X-Slack-Req-Id": self.parts.workspace.next_id("R")}
        method = METHODS.get(name)
        if method is not None and method.needs_token:
            headers["X-OAuth-Scopes"] = ",".join(sorted(self.parts.manifest.scopes))
            if method.scope is not None:
                headers["X-Accepted-OAuth-Scopes"] = method.scope
        return headers


def _accept(token: str, right: frozenset[str], other: frozenset[str]) -> None:
    """Raise not_authed, not_allowed_token_type or invalid_auth unless the token is one of the right ones."""
    if not token:
        raise ApiError("not_authed")
    if token not in right:
        raise ApiError("not_allowed_token_type" if token in other else "invalid_auth")


def _channel(args: Args) -> str | None:
    return args.raw("channel") or args.raw("channel_id") or None


def _token(request: web.Request, args: Args) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else args.text("token")
