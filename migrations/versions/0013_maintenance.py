"""Maintenance that is planned, its history, and the alerts that it mutes.

Only tables that the version before does not miss: it runs on with them there.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

STRING = sqlmodel.sql.sqltypes.AutoString
INSTANT = sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "maintenance",
        sa.Column("team_id", STRING(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("desk_id", STRING(), nullable=False),
        sa.Column("services", sa.JSON(), nullable=False),
        sa.Column("kind", STRING(), nullable=False),
        sa.Column("downtime", sa.Boolean(), nullable=False),
        sa.Column("title_id", STRING(), nullable=False),
        sa.Column("noticed_id", STRING(), nullable=True),
        sa.Column("starts_at", INSTANT(), nullable=False),
        sa.Column("ends_at", INSTANT(), nullable=False),
        sa.Column("only", sa.JSON(), nullable=True),
        sa.Column("without", sa.JSON(), nullable=False),
        sa.Column("customers", sa.JSON(), nullable=False),
        sa.Column("agreed", sa.JSON(), nullable=False),
        sa.Column("planned_at", INSTANT(), nullable=False),
        sa.Column("planned_by", STRING(), nullable=False),
        sa.Column("approver_id", STRING(), nullable=True),
        sa.Column("approved_at", INSTANT(), nullable=True),
        sa.Column("broken", sa.JSON(), nullable=False),
        sa.Column("override_id", STRING(), nullable=True),
        sa.Column("override_by", STRING(), nullable=True),
        sa.Column("latest_at", INSTANT(), nullable=True),
        sa.Column("notice_at", INSTANT(), nullable=True),
        sa.Column("told_at", INSTANT(), nullable=True),
        sa.Column("began_at", INSTANT(), nullable=True),
        sa.Column("ended_at", INSTANT(), nullable=True),
        sa.Column("cancelled_at", INSTANT(), nullable=True),
        sa.Column("series", sa.Integer(), nullable=True),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name="maintenance_ends_after_it_starts"),
        sa.PrimaryKeyConstraint("team_id", "number"),
        sqlite_with_rowid=False,
    )
    op.create_index("maintenance_of_desk", "maintenance", ["team_id", "desk_id", "starts_at"])
    op.create_table(
        "maintenance_entry",
        sa.Column("team_id", STRING(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("event", STRING(), nullable=False),
        sa.Column("at", INSTANT(), nullable=False),
        sa.Column("actor_id", STRING(), nullable=True),
        sa.Column("text_id", STRING(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "number", "position"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "muted_alert",
        sa.Column("team_id", STRING(), nullable=False),
        sa.Column("key", STRING(), nullable=False),
        sa.Column("maintenance_number", sa.Integer(), nullable=False),
        sa.Column("alert", sa.JSON(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first_at", INSTANT(), nullable=False),
        sa.Column("last_at", INSTANT(), nullable=False),
        sa.Column("ended_at", INSTANT(), nullable=True),
        sa.PrimaryKeyConstraint("team_id", "key"),
        sqlite_with_rowid=False,
    )
    op.create_index("muted_alert_of", "muted_alert", ["team_id", "maintenance_number"])


def downgrade() -> None:
    """Undo it."""
    for table in ("muted_alert", "maintenance_entry", "maintenance"):
        op.drop_table(table)
