"""The Bolt app and its client; what hears Slack for it is in sockets.py and web.py."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, Final

from aiohttp import ClientError
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot import metrics as counted
from bot.metrics import Metrics
from bot.slack import actions, commands, shortcuts
from bot.slack.adding import Adding
from bot.slack.views import Forms

if TYPE_CHECKING:
    from aiohttp import ClientSession

    from bot.links import Hosts
    from bot.slack.events import Events
    from bot.slack.front import Front


class CountedClient(AsyncWebClient):
    """A client whose calls are counted.

    Attributes:
        metrics: Where.
    """

    metrics: Metrics

    async def api_call(self, api_method: str, **arguments: Any) -> AsyncSlackResponse:
        """Make one call."""
        loop = asyncio.get_running_loop()
        began, outcome = loop.time(), counted.NO_ANSWER
        try:
            answer = await self._asked(api_method, arguments)
        except SlackApiError as error:
            status, word = error.response.status_code, error.response.get("error")
            outcome = counted.outcome(status)
            if word in ("ratelimited", "rate_limited"):
                outcome = counted.RATELIMITED
            elif outcome == counted.OK:
                outcome = counted.UNAUTHORIZED if word in NO_TOKEN else counted.REFUSED
            raise
        else:
            outcome = counted.OK
            return answer
        finally:
            self.metrics.called("slack", api_method, outcome, loop.time() - began)

    async def _asked(self, api_method: str, arguments: dict[str, Any]) -> AsyncSlackResponse:
        """Make one call; what isn't Slack's JSON, as of a proxy in between, is a refusal without a word.

        The SDK answers it with an error that has no data, or stumbles over it.
        """
        try:
            return await super().api_call(api_method, **arguments)
        except (SlackApiError, AttributeError) as error:
            response = getattr(error, "response", None)
            data = getattr(response, "data", None)
            if isinstance(data, dict) and isinstance(data.get("error", ""), str):
                raise
            status = getattr(response, "status_code", getattr(response, "status", OK))
            headers = dict(getattr(response, "headers", None) or {})
            bare = AsyncSlackResponse(
                client=self,
                http_verb="POST",
                api_url=api_method,
                req_args={},
                data={},
                headers=headers,
                status_code=status,
            )
            words = f"Slack answered {status}, and nothing that can be read"
            raise SlackApiError(words, bare) from None  # type: ignore[no-untyped-call]  # the SDK leaves it untyped


NAME: Final = "threadbook"
OK: Final = 200
PATIENCE: Final = 30.0
"""Seconds for Slack's first answer."""
NO_TOKEN = frozenset({"invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive"})


ILL: Final = frozenset(
    {"internal_error", "fatal_error", "ratelimited", "rate_limited", "service_unavailable", "request_timeout"}
)
"""What Slack says of itself, and not of what it was asked."""


def web_client(
    token: str, base_url: str, session: ClientSession | None = None, metrics: Metrics | None = None
) -> AsyncWebClient:
    """A client that never sends anything twice of its own accord."""
    client = CountedClient(token=token, base_url=base_url, retry_handlers=[], timeout=30, session=session)
    client.metrics = metrics or Metrics()
    return client


async def whose(client: AsyncWebClient) -> tuple[str, str]:
    """The team id that the client's token belongs to, and its workspace's web address, where Slack tells it.

    Raises:
        TimeoutError: Slack says nothing; a client that shares a session would wait for five minutes.
        ConnectionError: It can't be reached, or what answers isn't Slack.
        slack_sdk.errors.SlackApiError: Slack refuses the token, or is ill.
    """
    try:
        async with asyncio.timeout(PATIENCE):
            known = await client.auth_test()
    except (ClientError, OSError) as error:
        if isinstance(error, TimeoutError):
            raise
        raise ConnectionError(f"Slack can't be reached ({type(error).__name__})") from error
    if not known.get("team_id"):
        raise ConnectionError("what answers isn't Slack")
    return str(known["team_id"]), str(known.get("url") or "")


def _worth_telling(record: logging.LogRecord) -> bool:
    """Bolt finds SLACK_BOT_TOKEN by itself, and warns that it isn't used: it is, in our client."""
    return "`token` will be unused" not in record.getMessage()


def bolt_app(client: AsyncWebClient, signing_secret: str, front: Front, events: Events, hosts: Hosts) -> AsyncApp:
    """The app with all its listeners."""
    logging.getLogger("slack_bolt.AsyncApp").addFilter(_worth_telling)
    app = AsyncApp(
        name=NAME,  # else it looks for its caller's file, which takes a tenth of a second
        client=client,
        signing_secret=signing_secret or None,
        request_verification_enabled=bool(signing_secret),
        raise_error_for_unhandled_request=False,
    )
    forms = Forms(front, client, events.tell)
    adding = Adding(front, client, hosts)
    # Bolt asks each listener in turn whether a payload is its own: what comes most often comes first.
    commands.listen(app, front, forms, adding, hosts)
    actions.listen(app, front, forms, adding)
    forms.listen(app)
    adding.listen(app)
    shortcuts.listen(app, front, forms)
    events.listen(app)
    actions.listen_to_the_rest(app, forms)
    return app
