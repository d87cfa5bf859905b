"""What the app's manifest grants: scopes, slash commands, shortcuts, events. Slack's manifest schema, version 2."""

from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator, model_validator

from bot.sandbox.slack.grants import BOT_EVENTS, BOT_SCOPES


class ManifestError(ValueError):
    """The manifest breaks Slack's schema: a line for each fault, with its place."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


_Url = Annotated[str, StringConstraints(pattern=r"^https://\S+$")]


class _Metadata(_Part):
    major_version: Literal[1, 2] = 1
    minor_version: int = 0


class _Display(_Part):
    name: str = Field(min_length=1, max_length=35)
    description: str = Field(default="", max_length=140)
    long_description: str = Field(default="", max_length=4000)
    background_color: str = Field(default="#000000", pattern=r"^#([0-9A-Fa-f]{3}){1,2}$")


class AppHome(_Part):
    """Which tabs of the App Home there are. What isn't stated about the Messages tab isn't held against anybody."""

    home_tab_enabled: bool = False
    messages_tab_enabled: bool = True
    messages_tab_read_only_enabled: bool = False


class SlashCommand(_Part):
    """A slash command as the manifest declares it."""

    command: str = Field(pattern=r"^/\S{1,31}$")
    description: str = Field(min_length=1, max_length=2000)
    usage_hint: str = Field(default="", max_length=1000)
    should_escape: bool = False
    url: _Url | None = None


class Shortcut(_Part):
    """A global shortcut, or one of the message menu."""

    name: str = Field(min_length=1, max_length=24)
    type: Literal["global", "message"]
    callback_id: str = Field(min_length=1, max_length=255)
    description: str = Field(min_length=1, max_length=150)


class _BotUser(_Part):
    display_name: str = Field(min_length=1, max_length=35)
    always_online: bool = False


class _Features(_Part):
    bot_user: _BotUser
    app_home: AppHome = AppHome()
    shortcuts: tuple[Shortcut, ...] = Field(default=(), max_length=10)
    slash_commands: tuple[SlashCommand, ...] = Field(default=(), max_length=50)
    unfurl_domains: tuple[Annotated[str, StringConstraints(pattern=r"^[\w-]+(\.[\w-]+)+$")], ...] = Field(
        default=(), max_length=5
    )

    @model_validator(mode="after")
    def _once(self) -> "_Features":
        for what, names in (
            ("command", [each.command for each in self.slash_commands]),
            ("callback_id of a shortcut", [each.callback_id for each in self.shortcuts]),
        ):
            if len(set(names)) < len(names):
                raise ValueError(f"the same {what} is declared twice")
        return self


class _Scopes(_Part):
    bot: frozenset[str] = Field(default=frozenset(), max_length=255)
    user: frozenset[str] = Field(default=frozenset(), max_length=255)

    @field_validator("bot")
    @classmethod
    def _known(cls, scopes: frozenset[str]) -> frozenset[str]:
        if unknown := sorted(scopes - BOT_SCOPES):
            raise ValueError(f"no such bot scope: {', '.join(unknown)}")
        return scopes


class _OAuth(_Part):
    redirect_urls: tuple[str, ...] = Field(default=(), max_length=1000)
    scopes: _Scopes = _Scopes()
    token_management_enabled: bool = False


class _Events(_Part):
    request_url: _Url | None = None
    bot_events: frozenset[str] = Field(default=frozenset(), max_length=100)
    user_events: frozenset[str] = Field(default=frozenset(), max_length=100)

    @field_validator("bot_events")
    @classmethod
    def _known(cls, events: frozenset[str]) -> frozenset[str]:
        if unknown := sorted(events - BOT_EVENTS.keys()):
            raise ValueError(f"no such bot event: {', '.join(unknown)}")
        return events


class _Interactivity(_Part):
    is_enabled: bool = False
    request_url: _Url | None = None
    message_menu_options_url: _Url | None = None


class _Settings(_Part):
    allowed_ip_address_ranges: tuple[str, ...] = Field(default=(), max_length=50)
    event_subscriptions: _Events = _Events()
    interactivity: _Interactivity = _Interactivity()
    org_deploy_enabled: bool = False
    socket_mode_enabled: bool = False
    token_rotation_enabled: bool = False
    is_hosted: bool = False


class Manifest(_Part):
    """manifest.yml, held to Slack's schema: unknown keys, long names and grants that don't fit together are refused."""

    metadata: _Metadata = Field(default=_Metadata(), alias="_metadata")
    display_information: _Display
    features: _Features
    oauth_config: _OAuth = _OAuth()
    settings: _Settings = _Settings()

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    @classmethod
    def read(cls, path: Path) -> "Manifest":
        """Read manifest.yml. Raises OSError, or ManifestError with everything that is wrong and where."""
        try:
            return cls.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        except yaml.YAMLError as error:
            raise ManifestError(f"{path.name} isn't YAML: {error}") from None
        except ValidationError as error:
            raise ManifestError("\n".join(f"{path.name}: {each}" for each in _faults(error))) from None

    @model_validator(mode="after")
    def _granted(self) -> "Manifest":
        if (self.features.slash_commands or self.features.shortcuts) and "commands" not in self.scopes:
            raise ValueError("slash commands and shortcuts need the scope commands")
        if self.features.unfurl_domains and not {"links:read", "links:write"} <= self.scopes:
            raise ValueError("unfurl_domains need the scopes links:read and links:write")
        for event in sorted(self.events):
            allowing = BOT_EVENTS[event]
            if allowing and not self.scopes.intersection(allowing):
                raise ValueError(f"the event {event} needs the scope {' or '.join(allowing)}")
        return self

    @model_validator(mode="after")
    def _addressed(self) -> "Manifest":
        if self.settings.socket_mode_enabled:
            return self
        lacking = [each.command for each in self.features.slash_commands if each.url is None]
        if self.events and self.settings.event_subscriptions.request_url is None:
            lacking.append("event_subscriptions")
        if self.interactive and self.settings.interactivity.request_url is None:
            lacking.append("interactivity")
        if lacking:
            raise ValueError(f"without Socket Mode these need a URL: {', '.join(lacking)}")
        return self

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
    def shortcuts(self) -> dict[str, Shortcut]:
        """The shortcuts by callback_id."""
        return {each.callback_id: each for each in self.features.shortcuts}

    @property
    def home_enabled(self) -> bool:
        """Whether the app has a Home tab."""
        return self.features.app_home.home_tab_enabled

    @property
    def takes_messages(self) -> bool:
        """Whether people can write in the direct message with the bot."""
        home = self.features.app_home
        return home.messages_tab_enabled and not home.messages_tab_read_only_enabled

    @property
    def events(self) -> frozenset[str]:
        """The events that the bot subscribed to."""
        return self.settings.event_subscriptions.bot_events

    @property
    def interactive(self) -> bool:
        """Whether clicks, shortcuts and forms reach the app."""
        return self.settings.interactivity.is_enabled


def _faults(error: ValidationError) -> list[str]:
    return [f"{_place(each['loc'])}{each['msg'].removeprefix('Value error, ')}" for each in error.errors()]


def _place(loc: tuple[Any, ...]) -> str:
    return f"{'.'.join(map(str, loc))}: " if loc else ""
