"""Rotas, what people change about them, the addresses of their feeds; which rota a desk's is, and who has left.

Only tables and columns that the version before does not miss: it runs on with them there.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STRING = sqlmodel.sql.sqltypes.AutoString
INSTANT = sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "rota",
        sa.Column("team_id", STRING(), nullable=False),
        sa.Column("id", STRING(), nullable=False),
        sa.Column("key", STRING(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("calendar", sa.JSON(), nullable=True),
        sa.Column("revision", STRING(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "id"),
        sa.UniqueConstraint("team_id", "key"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rota_change",
        sa.Column("team_id", STRING(), nullable=False),
        sa.Column("id", STRING(), nullable=False),
        sa.Column("rota_id", STRING(), nullable=False),
        sa.Column("kind", STRING(), nullable=False),
        sa.Column("state", STRING(), nullable=False),
        sa.Column("person_id", STRING(), nullable=False),
        sa.Column("layer", STRING(), nullable=True),
        sa.Column("since", INSTANT(), nullable=False),
        sa.Column("until", INSTANT(), nullable=False),
        sa.Column("other", sa.JSON(), nullable=True),
        sa.Column("made_by", STRING(), nullable=False),
        sa.Column("made_at", INSTANT(), nullable=False),
        sa.Column("settled_by", STRING(), nullable=True),
        sa.Column("settled_at", INSTANT(), nullable=True),
        sa.PrimaryKeyConstraint("team_id", "id"),
        sqlite_with_rowid=False,
    )
    op.create_index("rota_change_of_rota", "rota_change", ["team_id", "rota_id"])
    op.create_table(
        "rota_feed",
        sa.Column("team_id", STRING(), nullable=False),
        sa.Column("hash", STRING(), nullable=False),
        sa.Column("person_id", STRING(), nullable=False),
        sa.Column("rota_id", STRING(), nullable=True),
        sa.Column("made_at", INSTANT(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "hash"),
        sqlite_with_rowid=False,
    )
    op.add_column("desk", sa.Column("on_call_rota", STRING(), nullable=True))
    op.add_column("person", sa.Column("left_at", INSTANT(), nullable=True))


def downgrade() -> None:
    """Undo it."""
    op.drop_column("person", "left_at")
    op.drop_column("desk", "on_call_rota")
    for table in ("rota_feed", "rota_change", "rota"):
        op.drop_table(table)
