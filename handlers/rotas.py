"""Who is on call: stored rotas, laid out once for each revision and asked many times.

What lays them out (`models.rota`, with dateutil and pydantic) is loaded by name at the first question, so that a
process without rotas has no part of it.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib import import_module
from threading import Lock
from types import ModuleType
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from models import contract_version
from models.contract_version import CalendarVersion
from models.desk import Desk
from models.person import Person, departures_among
from models.record import with_ids
from models.rota.changes import Changes, Departure, FixedShift, Override, Swap, Turn
from models.rota.shift import RotaError
from models.sla.calendar import Calendar
from models.sla.calendar_document import restored
from models.store import Session
from models.stored_rota import (
    ChangeKind,
    RotaChange,
    StoredRota,
    changes_that_hold,
    rota_by_key,
    rota_revision,
    rotas_of,
)

if TYPE_CHECKING:
    from models.rota.rota import Rota

ASK_AGAIN = 30.0
"""Seconds for which the calendars in force are remembered, as `handlers.agreements` does."""


class UnknownRotaError(RotaError):
    """There is no rota of that key."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """A rota laid out, and what it was laid out from: its document, and versions of the calendars that it names."""

    revision: str
    document: Mapping[str, Any]
    names: frozenset[str]
    calendars: tuple[str, ...]
    rota: "Rota"
    days: dict[date, tuple[float, tuple[str, ...]]]
    """Which versions are in force on a day, and when that was asked."""

    def in_force(self, at: datetime) -> tuple[str, ...] | None:
        """The versions in force on the day of an instant; None when they are not known, or not any more."""
        asked_at, versions = self.days.get(self.day_of(at), (0.0, None))
        return versions if versions is not None and time.monotonic() - asked_at < ASK_AGAIN else None

    def day_of(self, at: datetime) -> date:
        """The civil day where the rota is."""
        return at.astimezone(self.rota.spec.zone).date()


DAYS_KEPT = 400

_kept: dict[str, _Kept] = {}
"""By the id of the rota. A revision is another in every database, so databases share it without harm."""

_calendars: dict[str, Mapping[str, Calendar]] = {}
"""By the id of the calendar version, which never changes."""

_lock = Lock()


def people_on_call(session: Session, team_id: str, rota_key: str, at: datetime) -> tuple[Person, ...]:
    """Who is on call at that instant, in the order of the layers, each once; empty when nobody is.

    Raises:
        UnknownRotaError: there is no such rota.
        RotaError: it cannot be laid out any more, for example because a contract whose calendar it names is not in
            force. Whoever pages then asks the next step, and says so.
    """
    shifts = questions().on_call(rota_of(session, team_id, rota_key, at), at)
    ids = list(dict.fromkeys(shift.person for shift in shifts))
    people = {person.id: person for person in with_ids(session, Person, team_id, ids)}
    return tuple(people[each] for each in ids if each in people)


def warm() -> None:
    """Load what lays rotas out, before somebody is paged by one."""
    for name in ("document", "rota", "questions"):
        _part(name)


def questions() -> ModuleType:
    """`models.rota.questions`: what a rota answers."""
    return _part("questions")


def swapping() -> ModuleType:
    """`models.rota.swapping`: what may be swapped."""
    return _part("swapping")


def desk_rota(session: Session, desk: Desk) -> str | None:
    """The key of the rota that says who is on call for a desk; None where its own list does."""
    del session
    return desk.on_call_rota


def rota_of(session: Session, team_id: str, rota_key: str, at: datetime) -> "Rota":
    """A rota with everything that people changed about it; its persons are ids of `Person`.

    A restriction that names a contract's calendar takes the one in force on the day of `at`.

    Raises:
        UnknownRotaError, RotaError: as `people_on_call`.
    """
    found = rota_revision(session, team_id, rota_key)
    if found is None:
        there = ", ".join(rota.key for rota in rotas_of(session, team_id)) or "none"
        raise UnknownRotaError(f'there is no rota "{rota_key}"; there is {there}')
    rota_id, revision = found
    kept = _kept.get(rota_id)
    if kept and kept.revision == revision and _has_its_calendars(session, team_id, kept, at):
        return kept.rota
    stored = rota_by_key(session, team_id, rota_key)
    if stored is None:
        raise UnknownRotaError(f'there is no rota "{rota_key}" any more')
    return _laid_out(session, stored, kept, at)


def _has_its_calendars(session: Session, team_id: str, kept: _Kept, at: datetime) -> bool:
    """Whether a rota was laid out from the calendars that are in force on the day of an instant."""
    if not kept.names:
        return True
    found = kept.in_force(at)
    if found is None:
        day = kept.day_of(at)
        found = _versions(_in_force(session, team_id, kept.rota.key, kept.names, day))
        _remember(kept.days, day, found)
    return found == kept.calendars


def _remember(days: dict[date, tuple[float, tuple[str, ...]]], day: date, versions: tuple[str, ...]) -> None:
    with _lock:
        if len(days) >= DAYS_KEPT:
            days.clear()
        days[day] = (time.monotonic(), versions)


def _laid_out(session: Session, stored: StoredRota, before: _Kept | None, at: datetime) -> "Rota":
    """The rota from what is stored now; of what was laid out before, whatever still holds is kept."""
    document = _part("document").RotaDocument.model_validate(stored.document)
    day = at.astimezone(ZoneInfo(document.zone)).date()
    named = _in_force(session, stored.team_id, stored.key, document.calendars, day)
    changes, calendars = changes_of(session, stored, document.people), _versions(named)
    if before and before.document == stored.document and before.calendars == calendars:
        rota = before.rota if before.revision == stored.revision else before.rota.changed(changes)
    else:
        spec = _part("document").spec_of(document, {name: calendar for name, (_, calendar) in named.items()})
        rota = _part("rota").compile_rota(spec, changes)
    if rota_revision(session, stored.team_id, stored.key) != (stored.id, stored.revision):
        return rota  # changed while it was read: what was read belongs to no revision
    kept = _Kept(stored.revision, stored.document, document.calendars, calendars, rota, {})
    _remember(kept.days, day, calendars)
    with _lock:
        _kept[stored.id] = kept
    return rota


def _versions(named: Mapping[str, tuple[str, Calendar]]) -> tuple[str, ...]:
    return tuple(sorted({version for version, _ in named.values()}))


def changes_of(session: Session, stored: StoredRota, people: frozenset[str]) -> Changes:
    """What people changed about a rota, as `models.rota` takes it."""
    rows = changes_that_hold(session, stored.team_id, stored.id)
    everybody = people | {row.person_id for row in rows} | {str(row.other["person"]) for row in rows if row.other}
    left = departures_among(session, stored.team_id, everybody)
    return Changes(
        overrides=tuple(_override(row) for row in rows if row.kind == ChangeKind.OVERRIDE),
        swaps=tuple(swap_of(row, row.settled_at or row.made_at) for row in rows if row.kind == ChangeKind.SWAP),
        departures=tuple(Departure(person, at) for person, at in sorted(left.items())),
        fixed=tuple(_fixed(each) for each in stored.calendar or ()),
    )


def _override(row: RotaChange) -> Override:
    return Override(
        id=row.id,
        person=row.person_id,
        since=row.since,
        until=row.until,
        made_at=row.made_at,
        layer=row.layer,
    )


def swap_of(row: RotaChange, accepted_at: datetime) -> Swap:
    """A stored swap, accepted at that instant."""
    other = row.other or {}
    theirs = Turn(other["person"], other["layer"], *(datetime.fromisoformat(other[end]) for end in ("since", "until")))
    return Swap(
        id=row.id,
        one=Turn(row.person_id, row.layer or "", row.since, row.until),
        other=theirs,
        accepted_at=accepted_at,
    )


def _fixed(each: Mapping[str, Any]) -> FixedShift:
    since, until = (datetime.fromisoformat(each[end]) for end in ("since", "until"))
    return FixedShift(each["person"], each["layer"], since, until, each.get("uid", ""))


def _in_force(
    session: Session, team_id: str, key: str, names: frozenset[str], day: date
) -> dict[str, tuple[str, Calendar]]:
    """The calendars that a rota names, each with its version: those of the contract in force on that day."""
    found = {}
    for name in names:
        contract, _, calendar = name.partition("/")
        version = _version_in_force(session, team_id, contract, day)
        if version is None:
            raise RotaError(f"{key} needs the calendar {calendar} of {contract}, which is not in force on {day}")
        version_id, calendars = version
        if calendar not in calendars:
            raise RotaError(f"{key}: {contract} has no calendar {calendar} any more; name another")
        found[name] = (version_id, calendars[calendar])
    return found


def calendar_in_force(session: Session, team_id: str, name: str, day: date) -> Calendar | None:
    """The calendar "contract/name" of the contract in force on that day; None when there is none."""
    contract, _, calendar = name.partition("/")
    version = _version_in_force(session, team_id, contract, day)
    return version[1].get(calendar) if version else None


def _version_in_force(
    session: Session, team_id: str, contract: str, day: date
) -> tuple[str, Mapping[str, Calendar]] | None:
    """The version of a contract's calendars that is in force, and what it holds."""
    version_id = contract_version.calendars_in_force(session, team_id, contract, day)
    if version_id is None:
        return None
    return version_id, _calendars.get(version_id) or _read(session, team_id, version_id)


def _read(session: Session, team_id: str, version_id: str) -> Mapping[str, Calendar]:
    stored = session.get(CalendarVersion, (team_id, version_id))
    documents = json.loads(stored.content) if stored else {}
    calendars = {name: restored(document) for name, document in documents.items()}
    with _lock:
        return _calendars.setdefault(version_id, calendars)


@cache
def _part(name: str) -> ModuleType:
    """A module of `models.rota`, loaded when it is first needed."""
    return import_module(f"models.rota.{name}")
