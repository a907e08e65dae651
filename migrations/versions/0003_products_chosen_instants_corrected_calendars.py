"""Products and their specialists, instants that people choose, calendars that were corrected.

Only tables and columns that the version before does not miss: it runs on with them there.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STRING = sqlmodel.sql.sqltypes.AutoString
INSTANT = sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "product",
        sa.Column("team_id", STRING(), nullable=False),
        sa.Column("id", STRING(), nullable=False),
        sa.Column("desk_id", STRING(), nullable=False),
        sa.Column("key", STRING(), nullable=False),
        sa.Column("name", STRING(), nullable=False),
        sa.Column("specialist_id", STRING(), nullable=True),
        sa.PrimaryKeyConstraint("team_id", "id"),
        sa.UniqueConstraint("team_id", "desk_id", "key"),
        sqlite_with_rowid=False,
    )
    op.add_column("customer", sa.Column("products", sa.JSON(), nullable=True))
    op.add_column("ticket", sa.Column("product_id", STRING(), nullable=True))
    op.add_column("ticket", sa.Column("earlier_calendars", sa.JSON(), nullable=True))
    op.add_column("clock", sa.Column("chosen_at", INSTANT(), nullable=True))
    op.add_column("clock", sa.Column("chosen_by", STRING(), nullable=True))
    op.add_column("clock", sa.Column("calendar_version_id", STRING(), nullable=True))


def downgrade() -> None:
    """Undo it."""
    for table, column in (
        ("clock", "calendar_version_id"),
        ("clock", "chosen_by"),
        ("clock", "chosen_at"),
        ("ticket", "earlier_calendars"),
        ("ticket", "product_id"),
        ("customer", "products"),
    ):
        op.drop_column(table, column)
    op.drop_table("product")
