"""One Settings, read from the environment; secrets never print themselves."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal
from urllib.parse import unquote, urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.model import Platform

DRIVERS: Final = ("sqlite+aiosqlite", "postgresql+asyncpg")
"""How a database's address begins."""
MEANT: Final = ("THREADBOOK_DATABASE_URL", "THREADBOOK_RUN")
"""Set to nothing, these are mistakes: there would be another database, or more allowed than was meant."""
_CENTURY: Final = 36_500
"""Days: whoever wants something kept for ever can say so, and a date is left to count from."""


class Settings(BaseSettings):
    """Everything that can be set, with its defaults; each field's alias is the variable's name."""

    model_config = SettingsConfigDict(extra="ignore", populate_by_name=True, hide_input_in_errors=True)

    slack_bot_token: SecretStr = Field(SecretStr(""), alias="SLACK_BOT_TOKEN")
    slack_app_token: SecretStr = Field(SecretStr(""), alias="SLACK_APP_TOKEN")
    slack_signing_secret: SecretStr = Field(SecretStr(""), alias="SLACK_SIGNING_SECRET")
    slack_api_url: str = Field("https://slack.com/api/", alias="SLACK_API_URL")

    datalore_url: str = Field("https://datalore.jetbrains.com", alias="DATALORE_URL")
    datalore_token: SecretStr = Field(SecretStr(""), alias="DATALORE_TOKEN")
    deepnote_api_url: str = Field("https://api.deepnote.com", alias="DEEPNOTE_API_URL")
    deepnote_app_url: str = Field("https://deepnote.com", alias="DEEPNOTE_APP_URL")
    deepnote_token: SecretStr = Field(SecretStr(""), alias="DEEPNOTE_TOKEN")

    database_url: str = Field("sqlite+aiosqlite:///threadbook.db", alias="THREADBOOK_DATABASE_URL")
    http_port: int = Field(8080, alias="THREADBOOK_HTTP_PORT", ge=0, le=65535)
    admins: Annotated[frozenset[str], NoDecode] = Field(frozenset(), alias="THREADBOOK_ADMINS")
    run: Literal["anything", "catalogue"] = Field("anything", alias="THREADBOOK_RUN")
    file_limit: int = Field(16 * 1024 * 1024, alias="THREADBOOK_FILE_LIMIT", gt=0)
    """Bytes; a larger artifact is linked, not uploaded."""
    document_limit: int = Field(64 * 1024 * 1024, alias="THREADBOOK_DOCUMENT_LIMIT", gt=0)
    """Bytes; a larger notebook document isn't read."""
    give_up_after: float = Field(7 * 24 * 3600, alias="THREADBOOK_GIVE_UP_AFTER", gt=0, le=_CENTURY * 86_400)
    """Seconds; a run that hasn't ended by then is no longer looked at."""
    keep_days: float = Field(365, alias="THREADBOOK_KEEP_DAYS", gt=0, le=_CENTURY)
    """Days; a run that ended and was told longer ago is forgotten."""
    keep_results_days: float = Field(30, alias="THREADBOOK_KEEP_RESULTS_DAYS", gt=0, le=_CENTURY)
    """Days; the same of what a run said, which its thread has. Its figures stay, to be compared with."""
    log_format: Literal["text", "json"] = Field("text", alias="THREADBOOK_LOG_FORMAT")

    datalore_looks: float = Field(5.0, alias="THREADBOOK_DATALORE_LOOKS", ge=0.01, le=1_000)
    deepnote_looks: float = Field(5.0, alias="THREADBOOK_DEEPNOTE_LOOKS", ge=0.01, le=1_000)
    """Looks a second at runs under way, of all processes together; neither platform publishes what it allows."""

    @model_validator(mode="before")
    @classmethod
    def _unset(cls, given: dict[str, object]) -> dict[str, object]:
        """What is set to nothing isn't set."""
        return {name: value for name, value in given.items() if value != "" or name in MEANT}

    @field_validator("admins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return frozenset(value.replace(",", " ").split())
        return value

    @field_validator("slack_bot_token", "slack_app_token", "slack_signing_secret", "datalore_token", "deepnote_token")
    @classmethod
    def _token(cls, value: SecretStr) -> SecretStr:
        token = value.get_secret_value()
        if not token.isascii() or not token.isprintable() or " " in token:
            raise ValueError("holds blanks or characters that no token has: copy it anew, without quotes")
        return value

    @field_validator("datalore_url", "deepnote_api_url", "deepnote_app_url", "slack_api_url")
    @classmethod
    def _address(cls, value: str) -> str:
        if not value.startswith(("https://", "http://")):
            raise ValueError("must start with https:// (or http://)")
        if not urlsplit(_readable(value)).hostname:
            raise ValueError("is no address: it names no host")
        if "@" in urlsplit(value).netloc:
            raise ValueError("names a user: whoever asks there shows a token, and nothing else")
        return value

    @field_validator("datalore_url", "deepnote_api_url", "deepnote_app_url")
    @classmethod
    def _bare(cls, value: str) -> str:
        return value.rstrip("/").removesuffix("/v2")

    @field_validator("slack_api_url")
    @classmethod
    def _slash(cls, value: str) -> str:
        return value.rstrip("/") + "/"

    @field_validator("database_url")
    @classmethod
    def _driver(cls, value: str) -> str:
        """What is no address of ours is told without showing it: it may hold a password."""
        scheme, _, rest = value.partition("://")
        if scheme not in DRIVERS:
            raise ValueError(f"is no address that starts with {' or '.join(f'{one}://' for one in DRIVERS)}")
        if scheme == "postgresql+asyncpg":
            if rest.partition("?")[0].count("@") > 1:
                raise ValueError("has several @: one that is part of a password is written as %40")
            if "sslmode=" in rest:
                raise ValueError("has sslmode=, which this driver calls ssl=, as in ?ssl=require")
        return _connecting(_readable(value))

    def looks(self, platform: Platform) -> float:
        """Looks a second that this platform may be asked for."""
        return self.datalore_looks if platform is Platform.DATALORE else self.deepnote_looks

    def has(self, platform: Platform) -> bool:
        """Whether a token for this platform is set."""
        token = self.datalore_token if platform is Platform.DATALORE else self.deepnote_token
        return bool(token.get_secret_value())

    def secrets(self) -> list[str]:
        """Everything in here that no log may show."""
        named = (getattr(self, name) for name in type(self).model_fields)
        tokens = [one.get_secret_value() for one in named if isinstance(one, SecretStr)]
        return [*tokens, *_passwords(self.database_url)]


def _readable(url: str) -> str:
    """The address, if it is one.

    Raises:
        ValueError: It isn't; its words show nothing of it.
    """
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018, reading it is the test
        (parts.hostname or "").encode("idna")
    except ValueError:
        raise ValueError("is no address: its host or port can't be read") from None
    return url


def _connecting(url: str) -> str:
    """The database's address, if its driver can make something of it.

    Raises:
        ValueError: It can't.
    """
    try:
        address = make_url(url)
        address.get_dialect()().create_connect_args(address)
    except (SQLAlchemyError, ValueError, TypeError):
        raise ValueError("is no address: see to its slashes, three before a file, and what is behind the ?") from None
    if address.get_backend_name() == "sqlite" and address.database in {None, "", ":memory:"}:
        raise ValueError("names no file, and what is in memory is gone with the process: sqlite+aiosqlite:///file.db")
    return url


def _passwords(url: str) -> list[str]:
    """The password in a database's address, as it stands there and as it's meant."""
    user = url.partition("://")[2].rpartition("@")[0]
    found = [user.partition(":")[2], *re.findall(r"[?&]password=([^&]*)", url)]
    return [each for one in found if one for each in (one, unquote(one))]
