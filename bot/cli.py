"""The command line: `threadbook serve`, `sandbox`, `check` and `catalogue`."""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import sys
from io import TextIOWrapper
from secrets import token_hex
from typing import TYPE_CHECKING

from bot import logs
from bot.stopping import FELL, run

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import ModuleType

    from bot.settings import Settings

log = logging.getLogger(__name__)

USAGE_ERROR = 2
"""Exit code where the settings are wrong or a port is taken."""
MAY_PASS = 1
"""Exit code of what a restart may mend: Slack that is away, and what nobody foresaw."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command that was typed, and leave with its exit code."""
    options = _parser().parse_args(arguments)
    logs.start(options.log, options.log_format or "text")
    try:
        code = options.carry_out(options)
    except Exception:
        # Through the log, which shows no secrets; the interpreter's own traceback would.
        log.exception(FELL, token_hex(4))
        code = 1
    sys.exit(code)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="threadbook",
        description="A Slack bot that runs data notebooks and tells the thread what they said.",
    )
    parser.add_argument("--log", default="info", choices=["debug", "info", "warning", "error"], help="how much to log")
    parser.add_argument(
        "--log-format", choices=["text", "json"], help="how to log (default: THREADBOOK_LOG_FORMAT, else text)"
    )
    verbs = parser.add_subparsers(required=True, metavar="command")
    serve = verbs.add_parser("serve", help="serve a Slack workspace; everything is set by environment variables")
    serve.set_defaults(carry_out=_serve)
    sandbox = verbs.add_parser("sandbox", help="try it: Slack, Datalore and Deepnote played by this machine")
    sandbox.add_argument("--port", type=int, default=8765, help="where the page is (default 8765; 0 for any free port)")
    sandbox.add_argument("--no-browser", action="store_true", help="don't open the page in a browser")
    sandbox.set_defaults(carry_out=_sandbox)
    check = verbs.add_parser(
        "check",
        help="try everything that serving needs, and say what mends it",
        description="Try settings, tokens, permissions, database, platforms, clock and port; a line for each. "
        "Nothing is started, and nothing stays written. Exit code 0: it can be served; 1: something has to be mended.",
    )
    check.set_defaults(carry_out=_check)
    _add_catalogue(verbs.add_parser("catalogue", help="write the catalogue to a file, or make it what a file says"))
    return parser


def _add_catalogue(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(required=True, metavar="command")
    export = verbs.add_parser("export", help="write the catalogue as YAML that can be edited")
    export.add_argument("file", nargs="?", default="-", help="where to (default: -, the terminal)")
    import_ = verbs.add_parser(
        "import",
        help="make the catalogue what a file says",
        description="Show what would change, ask, and apply all of it at once. Nothing is applied if the file has a "
        "mistake. Exit code 0: applied, or nothing to change; 1: changes, but not applied; 2: a mistake.",
    )
    import_.add_argument("file", help="what export wrote, edited (-: standard input, with --yes)")
    import_.add_argument("--yes", action="store_true", help="apply without asking")
    import_.add_argument("--prune", action="store_true", help="remove the notebooks that the file doesn't name")
    for verb, carry_out in ((export, _export), (import_, _import)):
        verb.add_argument("--workspace", metavar="T…", default="", help="Slack's team id, if there are several")
        verb.set_defaults(carry_out=carry_out)


def _serve(options: argparse.Namespace) -> int:
    settings = _settings()
    if settings is None:
        return USAGE_ERROR
    logs.start(options.log, options.log_format or settings.log_format, settings.secrets())
    return run(_serving(settings))


def _environment() -> Settings | None:
    """The settings from the environment; None where something is wrong, which has then been told."""
    from pydantic import ValidationError

    from bot.settings import Settings

    try:
        return Settings()
    except ValidationError as error:
        for fault in error.errors(include_input=False, include_url=False):
            print(f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}", file=sys.stderr)
        return None


def _settings() -> Settings | None:
    """The settings, if all is set that serving needs; else None, and what is missing has been told."""
    from bot.model import Platform

    settings = _environment()
    if settings is None:
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

    from bot.errors import StoreUnavailable, Unusable
    from bot.slack.app import ILL
    from bot.wiring import Bot

    try:
        bot = Bot(settings)
        await bot.start()
    except SlackApiError as error:
        word, status = error.response.get("error"), error.response.status_code
        if not word:
            print(f"Slack answered {status}, and no word. Check SLACK_API_URL, or try again.", file=sys.stderr)
            return MAY_PASS
        if word in ILL:
            print(f"Slack can't be asked just now: {word}. Try again.", file=sys.stderr)
            return MAY_PASS
        print(f"Slack refuses: {word}. Check SLACK_BOT_TOKEN and SLACK_APP_TOKEN.", file=sys.stderr)
        return USAGE_ERROR
    except StoreUnavailable as error:
        print(f"The database can't be opened ({error}). Check THREADBOOK_DATABASE_URL.", file=sys.stderr)
        return USAGE_ERROR if isinstance(error, Unusable) else MAY_PASS
    except ModuleNotFoundError as error:
        print(f"The driver {error.name} isn't installed: pip install 'threadbook[postgres]'.", file=sys.stderr)
        return USAGE_ERROR
    except (ConnectionError, TimeoutError) as error:
        said = str(error) or "Slack does not answer"
        print(f"Can't start: {said}. Check SLACK_API_URL, or try again.", file=sys.stderr)
        return MAY_PASS
    except OSError as error:
        print(f"Can't start: {error}.", file=sys.stderr)
        return USAGE_ERROR
    # What was imported lives as long as the process: without it, collecting garbage takes a tenth of the time.
    gc.collect()
    gc.freeze()
    try:
        await bot.wait()
    finally:
        await bot.stop()
    return 0


def _check(_options: argparse.Namespace) -> int:
    from bot.check import check

    # What is found is told by its line; libraries would tell it a second time.
    logging.getLogger().setLevel(logging.CRITICAL)
    logging.getLogger("bot.stopping").setLevel(logging.ERROR)
    return run(check(), stopped=1)


def _sandbox(options: argparse.Namespace) -> int:
    try:
        import ipykernel  # noqa: F401, only to see whether it's there
        import nbclient  # noqa: F401
    except ImportError:
        print("The sandbox needs more packages: pip install 'threadbook[sandbox]'", file=sys.stderr)
        return USAGE_ERROR
    return run(_playing(options.port, browser=not options.no_browser))


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


def _export(options: argparse.Namespace) -> int:
    return _on_catalogue(lambda cli, settings: cli.export(settings, options.file, options.workspace))


def _import(options: argparse.Namespace) -> int:
    return _on_catalogue(
        lambda cli, settings: cli.import_(
            settings, options.file, options.workspace, yes=options.yes, prune=options.prune
        )
    )


def _on_catalogue(carry_out: Callable[[ModuleType, Settings], int]) -> int:
    from bot import catalogue_cli

    settings = _environment()
    if settings is None:
        return USAGE_ERROR
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal may know no arrows
    try:
        return carry_out(catalogue_cli, settings)
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 1


async def _open(url: str) -> None:
    import webbrowser

    await asyncio.to_thread(webbrowser.open, url)
