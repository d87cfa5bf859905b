"""Other settings: signed HTTP, only the catalogue, no token for a platform, admins or none, small limits."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from pydantic import SecretStr

from bot.sandbox.slack.delivery import sign
from bot.sandbox.slack.workspace import BEN

from . import sight
from .house import SECRET, chatting
from .notebooks import code, heading

if TYPE_CHECKING:
    from pathlib import Path

    from .chat import Chat

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_over_signed_http_a_run_is_asked_for_followed_and_run_again(tmp_path: Path) -> None:
    async with chatting(tmp_path, over_http=True) as chat:
        await chat.catalogues("brief", heading("Brief"), title="Brief")
        room = chat.room()
        assert "Did you mean “run”" in await chat.types("ana", room, "/notebook runn brief")
        card = await chat.runs("ana", room, f"/notebook run {chat.address('brief')}")
        await card.ends()
        await chat.clicks("ben", card, "Run again")
        again = await chat.card(room, besides={card.message.ts})
        assert f"<@{BEN}>" in await again.ends()
        assert len(chat.starts("brief")) == 2


async def test_over_http_only_what_slack_signed_lately_is_heard(tmp_path: Path) -> None:
    async with chatting(tmp_path, over_http=True) as chat:
        mode = chat.slack.post.http
        assert mode is not None
        command = {"command": "/notebook", "text": "help", "team_id": chat.bot.workspace, "user_id": BEN}
        body = urlencode(command | {"channel_id": "C0DATATEAM", "trigger_id": "1.2.3"}).encode()
        form = {"Content-Type": "application/x-www-form-urlencoded"}

        async def heard(headers: dict[str, str]) -> tuple[int, str]:
            async with chat.http.post(mode.url, data=body, headers=form | headers) as answer:
                return answer.status, await answer.text()

        status, text = await heard(sign(SECRET, body))
        assert (status, "run" in json.loads(text)["text"]) == (200, True)
        for headers in (
            {},
            sign("another secret", body),
            sign(SECRET, body + b"x"),
            sign(SECRET, body, int(time.time()) - 600),
            sign(SECRET, body) | {"X-Slack-Signature": "v0=" + "0" * 64},
        ):
            status, text = await heard(headers)
            assert status == 401
            assert "Run a notebook" not in text


async def test_with_only_the_catalogue_addresses_are_refused_and_only_admins_change_it(tmp_path: Path) -> None:
    async with chatting(tmp_path, run="catalogue") as chat:
        await chat.catalogues("brief", heading("Brief"), title="Brief")
        chat.shelve("secret-plan", heading("Plan"))
        plan, room = chat.address("secret-plan"), chat.room()
        notebook = chat.platforms.shelf["secret-plan"]
        for who in ("ben", "ana"):
            for line in (
                f"/notebook run {plan}",
                f"/notebook {plan}",
                f"/deepnote run {notebook.deepnote_id}",
                "/datalore run ana/secret-plan",
                "/datalore run ana/brief",
                f"/notebook track {plan}",
            ):
                said = await chat.types(who, room, line)
                assert "Only notebooks of the catalogue may be run here" in said, line
        for line in (f"add plan {plan}", "remove brief"):
            assert "Only admins can change the catalogue here." in await chat.types("ben", room, f"/notebook {line}")
        assert chat.cards(room) == []

        by_name = await chat.runs("ben", room, "/notebook run brief")
        await by_name.ends()
        by_address = await chat.runs("ben", room, f"/notebook run {chat.address('brief')}")
        await by_address.ends()

        assert "Removed" in await chat.types("ana", room, "/notebook remove brief")
        await chat.clicks("ben", by_name, "Run again", "Only notebooks of the catalogue may be run here")
        assert "Only notebooks of the catalogue" in await chat.types("ben", room, f"/notebook rerun {by_name.number}")
        assert len(chat.starts("brief")) == 2
        assert chat.starts("secret-plan") == []


async def test_a_platform_without_a_token_says_so(tmp_path: Path) -> None:
    async with chatting(tmp_path, deepnote_token=SecretStr("")) as chat:
        await chat.catalogues("memo", heading("Memo"), on="datalore")
        await chat.catalogues("brief", heading("Brief"))
        room = chat.room()
        for line in ("/notebook run brief", f"/notebook run {chat.address('memo')}", "/notebook track brief"):
            said = await chat.types("ben", room, line)
            assert "No Deepnote token is set here" in said, line
            assert "DEEPNOTE_TOKEN" in said
        card = await chat.runs("ben", room, "/notebook run memo")
        await card.ends()
        assert len(chat.cards(room)) == 1


async def test_without_admins_a_refused_token_names_who_can_mend_it(tmp_path: Path) -> None:
    async with chatting(tmp_path, admins=frozenset()) as chat:
        await chat.catalogues("memo", heading("Memo"), on="datalore")
        room = chat.room()
        chat.breaks("datalore", "token_refused")
        card = await chat.runs("ben", room, "/notebook run memo")
        closing = await card.ends("Not started")
        assert "Whoever runs Threadbook has to renew it." in closing
        assert chat.cards("@ana") == []


async def test_every_admin_is_told_of_a_refused_token(tmp_path: Path, chat: Chat) -> None:
    both = frozenset(chat.slack.person(who).id for who in ("ana", "ben"))
    async with chatting(tmp_path, admins=both) as other:
        await other.catalogues("memo", heading("Memo"), on="datalore")
        other.breaks("datalore", "token_refused")
        await (await other.runs("ben", other.room(), "/notebook run memo")).ends("Not started")
        for who in ("@ana", "@ben"):
            told = await other.card(who)
            assert "Datalore refuses Threadbook's token" in told.words
            assert len(other.cards(who)) == 1


async def test_a_platform_that_cannot_be_reached_is_tried_again_until_it_can(tmp_path: Path) -> None:
    async with chatting(tmp_path, datalore_url="http://127.0.0.1:9/datalore") as chat:
        card = await chat.runs("ben", chat.room(), "/notebook run datalore:ana/memo")
        await card.tells("Datalore hasn't been answering", "nothing was started yet; I keep trying")
        await card.shows("Asked for at", "Datalore hasn't been answering")
        await chat.clicks("ben", card, "Stop tracking")
        closing = await card.ends("Taken back")
        assert "before it was started" in closing
        assert card.count("hasn't been answering") == 1


async def test_a_file_over_the_limit_is_linked_and_not_posted(tmp_path: Path) -> None:
    async with chatting(tmp_path, file_limit=5_000) as chat:
        await chat.catalogues("large", code("open('large.bin', 'wb').write(b'x' * 6000)"), on="datalore")
        card = await chat.runs("ben", chat.room(), "/notebook run large")
        await card.ends()
        assert list(card.files) == ["large.ipynb"]
        line = next(line for line in card.said.splitlines() if "large.bin" in line)
        assert "larger than" in line or "too large" in line
        assert any(address.endswith("/large.bin") for each in card.thread for address in sight.links(each))


async def test_a_bot_that_stops_leaves_its_runs_to_the_next_one(tmp_path: Path) -> None:
    gate_path = tmp_path / "first"
    gate_path.mkdir()
    async with chatting(gate_path) as chat:
        gate = chat.gate()
        await chat.catalogues("long", gate.wait, code("print('all the way')"))
        card = await chat.runs("ana", chat.room(), "/notebook run long")
        await card.shows("Running")
        await chat.restarts()
        assert f"run {card.number}" in await chat.types("ana", card.message.channel, "/notebook status")
        gate.open()
        await card.ends()
        assert "all the way" in card.said
        assert (card.count("Running on Deepnote"), len(chat.starts("long")), len(card.pings)) == (1, 1, 1)
