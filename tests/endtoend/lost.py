"""A database that goes away in the middle of a save."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import event
from sqlalchemy.exc import OperationalError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from .chat import Chat


@contextmanager
def lost_while_saving(chat: Chat, table: str) -> Iterator[None]:
    """The connection ends with the COMMIT of a new row, so that nobody knows what became of it."""
    engine = chat.bot.store.database.engine.sync_engine

    def note(connection: Connection, _cursor: object, statement: str, *_more: object) -> None:
        if statement.startswith(f"INSERT INTO {table}"):
            connection.info["saves"] = True

    def away(connection: Connection) -> None:
        if connection.info.pop("saves", False):
            raise OperationalError("COMMIT", {}, ConnectionError("the connection was lost"))

    event.listen(engine, "before_cursor_execute", note)
    event.listen(engine, "commit", away)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", note)
        event.remove(engine, "commit", away)
