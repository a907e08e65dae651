"""Hooks, what came in by them, the routes that alerts take, and the beats that are expected.

Only tables that the version before does not miss: it runs on with them there.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STRING = sqlmodel.sql.sqltypes.AutoString
INSTANT = sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "hook",
        sa.Column("team_id", STRING(), nullable=False),
        sa.Column("key_hash", STRING(), nullable=False),
        sa.Column("name", STRING(), nullable=False),
        sa.Column("heartbeat", STRING(), nullable=True),
        sa.Column("sealed", STRING(), nullable=True),
        sa.Column("created_at", INSTANT(), nullable=False),
        sa.Column("revoked_at", INSTANT(), nullable=True),
        sa.PrimaryKeyConstraint("team_id", "key_hash"),
        sa.UniqueConstraint("team_id", "name"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "alert",
        sa.Column("team_id", STRING(), nullable=False),
        sa.Column("key", STRING(), nullable=False),
        sa.Column("route", STRING(), nullable=False),
        sa.Column("hook", STRING(), nullable=False),
        sa.Column("ticket_number", sa.Integer(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("firing", sa.JSON(), nullable=False),
        sa.Column("recent", sa.JSON(), nullable=False),
        sa.Column("first_at", INSTANT(), nullable=False),
        sa.Column("last_at", INSTANT(), nullable=False),
        sa.Column("told_at", INSTANT(), nullable=True),
        sa.Column("told_count", sa.Integer(), nullable=False),
        sa.Column("resolved_at", INSTANT(), nullable=True),
        sa.Column("storm", STRING(), nullable=True),
        sa.PrimaryKeyConstraint("team_id", "key"),
        sqlite_with_rowid=False,
    )
    op.create_index("alert_of_ticket", "alert", ["team_id", "ticket_number"])
    op.create_table(
        "alert_routes",
        sa.Column("team_id", STRING(), nullable=False),
        sa.Column("routes", sa.JSON(), nullable=False),
        sa.Column("revision", STRING(), nullable=False),
        sa.PrimaryKeyConstraint("team_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "heartbeat_monitor",
        sa.Column("team_id", STRING(), nullable=False),
        sa.Column("key", STRING(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("last_beat_at", INSTANT(), nullable=True),
        sa.Column("expected_at", INSTANT(), nullable=False),
        sa.Column("due_at", INSTANT(), nullable=False),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("ticket_number", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("team_id", "key"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Undo it."""
    for table in ("heartbeat_monitor", "alert_routes", "alert", "hook"):
        op.drop_table(table)
