"""Every table, imported, so that the schema is whole wherever it is asked for."""

from sqlmodel import SQLModel

from models import (
    channel,
    clock,
    contract_version,
    customer,
    desk,
    heartbeat,
    history,
    outbox,
    person,
    received,
    ticket,
    timer,
    typed_text,
    wait,
)

RECORDS = (
    channel,
    clock,
    contract_version,
    customer,
    desk,
    heartbeat,
    history,
    outbox,
    person,
    received,
    ticket,
    timer,
    typed_text,
    wait,
)

metadata = SQLModel.metadata
