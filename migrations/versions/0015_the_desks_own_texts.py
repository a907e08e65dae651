"""What a desk says of outages in its own words.

Only a column that the version before does not miss: it runs on with it there.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it."""
    op.add_column("desk", sa.Column("texts", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    """Undo it."""
    op.drop_column("desk", "texts")
