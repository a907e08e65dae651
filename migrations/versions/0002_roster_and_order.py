"""The roster's number, and the order of what is owed."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Who is who gets a number that every change raises; what waits is found in the order of sending."""
    op.add_column("team", sa.Column("roster", sa.Integer(), server_default="1", nullable=False))
    op.create_index(
        "outbox_order",
        "outbox",
        ["priority", "created_at", "id"],
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
