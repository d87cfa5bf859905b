"""Logs: one line an event, as text or JSON, with the run that it is about, and without secrets.

What a task logs after `concerning(run)` carries the run's number, whoever logs it. Secrets are taken out of the
finished line, so that it doesn't matter how they came into it: an exception's address, a traceback, a library's words.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Literal, TextIO
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.model import Run

Format = Literal["text", "json"]
SHORTEST: Final = 8
"""Characters; a shorter secret could be a word of its own, such as the sandbox's token."""
GONE: Final = "[secret]"
_SHAPES: Final = re.compile(
    r"""
    (?P<slack> \b(?:xox[a-z](?:\.xox[a-z])?|xapp|xwfp)-[\w.%-]{4,} )
    | (?P<bearer> (?<=Bearer[ ]) [^\s"',;}\])]+ )
    | (?P<user> (?<=://) [^\s/@"']+ (?=@) )                                     # user:password@
    | (?P<hook> (?<=hooks\.slack\.com/) [\w/.%-]+ )
    | (?P<reply> (?<=/slack/) (?:commands|actions) / [\w/.%-]+ )                # where commands are answered
    | (?P<query> (?<=[?&;]) (?:[\w.-]*(?:token|ticket|secret|signature|sig|password|credential|key)) = [^\s&"'<>)\]]+ )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_run: ContextVar[Run | None] = ContextVar("threadbook_run", default=None)


def concerning(run: Run) -> None:
    """From here on, what this task logs is about this run."""
    _run.set(run)


class Redaction:
    """Takes secrets out of a text.

    Args:
        secrets: Those that are known; what only looks like one is taken out besides.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = {secret.strip() for secret in secrets}
        known = {secret for secret in known if len(secret) >= SHORTEST}
        spelled = known | {quote(secret, safe="") for secret in known} | {json.dumps(secret)[1:-1] for secret in known}
        longest_first = sorted(spelled, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first))) if spelled else None

    def __call__(self, text: str) -> str:
        """The text with each secret replaced by `[secret]`; a token keeps its kind."""
        if self._known is not None:
            text = self._known.sub(_kind, text)
        return _SHAPES.sub(_kind, text)


def _kind(found: re.Match[str]) -> str:
    text = found[0]
    name, equals, _ = text.partition("=")
    if found.lastgroup == "query" and equals:
        return f"{name}={GONE}"
    prefix = re.match(r"(?:xox[a-z]|xapp|xwfp)-", text)
    return f"{prefix[0]}{GONE}" if prefix else GONE


class Text(logging.Formatter):
    """Lines for people."""

    def __init__(self, redaction: Redaction) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(about)s%(message)s")
        self._redaction = redaction

    def format(self, record: logging.LogRecord) -> str:
        """The line, with its run in front where it doesn't say which one itself."""
        run, message = getattr(record, "run", None), record.getMessage()
        record.about = f"run {run}: " if run is not None and f"run {run}" not in message else ""
        return self._redaction(_hidden(record, super().format(record)))


class Json(logging.Formatter):
    """Lines for machines: an object each."""

    def __init__(self, redaction: Redaction) -> None:
        super().__init__()
        self._redaction = redaction

    def format(self, record: logging.LogRecord) -> str:
        """The line; `run` and `workspace` only where it is about one, `error` only where there is one."""
        line: dict[str, str | int] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self._redaction(_hidden(record, record.getMessage())),
        }
        for about in ("run", "workspace"):
            if (value := getattr(record, about, None)) is not None:
                line[about] = value
        if record.exc_info:
            line["error"] = self._redaction(_hidden(record, self.formatException(record.exc_info)))
        if record.stack_info:
            line["stack"] = self._redaction(_hidden(record, record.stack_info))
        return json.dumps(line, ensure_ascii=False, default=str)


def about(record: logging.LogRecord) -> bool:
    """A filter that lets everything pass, and notes the run that it's about, and what hides its secret inputs."""
    run = _run.get()
    if run is not None:
        from bot.render.masks import hiding  # noqa: PLC0415, `threadbook --help` needs none of it

        record.run, record.workspace, record.hide = run.number, run.workspace, hiding(run)
    return True


def _hidden(record: logging.LogRecord, text: str) -> str:
    """The text without its run's secret inputs: a platform may say them in a refusal."""
    hide: Callable[[str], str] | None = getattr(record, "hide", None)
    return text if hide is None else hide(text)


def start(
    level: str, format_: Format = "text", secrets: Iterable[str] = (), stream: TextIO | None = None
) -> logging.Handler:
    """Log to a stream, by default standard error; what was set before is replaced."""
    redaction = Redaction(secrets)
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.addFilter(about)
    handler.setFormatter(Json(redaction) if format_ == "json" else Text(redaction))
    root = logging.getLogger()
    for old in root.handlers[:]:
        if getattr(old, "threadbook", False):
            root.removeHandler(old)
    handler.threadbook = True  # type: ignore[attr-defined]  # so that the next start knows it
    root.addHandler(handler)
    root.setLevel(level.upper())
    logging.captureWarnings(capture=True)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    for noisy in ("slack_sdk", "slack_bolt", "aiohttp.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    return handler
