"""The roster's number."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Who is who and what belongs to whom gets a number that every change of it raises."""
    op.add_column("team", sa.Column("roster", sa.Integer(), server_default="1", nullable=False))
