"""The reports about availability that post themselves: whose are due, and what is owed of each.

A customer's is due on the first working morning after a period of its own agreement, where that is. To
the desk's channel goes one message with a line for each, and the reports with their charts in its thread.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from importlib.util import find_spec
from typing import Any

from handlers.agreements import Agreements, NoAgreementError
from handlers.errand import WAY
from handlers.reporting import Look, Turn
from models import outbox
from models.channel import channels_of
from models.customer import Customer, agreement_on, customers_at
from models.desk import Desk, Reporting
from models.outbox import Kind, Outgoing, Priority
from models.sla.calendar import Calendar
from models.sla.contract import Contract, PeriodKind
from models.sla.periods import INSTANT, Period, last_12_months, period_of
from models.store import Session

A_WEEK = 7
AT_A_TURN = 40
"""Customers looked at in one transaction, and at most in one message to the desk."""


@dataclass(frozen=True, slots=True)
class Due:
    """A customer's report about a period, and when it is due."""

    customer: Customer
    period: Period
    at: datetime

    @property
    def key(self) -> str:
        """How the unique keys of its messages begin."""
        return f"report:{self.customer.id}:{self.period.kind}:{self.period.ends.date()}"

    @property
    def args(self) -> dict[str, Any]:
        """What it is drawn from."""
        return {
            "customer": self.customer.id,
            "kind": self.period.kind.value,
            "period": self.period.key,
            "begins": self.period.begins.isoformat(),
            "ends": self.period.ends.isoformat(),
        }


def owe_due(session: Session, batch: Turn, desk: Desk, look: Look) -> Look:
    """Owe what fell due for the next customers of a look; gives how it goes on."""
    every = sorted(customers_at(session, desk.team_id, [desk.id]), key=lambda customer: customer.id)
    ahead = [customer for customer in every if customer.id > look.after]
    hour, span = Reporting.of(desk).hour, (look.since, look.until)
    found = [
        due for customer in ahead[:AT_A_TURN] for due in reports_around(session, batch.agreements, customer, span, hour)
    ]
    owing = Owing(session, desk, batch.machine_now, charts=find_spec("matplotlib") is not None)
    owing.owe([due for due in found if look.since < due.at <= look.until], look.until)
    coming = [due.at for due in found if due.at > look.until] + ([look.coming] if look.coming else [])
    after = ahead[AT_A_TURN - 1].id if len(ahead) > AT_A_TURN else ""
    return replace(look, after=after, coming=min(coming, default=None))


def reports_around(
    session: Session, agreements: Agreements, customer: Customer, span: tuple[datetime, datetime], hour: int
) -> Iterator[Due]:
    """A customer's reports about what ended from the month before a span to the end of the month it ends in."""
    since, now = span
    contract = _contract(session, agreements, customer, since, now)
    if contract is None or contract.availability is None:
        return
    calendar = working_calendar(contract, customer.region, now.date())
    month = period_of(PeriodKind.CALENDAR_MONTH, since, contract.zone)
    while month.begins <= now or month.begins == _next(now, contract):
        period = _ended(contract.availability.period, month, contract)
        if period is not None and _held(session, customer, period):
            yield Due(customer, period, first_morning(contract, calendar, month.begins, hour))
        month = period_of(PeriodKind.CALENDAR_MONTH, month.ends, contract.zone)


def _next(now: datetime, contract: Contract) -> datetime:
    return period_of(PeriodKind.CALENDAR_MONTH, now, contract.zone).ends


def _contract(
    session: Session, agreements: Agreements, customer: Customer, since: datetime, now: datetime
) -> Contract | None:
    """Its contract now, or when somebody last looked: a period that it ended with is reported on too."""
    for at in (now, since):
        try:
            return agreements.in_force(session, customer, at).contract
        except NoAgreementError:
            continue
    return None


def _held(session: Session, customer: Customer, period: Period) -> bool:
    """Whether an agreement held when the period ended."""
    return agreement_on(session, customer, (period.ends - INSTANT).date()) is not None


def _ended(kind: PeriodKind, month: Period, contract: Contract) -> Period | None:
    """The period of that kind that ended when a month began."""
    if kind is PeriodKind.ROLLING_12_MONTHS:
        return last_12_months(contract.zone, month.begins)
    period = period_of(kind, month.begins - INSTANT, contract.zone)
    return period if period.ends == month.begins else None


def working_calendar(contract: Contract, region: str | None, day: date) -> Calendar:
    """The agreement's calendar that says what a working day is: the first that is closed on any day of that week."""
    named = [contract.calendars[contract.calendar_name(name, region)] for name in _names(contract, region)]
    week = [day + timedelta(days=ahead) for ahead in range(A_WEEK)]
    return next((each for each in named if not all(map(each.is_working_day, week))), named[0])


def _names(contract: Contract, region: str | None) -> Iterable[str]:
    regional = contract.regions.get(region or contract.default_region or "", {})
    return [*regional, *contract.calendars]


def first_morning(contract: Contract, calendar: Calendar, ended_at: datetime, hour: int) -> datetime:
    """The hour of the first working day after an instant at which a period ended."""
    day = ended_at.astimezone(contract.zone).date()
    if not calendar.is_working_day(day):
        day = calendar.working_day_after(day, 1)
    return datetime.combine(day, time(hour), contract.zone)


@dataclass(frozen=True, slots=True)
class Owing:
    """A desk's reports of one morning, as rows of the outbox; `charts` whether any can be drawn."""

    session: Session
    desk: Desk
    machine_now: datetime
    charts: bool

    def owe(self, found: Sequence[Due], now: datetime) -> None:
        """Owe what was not owed before: to the desk together, and to each customer where the desk says so."""
        wanted = {f"{due.key}:desk": due for due in found}
        there = outbox.keys_there(self.session, self.desk.team_id, list(wanted))
        new = [due for key, due in wanted.items() if key not in there]
        if not new:
            return
        args = {"desk": self.desk.id, "reports": [due.args for due in new], "charts": self.charts}
        key = f"reports:{self.desk.id}:{now.isoformat()}:{new[0].customer.id}"
        root = self._row(Kind.REPORT_LIST, key, self.desk.channel_id, args)
        outbox.owe(self.session, root)
        self.session.flush()
        for place, due in enumerate(new):
            self._to_desk(root, due, place)
            if Reporting.of(self.desk).customers:
                self._to_customer(due)

    def _to_desk(self, root: Outgoing, due: Due, place: int) -> None:
        report = self._row(Kind.REPORT, f"{due.key}:desk", root.conversation, {**due.args, "desk": self.desk.id})
        self._under(root, report, 2 * place + 1)
        if self.charts:
            self._under(root, self._chart(due, "desk", root.conversation), 2 * place + 2)

    def _to_customer(self, due: Due) -> None:
        places = channels_of(self.session, self.desk.team_id, self.desk.id, due.customer.id)
        channel = places[1] if places else None
        if channel is None:
            return
        report = self._row(Kind.REPORT, f"{due.key}:customer", channel, due.args)
        outbox.owe(self.session, report)
        self.session.flush()
        if self.charts:
            self._under(report, self._chart(due, "customer", channel), 1)

    def _chart(self, due: Due, to: str, channel: str) -> Outgoing:
        args = {**due.args, "desk": self.desk.id} if to == "desk" else due.args
        return self._row(Kind.REPORT_CHART, f"{due.key}:{to}:chart", f"{WAY}:{channel}", args)

    def _under(self, parent: Outgoing, row: Outgoing, position: int) -> None:
        row.thread_of, row.position = parent.id, position
        outbox.owe(self.session, row)

    def _row(self, kind: Kind, key: str, conversation: str, args: dict[str, Any]) -> Outgoing:
        return Outgoing(
            team_id=self.desk.team_id,
            key=key,
            kind=kind,
            conversation=conversation,
            args=args,
            priority=Priority.CARD,
            ready_at=self.machine_now,
            created_at=self.machine_now,
        )
