"""The catalogue's rows: short names, kept a workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

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
        taken = select(entries.c.name).where(entries.c.workspace == workspace, entries.c.name == entry.name)
        async with self._db.write() as connection:
            if await connection.scalar(select(workspaces.c.id).where(workspaces.c.id == workspace)) is None:
                await connection.execute(insert(workspaces).values(id=workspace))
            if await connection.scalar(taken) is not None:
                return False
            await connection.execute(
                insert(entries).values(
                    workspace=workspace,
                    name=entry.name,
                    platform=entry.notebook.platform.value,
                    notebook=entry.notebook.id,
                    url=entry.url,
                    title=entry.title,
                    defaults=entry.model_dump(mode="json")["defaults"],
                    literal=sorted(entry.literal),
                    added_by=entry.added_by,
                    added_at=now,
                )
            )
        return True

    async def remove(self, workspace: str, name: str) -> bool:
        """Remove an entry; False where there was none."""
        gone = delete(entries).where(entries.c.workspace == workspace, entries.c.name == name)
        async with self._db.write() as connection:
            return (await connection.execute(gone)).rowcount == 1
