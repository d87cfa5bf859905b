"""The catalogue's rows: short names, kept a workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select, update

from bot.store.database import insert_new
from bot.store.rows import entry_of
from bot.store.tables import entries, workspaces

if TYPE_CHECKING:
    from datetime import datetime

    from bot.model import Entry, Notebook
    from bot.store.database import Database


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

    async def all(self, workspace: str) -> list[Entry]:
        """Every entry, by name."""
        query = select(entries).where(entries.c.workspace == workspace).order_by(entries.c.name)
        async with self._db.read() as connection:
            return [entry_of(row) for row in (await connection.execute(query)).all()]

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

    async def gone(self, workspace: str, notebook: Notebook, since: datetime | None) -> None:
        """Note since when the platform has had no such notebook, or that it has it after all."""
        named = (
            (entries.c.workspace == workspace)
            & (entries.c.platform == notebook.platform.value)
            & (entries.c.notebook == notebook.id)
        )
        was = entries.c.gone_since.is_(None) if since is not None else entries.c.gone_since.is_not(None)
        async with self._db.read() as connection:
            if (await connection.execute(select(entries.c.name).where(named, was).limit(1))).first() is None:
                return
        async with self._db.write() as connection:
            await connection.execute(update(entries).where(named, was).values(gone_since=since))


def _row(entry: Entry) -> dict[str, Any]:
    """What an entry says, as columns."""
    said = entry.model_dump(mode="json", exclude={"notebook", "added_by", "gone_since", "literal"})
    return said | {
        "platform": entry.notebook.platform.value,
        "notebook": entry.notebook.id,
        "literal": sorted(entry.literal),
        "gone_since": entry.gone_since,
    }
