"""Who sees rotas, who changes which, and who may be put on call by one."""

from collections.abc import Sequence

from handlers.access import Viewer
from handlers.errors import UserError
from handlers.views.facts import PersonFact, Refusal
from models.desk import Desk, desks_with_rota, people_of_desks
from models.person import Person
from models.record import with_ids
from models.store import Session
from models.stored_rota import StoredRota, rotas_of

NAMES_SHOWN = 20


def rotas_for(session: Session, viewer: Viewer) -> list[StoredRota]:
    """Every rota, for somebody of a desk or somebody who is named in one; the first are the viewer's own.

    Raises:
        UserError: the viewer is neither, or there is none.
    """
    rotas = rotas_of(session, viewer.team_id)
    mine = [rota for rota in rotas if _is_named(viewer.person, rota)]
    if not viewer.is_desk and not mine:
        raise UserError(Refusal.NO_ROTAS_FOR_YOU)
    if not rotas:
        raise UserError(Refusal.NO_ROTAS)
    return [*mine, *(rota for rota in rotas if rota not in mine)]


def one_rota(session: Session, viewer: Viewer, key: str) -> StoredRota:
    """The rota that somebody means: the one they name, else the only one there is, at their desk, or that names them.

    Raises:
        UserError: there is none of that key, or several may be meant; and as `rotas_for`.
    """
    rotas = rotas_for(session, viewer)
    if key:
        found = next((rota for rota in rotas if rota.key == key.lower()), None)
        if found is None:
            raise UserError(Refusal.UNKNOWN_ROTA, rota=key[:41], rotas=keys_of(rotas))
        return found
    linked = {desk.on_call_rota for desk in with_ids(session, Desk, viewer.team_id, viewer.roles.keys())}
    for few in (
        rotas,
        [rota for rota in rotas if rota.key in linked],
        [rota for rota in rotas if _is_named(viewer.person, rota)],
    ):
        if len(few) == 1:
            return few[0]
    raise UserError(Refusal.WHICH_ROTA, rotas=keys_of(rotas))


def keys_of(rotas: Sequence[StoredRota]) -> str:
    """Rotas by their keys, as somebody types them."""
    shown = ", ".join(rota.key for rota in rotas[:NAMES_SHOWN])
    return f"{shown}, …" if len(rotas) > NAMES_SHOWN else shown


def may_change(session: Session, viewer: Viewer, rota: StoredRota) -> bool:
    """Whether somebody may change who is on call: those who are named in the rota, and the desks it serves."""
    if _is_named(viewer.person, rota):
        return True
    return any(desk.id in viewer.roles for desk in desks_with_rota(session, rota.team_id, rota.key))


def demand_change(session: Session, viewer: Viewer, rota: StoredRota) -> None:
    """As `may_change`, for those who cannot go on without.

    Raises:
        UserError: whom to ask instead.
    """
    if not may_change(session, viewer, rota):
        owner = tuple(
            PersonFact(one.slack_user, one.name) for one in with_ids(session, Person, rota.team_id, [rota.owner])
        )
        raise UserError(Refusal.NOT_YOUR_ROTA, rota=rota.key, anyone=owner)


def eligible(session: Session, rota: StoredRota) -> list[Person]:
    """Who may be put on call by a rota, by name: who is named in it, and who works at a desk that it serves."""
    desks = [desk.id for desk in desks_with_rota(session, rota.team_id, rota.key)]
    people = {person.id: person for person in people_of_desks(session, rota.team_id, desks)} if desks else {}
    people |= {person.id: person for person in with_ids(session, Person, rota.team_id, rota.people)}
    return sorted(people.values(), key=lambda person: (person.name, person.id))


def demand_eligible(session: Session, rota: StoredRota, person: Person | None) -> Person:
    """Somebody who may be put on call.

    Raises:
        UserError: they may not, or are no member of the workspace any more.
    """
    able = eligible(session, rota)
    if person is None or person.id not in {one.id for one in able}:
        there = tuple(PersonFact(one.slack_user, one.name) for one in able if one.left_at is None)
        named = PersonFact(person.slack_user, person.name) if person else PersonFact(None, "")
        raise UserError(Refusal.NOT_OF_THIS_ROTA, person=named, rota=rota.key, anyone=there)
    if person.left_at is not None:
        raise UserError(Refusal.LEFT_SLACK, person=PersonFact(person.slack_user, person.name))
    return person


def _is_named(person: Person, rota: StoredRota) -> bool:
    return person.id in rota.people or person.id == rota.owner
