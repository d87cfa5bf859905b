"""A notebook of the catalogue that is gone: what, since when and whose it is are told, and nothing starts."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from bot.model import Cause, Entry, Notebook, Platform, State
from bot.render.card import card
from bot.render.text import day
from bot.render.thread import farewell
from bot.sandbox.shelf import Shelf
from bot.sandbox.slack.workspace import ANA, BEN
from bot.store.store import Store
from tests.endtoend.house import chatting
from tests.endtoend.notebooks import document, heading
from tests.render.said import NOON, a_run, later

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from tests.endtoend.chat import Chat

ON = pytest.mark.parametrize("on", list(Platform))


def notebook(on: Platform) -> Notebook:
    """What `the-plan` will be called once somebody makes it."""
    there = Shelf(shipped=False).add("the-plan", document("", heading("Plan")))
    return Notebook(platform=on, id=there.datalore_id if on is Platform.DATALORE else there.deepnote_id)


async def gone_since(chat: Chat) -> datetime | None:
    entry = await chat.bot.store.catalogue.entry(chat.bot.workspace, "plan")
    assert entry is not None
    return entry.gone_since


@ON
async def test_a_notebook_that_is_gone_says_since_when_and_whom_to_ask_until_it_is_back(
    tmp_path: Path, on: Platform
) -> None:
    async with chatting(tmp_path) as chat:
        room = chat.room()
        added = await chat.types("ana", room, f"/notebook add plan {notebook(on)} --owner <@{BEN}>")
        assert "Added" in added, added
        assert await gone_since(chat) is None

        first = await chat.runs("ana", room, "/notebook run plan")
        last = await first.ends("Not started")
        since = await gone_since(chat)
        assert since is not None
        words = f"{on.label} has had no notebook “plan” since <!date^{int(since.timestamp())}^"
        asks = "or it isn't shared with us"
        for told in (first.words, last):
            assert words in told
            assert asks in told
            assert "Ask ben, who owns it." in told
        assert first.pings == [f"@{ANA}"]

        second = await chat.runs("ana", room, "/notebook run plan")
        assert words in await second.ends("Not started")
        assert await gone_since(chat) == since
        shown = await chat.types("ana", room, "/notebook show plan")
        assert f"⚠️ {on.label} has had no such notebook since <!date^{int(since.timestamp())}^" in shown
        assert f"Owner: <@{BEN}>" in shown
        assert chat.starts("the-plan") == []

        chat.shelve("the-plan", heading("Plan"))
        await (await chat.runs("ana", room, "/notebook run plan")).ends()
        assert await gone_since(chat) is None
        assert "no such notebook" not in await chat.types("ana", room, "/notebook show plan")
        assert len(chat.starts("the-plan")) == 1


async def test_only_the_first_time_counts_and_rows_are_written_only_where_something_changes(tmp_path: Path) -> None:
    lost, other = notebook(Platform.DATALORE), Notebook(platform=Platform.DATALORE, id="ana/other")
    store = Store(f"sqlite+aiosqlite:///{tmp_path}/threadbook.db")
    await store.database.migrate()
    catalogue = store.catalogue

    async def noted() -> list[datetime | None]:
        return [entry.gone_since for entry in await catalogue.all("T0HERE")]

    with closing(sqlite3.connect(tmp_path / "threadbook.db")) as watcher:

        def version() -> int:
            return int(watcher.execute("PRAGMA data_version").fetchone()[0])

        for name in ("plan", "same-plan"):
            await catalogue.add("T0HERE", Entry(name=name, notebook=lost), NOON)
        before = version()
        assert await catalogue.gone("T0HERE", lost, None) is None
        assert await catalogue.gone("T0HERE", other, NOON) is None
        assert await catalogue.gone("T0THERE", lost, NOON) is None
        assert version() == before
        assert await catalogue.gone("T0HERE", lost, NOON) == NOON
        assert await noted() == [NOON, NOON]
        before = version()
        assert await catalogue.gone("T0HERE", lost, later(60)) == NOON
        assert version() == before
        await catalogue.add("T0HERE", Entry(name="third-plan", notebook=lost), NOON)
        assert await catalogue.gone("T0HERE", lost, later(60)) == NOON
        assert await catalogue.gone("T0HERE", lost, None) is None
        assert await noted() == [None, None, None]
    await store.close()


async def test_a_notebook_that_the_catalogue_does_not_know_is_gone_without_a_date(tmp_path: Path) -> None:
    async with chatting(tmp_path) as chat:
        gone = await chat.runs("ana", chat.room(), f"/notebook run {notebook(Platform.DEEPNOTE)}")
        last = await gone.ends("Not started")
        assert "Deepnote has no such notebook, or it isn't shared with us" in last
        assert "since" not in last


async def test_a_run_that_is_gone_is_no_gone_notebook(tmp_path: Path) -> None:
    async with chatting(tmp_path) as chat:
        await chat.catalogues("plan", heading("Plan"))
        nobody = "01234567-89ab-4cde-8f01-23456789abcd"
        followed = await chat.runs("ana", chat.room(), f"/notebook track plan {nobody}")
        await followed.ends("Not tracked")
        assert await gone_since(chat) is None


@pytest.mark.parametrize(("owner", "more"), [("", ""), ("Bea <!channel>", " Ask Bea &lt;!channel&gt;, who owns it.")])
def test_the_card_and_the_closing_line_name_the_owner_only_where_one_is_known(owner: str, more: str) -> None:
    run = a_run(State.REJECTED, cause=Cause.GONE, gone_since=NOON, reason="Notebook not found.")
    run = run.model_copy(update={"request": run.request.model_copy(update={"name": "weekly-kpis"})})
    wanted = (
        f"Deepnote has had no notebook “weekly-kpis” since {day(NOON)}, or it isn't shared with us "
        f"(Notebook not found).{more}"
    )
    text, blocks = card(run, None, owner)
    assert text.endswith(f"\n{wanted}")
    assert wanted in blocks[1]["text"]["text"]
    assert farewell(run, None, later(1), owner=owner).text == f"🚫 <@{ANA}> *Weekly KPIs* was not started: {wanted}"
