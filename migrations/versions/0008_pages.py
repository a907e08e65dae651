"""Pages, and the escalation policies that say whom they wake in which order; which policy a desk's is.

Only tables and a column that the version before does not miss: it runs on with them there.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

STRING = sqlmodel.sql.sqltypes.AutoString
INSTANT = sqlmodel.sql.sqltypes.UTCDateTime
RUNNING = sa.text("ended_at is null")


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "escalation",
        sa.Column("team_id", STRING(), nullable=False),
        sa.Column("key", STRING(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "key"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "page",
        sa.Column("team_id", STRING(), nullable=False),
        sa.Column("id", STRING(), nullable=False),
        sa.Column("ticket_number", sa.Integer(), nullable=True),
        sa.Column("desk_id", STRING(), nullable=False),
        sa.Column("text_id", STRING(), nullable=True),
        sa.Column("started_at", INSTANT(), nullable=False),
        sa.Column("started_by", STRING(), nullable=True),
        sa.Column("waits_for", STRING(), nullable=True),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("state", STRING(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.JSON(), nullable=False),
        sa.Column("resorts", sa.Integer(), nullable=False),
        sa.Column("calls", sa.JSON(), nullable=False),
        sa.Column("next_at", INSTANT(), nullable=True),
        sa.Column("acknowledged_by", STRING(), nullable=True),
        sa.Column("acknowledged_at", INSTANT(), nullable=True),
        sa.Column("asked_again_at", INSTANT(), nullable=True),
        sa.Column("ended_at", INSTANT(), nullable=True),
        sa.Column("ended_by", STRING(), nullable=True),
        sa.Column("ended_why", STRING(), nullable=True),
        sa.CheckConstraint("state in ('paging', 'acknowledged', 'ended')", name="page_state"),
        sa.PrimaryKeyConstraint("team_id", "id"),
        sqlite_with_rowid=False,
    )
    op.create_index("page_of_ticket", "page", ["team_id", "ticket_number"])
    running = ["team_id", "waits_for", "id"]
    op.create_index("page_running", "page", running, sqlite_where=RUNNING, postgresql_where=RUNNING)
    op.add_column("desk", sa.Column("escalation", STRING(), nullable=True))
    op.add_column("desk", sa.Column("escalations_for", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Undo it."""
    op.drop_column("desk", "escalations_for")
    op.drop_column("desk", "escalation")
    op.drop_table("page")
    op.drop_table("escalation")
