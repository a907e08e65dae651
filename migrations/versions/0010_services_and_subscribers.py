"""Services, who subscribes to what is announced about them, and the register of who was told what.

Only tables that the version before does not miss: it runs on with them there.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

STRING = sqlmodel.sql.sqltypes.AutoString
INSTANT = sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "service",
        sa.Column("team_id", STRING(), nullable=False),
        sa.Column("key", STRING(), nullable=False),
        sa.Column("desk_id", STRING(), nullable=False),
        sa.Column("name", STRING(), nullable=False),
        sa.Column("components", sa.JSON(), nullable=False),
        sa.Column("customers", sa.JSON(), nullable=False),
        sa.Column("contracts", sa.JSON(), nullable=False),
        sa.Column("products", sa.JSON(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "key"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "subscription",
        sa.Column("team_id", STRING(), nullable=False),
        sa.Column("channel_id", STRING(), nullable=False),
        sa.Column("customer_id", STRING(), nullable=True),
        sa.Column("desk_id", STRING(), nullable=False),
        sa.Column("services", sa.JSON(), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("audience", STRING(), nullable=False),
        sa.Column("language", STRING(), nullable=True),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("made_by", STRING(), nullable=False),
        sa.Column("made_at", INSTANT(), nullable=False),
        sa.Column("ended_at", INSTANT(), nullable=True),
        sa.Column("trouble", STRING(), nullable=True),
        sa.Column("trouble_at", INSTANT(), nullable=True),
        sa.PrimaryKeyConstraint("team_id", "channel_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "notice_contact",
        sa.Column("team_id", STRING(), nullable=False),
        sa.Column("id", STRING(), nullable=False),
        sa.Column("customer_id", STRING(), nullable=False),
        sa.Column("person_id", STRING(), nullable=True),
        sa.Column("name", STRING(), nullable=False),
        sa.Column("email", STRING(), nullable=True),
        sa.Column("signatory", sa.Boolean(), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("made_by", STRING(), nullable=True),
        sa.Column("made_at", INSTANT(), nullable=False),
        sa.Column("ended_by", STRING(), nullable=True),
        sa.Column("ended_at", INSTANT(), nullable=True),
        sa.PrimaryKeyConstraint("team_id", "id"),
        sqlite_with_rowid=False,
    )
    op.create_index("notice_contact_of", "notice_contact", ["team_id", "customer_id"])
    op.create_table(
        "told",
        sa.Column("team_id", STRING(), nullable=False),
        sa.Column("id", STRING(), nullable=False),
        sa.Column("about", STRING(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("customer_id", STRING(), nullable=True),
        sa.Column("way", STRING(), nullable=False),
        sa.Column("receiver", STRING(), nullable=False),
        sa.Column("language", STRING(), nullable=False),
        sa.Column("text_id", STRING(), nullable=False),
        sa.Column("owed_at", INSTANT(), nullable=False),
        sa.Column("row_id", STRING(), nullable=True),
        sa.Column("sent_at", INSTANT(), nullable=True),
        sa.Column("sent_by", STRING(), nullable=True),
        sa.PrimaryKeyConstraint("team_id", "id"),
        sqlite_with_rowid=False,
    )
    op.create_index("told_about", "told", ["team_id", "about", "step"])
    op.create_index("told_to", "told", ["team_id", "customer_id"])


def downgrade() -> None:
    """Undo it."""
    for table in ("told", "notice_contact", "subscription", "service"):
        op.drop_table(table)
