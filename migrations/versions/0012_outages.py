"""Outages, their history, and the tickets that are about them.

Only tables that the version before does not miss: it runs on with them there.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

STRING = sqlmodel.sql.sqltypes.AutoString
INSTANT = sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "outage",
        sa.Column("team_id", STRING(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("desk_id", STRING(), nullable=False),
        sa.Column("services", sa.JSON(), nullable=False),
        sa.Column("scope", STRING(), nullable=False),
        sa.Column("gravity", STRING(), nullable=False),
        sa.Column("title_id", STRING(), nullable=False),
        sa.Column("cause_id", STRING(), nullable=True),
        sa.Column("latest_id", STRING(), nullable=True),
        sa.Column("latest_at", INSTANT(), nullable=True),
        sa.Column("began_at", INSTANT(), nullable=False),
        sa.Column("detected_at", INSTANT(), nullable=False),
        sa.Column("reported_at", INSTANT(), nullable=True),
        sa.Column("expected_end", INSTANT(), nullable=True),
        sa.Column("next_update_at", INSTANT(), nullable=True),
        sa.Column("declared_at", INSTANT(), nullable=False),
        sa.Column("declared_by", STRING(), nullable=False),
        sa.Column("announced_at", INSTANT(), nullable=True),
        sa.Column("ended_at", INSTANT(), nullable=True),
        sa.Column("ended_by", STRING(), nullable=True),
        sa.Column("lead_id", STRING(), nullable=False),
        sa.Column("communications_id", STRING(), nullable=True),
        sa.Column("scribe_id", STRING(), nullable=True),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("channel_id", STRING(), nullable=True),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.CheckConstraint("ended_at is null or ended_at >= began_at", name="outage_ends_after_it_began"),
        sa.PrimaryKeyConstraint("team_id", "number"),
        sqlite_with_rowid=False,
    )
    op.create_index("outage_of_desk", "outage", ["team_id", "desk_id", "number"])
    op.create_table(
        "outage_entry",
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
        "outage_ticket",
        sa.Column("team_id", STRING(), nullable=False),
        sa.Column("ticket_number", sa.Integer(), nullable=False),
        sa.Column("outage_number", sa.Integer(), nullable=False),
        sa.Column("linked_by", STRING(), nullable=False),
        sa.Column("linked_at", INSTANT(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "ticket_number"),
        sqlite_with_rowid=False,
    )
    op.create_index("outage_ticket_of", "outage_ticket", ["team_id", "outage_number"])


def downgrade() -> None:
    """Undo it."""
    for table in ("outage_ticket", "outage_entry", "outage"):
        op.drop_table(table)
