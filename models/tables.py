"""Every table, imported, so that the schema is whole wherever it is asked for."""

from sqlalchemy import Index, text
from sqlmodel import SQLModel, col

from models import (
    affected,
    alert,
    channel,
    claim,
    clock,
    contract_version,
    customer,
    desk,
    downtime,
    heartbeat,
    history,
    hook,
    maintenance,
    monitor,
    notice,
    outage,
    outbox,
    page,
    person,
    product,
    received,
    schema_floor,
    service,
    stored_rota,
    subscription,
    ticket,
    timer,
    told,
    typed_text,
    wait,
)

RECORDS = (
    affected,
    alert,
    channel,
    claim,
    clock,
    contract_version,
    customer,
    desk,
    downtime,
    heartbeat,
    history,
    hook,
    maintenance,
    monitor,
    notice,
    outage,
    outbox,
    page,
    person,
    product,
    received,
    schema_floor,
    service,
    stored_rota,
    subscription,
    ticket,
    timer,
    told,
    typed_text,
    wait,
)

metadata = SQLModel.metadata

OPEN = "status in ('new', 'in_progress')"
STATUS = col(ticket.Ticket.status)
"""Last in an index that has it for its condition: SQLite asks for it again, and would look the row up."""

LINE = (
    col(ticket.Ticket.team_id),
    col(ticket.Ticket.desk_id),
    col(ticket.Ticket.contract),
    col(ticket.Ticket.kind),
    col(ticket.Ticket.rank),
)

PARTIAL = (
    ("outbox_waiting", "state = 'waiting'", (col(outbox.Outgoing.team_id), col(outbox.Outgoing.ready_at))),
    (
        "outbox_order",
        "state = 'waiting'",
        (
            col(outbox.Outgoing.team_id),
            col(outbox.Outgoing.priority),
            col(outbox.Outgoing.created_at),
            col(outbox.Outgoing.id),
        ),
    ),
    (
        "outbox_thread",
        "thread_of is not null",
        (col(outbox.Outgoing.team_id), col(outbox.Outgoing.thread_of), col(outbox.Outgoing.position)),
    ),
    (
        "outbox_message",
        "ts is not null",
        (col(outbox.Outgoing.team_id), col(outbox.Outgoing.channel), col(outbox.Outgoing.ts)),
    ),
    (
        "outbox_reminders",
        "state = 'waiting' and kind = 'reminder'",
        (col(outbox.Outgoing.team_id), col(outbox.Outgoing.conversation)),
    ),
    (
        "page_running",
        "ended_at is null",
        (col(page.Page.team_id), col(page.Page.waits_for), col(page.Page.id)),
    ),
    ("ticket_by_due", OPEN, (*LINE, col(ticket.Ticket.queue_at), col(ticket.Ticket.number), STATUS)),
    ("ticket_by_arrival", OPEN, (*LINE, col(ticket.Ticket.reported_at), col(ticket.Ticket.number), STATUS)),
    ("ticket_of_owner", "owner_id is not null", (col(ticket.Ticket.team_id), col(ticket.Ticket.owner_id))),
)
"""Indexes of a few rows among many: their name, which rows, which columns.

They stand here because naming a condition for PostgreSQL loads that whole dialect, which a process
on SQLite needs no part of.
"""

for _name, _rows, _columns in PARTIAL:
    Index(_name, *_columns, sqlite_where=text(_rows), postgresql_where=text(_rows))
