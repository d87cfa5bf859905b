"""Block Kit's rules as Slack documents them: pure checks of decoded JSON."""

from bot.sandbox.slack.blocks.layout import Surface
from bot.sandbox.slack.blocks.objects import suggestions
from bot.sandbox.slack.blocks.whole import (
    ONE_TABLE,
    problems,
    rich_text_problems,
    too_long,
    view_problems,
    view_too_large,
)

__all__ = [
    "ONE_TABLE",
    "Surface",
    "problems",
    "rich_text_problems",
    "suggestions",
    "too_long",
    "view_problems",
    "view_too_large",
]
