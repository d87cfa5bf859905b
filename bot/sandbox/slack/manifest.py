"""What the app's manifest grants: scopes, slash commands, events. Slack's manifest schema, version 2."""

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class SlashCommand(_Part):
    """A slash command as the manifest declares it."""

    command: str = Field(pattern=r"^/\S{1,31}$")
    description: str
    usage_hint: str = ""
    should_escape: bool = False


class _BotUser(_Part):
    display_name: str = Field(max_length=35)


class _Features(_Part):
    bot_user: _BotUser
    slash_commands: tuple[SlashCommand, ...] = ()


class _Scopes(_Part):
    bot: frozenset[str] = frozenset()


class _OAuth(_Part):
    scopes: _Scopes = _Scopes()


class _Events(_Part):
    bot_events: frozenset[str] = frozenset()


class _Interactivity(_Part):
    is_enabled: bool = False


class _Settings(_Part):
    event_subscriptions: _Events = _Events()
    interactivity: _Interactivity = _Interactivity()


class Manifest(_Part):
    """The parts of manifest.yml that decide what Slack lets the app do."""

    features: _Features
    oauth_config: _OAuth = _OAuth()
    settings: _Settings = _Settings()

    @classmethod
    def read(cls, path: Path) -> "Manifest":
        """Read manifest.yml. Raises OSError, yaml.YAMLError or pydantic.ValidationError."""
        return cls.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))

    @property
    def bot_name(self) -> str:
        """The bot's display name."""
        return self.features.bot_user.display_name

    @property
    def scopes(self) -> frozenset[str]:
        """The bot token's scopes."""
        return self.oauth_config.scopes.bot

    @property
    def commands(self) -> dict[str, SlashCommand]:
        """The slash commands by name, `/` included."""
        return {each.command: each for each in self.features.slash_commands}

    @property
    def events(self) -> frozenset[str]:
        """The events that the bot subscribed to."""
        return self.settings.event_subscriptions.bot_events

    @property
    def interactive(self) -> bool:
        """Whether clicks reach the app."""
        return self.settings.interactivity.is_enabled
