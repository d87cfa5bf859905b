"""response_url, and the reply that rides on an ack: messages that need no token and no membership."""

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

from bot.sandbox.slack.args import Args
from bot.sandbox.slack.content import Content, read_content
from bot.sandbox.slack.errors import ApiError, invalid_arguments
from bot.sandbox.slack.methods.chat import new_message, rewrite, root_of
from bot.sandbox.slack.parts import Parts
from bot.sandbox.slack.records import Channel, Message
from bot.sandbox.slack.serving import Result, serve
from bot.sandbox.slack.workspace import DOMAIN, TEAM

USES = 5
LIFETIME = 30 * 60.0  # seconds
_REMEMBERED = 20_000
_OK, _BAD, _GONE = 200, 400, 404


@dataclass
class _Open:
    channel: str
    person: str
    source: str | None  # ts of the message that was clicked
    born: float
    used: int = 0


@dataclass
class Responses:
    """Every response_url that was handed out."""

    parts: Parts
    clock: Callable[[], float] = time.monotonic
    _open: OrderedDict[str, _Open] = field(default_factory=OrderedDict)

    def issue(self, channel: str, person: str, source: str | None = None) -> str:
        """A fresh response_url."""
        key = secrets.token_urlsafe(18)
        self._open[key] = _Open(channel, person, source, self.clock())
        while len(self._open) > _REMEMBERED:
            self._open.popitem(last=False)
        kind = "commands" if source is None else "actions"
        return f"{self.parts.base_url}/slack/{kind}/{TEAM}/{DOMAIN}/{key}"

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """POST to a response_url."""
        found = self._open.get(request.match_info["key"])
        where = found.channel if found is not None else None

        async def work(planned: ApiError | None) -> Result:
            try:
                if planned is not None:
                    raise planned
                message = await self._use(request, found)
            except ApiError as error:
                result = Result.refusal(error, where)
                if result.status == _OK:
                    result.status = _GONE if error.code in ("used_url", "expired_url") else _BAD
                return result
            return Result("ok", channel=where, ts=message.ts if message else None)

        return await serve(self.parts, "response_url", request, work)

    async def _use(self, request: web.Request, found: _Open | None) -> Message | None:
        if found is None or self.clock() - found.born > LIFETIME:
            raise ApiError("expired_url")
        if found.used >= USES:
            raise ApiError("used_url")
        found.used += 1
        try:
            sent = await request.json()
        except ValueError:
            raise ApiError("invalid_payload") from None
        if not isinstance(sent, dict):
            raise ApiError("invalid_payload")
        return self.show(Args(sent), found.channel, found.person, found.source)

    def show(self, args: Args, where: str, person: str, source: str | None = None) -> Message | None:
        """Post, replace or delete as these arguments say; ephemeral unless they say `in_channel`.

        Raises ApiError as chat.postMessage does, and message_not_found if there is nothing to replace or delete.
        """
        channel = self.parts.workspace.channels[where]
        kind = args.text("response_type") or "ephemeral"
        if kind not in ("ephemeral", "in_channel"):
            raise invalid_arguments("response_type must be ephemeral or in_channel")
        if args.flag("delete_original"):
            self.parts.workspace.delete(self._source(channel, source))
            return None
        content = read_content(self.parts, args)
        if args.flag("replace_original") and source is not None:
            return self._replace(self._source(channel, source), content)
        thread = root_of(channel, args.text("thread_ts"))
        to = person if kind == "ephemeral" else None
        message = new_message(self.parts, channel, content, thread_ts=thread, to=to)
        return self.parts.workspace.post(message)

    def _replace(self, message: Message, content: Content) -> Message:
        whole = Content(content.text or "", content.blocks or [], content.attachments or [])
        rewrite(self.parts, message, whole)
        return message

    def _source(self, channel: Channel, source: str | None) -> Message:
        found = channel.find(source or "") or channel.ephemerals.get(source or "")
        if found is None or found.bot_id is None:  # a click in an unfurled link doesn't give a person's message away
            raise ApiError("message_not_found")
        return found
