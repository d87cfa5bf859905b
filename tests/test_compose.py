"""compose.yaml, as far as Threadbook relies on it: no engine is needed to see that its parts fit."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import make_url

from bot.settings import Settings
from bot.wiring import DRAIN

ROOT = Path(__file__).parent.parent
PASSWORD = "somePassword1"


@pytest.fixture
def services() -> dict[str, Any]:
    """The services, with the password filled in as Compose does."""
    text = re.sub(r"\$\{POSTGRES_PASSWORD:\?[^}]*\}", PASSWORD, (ROOT / "compose.yaml").read_text())
    assert "${" not in text
    found: dict[str, Any] = yaml.safe_load(text)["services"]
    return found


def example(*, commented: bool) -> dict[str, str]:
    """The variables of .env.example; also those that are commented out, if wanted."""
    mark = r"(?:# )?" if commented else ""
    return dict(re.findall(rf"^{mark}([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE))


def seconds(words: str) -> int:
    """A duration as Compose writes it."""
    number, unit = int(words[:-1]), words[-1]
    return number * {"s": 1, "m": 60}[unit]


def test_two_replicas_wait_for_the_database_and_have_the_time_to_hand_over(services: dict[str, Any]) -> None:
    threadbook = services["threadbook"]
    assert threadbook["deploy"]["replicas"] == 2
    assert threadbook["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    assert "pg_isready" in services["postgres"]["healthcheck"]["test"]
    assert seconds(threadbook["stop_grace_period"]) > DRAIN + 2
    # A name or a published port of its own could belong to one replica only.
    assert not {"container_name", "ports"} & threadbook.keys()


def test_both_services_mean_the_same_database(services: dict[str, Any]) -> None:
    server = services["postgres"]["environment"]
    url = make_url(services["threadbook"]["environment"]["THREADBOOK_DATABASE_URL"])
    assert url.drivername == "postgresql+asyncpg"
    assert url.host in services
    assert (url.username, url.password, url.database) == (
        server["POSTGRES_USER"],
        server["POSTGRES_PASSWORD"],
        server["POSTGRES_DB"],
    )


def test_every_variable_is_one_that_somebody_reads(services: dict[str, Any]) -> None:
    known = {field.alias for field in Settings.model_fields.values()} | {"POSTGRES_PASSWORD"}
    assert services["threadbook"]["environment"].keys() | example(commented=True).keys() <= known


def test_an_example_that_is_filled_in_is_what_threadbook_takes(
    services: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (example(commented=True) | services["threadbook"]["environment"]).items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert settings.run == "catalogue"
    assert settings.admins == frozenset()
    assert settings.database_url.startswith("postgresql+asyncpg://")


def test_the_image_tells_compose_whether_it_is_well(services: dict[str, Any]) -> None:
    assert "healthcheck" not in services["threadbook"]
    assert re.search(r"^HEALTHCHECK .*\n.*/healthz", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
