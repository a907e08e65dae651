"""What an agreement asks of outages: what must be said of them, by when, and what must be decided first."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum

from models.sla.calendar import Calendar
from models.sla.clock import NextWorkingDay, deadline
from models.sla.questions import Text


class By(StrEnum):
    """Until when an outage is told. Source: EM-05."""

    SAME_CIVIL_DAY = "same_civil_day"
    """24:00 of the civil day on which it began, where the calendar is."""
    NEXT_WORKING_DAY = "next_working_day"
    """The closing of the next working day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRule:
    """By when those affected are told of an outage of such gravity, and how firmly that is said."""

    gravities: frozenset[str]
    by: By
    clause: str
    strength: str
    calendar: str
    reading: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageAsk:
    """Something to be decided and written down before an outage of such gravity is declared. Source: EM-27."""

    id: str
    gravities: frozenset[str]
    clause: str
    label: Text
    hint: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageTerms:
    """All of it. `clause` asks for the cause and the expected end; `mail_clause` for mail to those affected."""

    clause: str | None = None
    mail_clause: str | None = None
    notices: tuple[NoticeRule, ...] = ()
    asks: tuple[OutageAsk, ...] = ()

    def notice(self, gravity: str) -> NoticeRule | None:
        """The rule for an outage of that gravity."""
        return next((rule for rule in self.notices if gravity in rule.gravities), None)

    def asks_for(self, gravity: str) -> tuple[OutageAsk, ...]:
        """What is asked for an outage of that gravity."""
        return tuple(ask for ask in self.asks if gravity in ask.gravities)


NOTHING = OutageTerms()


def told_by(rule: NoticeRule, calendar: Calendar, began: datetime) -> datetime:
    """The instant by which an outage that began then is told, in UTC. Source: EM-05."""
    if rule.by is By.NEXT_WORKING_DAY:
        return deadline(calendar, began, NextWorkingDay("received")) or began  # nothing pauses it
    zone = calendar.zone
    tomorrow = began.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), zone).astimezone(UTC)
