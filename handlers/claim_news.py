"""Claims as messages: drawn from what is stored, as they are now."""

from datetime import datetime, timedelta
from fractions import Fraction

from handlers import language
from handlers.agreements import Agreements
from handlers.claims import Case, cases_in, period_of_claim, what_of
from handlers.present import Present
from handlers.scene import person_fact
from handlers.sla_pictures import Sight, credit_fact, decision_facts, interval_fact, period_fact, sight_under
from handlers.views import claims as views
from handlers.views.blocks import Rendered
from handlers.views.facts.sla import ClaimFacts, CreditFact, RightFact
from models.channel import channel_by_id
from models.claim import Claim, ClaimedFor, ClaimState
from models.customer import Customer
from models.desk import Desk
from models.outbox import Outgoing
from models.sla.contract import Contract
from models.sla.credit import first_lapse, last_lapse
from models.store import Session


def claim(row: Outgoing, here: Present) -> Rendered | None:
    """To the customer, directly."""
    found = here.session.get(Claim, (row.team_id, row.args["claim"]))
    person = here.person(row.team_id, row.conversation)
    if found is None or person is None or (row.args.get("reminder") and found.state != ClaimState.OFFERED):
        return None
    told = facts_of(here.session, here.agreements, found, here.now, reminded=bool(row.args.get("reminder")))
    if told is None:
        return None
    facts, contract, customer = told
    words = language.for_person(
        person, channel_language=customer.language, forced=contract.forced_language, zone=contract.zone
    )
    return views.claim_message(facts, words)


def claimed(row: Outgoing, here: Present) -> Rendered | None:
    """To the desk, in its channel, without a figure."""
    found = here.session.get(Claim, (row.team_id, row.args["claim"]))
    desk = here.session.get(Desk, (row.team_id, found.desk_id)) if found else None
    if found is None or desk is None:
        return None
    told = facts_of(here.session, here.agreements, found, here.now)
    return views.claimed_message(told[0], language.spoken(desk.language)) if told else None


def decided(row: Outgoing, here: Present) -> Rendered | None:
    """To the customer, in its channel, or directly where it has none: what was decided, without a figure."""
    found = here.session.get(Claim, (row.team_id, row.args["claim"]))
    told = facts_of(here.session, here.agreements, found, here.now) if found else None
    if told is None:
        return None
    facts, contract, customer = told
    channel = channel_by_id(here.session, row.team_id, row.conversation)
    words = language.for_customer_channel(contract, customer, channel)
    return views.decided_message(facts, int(row.args["place"]), words)


def facts_of(
    session: Session, agreements: Agreements, found: Claim, now: datetime, *, reminded: bool = False
) -> tuple[ClaimFacts, Contract, Customer] | None:
    """A claim as it stands; one that was made as it stood then. None where nothing of it can be measured any more."""
    customer = session.get(Customer, (found.team_id, found.customer_id))
    if customer is None:
        return None
    at = found.claimed_at or now
    period = period_of_claim(found, agreements.last_in_force(session, customer, at).contract, at)
    cases = cases_in(session, agreements, customer, period, at)
    case = next((each for each in cases if what_of(each) == ClaimedFor.of(found)), None)
    if case is None:
        return None
    seen = sight_under(session, customer, case.measured.terms, period, at)
    return _facts(seen, case, found, reminded=reminded), case.measured.terms.contract, customer


def _facts(seen: Sight, case: Case, found: Claim, *, reminded: bool) -> ClaimFacts:
    contract, figure = seen.terms.contract, case.measured.figure
    kept = found.figure
    claimed_by = person_fact(seen.session, found.team_id, found.registered_by or found.claimed_by)
    return ClaimFacts(
        id=found.id,
        state=found.state,
        customer=seen.customer.name,
        agreement=contract.title,
        period=period_fact(seen.period, contract, seen.now),
        service=case.measured.service.name if case.measured.service else None,
        zone=contract.zone.key,
        uptime=Fraction(kept["share"]) if kept else figure.share,
        target=figure.target,
        covered=Fraction(kept["covered"]) if kept else case.covered.share,
        down=timedelta(microseconds=kept["down_us"]) if kept else figure.down,
        total=figure.total,
        credit=_credit(contract, case, found),
        clause=case.claiming.terms.clause,
        rights=tuple(
            RightFact(
                interval=interval_fact(seen, each.verdict),
                standing=each.standing,
                lapses_at=each.lapses_at,
                report_until=each.report_until,
            )
            for each in case.rights
        ),
        provisional=bool(kept["provisional"]) if kept else figure.provisional,
        reported_at=min((report.at for report in case.reports), default=None),
        first_lapse=first_lapse(case.rights),
        last_lapse=last_lapse(case.rights),
        reminded=reminded,
        claimed_at=found.claimed_at,
        claimed_by=claimed_by,
        on_behalf=found.registered_by is not None,
        outcome=found.outcome.value,
        decisions=decision_facts(seen.session, found),
    )


def _credit(contract: Contract, case: Case, found: Claim) -> CreditFact:
    """What is given back; what was claimed is as it was."""
    present = credit_fact(contract, case.credit)
    clause = contract.credit.clause if contract.credit else ""
    if present is None or not found.figure:
        return present or CreditFact(clause=clause, given=False)
    kept = found.figure
    return CreditFact(
        clause=clause,
        given=True,
        fee=Fraction(kept["fee"]),
        below=Fraction(kept["below"]) if kept["below"] else None,
        points=kept["points"],
        beside=Fraction(kept["beside"]) if kept["beside"] else None,
        capped_by=contract.credit.cap_clause if contract.credit and kept["capped"] else None,
        before=Fraction(kept.get("before", 0)),
        one_off=present.one_off,
    )
