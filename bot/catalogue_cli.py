"""`threadbook catalogue export` and `import`: the database's side of the file, and what the terminal is told.

The catalogue is read, shown and written by the store alone: Slack and the platforms aren't asked for anything.
"""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.catalogue_file import MOST_BYTES, difference, read, told, write
from bot.errors import StoreUnavailable
from bot.links import Hosts
from bot.model import Changes
from bot.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.model import Entry
    from bot.settings import Settings

T = TypeVar("T")
DONE, NOT_APPLIED, WRONG = 0, 1, 2
"""Exit codes: done, or nothing to do; changes that nobody said yes to; a mistake in the file, settings or database."""
MOST_MISTAKES: Final = 100
STREAM: Final = "-"
"""For a file's name: standard output, or standard input."""


class Halt(Exception):
    """It can't go on; the words say why."""


class Found(NamedTuple):
    """A workspace's catalogue as it is now."""

    workspace: str
    entries: list[Entry]


def export(settings: Settings, file: str, workspace: str) -> int:
    """Write the catalogue to a file; answers with the exit code."""
    try:
        found = _found(settings, workspace)
        text = write(found.entries, _hosts(settings))
        if file == STREAM:
            sys.stdout.buffer.write(text.encode())
            sys.stdout.flush()
        else:
            Path(file).write_text(text, encoding="utf-8", newline="\n")
            _say(f"{_count(len(found.entries))} of {found.workspace} written to {file}.")
    except Halt as halt:
        return _complain(str(halt))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # who read it has seen enough
    except OSError as error:
        return _complain(f"{file} can't be written: {error.strerror}.")
    return DONE


def import_(settings: Settings, file: str, workspace: str, *, yes: bool, prune: bool) -> int:
    """Make the catalogue what a file says, once somebody has agreed; answers with the exit code."""
    try:
        hosts = _hosts(settings)
        wanted = _read(file, hosts)
        found = _found(settings, workspace)
        changes = difference(found.entries, wanted)
        lines = told(changes, hosts, prune=prune)
        if not prune:
            changes = changes.model_copy(update={"removed": ()})
        _say(*lines, _summary(changes, len(found.entries)))
        if changes == Changes():
            return DONE
        if not yes and not _agreed(file):
            return NOT_APPLIED
        if not _with_store(
            settings, lambda store: store.catalogue.replace(found.workspace, changes, datetime.now(UTC))
        ):
            _say("Somebody changed the catalogue meanwhile, so nothing was applied. Import again to see what is left.")
            return NOT_APPLIED
    except Halt as halt:
        return _complain(str(halt))
    _say(f"Applied to the catalogue of {found.workspace}.")
    return DONE


def _hosts(settings: Settings) -> Hosts:
    return Hosts(datalore=settings.datalore_url, deepnote=settings.deepnote_app_url)


def _read(file: str, hosts: Hosts) -> tuple[Entry, ...]:
    """The file's entries; raises Halt with every mistake and its line."""
    try:
        if file == STREAM:
            raw = sys.stdin.buffer.read(MOST_BYTES + 1)
        else:
            with Path(file).open("rb") as opened:
                raw = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise Halt(f"{file} can't be read: {error.strerror}.") from None
    if len(raw) > MOST_BYTES:
        raise Halt(f"{file} is larger than {MOST_BYTES // 1024 // 1024} MiB, so it isn't read.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise Halt(f"{file}:{line}: This isn't UTF-8. Save the file in that encoding.\nNothing was applied.") from None
    entries, wrong = read(text, hosts)
    if not wrong:
        return entries
    lines = [f"{file}:{one.line}: {one.text} {one.hint}".rstrip() for one in wrong[:MOST_MISTAKES]]
    if len(wrong) > MOST_MISTAKES:
        lines.append(f"and {len(wrong) - MOST_MISTAKES} more mistakes")
    raise Halt("\n".join([*lines, "Nothing was applied."]))


def _found(settings: Settings, workspace: str) -> Found:
    """The catalogue of the workspace that is meant; raises Halt where that isn't clear."""

    async def ask(store: Store) -> Found:
        known = await store.catalogue.workspaces()
        meant = workspace or (known[0] if len(known) == 1 else "")
        if not known:
            raise Halt("This database has no workspace yet. Start Threadbook with it once: threadbook serve")
        if not meant:
            raise Halt(f"Which workspace? Say --workspace and one of {', '.join(known)}.")
        if meant not in known:
            raise Halt(f"This database has no workspace {meant}, but {', '.join(known)}.")
        return Found(meant, await store.catalogue.all(meant))

    return _with_store(settings, ask)


def _with_store(settings: Settings, work: Callable[[Store], Awaitable[T]]) -> T:
    """Work with the store, opened and closed; raises Halt where it can't be opened."""
    return asyncio.run(_opened(settings.database_url, work))


async def _opened(url: str, work: Callable[[Store], Awaitable[T]]) -> T:
    try:
        _check_there(url)
        store = Store(url)
    except (SQLAlchemyError, ImportError) as error:
        raise Halt(f"THREADBOOK_DATABASE_URL can't be used: {_first_line(error)}") from None
    try:
        try:
            await store.database.migrate()
        except StoreUnavailable as error:
            said = f"The database can't be opened ({_first_line(error)}). Check THREADBOOK_DATABASE_URL."
            raise Halt(said) from None
        return await work(store)
    except StoreUnavailable as error:
        raise Halt(f"The database doesn't answer ({_first_line(error)}), so nothing was applied. Try again.") from None
    finally:
        await store.close()


def _check_there(url: str) -> None:
    """A SQLite file that isn't there would be made, and its empty catalogue taken for the real one."""
    address = make_url(url)
    path = address.database or ""
    if address.get_backend_name() == "sqlite" and not path.startswith("file:") and not Path(path).is_file():
        raise Halt(f"There is no database {path or 'in memory'}. Set THREADBOOK_DATABASE_URL as it is for the bot.")


def _first_line(error: Exception) -> str:
    return str(getattr(error, "orig", error)).partition("\n")[0]


def _agreed(file: str) -> bool:
    """Whether somebody at the terminal says yes."""
    if file == STREAM or not sys.stdin or not sys.stdin.isatty():
        _say("Nothing was applied: nobody is here to be asked. With --yes it is applied without asking.")
        return False
    sys.stdout.write("Apply? [y/N] ")
    sys.stdout.flush()
    agreed = sys.stdin.readline().strip().lower() in {"y", "yes"}
    if not agreed:
        _say("Nothing was applied.")
    return agreed


def _summary(changes: Changes, before: int) -> str:
    if changes == Changes():
        return f"Nothing to change: {_count(before)} in the catalogue, and the file says the same of those it names."
    added, changed, removed = len(changes.added), len(changes.changed), len(changes.removed)
    return f"{added} added, {changed} changed, {removed} removed, {before - changed - removed} as before."


def _count(number: int) -> str:
    return "1 notebook" if number == 1 else f"{number:,} notebooks"


def _say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def _complain(words: str) -> int:
    sys.stderr.write(f"{words}\n")
    return WRONG
