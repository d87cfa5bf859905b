"""The rows as they are committed, read past everybody's transactions."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import StaticPool, create_engine, select

from bot.store import database, tables
from bot.store.rows import run_of

if TYPE_CHECKING:
    from bot.model import Run


class RunRow(NamedTuple):
    """What is compared of a run."""

    id: int
    number: int
    act: str
    asker: str
    holder: int | None
    state: str
    remote_id: str | None
    attempt: int
    settled: int
    adopted: int
    untracked_at: float | None
    untracked_by: str | None
    revision: int
    shown_revision: int
    channel: str | None
    ts: str | None
    told: int
    parts: int
    closed: int
    refused: str
    listeners: str

    @property
    def truth(self) -> tuple[object, ...]:
        """What only its holder may change."""
        return (self.state, self.remote_id, self.attempt, self.settled)


@dataclass(frozen=True, slots=True)
class Rows:
    """All of it at one moment."""

    runs: dict[int, RunRow]
    living: dict[int, int]
    courier: int | None


RUNS = """
    SELECT runs.id, number,
        coalesce(json_extract(request, '$.inputs.again'), json_extract(request, '$.title')), asker,
        holder, state, remote_id, attempt, settled, coalesce(json_extract(progress, '$.adopted'), 0),
        untracked_at, untracked_by, revision, shown_revision,
        cards.channel, ts, told, parts, closed, refused,
        (SELECT coalesce(group_concat(person), '') FROM listeners WHERE listeners.run = runs.id)
    FROM runs JOIN cards ON cards.run = runs.id
"""


class Monitor:
    """Reads the database from outside."""

    def __init__(self, path: str) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)

    def read(self) -> Rows:
        """The rows."""
        ask = self._connection.execute
        runs = {row[0]: RunRow(*row) for row in ask(RUNS)}
        living = dict(ask("SELECT id, epoch FROM processes WHERE NOT dead").fetchall())
        courier = ask("SELECT courier FROM workspaces").fetchone()
        return Rows(runs, living, courier[0] if courier else None)

    def resting(self) -> bool:
        """Whether nothing is left to be done."""
        found = self._connection.execute(
            "SELECT 1 FROM runs WHERE NOT settled OR shown_revision < revision LIMIT 1"
        ).fetchone()
        return found is None

    def everything(self) -> list[Run]:
        """The runs, whole."""
        engine = create_engine("sqlite://", creator=lambda: self._connection, poolclass=StaticPool)
        with engine.connect() as connection:
            return [run_of(row) for row in connection.execute(select(tables.runs)).all()]

    def close(self) -> None:
        """Let go."""
        self._connection.close()


@cache
def template() -> bytes:
    """An empty database with all its tables, migrated once."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "template.db"
        engine = create_engine(f"sqlite:///{path}")
        with engine.begin() as connection:
            database._upgrade(connection)
        engine.dispose()
        return path.read_bytes()
