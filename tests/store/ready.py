"""Databases that have all their tables already: copies of one that was migrated as Threadbook's first start does it."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.store.database import Database


async def migrated(url: str) -> None:
    """Give an empty database its tables."""
    database = Database(url)
    await database.migrate()
    await database.close()


def ready(folder: Path) -> str:
    """A new SQLite file in this folder; its URL."""
    file = folder / "threadbook.db"
    file.write_bytes(_file())
    return address(file)


def address(file: Path) -> str:
    """The URL of an SQLite file."""
    return f"sqlite+aiosqlite:///{file}"


@cache
def _file() -> bytes:
    with TemporaryDirectory() as folder, ThreadPoolExecutor(1) as aside:  # whoever asks has a loop of their own
        file = Path(folder) / "threadbook.db"
        aside.submit(asyncio.run, migrated(address(file))).result()
        assert [each.name for each in Path(folder).iterdir()] == [file.name]  # nothing of it is in a journal
        return file.read_bytes()
