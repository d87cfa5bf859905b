"""The tables. Every row belongs to a workspace, or to a run that does.

Who writes what, so that nobody overwrites anybody: the desk inserts runs and writes `untracked_*`; the tracker
writes `progress` and its copies (`state`, `remote_id`, …) and `results`; the courier writes `cards` and
`shown_revision`. Whoever changes something that people see adds one to `revision`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    false,
    text,
    true,
)
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)

Key = BigInteger().with_variant(Integer, "sqlite")


class Moment(TypeDecorator[datetime]):
    """A time, kept as seconds since 1970 (UTC): the same on every database, and no zone to lose."""

    impl = Double
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> float | None:  # noqa: ARG002, the base's signature
        return None if value is None else value.timestamp()

    def process_result_value(self, value: float | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002, the base's signature
        return None if value is None else datetime.fromtimestamp(value, UTC)


workspaces = Table(
    "workspaces",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("next_number", Integer, nullable=False, server_default="1"),
    Column("courier", Key, index=True),  # the process that delivers for this workspace
)

processes = Table(
    "processes",
    metadata,
    Column("id", Key, primary_key=True),
    Column("epoch", Integer, nullable=False, server_default="1"),
    Column("beats", BigInteger, nullable=False, server_default="0"),
    Column("dead", Boolean, nullable=False, server_default=false()),
)

runs = Table(
    "runs",
    metadata,
    Column("id", Key, primary_key=True),
    Column("workspace", ForeignKey("workspaces.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("key", String(255), nullable=False),
    Column("platform", String(16), nullable=False),
    Column("notebook", String(255), nullable=False),
    Column("request", JSON, nullable=False),
    Column("asker", String(32), nullable=False),
    Column("asker_name", Text, nullable=False),
    Column("asker_tz", String(64), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("dm", Boolean, nullable=False),
    Column("reply_url", Text, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("untracked_by", String(32)),
    Column("untracked_at", Moment),
    Column("asked_print", String(32), nullable=False, server_default=""),  # what was asked for, to know it again
    Column("sent_print", String(32), nullable=False, server_default=""),  # the same, as it was sent
    Column("owner_asked_by", String(32)),
    Column("holder", Key),
    Column("state", String(24), nullable=False),
    Column("remote_id", String(255)),
    Column("attempt", Integer, nullable=False),
    Column("submitted_at", Moment),
    Column("settled", Boolean, nullable=False),
    Column("progress", JSON, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("shown_revision", Integer, nullable=False),
    Index(None, "workspace", "number", unique=True),
    Index(None, "workspace", "key"),
    # SQLite takes a partial index only where the query has its condition word for word.
    Index("ix_runs_held", "holder", "state", sqlite_where=text("settled = 0"), postgresql_where=text("NOT settled")),
    # The second column says nothing new, but makes SQLite prefer this to an index of the whole history.
    Index(
        "ix_runs_unsettled",
        "workspace",
        "settled",
        sqlite_where=text("settled = 0"),
        postgresql_where=text("NOT settled"),
    ),
    Index(
        "ix_runs_taken_back",
        "holder",
        sqlite_where=text("settled = 0 AND untracked_at IS NOT NULL"),
        postgresql_where=text("NOT settled AND untracked_at IS NOT NULL"),
    ),
    Index(
        "ix_runs_undelivered",
        "workspace",
        sqlite_where=text("shown_revision < revision"),
        postgresql_where=text("shown_revision < revision"),
    ),
    Index(None, "platform", "notebook", "id"),
    Index(None, "remote_id"),
    Index("ix_runs_listed", "workspace", "channel", "id"),
)

cards = Table(
    "cards",
    metadata,
    Column("run", ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("channel", String(32)),
    Column("ts", String(32)),
    Column("shown", String(64), nullable=False, server_default=""),  # digest of what the card shows
    Column("told", Key, nullable=False, server_default="0"),  # the newest news in the thread
    Column("parts", Integer, nullable=False, server_default="0"),  # how many parts of the results are posted
    Column("closed", Boolean, nullable=False, server_default=false()),  # the closing line is posted
    Column("refused", String(64), nullable=False, server_default=""),  # why it can't be posted, in Slack's word
    Column("misses", Integer, nullable=False, server_default="0"),  # uploads in a row that failed
    Column("retry_at", Moment),
    Index(None, "channel", "ts"),
)

news = Table(
    "news",
    metadata,
    Column("id", Key, primary_key=True),
    Column("run", ForeignKey("runs.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("body", JSON, nullable=False),
)

results = Table(
    "results",
    metadata,
    Column("run", ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("body", JSON, nullable=False),
)

files = Table(
    "files",
    metadata,
    Column("run", ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),  # its place among the results' artifacts
    Column("content", LargeBinary, nullable=False),
)

attached = Table(
    "attached",  # what became of files that went into the thread one by one, until it's closed
    metadata,
    Column("run", ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("part", Integer, primary_key=True),  # of the results, counted from 1
    Column("place", Integer, primary_key=True),  # among the part's files
    Column("name", Text, nullable=False),
    Column("word", Text, nullable=False),  # why it isn't there, in Slack's word; empty where it is
)

entries = Table(
    "entries",
    metadata,
    Column("workspace", ForeignKey("workspaces.id"), primary_key=True),
    Column("name", String(64), primary_key=True),
    Column("platform", String(16), nullable=False),
    Column("notebook", String(255), nullable=False),
    Column("url", Text),
    Column("title", Text, nullable=False),
    Column("defaults", JSON, nullable=False),
    Column("literal", JSON, nullable=False),
    Column("added_by", String(32), nullable=False),
    Column("added_at", Moment, nullable=False),
    Column("specs", JSON, nullable=False, server_default="[]"),
    Column("describe", Text, nullable=False, server_default=""),
    Column("owner", String(32)),
    Column("channels", JSON, nullable=False, server_default="[]"),
    Column("fixed", JSON(none_as_null=True)),
    Column("one_at_a_time", Boolean, nullable=False, server_default=false()),
    Column("gone_since", Moment),
    Column("when_changed", Boolean, nullable=False, server_default=false()),
)

listeners = Table(
    "listeners",  # who is mentioned at a run's end besides the one who asked
    metadata,
    Column("run", ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("person", String(32), primary_key=True),
)

homes = Table(
    "homes",  # whose Home tab is open, so that it's drawn again when a run of theirs ends
    metadata,
    Column("workspace", ForeignKey("workspaces.id"), primary_key=True),
    Column("person", String(32), primary_key=True),
    Column("opened_at", Moment, nullable=False),
)

channels = Table(
    "channels",  # what a channel asked for
    metadata,
    Column("workspace", ForeignKey("workspaces.id"), primary_key=True),
    Column("channel", String(32), primary_key=True),
    Column("unfurl", Boolean, nullable=False, server_default=false()),
)

rests = Table(
    "rests",  # what a platform's 429 asked of its token, for the other processes
    metadata,
    Column("process", Key, primary_key=True, autoincrement=False),
    Column("platform", String(16), primary_key=True),
    Column("seconds", Double, nullable=False),
    Column("at", Moment, nullable=False),
)

edits = Table(
    "edits",  # of cards, in the last minutes
    metadata,
    Column("id", Key, primary_key=True),
    Column("workspace", ForeignKey("workspaces.id"), nullable=False),
    Column("at", Moment, nullable=False),  # when Slack answered; until then, when it was about to be made
    Column("answered", Boolean, nullable=False, server_default=true()),
    Index(None, "workspace", "at"),
)

notices = Table(
    "notices",
    metadata,
    Column("id", Key, primary_key=True),
    Column("workspace", ForeignKey("workspaces.id"), nullable=False, index=True),
    Column("topic", String(64), nullable=False),  # what it is about; told again only after it was over
    Column("text", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("over", Boolean, nullable=False, server_default=false()),
    Column("told", JSON, nullable=False),  # the admins who have been told
    Index("ix_notices_topic", "workspace", "topic"),
)

presence = Table(
    "presence",  # one row
    metadata,
    Column("id", Integer, primary_key=True),
    Column("seen_at", Moment, nullable=False),  # when any process was last there
)

outages = Table(
    "outages",  # that are still to be told to the admins
    metadata,
    Column("id", Key, primary_key=True),
    Column("workspace", ForeignKey("workspaces.id"), nullable=False),
    Column("since", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    Column("runs", JSON, nullable=False),  # those that were under way
)
