"""Shifts as iCalendar feeds over HTTP. Loaded at the first request: it brings `icalendar` with it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib import import_module

from sqlmodel import Session

from handlers.access import viewer_of
from handlers.desk import Desk
from handlers.errors import UserError
from handlers.rota_reach import rotas_for
from handlers.rotas import questions, rota_of
from models.ids import hash_of
from models.person import Person
from models.record import with_ids
from models.rota.feed import Heading, written
from models.rota.shift import RotaError, Shift
from models.stored_rota import OF_MAINTENANCE, RotaFeed, StoredRota

BEFORE, AHEAD = timedelta(days=31), timedelta(days=365)
LONGEST_SECRET = 64


def feed(desk: Desk, team_id: str, secret: str) -> bytes | None:
    """The calendar behind a secret; None when there is none, or whoever holds it may not see it any more."""
    if not secret or len(secret) > LONGEST_SECRET:
        return None
    with desk.reading() as session:
        held = session.get(RotaFeed, (team_id, hash_of(secret)))
        holder = session.get(Person, (team_id, held.person_id)) if held else None
        if held is None or holder is None or holder.left_at is not None:
            return None
        if held.rota_id is not None and held.rota_id.startswith(OF_MAINTENANCE):
            maintenance = import_module("bot.doors.maintenance_feed")
            other: bytes | None = maintenance.feed(session, holder, held.rota_id, desk.now())
            return other
        seen = _seen(session, holder)
        rotas = [rota for rota in seen if held.rota_id in {None, rota.id}]
        if held.rota_id is not None and not rotas:
            return None
        now = desk.now()
        shifts = [each for rota in rotas for each in _shifts(session, rota, now)]
        if held.rota_id is None:
            shifts = [each for each in shifts if each.person == holder.id]
        title = holder.name if held.rota_id is None else rotas[0].name
        return written(shifts, _heading(session, team_id, title, shifts, now))


def _seen(session: Session, holder: Person) -> list[StoredRota]:
    try:
        return rotas_for(session, viewer_of(session, holder.team_id, holder.slack_user))
    except UserError:
        return []


def _shifts(session: Session, rota: StoredRota, now: datetime) -> Iterator[Shift]:
    """The shifts of a month and the year after it; none of a rota that cannot be laid out as it is stored."""
    try:
        laid_out = rota_of(session, rota.team_id, rota.key, now)
    except RotaError:
        return
    yield from questions().shifts(laid_out, now - BEFORE, now + AHEAD)


def _heading(session: Session, team_id: str, title: str, shifts: list[Shift], now: datetime) -> Heading:
    people = with_ids(session, Person, team_id, sorted({shift.person for shift in shifts}))
    return Heading(title=title, names={person.id: person.name for person in people}, stamp=now, source=team_id)
