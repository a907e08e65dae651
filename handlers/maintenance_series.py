"""Maintenance that repeats: planned on as time goes by, and moved or cancelled from one occurrence on.

The first of a series keeps its rule. An occurrence is found by the rule from the series' own start, by the
planner's wall, and moved by as much as a person moved "this and all later ones".
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any
from zoneinfo import ZoneInfo

from handlers import announcing, maintenance_acts
from handlers.errors import UserError
from handlers.maintenance_doing import Doing, Wish, about_of, note, plan_of
from handlers.maintenance_drafts import MOST_OCCURRENCES, SERIES_REACHES
from handlers.maintenance_guard import Guard, Plan, guard
from handlers.views.facts import Refusal
from handlers.views.facts.maintenance import SlotFact
from models import typed_text
from models.maintenance import (
    Maintenance,
    MaintenanceEvent,
    Stage,
    maintenance_by_number,
    maintenance_in_series,
)
from models.person import Person
from models.store import Session

EXTEND = "extend"
"""What the timer of a series looks at."""


@dataclass(frozen=True, slots=True)
class Repeating:
    """How a series goes on. Walls are the planner's, as ISO texts without a zone; spans are seconds.

    `starts` is where the rule begins, `last` the last wall of the rule that was looked at, `shift` by how much
    later occurrences were moved, `length` how long each is.
    """

    rule: str
    zone: str
    starts: str
    last: str
    shift: float
    length: float

    def stored(self) -> dict[str, Any]:
        """As the first of a series keeps it."""
        return {name: getattr(self, name) for name in self.__slots__}

    def slots(self) -> Iterator[tuple[str, SlotFact]]:
        """What comes after the last that was looked at: its wall by the rule, and when it is."""
        zone, shift = ZoneInfo(self.zone), timedelta(seconds=self.shift)
        walls = import_module("models.rota.recurrence").repeats(self.rule, datetime.fromisoformat(self.starts))
        for wall in walls:
            if wall.isoformat() > self.last:
                at = (wall + shift).replace(tzinfo=zone).astimezone(UTC)
                yield wall.isoformat(), SlotFact(at, at + timedelta(seconds=self.length))


def keep_rule(doing: Doing, works: list[Maintenance], rule: str, zone: ZoneInfo) -> None:
    """Keep the rule of what was planned just now, and look when more of it is planned."""
    head = works[0]
    walls = [each.starts_at.astimezone(zone).replace(tzinfo=None).isoformat() for each in (head, works[-1])]
    length = (head.ends_at - head.starts_at).total_seconds()
    head.series = head.number
    head.rule = Repeating(rule, zone.key, walls[0], walls[1], 0.0, length).stored()
    _look_again(doing, head)


def repeating(head: Maintenance) -> Repeating | None:
    """How a series goes on; None where it does not."""
    return Repeating(**head.rule) if head.rule else None


def _look_again(doing: Doing, head: Maintenance) -> None:
    """When half of what is planned is past, or before the next one comes near; never where the rule has ended."""
    found = repeating(head)
    following = next(found.slots(), None) if found else None
    if following is None:
        return
    ahead = [each.starts_at for each in _to_come(doing, head)]
    near = following[1].starts_at - SERIES_REACHES + timedelta(hours=1)
    at = ahead[len(ahead) // 2] if len(ahead) > 1 else near
    announcing.look_again(doing.session, about_of(head), EXTEND, max(at, near, doing.now + timedelta(minutes=1)))


def _to_come(doing: Doing, head: Maintenance) -> list[Maintenance]:
    """The occurrences that are still to come, in order."""
    every = maintenance_in_series(doing.session, head.team_id, head.desk_id, head.number)
    return [each for each in every if not each.is_over and each.starts_at > doing.now]


# Planned on


def extend(doing: Doing, head: Maintenance) -> None:
    """Plan what the rule brings next; what would break an agreement is left to the planner, who is told."""
    found = repeating(head)
    planner = doing.session.get(Person, (head.team_id, head.planned_by))
    if found is None or planner is None:
        return
    doing = replace(doing, by=planner)
    template = _template(doing, head)
    made, room = 0, MOST_OCCURRENCES - len(_to_come(doing, head))
    for wall, slot in found.slots():
        if slot.starts_at > doing.now + SERIES_REACHES or made >= room:
            break
        found = replace(found, last=wall)
        if slot.starts_at > doing.now:
            made += _planned(doing, head, template, slot)
    if found.stored() != head.rule:
        head.rule = found.stored()
    if made:
        note(replace(doing, by=None), head, MaintenanceEvent.EXTENDED, {"count": made})
    _look_again(doing, head)


def _template(doing: Doing, head: Maintenance) -> Maintenance:
    """What the next ones are planned like: the latest that was not cancelled, else the first."""
    every = maintenance_in_series(doing.session, head.team_id, head.desk_id, head.number)
    return next((each for each in reversed(every) if each.cancelled_at is None), head)


def _planned(doing: Doing, head: Maintenance, like: Maintenance, slot: SlotFact) -> bool:
    """Plan one, unless it breaks more than was taken on for the one it is like."""
    judged = guard(doing.session, doing.agreements, replace(plan_of(like).at(slot), moving=None), doing.now)
    if not _is_taken_on(judged, like):
        clauses = list(dict.fromkeys(each.rule.clause for each in judged.broken))
        when = {"starts_at": slot.starts_at.isoformat(), "ends_at": slot.ends_at.isoformat()}
        entry = note(replace(doing, by=None), head, MaintenanceEvent.SKIPPED, {**when, "clauses": clauses})
        told = {"what": "skipped", "position": entry.position}
        announcing.remind(doing.ledger, about_of(head), [head.planned_by], f"skipped:{entry.position}", told)
        return False
    maintenance_acts.plan(doing, [wish_like(doing, like, judged)], series=head.number)
    doing.session.flush()
    return True


def _is_taken_on(judged: Guard, like: Maintenance) -> bool:
    """Whether it breaks nothing but what an administrator took on."""
    taken = {(each["contract"], each["rule"]) for each in like.broken}
    return {(each.party.contract.id, each.rule.id) for each in judged.broken} <= taken


def wish_like(doing: Doing, like: Maintenance, judged: Guard) -> Wish:
    """What is said with another occurrence: what was said with that one."""
    session, team_id = doing.session, like.team_id
    return Wish(
        judged=judged,
        title=typed_text.read(session, team_id, like.title_id),
        noticed=typed_text.read(session, team_id, like.noticed_id),
        approver=session.get(Person, (team_id, like.approver_id)) if like.approver_id else None,
        reason=typed_text.read(session, team_id, like.override_id),
        overrider=session.get(Person, (team_id, like.override_by)) if like.override_by else None,
    )


# From one on


def later_ones(session: Session, work: Maintenance, *, lock: bool = False) -> list[Maintenance]:
    """What comes after it in its series and has neither begun nor ended, in order."""
    if work.series is None:
        return []
    every = maintenance_in_series(session, work.team_id, work.desk_id, work.series, lock=lock)
    found = [each for each in every if each.starts_at > work.starts_at and each.number != work.number]
    return [each for each in found if each.stage in {Stage.ASKED, Stage.PLANNED}]


def goes_on(session: Session, work: Maintenance) -> bool:
    """Whether anything comes after it: planned, or by the rule."""
    head = _head(session, work)
    return bool(later_ones(session, work)) or (head is not None and head.rule is not None)


def _head(session: Session, work: Maintenance) -> Maintenance | None:
    return maintenance_by_number(session, work.team_id, work.series) if work.series is not None else None


def moved_plans(
    session: Session, work: Maintenance, asked: Plan, *, lock: bool = False
) -> list[tuple[Maintenance, Plan]]:
    """Each later one with the time that it gets when it is moved by as much as this one."""
    zone = _zone(session, work)
    shift = _wall(asked.starts_at, zone) - _wall(work.starts_at, zone)
    length = asked.ends_at - asked.starts_at
    found = []
    for each in later_ones(session, work, lock=lock):
        at = (_wall(each.starts_at, zone) + shift).replace(tzinfo=zone).astimezone(UTC)
        found.append((each, plan_of(each).at(SlotFact(at, at + length))))
    return found


def _zone(session: Session, work: Maintenance) -> ZoneInfo:
    head = _head(session, work)
    found = repeating(head) if head else None
    return ZoneInfo(found.zone) if found else ZoneInfo("UTC")


def _wall(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None)


def move_later(doing: Doing, work: Maintenance, asked: Plan, *, reason: str) -> list[Maintenance]:
    """Move all later ones as this one, and what the rule brings after them.

    Raises:
        UserError: one of them would be in the past.
    """
    plans = moved_plans(doing.session, work, asked, lock=True)
    if any(plan.starts_at < doing.now for _, plan in plans):
        raise UserError(Refusal.WORK_PAST, at=min(plan.starts_at for _, plan in plans))
    for each, plan in plans:
        judged = guard(doing.session, doing.agreements, plan, doing.now)
        maintenance_acts.move(doing, each, Wish(judged=judged, title="", reason=reason))
        doing.session.flush()
    head = _head(doing.session, work)
    found = repeating(head) if head else None
    if head is not None and found is not None:
        zone = ZoneInfo(found.zone)
        shift = (_wall(asked.starts_at, zone) - _wall(work.starts_at, zone)).total_seconds()
        length = (asked.ends_at - asked.starts_at).total_seconds()
        head.rule = replace(found, shift=found.shift + shift, length=length).stored()
        _look_again(doing, head)
    return [each for each, _ in plans]


def cancel_later(doing: Doing, work: Maintenance, why: str) -> list[Maintenance]:
    """Cancel all later ones, and let the rule bring no more."""
    found = later_ones(doing.session, work, lock=True)
    for each in found:
        maintenance_acts.cancel(doing, each, why)
    head = _head(doing.session, work)
    if head is not None and head.rule is not None:
        head.rule = None
        announcing.forget(doing.session, about_of(head), EXTEND)
    return found
