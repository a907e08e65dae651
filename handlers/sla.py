"""`/sla`: how available a customer's services were. Private; a customer sees only its own. Source: PS-23."""

from collections.abc import Sequence
from datetime import datetime

from handlers import language, sla_acts
from handlers.access import Viewer, viewer_of
from handlers.agreements import NoAgreementError
from handlers.availability import Ground, NoAvailabilityError, ground_for, period_in
from handlers.clicks import chosen
from handlers.desk import Body, Desk
from handlers.errors import UserError
from handlers.origins import Origin, origin_of
from handlers.sla_pictures import brief_facts, sight, sla_facts
from handlers.views import sla as views
from handlers.views.blocks import Rendered
from handlers.views.facts import Refusal
from handlers.views.facts.sla import OverviewFacts, SlaFacts
from handlers.views.words import Words
from models.channel import channel_by_id
from models.customer import Customer
from models.sla.contract import Contract
from models.sla.periods import Period, PeriodError
from models.store import Session

SHOWN = 40
"""Customers in one overview."""
MINE = 3
"""Customers whom one person speaks for, shown in full."""


def command(body: Body, desk: Desk) -> Rendered | None:
    """The command."""
    words = str(body.get("text") or "").split()
    if words[:1] == ["help"]:
        return _help(body, desk)
    if words[:1] == ["affected"]:
        return sla_acts.affected_typed(body, words[1:], desk)
    if words[:1] == ["claim"]:
        return sla_acts.claim_typed(body, words[1:], desk)
    return _shown(body, words, desk)


def _help(body: Body, desk: Desk) -> Rendered:
    origin = origin_of(body)
    with desk.reading() as session:
        viewer = viewer_of(session, origin.team_id, origin.slack_user)
        return views.help_message(_plain_words(session, viewer, origin))


def _shown(body: Body, typed: Sequence[str], desk: Desk) -> Rendered:
    origin = origin_of(body)
    named, period = split(typed)
    with desk.reading() as session:
        viewer = viewer_of(session, origin.team_id, origin.slack_user)
        customers = sla_acts.customers_for(session, viewer, origin.channel, named)
        if len(customers) == 1:
            return of_customer(session, desk, viewer, customers[0], period)
        if viewer.is_desk:
            facts = _overview(session, desk, customers, period)
            return views.overview_message(facts, _plain_words(session, viewer, origin))
        rows = [row for each in customers[:MINE] for row in _facts(session, desk, viewer, each, period)]
        return views.sla_message(rows, _plain_words(session, viewer, origin))


def split(typed: Sequence[str]) -> tuple[str | None, str | None]:
    """A customer's key and a period, of which each may be missing.

    Raises:
        UserError: there is more, or the one word is neither.
    """
    periods = [word for word in typed if _is_period(word)]
    others = [word for word in typed if not _is_period(word)]
    if len(periods) > 1 or len(others) > 1:
        raise UserError(Refusal.SLA_PERIOD, period=" ".join(typed)[:80])
    return next(iter(others), None), next(iter(periods), None)


def _is_period(word: str) -> bool:
    return word == "12m" or word[:1].isdigit()


def of_customer(session: Session, desk: Desk, viewer: Viewer, customer: Customer, text: str | None) -> Rendered:
    """A customer's availability in a period, for one reader."""
    rows = _facts(session, desk, viewer, customer, text)
    contract = contract_of(session, desk, customer, desk.now())
    return views.sla_message(rows, reader(viewer, customer, contract))


def reader(viewer: Viewer, customer: Customer, contract: Contract) -> Words:
    """The words for somebody who reads about a customer: what the agreement forces holds for the customer's people."""
    inside = customer.desk_id in viewer.roles
    return language.for_person(
        viewer.person,
        channel_language=None if inside else customer.language,
        forced=None if inside else contract.forced_language,
        zone=contract.zone,
    )


def contract_of(session: Session, desk: Desk, customer: Customer, now: datetime) -> Contract:
    """A customer's contract today, or the last one it had.

    Raises:
        UserError: it never had any.
    """
    try:
        return desk.agreements.last_in_force(session, customer, now).contract
    except NoAgreementError as error:
        raise UserError(Refusal.SLA_NO_AGREEMENT, customer=customer.name) from error


def period_typed(text: str | None, customer: Customer, contract: Contract, now: datetime) -> Period:
    """The period that was typed, or the contract's own.

    Raises:
        UserError: it is none, or nothing is measured.
    """
    try:
        return period_in(text, contract, now)
    except PeriodError as error:
        raise sla_acts.no_period(text or "", error) from error
    except NoAvailabilityError as error:
        raise UserError(Refusal.SLA_NOTHING, customer=customer.name) from error


def _facts(session: Session, desk: Desk, viewer: Viewer, customer: Customer, text: str | None) -> tuple[SlaFacts, ...]:
    now = desk.now()
    period = period_typed(text, customer, contract_of(session, desk, customer, now), now)
    inside = customer.desk_id in viewer.roles
    try:
        return sla_facts(sight(session, desk.agreements, customer, period, now, for_desk=inside))
    except NoAgreementError as error:
        raise UserError(Refusal.SLA_NO_AGREEMENT, customer=customer.name) from error
    except NoAvailabilityError as error:
        raise UserError(Refusal.SLA_NOTHING, customer=customer.name) from error


def _overview(session: Session, desk: Desk, customers: Sequence[Customer], text: str | None) -> OverviewFacts:
    rows: list[SlaFacts] = []
    without: list[str] = []
    grounds: dict[tuple[str, datetime, datetime], Ground] = {}
    now = desk.now()
    for customer in customers[:SHOWN]:
        try:
            contract = contract_of(session, desk, customer, now)
            period = period_typed(text, customer, contract, now)
            place = (customer.desk_id, period.begins, period.ends)
            ground = grounds.get(place) or ground_for(session, customer, period, now)
            grounds[place] = ground
            rows += brief_facts(sight(session, desk.agreements, customer, period, now, ground=ground))
        except (UserError, NoAvailabilityError, NoAgreementError) as error:
            if isinstance(error, UserError) and error.key in {Refusal.SLA_PERIOD, Refusal.SLA_TO_COME}:
                raise
            without.append(customer.name)
    rows.sort(key=lambda row: (row.share, row.customer))
    return OverviewFacts(rows=tuple(rows), more=max(len(customers) - SHOWN, 0), unmeasured=tuple(without))


def turned(body: Body, desk: Desk) -> None:
    """Another period of the customer that is shown."""
    origin = origin_of(body)
    customer_id, _, key = chosen(body).partition(":")
    with desk.reading() as session:
        viewer = viewer_of(session, origin.team_id, origin.slack_user)
        customer = sla_acts.demand_customer(session, viewer, customer_id)
        message = of_customer(session, desk, viewer, customer, key)
    desk.aside.tell(origin.team_id, origin.sorry, message)


def _plain_words(session: Session, viewer: Viewer, origin: Origin) -> Words:
    channel = channel_by_id(session, origin.team_id, origin.channel or "")
    return language.for_person(viewer.person, channel_language=channel.language if channel else None)
