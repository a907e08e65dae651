"""What a rota's timers ask: whether it has gaps that a contract does not allow, and who hands over to whom.

`TimerKind.ROTA` sets the others. They stand at the next handover of the first layer, and when the next gap comes
within seven days. Only a rota that a desk goes by has any.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from handlers.agreements import Agreements, NoAgreementError
from handlers.rotas import questions, rota_of
from models import outbox
from models.clock import due_between
from models.customer import customers_at
from models.desk import Desk, desks_with_rota
from models.outbox import Kind, Outgoing, Priority
from models.person import Person
from models.rota.shift import Gap, Shift
from models.sla.clock import AtOnce
from models.sla.contract import Contract, OutsideHours
from models.store import Session
from models.stored_rota import StoredRota, rota_by_id
from models.timer import Timer, TimerKind, disarm_rota

if TYPE_CHECKING:
    from models.rota.rota import Rota

WARNED_BEFORE = timedelta(days=7)
LOOKED_AHEAD = timedelta(days=60)
"""How far gaps are looked for when there is none soon; looked at again before that is over."""
LOOKED_AGAIN = timedelta(days=30)
NEXT_HANDOVER = (timedelta(days=8), timedelta(days=60), timedelta(days=400))
TOLD_AT = time(9)
"""On the rota's own wall: when its owner hears of gaps."""
GAPS_TOLD = 5
DUE_TOLD = 10
STILL_NEWS = timedelta(hours=12)
"""How long after it a handover is still told of: Vakt may have been down."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What a timer of a rota is answered with."""

    session: Session
    agreements: Agreements
    machine_now: datetime
    now: datetime

    def arm(self, stored: StoredRota, kind: TimerKind, at: datetime) -> None:
        """Set a timer of a rota."""
        self.session.add(
            Timer(team_id=stored.team_id, kind=kind, ticket_number=0, clock_id=stored.id, due_at=max(at, self.now))
        )

    def owe(self, stored: StoredRota, kind: Kind, key: str, conversation: str, args: dict[str, Any]) -> None:
        """Owe a message about a rota, once under its key."""
        outbox.owe(
            self.session,
            Outgoing(
                team_id=stored.team_id,
                key=f"rota:{stored.id}:{key}",
                kind=kind,
                conversation=conversation,
                args={"rota": stored.id, **args},
                priority=Priority.REMINDER,
                ready_at=self.machine_now,
                created_at=self.machine_now,
            ),
        )


def on_rota(watch: Watch, timer: Timer) -> None:
    """A rota is another now: its timers are set anew."""
    found = _served(watch, timer)
    if found is None:
        return
    stored, desks = found
    disarm_rota(watch.session, stored.team_id, stored.id)
    rota = rota_of(watch.session, stored.team_id, stored.key, watch.now)
    _arm_handover(watch, stored, rota)
    if _needed_by(watch, desks) is not None:
        _arm_gaps(watch, stored, rota, watch.now)


def _served(watch: Watch, timer: Timer) -> tuple[StoredRota, list[Desk]] | None:
    """The rota, locked, and the desks that go by it; None when it is gone, or none does.

    Whoever changes the rota waits, and so its timers are set from what it is, one after the other.
    """
    stored = rota_by_id(watch.session, timer.team_id, timer.clock_id or "", lock=True)
    desks = desks_with_rota(watch.session, timer.team_id, stored.key) if stored else []
    return (stored, desks) if stored is not None and desks else None


def _arm_handover(watch: Watch, stored: StoredRota, rota: "Rota") -> None:
    coming = _next_start(rota, watch.now)
    if coming is not None:
        watch.arm(stored, TimerKind.HANDOVER, coming)


def _next_start(rota: "Rota", now: datetime) -> datetime | None:
    """When the next shift of the first layer begins; looked for near by first."""
    for ahead in NEXT_HANDOVER:
        found = questions().shifts(rota, now, now + ahead, rota.layers[0])
        coming: datetime | None = next((shift.since for shift in found if shift.since > now), None)
        if coming is not None:
            return coming
    return None


def on_handover(watch: Watch, timer: Timer) -> None:
    """The first layer hands over: the desks that go by the rota read who had it, who has it, and what falls due."""
    found = _served(watch, timer)
    if found is None:
        return
    stored, desks = found
    rota = rota_of(watch.session, stored.team_id, stored.key, watch.now)
    layer = rota.layers[0]
    shift = next((each for each in questions().on_call(rota, watch.now) if each.layer == layer), None)
    if shift is not None and watch.now - shift.since < STILL_NEWS:
        before = questions().shifts(rota, shift.since - timedelta(days=31), shift.since, layer)
        if not before or before[-1].person != shift.person:
            _tell_handover(watch, stored, shift, before[-1] if before else None, desks)
    _arm_handover(watch, stored, rota)


def _tell_handover(watch: Watch, stored: StoredRota, shift: Shift, before: Shift | None, desks: list[Desk]) -> None:
    for desk in desks:
        due, total = due_between(watch.session, stored.team_id, desk.id, shift.since, shift.until, limit=DUE_TOLD * 2)
        first = {clock.ticket_number: clock.id for clock in reversed(due)}
        args = {
            "desk": desk.id,
            "layer": shift.layer,
            "outgoing": before.person if before else None,
            "incoming": shift.person,
            "until": shift.until.isoformat(),
            "due": list(dict.fromkeys(first[clock.ticket_number] for clock in due))[:DUE_TOLD],
            "total": total,
        }
        key = f"handover:{desk.id}:{shift.since.isoformat()}"
        watch.owe(stored, Kind.HANDOVER, key, desk.channel_id, args)


def _arm_gaps(watch: Watch, stored: StoredRota, rota: "Rota", earliest: datetime) -> None:
    """Look when the next gap is seven days ahead; when there is none for long, look again before that is over."""
    ahead = questions().gaps(rota, watch.now, watch.now + LOOKED_AHEAD)
    first: Gap | None = ahead[0] if ahead else None
    at = watch.now + LOOKED_AGAIN if first is None else _told_before(rota, first.since - WARNED_BEFORE)
    watch.arm(stored, TimerKind.GAPS, max(at, earliest))


def _told_before(rota: "Rota", at: datetime) -> datetime:
    """The last time of the day at which owners are told, up to an instant."""
    day = at.astimezone(rota.spec.zone).date()
    told = datetime.combine(day, TOLD_AT, rota.spec.zone)
    if told > at:
        told = datetime.combine(day - timedelta(days=1), TOLD_AT, rota.spec.zone)
    return told.astimezone(UTC)


def on_gaps(watch: Watch, timer: Timer) -> None:
    """A gap that a contract does not allow may be near: the owner hears of it, once a day."""
    found = _served(watch, timer)
    if found is None:
        return
    stored, desks = found
    needed = _needed_by(watch, desks)
    if needed is None:
        return
    rota = rota_of(watch.session, stored.team_id, stored.key, watch.now)
    day = watch.now.astimezone(rota.spec.zone).date()
    tomorrow = datetime.combine(day + timedelta(days=1), TOLD_AT, rota.spec.zone).astimezone(UTC)
    near = questions().gaps(rota, watch.now, tomorrow + WARNED_BEFORE)
    if not near:
        _arm_gaps(watch, stored, rota, tomorrow)
        return
    desk, contract, clause = needed
    args = {
        "desk": desk.name,
        "contract": contract,
        "clause": clause,
        "gaps": [[gap.since.isoformat(), gap.until.isoformat()] for gap in near[:GAPS_TOLD]],
        "more": max(0, len(near) - GAPS_TOLD),
    }
    watch.owe(stored, Kind.GAPS, f"gaps:{day}", _owner(watch, stored, desk), args)
    watch.arm(stored, TimerKind.GAPS, tomorrow)


def _owner(watch: Watch, stored: StoredRota, desk: Desk) -> str:
    """Where the rota's owner is told; the desk's channel when they have left."""
    owner = watch.session.get(Person, (stored.team_id, stored.owner))
    return desk.channel_id if owner is None or owner.left_at is not None else owner.slack_user


def _needed_by(watch: Watch, desks: list[Desk]) -> tuple[Desk, str, str] | None:
    """The first desk with a customer whose contract has somebody paged day and night, and the clause that says so."""
    for desk in desks:
        for customer in customers_at(watch.session, desk.team_id, [desk.id]):
            try:
                contract = watch.agreements.in_force(watch.session, customer, watch.now).contract
            except NoAgreementError:
                continue
            clause = pages_day_and_night(contract)
            if clause is not None:
                return desk, contract.vendor, clause
    return None


def pages_day_and_night(contract: Contract) -> str | None:
    """The clause by which somebody is paged at any hour; None when there is none. Source: PI-06."""
    for promise in contract.promises:
        if promise.outside_hours is OutsideHours.PAGE or isinstance(promise.target, AtOnce):
            return promise.clause
    return None


ON_DUE: Mapping[TimerKind, Callable[[Watch, Timer], None]] = {
    TimerKind.ROTA: on_rota,
    TimerKind.HANDOVER: on_handover,
    TimerKind.GAPS: on_gaps,
}
"""What each timer of a rota asks."""


def on_due(session: Session, agreements: Agreements, machine_now: datetime, now: datetime, timer: Timer) -> None:
    """Look at what a timer of a rota is about."""
    ON_DUE[TimerKind(timer.kind)](Watch(session, agreements, machine_now, now), timer)
