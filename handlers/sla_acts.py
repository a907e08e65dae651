"""What is done in `/sla`: an interval left out or counted again, a credit claimed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from handlers import claims, language
from handlers.access import WORKING_ROLES, Viewer, viewer_of
from handlers.agreements import NoAgreementError
from handlers.availability import NoAvailabilityError
from handlers.claim_news import facts_of
from handlers.claims import Case, Claimant
from handlers.clicks import chosen
from handlers.desk import Body, Desk
from handlers.errors import UserError
from handlers.fields import LONGEST_AGO, state_of, text_in, value_in
from handlers.once import Work, once
from handlers.origins import origin_of
from handlers.payloads import metadata, metadata_of
from handlers.scene import NOBODY, person_fact
from handlers.sla_pictures import Sight, interval_fact, sight
from handlers.views import claims as claim_views
from handlers.views import sla as views
from handlers.views.blocks import Rendered
from handlers.views.facts import PersonFact, Refusal
from handlers.views.facts.sla import ExclusionFormFacts
from handlers.views.names import Field
from handlers.views.words import Words
from models import typed_text
from models.affected import Affected, report_affected
from models.channel import channel_by_id
from models.claim import Claim, ClaimedFor, ClaimState, claim_by_id
from models.customer import Customer, contacts_of, customer_by_key, customers_at
from models.desk import people_with_role
from models.downtime import (
    EVERYBODY,
    Change,
    Downtime,
    DowntimeEvent,
    count_again,
    downtime_by_id,
)
from models.downtime import exclude as exclude_downtime
from models.sla.contract import Contract, CreditTerms, Role
from models.sla.credit import Standing
from models.sla.periods import Period, PeriodError, ToComeError, parse_period, period_of
from models.store import Session

Answer = Mapping[str, Any] | None


# Whose it is


def customers_for(session: Session, viewer: Viewer, channel_id: str | None, named: str | None) -> list[Customer]:
    """The customers that somebody asks about from here: the one named, that of the channel, else all there are.

    Raises:
        UserError: there is none that the viewer may see.
    """
    if named is not None:
        found = customer_by_key(session, viewer.team_id, named.lower())
        if found is None or not _may_see(viewer, found):
            raise UserError(Refusal.SLA_UNKNOWN, customer=named[:80])
        return [found]
    channel = channel_by_id(session, viewer.team_id, channel_id or "")
    if channel is not None and channel.customer_id is not None:
        return [demand_customer(session, viewer, channel.customer_id)]
    if viewer.is_desk:
        mine = customers_at(session, viewer.team_id, sorted(viewer.roles))
    else:
        spoken_for = (session.get(Customer, (viewer.team_id, key)) for key in sorted(viewer.customers))
        mine = [each for each in spoken_for if each is not None]
    if not mine:
        raise UserError(Refusal.STRANGER)
    return mine


def demand_customer(session: Session, viewer: Viewer, customer_id: str) -> Customer:
    """A customer, for its own people and its desk.

    Raises:
        UserError: it is not the viewer's to see.
    """
    found = session.get(Customer, (viewer.team_id, customer_id))
    if found is None or not _may_see(viewer, found):
        raise UserError(Refusal.STRANGER)
    return found


def _may_see(viewer: Viewer, customer: Customer) -> bool:
    return customer.id in viewer.customers or customer.desk_id in viewer.roles


def demand_agent(session: Session, viewer: Viewer, desk_id: str) -> None:
    """Raise UserError for who does not work at that desk."""
    if not viewer.roles_at(desk_id) & WORKING_ROLES:
        agents = people_with_role(session, viewer.team_id, desk_id, Role.AGENT)
        anyone = tuple(PersonFact(person.slack_user, person.name) for person in agents)
        raise UserError(Refusal.NO_RIGHT, role=Role.AGENT, anyone=anyone)


# Leaving out


def exclude(body: Body, desk: Desk) -> None:
    """*Leave out*: asked for which of the contract's reasons, and what happened."""
    origin = origin_of(body)
    with desk.reading() as session:
        viewer = viewer_of(session, origin.team_id, origin.slack_user)
        at, downtime_id = _pressed(session, desk, viewer, body)
        verdicts = {verdict.interval.id: verdict for each in at.measured() for verdict in each.verdicts()}
        if downtime_id not in verdicts:
            raise UserError(Refusal.SLA_NOT_NOTED)
        facts = ExclusionFormFacts(
            metadata=metadata(customer=at.customer.id, downtime=downtime_id),
            customer=at.customer.name,
            interval=interval_fact(at, verdicts[downtime_id]),
            zone=at.terms.contract.zone.key,
            reasons=tuple((each.id, each.says, each.clause) for each in at.terms.availability.exclusions),
        )
        view = views.exclusion_view(facts, language.for_person(viewer.person))
    desk.aside.open_view(origin.team_id, origin.trigger_id or "", view, origin.sorry)


def _pressed(session: Session, desk: Desk, viewer: Viewer, body: Body) -> tuple[Sight, str]:
    """The customer's period and the interval that a press names."""
    customer_id, _, rest = chosen(body).partition(":")
    key, _, downtime_id = rest.partition(":")
    customer = demand_customer(session, viewer, customer_id)
    demand_agent(session, viewer, customer.desk_id)
    contract = _contract(session, desk, customer)
    return sight(
        session, desk.agreements, customer, _period(key, contract, desk.now()), desk.now(), for_desk=True
    ), downtime_id


def _contract(session: Session, desk: Desk, customer: Customer) -> Contract:
    """The contract in force; of a customer that has left, the last one: what it has a right to it may claim still."""
    try:
        return desk.agreements.last_in_force(session, customer, desk.now()).contract
    except NoAgreementError as error:
        raise UserError(Refusal.SLA_NO_AGREEMENT, customer=customer.name) from error


def _period(key: str, contract: Contract, now: datetime) -> Period:
    try:
        return parse_period(key, contract.zone, now)
    except PeriodError as error:
        raise no_period(key, error) from error


def no_period(typed: str, error: PeriodError) -> UserError:
    """What was typed is none, or is still to come."""
    return UserError(Refusal.SLA_TO_COME if isinstance(error, ToComeError) else Refusal.SLA_PERIOD, period=typed[:80])


def excluded(body: Body, desk: Desk) -> Answer:
    """An interval was left out for a customer, for a reason of its contract."""
    state, carried = state_of(body), metadata_of(body)
    why = text_in(state, Field.REASON, missing=Refusal.REASON_MISSING)
    with once(desk, origin_of(body)) as work:
        customer = demand_customer(work.session, work.viewer, str(carried.get("customer") or ""))
        reason = value_in(state, Field.EXCLUSION)
        downtime = _locked(work, customer, str(carried.get("downtime") or ""))
        if reason is None or not _is_reason(work, desk, customer, downtime, reason):
            raise UserError(Refusal.NO_SUCH_CHOICE, Field.EXCLUSION)
        text_id = typed_text.keep(work.session, customer.team_id, work.viewer.person.id, why)
        change = Change(event=DowntimeEvent.EXCLUDED, by=work.viewer.person.id, text_id=text_id)
        exclude_downtime(downtime, customer.id, reason, change, work.now)
        view = views.excluded_view(customer.name, language.for_person(work.viewer.person))
        work.answer = {"response_action": "update", "view": view}
    desk.log("downtime_excluded", downtime=downtime.id, customer=customer.id, reason=reason)
    answer: Answer = work.answer
    return answer


def _is_reason(work: Work, desk: Desk, customer: Customer, downtime: Downtime, reason: str) -> bool:
    """Whether a contract that the customer was under while it lasted has that reason."""
    contracts = claims.contracts_of(work.session, desk.agreements, customer, [downtime], work.now)
    return any(each.availability is not None and each.availability.exclusion(reason) is not None for each in contracts)


def _locked(work: Work, customer: Customer, downtime_id: str) -> Downtime:
    """The interval, for an agent of the desk whose customer it concerns."""
    demand_agent(work.session, work.viewer, customer.desk_id)
    found = downtime_by_id(work.session, customer.team_id, downtime_id)
    if found is None or found.desk_id != customer.desk_id or not found.concerns(customer.id):
        raise UserError(Refusal.SLA_NOT_NOTED)
    return found


def counted_again(body: Body, desk: Desk) -> None:
    """*Count it*: an exclusion is taken back."""
    origin = origin_of(body)
    customer_id, _, rest = chosen(body).partition(":")
    with once(desk, origin) as work:
        customer = demand_customer(work.session, work.viewer, customer_id)
        downtime = _locked(work, customer, rest.rpartition(":")[2])
        change = Change(event=DowntimeEvent.COUNTED_AGAIN, by=work.viewer.person.id)
        held = customer.id if customer.id in downtime.exclusions else EVERYBODY
        count_again(downtime, held, change, work.now)
        words = language.for_person(work.viewer.person)
    desk.log("downtime_counted_again", downtime=downtime.id, customer=customer.id)
    desk.aside.tell(origin.team_id, origin.sorry, views.counted_message(customer.name, words))


# Reporting on a customer's behalf


def affected_typed(body: Body, typed: Sequence[str], desk: Desk) -> Rendered:
    """`/sla affected CUSTOMER O-3 2026-11-23T10:30`: a customer reported an outage some other way. Source: PS-13."""
    origin = origin_of(body)
    if len(typed) != AFFECTED_WORDS:
        raise UserError(Refusal.AFFECTED_WHAT)
    named, outage, at = typed
    with once(desk, origin) as work:
        [customer] = customers_for(work.session, work.viewer, origin.channel, named)
        demand_agent(work.session, work.viewer, customer.desk_id)
        contract = _contract(work.session, desk, customer)
        rows = claims.intervals_of(work.session, origin.team_id, outage.upper())
        if not any(row.desk_id == customer.desk_id and row.concerns(customer.id) for row in rows):
            raise UserError(Refusal.AFFECTED_UNKNOWN, outage=outage[:80])
        moment = _reported_at(at, contract, work.now)
        _report(work, customer, rows[0].happening_id, moment)
        said = views.affected_message(customer.name, rows[0].happening_id, moment, _reader(work, contract))
        work.answer = {"response_type": "ephemeral", "text": said.text, "blocks": list(said.blocks)}
    desk.log("affected_noted", customer=customer.id, outage=outage[:80])
    return said


AFFECTED_WORDS = 3


def _reported_at(text: str, contract: Contract, now: datetime) -> datetime:
    """An instant as it was typed, in the agreement's zone unless it names another one."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise UserError(Refusal.AFFECTED_WHAT) from error
    at = at if at.tzinfo else at.replace(tzinfo=contract.zone)
    if now - LONGEST_AGO > at:
        raise UserError(Refusal.AFFECTED_WHAT)
    if at > now:
        raise UserError(Refusal.RECEIVED_IN_FUTURE, at=at)
    return at


def _report(work: Work, customer: Customer, happening: str, at: datetime) -> None:
    """Kept with the agent who noted it; the first of the customer's contacts hears what follows."""
    contacts = [each for each in contacts_of(work.session, customer.team_id, customer.id) if each.left_at is None]
    person = contacts[0] if contacts else work.viewer.person
    report = Affected(
        team_id=customer.team_id,
        happening_id=happening,
        customer_id=customer.id,
        person_id=person.id,
        at=at,
        registered_by=work.viewer.person.id,
    )
    report_affected(work.session, report)


def _reader(work: Work, contract: Contract) -> Words:
    return language.for_person(work.viewer.person, zone=contract.zone)


# Claiming


def claim_typed(body: Body, typed: Sequence[str], desk: Desk) -> Rendered:
    """`/sla claim`: the customer's own, or by an agent on its behalf."""
    origin = origin_of(body)
    periods = [word for word in typed if word[:1].isdigit()]
    named = [word for word in typed if word not in periods]
    if len(periods) > 1 or len(named) > 1:
        raise UserError(Refusal.CLAIM_WHICH)
    with once(desk, origin) as work:
        customers = customers_for(work.session, work.viewer, origin.channel, next(iter(named), None))
        if len(customers) != 1:
            raise UserError(Refusal.CLAIM_WHICH)
        said = _claim(work, desk, customers[0], next(iter(periods), None))
        work.answer = {"response_type": "ephemeral", "text": said.text, "blocks": list(said.blocks)}
    return said


def claimed_here(body: Body, desk: Desk) -> None:
    """*Claim* under `/sla`."""
    origin = origin_of(body)
    customer_id, _, key = chosen(body).partition(":")
    with once(desk, origin) as work:
        customer = demand_customer(work.session, work.viewer, customer_id)
        said = _claim(work, desk, customer, key)
    desk.aside.tell(origin.team_id, origin.sorry, said)


def _claim(work: Work, desk: Desk, customer: Customer, key: str | None) -> Rendered:
    """Claim everything there is in a period: of all services together, or of each that gives something."""
    contract = _contract(work.session, desk, customer)
    period = _period_to_claim(key, customer, contract, work.now)
    claims.one_at_a_time(work.session, customer)
    cases = _cases(work.session, desk, customer, period, work.now)
    if not cases:
        _demand_credit(contract, customer, period.key)
    wanted = [case for case in cases if case.credit.fee and claims.already(case) is None]
    if not wanted:
        raise _made_or_refused(work.session, cases, contract, period)
    made = [_make(work, desk, customer, case) for case in wanted]
    return _answer(work, desk, made[0])


def _made_or_refused(session: Session, cases: Sequence[Case], contract: Contract, period: Period) -> UserError:
    """Who claimed all there is, else why there is nothing."""
    held = next(filter(None, map(claims.already, cases)), None)
    return _made(session, held) if held is not None else _refused(cases, contract, period)


def _period_to_claim(key: str | None, customer: Customer, contract: Contract, now: datetime) -> Period:
    if key:
        return _period(key, contract, now)
    terms = _demand_credit(contract, customer, customer.name)
    return period_of(terms.period, now, contract.zone)


def _demand_credit(contract: Contract, customer: Customer, period: str) -> CreditTerms:
    """What a contract gives back. Raises UserError where it gives nothing."""
    terms = contract.credit
    if terms is not None and terms.rule is not None:
        return terms
    if terms is None or not terms.clause:
        raise UserError(Refusal.SLA_NOTHING, customer=customer.name)
    raise UserError(Refusal.CLAIM_NOTHING, period=period, clause=terms.clause)


def _cases(session: Session, desk: Desk, customer: Customer, period: Period, now: datetime) -> list[Case]:
    try:
        return claims.cases_in(session, desk.agreements, customer, period, now)
    except NoAgreementError as error:
        raise UserError(Refusal.SLA_NO_AGREEMENT, customer=customer.name) from error
    except NoAvailabilityError as error:
        raise UserError(Refusal.SLA_NOTHING, customer=customer.name) from error


def _refused(cases: Sequence[Case], contract: Contract, period: Period) -> UserError:
    """Why there is nothing to claim: it lapsed, it was not reported, or the availability gives nothing."""
    contract = cases[0].measured.terms.contract if cases else contract
    rights = [each for case in cases for each in case.rights if case.measured.credit and case.measured.credit.fee]
    clause = contract.credit.claim.clause if contract.credit and contract.credit.claim else ""
    lapsed = [each.lapses_at for each in rights if each.standing is Standing.LAPSED and each.lapses_at]
    if lapsed:
        day = claim_views.last_days(max(lapsed), contract.zone)
        return UserError(Refusal.CLAIM_LAPSED, day=day, clause=clause)
    if any(each.standing in {Standing.NOT_REPORTED, Standing.REPORTED_LATE} for each in rights):
        return UserError(Refusal.CLAIM_NOT_REPORTED, clause=clause)
    return UserError(Refusal.CLAIM_NOTHING, period=period.key, clause=contract.credit.clause if contract.credit else "")


def claimed(body: Body, desk: Desk) -> None:
    """*Claim* under the message that offered it."""
    origin = origin_of(body)
    with once(desk, origin) as work:
        found = claim_by_id(work.session, origin.team_id, chosen(body))
        if found is None:
            raise UserError(Refusal.CLAIM_GONE)
        customer = demand_customer(work.session, work.viewer, found.customer_id)
        if found.state == ClaimState.CLAIMED:
            raise _made(work.session, found)
        contract = _contract(work.session, desk, customer)
        period = claims.period_of_claim(found, contract, work.now)
        cases = _cases(work.session, desk, customer, period, work.now)
        mine = [case for case in cases if claims.what_of(case) == ClaimedFor.of(found)]
        if not mine or not mine[0].credit.fee or claims.already(mine[0]) is not None:
            raise _made_or_refused(work.session, mine, contract, period)
        _make(work, desk, customer, mine[0])


def _make(work: Work, desk: Desk, customer: Customer, case: Case) -> Claim:
    """Claim it for whoever presses; an agent does so on the customer's behalf."""
    me = work.viewer.person.id
    inside = customer.desk_id in work.viewer.roles
    if inside:
        demand_agent(work.session, work.viewer, customer.desk_id)
    reporter = case.reports[0].person_id if case.reports else me
    claimant = Claimant(reporter if inside else me, me if inside else None)
    made = claims.make(work.session, case, claimant, work.now, work.machine_now)
    desk.log("credit_claimed", claim=made.id, customer=customer.id, period=made.period)
    return made


def _answer(work: Work, desk: Desk, made: Claim) -> Rendered:
    told = facts_of(work.session, desk.agreements, made, work.now)
    if told is None:
        raise UserError(Refusal.CLAIM_GONE)
    facts, contract, customer = told
    inside = customer.desk_id in work.viewer.roles
    forced = None if inside else contract.forced_language
    return claim_views.claim_message(facts, language.for_person(work.viewer.person, forced=forced, zone=contract.zone))


def _made(session: Session, held: Claim) -> UserError:
    person = person_fact(session, held.team_id, held.registered_by or held.claimed_by) or NOBODY
    return UserError(Refusal.CLAIM_MADE, person=person, at=held.claimed_at or held.offered_at)
