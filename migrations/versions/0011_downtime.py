"""Downtime, who reported to be affected by it, and the claims that follow.

Only tables and a column that the version before does not miss: it runs on with them there.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

STRING = sqlmodel.sql.sqltypes.AutoString
INSTANT = sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "downtime",
        sa.Column("team_id", STRING(), nullable=False),
        sa.Column("id", STRING(), nullable=False),
        sa.Column("desk_id", STRING(), nullable=False),
        sa.Column("services", sa.JSON(), nullable=False),
        sa.Column("customers", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("began_at", INSTANT(), nullable=False),
        sa.Column("ended_at", INSTANT(), nullable=True),
        sa.Column("scope", STRING(), nullable=False),
        sa.Column("source", STRING(), nullable=False),
        sa.Column("maintenance", STRING(), nullable=True),
        sa.Column("outage_id", STRING(), nullable=True),
        sa.Column("maintenance_id", STRING(), nullable=True),
        sa.Column("exclusions", sa.JSON(), nullable=False),
        sa.Column("merged_into", STRING(), nullable=True),
        sa.Column("merge_proposed_by", STRING(), nullable=True),
        sa.Column("merge_proposed_at", INSTANT(), nullable=True),
        sa.Column("merge_confirmed_by", STRING(), nullable=True),
        sa.Column("merge_confirmed_at", INSTANT(), nullable=True),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.CheckConstraint("ended_at is null or ended_at >= began_at", name="downtime_ends_after_it_began"),
        sa.PrimaryKeyConstraint("team_id", "id"),
        sqlite_with_rowid=False,
    )
    op.create_index("downtime_of_desk", "downtime", ["team_id", "desk_id", "began_at"])
    op.create_table(
        "affected",
        sa.Column("team_id", STRING(), nullable=False),
        sa.Column("happening_id", STRING(), nullable=False),
        sa.Column("customer_id", STRING(), nullable=False),
        sa.Column("person_id", STRING(), nullable=False),
        sa.Column("at", INSTANT(), nullable=False),
        sa.Column("channel_id", STRING(), nullable=True),
        sa.Column("registered_by", STRING(), nullable=True),
        sa.Column("further", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "happening_id", "customer_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "claim",
        sa.Column("team_id", STRING(), nullable=False),
        sa.Column("id", STRING(), nullable=False),
        sa.Column("customer_id", STRING(), nullable=False),
        sa.Column("desk_id", STRING(), nullable=False),
        sa.Column("contract", STRING(), nullable=False),
        sa.Column("contract_hash", STRING(), nullable=False),
        sa.Column("period", STRING(), nullable=False),
        sa.Column("service", STRING(), nullable=False),
        sa.Column("state", STRING(), nullable=False),
        sa.Column("person_id", STRING(), nullable=False),
        sa.Column("offered_at", INSTANT(), nullable=False),
        sa.Column("lapses_at", INSTANT(), nullable=True),
        sa.Column("reminded_at", INSTANT(), nullable=True),
        sa.Column("claimed_at", INSTANT(), nullable=True),
        sa.Column("claimed_by", STRING(), nullable=True),
        sa.Column("registered_by", STRING(), nullable=True),
        sa.Column("covers", sa.JSON(), nullable=False),
        sa.Column("lapsed", sa.JSON(), nullable=False),
        sa.Column("figure", sa.JSON(), nullable=False),
        sa.CheckConstraint("state in ('offered', 'claimed', 'lapsed')", name="claim_state"),
        sa.PrimaryKeyConstraint("team_id", "id"),
        sqlite_with_rowid=False,
    )
    op.create_index("claim_of_customer", "claim", ["team_id", "customer_id", "period"])
    op.add_column("desk", sa.Column("claim_reminder_days", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Undo it."""
    op.drop_column("desk", "claim_reminder_days")
    for table in ("claim", "affected", "downtime"):
        op.drop_table(table)
