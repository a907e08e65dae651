"""Declaring an outage: the window, its preview, and what is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from handlers import components, language, outages
from handlers.access import Viewer
from handlers.agreements import NoAgreementError
from handlers.audiences import Heard, Wanted, audience_of
from handlers.clicks import chosen
from handlers.desk import Body, Desk
from handlers.errors import UserError
from handlers.fields import (
    is_ticked,
    state_of,
)
from handlers.once import once
from handlers.origins import origin_of
from handlers.outage_audience import with_mails
from handlers.outage_drafts import as_facts, carried, draft_of, uncarried
from handlers.outage_handling import demand_desk
from handlers.outage_looking import desk_viewer
from handlers.outage_pictures import desk_texts, outage_facts
from handlers.outages import Draft
from handlers.payloads import metadata, metadata_of, ticket_number
from handlers.readers import words_for
from handlers.views import outage_forms as windows
from handlers.views.facts import Refusal
from handlers.views.facts.outages import (
    AskFact,
    OutageFormFacts,
    OutagePreviewFacts,
)
from handlers.views.names import Field, extra_block
from models import typed_text
from models.customer import Customer, customers_at
from models.outage import (
    Outage,
    open_outages,
)
from models.product import Product
from models.service import Service, services_of, services_used_by, services_with_keys
from models.sla.contract import Contract
from models.sla.outage_rules import OutageAsk
from models.store import Session
from models.subscription import Topic
from models.ticket import ticket_by_number
from models.told import Way

Answer = Mapping[str, Any] | None
CLEAR: Answer = {"response_action": "clear"}


def declare(body: Body, desk: Desk) -> None:
    """*Declare an outage*, on a ticket or beside a list."""
    open_form(body, desk, "", ticket_number(chosen(body)))


def open_form(body: Body, desk: Desk, title: str, number: int | None) -> None:
    origin = origin_of(body)
    with desk.reading() as session:
        viewer = desk_viewer(session, origin)
        demand_desk(viewer)
        services = services_of(session, origin.team_id, viewer.roles.keys())
        if not services:
            raise UserError(Refusal.NO_SERVICES)
        facts = OutageFormFacts(
            metadata=metadata(ticket=number),
            services=tuple((service.key, service.name) for service in services),
            now=desk.now(),
            title=(title or _title_of(session, viewer, number))[: windows.TITLE_LIMIT],
            chosen=_used_by(session, viewer, services, number),
            components=components.offered(services),
            asks=_asks_shown(session, viewer, desk),
        )
        view = windows.declare_view(facts, words_for(session, viewer, origin))
    within = (body.get("view") or {}).get("type") == "modal"
    shows = desk.aside.push_view if within else desk.aside.open_view
    shows(origin.team_id, origin.trigger_id or "", view, origin.sorry)


def _title_of(session: Session, viewer: Viewer, number: int | None) -> str:
    ticket = ticket_by_number(session, viewer.team_id, number) if number else None
    if ticket is None:
        return ""
    if ticket.desk_id not in viewer.roles:
        raise UserError(Refusal.UNKNOWN_TICKET, number=ticket.name)
    return typed_text.read(session, ticket.team_id, ticket.summary_id)


def _used_by(session: Session, viewer: Viewer, services: Sequence[Service], number: int | None) -> tuple[str, ...]:
    """The services that a ticket is likely about: those of its product, else the only one its customer uses."""
    ticket = ticket_by_number(session, viewer.team_id, number) if number else None
    if ticket is None:
        return ()
    product = session.get(Product, (ticket.team_id, ticket.product_id)) if ticket.product_id else None
    of_product = tuple(each.key for each in services if product is not None and product.key in each.products)
    if of_product:
        return of_product
    customer = session.get(Customer, (ticket.team_id, ticket.customer_id))
    used = [each.key for each in services_used_by(session, customer, ticket.contract)] if customer else []
    return tuple(used) if len(used) == 1 else ()


def _asks_shown(session: Session, viewer: Viewer, desk: Desk) -> tuple[AskFact, ...]:
    """What any agreement of the viewer's desks wants decided; which one does is known when it is submitted."""
    found: dict[str, OutageAsk] = {}
    for customer in customers_at(session, viewer.team_id, sorted(viewer.roles)):
        try:
            contract = desk.agreements.in_force(session, customer, desk.now()).contract
        except NoAgreementError:
            continue
        found |= {ask.id: ask for ask in contract.outage.asks if ask.id not in found}
    return tuple(AskFact(id=ask.id, label=ask.label, clause=ask.clause, hint=ask.hint) for ask in found.values())


def previewed(body: Body, desk: Desk) -> Answer:
    """*Preview*: what is wrong is said at its field; else what would be posted where."""
    origin, state, now = origin_of(body), state_of(body), desk.now()
    draft = draft_of(state, metadata_of(body).get("ticket"), now)
    with desk.reading() as session:
        viewer = desk_viewer(session, origin)
        services = _services(session, viewer, draft.services)
        draft = replace(draft, components=components.narrowed(components.chosen_in(state), services))
        heard = _heard(session, desk, services, now)
        _demand_decided(draft, heard)
        same = _same(session, viewer, draft)
        facts = OutagePreviewFacts(
            metadata=metadata(draft=carried(draft)),
            outage=as_facts(draft, services, now, desk_texts(session, viewer.team_id, services[0].desk_id)),
            announce=draft.announce,
            channels=heard.channels,
            people=sum(reader.way is Way.DIRECT for reader in heard.readers),
            mails=sum(reader.way is Way.MAIL for reader in heard.readers),
            languages=tuple(heard.languages.items()),
            customers=len(heard.customers),
            unreached=tuple(using.customer.name for using in heard.unreached),
            same=outage_facts(session, same, now) if same else None,
        )
        view = windows.preview_view(facts, language.for_person(viewer.person))
    return {"response_action": "push", "view": view}


def _services(session: Session, viewer: Viewer, keys: Sequence[str]) -> list[Service]:
    """The services that were chosen, all of one desk of the viewer's.

    Raises:
        UserError: one is not there, or they are of several desks.
    """
    found = [each for each in services_with_keys(session, viewer.team_id, keys) if each.desk_id in viewer.roles]
    if len(found) != len(set(keys)):
        raise UserError(Refusal.NO_SUCH_CHOICE, Field.SERVICES)
    if len({service.desk_id for service in found}) > 1:
        raise UserError(Refusal.SERVICES_OF_TWO_DESKS, Field.SERVICES)
    demand_desk(viewer, found[0].desk_id)
    return found


def _heard(session: Session, desk: Desk, services: Sequence[Service], now: datetime) -> Heard:
    wanted = Wanted(
        team_id=services[0].team_id,
        desk_id=services[0].desk_id,
        topic=Topic.OUTAGE,
        services=tuple(service.key for service in services),
    )
    return with_mails(audience_of(session, desk.agreements, wanted, now))


def _demand_decided(draft: Draft, heard: Heard) -> None:
    """What an affected agreement wants decided is written down. Source: EM-27."""
    for using in heard.customers:
        contract: Contract | None = heard.contracts.get(using.customer.id)
        for ask in contract.outage.asks_for(draft.gravity) if contract else ():
            if ask.id not in draft.asked:
                raise UserError(
                    Refusal.FIELD_NEEDED, extra_block(ask.id), customer=using.customer.name, clause=ask.clause
                )


def _same(session: Session, viewer: Viewer, draft: Draft) -> Outage | None:
    """One that lasts and is about one of these services."""
    lasting = open_outages(session, viewer.team_id, viewer.roles.keys())
    return next((each for each in lasting if set(each.services) & set(draft.services)), None)


def declared(body: Body, desk: Desk) -> Answer:
    """*Declare and announce*: stored with everything that is owed, in one transaction."""
    draft = uncarried(body)
    with once(desk, origin_of(body)) as work:
        services = _services(work.session, work.viewer, draft.services)
        same = _same(work.session, work.viewer, draft)
        if same is not None and not is_ticked(state_of(body), Field.ALL_THE_SAME):
            raise UserError(Refusal.OUTAGE_TWICE, Field.ALL_THE_SAME, name=same.name, at=same.began_at)
        outage = outages.declare(work, desk.agreements, draft, services[0].desk_id)
        work.answer = CLEAR
    desk.log("outage_declared", outage=outage.name, announced=draft.announce)
    return CLEAR
