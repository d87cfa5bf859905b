"""Slack: each token by its kind, what the app may do, Socket Mode, and whose clock is wrong."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final

import aiohttp
import yaml
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.check.line import TRUST, Line, aside, bad, good
from bot.manifest import manifest
from bot.slack.app import ILL, web_client

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from slack_sdk.web.async_slack_response import AsyncSlackResponse

    from bot.settings import Settings

SKEW: Final = 30.0
"""Seconds; from 300 on, Slack's signed requests are refused."""
SLACK_DOWN: Final = 500
NO_ANSWER = (SlackClientError, aiohttp.ClientError, TimeoutError, OSError, ValueError)
BOT, APP, SIGNING = "Slack bot token", "Slack app token", "Slack signing secret"
REACH = "check SLACK_API_URL, and whether this machine may reach it"
_KINDS: Final = {
    "xoxb-": "a bot token (xoxb-…), which belongs in SLACK_BOT_TOKEN",
    "xapp-": "an app-level token (xapp-…), which belongs in SLACK_APP_TOKEN",
    "xoxp-": "a user token (xoxp-…), which Threadbook doesn't use",
    "xoxe": "a rotating token (xoxe…): turn token rotation off in the app's settings",
}


async def slack(settings: Settings, now: Callable[[], datetime]) -> list[Line]:
    """All that can be said of Slack; calls auth.test and apps.connections.open, neither of which changes anything."""
    lines: list[Line] = []
    async with aiohttp.ClientSession() as session:
        bot, app = settings.slack_bot_token.get_secret_value(), settings.slack_app_token.get_secret_value()
        client = web_client(bot, settings.slack_api_url, session)
        client.timeout = 10
        fault = _kind(bot, "xoxb-", BOT, "SLACK_BOT_TOKEN", "OAuth & Permissions → Bot User OAuth Token")
        if fault is not None:
            lines.append(fault)
        else:
            try:
                lines += _bot(await client.auth_test(), now)
            except NO_ANSWER as error:
                lines.append(_refused(BOT, error, "OAuth & Permissions → Bot User OAuth Token: copy it anew"))
        if app:
            fault = _kind(app, "xapp-", APP, "SLACK_APP_TOKEN", "Basic Information → App-Level Tokens")
            if fault is not None:
                lines.append(fault)
            else:
                try:
                    await client.apps_connections_open(app_token=app)
                    lines.append(good(APP, "xapp-…, opens Socket Mode"))
                except NO_ANSWER as error:
                    fix = "Basic Information → App-Level Tokens: one with connections:write; Socket Mode must be on"
                    lines.append(_refused(APP, error, fix))
        lines.append(_signing(settings.slack_signing_secret.get_secret_value(), socket_mode=bool(app)))
    return lines


def _kind(token: str, prefix: str, what: str, variable: str, where: str) -> Line | None:
    """What is wrong with a token before Slack is asked."""
    if not token:
        return bad(what, f"{variable} is not set", where)
    if token.startswith(prefix):
        return None
    kind = next((words for start, words in _KINDS.items() if token.startswith(start)), "no token of Slack's")
    return bad(what, f"{variable} holds {kind}", where)


def _bot(answer: AsyncSlackResponse, now: Callable[[], datetime]) -> list[Line]:
    team, user = answer.get("team"), answer.get("user")
    if not answer.get("team_id"):
        return [bad(BOT, "what answers there isn't Slack", "check SLACK_API_URL, and a proxy in between")]
    lines = [good(BOT, f"xoxb-…, @{user} in team {team} ({answer.get('team_id')})"), _scopes(answer.headers)]
    told = answer.headers.get("Date")
    try:
        off = (now() - parsedate_to_datetime(told)).total_seconds() if told else None
    except ValueError:
        off = None
    if off is None:
        return [*lines, aside("Clock", "Slack didn't say what time it is")]
    if abs(off) <= SKEW:
        return [*lines, good("Clock", f"within {max(abs(off), 1):.0f} s of Slack's")]
    which = "ahead of" if off > 0 else "behind"
    fix = "set this machine's clock (NTP); signed requests are refused from 300 s on, and cards tell wrong times"
    return [*lines, bad("Clock", f"{abs(off):.0f} s {which} Slack's", fix)]


def _scopes(headers: Any) -> Line:
    """What the app may do beside what manifest.yml asks for."""
    needed = yaml.safe_load(manifest().read_text(encoding="utf-8"))["oauth_config"]["scopes"]["bot"]
    told = headers.get("x-oauth-scopes") or headers.get("X-OAuth-Scopes")
    if told is None:
        return aside("Slack permissions", "Slack didn't say which are granted")
    granted = {scope.strip() for scope in told.split(",")}
    missing = [scope for scope in needed if scope not in granted]
    if missing:
        fix = "OAuth & Permissions: add them to the bot's scopes, or paste manifest.yml anew; then reinstall the app"
        return bad("Slack permissions", f"missing {', '.join(missing)}", fix)
    return good("Slack permissions", f"all {len(needed)} that manifest.yml names")


def _signing(secret: str, *, socket_mode: bool) -> Line:
    where = "Basic Information → App Credentials → Signing Secret"
    if not secret:
        if socket_mode:
            return aside(SIGNING, "not set; Socket Mode needs none")
        return bad(SIGNING, "neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set", f"one of them; {where}")
    if secret.startswith(("xox", "xapp-")):
        kind = next((words for start, words in _KINDS.items() if secret.startswith(start)), "a token")
        return bad(SIGNING, f"SLACK_SIGNING_SECRET holds {kind}", where)
    if not re.fullmatch(r"[0-9a-f]{32}", secret):
        return bad(SIGNING, "SLACK_SIGNING_SECRET isn't 32 hexadecimal digits", where)
    unused = "; not used in Socket Mode, which SLACK_APP_TOKEN turns on" if socket_mode else ""
    return good(SIGNING, f"32 digits{unused}")


def _refused(what: str, error: Exception, fix: str) -> Line:
    if isinstance(error, SlackApiError):
        status, word = error.response.status_code, error.response.get("error")
        if word == "ratelimited":
            return bad(what, "Slack is asked too often just now", "try again in a minute")
        if status >= SLACK_DOWN or word in ILL:
            said = status if status >= SLACK_DOWN else word
            return bad(what, f"Slack answered {said}", "try again; status.slack.com says more")
        if not word:
            return bad(what, f"what answered {status} isn't Slack", "check SLACK_API_URL, and a proxy in between")
        return bad(what, f"Slack refuses it: {word}", fix)
    if isinstance(error, aiohttp.ClientSSLError):
        return bad(what, "Slack can't be reached: its certificate or TLS was not accepted", f"{TRUST} SLACK_API_URL")
    return bad(what, f"Slack can't be reached ({type(error).__name__})", REACH)
