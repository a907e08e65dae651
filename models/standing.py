"""What a person is to whom, asked in one look: the first thing every request wants to know."""

from dataclasses import dataclass, field

from sqlalchemy import and_, bindparam, select
from sqlmodel import Session, col

from models.customer import Contact
from models.desk import DeskRole
from models.person import Person


@dataclass(frozen=True, slots=True)
class Standing:
    """A person, the roles held by desk, and the customers spoken for (True: as a super user)."""

    person: Person
    roles: dict[str, frozenset[str]] = field(default_factory=dict)
    customers: dict[str, bool] = field(default_factory=dict)


def standing_of(session: Session, team_id: str, slack_user: str) -> Standing | None:
    """What somebody is, by Slack user id; None for somebody Vakt has never met."""
    rows = session.execute(_STANDING, {"team": team_id, "slack_user": slack_user}).all()
    if not rows:
        return None
    roles: dict[str, set[str]] = {}
    customers: dict[str, bool] = {}
    for _, desk_id, role, customer_id, super_user in rows:
        if desk_id is not None:
            roles.setdefault(desk_id, set()).add(role)
        if customer_id is not None:
            customers[customer_id] = bool(super_user)
    return Standing(rows[0][0], {desk: frozenset(held) for desk, held in roles.items()}, customers)


_STANDING = (
    select(Person, col(DeskRole.desk_id), col(DeskRole.role), col(Contact.customer_id), col(Contact.super_user))
    .outerjoin(DeskRole, and_(col(DeskRole.team_id) == Person.team_id, col(DeskRole.person_id) == Person.id))
    .outerjoin(Contact, and_(col(Contact.team_id) == Person.team_id, col(Contact.person_id) == Person.id))
    .where(col(Person.team_id) == bindparam("team"), col(Person.slack_user) == bindparam("slack_user"))
)
