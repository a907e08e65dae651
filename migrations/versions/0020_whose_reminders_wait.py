"""The reminders that wait, by whom they are for."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0018"
branch_labels = None
depends_on = None

WAITING = "state = 'waiting' and kind = 'reminder'"


def upgrade() -> None:
    """After Slack was away, each late reminder was looked for among all that was ever owed."""
    op.create_index(
        "outbox_reminders",
        "outbox",
        ["team_id", "conversation"],
        sqlite_where=sa.text(WAITING),
        postgresql_where=sa.text(WAITING),
    )
    if _is_sqlite():
        # A thousand that wait, all of one team, two a person: SQLite is told of every index of a large table.
        op.execute("insert into sqlite_stat1 values ('outbox', 'outbox_reminders', '1000 1000 2')")
        op.execute("analyze sqlite_schema")


def _is_sqlite() -> bool:
    return op.get_context().dialect.name == "sqlite"


def downgrade() -> None:
    """Undo it."""
    if _is_sqlite():
        op.execute("delete from sqlite_stat1 where idx = 'outbox_reminders'")
    op.drop_index("outbox_reminders", table_name="outbox")
