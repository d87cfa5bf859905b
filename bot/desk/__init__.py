"""One desk for typed commands, clicks and forms: checks, resolves, saves. Knows no Slack."""

from bot.desk.desk import Audience, Desk, Rules

__all__ = ["Audience", "Desk", "Rules"]
