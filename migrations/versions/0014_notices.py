"""Notices (releases, advisories, terms, sub-processors, transfers) and their history.

Only tables that the version before does not miss: it runs on with them there.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

STRING = sqlmodel.sql.sqltypes.AutoString
INSTANT = sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "notice",
        sa.Column("team_id", STRING(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("desk_id", STRING(), nullable=False),
        sa.Column("topic", STRING(), nullable=False),
        sa.Column("services", sa.JSON(), nullable=False),
        sa.Column("audiences", sa.JSON(), nullable=False),
        sa.Column("title_id", STRING(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("effective", sa.Date(), nullable=True),
        sa.Column("reported", sa.Boolean(), nullable=False),
        sa.Column("state", STRING(), nullable=False),
        sa.Column("send_at", INSTANT(), nullable=True),
        sa.Column("made_by", STRING(), nullable=False),
        sa.Column("made_at", INSTANT(), nullable=False),
        sa.Column("sent_at", INSTANT(), nullable=True),
        sa.Column("overridden_by", STRING(), nullable=True),
        sa.Column("override_id", STRING(), nullable=True),
        sa.Column("corrected_at", INSTANT(), nullable=True),
        sa.Column("withdrawn_at", INSTANT(), nullable=True),
        sa.Column("withdrawal_id", STRING(), nullable=True),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.CheckConstraint("state in ('draft', 'planned', 'held', 'sent', 'withdrawn')", name="notice_state"),
        sa.PrimaryKeyConstraint("team_id", "number"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "notice_entry",
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


def downgrade() -> None:
    """Undo it."""
    for table in ("notice_entry", "notice"):
        op.drop_table(table)
