"""A ticket's place in the queue, and what SQLite's planner cannot know by itself."""

from datetime import UTC, datetime

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OPEN = "status in ('new', 'in_progress')"
LINE = ["team_id", "desk_id", "contract", "kind", "rank"]
NEVER = datetime(9000, 1, 1, tzinfo=UTC)

MANY, FEW = 1_000_000, 1_000
QUEUE = (MANY, MANY, MANY // 2, MANY // 5, MANY // 10, MANY // 50, 2, 1, 1)
STATISTICS = {
    "clock": {"clock": (MANY, MANY, 1), "clock_of_ticket": (MANY, MANY, 2)},
    "history": {"history": (MANY, MANY, 8, 1)},
    "outbox": {
        "outbox": (MANY, MANY, 1),
        "sqlite_autoindex_outbox_2": (MANY, MANY, 1),
        "outbox_message": (MANY, MANY, MANY // 100, 1),
        "outbox_thread": (MANY, MANY, 8, 1),
        "outbox_order": (FEW, FEW // 4, 2, 1),
        "outbox_waiting": (FEW, 2),
    },
    "ticket": {
        "ticket": (MANY, MANY, 1),
        "ticket_by_arrival": QUEUE,
        "ticket_by_due": QUEUE,
        "ticket_of_customer": (MANY, MANY, MANY // 100, 1),
        "ticket_of_owner": (MANY, MANY, 100),
    },
    "timer": {"timer": (MANY, MANY, 1), "timer_due": (MANY, 10), "timer_of_ticket": (MANY, MANY, 2)},
    "typed_text": {"typed_text": (MANY, MANY, 1)},
    "wait": {"wait": (MANY, MANY, 2, 1)},
}
"""By table and index: its rows, and how many are alike in its first column, in its first two, and so on.

Without it SQLite takes a team for ten rows. Source: https://www.sqlite.org/fileformat2.html#stat1tab
"""


def upgrade() -> None:
    """Add the place, fill it in from the clocks, and index the order of each desk's lines."""
    op.add_column("ticket", sa.Column("queue_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
    ticket = sa.table("ticket", sa.column("queue_at", sqlmodel.sql.sqltypes.UTCDateTime()))
    op.execute(ticket.update().values(queue_at=NEVER))
    op.execute(
        "update ticket set queue_at = due from (select team_id as team, ticket_number, min(due_at) as due from clock"
        " where state in ('running', 'paused') group by team_id, ticket_number) as clocks"
        " where clocks.team = ticket.team_id and clocks.ticket_number = ticket.number and due is not null"
    )
    for name, instant in (("ticket_by_due", "queue_at"), ("ticket_by_arrival", "reported_at")):
        columns = [*LINE, instant, "number", "status"]
        op.create_index(name, "ticket", columns, sqlite_where=sa.text(OPEN), postgresql_where=sa.text(OPEN))
    op.drop_index("ticket_queue", "ticket")
    if _is_sqlite():
        _tell_the_planner()


def _is_sqlite() -> bool:
    return op.get_context().dialect.name == "sqlite"


def _tell_the_planner() -> None:
    statistics = sa.table("sqlite_stat1", sa.column("tbl"), sa.column("idx"), sa.column("stat"))
    op.execute("analyze schema_floor")  # makes the table of statistics
    told = [
        {"tbl": table, "idx": index, "stat": " ".join(map(str, rows))}
        for table, indexes in STATISTICS.items()
        for index, rows in indexes.items()
    ]
    op.bulk_insert(statistics, told)
    op.execute("analyze sqlite_schema")  # has them read


def downgrade() -> None:
    """Undo it."""
    if _is_sqlite():
        op.execute("delete from sqlite_stat1")
    op.create_index("ticket_queue", "ticket", ["team_id", "desk_id", "status", "rank", "number"])
    op.drop_index("ticket_by_arrival", "ticket")
    op.drop_index("ticket_by_due", "ticket")
    op.drop_column("ticket", "queue_at")
