"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "processes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("epoch", sa.Integer(), server_default="1", nullable=False),
        sa.Column("beats", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("dead", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_processes")),
    )
    op.create_table(
        "workspaces",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("next_number", sa.Integer(), server_default="1", nullable=False),
        sa.Column("courier", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workspaces")),
    )
    op.create_index(op.f("ix_workspaces_courier"), "workspaces", ["courier"], unique=False)
    op.create_table(
        "entries",
        sa.Column("workspace", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("platform", sa.String(length=16), nullable=False),
        sa.Column("notebook", sa.String(length=255), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("defaults", sa.JSON(), nullable=False),
        sa.Column("literal", sa.JSON(), nullable=False),
        sa.Column("added_by", sa.String(length=32), nullable=False),
        sa.Column("added_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name=op.f("fk_entries_workspace")),
        sa.PrimaryKeyConstraint("workspace", "name", name=op.f("pk_entries")),
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("workspace", sa.String(length=32), nullable=False),
        sa.Column("topic", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("over", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name=op.f("fk_notices_workspace")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    op.create_index("ix_notices_topic", "notices", ["workspace", "topic"], unique=False)
    op.create_index(op.f("ix_notices_workspace"), "notices", ["workspace"], unique=False)
    op.create_table(
        "runs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("workspace", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("platform", sa.String(length=16), nullable=False),
        sa.Column("notebook", sa.String(length=255), nullable=False),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("asker", sa.String(length=32), nullable=False),
        sa.Column("asker_name", sa.Text(), nullable=False),
        sa.Column("asker_tz", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("dm", sa.Boolean(), nullable=False),
        sa.Column("reply_url", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.Double(), nullable=False),
        sa.Column("untracked_by", sa.String(length=32), nullable=True),
        sa.Column("untracked_at", sa.Double(), nullable=True),
        sa.Column("holder", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("remote_id", sa.String(length=255), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.Double(), nullable=True),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.Column("progress", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("shown_revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name=op.f("fk_runs_workspace")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
    )
    op.create_index(
        "ix_runs_held",
        "runs",
        ["holder", "state"],
        unique=False,
        sqlite_where=sa.text("settled = 0"),
        postgresql_where=sa.text("NOT settled"),
    )
    op.create_index(
        "ix_runs_unsettled",
        "runs",
        ["workspace", "settled"],
        unique=False,
        sqlite_where=sa.text("settled = 0"),
        postgresql_where=sa.text("NOT settled"),
    )
    op.create_index(
        "ix_runs_taken_back",
        "runs",
        ["holder"],
        unique=False,
        sqlite_where=sa.text("settled = 0 AND untracked_at IS NOT NULL"),
        postgresql_where=sa.text("NOT settled AND untracked_at IS NOT NULL"),
    )
    op.create_index("ix_runs_listed", "runs", ["workspace", "channel", "id"], unique=False)
    op.create_index(op.f("ix_runs_platform_notebook_id"), "runs", ["platform", "notebook", "id"], unique=False)
    op.create_index(op.f("ix_runs_remote_id"), "runs", ["remote_id"], unique=False)
    op.create_index(
        "ix_runs_undelivered",
        "runs",
        ["workspace"],
        unique=False,
        sqlite_where=sa.text("shown_revision < revision"),
        postgresql_where=sa.text("shown_revision < revision"),
    )
    op.create_index(op.f("ix_runs_workspace_key"), "runs", ["workspace", "key"], unique=False)
    op.create_index(op.f("ix_runs_workspace_number"), "runs", ["workspace", "number"], unique=True)
    op.create_table(
        "cards",
        sa.Column("run", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=True),
        sa.Column("ts", sa.String(length=32), nullable=True),
        sa.Column("shown", sa.String(length=64), server_default="", nullable=False),
        sa.Column("told", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False),
        sa.Column("parts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("closed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("refused", sa.String(length=64), server_default="", nullable=False),
        sa.Column("misses", sa.Integer(), server_default="0", nullable=False),
        sa.Column("retry_at", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name=op.f("fk_cards_run"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run", name=op.f("pk_cards")),
    )
    op.create_index(op.f("ix_cards_channel_ts"), "cards", ["channel", "ts"], unique=False)
    op.create_table(
        "files",
        sa.Column("run", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name=op.f("fk_files_run"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run", "position", name=op.f("pk_files")),
    )
    op.create_table(
        "news",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("run", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name=op.f("fk_news_run"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_news")),
    )
    op.create_index(op.f("ix_news_run"), "news", ["run"], unique=False)
    op.create_table(
        "results",
        sa.Column("run", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name=op.f("fk_results_run"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run", name=op.f("pk_results")),
    )


def downgrade() -> None:
    op.drop_table("results")
    op.drop_index(op.f("ix_news_run"), table_name="news")
    op.drop_table("news")
    op.drop_table("files")
    op.drop_index(op.f("ix_cards_channel_ts"), table_name="cards")
    op.drop_table("cards")
    op.drop_index(op.f("ix_runs_workspace_number"), table_name="runs")
    op.drop_index(op.f("ix_runs_workspace_key"), table_name="runs")
    op.drop_index(
        "ix_runs_undelivered",
        table_name="runs",
        sqlite_where=sa.text("shown_revision < revision"),
        postgresql_where=sa.text("shown_revision < revision"),
    )
    op.drop_index(op.f("ix_runs_remote_id"), table_name="runs")
    op.drop_index(op.f("ix_runs_platform_notebook_id"), table_name="runs")
    op.drop_index("ix_runs_taken_back", table_name="runs")
    op.drop_index("ix_runs_unsettled", table_name="runs")
    op.drop_index("ix_runs_listed", table_name="runs")
    op.drop_index("ix_runs_held", table_name="runs")
    op.drop_table("runs")
    op.drop_index(op.f("ix_notices_workspace"), table_name="notices")
    op.drop_index("ix_notices_topic", table_name="notices")
    op.drop_table("notices")
    op.drop_table("entries")
    op.drop_index(op.f("ix_workspaces_courier"), table_name="workspaces")
    op.drop_table("workspaces")
    op.drop_table("processes")
