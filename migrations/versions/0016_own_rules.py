"""People's own rules for being paged."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them. The version before pages as if there were none."""
    op.add_column("person", sa.Column("notify", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Undo it."""
    op.drop_column("person", "notify")
