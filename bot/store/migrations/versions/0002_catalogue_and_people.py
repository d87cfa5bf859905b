"""The catalogue's details, and who is told, shown and asked."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "channels",
        sa.Column("workspace", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("unfurl", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name=op.f("fk_channels_workspace")),
        sa.PrimaryKeyConstraint("workspace", "channel", name=op.f("pk_channels")),
    )
    op.create_table(
        "homes",
        sa.Column("workspace", sa.String(length=32), nullable=False),
        sa.Column("person", sa.String(length=32), nullable=False),
        sa.Column("opened_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name=op.f("fk_homes_workspace")),
        sa.PrimaryKeyConstraint("workspace", "person", name=op.f("pk_homes")),
    )
    op.create_table(
        "listeners",
        sa.Column("run", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name=op.f("fk_listeners_run"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run", "person", name=op.f("pk_listeners")),
    )
    op.add_column("entries", sa.Column("specs", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("entries", sa.Column("describe", sa.Text(), server_default="", nullable=False))
    op.add_column("entries", sa.Column("owner", sa.String(length=32), nullable=True))
    op.add_column("entries", sa.Column("channels", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("entries", sa.Column("fixed", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("entries", sa.Column("one_at_a_time", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("entries", sa.Column("gone_since", sa.Double(), nullable=True))
    op.add_column("runs", sa.Column("asked_print", sa.String(length=32), server_default="", nullable=False))
    op.add_column("runs", sa.Column("sent_print", sa.String(length=32), server_default="", nullable=False))
    op.add_column("runs", sa.Column("owner_asked_by", sa.String(length=32), nullable=True))


def downgrade() -> None:
    op.drop_column("runs", "owner_asked_by")
    op.drop_column("runs", "sent_print")
    op.drop_column("runs", "asked_print")
    op.drop_column("entries", "gone_since")
    op.drop_column("entries", "one_at_a_time")
    op.drop_column("entries", "fixed")
    op.drop_column("entries", "channels")
    op.drop_column("entries", "owner")
    op.drop_column("entries", "describe")
    op.drop_column("entries", "specs")
    op.drop_table("listeners")
    op.drop_table("homes")
    op.drop_table("channels")
