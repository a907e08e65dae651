"""Maintenance as somebody is planning it: the window half filled in, and what it says, with its mistakes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from handlers import components, language, maintenance_guard
from handlers.access import Viewer
from handlers.desk import Body
from handlers.errors import UserError
from handlers.fields import LONGEST_AHEAD, chosen_moment, is_ticked, state_of, value_in, values_in
from handlers.maintenance_doing import plan_of
from handlers.maintenance_guard import Guard, Plan
from handlers.payloads import metadata, metadata_of
from handlers.views.facts import PersonFact, Refusal
from handlers.views.facts.maintenance import SlotFact
from handlers.views.names import LATER_TOO, SUMMARY_LIMIT, YES, Field, turned
from models.customer import customers_at
from models.desk import people_with_role
from models.maintenance import Maintenance, Stage, maintenance_by_number
from models.rota.shift import RotaError
from models.service import services_of, services_with_keys
from models.sla.contract import Role
from models.sla.maintenance_rules import MaintenanceKind
from models.store import Session

A_DAY = timedelta(days=1)
MOST_OCCURRENCES = 24
SERIES_REACHES = timedelta(days=400)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The window as filled in so far."""

    nonce: str = ""
    turn: int = 0
    title: str = ""
    services: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    kind: str = MaintenanceKind.PLANNED
    downtime: bool = True
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    only: tuple[str, ...] = ()
    agreed: bool = False
    approver: str | None = None
    repeats: str = ""
    left_out: tuple[str, ...] = ()
    parts: tuple[SlotFact, ...] = ()
    override: bool = False
    moving: str | None = None
    later: bool = False
    """Whether all later ones of its series are moved with it."""
    view_id: str | None = None

    @property
    def carried(self) -> str:
        """What the window carries along."""
        return metadata(
            nonce=self.nonce or None,
            turn=self.turn or None,
            left_out=list(self.left_out) or None,
            parts=[{"starts": each.starts_at.isoformat(), "ends": each.ends_at.isoformat()} for each in self.parts]
            or None,
            override=self.override or None,
            maintenance=self.moving,
        )

    @property
    def starts(self) -> str:
        """The block of the start."""
        return turned(Field.STARTS, self.turn)

    @property
    def ends(self) -> str:
        """The block of the end."""
        return turned(Field.ENDS, self.turn)


def draft_of(body: Body) -> Draft:
    """The window as it stands, half filled in: nothing is refused yet."""
    carried, state = metadata_of(body), state_of(body)
    turn = int(carried.get("turn", 0))
    return Draft(
        nonce=str(carried.get("nonce", "")),
        turn=turn,
        title=(value_in(state, Field.WORK_TITLE) or "")[:SUMMARY_LIMIT],
        services=values_in(state, Field.ON_SERVICES),
        components=components.chosen_in(state),
        kind=value_in(state, Field.WORK_KIND) or MaintenanceKind.PLANNED,
        downtime=(value_in(state, Field.DOWNTIME) or YES) == YES,
        starts_at=chosen_moment(state, turned(Field.STARTS, turn)),
        ends_at=chosen_moment(state, turned(Field.ENDS, turn)),
        only=values_in(state, Field.ONLY_FOR),
        agreed=is_ticked(state, Field.AGREED),
        approver=value_in(state, Field.APPROVER),
        repeats=(value_in(state, Field.REPEATS) or "").strip()[:SUMMARY_LIMIT],
        left_out=tuple(carried.get("left_out", ())),
        parts=tuple(_parts_in(carried)),
        override=bool(carried.get("override")),
        moving=carried.get("maintenance"),
        later=value_in(state, Field.WHICH) == LATER_TOO,
        view_id=(body.get("view") or {}).get("id"),
    )


def _parts_in(carried: Mapping[str, Any]) -> list[SlotFact]:
    try:
        return [
            SlotFact(datetime.fromisoformat(each["starts"]), datetime.fromisoformat(each["ends"]))
            for each in carried.get("parts", ())
        ]
    except ValueError as error:
        raise UserError(Refusal.OLD_WINDOW) from error


# What was filled in


def demand_desk(viewer: Viewer) -> None:
    """Maintenance is the desk's.

    Raises:
        UserError: the viewer works at none.
    """
    if not viewer.is_desk:
        raise UserError(Refusal.MAINTENANCE_DESK_ONLY)


def demand_override(session: Session, viewer: Viewer, desk_id: str) -> None:
    """Breaking an agreement takes an administrator.

    Raises:
        UserError: the viewer is none.
    """
    if Role.ADMINISTRATOR not in viewer.roles_at(desk_id):
        found = people_with_role(session, viewer.team_id, desk_id, Role.ADMINISTRATOR)
        anyone = tuple(PersonFact(person.slack_user, person.name) for person in found)
        raise UserError(Refusal.WORK_OVERRIDE_WHO, anyone=anyone)


def work_named(session: Session, viewer: Viewer, name: str, *, lock: bool = False) -> Maintenance:
    """A maintenance of the viewer's desks.

    Raises:
        UserError: there is none of that name.
    """
    number = name.strip().upper().removeprefix("M-").removeprefix("M")
    found = (
        maintenance_by_number(session, viewer.team_id, int(number), lock=lock)
        if number.isdecimal() and len(number) <= 9  # noqa: PLR2004 - more is no number anybody was given
        else None
    )
    if found is None or found.desk_id not in viewer.roles:
        raise UserError(Refusal.UNKNOWN_MAINTENANCE, name=name[:20] or "?")
    return found


def to_change(session: Session, viewer: Viewer, name: str, *, lock: bool = False) -> Maintenance:
    """One that has neither begun nor ended.

    Raises:
        UserError: there is none, or it has.
    """
    demand_desk(viewer)
    work = work_named(session, viewer, name, lock=lock)
    if work.is_over:
        raise UserError(Refusal.MAINTENANCE_OVER, name=work.name, at=work.ended_at or work.cancelled_at or work.ends_at)
    if work.stage is Stage.RUNNING:
        raise UserError(Refusal.MAINTENANCE_RUNS, name=work.name, at=work.began_at or work.starts_at)
    return work


def plan_in(session: Session, viewer: Viewer, draft: Draft, now: datetime) -> Plan:
    """What is planned, with its mistakes named at their fields.

    Raises:
        UserError: something is missing or cannot be.
    """
    if draft.moving is not None:
        work = to_change(session, viewer, draft.moving)
        starts_at, ends_at = _times(draft, MaintenanceKind(work.kind), now)
        return replace(plan_of(work), starts_at=starts_at, ends_at=ends_at, left_out=frozenset(draft.left_out))
    kind = _kind(draft)
    desk_id = _desk_of(session, viewer, draft)
    known = {each.id for each in customers_at(session, viewer.team_id, [desk_id])} if draft.only else set()
    if not set(draft.only) <= known:
        raise UserError(Refusal.NO_SUCH_CHOICE, Field.ONLY_FOR)
    starts_at, ends_at = _times(draft, kind, now)
    return Plan(
        team_id=viewer.team_id,
        desk_id=desk_id,
        services=tuple(sorted(draft.services)),
        kind=kind,
        downtime=draft.downtime,
        starts_at=starts_at,
        ends_at=ends_at,
        only=frozenset(draft.only) if draft.only else None,
        left_out=frozenset(draft.left_out),
        agreed=draft.agreed,
        approved=draft.approver is not None,
        components=_components(session, viewer, draft),
    )


def _components(session: Session, viewer: Viewer, draft: Draft) -> dict[str, list[str]] | None:
    return components.narrowed(draft.components, services_with_keys(session, viewer.team_id, draft.services))


def _kind(draft: Draft) -> MaintenanceKind:
    try:
        return MaintenanceKind(draft.kind)
    except ValueError as error:
        raise UserError(Refusal.NO_SUCH_CHOICE, Field.WORK_KIND) from error


def _desk_of(session: Session, viewer: Viewer, draft: Draft) -> str:
    if not draft.services:
        raise UserError(Refusal.WORK_SERVICES, Field.ON_SERVICES)
    desks = {each.key: each.desk_id for each in services_of(session, viewer.team_id, sorted(viewer.roles))}
    if not set(draft.services) <= set(desks):
        raise UserError(Refusal.NO_SUCH_CHOICE, Field.ON_SERVICES)
    found = {desks[key] for key in draft.services}
    if len(found) > 1:
        raise UserError(Refusal.WORK_OF_TWO_DESKS, Field.ON_SERVICES)
    return found.pop()


def _times(draft: Draft, kind: MaintenanceKind, now: datetime) -> tuple[datetime, datetime]:
    starts_at, ends_at = draft.starts_at, draft.ends_at
    if starts_at is None or ends_at is None:
        raise UserError(Refusal.MOMENT_MISSING, draft.starts if starts_at is None else draft.ends)
    if kind is not MaintenanceKind.UNPLANNED and starts_at < now:
        raise UserError(Refusal.WORK_PAST, draft.starts, at=starts_at)
    if starts_at < now - A_DAY:
        raise UserError(Refusal.WORK_LONG_PAST, draft.starts, at=starts_at)
    if ends_at <= starts_at:
        raise UserError(Refusal.WORK_ENDS_BEFORE, draft.ends, starts=starts_at, ends=ends_at)
    if ends_at <= now:
        raise UserError(Refusal.WORK_PAST, draft.ends, at=ends_at)
    if ends_at - now > LONGEST_AHEAD:
        raise UserError(Refusal.TOO_FAR_AHEAD, draft.ends, at=ends_at)
    return starts_at, ends_at


def series_in(judged: Guard, draft: Draft, viewer: Viewer, now: datetime) -> list[Guard]:
    """Every occurrence of what repeats, or every part; empty for what is done once."""
    if draft.parts:
        return maintenance_guard.series_of(judged, draft.parts, now)
    if not draft.repeats or draft.moving is not None:
        return []
    zone = language.for_person(viewer.person).zone
    return maintenance_guard.series_of(judged, occurrences(draft.repeats, judged.plan, zone, now), now)


def occurrences(rule: str, plan: Plan, zone: ZoneInfo, now: datetime) -> list[SlotFact]:
    """When a plan repeats, by the planner's wall: the first is the plan's own start.

    Raises:
        UserError: the rule cannot be read, or its occurrences would overlap.
    """
    local = plan.starts_at.astimezone(zone).replace(tzinfo=None)
    length, last = plan.ends_at - plan.starts_at, now + SERIES_REACHES
    try:
        walls = iter(import_module("models.rota.recurrence").repeats(rule, local))
        found = [plan.starts_at]
        for wall in walls:
            at = wall.replace(tzinfo=zone).astimezone(UTC)
            if at > last or len(found) >= MOST_OCCURRENCES:
                break
            if at > found[0]:
                found.append(at)
    except RotaError as error:
        raise UserError(Refusal.WORK_REPEATS, Field.REPEATS, why=str(error)[:200]) from error
    if any(later < earlier + length for earlier, later in pairwise(found)):
        raise UserError(Refusal.WORK_TOO_OFTEN, Field.REPEATS)
    return [SlotFact(at, at + length) for at in found]
