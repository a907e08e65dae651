"""Where people are reached when Slack is not: mail, webhook."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both addresses; nobody has one yet."""
    op.add_column("person", sa.Column("email", sa.String(), nullable=True))
    op.add_column("person", sa.Column("webhook", sa.String(), nullable=True))
