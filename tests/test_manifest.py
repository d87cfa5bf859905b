"""manifest.yml against the code: everything that the code needs is there, and nothing that it doesn't use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from pydantic import ValidationError
from slack_bolt.async_app import AsyncApp

from bot.playground import manifest
from bot.sandbox.slack import Manifest, SlackStandIn
from bot.sandbox.slack.workspace import ANA, BEN, BOT
from bot.settings import Settings
from tests.endtoend.house import chatting
from tests.endtoend.notebooks import heading

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from tests.endtoend.chat import Chat

REAL = Manifest.read(manifest())


class Noting(AsyncApp):
    """A Bolt app that remembers what it was told to listen to."""

    heard: list[tuple[str, str]]

    def __init__(self, *args: Any, **more: Any) -> None:
        self.heard = []
        super().__init__(*args, **more)
        _apps.append(self)

    def command(self, command: Any, *args: Any, **more: Any) -> Any:
        self.heard.append(("command", command))
        return super().command(command, *args, **more)

    def shortcut(self, constraints: Any, *args: Any, **more: Any) -> Any:
        self.heard.append(("shortcut", constraints))
        return super().shortcut(constraints, *args, **more)

    def event(self, event: Any, *args: Any, **more: Any) -> Any:
        self.heard.append(("event", event))
        return super().event(event, *args, **more)

    def names(self, kind: str) -> set[str]:
        return {name for known, name in self.heard if known == kind}


_apps: list[Noting] = []


@pytest.fixture
async def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Noting:
    """The app of a bot that was really started."""
    _apps.clear()
    monkeypatch.setattr("bot.slack.app.AsyncApp", Noting)
    async with chatting(tmp_path):
        [app] = _apps
        return app


async def test_it_has_what_the_code_listens_to_and_nothing_else(app: Noting) -> None:
    assert set(REAL.commands) == app.names("command")
    assert set(REAL.shortcuts) == app.names("shortcut")
    assert {each.type for each in REAL.shortcuts.values()} == {"global"}
    assert REAL.events == app.names("event")
    assert REAL.interactive, "buttons, forms and shortcuts come this way"
    assert REAL.home_enabled == ("app_home_opened" in app.names("event"))
    assert REAL.takes_messages, "slash commands are typed in our DM too"
    assert REAL.settings.socket_mode_enabled


def test_mentions_of_people_and_channels_reach_commands_as_ids() -> None:
    assert [name for name, each in REAL.commands.items() if not each.should_escape] == []


def test_the_addresses_that_unfold_are_those_of_the_platforms() -> None:
    settings = Settings.model_construct()
    hosts = {urlsplit(address).hostname for address in (settings.datalore_url, settings.deepnote_app_url)}
    assert set(REAL.features.unfurl_domains) == hosts


def without(scope: str) -> Manifest:
    """The manifest without a scope; raises ValidationError where something else in it needs that."""
    changed = REAL.model_dump()
    changed["oauth_config"]["scopes"]["bot"] = REAL.scopes - {scope}
    return Manifest.model_validate(changed)


NEEDED_BY_THE_MANIFEST = {
    "commands": "slash commands and shortcuts",
    "app_mentions:read": "app_mention",
    "links:read": "unfurl_domains",
    "links:write": "unfurl_domains",
}


@pytest.mark.parametrize("scope", NEEDED_BY_THE_MANIFEST)
def test_slack_refuses_the_manifest_without_this_scope(scope: str) -> None:
    with pytest.raises(ValidationError, match=NEEDED_BY_THE_MANIFEST[scope]):
        without(scope)


async def card(chat: Chat, room: str, more: str = "") -> None:
    """Run a notebook in a channel, up to its end."""
    await chat.types("ana", room, f"/notebook run {chat.address('small', 'datalore')} {more}".strip())
    await (await chat.card("@ana" if more else room)).ends()


async def in_a_channel(chat: Chat) -> None:
    await card(chat, chat.room())


async def where_the_bot_is_not(chat: Chat) -> None:
    await card(chat, chat.room("public", (ANA, BEN)))


async def in_a_dm(chat: Chat) -> None:
    await card(chat, chat.room(), "--dm")


async def with_a_file(chat: Chat) -> None:
    room = chat.room()
    await card(chat, room)
    assert (await chat.card(room)).files


async def asked_about(chat: Chat, kind: Any) -> None:
    """Ask from another channel about a run."""
    room = chat.room(kind, (ANA, BEN, BOT))
    await card(chat, room)
    number = (await chat.card(room)).number
    assert f"run {number}" in await chat.types("ben", chat.room(), f"/notebook status {number}")


async def of_a_public_channel(chat: Chat) -> None:
    await asked_about(chat, "public")


async def of_a_private_channel(chat: Chat) -> None:
    await asked_about(chat, "private")


async def by_a_member(chat: Chat) -> None:
    assert "Guests can't" in await chat.types("gus", chat.room(), "/notebook list")
    assert "catalogue" in await chat.types("ana", chat.room(), "/notebook list")


FLOWS: dict[str, Callable[[Chat], Awaitable[None]]] = {
    "chat:write": in_a_channel,
    "chat:write.public": where_the_bot_is_not,
    "files:write": with_a_file,
    "im:write": in_a_dm,
    "users:read": by_a_member,
    "channels:read": of_a_public_channel,
    "groups:read": of_a_private_channel,
}


def test_each_scope_has_something_that_needs_it() -> None:
    assert REAL.scopes == {*NEEDED_BY_THE_MANIFEST, *FLOWS}


async def test_with_all_scopes_everything_works(tmp_path: Path) -> None:
    async with chatting(tmp_path) as chat:
        chat.shelve("small", heading("Small"))
        for flow in FLOWS.values():
            await flow(chat)
        assert not [call for call in chat.slack.calls() if call.error == "missing_scope"]


@pytest.mark.parametrize("scope", FLOWS)
async def test_without_this_scope_something_fails(tmp_path: Path, scope: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.endtoend.chat.SECONDS", 3.0)  # it fails by never happening
    async with chatting(tmp_path, slack=SlackStandIn(without(scope), rate_scale=None)) as chat:
        chat.shelve("small", heading("Small"))
        with pytest.raises(AssertionError):
            await FLOWS[scope](chat)
        refused = {call.error for call in chat.slack.calls() if call.error}
        assert refused & {"missing_scope", "not_in_channel"}
