"""The manifest is held to Slack's schema when it is read, and what is wrong is named with its place."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.sandbox.slack import Manifest
from bot.sandbox.slack.manifest import ManifestError
from tests.sandbox.slack.conftest import MANIFEST


def whole() -> dict[str, Any]:
    """A manifest with everything that the stand-in knows."""
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "Threadbook",
            "description": "Runs notebooks",
            "long_description": "x" * 174,
            "background_color": "#123",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Threadbook", "always_online": True},
            "shortcuts": [
                {"name": "Run a notebook", "type": "global", "callback_id": "run", "description": "Opens the form"},
                {"name": "Run this", "type": "message", "callback_id": "this", "description": "Runs its link"},
            ],
            "slash_commands": [{"command": "/notebook", "description": "Runs", "usage_hint": "run x"}],
            "unfurl_domains": ["deepnote.com", "datalore.jetbrains.com"],
        },
        "oauth_config": {
            "redirect_urls": ["https://example.com/"],
            "scopes": {
                "bot": ["commands", "chat:write", "links:read", "links:write", "im:history", "app_mentions:read"]
            },
        },
        "settings": {
            "event_subscriptions": {"bot_events": ["app_mention", "message.im", "app_home_opened", "link_shared"]},
            "interactivity": {"is_enabled": True},
            "org_deploy_enabled": False,
            "socket_mode_enabled": True,
            "token_rotation_enabled": False,
        },
    }


def read(folder: Path, manifest: Any) -> Manifest:
    path = folder / "manifest.yml"
    path.write_text(yaml.safe_dump(manifest), encoding="utf-8")
    return Manifest.read(path)


def test_the_real_one_passes() -> None:
    assert Manifest.read(MANIFEST).bot_name == "Threadbook"


def test_everything_that_a_manifest_can_grant_is_understood(tmp_path: Path) -> None:
    manifest = read(tmp_path, whole())
    assert manifest.home_enabled
    assert manifest.takes_messages
    assert list(manifest.shortcuts) == ["run", "this"]
    assert "link_shared" in manifest.events
    assert manifest.features.unfurl_domains == ("deepnote.com", "datalore.jetbrains.com")


def put(manifest: dict[str, Any], path: str, value: Any) -> None:
    *way, last = path.split(".")
    at: Any = manifest
    for each in way:
        at = at[int(each)] if isinstance(at, list) else at[each]
    if isinstance(at, list):
        at[int(last)] = value
    else:
        at[last] = value


COMMAND = {"command": "/x", "description": "d"}
SHORTCUT = {"name": "n", "type": "global", "description": "d"}


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("colour", "red", "manifest.yml: colour: Extra inputs are not permitted"),
        ("_metadata.major_version", 3, "_metadata.major_version: "),
        ("display_information.name", "x" * 36, "display_information.name: String should have at most 35 characters"),
        ("display_information.description", "x" * 141, "at most 140 characters"),
        ("display_information.background_color", "blue", "display_information.background_color: "),
        ("features.bot_user.display_name", "x" * 36, "at most 35 characters"),
        ("features.shortcuts.0.name", "x" * 25, "features.shortcuts.0.name: String should have at most 24"),
        ("features.shortcuts.0.type", "local", "features.shortcuts.0.type: "),
        ("features.shortcuts.1.callback_id", "run", "the same callback_id of a shortcut is declared twice"),
        ("features.shortcuts", [SHORTCUT | {"callback_id": str(n)} for n in range(11)], "at most 10 items"),
        ("features.slash_commands.0.command", "notebook", "features.slash_commands.0.command: "),
        ("features.slash_commands.0.command", "/" + "x" * 32, "features.slash_commands.0.command: "),
        ("features.slash_commands", [COMMAND, COMMAND], "the same command is declared twice"),
        ("features.slash_commands.0.hint", "x", "features.slash_commands.0.hint: Extra inputs"),
        ("features.unfurl_domains", [f"{n}.example.com" for n in range(6)], "at most 5 items"),
        ("features.unfurl_domains.0", "https://deepnote.com", "features.unfurl_domains.0: "),
        ("features.app_home.home_tab", True, "features.app_home.home_tab: Extra inputs"),
        ("oauth_config.scopes.bot", ["commands", "chat:wrte"], "no such bot scope: chat:wrte"),
        ("oauth_config.scopes.bot", ["links:read", "links:write"], "slash commands and shortcuts need the scope"),
        ("oauth_config.scopes.bot", ["commands", "links:read"], "unfurl_domains need the scopes"),
        ("settings.event_subscriptions.bot_events", ["app_mentions"], "no such bot event: app_mentions"),
        (
            "settings.event_subscriptions.bot_events",
            ["message.channels"],
            "the event message.channels needs the scope channels:history",
        ),
        ("settings.socket_mode_enabled", False, "without Socket Mode these need a URL: /notebook, event_subscriptions"),
    ],
)
def test_what_slack_would_refuse_is_refused_and_named(tmp_path: Path, path: str, value: Any, words: str) -> None:
    manifest = whole()
    put(manifest, path, value)
    with pytest.raises(ManifestError) as refused:
        read(tmp_path, manifest)
    assert words in str(refused.value)


def test_every_fault_is_told_not_just_the_first(tmp_path: Path) -> None:
    manifest = whole()
    put(manifest, "display_information.name", "x" * 36)
    put(manifest, "features.shortcuts.0.name", "x" * 25)
    with pytest.raises(ManifestError) as refused:
        read(tmp_path, manifest)
    assert len(str(refused.value).splitlines()) == 2


def test_a_file_that_is_no_manifest(tmp_path: Path) -> None:
    with pytest.raises(ManifestError):
        read(tmp_path, ["not", "an", "object"])
    (tmp_path / "manifest.yml").write_text("a: [", encoding="utf-8")
    with pytest.raises(ManifestError, match="isn't YAML"):
        Manifest.read(tmp_path / "manifest.yml")
