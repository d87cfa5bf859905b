"""What became of each file that goes into a thread; and `misses` counts uploads that failed, and no other call."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attached",
        sa.Column("run", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name=op.f("fk_attached_run"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run", "part", "place", name=op.f("pk_attached")),
    )
    op.execute("UPDATE cards SET misses = 0 WHERE misses > 0")


def downgrade() -> None:
    op.drop_table("attached")
