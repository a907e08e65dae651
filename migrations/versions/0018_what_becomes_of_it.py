"""What became of claims, reports by themselves, components, intervals kept apart, and maintenance that goes on."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0016"
branch_labels = None
depends_on = None

COLUMNS = (
    ("claim", "decisions"),
    ("desk", "report"),
    ("downtime", "apart"),
    ("outage", "components"),
    ("maintenance", "components"),
    ("maintenance", "rule"),
)


def upgrade() -> None:
    """Add them. The version before knows none of them and needs none."""
    for table, column in COLUMNS:
        op.add_column(table, sa.Column(column, sa.JSON(), nullable=True))


def downgrade() -> None:
    """Undo it."""
    for table, column in reversed(COLUMNS):
        op.drop_column(table, column)
