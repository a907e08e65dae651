"""Downtime: when services were not there, for whom, and what became of each interval. Evidence.

One row is one interval. It comes from an outage, a maintenance, a monitor, a customer or an agent; a
contract's own data decides afterwards whether it counts (`models.sla.availability`). Nothing is taken
away: every change stands in `changes`, with who made it and why.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index
from sqlalchemy.orm import object_session
from sqlmodel import Field, Session, col, or_, select

from models.affected import look_if_reported
from models.ids import new_id
from models.record import BY_KEY, Record
from models.sla.contract import MaintenanceDowntime, Scope

__all__ = [
    "EVERYBODY",
    "Between",
    "Change",
    "Correction",
    "Downtime",
    "DowntimeError",
    "DowntimeEvent",
    "MaintenanceDowntime",
    "NewDowntime",
    "Scope",
    "Source",
    "change_downtime",
    "close_downtime",
    "correct_downtime",
    "count_again",
    "downtime_between",
    "downtime_by_id",
    "downtime_of_maintenance",
    "downtime_of_outage",
    "exclude",
    "keep_apart",
    "merge",
    "open_downtime",
    "take_apart",
]


class Source(StrEnum):
    """Where an interval was learnt from. Source: EM-14."""

    OUTAGE = "outage"
    MAINTENANCE = "maintenance"
    MONITOR = "monitor"
    CUSTOMER = "customer"
    AGENT = "agent"


EVERYBODY = "*"
"""In place of a customer's id, where an interval is left out for all."""


class DowntimeError(ValueError):
    """An interval cannot be so. The message says what was asked and what would be right."""


class Downtime(Record, table=True):
    """One interval. Instants are contract time; `ended_at` is None while it lasts.

    `services` are the keys of those that were away. `customers` are the ids of the customers it was
    limited to; None means all that use these services. `exclusions` are the keys of the contract's reasons
    for not counting it, by the customer for whom it does not count, or EVERYBODY. `merged_into` is the
    interval that stands for this one: proposed, until somebody confirms it. `apart` are the ids of those that
    somebody said to be another one than this.
    """

    __table_args__ = (
        CheckConstraint("ended_at is null or ended_at >= began_at", name="downtime_ends_after_it_began"),
        Index("downtime_of_desk", "team_id", "desk_id", "began_at"),
        BY_KEY,
    )

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True, default_factory=new_id)
    desk_id: str
    services: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    customers: list[str] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))
    began_at: datetime
    ended_at: datetime | None = None
    scope: str
    source: str
    maintenance: str | None = None
    outage_id: str | None = None
    maintenance_id: str | None = None
    exclusions: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    merged_into: str | None = None
    merge_proposed_by: str | None = None
    merge_proposed_at: datetime | None = None
    merge_confirmed_by: str | None = None
    merge_confirmed_at: datetime | None = None
    changes: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    apart: list[str] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))

    @property
    def happening_id(self) -> str:
        """What customers report themselves affected by: its outage, its maintenance, or itself where it has neither."""
        return self.outage_id or self.maintenance_id or self.id

    @property
    def is_merged(self) -> bool:
        """Whether another interval stands for it, confirmed by somebody."""
        return self.merge_confirmed_at is not None

    def exclusion_for(self, customer_id: str) -> str | None:
        """The reason for not counting it for a customer."""
        return self.exclusions.get(customer_id) or self.exclusions.get(EVERYBODY)

    def concerns(self, customer_id: str) -> bool:
        """Whether it is not limited to other customers."""
        return self.customers is None or customer_id in self.customers


class DowntimeEvent(StrEnum):
    """What can happen to an interval."""

    OPENED = "opened"
    CLOSED = "closed"
    CORRECTED = "corrected"
    EXCLUDED = "excluded"
    COUNTED_AGAIN = "counted_again"
    MERGE_PROPOSED = "merge_proposed"
    MERGE_CONFIRMED = "merge_confirmed"
    MERGE_REFUSED = "merge_refused"
    """Somebody said that it is another one than `apart` names."""
    TAKEN_APART = "taken_apart"
    """It was merged, and is one of two again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDowntime:
    """An interval to be stored. `ended_at` where it is known to be over; `by` is who says so, None for Vakt."""

    team_id: str
    desk_id: str
    services: tuple[str, ...]
    began_at: datetime
    scope: Scope
    source: Source
    ended_at: datetime | None = None
    customers: tuple[str, ...] | None = None
    maintenance: MaintenanceDowntime | None = None
    outage_id: str | None = None
    maintenance_id: str | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Who changes an interval, and the id of the words in which it was said why."""

    event: DowntimeEvent
    by: str | None = None
    text_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What an interval should have been; None leaves a value as it is. `reopen` takes its end away."""

    began_at: datetime | None = None
    ended_at: datetime | None = None
    reopen: bool = False
    scope: Scope | None = None
    services: tuple[str, ...] | None = None
    customers: tuple[str, ...] | None = None
    maintenance: MaintenanceDowntime | None = None

    def values(self) -> dict[str, Any]:
        """The columns it sets."""
        given = {name: value for name, value in asdict(self).items() if name != "reopen" and value is not None}
        lists = {name: list(value) if isinstance(value, tuple) else value for name, value in given.items()}
        return lists | ({"ended_at": None} if self.reopen else {})


def open_downtime(session: Session, new: NewDowntime, now: datetime) -> Downtime:
    """Store an interval that began; it lasts until `close_downtime`. Raises DowntimeError."""
    downtime = Downtime(
        team_id=new.team_id,
        desk_id=new.desk_id,
        services=list(new.services),
        customers=None if new.customers is None else list(new.customers),
        began_at=new.began_at,
        scope=new.scope,
        source=new.source,
        maintenance=new.maintenance,
        outage_id=new.outage_id,
        maintenance_id=new.maintenance_id,
    )
    session.add(downtime)
    change_downtime(downtime, Change(event=DowntimeEvent.OPENED, by=new.by), now, ended_at=new.ended_at)
    return downtime


def close_downtime(downtime: Downtime, ended_at: datetime, change: Change, now: datetime) -> None:
    """Say when it ended. Raises DowntimeError for an end before its start, or one still to come."""
    change_downtime(downtime, change, now, ended_at=ended_at)


def correct_downtime(downtime: Downtime, correction: Correction, change: Change, now: datetime) -> None:
    """Set right what was noted wrongly; what it was stays in its history. Raises DowntimeError."""
    change_downtime(downtime, change, now, **correction.values())


CLAIMED_BY = frozenset({"began_at", "ended_at", "scope", "exclusions"})
"""Columns by which more may be claimed than before, once an interval is over."""


def change_downtime(downtime: Downtime, change: Change, now: datetime, **values: Any) -> None:
    """Write an event and what it changes on the interval: the only way one changes. Raises DowntimeError."""
    changed = {name: value for name, value in values.items() if getattr(downtime, name) != value}
    _possible(
        began_at=changed.get("began_at", downtime.began_at),
        ended_at=changed.get("ended_at", downtime.ended_at),
        services=changed.get("services", downtime.services),
        now=now,
    )
    entry = {
        "event": change.event.value,
        "at": now.isoformat(),
        "by": change.by,
        "text_id": change.text_id,
        "was": {name: _plain(getattr(downtime, name)) for name in changed},
        "is": {name: _plain(value) for name, value in changed.items()},
    }
    for name, value in changed.items():
        setattr(downtime, name, value)
    downtime.changes = [*downtime.changes, entry]
    session = object_session(downtime)
    longer = downtime.ended_at is not None and not CLAIMED_BY.isdisjoint(changed)
    if longer and isinstance(session, Session):
        look_if_reported(session, downtime.team_id, downtime.happening_id, now)


def _possible(*, began_at: datetime, ended_at: datetime | None, services: list[str], now: datetime) -> None:
    if not services:
        message = "downtime of no service; name at least one"
        raise DowntimeError(message)
    if began_at > now:
        message = f"downtime cannot begin at {_shown(began_at)}, which is still to come"
        raise DowntimeError(message)
    if ended_at is not None and ended_at < began_at:
        message = f"downtime cannot end at {_shown(ended_at)}, before it began at {_shown(began_at)}"
        raise DowntimeError(message)
    if ended_at is not None and ended_at > now:
        message = f"downtime cannot have ended at {_shown(ended_at)}, which is still to come"
        raise DowntimeError(message)


def _shown(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M %Z}"


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def exclude(downtime: Downtime, customer_id: str, reason: str, change: Change, now: datetime) -> None:
    """Do not count it for a customer, or for EVERYBODY, for one of the contract's reasons. Source: PS-12, PS-29."""
    change_downtime(downtime, change, now, exclusions={**downtime.exclusions, customer_id: reason})


def count_again(downtime: Downtime, customer_id: str, change: Change, now: datetime) -> None:
    """Take an exclusion back."""
    kept = {key: reason for key, reason in downtime.exclusions.items() if key != customer_id}
    change_downtime(downtime, change, now, exclusions=kept)


def merge(one: Downtime, other: Downtime, by: str, now: datetime) -> None:
    """Let one stand for both, from the earlier beginning to the later end, with the services of either."""
    lasts = one.ended_at is None or other.ended_at is None
    ends = None if lasts else max(each for each in (one.ended_at, other.ended_at) if each)
    change = Change(event=DowntimeEvent.MERGE_CONFIRMED, by=by)
    values = {"began_at": min(one.began_at, other.began_at), "services": sorted({*one.services, *other.services})}
    change_downtime(one, change, now, **values, ended_at=ends, apart=_without(one, other))
    merged = {"merged_into": one.id, "merge_confirmed_by": by, "merge_confirmed_at": now}
    change_downtime(other, change, now, **merged, apart=_without(other, one))


def _without(one: Downtime, other: Downtime) -> list[str] | None:
    return [each for each in one.apart or () if each != other.id] or None


def keep_apart(one: Downtime, other: Downtime, by: str, now: datetime) -> None:
    """Say that they are two, so that nobody proposes to merge them any more."""
    change = Change(event=DowntimeEvent.MERGE_REFUSED, by=by)
    for each, from_which in ((one, other), (other, one)):
        change_downtime(each, change, now, apart=sorted({*(each.apart or ()), from_which.id}))


def take_apart(one: Downtime, other: Downtime, by: str, now: datetime) -> None:
    """Undo a merge: each is what it was. Raises DowntimeError where the one that stood for both changed since."""
    merged = next((each for each in reversed(one.changes) if each["event"] == DowntimeEvent.MERGE_CONFIRMED), None)
    if merged is None or any(_plain(getattr(one, name)) != value for name, value in merged["is"].items()):
        message = f"{one.id} was changed since {other.id} was merged into it; undo that first"
        raise DowntimeError(message)
    change = Change(event=DowntimeEvent.TAKEN_APART, by=by)
    change_downtime(one, change, now, **{name: _instant(name, value) for name, value in merged["was"].items()})
    change_downtime(other, change, now, merged_into=None, merge_confirmed_by=None, merge_confirmed_at=None)


def _instant(name: str, value: Any) -> Any:  # noqa: ANN401 - whatever the column holds
    """A value as the column has it, from what the history keeps."""
    return datetime.fromisoformat(value) if name.endswith("_at") and value is not None else value


def downtime_by_id(session: Session, team_id: str, downtime_id: str) -> Downtime | None:
    """An interval, locked, as it is stored now."""
    return session.get(Downtime, (team_id, downtime_id), with_for_update=True, populate_existing=True)


def downtime_of_outage(session: Session, team_id: str, outage_id: str) -> list[Downtime]:
    """Every interval of an outage, in order."""
    query = select(Downtime).where(Downtime.team_id == team_id, Downtime.outage_id == outage_id)
    return list(session.exec(query.order_by(col(Downtime.began_at), col(Downtime.id))))


def downtime_of_maintenance(session: Session, team_id: str, maintenance_id: str) -> list[Downtime]:
    """Every interval of a maintenance, in order."""
    query = select(Downtime).where(Downtime.team_id == team_id, Downtime.maintenance_id == maintenance_id)
    return list(session.exec(query.order_by(col(Downtime.began_at), col(Downtime.id))))


@dataclass(frozen=True, slots=True)
class Between:
    """From an instant to another, exclusive."""

    begins: datetime
    ends: datetime


def downtime_between(session: Session, team_id: str, desk_id: str, span: Between) -> list[Downtime]:
    """Every interval of a desk that touches a span, in order; those that still last too."""
    query = select(Downtime).where(
        Downtime.team_id == team_id,
        Downtime.desk_id == desk_id,
        Downtime.began_at < span.ends,
        or_(col(Downtime.ended_at).is_(None), col(Downtime.ended_at) > span.begins),
    )
    return list(session.exec(query.order_by(col(Downtime.began_at), col(Downtime.id))))
