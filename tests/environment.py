"""The settings with which a process of Threadbook finds the stand-ins instead of the world."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.sandbox.slack import SlackStandIn


def connecting(slack: SlackStandIn, url: str, database: str) -> dict[str, str]:
    """What connects it.

    Args:
        slack: The Slack that it speaks to.
        url: Where the platforms' stand-ins are.
        database: As in THREADBOOK_DATABASE_URL.
    """
    return {
        "SLACK_BOT_TOKEN": max(slack.parts.tokens.bot),
        "SLACK_APP_TOKEN": max(slack.parts.tokens.app),
        "SLACK_API_URL": slack.api_url,
        "DATALORE_URL": f"{url}/datalore",
        "DATALORE_TOKEN": "sandbox",
        "DEEPNOTE_API_URL": f"{url}/deepnote",
        "DEEPNOTE_APP_URL": f"{url}/deepnote",
        "DEEPNOTE_TOKEN": "sandbox",
        "THREADBOOK_DATABASE_URL": database,
        "THREADBOOK_HTTP_PORT": "0",
    }
