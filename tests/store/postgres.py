"""A real PostgreSQL server of our own, in a temporary folder, reached by a socket in that folder alone."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import asyncpg  # type: ignore[import-untyped]  # it has none of its own
import psutil

from tests.store.ready import migrated

if TYPE_CHECKING:
    from collections.abc import Iterator

OWNER = "threadbook"
TEMPLATE = "migrated"
QUICK = "-c fsync=off -c full_page_writes=off -c deadlock_timeout=100ms -c max_connections=500"
"""Data that nobody needs tomorrow has no cause to wait for the disk; it still outlives the server's own crash."""


class NoServer(Exception):
    """There is no PostgreSQL on this machine, or nobody to run it."""


class Postgres:
    """One server.

    Args:
        binaries: Where `initdb` and `pg_ctl` are.
        folder: For its data and its socket; belongs to `user`.
        user: Who runs it, as PostgreSQL refuses to be run by root; None: whoever runs the tests.
    """

    def __init__(self, binaries: Path, folder: Path, user: str | None) -> None:
        self._binaries, self._folder, self._user = binaries, folder, user
        self._numbers = count(1)
        self._has_template = False

    def create(self) -> None:
        """Make its data."""
        self._run("initdb", "--username", OWNER, "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync")

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        options = f"-k {self._folder} -c listen_addresses='' {QUICK}"
        self._run("pg_ctl", "start", "--wait", "--log", str(self._folder / "log"), "--options", options)

    def stop(self) -> None:
        """Stop it as a crash would: all connections break."""
        self._run("pg_ctl", "stop", "--wait", "--mode", "immediate")

    def freeze(self) -> None:
        """Have it stand still: connections stay, and nothing is answered."""
        for process in self._processes():
            process.suspend()

    def thaw(self) -> None:
        """Let it go on."""
        for process in reversed(self._processes()):
            process.resume()

    def _processes(self) -> list[psutil.Process]:
        """The one that accepts connections, then all that serve one."""
        first = psutil.Process(int((self._folder / "data" / "postmaster.pid").read_text().split("\n", 1)[0]))
        return [first, *first.children(recursive=True)]

    async def database(self) -> str:
        """A new, empty database; its URL."""
        name = f"test_{next(self._numbers)}"
        await self._ask(f"CREATE DATABASE {name}")
        return self.url(name)

    async def ready(self) -> str:
        """A new database that has all its tables; its URL."""
        if not self._has_template:
            await self._ask(f"CREATE DATABASE {TEMPLATE}")
            await migrated(self.url(TEMPLATE))
            self._has_template = True
        name = f"test_{next(self._numbers)}"
        await self._ask(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        return self.url(name)

    async def drop(self, url: str) -> None:
        """Remove a database, whoever is still connected to it."""
        await self._ask(f"DROP DATABASE {urlsplit(url).path.lstrip('/')} WITH (FORCE)")

    def url(self, name: str) -> str:
        """The URL of a database of that name."""
        return f"postgresql+asyncpg://{OWNER}@/{name}?host={self._folder}"

    async def _ask(self, statement: str) -> None:
        connection = await asyncpg.connect(host=str(self._folder), user=OWNER, database="postgres")
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._binaries / program, "-D", self._folder / "data", *arguments],
            cwd=self._folder,
            user=self._user,
            group=None if self._user is None else pwd.getpwnam(self._user).pw_gid,
            extra_groups=None if self._user is None else [],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # a pipe would be inherited by the server, and never end
            stderr=subprocess.DEVNULL,
            timeout=60,
            check=False,
        )
        if done.returncode != 0:
            log = self._folder / "log"
            raise NoServer(f"{program} failed: {log.read_text() if log.exists() else done.returncode}")


def _binaries() -> Path:
    """The newest of the versions that a distribution keeps side by side, else what is in PATH."""
    kept = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name.partition(".")[0]))
    in_path = shutil.which("initdb")
    for folder in [*reversed(kept), *([Path(in_path).parent] if in_path else [])]:
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    raise NoServer("there is no PostgreSQL server on this machine")


def _somebody() -> str | None:
    """Who can run a server."""
    if os.getuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in known:
            return name
    raise NoServer("PostgreSQL refuses to be run by root, and there is nobody else")


@contextmanager
def running() -> Iterator[Postgres]:
    """A server while the block runs.

    Raises:
        NoServer: There can be none; the message says why.
    """
    binaries, user = _binaries(), _somebody()
    with tempfile.TemporaryDirectory(prefix="threadbook-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if user is not None:
            shutil.chown(folder, user)
        server = Postgres(binaries, folder, user)
        server.create()
        server.start()
        try:
            yield server
        finally:
            server.stop()
