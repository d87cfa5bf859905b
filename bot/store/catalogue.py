"""The catalogue's rows: short names, kept a workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import delete, select, update

from bot.model import Notebook, Platform
from bot.store.database import insert_new
from bot.store.rows import entry_of
from bot.store.tables import entries, workspaces

if TYPE_CHECKING:
    from datetime import datetime

    from bot.model import Changes, Entry
    from bot.store.database import Database


class Named(NamedTuple):
    """An entry as far as it is looked for by people: thousands are read as quickly as that."""

    name: str
    title: str
    describe: str
    notebook: Notebook
    words: str


class Catalogue:
    """The notebooks to which a workspace has given short names."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def entry(self, workspace: str, name: str) -> Entry | None:
        """The entry of that name."""
        query = select(entries).where(entries.c.workspace == workspace, entries.c.name == name)
        async with self._db.read() as connection:
            row = (await connection.execute(query)).first()
        return None if row is None else entry_of(row)

    async def all(self, workspace: str, limit: int | None = None) -> list[Entry]:
        """Every entry, by name; or the first of them."""
        query = select(entries).where(entries.c.workspace == workspace).order_by(entries.c.name).limit(limit)
        async with self._db.read() as connection:
            return [entry_of(row) for row in (await connection.execute(query)).all()]

    async def names(self, workspace: str) -> list[Named]:
        """Every entry, by name, as far as people look for it; `words` is what they type some letters of."""
        wanted = (entries.c.name, entries.c.title, entries.c.describe, entries.c.platform, entries.c.notebook)
        query = select(*wanted).where(entries.c.workspace == workspace).order_by(entries.c.name)
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).all()
        return [
            Named(
                name=name,
                title=title,
                describe=describe,
                notebook=Notebook(platform=Platform(platform), id=notebook),
                words=f"{name} {title} {describe}".casefold(),
            )
            for name, title, describe, platform, notebook in rows
        ]

    async def of(self, workspace: str, notebook: Notebook) -> list[Entry]:
        """The entries that name this notebook."""
        query = select(entries).where(
            entries.c.workspace == workspace,
            entries.c.platform == notebook.platform.value,
            entries.c.notebook == notebook.id,
        )
        async with self._db.read() as connection:
            return [entry_of(row) for row in (await connection.execute(query)).all()]

    async def add(self, workspace: str, entry: Entry, now: datetime) -> bool:
        """Add an entry; False where the name is taken, and nothing was written."""
        async with self._db.write() as connection:
            await insert_new(connection, workspaces, id=workspace)
            row = _row(entry) | {"workspace": workspace, "added_by": entry.added_by, "added_at": now}
            return await insert_new(connection, entries, **row)

    async def change(self, workspace: str, entry: Entry) -> bool:
        """Write an entry anew under its name; False where there is none."""
        here = (entries.c.workspace == workspace) & (entries.c.name == entry.name)
        async with self._db.write() as connection:
            return (await connection.execute(update(entries).where(here).values(_row(entry)))).rowcount == 1

    async def remove(self, workspace: str, name: str) -> bool:
        """Remove an entry; False where there was none."""
        gone = delete(entries).where(entries.c.workspace == workspace, entries.c.name == name)
        async with self._db.write() as connection:
            return (await connection.execute(gone)).rowcount == 1

    async def workspaces(self) -> list[str]:
        """Every workspace that is known, by id."""
        async with self._db.read() as connection:
            return [
                row.id for row in (await connection.execute(select(workspaces.c.id).order_by(workspaces.c.id))).all()
            ]

    async def replace(self, workspace: str, changes: Changes, now: datetime) -> bool:
        """Make all these changes, or none of them.

        Returns:
            False where an entry isn't any more what it was seen to be, or a new name is taken; nothing was written.
        """
        here = entries.c.workspace == workspace
        async with self._db.write() as connection:
            await insert_new(connection, workspaces, id=workspace)
            rows = (await connection.execute(select(entries).where(here).with_for_update())).all()
            known = {row.name: entry_of(row) for row in rows}
            seen = [*(before for before, _ in changes.changed), *changes.removed]
            if any(_said(known.get(entry.name)) != _said(entry) for entry in seen):
                return False
            if any(entry.name in known for entry in changes.added):
                return False
            for before, after in changes.changed:
                # Since when the notebook is gone may have been noted meanwhile, and stays with the notebook.
                gone = known[before.name].gone_since if after.notebook == before.notebook else None
                row = _row(after) | {"gone_since": gone}
                await connection.execute(update(entries).where(here, entries.c.name == before.name).values(row))
            names = [entry.name for entry in changes.removed]
            await connection.execute(delete(entries).where(here, entries.c.name.in_(names)))
            for entry in changes.added:
                row = _row(entry) | {"workspace": workspace, "added_by": entry.added_by, "added_at": now}
                if not await insert_new(connection, entries, **row):
                    await connection.rollback()
                    return False
        return True

    async def gone(self, workspace: str, notebook: Notebook, since: datetime | None) -> datetime | None:
        """Note since when the platform has had no such notebook, or with None that it has it after all.

        Only the first time counts, and nothing is written where nothing changes.

        Returns:
            Since when it has been gone; None where it isn't, or no entry names it.
        """
        named = (
            (entries.c.workspace == workspace)
            & (entries.c.platform == notebook.platform.value)
            & (entries.c.notebook == notebook.id)
        )
        async with self._db.read() as connection:
            rows = (await connection.execute(select(entries.c.gone_since).where(named))).all()
        known: list[datetime | None] = [row.gone_since for row in rows]
        noted = [moment for moment in known if moment is not None]
        if since is None and noted:
            async with self._db.write() as connection:
                await connection.execute(update(entries).where(named).values(gone_since=None))
        if since is None or not known:
            return None
        if len(noted) < len(known):
            first = update(entries).where(named, entries.c.gone_since.is_(None)).values(gone_since=since)
            async with self._db.write() as connection:
                await connection.execute(first)
        return min([*noted, since])


def _said(entry: Entry | None) -> Entry | None:
    """An entry without what others note on it."""
    return None if entry is None else entry.model_copy(update={"gone_since": None})


def _row(entry: Entry) -> dict[str, Any]:
    """What an entry says, as columns."""
    said = entry.model_dump(mode="json", exclude={"notebook", "added_by", "gone_since", "literal"})
    return said | {
        "platform": entry.notebook.platform.value,
        "notebook": entry.notebook.id,
        "literal": sorted(entry.literal),
        "gone_since": entry.gone_since,
    }
