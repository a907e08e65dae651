"""Whom an outage is told: who uses and subscribes, whom the desk mails, and the customers of its tickets."""

from dataclasses import replace
from datetime import datetime

from handlers.agreements import Agreements
from handlers.audiences import OF_THE_DESK, Heard, Reader, Wanted, audience_of, spoken
from models.channel import Channel, channels_of
from models.customer import Customer
from models.outage import (
    Outage,
    tickets_of_outage,
)
from models.store import Session
from models.subscription import Topic
from models.ticket import ticket_by_number
from models.told import Way


def audience(session: Session, agreements: Agreements, outage: Outage, now: datetime) -> Heard:
    """Whom it is for: those who subscribe, those who use it, and the customers of its tickets."""
    wanted = Wanted(team_id=outage.team_id, desk_id=outage.desk_id, topic=Topic.OUTAGE, services=tuple(outage.services))
    heard = with_mails(audience_of(session, agreements, wanted, now))
    return _with_tickets(session, outage, heard)


def with_mails(heard: Heard) -> Heard:
    """Where the agreement says mail and a customer reads no channel, the desk mails its users. Source: HP-07."""
    in_channels = {reader.customer_id for reader in heard.readers if reader.way is Way.CHANNEL}
    mails = []
    for using in heard.customers:
        contract = heard.contracts.get(using.customer.id)
        if contract is None or contract.outage.mail_clause is None or using.customer.id in in_channels:
            continue
        language = spoken(contract.forced_language or using.customer.language or contract.language)
        name = using.customer.name
        mails.append(Reader(Way.MAIL, using.customer.id, name, using.customer.id, language, contract.zone.key))
    return replace(heard, readers=(*heard.readers, *mails)) if mails else heard


def _with_tickets(session: Session, outage: Outage, heard: Heard) -> Heard:
    """Customers of linked tickets that are not reached already hear in their own channel, once."""
    reached = {reader.customer_id for reader in heard.readers}
    places = {reader.address for reader in heard.readers}
    more: list[Reader] = []
    for each in tickets_of_outage(session, outage.team_id, outage.number):
        ticket = ticket_by_number(session, outage.team_id, each.ticket_number)
        customer = session.get(Customer, (outage.team_id, ticket.customer_id)) if ticket else None
        if customer is None or customer.id in reached:
            continue
        found = channels_of(session, outage.team_id, outage.desk_id, customer.id)
        channel = session.get(Channel, (outage.team_id, (found[1] if found else None) or ""))
        if channel is not None and channel.id not in places:
            language = spoken(channel.language or customer.language)
            more.append(Reader(Way.CHANNEL, channel.id, channel.id, customer.id, language, OF_THE_DESK.key))
            reached.add(customer.id)
            places.add(channel.id)
    return replace(heard, readers=(*heard.readers, *more)) if more else heard


def mail_clause(heard: Heard) -> str | None:
    """The clause by which somebody is mailed."""
    found = (contract.outage.mail_clause for contract in heard.contracts.values())
    return next((clause for clause in found if clause), None)
