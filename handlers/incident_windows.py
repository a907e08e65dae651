"""*Channel*: an outage's own channel is asked for, or somebody is invited to the one there is."""

from collections.abc import Mapping
from typing import Any

from handlers import incident
from handlers.access import viewer_of
from handlers.clicks import chosen
from handlers.desk import Body, Desk
from handlers.errors import UserError
from handlers.fields import state_of, values_in
from handlers.once import once
from handlers.origins import Origin, origin_of
from handlers.outage_handling import demand_desk, handle
from handlers.outage_looking import desk_viewer, named, outage_found
from handlers.outage_pictures import outage_facts
from handlers.payloads import metadata, metadata_of
from handlers.readers import words_for
from handlers.views import incidents as views
from handlers.views.facts import PersonFact, Refusal
from handlers.views.facts.incidents import ChannelFormFacts
from handlers.views.names import Field
from models.desk import people_of_desks
from models.outage import Outage, OutageEvent
from models.person import Person
from models.record import with_ids
from models.store import Session


def channel(body: Body, desk: Desk) -> None:
    """*Channel*, or *Join channel*."""
    open_channel(body, desk, named(chosen(body)))


def open_channel(body: Body, desk: Desk, number: int) -> None:
    """The window that asks for one; where there is one, whoever presses is invited to it."""
    origin = origin_of(body)
    with desk.reading() as session:
        viewer = desk_viewer(session, origin)
        outage = outage_found(session, viewer, number)
        demand_desk(viewer, outage.desk_id)
        if outage.ended_at is not None and outage.channel_id is None:
            raise UserError(Refusal.OUTAGE_OVER, name=outage.name, at=outage.ended_at)
        words = words_for(session, viewer, origin)
        if outage.channel_id is None and not incident.is_asked_for(session, outage):
            view = views.channel_view(_form(session, outage, desk), words)
            desk.aside.open_view(origin.team_id, origin.trigger_id or "", view, origin.sorry)
            return
        facts, place = outage_facts(session, outage, desk.now()), outage.channel_id
    if place is None:
        desk.aside.tell(origin.team_id, origin.sorry, views.being_made(facts, words))
        return
    _join(origin, desk, number)
    desk.aside.tell(origin.team_id, origin.sorry, views.invited(facts, place, words))


def _form(session: Session, outage: Outage, desk: Desk) -> ChannelFormFacts:
    facts = outage_facts(session, outage, desk.now())
    belong = incident.who_belongs(session, outage, desk.now())
    people = {person.id: person for person in with_ids(session, Person, outage.team_id, belong)}
    agents = [each for each in people_of_desks(session, outage.team_id, [outage.desk_id]) if each.id not in people]
    return ChannelFormFacts(
        metadata=metadata(outage=outage.number),
        outage=facts,
        channel=incident.channel_name(outage.number, facts.title),
        people=tuple(PersonFact(people[each].slack_user, people[each].name) for each in belong if each in people),
        agents=tuple((each.id, each.name) for each in agents if each.left_at is None),
    )


def _join(origin: Origin, desk: Desk, number: int) -> None:
    with once(desk, origin) as work:
        at = handle(work, desk.agreements, number, over=True)
        person = work.viewer.person
        entry = at.note(OutageEvent.JOINED, facts={"channel": at.outage.channel_id})
        incident.invite(at.ledger, at.outage, [person.id], entry.position)


def asked(body: Body, desk: Desk) -> Mapping[str, Any] | None:
    """*Open it*: the channel is owed, with everybody who is to be there."""
    number = metadata_of(body).get("outage")
    if not isinstance(number, int):
        raise UserError(Refusal.OLD_WINDOW)
    ticked = values_in(state_of(body), Field.AGENTS)
    with once(desk, origin_of(body)) as work:
        at = handle(work, desk.agreements, number)
        by = work.viewer.person.id
        agents = _of_the_desk(work.session, at.outage, ticked)
        people = incident.who_belongs(work.session, at.outage, work.now, [by, *agents])
        incident.ask(at.ledger, at.outage, people, by)
    desk.log("incident_channel_asked", outage=f"O-{number}")
    return None


def _of_the_desk(session: Session, outage: Outage, ids: tuple[str, ...]) -> list[str]:
    """Those of the ticked who work at the desk still.

    Raises:
        UserError: nobody of that id was offered.
    """
    people = with_ids(session, Person, outage.team_id, ids)
    if len(people) != len(set(ids)):
        raise UserError(Refusal.NO_SUCH_CHOICE, Field.AGENTS)
    viewers = [viewer_of(session, outage.team_id, person.slack_user) for person in people]
    return [viewer.person.id for viewer in viewers if viewer.roles_at(outage.desk_id)]
