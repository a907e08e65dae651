"""Claims: who may claim a credit for what, offered the day after, reminded of, made, or lapsed. Source: PS-13, EM-15.

The offer goes to whoever pressed *We are affected*, directly: money is never mentioned in a channel.
What may be claimed is judged anew each time; only what was claimed is kept as it was.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from fractions import Fraction
from typing import Any, Protocol

from handlers.agreements import Agreements, NoAgreementError
from handlers.availability import (
    Ground,
    Measured,
    NoAvailabilityError,
    all_terms,
    ground_for,
    measure,
    only,
)
from handlers.owed import directly
from models import outbox
from models.affected import Affected, report_of, reports_of
from models.channel import channels_of
from models.claim import Claim, ClaimedFor, ClaimState, Outcome, claim_by_id, claims_of, decisions_of, offered_claim
from models.customer import Customer, contacts_of
from models.desk import Desk
from models.downtime import Downtime, downtime_of_maintenance, downtime_of_outage
from models.outbox import Kind, Outgoing, Priority
from models.person import Person
from models.sla.availability import Figure, Verdict
from models.sla.contract import Contract
from models.sla.credit import (
    NOTHING,
    Claiming,
    Credit,
    Reported,
    Right,
    Standing,
    credit_for,
    first_lapse,
    last_lapse,
    rest_of,
    right,
)
from models.sla.periods import Period, parse_period, periods_touched
from models.store import Session
from models.timer import Timer, look_at_claim

OFFERED_AT = time(8)
"""When on the day after the offer is made, in the contract's zone."""
REMINDED_BEFORE = 3
"""Days before the first right lapses, where the desk says nothing."""


class Turn(Protocol):
    """What one turn of the timers needs, as `handlers.timers.Batch` has it."""

    agreements: Agreements
    machine_now: datetime


@dataclass(frozen=True, slots=True)
class Case:
    """What a customer may claim in a period: the rights for each interval, and what those come to alone.

    `made` are the claims that were made for it before: what they cover counts on, and `credit` is what they leave.
    """

    measured: Measured
    claiming: Claiming
    rights: tuple[Right, ...]
    reports: tuple[Affected, ...]
    covered: Figure
    credit: Credit
    made: tuple[Claim, ...] = ()

    @property
    def claimable(self) -> list[Right]:
        """What may be claimed now."""
        return [each for each in self.rights if each.standing is Standing.CLAIMABLE]


def case_of(session: Session, ground: Ground, measured: Measured) -> Case | None:
    """A customer's case; None where the contract gives nothing back, or owes it unasked, or not for such a period."""
    contract = measured.terms.contract
    terms = contract.credit
    if terms is None or terms.rule is None or terms.claim is None or measured.credit is None:
        return None
    claiming = _claiming(contract, measured.customer)
    counted = [verdict for verdict in measured.verdicts() if verdict.judgement.counts]
    found = [_right(session, ground, measured.customer, verdict, claiming) for verdict in counted]
    rights = tuple(each for each, _ in found)
    reports = tuple(report for _, report in found if report is not None)
    made = _made_before(session, measured)
    held = {covered for each in made if each.outcome is not Outcome.DECLINED for covered in each.covers}
    counting = [each for each in rights if each.standing is Standing.CLAIMABLE or each.verdict.interval.id in held]
    covered = only(measured, [each.verdict.interval for each in counting])
    credit = rest_of(credit_for(terms, covered.share), sum(map(_claimed_share, made), NOTHING))
    return Case(measured, claiming, rights, reports, covered, credit, made)


def _made_before(session: Session, measured: Measured) -> tuple[Claim, ...]:
    """The claims that were made for the same period and service, as things were at the instant of measuring."""
    made = claims_of(session, measured.customer.team_id, measured.customer.id)
    alike = [each for each in made if each.state == ClaimState.CLAIMED and ClaimedFor.of(each) == _what(measured)]
    return tuple(sorted(alike, key=lambda each: each.claimed_at or each.offered_at))


def _claimed_share(claim: Claim) -> Fraction:
    """The share of the fee that a claim takes of its period: none when it was declined, never less than was granted."""
    if claim.outcome is Outcome.DECLINED:
        return NOTHING
    granted = decisions_of(claim)[-1].fee if claim.outcome is Outcome.GRANTED else None
    return max(Fraction(claim.figure["fee"]), granted or NOTHING)


def _claiming(contract: Contract, customer: Customer) -> Claiming:
    if contract.credit is None or contract.credit.claim is None:
        message = f"{contract.id} has no claims"
        raise LookupError(message)
    claim = contract.credit.claim
    calendar = contract.calendar(claim.calendar, customer.region) if claim.calendar else None
    return Claiming(claim, contract.zone, calendar)


def _right(
    session: Session, ground: Ground, customer: Customer, verdict: Verdict, claiming: Claiming
) -> tuple[Right, Affected | None]:
    rows = _told_of_it(ground, ground.rows[verdict.interval.id])
    found = (report_of(session, customer.team_id, each, customer.id) for each in {row.happening_id for row in rows})
    report = min(filter(None, found), key=lambda each: each.at, default=None)
    since = min(row.began_at for row in rows)
    reported = Reported(at=report.at if report else None, since=since)
    return right(claiming, verdict, reported, ground.now), report


def _told_of_it(ground: Ground, row: Downtime) -> list[Downtime]:
    """The intervals of the same outage, and those for which this one stands: a report of either is a report of it."""
    merged = [each for each in ground.rows.values() if each.is_merged and each.merged_into == row.id]
    same = [each for each in ground.rows.values() if each.happening_id == row.happening_id]
    return [row, *merged, *same]


def may_be_claimed(session: Session, ground: Ground, measured: Measured) -> bool:
    """Whether there is a credit that may be claimed and was not."""
    if measured.credit is None or not measured.credit.fee:
        return False
    case = case_of(session, ground, measured)
    return case is not None and bool(case.credit.fee) and not already(case)


def already(case: Case) -> Claim | None:
    """The claim by which all there is was claimed; one that was declined is not made again for the same."""
    wanted = {each.verdict.interval.id for each in case.claimable}
    declined = (each for each in case.made if each.outcome is Outcome.DECLINED and wanted <= set(each.covers))
    whole = case.made[-1] if case.made and case.credit.before and not case.credit.fee else None
    return whole or next(declined, None)


def what_of(case: Case) -> ClaimedFor:
    """What a claim of it is for."""
    return _what(case.measured)


def _what(measured: Measured) -> ClaimedFor:
    service = measured.service.key if measured.service else ""
    return ClaimedFor(measured.terms.contract.id, measured.figure.period.key, service)


def cases_in(session: Session, agreements: Agreements, customer: Customer, period: Period, now: datetime) -> list[Case]:
    """A customer's cases in a period, under each agreement that held in it.

    Raises:
        NoAgreementError: it was under no contract then.
        NoAvailabilityError: its contract states no availability.
    """
    ground = ground_for(session, customer, period, now)
    measured = [
        each
        for terms in all_terms(session, agreements, customer, period, now)
        for each in measure(ground, customer, terms, period)
    ]
    return [case for each in measured if (case := case_of(session, ground, each)) is not None]


# What a due timer asks


def on_due(session: Session, timer: Timer, now: datetime, batch: Turn) -> None:
    """Something ended, an offer is due, a right is about to lapse, or it has."""
    step = timer.args.get("step")
    if step is None:
        _look_at_all(session, timer, now, batch)
    elif step == "offer":
        offer(session, batch, timer.team_id, timer.args["happening"], timer.args["customer"], now)
    else:
        claim = claim_by_id(session, timer.team_id, timer.clock_id or "")
        if claim is not None and claim.state == ClaimState.OFFERED:
            STEPS[step](session, batch, claim, now)


def _look_at_all(session: Session, timer: Timer, now: datetime, batch: Turn) -> None:
    """When each customer that reported is to be offered its credit: nothing while it lasts."""
    happening = timer.clock_id or ""
    rows = intervals_of(session, timer.team_id, happening)
    if not rows or any(row.ended_at is None for row in rows):
        return
    ended = max(row.ended_at for row in rows if row.ended_at)
    for report in reports_of(session, timer.team_id, happening):
        customer = session.get(Customer, (timer.team_id, report.customer_id))
        if customer is not None:
            at = max(_day_after(session, batch.agreements, customer, ended, now), now)
            about = f"{happening}:{customer.id}"
            args = {"step": "offer", "happening": happening, "customer": customer.id}
            session.add(look_at_claim(timer.team_id, about, at, **args))


def intervals_of(session: Session, team_id: str, happening_id: str) -> list[Downtime]:
    """The intervals that a report is about."""
    found = downtime_of_outage(session, team_id, happening_id)
    found = found or downtime_of_maintenance(session, team_id, happening_id)
    alone = session.get(Downtime, (team_id, happening_id))
    return found or ([alone] if alone else [])


def _day_after(
    session: Session, agreements: Agreements, customer: Customer, ended: datetime, now: datetime
) -> datetime:
    try:
        zone = agreements.last_in_force(session, customer, now).contract.zone
    except NoAgreementError:
        return now
    day = ended.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(day, OFFERED_AT, zone)


def offer(session: Session, batch: Turn, team_id: str, happening: str, customer_id: str, now: datetime) -> None:
    """Tell whoever reported it what may be claimed, for each period that it touched; nothing where there is nothing."""
    customer = session.get(Customer, (team_id, customer_id))
    report = report_of(session, team_id, happening, customer_id)
    rows = intervals_of(session, team_id, happening)
    if customer is None or report is None or not rows:
        return
    one_at_a_time(session, customer)
    for period in _periods(session, batch.agreements, customer, rows, now):
        for case in _cases_or_none(session, batch.agreements, customer, period, now):
            if case.credit.fee and already(case) is None:
                _offer(session, batch, case, report, now)


def _cases_or_none(
    session: Session, agreements: Agreements, customer: Customer, period: Period, now: datetime
) -> list[Case]:
    try:
        return cases_in(session, agreements, customer, period, now)
    except (NoAgreementError, NoAvailabilityError):
        return []


def _periods(
    session: Session, agreements: Agreements, customer: Customer, rows: Sequence[Downtime], now: datetime
) -> list[Period]:
    """The periods that are credited and that these intervals touch, each once, in order."""
    touched = [
        period
        for contract in contracts_of(session, agreements, customer, rows, now)
        if contract.credit is not None and contract.credit.rule is not None
        for row in rows
        for period in periods_touched(contract.credit.period, row.began_at, row.ended_at or now, contract.zone)
    ]
    return list({period.key: period for period in touched}.values())


def contracts_of(
    session: Session, agreements: Agreements, customer: Customer, rows: Sequence[Downtime], now: datetime
) -> list[Contract]:
    """The contracts that the customer was under while these intervals lasted, and is under now."""
    at = sorted({*(row.began_at for row in rows), *(row.ended_at or now for row in rows), now})
    found: dict[str, Contract] = {}
    for each in at:
        with suppress(NoAgreementError):
            contract = agreements.in_force(session, customer, each).contract
            found[contract.id] = contract
    return list(found.values())


def _offer(session: Session, batch: Turn, case: Case, report: Affected, now: datetime) -> None:
    claim = _claim_row(session, case, _who_hears(session, report), now)
    session.flush()
    owe_message(session, claim, batch.machine_now)
    _arm(session, case, claim, now)


def _who_hears(session: Session, report: Affected) -> str:
    """Whoever reported it; where that one has left, somebody else who speaks for the customer."""
    person = session.get(Person, (report.team_id, report.person_id))
    if person is not None and person.left_at is None:
        return report.person_id
    others = (each.id for each in contacts_of(session, report.team_id, report.customer_id) if each.left_at is None)
    return next(others, report.person_id)


def _claim_row(session: Session, case: Case, person_id: str, now: datetime) -> Claim:
    """The claim that is offered for the period, made when there is none."""
    customer, contract, what = case.measured.customer, case.measured.terms.contract, what_of(case)
    claim = offered_claim(session, customer.team_id, customer.id, what)
    if claim is None:
        claim = Claim(
            team_id=customer.team_id,
            customer_id=customer.id,
            desk_id=customer.desk_id,
            contract=contract.id,
            contract_hash=contract.hash,
            period=what.period,
            service=what.service,
            person_id=person_id,
            offered_at=now,
        )
        session.add(claim)
    claim.lapses_at = last_lapse(case.rights)
    return claim


def one_at_a_time(session: Session, customer: Customer) -> None:
    """Let nobody else claim or be offered anything for the customer until this transaction ends."""
    session.get(Customer, (customer.team_id, customer.id), with_for_update=True, populate_existing=True)


def message_key(claim: Claim) -> str:
    """The unique key of the customer's message about a claim."""
    return f"claim:{claim.id}:message"


def desk_key(claim: Claim) -> str:
    """The unique key of the desk's message about a claim."""
    return f"claim:{claim.id}:desk"


def owe_message(session: Session, claim: Claim, machine_now: datetime, *, reminder: bool = False) -> None:
    """Owe the customer's message, or an edit of it; a reminder is another one."""
    person = session.get(Person, (claim.team_id, claim.person_id))
    if person is None:
        return
    key = f"claim:{claim.id}:reminder" if reminder else message_key(claim)
    row = outbox.row_of_key(session, claim.team_id, key)
    if row is not None:
        outbox.redraw(row, {}, machine_now)
        return
    args = {"claim": claim.id, "reminder": reminder}
    outbox.owe(
        session,
        directly(
            machine_now,
            claim.team_id,
            kind=Kind.CLAIM,
            key=key,
            slack_user=person.slack_user,
            priority=Priority.REMINDER,
            args=args,
        ),
    )


def _arm(session: Session, case: Case, claim: Claim, now: datetime) -> None:
    """A reminder before the first of it lapses, and the end of the last."""
    first, last = first_lapse(case.rights), claim.lapses_at
    desk = session.get(Desk, (claim.team_id, claim.desk_id))
    days = REMINDED_BEFORE if desk is None or desk.claim_reminder_days is None else desk.claim_reminder_days
    if first is not None and days and (at := first - timedelta(days=days)) > now:
        session.add(look_at_claim(claim.team_id, claim.id, at, step="remind"))
    if last is not None:
        session.add(look_at_claim(claim.team_id, claim.id, last, step="lapse"))


def _remind(session: Session, batch: Turn, claim: Claim, now: datetime) -> None:
    if claim.reminded_at is None:
        claim.reminded_at = now
        owe_message(session, claim, batch.machine_now, reminder=True)


def _lapse(session: Session, batch: Turn, claim: Claim, now: datetime) -> None:
    if claim.lapses_at is not None and claim.lapses_at <= now:
        claim.state = ClaimState.LAPSED
        owe_message(session, claim, batch.machine_now)


STEPS = {"remind": _remind, "lapse": _lapse}
"""What becomes of a claim that nobody made, by the step of its timer."""


# A claim that is made


@dataclass(frozen=True, slots=True)
class Claimant:
    """Who claims, and who does so on the customer's behalf, by id."""

    person_id: str
    registered_by: str | None


def make(session: Session, case: Case, claimant: Claimant, now: datetime, machine_now: datetime) -> Claim:
    """Store a claim for all that may be claimed, with its arithmetic; tell the customer and the desk."""
    reported_by = case.reports[0].person_id if case.reports else claimant.person_id
    claim = _claim_row(session, case, reported_by, now)
    claim.state = ClaimState.CLAIMED
    claim.claimed_at, claim.claimed_by, claim.registered_by = now, claimant.person_id, claimant.registered_by
    claim.covers = [each.verdict.interval.id for each in case.claimable]
    claim.lapsed = [each.verdict.interval.id for each in case.rights if each.standing is Standing.LAPSED]
    claim.figure = figure_of(case)
    session.flush()
    owe_message(session, claim, machine_now)
    _tell_desk(session, claim, machine_now)
    return claim


def figure_of(case: Case) -> dict[str, Any]:
    """The arithmetic as it is kept: shares as exact fractions."""
    figure, credit = case.measured.figure, case.credit
    return {
        "share": str(figure.share),
        "covered": str(case.covered.share),
        "covered_us": case.covered.down_us,
        "down_us": figure.down_us,
        "total_us": figure.total_us,
        "target": str(figure.target),
        "fee": str(credit.fee),
        "before": str(credit.before),
        "below": str(credit.tier.below) if credit.tier else None,
        "points": credit.points,
        "beside": None if credit.beside is None else str(credit.beside),
        "capped": credit.capped,
        "provisional": figure.provisional,
    }


def _tell_desk(session: Session, claim: Claim, machine_now: datetime) -> None:
    desk = session.get(Desk, (claim.team_id, claim.desk_id))
    if desk is None:
        return
    row = Outgoing(
        team_id=claim.team_id,
        key=desk_key(claim),
        kind=Kind.CLAIMED,
        conversation=desk.channel_id,
        args={"claim": claim.id},
        priority=Priority.REMINDER,
        ready_at=machine_now,
        created_at=machine_now,
    )
    outbox.owe(session, row)


def tell_decided(session: Session, claim: Claim, place: int, machine_now: datetime) -> None:
    """Owe the customer, in its channel, what was decided; the claimant's message and the desk's show it too.

    A customer without a channel reads it directly: whoever claimed does.
    """
    owe_message(session, claim, machine_now)
    row = outbox.row_of_key(session, claim.team_id, desk_key(claim))
    if row is not None:
        outbox.redraw(row, {}, machine_now)
    places = channels_of(session, claim.team_id, claim.desk_id, claim.customer_id)
    person = session.get(Person, (claim.team_id, claim.person_id))
    conversation = (places[1] if places else None) or (person.slack_user if person else None)
    if conversation is None:
        return
    told = Outgoing(
        team_id=claim.team_id,
        key=f"claim:{claim.id}:decided:{place}",
        kind=Kind.CLAIM_DECIDED,
        conversation=conversation,
        args={"claim": claim.id, "place": place},
        priority=Priority.REMINDER,
        ready_at=machine_now,
        created_at=machine_now,
    )
    outbox.owe(session, told)


def period_of_claim(claim: Claim, contract: Contract, now: datetime) -> Period:
    """The period that a claim is for."""
    return parse_period(claim.period, contract.zone, now)
