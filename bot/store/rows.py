"""Between rows and the words of the house."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import or_, select, true

from bot.model import Entry, Frozen, InputSpec, News, Notebook, Options, Platform, Progress, Request, Results, Run
from bot.store.tables import processes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement, Row


class Card(Frozen):
    """What the courier knows of a run's card.

    Attributes:
        channel, ts: Where it is, once it's posted.
        shown: A digest of what it shows.
        told: The id of the newest news in its thread.
        parts: How many parts of the results are posted.
        closed: The closing line is posted.
    """

    channel: str | None = None
    ts: str | None = None
    shown: str = ""
    told: int = 0
    parts: int = 0
    closed: bool = False


class Attached(NamedTuple):
    """What became of a file that went into the thread alone.

    Attributes:
        word: Why it isn't there, in Slack's word; empty where it is.
    """

    name: str
    word: str = ""


class Story(Frozen):
    """Everything that one delivery needs: what is true, and what was shown.

    Attributes:
        run: The run.
        card: Its card.
        news: What the thread hasn't told yet, as (id, news), oldest first.
        results: What it left, once settled.
        revision: What `run` was read at.
        listeners: Who else is mentioned at the end.
        reply_url: For a word to the asker alone, within 30 minutes of asking.
        tz: The asker's time zone.
    """

    run: Run
    card: Card
    news: tuple[tuple[int, News], ...] = ()
    results: Results | None = None
    listeners: tuple[str, ...] = ()
    revision: int
    reply_url: str = ""
    tz: str = "UTC"


class Held(Frozen):
    """A run that a process holds, with what only its submission needs.

    Attributes:
        tz: The asker's time zone.
        carded: Its card is posted.
        refused: Its card can't be posted, in Slack's word.
    """

    run: Run
    tz: str = "UTC"
    carded: bool = False
    refused: str = ""


def fingerprint(request: Request) -> str:
    """What makes two requests the same: notebook, inputs and options."""
    same = request.model_dump(mode="json", include={"notebook", "inputs", "options", "adopt"})
    return hashlib.sha256(json.dumps(same, sort_keys=True).encode()).hexdigest()[:32]


def run_of(row: Row[Any]) -> Run:
    """A row of `runs`."""
    return Run(
        id=row.id,
        workspace=row.workspace,
        number=row.number,
        request=Request.model_validate(row.request),
        asker=row.asker,
        asker_name=row.asker_name,
        channel=row.channel,
        dm=row.dm,
        asked_at=row.asked_at,
        progress=Progress.model_validate(row.progress),
        untracked_by=row.untracked_by,
        untracked_at=row.untracked_at,
    )


def held_of(row: Row[Any]) -> Held:
    """A row of `runs`, with `carded` and `refused` of its card."""
    return Held(run=run_of(row), tz=row.asker_tz, carded=row.carded, refused=row.refused)


def progress_columns(progress: Progress) -> dict[str, Any]:
    """The tracker's columns; those that are searched by stand also on their own."""
    return {
        "state": progress.state.value,
        "remote_id": progress.remote_id,
        "attempt": progress.attempt,
        "submitted_at": progress.submitted_at,
        "settled": progress.settled,
        "progress": progress.model_dump(mode="json", exclude_defaults=True),
    }


def news_rows(run: int, news: Iterable[News]) -> list[dict[str, Any]]:
    """Rows of `news`, in their order."""
    return [{"run": run, "body": one.model_dump(mode="json", exclude_defaults=True)} for one in news]


def entry_of(row: Row[Any]) -> Entry:
    """A row of `entries`."""
    return Entry(
        name=row.name,
        notebook=Notebook(platform=Platform(row.platform), id=row.notebook),
        url=row.url,
        title=row.title,
        defaults=_tuples(row.defaults),
        literal=frozenset(row.literal),
        specs=tuple(InputSpec.model_validate(spec) for spec in row.specs),
        describe=row.describe,
        owner=row.owner,
        channels=tuple(row.channels),
        fixed=None if row.fixed is None else Options.model_validate(row.fixed),
        one_at_a_time=row.one_at_a_time,
        when_changed=row.when_changed,
        gone_since=row.gone_since,
        added_by=row.added_by,
    )


def _tuples(inputs: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in inputs.items()}


def nobodys(column: ColumnElement[int | None]) -> ColumnElement[bool]:
    """Whether nobody that lives is the process that a column names."""
    dead = select(processes.c.id).where(processes.c.dead == true())
    alive = select(processes.c.id)
    return or_(column.is_(None), column.in_(dead), column.not_in(alive))
