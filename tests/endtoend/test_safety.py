"""Words from outside: nobody is pinged through them, nothing in them is read as formatting, secrets stay secret."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from bot.sandbox.slack.records import Person
from bot.sandbox.slack.workspace import ANA, BEN, BOT, TEAM

from . import sight
from .notebooks import asks, code, heading

if TYPE_CHECKING:
    from bot.sandbox.slack.records import Message

    from .chat import Chat

pytestmark = pytest.mark.asyncio(loop_scope="module")

NASTY = "<!channel> <!here> <@U0BENOKAFR> <!subteam^S012|x> *bold* _slanted_ `code` & <https://evil.example|click>"
HUNTER = "hunter2-in-plain-sight"


def everything(chat: Chat) -> list[Message]:
    """Every message of the bot that anybody can see."""
    found = []
    for channel in chat.slack.workspace.channels.values():
        found += [*channel.roots.values(), *channel.replies.values(), *channel.ephemerals.values()]
    return [each for each in found if each.user == BOT]


def pinged(chat: Chat) -> set[str]:
    """Whom the bot has notified so far, but for those who asked for a run, in its closing line."""
    closing = [each for each in everything(chat) if each.is_reply and not each.blocks and "<@" in each.text]
    others = {ping for each in everything(chat) if each not in closing for ping in sight.pings(each)}
    return others | {ping for each in closing for ping in sight.pings(each)[1:]}


def formatted(message: Message) -> list[str]:
    """What Slack would show bold, slanted, as code or as a link of all that `NASTY` holds."""
    marks = ("*bold*", "_slanted_", "`code`", "<https://evil.example", "|click>")
    said = sight.mrkdwn(message)
    return [mark for mark in marks if mark in said]


async def test_a_value_is_shown_as_it_was_typed_and_pings_nobody(chat: Chat, room: str) -> None:
    await chat.catalogues("echo", asks("note"), code("print(note)"))
    card = await chat.runs("ana", room, f'/notebook run echo note="{NASTY}" note="@ben #data"')
    await card.ends("Not started")  # two values for one text
    card = await chat.runs("ana", room, f'/notebook run echo note="{NASTY} @ben"')
    await card.ends()
    (start,) = chat.starts("echo")
    assert "<!channel>" in start["inputs"]["note"]
    assert "@ben" in start["inputs"]["note"]
    assert "&lt;!channel&gt;" in card.words
    assert formatted(card.message) == []
    assert "<!channel>" in card.said  # as the notebook printed it, in a block that is taken literally
    assert card.pings == [f"@{ANA}"]
    assert pinged(chat) == set()


async def test_what_a_notebook_prints_and_what_it_breaks_of_pings_nobody(chat: Chat, room: str) -> None:
    await chat.catalogues(
        "loud",
        heading(NASTY),
        code(f"from IPython.display import Markdown\nprint({NASTY!r})"),
        code(f"Markdown({NASTY!r})"),
        code(f"raise ValueError({NASTY!r})"),
        title=f"Loud {NASTY}",
    )
    card = await chat.runs("ana", room, "/notebook run loud")
    closing = await card.ends("Failed")
    assert "ValueError: &lt;!channel&gt;" in closing
    assert card.pings == [f"@{ANA}"]
    assert formatted(card.message) == []
    assert [mark for each in card.thread for mark in formatted(each) if not each.blocks] == []
    assert pinged(chat) == set()


async def test_files_and_their_names_ping_nobody(chat: Chat, room: str) -> None:
    name = "<!channel> & *bold* `code`.txt"
    await chat.catalogues("files", code(f"open({name!r}, 'w').write('x')"), on="datalore")
    card = await chat.runs("ana", room, "/notebook run files")
    await card.ends()
    assert card.pings == [f"@{ANA}"]
    assert pinged(chat) == set()
    (summary,) = [each for each in card.thread if sight.links(each)]
    assert "`code`" not in sight.mrkdwn(summary)
    for address in sight.links(summary):
        async with chat.http.get(address, headers={"Authorization": "Bearer sandbox"}) as answer:
            assert answer.status == 200, address


async def test_names_of_people_and_of_notebooks_ping_nobody(chat: Chat, room: str) -> None:
    chat.slack.workspace.add_person(Person("U0NASTY001", NASTY, NASTY, TEAM))
    chat.slack.channel(room).members["U0NASTY001"] = None
    card = await chat.runs("U0NASTY001", room, "/notebook run brief")
    await card.ends()
    assert "asked by &lt;!channel&gt;" in card.words
    assert formatted(card.message) == []

    added = await chat.types("ana", room, f'/notebook add nasty {chat.address("brief")} note="{NASTY}"')
    assert "Added" in added
    for line in ("list", "show nasty", "runs", f"untrack {card.number}", f"show {NASTY}", f'run brief "{NASTY}', NASTY):
        await chat.types("ben", room, f"/notebook {line}")
    answers = [each for each in everything(chat) if each.to is not None]
    assert [mark for each in answers for mark in formatted(each) if "^" not in sight.mrkdwn(each)] == []
    assert pinged(chat) == set()


async def test_values_with_secret_names_are_masked_wherever_they_are_shown(
    chat: Chat, room: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="bot")
    names = ("api_token", "db_password", "Authorization")
    for slug, on in (("vault", "deepnote"), ("safe", "datalore")):
        await chat.catalogues(slug, *(asks(name) for name in names), on=on)
        values = " ".join(f"{name}={HUNTER}" for name in names)
        card = await chat.runs("ana", room, f"/notebook run {slug} {values}")
        await card.tells("Queued")
        assert chat.starts(slug)[0]["inputs"] == dict.fromkeys(names, HUNTER)
        assert card.words.count("••••") == len(names)
        again = await chat.runs("ben", room, f"/notebook rerun {card.number} api_token={HUNTER}-too")
        await again.tells("Queued")
        await chat.types("ben", room, f"/notebook status {card.number}")
        await chat.types("ben", room, f"/notebook add {slug}-2 {chat.address(slug, on)} {values}")
        for line in ("list", f"show {slug}-2", f"show {slug}", "runs"):
            await chat.types("ben", room, f"/notebook {line}")
        await card.ends()
        await again.ends()
    assert [sight.words(each) for each in everything(chat) if HUNTER in str(each.blocks) + each.text] == []
    assert HUNTER not in caplog.text


async def test_a_wrong_value_of_a_secret_is_not_repeated(
    chat: Chat, room: str, caplog: pytest.LogCaptureFixture
) -> None:
    await chat.catalogues(
        "strict",
        asks("secret_number", "1", "slider", low=1, high=9, step=1),
        asks("token_kind", "a", "select", options=["a", "b"]),
        asks("auth_date", "2026-01-01", "date"),
        asks("password_saved", True, "checkbox"),
    )
    for name in ("secret_number", "token_kind", "auth_date", "password_saved"):
        card = await chat.runs("ana", room, f"/notebook run strict {name}={HUNTER}")
        await card.ends("Not started")
        assert name in card.words
    assert [sight.words(each) for each in everything(chat) if HUNTER in str(each.blocks) + each.text] == []
    assert HUNTER not in caplog.text


async def test_a_mistake_beside_a_secret_does_not_repeat_the_secret(chat: Chat, room: str) -> None:
    for line in (f"api_token={HUNTER} stray", f'api_token="{HUNTER}', f"--lvie password={HUNTER}", f"token = {HUNTER}"):
        said = await chat.types("ben", room, f"/notebook run brief {line}")
        assert "⚠️" in said
        assert HUNTER not in said, line


async def test_only_the_one_who_asked_is_mentioned_and_once(chat: Chat, room: str) -> None:
    card = await chat.runs("ben", room, "/notebook run brief")
    await card.ends()
    await chat.types("ana", room, f"/notebook status {card.number}")
    assert card.pings == [f"@{BEN}"]
