"""A strict stand-in of Slack: Web API, Socket Mode, signed HTTP, Block Kit, a workspace and its people."""

from bot.sandbox.slack.blocks import problems, view_problems
from bot.sandbox.slack.delivery import HttpMode
from bot.sandbox.slack.manifest import Manifest, ManifestError
from bot.sandbox.slack.parts import Tokens
from bot.sandbox.slack.standin import SlackStandIn

__all__ = ["HttpMode", "Manifest", "ManifestError", "SlackStandIn", "Tokens", "problems", "view_problems"]
