"""History: who did what to a ticket, when, and where it was said. Append only; it is evidence."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, bindparam
from sqlmodel import Field, Session, col, select

from models.record import Adds, Record
from models.ticket import Ticket


class Event(StrEnum):
    """Everything that can happen to a ticket."""

    OPENED = "opened"
    WORK_STARTED = "work_started"
    REPLIED = "replied"
    ASSIGNED = "assigned"
    WAITING = "waiting"
    RESUMED = "resumed"
    STILL_WAITING = "still_waiting"
    WORKAROUND_OFFERED = "workaround_offered"
    WORKAROUND_CONFIRMED = "workaround_confirmed"
    WORKAROUND_REFUSED = "workaround_refused"
    SEVERITY_CONFIRMED = "severity_confirmed"
    SEVERITY_CHANGED = "severity_changed"
    TO_LEVEL_3 = "to_level_3"
    NEEDS_MORE_WORK = "needs_more_work"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    CUSTOMER_CONFIRMED = "customer_confirmed"
    CUSTOMER_WROTE = "customer_wrote"
    AGENT_WROTE = "agent_wrote"
    MESSAGE_EDITED = "message_edited"
    MESSAGE_DELETED = "message_deleted"
    ACCEPTED = "accepted"
    REMINDED = "reminded"
    WARNED = "warned"
    EXPECTED_PASSED = "expected_passed"
    LATE = "late"
    ESCALATED = "escalated"
    PAGED = "paged"
    CALLED_OUT = "called_out"
    """The desk's channel was told: nobody is on call, or nobody is left to page."""
    ASKED_AGAIN = "asked_again"
    ACKNOWLEDGED = "acknowledged"
    TARGET_RELEASE = "target_release"
    NEXT_OPENING = "next_opening"
    CALENDAR_CORRECTED = "calendar_corrected"
    ALERTED_AGAIN = "alerted_again"
    ALERT_ENDED = "alert_ended"
    BREACH_TOLD = "breach_told"
    """The customer's main contact was told of a security breach: `facts["step"]` counts from 0. Source: PS-17."""
    BREACH_CHECKED = "breach_checked"


class HistoryEntry(Record, table=True):
    """One event. `facts` are values without a person's words; `text_id` is what was typed."""

    __tablename__ = "history"

    team_id: str = Field(primary_key=True)
    ticket_number: int = Field(primary_key=True)
    position: int = Field(primary_key=True)
    event: str
    at: datetime
    actor_id: str | None = None
    text_id: str | None = None
    channel: str | None = None
    message_ts: str | None = None
    facts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """What is about to be written down: the event, when it was, who did it, and where."""

    event: Event
    at: datetime
    actor_id: str | None = None
    text_id: str | None = None
    channel: str | None = None
    message_ts: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)


def change(session: Adds, ticket: Ticket, happening: Happening, **changes: Any) -> HistoryEntry:
    """Write an event and what it changes on the ticket: the only way a ticket changes."""
    for name, value in changes.items():
        setattr(ticket, name, value)
    ticket.entries += 1
    entry = HistoryEntry(
        team_id=ticket.team_id,
        ticket_number=ticket.number,
        position=ticket.entries,
        event=happening.event,
        at=happening.at,
        actor_id=happening.actor_id,
        text_id=happening.text_id,
        channel=happening.channel,
        message_ts=happening.message_ts,
        facts=happening.facts,
    )
    session.add(entry)
    return entry


FIRST = 1
"""The position of the event with which every history begins: that the ticket was opened."""


def entry_at(session: Session, team_id: str, number: int, position: int) -> HistoryEntry | None:
    """One event of a ticket."""
    return session.get(HistoryEntry, (team_id, number, position))


def history_of(session: Session, team_id: str, number: int) -> list[HistoryEntry]:
    """Everything that happened to a ticket, in order."""
    query = (
        select(HistoryEntry)
        .where(HistoryEntry.team_id == team_id, HistoryEntry.ticket_number == number)
        .order_by(col(HistoryEntry.position))
    )
    return list(session.exec(query))


def last_of(session: Session, team_id: str, number: int, event: Event) -> HistoryEntry | None:
    """The latest event of a kind."""
    return session.exec(_LAST, params={"team": team_id, "number": number, "of": str(event)}).first()


_LAST = (
    select(HistoryEntry)
    .where(
        HistoryEntry.team_id == bindparam("team"),
        HistoryEntry.ticket_number == bindparam("number"),
        HistoryEntry.event == bindparam("of"),
    )
    .order_by(col(HistoryEntry.position).desc())
)


def openings_of(session: Session, team_id: str, numbers: Collection[int]) -> list[HistoryEntry]:
    """The first event of each of these tickets."""
    query = select(HistoryEntry).where(
        HistoryEntry.team_id == team_id, col(HistoryEntry.ticket_number).in_(numbers), HistoryEntry.position == FIRST
    )
    return list(session.exec(query))


def all_of(session: Session, team_id: str, number: int, event: Event) -> list[HistoryEntry]:
    """Every event of a kind, in order."""
    return [e for e in history_of(session, team_id, number) if e.event == event]
