"""The command line: `threadbook serve` and `threadbook sandbox`."""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import signal
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence

    from bot.settings import Settings

USAGE_ERROR = 2
"""Exit code where the settings are wrong or a port is taken; 1 is for what nobody foresaw."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command that was typed, and leave with its exit code."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=options.log.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    for noisy in ("slack_sdk", "slack_bolt", "aiohttp.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    sys.exit(options.carry_out(options))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="threadbook",
        description="A Slack bot that runs data notebooks and tells the thread what they said.",
    )
    parser.add_argument("--log", default="info", choices=["debug", "info", "warning", "error"], help="how much to log")
    verbs = parser.add_subparsers(required=True, metavar="command")
    serve = verbs.add_parser("serve", help="serve a Slack workspace; everything is set by environment variables")
    serve.set_defaults(carry_out=_serve)
    sandbox = verbs.add_parser("sandbox", help="try it: Slack, Datalore and Deepnote played by this machine")
    sandbox.add_argument("--port", type=int, default=8765, help="where the page is (default 8765; 0 for any free port)")
    sandbox.add_argument("--no-browser", action="store_true", help="don't open the page in a browser")
    sandbox.set_defaults(carry_out=_sandbox)
    return parser


def _serve(_options: argparse.Namespace) -> int:
    settings = _settings()
    return USAGE_ERROR if settings is None else asyncio.run(_until_told(_serving(settings)))


def _settings() -> Settings | None:
    """The settings from the environment; None where something is missing or wrong, which has then been told."""
    from pydantic import ValidationError

    from bot.model import Platform
    from bot.settings import Settings

    try:
        settings = Settings()
    except ValidationError as error:
        for fault in error.errors(include_input=False, include_url=False):
            print(f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}", file=sys.stderr)
        return None
    faults = []
    if not settings.slack_bot_token.get_secret_value():
        faults.append("SLACK_BOT_TOKEN is not set: the token that starts with xoxb-, from OAuth & Permissions.")
    if not settings.slack_app_token.get_secret_value() and not settings.slack_signing_secret.get_secret_value():
        faults.append(
            "Neither SLACK_APP_TOKEN (xapp-…, for Socket Mode) nor SLACK_SIGNING_SECRET (for HTTP) is set: "
            "both are under Basic Information."
        )
    if not any(settings.has(platform) for platform in Platform):
        faults.append("Neither DATALORE_TOKEN nor DEEPNOTE_TOKEN is set, so there is nothing to run notebooks on.")
    for words in faults:
        print(words, file=sys.stderr)
    return None if faults else settings


async def _serving(settings: Settings) -> int:
    """Serve until cancelled."""
    from slack_sdk.errors import SlackApiError

    from bot.errors import StoreUnavailable
    from bot.wiring import Bot

    bot = Bot(settings)
    try:
        await bot.start()
    except SlackApiError as error:
        word = error.response.get("error")
        print(f"Slack refuses: {word}. Check SLACK_BOT_TOKEN and SLACK_APP_TOKEN.", file=sys.stderr)
        return USAGE_ERROR
    except StoreUnavailable as error:
        print(f"The database can't be opened ({error}). Check THREADBOOK_DATABASE_URL.", file=sys.stderr)
        return USAGE_ERROR
    except OSError as error:
        print(f"Can't start: {error}", file=sys.stderr)
        return USAGE_ERROR
    # What was imported lives as long as the process: without it, collecting garbage takes a tenth of the time.
    gc.collect()
    gc.freeze()
    try:
        await bot.wait()
    finally:
        await bot.stop()
    return 0


def _sandbox(options: argparse.Namespace) -> int:
    try:
        import ipykernel  # noqa: F401, only to see whether it's there
        import nbclient  # noqa: F401
    except ImportError:
        print("The sandbox needs more packages: pip install 'threadbook[sandbox]'", file=sys.stderr)
        return USAGE_ERROR
    return asyncio.run(_until_told(_playing(options.port, browser=not options.no_browser)))


async def _playing(port: int, *, browser: bool) -> int:
    """Play the sandbox until cancelled."""
    from bot.playground import Playground

    try:
        async with Playground(port) as playground:
            print(f"\n  Threadbook's sandbox is ready: {playground.url}\n", flush=True)
            if browser:
                await _open(playground.url)
            await playground.wait()
    except OSError as error:
        print(f"Can't listen on port {port}: {error}. Another one: threadbook sandbox --port 0", file=sys.stderr)
        return USAGE_ERROR
    return 0


async def _open(url: str) -> None:
    import webbrowser

    await asyncio.to_thread(webbrowser.open, url)


async def _until_told(work: Awaitable[int]) -> int:
    """Do the work until it ends, or until SIGTERM or SIGINT asks it to."""
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    for told in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(told, task.cancel)
    try:
        return await task
    except asyncio.CancelledError:
        return 0
