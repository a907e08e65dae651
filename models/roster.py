"""The roster: who is who, and what belongs to whom. It changes seldom and is asked for every request.

Whatever changes it raises its team's number in the same transaction, so what was read of it may be
kept and trusted for as long as the number stands.
"""

from collections.abc import Iterable

from sqlalchemy import update
from sqlmodel import Session, col, select

from models.channel import Channel
from models.customer import Agreement, Contact, Customer
from models.desk import Desk, DeskRole
from models.person import Person
from models.product import Product
from models.ticket import Team

ROSTER = (Agreement, Channel, Contact, Customer, Desk, DeskRole, Person, Product)


class RosterChangedError(Exception):
    """What was read of the roster does not hold any more; nothing was stored. Read it anew."""


def roster_number(session: Session, team_id: str) -> int | None:
    """The number under which the roster is read now; None for a team that is not known yet."""
    return session.exec(select(Team.roster).where(Team.team_id == team_id)).first()


def raise_number(session: Session, _context: object, _instances: object) -> None:
    """Before a session writes: raise the number of each team whose roster it changes.

    For SQLAlchemy's `before_flush`; `bot.storage.database` puts it there.
    """
    changed = sorted(set(_teams(session)))
    if changed:
        raised = update(Team).where(col(Team.team_id).in_(changed)).values(roster=Team.roster + 1)
        session.connection().execute(raised)


def _teams(session: Session) -> Iterable[str]:
    """The teams whose roster is about to be flushed. Somebody new is in nothing that was kept."""
    for each in session.new:
        if isinstance(each, ROSTER) and not isinstance(each, Person):
            yield each.team_id
    for each in session.dirty:
        if isinstance(each, ROSTER) and session.is_modified(each):
            yield each.team_id
    for each in session.deleted:
        if isinstance(each, ROSTER):
            yield each.team_id
