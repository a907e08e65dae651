"""The schema's floor: how old code may be that works with it."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Begin with the first level there is: nothing was taken away yet."""
    made = op.create_table(
        "schema_floor",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    op.bulk_insert(made, [{"id": 1, "revision": "0001"}])


def downgrade() -> None:
    """Forget it."""
    op.drop_table("schema_floor")
