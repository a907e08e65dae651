"""What a process looks for in its loops, by team: no look reads what belongs to others."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

WAITING = "state = 'waiting'"
ORDER = ["priority", "created_at", "id"]
STATISTICS = {
    "outbox": {"outbox_order": ("1000 1000 250 2 1", "1000 250 2 1"), "outbox_waiting": ("1000 1000 2", "1000 2")},
    "timer": {"timer_due": ("1000000 1000000 10", "1000000 10")},
}
"""By table and index what SQLite's planner is told of it: from now on, and before."""


def upgrade() -> None:
    """A version before this one asks of all teams: while it still runs, its looks read more than they need."""
    _make_anew(["team_id"])
    _tell_the_planner(0)


def downgrade() -> None:
    """Undo it."""
    _make_anew([])
    _tell_the_planner(1)


def _make_anew(first: list[str]) -> None:
    for name in ("outbox_order", "outbox_waiting"):
        op.drop_index(name, table_name="outbox")
    op.drop_index("timer_due", table_name="timer")
    for name, columns in (("outbox_order", ORDER), ("outbox_waiting", ["ready_at"])):
        where = sa.text(WAITING)
        op.create_index(name, "outbox", [*first, *columns], sqlite_where=where, postgresql_where=where)
    op.create_index("timer_due", "timer", [*first, "due_at"])


def _tell_the_planner(which: int) -> None:
    if op.get_context().dialect.name != "sqlite":
        return
    statistics = sa.table("sqlite_stat1", sa.column("tbl"), sa.column("idx"), sa.column("stat"))
    for table, indexes in STATISTICS.items():
        op.execute(statistics.delete().where(statistics.c.idx.in_(indexes)))
        told = [{"tbl": table, "idx": index, "stat": rows[which]} for index, rows in indexes.items()]
        op.bulk_insert(statistics, told)
    op.execute("analyze sqlite_schema")
